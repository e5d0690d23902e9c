/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h - one model request, from the hold to the books. Every attempt that
 * may have reached a vendor is a call of its own. */
#ifndef MODEL_CALL_H
#define MODEL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"
#include "model/task.h"

enum call_state { CALL_HELD, CALL_SENT, CALL_SETTLED, CALL_REFUSED, CALL_CUT, CALL_RELEASED, CALL_STATES };
enum call_cause { CAUSE_TASK, CAUSE_PLAN, CAUSE_KEY_TEST, CAUSE_SUMMARY, CALL_CAUSES };	/* a summary: of what a task reads */
extern const char *const call_cause_names[CALL_CAUSES];	/* "task", "plan", "key_test", "summary" */

/* Disjoint token counts (money/usage.h holds them by line while a call runs;
 * the record keeps their sums). */
struct call_tokens {
	int64_t input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses;
};

struct call {
	int64_t id;
	enum call_state state;
	enum call_cause cause;
	int64_t goal, task;		/* 0 where the cause has none */
	char agent[NAME_MAX_BYTES];
	char vendor[NAME_MAX_BYTES];
	int64_t key;			/* key id; its version below */
	int key_version;
	char key_label[NAME_MAX_BYTES];
	char model[MODEL_ID_BYTES];
	enum tier tier;
	int64_t epoch;			/* of the worker that held it */
	char request_id[MODEL_ID_BYTES];	/* the vendor's, or "" */
	struct call_tokens tokens;
	int64_t hold_pd;		/* worst case reserved */
	int64_t cost_pd;		/* settled: exact; cut: its bound; else 0 */
	int64_t estimate_pd;		/* cut: what it probably cost, for display */
	int64_t saved_pd;		/* by caching, against the same call without it */
	bool unpriced, estimated;
	char price_from[32];		/* date of the price row */
	char service_tier[16], region_class[16];	/* as billed (money/usage.h names them); "": the usual */
	char stop_reason[32];
	int http_status;
	char error[TITLE_MAX_BYTES];	/* why refused, cut or released, or "" */
	int64_t held_us, sent_us, ended_us;
	int64_t first_byte_us;		/* when, 0 if never */
	int64_t day;			/* window it belongs to: clock_day_number(held_us) */
};

#endif
