/* SPDX-License-Identifier: GPL-3.0-or-later */
/* op.h - an operation: one thing a person can ask that changes something, as a
 * record, and its outcome. Questions that change nothing are in desk/query.h.
 *
 * Memory  an op owns its heap texts; desk_ask() takes them over. */
#ifndef DESK_OP_H
#define DESK_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "model/approval.h"
#include "model/cap.h"
#include "model/connector.h"
#include "model/key.h"
#include "model/question.h"
#include "model/record.h"
#include "model/task.h"

/* Which fields of struct op an operation reads is said beside its name; `secret`
 * is the one handed along. V: needs the vault open, N: asks the network. */
enum op_kind {
	OP_NONE,
	/* vault */
	OP_UNLOCK,		/* secret: passphrase */
	OP_PURGE,		/* until_us -> text */
	OP_LOCK_KEYS,		/* V closed; a worker elsewhere is asked by a request row */
	OP_PANIC,		/* stop all calls, freeze, lock keys */
	OP_PERSON_ADD,		/* name, secret: their passphrase, root (their key file) or NULL; V */
	OP_PERSON_REMOVE,	/* name; V */
	OP_PASSPHRASE,		/* secret: the old one and at split the new one, root (a new key file) or NULL, no_key_file; V */
	OP_REKEY,		/* secret: the passphrase; V -> text */
	/* the worker */
	OP_WORKER_START,	/* this process takes the lease; ERR_CONFLICT names the holder */
	OP_WORKER_STOP,		/* ours: finish or cut, book, let go of the lease */
	/* goals and tasks */
	OP_GOAL_ADD,		/* text, name (agent, with no_plan), money (cap), no_plan, tools (JSON: [{"name","text"}] of attached files, or NULL) -> id */
	OP_GOAL_PAUSE, OP_GOAL_RESUME, OP_GOAL_CANCEL,	/* id */
	OP_TASK_SAY,		/* id, text */
	OP_TASK_CANCEL, OP_TASK_RETRY, OP_TASK_PAUSE, OP_TASK_RESUME,	/* id */
	OP_TASK_TIER,		/* id, tier */
	/* approvals */
	OP_APPROVE,		/* id, hash (of what was shown), typed_yes, or by_hash and said (recipients written out, a line each); V */
	OP_REJECT,		/* id, hash or has_hash false, text (reason); V */
	OP_ASK_CHANGES,		/* id, hash or has_hash false, text (what is to be different, not empty); V */
	OP_EDIT,		/* id, text (new payload) -> version; V */
	OP_UNDO,		/* id; V */
	OP_SETTLE,		/* id, fired, text (what was found, or NULL); V */
	OP_RULE_ADD,		/* name (agent), connector, tool, text (patterns or NULL), count (uses), money_pd, until_us; V -> id */
	OP_RULE_REVOKE,		/* id */
	/* keys */
	OP_KEY_ADD,		/* name (label or ""), vendor, base_url, region, api, proxy, ca_file, admin, secret; V N -> id, text: the test's verdict */
	OP_KEY_ROTATE,		/* name, secret; V N */
	OP_KEY_TEST,		/* name; V N */
	OP_KEY_MODELS,		/* name; V N -> json */
	OP_KEY_RETIRE, OP_KEY_REMOVE,	/* name; V */
	/* money */
	OP_CAP_SET,		/* cap; V */
	OP_CAP_REMOVE,		/* id; V */
	OP_INCIDENT_RESOLVE,	/* id, name ("raise" or "keep"), money_pd (0: twice, or what is needed); V to raise */
	OP_STATEMENT_IMPORT,	/* vendor, text (the report) or fetch (V N), since_us and until_us (0: open; their days count, both included) */
	OP_CALL_SETTLE,		/* id (of a cut call), money_pd */
	OP_PRICE_SET,		/* vendor, model or "", text (members of a row: verb_price.c) -> id */
	OP_PRICE_IMPORT,	/* id (the format), name (of the file), text (its bytes), from ("" is now) -> id, json */
	OP_PRICE_REMOVE,	/* id */
	/* connectors */
	OP_CONNECTOR_ADD,	/* name, connector_type, root, command, settings; V -> json: its tools */
	OP_CONNECTOR_IMPORT,	/* text (the .mcp.json), name (of the entry; "" lists them), connector (its name here), hash, settings; V -> json */
	OP_CONNECTOR_SECRET,	/* name, tool (its field), secret; V -> text */
	OP_CONNECTOR_TEST,	/* name; V -> json */
	OP_CONNECTOR_RELEASE,	/* name, tool, hash or has_hash false; V */
	OP_CONNECTOR_EFFECT,	/* name, tools (JSON array of names), effect; V */
	OP_CONNECTOR_REMOVE,	/* name; V */
	OP_CONNECTOR_ANSWER,	/* id (of a question), answer, tools (JSON object of what was typed, by field; or NULL); V -> text */
	/* schedules */
	OP_SCHEDULE_ADD,	/* name (agent), text, every, at, days -> id */
	OP_SCHEDULE_SWITCH,	/* id, pause (off) */
	OP_SCHEDULE_REMOVE,	/* id */
	/* the built-in CRM */
	OP_CRM_IMPORT,		/* name (connector), text (the file), format, records -> json */
	OP_CRM_EXPORT,		/* name, text (where to), format, records -> text */
	/* agents */
	OP_AGENT_ADD,		/* name, role, title, text (prompt or NULL), tier, vendor, model, tools, money_pd (a day), count (turns); V -> id */
	OP_AGENT_REMOVE,	/* name; V */
	OP_AGENT_SET,		/* name, tier/has_tier, vendor, model, tools, pause: see fields */
	OP_TIER_SET,		/* vendor, tier, model */
	OP_KINDS
};

struct op {
	enum op_kind kind;
	int64_t id;
	char name[NAME_MAX_BYTES];
	char tool[NAME_MAX_BYTES];
	char vendor[NAME_MAX_BYTES];
	char model[MODEL_ID_BYTES];
	char key[NAME_MAX_BYTES];	/* AGENT_SET: its label; "any" takes it back */
	char base_url[TITLE_MAX_BYTES];
	char region[NAME_MAX_BYTES];
	char role[NAME_MAX_BYTES], title[TITLE_MAX_BYTES];	/* of an agent; title "": the role */
	char every[NAME_MAX_BYTES], at[NAME_MAX_BYTES], days[NAME_MAX_BYTES];	/* of a schedule (office/when.h); "": not said */
	char format[NAME_MAX_BYTES], records[NAME_MAX_BYTES];	/* of CRM files: csv or vcard, and of what kind */
	char from[NAME_MAX_BYTES];	/* of imported prices: their start */
	enum key_api api;
	char proxy[TITLE_MAX_BYTES], ca_file[TITLE_MAX_BYTES];
	char *text;			/* heap, owned; or NULL */
	char *root;			/* heap, owned; or NULL */
	char *command;			/* heap, owned: JSON array of argv; or NULL */
	char *settings;			/* heap, owned: JSON object of what a connector is granted (connector/grant.h); or NULL */
	char *tools;			/* heap, owned: JSON array of "C.T"; or NULL */
	struct hash hash;
	char *said;			/* heap, owned: lines; or NULL */
	bool has_hash, typed_yes, by_hash, no_plan, fired, admin;
	bool has_tier, has_pause, pause;
	enum tier tier;
	enum effect effect;
	enum question_state answer;
	enum connector_type connector_type;
	bool no_key_file, fetch;
	size_t split;			/* bytes of the secret that are the first of two */
	int64_t money_pd, count, since_us, until_us;
	int64_t shown_ms;		/* of a decision: how long it was on the screen */
	char connector[NAME_MAX_BYTES];
	struct cap cap;
};
void op_release(struct op *op);

/* Exactly one for each op asked. */
struct outcome {
	uint32_t ticket;		/* what desk_ask() gave */
	enum op_kind kind;
	struct err err;			/* err.code is ERR_OK when it was done */
	int64_t id;			/* of what was made, or 0; of a key with err: it is sealed, its test failed */
	int version;
	char text[TITLE_MAX_BYTES * 4];	/* words for the person, or "" */
	char *json;			/* heap, owned: the document for --json, or NULL */
};
void outcome_release(struct outcome *o);

#endif
