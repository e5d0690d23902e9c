/* SPDX-License-Identifier: GPL-3.0-or-later */
/* worker.h - the background thread of a process, and the worker if it holds the lease.
 *
 * Every process that writes has one thread of these. It runs the face's jobs;
 * when asked to, and only while it holds the lease (worker.lock), it is the
 * worker of the workspace: it calls models, fires approved actions, serves
 * request rows and sweeps what a dead one left.
 *
 * Owns    the writing store, the vault, the transport, the running connectors,
 *         the live board.
 * Thread  worker_start/post/collect/finish: the face's thread. Everything named
 *         with `struct hands` or said so: the worker thread, from inside a job. */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/connector.h"
#include "office/key_choice.h"
#include "worker/hands.h"
#include "worker/mailbox.h"

struct worker_options {
	struct store *store;		/* opened for writing; taken over */
	const struct workspace_paths *paths;	/* must outlive the worker, as all below */
	const char *home;
	const struct book *book;
	const char *models_json;	/* data/models.json */
	const char *office_rules;	/* data/prompts/office.txt */
	const char *summary_rules;	/* data/prompts/summary.txt */
	bool summaries;			/* setting: what is too long to be shown is summarised by the routine tier */
	const char *key_file;		/* where this person's is, NULL or "" for none; copied */
	const char *proxy, *ca_file;	/* settings; "" or NULL for none; copied */
	int undo_window_s;		/* setting: how long an approved action can be taken back; 0: not */
	struct person_line persons;	/* settings: from where on two persons are asked */
	int expire_after_h;		/* setting: an unanswered question is over then; 0: never */
	int question_within_s;		/* setting: how long a connector's question waits; 0: it is not put */
	enum failover failover;		/* setting: whether another key may step in */
	int purge_after_days;		/* setting: how long content is kept; 0: for ever */
	bool retry_at_risk;		/* setting: try again by itself what may have been billed */
	int first_byte_s, silence_s;	/* settings: patience with a vendor's answer; 0 takes the default */
	const char *holder;		/* for display: "console (pid 7, user@host)" */
	const char *where;		/* "user@host, terminal" */
	int wake_fd;			/* signalled when a job is done or something changed */
};

MUST_USE enum err_code worker_start(struct worker **out, const struct worker_options *o, struct err *e);
/* False when the mailbox is full (the job stays the caller's). */
bool worker_post(struct worker *w, struct job *j);
struct job *worker_collect(struct worker *w);
/* Why nothing is done just now: the database takes nothing, for the tries-th time in a row.
 * ERR_OK: it does. Any thread. */
enum err_code worker_fault(struct worker *w, int *tries, struct err *e);
/* Rises whenever the worker has looked at the office again; any thread. */
unsigned worker_rounds(const struct worker *w);
/* Stop: calls in flight are cut and booked, connectors stopped, the lease given
 * back, the thread joined. Jobs not yet collected are still to be collected:
 * call worker_collect() until NULL, then worker_free(). */
void worker_finish(struct worker *w);
void worker_free(struct worker *w);

/* --- from jobs, on the worker thread ---------------------------------------- */

enum worker_mode {
	WORKER_JOBS,	/* the face's jobs, nothing else */
	WORKER_SERVE,	/* requests too, with the lease if it is free just then */
	WORKER_RUN	/* the worker: everything, while unlocked */
};
/* RUN takes the lease at once: ERR_CONFLICT names the holder. Leaving RUN lets
 * calls in flight end for up to grace_us, then cuts them. */
MUST_USE enum err_code worker_set_mode(struct worker *w, enum worker_mode mode, int64_t grace_us, struct err *e);
/* Take over when the lease gets free (an attached console does). */
void worker_take_over_when_free(struct worker *w, bool yes);

struct worker_status {
	enum worker_mode mode;
	bool holds_lease, is_unlocked;
	bool is_idle;			/* nothing can go on without a person */
	bool waits_cap, waits_key;	/* a task is paused for that */
	int calls_in_flight;
	int64_t calls, cost_pd;		/* settled by this process since RUN began */
};
const char *worker_transport_engine(void);	/* what the transport is built on, and its version */
void worker_status(struct worker *w, struct worker_status *out);
/* A request row was written: serve it here if no other process is the worker. */
void worker_want_serving(struct worker *w);
/* Something was decided or said: look again now. */
void worker_poke(struct worker *w);
/* Cut every call; nothing new starts until RUN is asked for again. */
int worker_panic(struct worker *w);

/* The person speaks to a task: answers its open question, else adds their words. */
MUST_USE enum err_code worker_say(struct hands *h, int64_t task, const char *words, struct err *e);

/* A goal with its first task, in one transaction: planned by a, or done by a as one
 * task. text is copied. *id is the goal's. */
struct agent;
MUST_USE enum err_code worker_goal_new(struct hands *h, const char *text, const struct agent *a, bool planned, int64_t cap_pd, int64_t *id, struct err *e);
/* When a schedule that is on runs next after that time; 0: on no day. */
struct schedule;
int64_t worker_schedule_next(const struct schedule *s, int64_t after_us);

/* Tasks paused on a key or a cap may go on: it was mended. */
MUST_USE enum err_code worker_wake_tasks(struct hands *h, enum task_on on, struct err *e);
/* A goal's own next state, after one of its tasks has ended (by a person's hand). */
MUST_USE enum err_code worker_goal_progress(struct hands *h, int64_t goal, struct err *e);

/* Start a connector apart from the running ones, list its tools, stop it. Takes
 * up to 20 s. *tools is the caller's (tool_release() each, then free()): effect,
 * definition, description and schema are filled, pins are not. */
MUST_USE enum err_code worker_probe_connector(struct hands *h, const struct connector_record *c, struct tool **tools, int *n, struct err *e);

#endif
