/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connector.h - a way into an outside system, and the tools it offers. */
#ifndef MODEL_CONNECTOR_H
#define MODEL_CONNECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/approval.h"
#include "model/record.h"

enum connector_type { CONNECTOR_CODEBASE, CONNECTOR_INBOX, CONNECTOR_CRM, CONNECTOR_MCP, CONNECTOR_TYPES };
enum link_state { LINK_STOPPED, LINK_RUNNING, LINK_FAILING, LINK_UNTRUSTED, LINK_STATES };
enum tool_state { TOOL_KNOWN, TOOL_QUARANTINED, TOOL_STATES };
extern const char *const connector_type_names[CONNECTOR_TYPES], *const tool_state_names[TOOL_STATES];

struct connector_record {
	int64_t id;
	char name[NAME_MAX_BYTES];
	enum connector_type type;
	enum link_state state;
	char why[TITLE_MAX_BYTES];
	char *root;			/* codebase: the folder; else NULL */
	char *command;			/* mcp: JSON array of argv; else NULL */
	char *settings;			/* JSON object of what it was granted (connector/grant.h), or NULL */
	bool unconfined_ok;		/* a person accepted it without confinement */
	int64_t created_us;
	struct hash mac;		/* vault MAC over connector_bytes() */
};
void connector_record_release(struct connector_record *c);

struct tool {
	int64_t id, connector;
	char connector_name[NAME_MAX_BYTES];
	char name[NAME_MAX_BYTES];
	enum effect effect;
	enum tool_state state;
	char *description, *schema;	/* as the server gave them; schema is JSON */
	char *said;			/* canonical JSON of its whole definition now: what `definition` is the hash of; NULL: not kept */
	char *trusted;			/* the same of when it was pinned; only as good as its hash is `pinned`; NULL: not kept */
	struct hash definition;		/* of what the server says now */
	struct hash pinned;		/* of what a person trusted */
	struct hash mac;		/* vault MAC over tool_bytes() (pin and effect) */
};
void tool_release(struct tool *t);

struct buf;
void connector_bytes(const char *workspace, const struct connector_record *c, struct buf *out);
/* Which record it is, as a person signed it: 63 bits of the hash of connector_bytes(), never 0.
 * An approval is bound to it, so that another account or folder under the same name gets nothing. */
int64_t connector_identity(const char *workspace, const struct connector_record *c);
void tool_bytes(const char *workspace, const struct tool *t, struct buf *out);

#endif
