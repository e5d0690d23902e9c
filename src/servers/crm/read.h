/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h - the tools that only look. user is a struct crm. */
#ifndef SERVERS_CRM_READ_H
#define SERVERS_CRM_READ_H

#include "servers/common/mcp.h"

mcp_run read_search, read_get;

#endif
