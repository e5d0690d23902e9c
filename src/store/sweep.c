/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an older epoch left behind, put in order when a worker starts. */
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/firing.h"
#include "store/lease.h"
#include "store/sql.h"

#define ROWS 32

/* A call that was only held never left; one that was sent may have been billed up to its bound. */
static enum err_code sweep_calls(struct store *s, int64_t epoch, int64_t now_us, struct sweep *r, struct err *e)
{
	struct call rows[ROWS];
	enum err_code rc;
	int i, n;

	do {
		rc = call_in_flight(s, rows, ROWS, &n, e);
		for (i = 0; i < n && rc == ERR_OK; i++) {
			struct call *c = &rows[i];
			bool left = c->state == CALL_SENT;

			c->state = left ? CALL_CUT : CALL_RELEASED;
			c->cost_pd = left ? c->hold_pd : 0;
			c->estimated = left;
			c->epoch = epoch;	/* it is this worker that books it */
			snprintf(c->error, sizeof c->error, "%s", left ? "the worker died while it was in flight" : "the worker died before it was sent");
			rc = call_settle(s, c, now_us, e);
			*(left ? &r->cut : &r->released) += 1;
			r->cut_pd += c->cost_pd;
		}
	} while (rc == ERR_OK && n == ROWS);
	return rc;
}

static enum err_code sweep_firings(struct store *s, int64_t epoch, int64_t now_us, struct sweep *r, struct err *e)
{
	struct firing rows[ROWS];
	enum err_code rc;
	int i, n;

	do {
		rc = firing_list_open(s, rows, ROWS, &n, e);
		for (i = 0; i < n && rc == ERR_OK; i++) {
			rc = rows[i].sent ? firing_end(s, rows[i].id, APPROVAL_UNKNOWN, NULL, "the worker died while it was being fired", epoch, now_us, e)
				: firing_unsend(s, &rows[i], now_us, e);
			*(rows[i].sent ? &r->unknown : &r->unfired) += 1;
			crash_point("sweep.firing");
		}
		for (i = 0; i < n; i++)
			firing_release(&rows[i]);
	} while (rc == ERR_OK && n == ROWS);
	return rc;
}

enum err_code store_sweep(struct store *s, int64_t epoch, int64_t now_us, struct sweep *report, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	memset(report, 0, sizeof *report);
	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = sweep_calls(s, epoch, now_us, report, e);
	if (rc == ERR_OK)
		rc = sweep_firings(s, epoch, now_us, report, e);
	if (rc == ERR_OK) {
		rc = sql_run(s, e, "UPDATE task SET state = 'ready', waits_on = '', why = '' WHERE id IN (SELECT id FROM task INDEXED BY task_open WHERE"
			" task.state IN ('blocked', 'ready', 'running', 'waiting', 'paused') AND state = 'running')", "");
		report->tasks = sqlite3_changes(s->db);
	}
	if (rc == ERR_OK) {
		rc = sql_run(s, e, "UPDATE request SET state = 'failed', code = ?, answer = 'the worker died while it was at it', ended_us = ? WHERE state = 'taken' AND epoch < ?", "dii",
			(int)ERR_CANCELLED, now_us, epoch);
		report->requests = sqlite3_changes(s->db);
	}
	/* its server is gone, and with it whoever wanted to know; an answer that was not handed over goes too */
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE question INDEXED BY question_open SET state = 'cancelled', why = 'the worker ended before it was answered', ended_us = ? WHERE state = 'open'", "i", now_us);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE question INDEXED BY question_answer SET state = 'cancelled', why = 'the worker ended before the server had it', answer = NULL WHERE answer IS NOT NULL", "");
	return store_end(s, rc, e);
}
