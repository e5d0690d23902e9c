/* SPDX-License-Identifier: GPL-3.0-or-later */
/* approval.h - the question put to a person, and the action it is about.
 *
 * The payload is the exact bytes that will be fired; hash covers them, bind
 * covers hash and everything that decides what they do (design, I1). */
#ifndef MODEL_APPROVAL_H
#define MODEL_APPROVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/slice.h"
#include "model/record.h"

enum approval_kind { APPROVAL_ACTION, APPROVAL_PLAN, APPROVAL_CAP, APPROVAL_RULE, APPROVAL_KINDS };
enum approval_state { APPROVAL_PROPOSED, APPROVAL_PENDING, APPROVAL_APPROVED, APPROVAL_HOLDING, APPROVAL_FIRING, APPROVAL_FIRED, APPROVAL_FAILED,
	APPROVAL_UNKNOWN, APPROVAL_NOT_FIRED, APPROVAL_REJECTED, APPROVAL_EXPIRED, APPROVAL_SUPERSEDED, APPROVAL_WITHDRAWN,
	APPROVAL_CHANGES_ASKED, APPROVAL_STATES };	/* the last: its agent's turn, until what replaces it comes */
enum effect { EFFECT_READ, EFFECT_WRITE, EFFECT_SEND, EFFECT_DESTROY, EFFECTS };
extern const char *const approval_kind_names[APPROVAL_KINDS], *const effect_names[EFFECTS];
int effect_parse(const char *name);	/* -1 if unknown */

struct approval {
	int64_t id;
	int version;			/* 1, 2 ...: each has its own payload and hash */
	enum approval_kind kind;
	enum approval_state state;
	int64_t goal, task;
	int64_t replaces;		/* the approval whose changes were asked for, which this one answers; 0: none */
	char agent[NAME_MAX_BYTES];
	char tool_use_id[NAME_MAX_BYTES * 2];	/* the call in the agent's turn that it answers */
	char connector[NAME_MAX_BYTES], tool[NAME_MAX_BYTES];	/* "" for a plan */
	struct hash definition;		/* of the tool when proposed */
	enum effect effect;
	int64_t credential;		/* connector_identity() of when it was proposed; 0: a plan, a limit, or a row of before */
	char target[TITLE_MAX_BYTES];	/* state of the target it was made against, or "" */
	char summary[TITLE_MAX_BYTES];	/* one line in our words */
	char *payload;			/* exact bytes; NULL unless asked for, or purged */
	size_t payload_len;
	uint8_t nonce[16];
	struct hash hash, bind;
	char *provenance;		/* JSON array of sources, or NULL */
	char *flags;			/* JSON array of warnings in our words, or NULL */
	char *context;			/* of this version: what office/context.h makes, or NULL */
	int64_t worst_case_pd;		/* of going on after it */
	bool is_signed;			/* mac is there; else cost, context and goal vouch for nothing (office/policy.h) */
	struct hash mac;		/* vault_mac(DECISION) over proposal_bytes(), by whoever made this version */
	int64_t created_us, expires_us;	/* 0: never expires */
	int64_t decided_us, fire_us;	/* fire_us: end of the undo window */
	char decided_by[TITLE_MAX_BYTES];	/* "person NAME (user@host, tty)" or "rule R3" */
	char reason[TITLE_MAX_BYTES * 4];	/* of a rejection, what is to be changed, or why failed */
};
void approval_release(struct approval *a);

/* bind of a version: domain, workspace, id, version, nonce, connector, tool,
 * definition, effect, credential, target, hash. */
struct hash approval_bind(const char *workspace, const struct approval *a);

/* What else is judged when it is decided and fired, beside what bind covers: the worst
 * case, the context, and the words of its goal. Written to out (cleared first). */
struct buf;
void proposal_bytes(const char *workspace, const struct approval *a, struct slice goal_text, struct buf *out);

enum verdict { VERDICT_APPROVE, VERDICT_REJECT, VERDICT_CHANGES, VERDICTS };
extern const char *const verdict_words[VERDICTS];	/* "approved" ... */
struct decision {
	int64_t id, approval;
	int version;
	enum verdict verdict;
	struct hash hash, bind;
	int slot;			/* the person's slot in the vault */
	char person[NAME_MAX_BYTES];
	char where[TITLE_MAX_BYTES];	/* user@host, terminal */
	char reason[TITLE_MAX_BYTES * 4];
	int64_t rule;			/* 0: a person */
	int64_t at_us;
	int64_t shown_ms;		/* how long it was on the screen; 0: a command line, or a rule */
	char said[TITLE_MAX_BYTES];	/* what was typed beside the key: "yes", the recipients written out */
	struct hash mac;		/* vault_mac(DECISION) over decision_bytes() */
	int persons;			/* handed to decision_add(), not kept: how many it takes (0: one) */
	bool is_last;			/* comes back: it is decided now; else another person is asked */
};
/* The bytes the MAC covers, written to out (cleared first). */
void decision_bytes(const char *workspace, const struct decision *d, struct buf *out);

struct firing {
	int64_t id, approval;
	int version;
	char idempotency_key[HASH_HEX];
	int64_t epoch, begun_us, ended_us;
	bool sent;			/* a byte may have left */
	char *receipt;			/* what the outside system answered, or NULL */
};
void firing_release(struct firing *f);

#endif
