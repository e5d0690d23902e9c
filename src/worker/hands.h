/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hands.h - what a worker thread works with: the one writing connection of its
 * process, the vault, and the facts that do not change while it runs. Jobs
 * (worker/mailbox.h) get it; nothing of it leaves the thread. */
#ifndef WORKER_HANDS_H
#define WORKER_HANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/path.h"
#include "model/agent.h"
#include "model/cap.h"
#include "model/key.h"
#include "model/record.h"
#include "model/task.h"
#include "office/policy.h"

struct store;
struct vault;
struct book;
struct rules;
struct worker;
struct key;
struct sealed;
struct seal_name;

struct hands {
	struct store *store;
	struct vault *vault;			/* NULL while locked */
	const struct book *book;		/* with what the workspace lays over it; prices.c */
	const struct book *published;		/* without */
	const struct rules *rules;
	const struct workspace_paths *paths;
	const char *home;
	const char *workspace;			/* its id */
	const char *key_file;			/* where this person's is; "": none */
	char where[TITLE_MAX_BYTES];		/* "user@host, terminal" */
	char who[TITLE_MAX_BYTES];		/* "NAME (user@host, terminal)" once unlocked */
	struct person_line persons;		/* settings: from where on two are asked */
	struct worker *worker;
};

/* Take an open vault over (from vault_open), or close it (v NULL): the journal's
 * signer and the connection pool follow. */
void hands_unlock(struct hands *h, struct vault *v);
/* True unless another process gave the workspace a new root since our vault was
 * opened: then it is closed, for what it would sign or seal nobody could read. */
bool hands_vault_is_current(struct hands *h);
/* ERR_LOCKED with what to do, or ERR_OK. */
MUST_USE enum err_code hands_need_vault(struct hands *h, struct err *e);
/* A cap's MAC, for call_hold(); user is the hands. */
enum err_code hands_verify_cap(void *user, const struct cap *c, struct err *e);
/* An agent's tool list is the one a person gave it: its MAC. */
MUST_USE enum err_code hands_verify_agent(struct hands *h, const struct agent *a, struct err *e);
/* The bytes that a proposal's signature covers, with the words of its goal as they are. */
struct buf;
struct approval;
void hands_write_proposal(struct hands *h, const struct approval *a, struct buf *out);
/* Sign the version of a proposal that was just written; nothing is done while the vault is
 * closed. And check it: ERR_CONFLICT if what stands beside the payload is not what was
 * signed; an unsigned one is right (policy is strict with it). */
MUST_USE enum err_code hands_sign_proposal(struct hands *h, struct approval *a, struct err *e);
MUST_USE enum err_code hands_verify_proposal(struct hands *h, const struct approval *a, struct err *e);
/* The sealed bytes of a key's version and the name they are sealed under. name
 * borrows from h and k. */
MUST_USE enum err_code hands_sealed_key(struct hands *h, const struct key *k, struct sealed *out, struct seal_name *name, struct err *e);

#endif
