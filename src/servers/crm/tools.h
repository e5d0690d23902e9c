/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools.h - what the CRM offers agents. Payloads of the tools that change something:
 *
 *   create_record  {"kind":"contact", "fields":{"name":"...", "email":"..."}}
 *   update_record  {"record":"contact/12", "fields":{"phone":"..." or null}, "before":{"phone":"..." or null}}
 *   add_note       {"record":"contact/12", "text":"..."}
 *
 * `before` is what a person is shown as the old values, and it is compared again in the
 * transaction that makes the change: another value there, and nothing is changed. */
#ifndef SERVERS_CRM_TOOLS_H
#define SERVERS_CRM_TOOLS_H

#include "servers/common/mcp.h"

extern const struct mcp_tool crm_tools[];
#define CRM_TOOLS 5
/* Their user is a struct crm. */

#endif
