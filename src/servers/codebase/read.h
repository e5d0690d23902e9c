/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h - the three tools that only look. */
#ifndef SERVERS_CODEBASE_READ_H
#define SERVERS_CODEBASE_READ_H

#include "servers/common/mcp.h"

/* user is a struct repo */
mcp_run read_list_files, read_read_file, read_search;

#endif
