/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office.h - a throw-away workspace for each test, and short ways to fill it. */
#ifndef TESTS_STORE_OFFICE_H
#define TESTS_STORE_OFFICE_H

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/goal.h"
#include "store/journal.h"
#include "store/lease.h"
#include "store/sql.h"
#include "store/spend.h"
#include "store/task.h"

#define NOON (INT64_C(20780) * US_PER_DAY + US_PER_DAY / 2)	/* of a day in November 2026 */
#define CENT INT64_C(10000000000)				/* in pico-dollars */

struct office {
	char folder[64];
	struct store *s;
	struct err e;
	int64_t epoch, goal, task;
};

static inline void office_remove(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *f;
	char path[512];

	while (d != NULL && (f = readdir(d)) != NULL) {
		snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
		unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(folder);
}

/* Created, with the lease taken, one active goal and one ready task. */
static inline int office_open(void **state)
{
	struct office *o = calloc(1, sizeof *o);
	struct goal g = {.state = GOAL_ACTIVE, .created_us = NOON};
	struct task t = {.state = TASK_READY, .created_us = NOON, .agent = "Ada", .title = "Write the page"};
	char text[] = "Write the page", instructions[] = "Be brief";

	snprintf(o->folder, sizeof o->folder, "/tmp/claviger-store-XXXXXX");
	if (mkdtemp(o->folder) == NULL)
		return -1;
	g.text = text;
	t.instructions = instructions;
	check_ok(store_open(&o->s, o->folder, STORE_CREATE, &o->e), &o->e);
	check_ok(lease_take(o->s, "test", NOON, &o->epoch, &o->e), &o->e);
	check_ok(goal_add(o->s, &g, &o->e), &o->e);
	t.goal = g.id;
	check_ok(task_add(o->s, &t, &o->e), &o->e);
	o->goal = g.id;
	o->task = t.id;
	*state = o;
	return 0;
}

static inline int office_close(void **state)
{
	struct office *o = *state;

	store_close(o->s);
	office_remove(o->folder);
	free(o);
	return 0;
}

static inline struct call a_call(const struct office *o, int64_t hold_pd)
{
	struct call c = {.cause = CAUSE_TASK, .goal = o->goal, .task = o->task, .agent = "Ada", .vendor = "anthropic", .key = 1, .key_version = 1, .key_label = "main",
		.model = "model-a", .tier = TIER_STANDARD, .epoch = o->epoch, .hold_pd = hold_pd};

	return c;
}

static inline void settle(struct office *o, struct call *c, enum call_state as, int64_t cost_pd)
{
	c->state = as;
	c->cost_pd = cost_pd;
	c->tokens = (struct call_tokens){.input = 100, .cache_read = 50, .write_5m = 7, .output = 20};
	check_ok(call_settle(o->s, c, NOON + US_PER_S, &o->e), &o->e);
}

/* Held, sent and settled. */
static inline struct call booked(struct office *o, int64_t cost_pd)
{
	struct call c = a_call(o, cost_pd * 2);

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	settle(o, &c, CALL_SETTLED, cost_pd);
	return c;
}

/* SQL that nobody of the house would run: another program with the file open. */
static inline int tamper(const struct office *o, const char *sql)
{
	char path[128];
	sqlite3 *db;
	int rc;

	snprintf(path, sizeof path, "%s/claviger.db", o->folder);
	rc = sqlite3_open(path, &db);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_close(db);
	return rc;
}

#define office_test(f) cmocka_unit_test_setup_teardown(f, office_open, office_close)

#endif
