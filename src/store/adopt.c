/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/adopt.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/approval.h"
#include "store/firing.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/sql.h"

#define ROWS 32
static const char why[] = "restored from a backup: what was approved may have been carried out since";

static enum err_code end_firings(struct store *s, int64_t epoch, int64_t now_us, struct adopted *out, struct err *e)
{
	struct firing rows[ROWS];
	enum err_code rc;
	int i, n;

	do {
		rc = firing_list_open(s, rows, ROWS, &n, e);
		for (i = 0; i < n && rc == ERR_OK; i++) {
			/* its bytes may have left after the backup was made */
			if (!rows[i].sent)
				rc = firing_mark_sent(s, rows[i].id, epoch, now_us, e);
			if (rc == ERR_OK)
				rc = firing_end(s, rows[i].id, APPROVAL_UNKNOWN, NULL, why, epoch, now_us, e);
			out->unknown++;
		}
		for (i = 0; i < n; i++)
			firing_release(&rows[i]);
	} while (rc == ERR_OK && n == ROWS);
	return rc;
}

static enum err_code take_back(struct store *s, const char *who, int64_t now_us, struct adopted *out, struct err *e)
{
	struct approval *rows = xcalloc(ROWS, sizeof *rows);
	enum err_code rc;
	int i, n;

	do {
		rc = approval_list(s, APPROVALS_QUEUE, 0, rows, ROWS, &n, e);
		for (i = 0; i < n; i++) {
			if (rc == ERR_OK)
				rc = approval_move(s, rows[i].id, rows[i].version, APPROVAL_PENDING, who, why, now_us, e);
			approval_release(&rows[i]);
			out->taken_back++;
		}
	} while (rc == ERR_OK && n == ROWS);
	free(rows);
	return rc;
}

static enum err_code pause_goals(struct store *s, int64_t now_us, struct adopted *out, struct err *e)
{
	struct goal *rows = xcalloc(ROWS, sizeof *rows);
	int64_t before = 0;
	enum err_code rc;
	int i, n;

	do {
		rc = goal_list(s, GOALS_OPEN, before, rows, ROWS, &n, e);
		for (i = 0; i < n; i++) {
			before = rows[i].id;
			if (rc == ERR_OK && rows[i].state != GOAL_PAUSED) {
				rc = goal_move(s, rows[i].id, GOAL_PAUSED, "restored from a backup: look first", now_us, e);
				out->paused++;
			}
			goal_release(&rows[i]);
		}
	} while (rc == ERR_OK && n == ROWS);
	free(rows);
	return rc;
}

enum err_code store_adopt(struct store *s, const char *name, const char *who, int64_t now_us, struct adopted *out, struct err *e)
{
	struct sweep swept;
	int64_t epoch = 0;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	rc = sql_script(s, "PRAGMA journal_mode=WAL", e);
	if (rc == ERR_OK)
		rc = lease_take(s, "workspace restore", now_us, &epoch, e);
	if (rc == ERR_OK)
		rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = end_firings(s, epoch, now_us, out, e);
	if (rc == ERR_OK)
		rc = take_back(s, who, now_us, out, e);
	if (rc == ERR_OK)
		rc = store_sweep(s, epoch, now_us, &swept, e);
	if (rc == ERR_OK)
		rc = pause_goals(s, now_us, out, e);
	if (rc == ERR_OK)
		rc = store_set_name(s, name, e);
	if (rc == ERR_OK)
		rc = journal_add(s, "restored", who, "", NULL, now_us, e);
	rc = store_end(s, rc, e);
	return rc == ERR_OK ? lease_release(s, e) : rc;
}
