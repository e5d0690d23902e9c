/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links.h - the connectors that run, by name: started when first needed,
 * checked against what a person trusted, called.
 *
 * Thread  worker only. */
#ifndef WORKER_LINKS_H
#define WORKER_LINKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"
#include "connector/connector.h"
#include "model/connector.h"

struct hands;
struct links;
struct pollfd;

struct tokens;

struct links *links_new(struct hands *h);
void links_free(struct links *l);		/* stops them all; calls in flight end first */
struct tokens *links_tokens(struct links *l);	/* of all connectors; borrowed */
void links_stop(struct links *l);		/* the same, keeps the table */

struct link_call {
	const struct tool *tool;		/* as stored: its pin and MAC are checked first */
	struct slice args;
	int64_t task;
	const char *idempotency_key;
	enum connector_mode mode;
};
typedef void link_done(void *user, const struct tool_outcome *o);

/* Start the connector if need be, then call. done is called exactly once, later
 * (never from inside), also when the connector can't be started: then with
 * TOOL_NOT_SENT and our words. On an error code nothing was done and done is
 * not called: ERR_LOCKED, ERR_AUTH (a MAC that is not ours), ERR_CONFLICT
 * (quarantined: the definition is not the pinned one). */
MUST_USE enum err_code links_call(struct links *l, const struct link_call *c, link_done *done, void *user, struct err *e);

/* Before a call that must be durable first: ERR_OK once the connector runs and
 * the tool is the pinned one; ERR_CANCELLED: not yet, ask again when links_tick()
 * has moved; any other code: it won't. */
MUST_USE enum err_code links_prepare(struct links *l, const struct tool *tool, struct err *e);

size_t links_fds(const struct links *l, struct pollfd *out, size_t max);
void links_ready(struct links *l, const struct pollfd *fds, size_t n, int64_t steady_us);
int64_t links_deadline(const struct links *l);		/* steady; INT64_MAX: never */
void links_tick(struct links *l, int64_t steady_us);
int links_in_flight(const struct links *l);
/* Tell the servers that nobody waits for that task's reads any more; their done is called. */
void links_cancel_reads(struct links *l, int64_t task);

/* Something was committed: hand on what persons answered to questions of servers. */
void links_answers(struct links *l);
/* Cancel those questions: what asked ends by itself. */
void links_drop_questions(struct links *l, const char *why);

#endif
