/* SPDX-License-Identifier: GPL-3.0-or-later */
/* change.h - the tools that change something, once for each key. user is a struct crm. */
#ifndef SERVERS_CRM_CHANGE_H
#define SERVERS_CRM_CHANGE_H

#include "servers/common/mcp.h"

mcp_run change_create, change_update, change_note;

#endif
