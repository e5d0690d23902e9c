/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.h - what the screen shows, as plain values the panes only read.
 *
 * The console says what it can show (struct wish: rows, offsets, what is
 * selected); desk_refresh() fills the snapshot by bounded queries and overlays
 * the live board. Each part has a generation number that rises when the part
 * changed; the frame loop compares numbers and draws dirty panes.
 *
 * Texts from outside are raw here: the console passes them through base/text.
 * Thread  the face's. Memory  the snapshot owns its rows until the next refresh. */
#ifndef DESK_SNAPSHOT_H
#define DESK_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "desk/desk.h"
#include "model/approval.h"
#include "model/goal.h"
#include "model/key.h"
#include "model/task.h"

enum snapshot_part {
	SNAP_STATUS = 1 << 0,
	SNAP_TASKS = 1 << 1,
	SNAP_APPROVALS = 1 << 2,
	SNAP_METER = 1 << 3,
	SNAP_KEYS = 1 << 4,
	SNAP_LOG = 1 << 5,
	SNAP_TRANSCRIPT = 1 << 6,	/* of wish.transcript_task */
	SNAP_DETAIL = 1 << 7,		/* of wish.detail_approval */
	SNAP_LIVE = 1 << 8,		/* calls in flight */
	SNAP_BACK = 1 << 9,		/* since the person last looked */
};
#define SNAP_PARTS 10

struct wish {
	int task_rows, task_offset;
	char task_filter[NAME_MAX_BYTES];	/* substring of title, agent or state; "" for all */
	int approval_rows, approval_offset;
	bool approvals_all;		/* decided ones too */
	int key_rows, key_offset;
	int log_rows, log_offset;	/* offset from the newest */
	int64_t transcript_task;	/* 0: none */
	int64_t detail_approval;	/* 0: none */
	enum { PERIOD_TODAY, PERIOD_MONTH, PERIOD_ALL } meter_period;
	enum { METER_BY_VENDOR, METER_BY_KEY, METER_BY_MODEL, METER_BY_AGENT, METER_BY_GOAL, METER_BY_TASK } meter_by;
	bool meter_sums;		/* each row's day and month besides the period: a table shows them */
};

struct live_call {			/* one call in flight, from the board */
	int64_t call, task, goal, cost_low_pd, cost_high_pd, hold_pd;	/* it has cost at least low, and costs at most high */
	int64_t output_tokens, started_us;
	bool is_unpriced;		/* low says nothing then */
	char agent[NAME_MAX_BYTES], vendor[NAME_MAX_BYTES], model[MODEL_ID_BYTES], key[NAME_MAX_BYTES];
	char line[TITLE_MAX_BYTES];	/* last line of its text, raw */
};

struct task_row {
	int64_t id, goal, cost_pd, live_pd;	/* live_pd: running estimate of calls in flight, 0 for none */
	enum task_kind kind;
	enum task_state state;
	enum task_on on;
	char agent[NAME_MAX_BYTES], role[NAME_MAX_BYTES], title[TITLE_MAX_BYTES], model[MODEL_ID_BYTES], why[TITLE_MAX_BYTES];
	int turns;
	int64_t since_us;
};

struct approval_row {
	int64_t id, task, goal, created_us, fire_us, worst_case_pd;
	int version;
	enum approval_kind kind;
	enum approval_state state;
	enum effect effect;
	struct hash hash;
	char agent[NAME_MAX_BYTES], connector[NAME_MAX_BYTES], tool[NAME_MAX_BYTES], summary[TITLE_MAX_BYTES];
	bool from_untrusted;
};

#define GOAL_ENDS 16
struct goal_end {			/* of a goal that ended, or (ended_us 0) stands still */
	int64_t id, ended_us, cost_pd;
	bool is_estimated;		/* some of that cost is */
	enum goal_state state;
	char text[TITLE_MAX_BYTES];	/* its beginning, raw */
};

#define METER_ROWS 60
struct meter_row {
	char name[MODEL_ID_BYTES];	/* goals and tasks: the id as a number */
	char title[TITLE_MAX_BYTES];	/* of a goal or a task, raw; else "" */
	int64_t cost_pd, held_pd, cap_pd, calls, saved_pd;	/* of the period; cap_pd 0: none for it */
	int64_t unpriced, estimated_pd;	/* estimated_pd is part of cost_pd */
	int64_t live_pd, live_high_pd;	/* calls in flight: so far, and at most */
	int live_calls;
	int64_t today_pd, month_pd;	/* if wish.meter_sums */
	int64_t minute_pd[60];		/* by vendor only */
	int cache_hit_percent;		/* of input, -1: nothing read yet */
};

struct key_row {
	int64_t id, last_used_us, last_check_us, cost_pd, calls;
	int version;
	enum key_state state;
	char label[NAME_MAX_BYTES], vendor[NAME_MAX_BYTES], fingerprint[24], why[TITLE_MAX_BYTES], host[TITLE_MAX_BYTES];
	char note[80];		/* old, or its session ends; "" mostly */
};

struct log_row {
	int64_t seq, at_us;
	char kind[NAME_MAX_BYTES], who[TITLE_MAX_BYTES], ref[NAME_MAX_BYTES];
};

enum shown_role { SHOWN_PLAIN, SHOWN_HEAD, SHOWN_ADD, SHOWN_DEL, SHOWN_HUNK, SHOWN_FIELD, SHOWN_NOTE, SHOWN_WARN, SHOWN_JSON,
	SHOWN_PERSON, SHOWN_AGENT, SHOWN_TOOL, SHOWN_ERROR, SHOWN_ROLES };
struct shown_line {
	enum shown_role role;
	char *text;			/* raw; one line */
};
struct shown {				/* a transcript or a preview */
	struct shown_line *v;
	int n;
};

struct snapshot {
	unsigned generation[SNAP_PARTS];
	int64_t now_us;

	char workspace[NAME_MAX_BYTES];
	int pending, unknown;		/* approvals */
	int64_t oldest_pending_us;	/* 0: none */
	int questions;			/* of connectors' servers that are open */
	int64_t oldest_question_us, question;	/* of the oldest: when, and its id; 0: none */
	char question_of[NAME_MAX_BYTES];	/* its connector */
	int64_t today_pd, today_live_pd, today_estimated_pd, today_held_pd, today_cap_pd;	/* estimated is part of today; cap 0: none */
	enum { WORKER_NONE, WORKER_OURS, WORKER_OTHER } worker;
	char worker_holder[TITLE_MAX_BYTES];
	bool unlocked;			/* our vault */
	int calls_in_flight;
	char key_refused[NAME_MAX_BYTES];	/* label of a key that is revoked or failing, or "" */
	bool is_key_revoked;
	int tasks_total;		/* with a filter: as many as are known to pass it */
	int tasks_active, approvals_total, keys_total, goals_open;
	bool has_work;			/* a goal is being worked on, or a schedule is on: the vault stays open */
	int log_total;
	struct goal_end ends[GOAL_ENDS];	/* those that ended last, the newest first; then those that stand still */
	int ends_n;
	char fault[TITLE_MAX_BYTES];	/* why our worker does nothing just now (a full disk), or "" */
	char notice[TITLE_MAX_BYTES];	/* one line for what waits, in our words, or "" */

	struct task_row *tasks; int tasks_n;
	struct approval_row *approvals; int approvals_n;
	struct meter_row *meter; int meter_n;
	struct meter_row meter_total;
	int64_t minute_pd[60];		/* cost by minute, oldest first */
	int64_t per_minute_pd, day_projection_pd, month_projection_pd, month_pd;
	int month_days, month_left;	/* days of this month before today since the first with a call; after today */
	char price_date[16];		/* of the youngest price in force, the workspace's own among them */
	int price_overlays;		/* what the workspace lays over the published prices */
	int64_t price_state;		/* of those, when they were last looked at */
	struct key_row *keys; int keys_n;
	struct log_row *log; int log_n;
	struct live_call live[32]; int live_n;

	struct shown transcript;
	struct approval_row detail;	/* id 0: none */
	struct shown preview;		/* of it: everything, in order */
	struct shown raw;		/* the exact bytes, as lines */
	struct shown facts;		/* where, why, provenance, worst case, history */
	char *agents_words;		/* why, in the agent's words (raw), or NULL */
	bool needs_typed_yes;		/* approving it wants the word typed */

	struct shown back;		/* "since you last looked", or empty */
};

/* Refill what changed since the last refresh. Cheap when nothing did. */
MUST_USE enum err_code desk_refresh(struct desk *d, const struct wish *w, struct snapshot *s, struct err *e);
void snapshot_release(struct snapshot *s);
/* Remember that the person has looked (for SNAP_BACK). */
void desk_looked(struct desk *d);

#endif
