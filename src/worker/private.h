/* SPDX-License-Identifier: GPL-3.0-or-later */
/* private.h - the worker from inside; only worker/ includes it. */
#ifndef WORKER_PRIVATE_H
#define WORKER_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/agent.h"
#include "model/approval.h"
#include "model/call.h"
#include "model/connector.h"
#include "model/goal.h"
#include "model/task.h"
#include "money/usage.h"
#include "office/offer.h"
#include "worker/board.h"
#include "worker/hands.h"
#include "worker/links.h"
#include "worker/mailbox.h"
#include "worker/transport.h"
#include "worker/worker.h"

#define WORK_MAX BOARD_SLOTS	/* tasks worked on at once: what each one's call costs can be seen */
#define TEAM_MAX 32
#define ENTRIES_MAX 2048	/* of one task's history in a prompt */

struct turn;			/* one model call: turn.c */

/* A task that this worker has in its hands. */
struct work {
	struct worker *w;
	struct work *next;
	int64_t task;
	struct turn *turn;	/* a call in flight, or NULL */
	int reads_open;		/* connector calls in flight for it */

	int tries;		/* failed attempts in a row that cost nothing */
	int64_t cached;		/* tokens of its last prompt that the vendor's cache holds */
	int64_t counted;	/* the vendor's token count of the next prompt; 0: not asked */
};

/* What a prompt or a step is made from; loaded fresh for each. */
struct facts {
	struct goal goal;
	struct task task;
	struct agent agent;
	struct agent *team;
	int team_n;
	struct tool *tools;
	int tools_n;
	struct connector_record *connectors;
	int connectors_n;
	struct entry *entries;
	int entries_n;
	struct offers offers;
	struct task needed[16];
	int needed_n;
	struct goal_attachment *attached;
	int attached_n;
};

struct worker {
	struct hands h;
	struct worker_options o;
	struct rules *rules;
	pthread_t thread;
	struct mailbox *mail;
	int poke_fd;			/* main thread -> worker */
	atomic_bool quit;
	atomic_uint rounds;		/* of the office so far: what changes it changes by */

	char *key_file;			/* h.key_file */
	struct transport *transport;
	struct links *links;
	struct board *board;
	struct work *works;
	int works_n;
	struct request_in_hand *asked;	/* serve.c */
	struct fetch *fetches;		/* fetch.c */
	struct proof *proofs;		/* prove.c */
	int64_t tidy_us;		/* steady: when old content is looked for again */
	struct pace *paces;		/* pace.c: of each key */
	int64_t clock_off_us;		/* what to add to our clock for the vendor's */

	enum worker_mode mode;
	bool has_lease, take_over, look;	/* look: something may have become possible */
	bool frozen, stopping;
	bool key_died;			/* a key was found revoked: calls in flight on it are to stop */
	bool serve_wanted;		/* a request waits: take the lease for it if it is free */
	int64_t due_us;			/* steady: when something is due by the clock */
	int shots;			/* actions being fired */
	int fire_faults;		/* times in a row that one could not be begun */
	int64_t epoch;
	int64_t next_try_us;		/* steady: when to try for the lease again */
	int soon_tries;			/* that many times at a short distance */
	int64_t calls, cost_pd;
	int64_t caps_seen;		/* the last change of a limit that was looked at */
	int64_t board_told_us;		/* steady: when the face last heard of the board */
	bool board_dirty;
	struct {
		pthread_mutex_t lock;	/* the face asks how it stands */
		struct err err;
		int tries;		/* times in a row that the database took nothing */
		int64_t due_us;		/* steady: when to try again */
	} disk;
	struct old_book *books;		/* prices.c: all that were made; the last is in h.book */
	int64_t price_state;
};

/* facts.c */
MUST_USE enum err_code facts_load(struct worker *w, int64_t task, struct facts *f, struct err *e);
void facts_release(struct facts *f);

/* worker.c: calls in flight end within the grace or are cut, and the lease is given back. */
void worker_wind_down(struct worker *w, int64_t grace_us);

/* disk.c: the database takes no more. The worker lets go of all, and tries again later: what
 * it could not write down is swept as after a crash. */
void disk_look(struct worker *w);		/* after whatever may have written */
void disk_refused(struct worker *w);		/* the lease could not be taken: that may be why */
void disk_forget(struct worker *w);		/* nobody is to work any more */
void disk_tick(struct worker *w, int64_t steady_us);
int64_t disk_deadline(const struct worker *w);	/* steady; INT64_MAX: never */

/* work.c: what tasks do next. */
void work_tick(struct worker *w);		/* start what is ready, take up what is due */
void work_reply(struct work *k);		/* a reply of its turn has been stored */
void work_drop(struct work *k);			/* out of our hands; its state is in the database */
struct work *work_of(struct worker *w, int64_t task);
void work_stop_all(struct worker *w, const char *why);
/* Pause or fail a task, in words; frees nothing. */
void work_pause(struct worker *w, int64_t task, enum task_on on, const char *why);
/* Answer the task's calls whose approvals have ended; ready when all are answered. */
MUST_USE enum err_code work_settle(struct worker *w, int64_t task, struct err *e);

/* turn.c: one model call for a work. ERR_OK: k->turn is set, or the task was
 * paused with its reason in the database (then k->turn is NULL). */
MUST_USE enum err_code turn_start(struct work *k, const struct facts *f, struct err *e);
void turn_stop(struct turn *t, const char *why);	/* cut and booked; the work's turn is NULL after */
/* Stop every call on a key that was found revoked; their tasks wait for the key. */
void turn_stop_dead(struct worker *w);
/* Drop a rotated key's old sealed versions, once no call in flight is on one. */
void turn_drop_old_seals(struct worker *w, int64_t key);

/* tidy.c: content that has had its time. */
void tidy_tick(struct worker *w);

/* pace.c: how fast a key may be used, by its vendor's answers; the vendor's clock. */
struct vendor_limit;		/* vendor.h */
struct vendor_error;
void pace_learn(struct worker *w, const struct key *k, int64_t ticket, const struct vendor_limit *said);
void pace_service(struct worker *w, const struct key *k, enum service_tier tier);
void pace_hold_off(struct worker *w, const struct key *k, int64_t wait_us);
int64_t pace_clock(const struct worker *w);	/* the vendor's time, as far as we know */
/* A signature was refused for its time: true if signing again will do. */
bool pace_correct(struct worker *w, const struct vendor_error *x);
void pace_lost(struct worker *w, const struct key *k);	/* a call ended without an answer */
void pace_free(struct worker *w);

/* turn.c: write down what the heads of longer answers said. */
void turn_heads_look(struct worker *w, int64_t steady_us);

/* turn_cap.c: cut what a lowered limit no longer covers. */
void turn_caps_look(struct worker *w);

/* prices.c: take in what a person changed of the prices, before a hold. */
MUST_USE enum err_code prices_look(struct worker *w, struct err *e);
void prices_free(struct worker *w);

/* standing.c: a proposal just put to the person is decided by a standing rule of
 * theirs that covers it, if there is one; else, and after any trouble, it waits. */
void standing_decide(struct worker *w, const struct approval *a, bool read_untrusted);

/* fire.c. A firing_verify over the hands (user): the decision, and every one that it
 * takes, is signed by this vault, and is about these very bytes. */
enum err_code fire_verify(void *user, const struct approval *a, const struct decision *d, struct err *e);
/* The tool is the one that was decided on. */
MUST_USE enum err_code fire_fits(const struct approval *a, const struct tool *tool, struct err *e);
void fire_tick(struct worker *w);
void expire_tick(struct worker *w);	/* pending ones whose time is over */
int fire_in_flight(const struct worker *w);

/* prove.c: ask our own connectors what became of unknown firings. */
void prove_tick(struct worker *w);
void prove_free(struct worker *w);

/* serve.c: request rows. */
void serve_tick(struct worker *w);
void serve_free(struct worker *w);
bool serve_busy(const struct worker *w);

/* fetch.c: a vendor's report with an admin key, or that key's test; ends the request. */
struct request;
struct key;
void fetch_start(struct worker *w, const struct request *r, const struct key *k);
bool fetch_busy(const struct worker *w);
void fetch_free(struct worker *w);

/* status.c: model calls in flight, and whether anything at all is that has to end or be cut. */
size_t worker_calls_in_flight(const struct worker *w);
bool worker_in_hand(const struct worker *w);

/* Tell the face that something changed (a job's end, the database, the board). */
void worker_tell(struct worker *w);

#endif
