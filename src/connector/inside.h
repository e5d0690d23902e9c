/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inside.h - what the files of a client share: start.c, connector.c (the child and its pipes),
 * remote.c (a server over HTTP), pending.c, talk.c (what is said), talk_call.c, ask.c (forms). For this room only. */
#ifndef CONNECTOR_INSIDE_H
#define CONNECTOR_INSIDE_H

#include "base/buf.h"
#include "base/json.h"
#include "base/spawn.h"
#include "connector/connector.h"
#include "connector/tools.h"
#include "wire/jsonrpc.h"

#define UNASKED_MAX ((uint64_t)64 << 20)	/* bytes of notifications and the like between two answers */

enum asked { ASKED_DISCOVER, ASKED_INITIALIZE, ASKED_TOOLS, ASKED_CALL };

/* A request that waits for its answer. */
struct pending {
	int64_t id;
	enum asked asked;
	uint64_t starts_at, ends_at;	/* its bytes, counted from the first byte ever queued for this child */
	int64_t until_us;
	bool left;			/* over HTTP: a byte of it may have */
	tool_done *done;		/* of a call, as all below */
	void *user;
	int64_t call;			/* its first id, which the caller knows it by */
	int64_t limit_us;
	int asking, asked_n;		/* questions of it that are open, and that there were */
	int rounds;			/* times it was sent with answers (2026-07-28) */
	bool is_held;			/* answered with questions, and not sent again yet; then id is below 0 */
	bool is_effect;			/* an action of somebody's decision: it leaves us once */
	char *tool;
	char *args;			/* to send it again; NULL where that never happens */
	char *state;			/* the server's requestState, raw; NULL: none */
	struct buf replies;		/* members of inputResponses so far */
};

/* A question that is put to the person. */
struct asking {
	uint64_t id;
	int64_t call;			/* 0: any of those in flight */
	char *raw_id;			/* of its request; NULL in the newer era, where it is: */
	char *key;			/* of inputRequests, as it stands between the quotes */
};

struct connector {
	char *name;
	enum connector_life life;
	char reason[256];
	bool lacks_confinement, is_ours;
	bool died_at_discover;		/* then the next start begins with `initialize` */

	const struct connector_carrier *carrier;	/* over HTTP; NULL: a child */
	void *carrier_user;
	char session[256], trouble[160];
	bool wants_credential;

	struct spawn_child child;
	int64_t stop_us;		/* when it was asked to end; 0 before */
	bool was_termed, was_killed;
	struct jsonrpc *frames;
	struct buf out;			/* not written yet */
	uint64_t written;		/* bytes of this child's input that left us */
	struct buf log;

	bool is_modern;
	char protocol[16];
	int64_t next_id;
	struct pending *pending;	/* in order of id */
	size_t pending_count;
	struct tool_list tools, listing;
	unsigned generation, pages;
	bool list_again;
	unsigned relists;		/* listings it asked for since relists_us */
	int64_t relists_us;
	uint64_t unasked;		/* bytes it sent since it last answered one of our requests */
	int64_t now_us;			/* of the call in hand, for what frames cause */

	const struct connector_asker *asker;
	void *asker_user;
	struct asking asking[CONNECTOR_ASKING_MAX];
	int asking_n;
	uint64_t next_question;
	int64_t post_id;		/* over HTTP: of the post in whose answer a message stands; 0: none */
	bool has_news;			/* over HTTP: deliver() has something */
};

/* talk.c */
void talk_begin(struct connector *c);			/* the first request */
void talk_older(struct connector *c);			/* begin again with `initialize` */
enum err_code talk_message(void *c, const struct jsonrpc_message *m);	/* a jsonrpc_emit */
void talk_expired(struct connector *c, size_t i);	/* pending[i] waited too long */
void talk_put_modern(struct json_out *j, const struct connector *c);	/* what each request of the newer era carries in _meta */

/* talk_call.c */
struct pending *talk_call(struct connector *c, const struct connector_call *call);
void talk_again(struct connector *c, struct pending *p);	/* the call once more, with the person's answers */
void talk_cancelled(struct connector *c, int64_t id);	/* tell the server */

/* ask.c */
void ask_request(struct connector *c, const struct jsonrpc_message *m);		/* elicitation/create */
void ask_taken_back(struct connector *c, const struct jsonrpc_message *m);	/* notifications/cancelled */
/* result says input_required: put its questions, or send the answers that need nobody.
 * False: what it asks cannot be had here, and the call is over. */
bool ask_input(struct connector *c, struct pending *p, struct slice result);
void ask_over(struct connector *c, int64_t call);	/* the call has ended; it is no longer in the list */

/* remote.c */
void remote_post(struct connector *c, struct pending *p, const char *name, const struct buf *message);	/* p may be NULL */
void remote_drop(struct connector *c, uint64_t id);	/* nothing without a carrier */
void remote_deliver(struct connector *c);		/* what came of answers that go on */

/* start.c */
void connector_forget(struct connector *c);		/* what the last start left */

/* pending.c */
struct pending *pending_add(struct connector *c, enum asked asked, int64_t limit_us);	/* with the next id */
void pending_sent(struct connector *c, struct pending *p, const char *name, const struct buf *message);	/* queue its bytes; name: of the tool, or NULL */
bool pending_left(const struct connector *c, const struct pending *p);	/* a byte of it may have left us */
struct pending *pending_find(struct connector *c, int64_t id);
struct pending *pending_of_call(struct connector *c, int64_t call);
/* Take p out; a call's callback runs with o. */
void pending_end(struct connector *c, struct pending *p, const struct tool_outcome *o);
void pending_end_all(struct connector *c, const char *why);	/* each as not sent, unknown or failed, by what has left us; why: our words */

/* connector.c */
void connector_queue(struct connector *c, const struct buf *message);
void connector_flush(struct connector *c);		/* write what can be written now */
/* Over: kill it, and say why (our words). Calls in flight end. */
void connector_fail(struct connector *c, const char *why);

#endif
