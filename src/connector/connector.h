/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connector.h - an MCP server that runs as a child, and the calls we make to it.
 *
 * Speaks both eras: `server/discover` and no handshake (2026-07-28), else
 * `initialize` (2025-11-25 and older). Never blocks and owns no thread: the
 * worker polls connector_fds(), calls connector_ready() for what became ready
 * and connector_tick() when connector_deadline() is past. now_us is the steady
 * clock everywhere.
 *
 * Everything a server says is hostile: a message is at most CONNECTOR_MESSAGE_MAX,
 * answers to ids we never sent are dropped, requests from it are refused (but for a
 * form put to the person, which the worker brings there), and a protocol breach stops it. Its text is for the model and, sanitised, for the
 * screen; nothing here trusts it.
 *
 * Owns    the child, its pipes, the tools it listed, calls in flight.
 * Thread  worker only.
 * Errors  ERR_ILLEGAL not running, ERR_MISSING no such tool, ERR_CONFLICT the
 *         tool is not the one that was pinned, ERR_LIMIT too large or too many.
 * Memory  a call's outcome lives in its callback only. */
#ifndef CONNECTOR_CONNECTOR_H
#define CONNECTOR_CONNECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/slice.h"
#include "model/approval.h"

#define CONNECTOR_MESSAGE_MAX ((size_t)4 << 20)	/* bytes of one message */
#define CONNECTOR_TOOLS_MAX 512
#define CONNECTOR_CALLS_MAX 64			/* in flight at once */
#define CONNECTOR_TEXT_MAX ((size_t)512 << 10)	/* bytes of an outcome's text */
#define CONNECTOR_PORTS 8
#define CONNECTOR_ASKING_MAX 4			/* questions to the person that are open at once */
#define CONNECTOR_ASKS_MAX 8			/* of one call; what it asks beyond is declined unasked */
#define CONNECTOR_LOG_MAX ((size_t)16 << 10)	/* last bytes of its stderr */

/* What it does now; `enum connector_state` in model/ is what the books say. */
enum connector_life {
	LIFE_STOPPED,	/* no child (before start, after stop) */
	LIFE_STARTING,	/* handshake, or listing its tools (again) */
	LIFE_RUNNING,
	LIFE_STOPPING,	/* asked to end; calls are over */
	LIFE_FAILING,	/* no child; connector_reason() says why */
};
const char *connector_life_name(enum connector_life life);	/* "stopped", "running" ... */

/* How it is started. Everything is copied but the secrets, which are needed during connector_start() only. */
struct connector_spec {
	const char *const *argv;	/* argv[0] is an absolute path or is looked up in PATH of `env`, else /usr/local/bin:/usr/bin:/bin */
	const char *const *env;		/* "NAME=value" that are no secrets; NULL is none */
	const char *const *read_paths, *const *write_paths;	/* granted; NULL is none */
	const char *folder;		/* where it runs; NULL is "/" */
	const char *confine;		/* absolute path of claviger-confine */
	bool may_network;
	const uint16_t *ports;		/* the only TCP ports it may connect to, where the kernel can tell; ends with 0; NULL: any */
	bool may_run_unconfined;	/* a person accepted that this kernel confines nothing */
	bool is_ours;			/* a server of this house: the effects it declares are taken */
	const struct secret *secret;	/* for ours: on fd 3; NULL is none */
	int secret_fd;			/* the same as the reading end of a pipe, borrowed; 0 is none */
	const struct secret *secret_variable;	/* for others: "NAME=value", the one variable granted; or apart: */
	const char *secret_env;		/* its name ... */
	const struct secret *secret_env_value;	/* ... and its value */
};

struct connector_tool {
	char *name;		/* letters, digits and ._-/ ; less than NAME_MAX_BYTES */
	char *description;	/* "" if none; UTF-8, hostile */
	char *input_schema;	/* raw JSON object, one line */
	char *definition;	/* canonical JSON of what the hash covers, to show what changed */
	struct hash hash;	/* SHA-256: name, title, description, schemas, annotations, declared effect (I11) */
	enum effect effect;	/* what ours declare; EFFECT_SEND for others */
	bool says_destructive;	/* its annotations raise an alarm; they never lower one */
};

enum tool_result {
	TOOL_OK,
	TOOL_FAILED,	/* it answered, and says it did not do it; others' vague protocol errors are TOOL_UNKNOWN */
	TOOL_NOT_SENT,	/* not a byte of the call left us */
	TOOL_UNKNOWN,	/* (part of) the call left us, and no answer came */
	TOOL_ASKS,	/* it wants input first (2026-07-28) that cannot be had: raw holds inputRequests; nothing was done */
};
const char *tool_result_name(enum tool_result r);

struct tool_outcome {
	enum tool_result result;
	struct slice text;		/* its text contents joined by newlines; UTF-8; or our own words when no answer came */
	bool text_is_cut;		/* there was more than CONNECTOR_TEXT_MAX */
	bool is_misfit;			/* unknown, as structured is not what the tool's outputSchema promises; text says so in our words */
	struct slice structured;	/* raw JSON of structuredContent; empty if none */
	struct slice raw;		/* raw JSON of the whole result or error; empty if no answer came */
};
typedef void tool_done(void *user, uint64_t call, const struct tool_outcome *o);

struct connector;	/* opaque */

struct connector *connector_new(const char *name);	/* stopped; never NULL */
void connector_free(struct connector *c);		/* kills what still lives; calls in flight end first; not from a callback; NULL is fine */
const char *connector_name(const struct connector *c);

/* From stopped or failing. On failure the state is failing. */
MUST_USE enum err_code connector_start(struct connector *c, const struct connector_spec *spec, int64_t now_us, struct err *e);
/* Close its stdin; SIGTERM after 2 s, SIGKILL after 4 s. Calls in flight end
 * at once, as not sent or unknown. */
void connector_stop(struct connector *c, int64_t now_us);

/* --- over HTTP: the worker carries, the connector speaks ------------------------- */
struct connector_post {
	uint64_t id;			/* of the request; 0: nothing is answered to it */
	struct slice body;		/* one JSON-RPC message; lives in the call only */
	const char *method, *name;	/* for the headers of 2026-07-28; NULL: none */
	const char *version, *session;	/* NULL: none */
	bool is_modern;
	bool may_repeat;		/* it is no effect: it may go again where the first was not let in */
};
struct connector_carrier {
	/* Start a POST. On any other code than ERR_OK nothing left. */
	enum err_code (*send)(void *user, const struct connector_post *p, struct err *e);
	void (*drop)(void *user, uint64_t id);	/* cut that one; 0: all */
	void (*gone)(void *user);		/* the client is; user is to be freed */
	void (*deliver)(void *user);		/* messages that came of answers that go on; NULL: there are none */
};
struct connector_post_end {
	uint64_t id;
	int status;			/* HTTP; 0: no answer came */
	bool left;			/* a byte of it may have arrived */
	const char *why;		/* where there is no status */
	bool wants_credential;		/* then too: for want of one it did not go */
};
/* From stopped or failing; takes user over, also where it fails. */
MUST_USE enum err_code connector_start_remote(struct connector *c, const struct connector_carrier *carrier, void *user, int64_t now_us, struct err *e);
/* A whole message out of the answer to that post (several in a stream), then its
 * end. None of these from inside send() or drop(), or from inside a transfer. */
void connector_post_message(struct connector *c, uint64_t id, struct slice json, int64_t now_us);
void connector_post_ended(struct connector *c, const struct connector_post_end *end, int64_t now_us);
/* What came is to be handed over by the next tick (connector_carrier's deliver); from anywhere. */
void connector_post_news(struct connector *c);
void connector_set_session(struct connector *c, const char *session);	/* of an older server */
/* It failed because its server refuses the credential, or there is none. */
bool connector_wants_credential(const struct connector *c);

enum connector_life connector_life(const struct connector *c);
/* Our own words on why it is failing; "" otherwise. */
const char *connector_reason(const struct connector *c);
/* It failed because this kernel can confine nothing: a person may accept that (may_run_unconfined). */
bool connector_lacks_confinement(const struct connector *c);
/* "2026-07-28" ...; "" before it is known. */
const char *connector_protocol(const struct connector *c);
/* The last bytes of its stderr: hostile text, for a log view only. */
struct slice connector_log(const struct connector *c);

/* --- the loop ------------------------------------------------------------ */
struct connector_fd {
	int fd;
	short events;	/* POLLIN or POLLOUT */
};
#define CONNECTOR_FDS 3
size_t connector_fds(const struct connector *c, struct connector_fd out[CONNECTOR_FDS]);
void connector_ready(struct connector *c, int fd, int64_t now_us);
/* The steady time by which connector_tick() is due; INT64_MAX if never. */
int64_t connector_deadline(const struct connector *c);
void connector_tick(struct connector *c, int64_t now_us);	/* time limits, the end of the child */

/* --- tools --------------------------------------------------------------- */
/* Valid until connector_ready(), _tick(), _stop() or _start(). None before it is running. */
size_t connector_tool_count(const struct connector *c);
const struct connector_tool *connector_tool(const struct connector *c, size_t i);
const struct connector_tool *connector_tool_find(const struct connector *c, const char *name);
/* Rises each time a listing came in (at start, and when the server says it changed). */
unsigned connector_tools_generation(const struct connector *c);

/* --- calls --------------------------------------------------------------- */
enum connector_mode { CONNECTOR_CALL, CONNECTOR_CHECK, CONNECTOR_PROVE };	/* the last two only of ours: nothing is done */
struct connector_call {
	const char *tool;
	struct slice args;		/* raw JSON object that passed the gate; sent byte for byte (a newline between tokens becomes a space) */
	const struct hash *pin;		/* NULL, or ERR_CONFLICT unless the tool's hash is this one */
	int64_t task;			/* 0 is none; ours only */
	const char *idempotency_key;	/* NULL is none; hex */
	enum connector_mode mode;
	int64_t limit_us;		/* 0 takes 60 s */
};
/* On ERR_OK done is called exactly once, later, never from inside this
 * function. On any other code it was not sent and done is not called. */
MUST_USE enum err_code connector_call(struct connector *c, const struct connector_call *call, int64_t now_us, tool_done *done, void *user,
    uint64_t *id, struct err *e);
/* Tell the server (`notifications/cancelled`) and end the call: not sent, unknown, or failed
 * while it waited for the person (2026-07-28: then nothing was done). */
void connector_cancel(struct connector *c, uint64_t id);

/* --- what a server asks the person (elicitation, form mode) ------------------- */
/* Only while it has a call of ours, whose time limit begins anew with the answer. A
 * form that elicit_read() does not take, another mode, and whatever is beyond the
 * bounds is declined without asking anybody. */
struct connector_question {
	uint64_t id;		/* for connector_answer() */
	uint64_t call;		/* that it belongs to; 0: several are in flight, and it cannot be told */
	const char *message;	/* hostile; lives in the call only, as schema does */
	struct slice schema;	/* elicit_read() takes it; one line */
};
struct connector_asker {
	/* Put it to the person, and answer later (never from inside). False: nobody can be asked. */
	bool (*asks)(void *user, const struct connector_question *q);
	/* No answer is wanted any more; not for what was answered. */
	void (*over)(void *user, uint64_t question, const char *why);
};
/* Before start. Without one, everything is cancelled. */
void connector_on_question(struct connector *c, const struct connector_asker *asker, void *user);
enum connector_verdict { CONNECTOR_ACCEPT, CONNECTOR_DECLINE, CONNECTOR_CANCEL };
/* content: raw JSON object in one line, of an accept. A question that is over is ignored. */
void connector_answer(struct connector *c, uint64_t question, enum connector_verdict verdict, struct slice content, int64_t now_us);

#endif
