/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tools.h - the tools that a server lists, and the hash they are pinned by.
 *
 * The hash covers one form of the definition: members sorted, no blanks, strings
 * and numbers as they came. So another order of members is no change, and any
 * other word is. Pure. */
#ifndef CONNECTOR_TOOLS_H
#define CONNECTOR_TOOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"
#include "connector/connector.h"

struct tool_list {
	struct connector_tool *tools;
	size_t count;
	size_t skipped;	/* with names or sizes that are out of bounds, or a name that was there */
};

/* Take the tools of one page (raw JSON of the result of tools/list). ERR_PROTO, ERR_LIMIT. */
MUST_USE enum err_code tool_list_add(struct tool_list *l, struct slice result, bool is_ours, struct err *e);
void tool_list_release(struct tool_list *l);
const struct connector_tool *tool_list_find(const struct tool_list *l, const char *name);

/* value passed the gate. Appends its canonical form. */
void tools_canonical(struct slice value, struct buf *out);

#endif
