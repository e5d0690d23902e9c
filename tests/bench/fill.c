/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fill N HOME - a workspace HOME/workspaces/bench with N booked calls, over some vendors,
 * agents, goals and days, through the store's own operations: so that its sums and
 * its journal are true. It has no vault, so it shows but cannot unlock. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/agent.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/task.h"

#define BATCH 20000	/* calls a transaction */
#define GOALS 40
#define TASKS 5		/* a goal */
#define DAYS 90

static const char *const vendors[] = {"anthropic", "openai", "bedrock"};
static const char *const models[] = {"model-a", "model-b", "model-c"};
static const char *const labels[] = {"main", "team", "aws"};
static const char *const people[] = {"Ada", "Sam", "Kai", "Noa"};

static enum err_code add_team(struct store *s, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t i;

	for (i = 0; i < LENGTH(people) && rc == ERR_OK; i++) {
		struct agent a = {.role = "engineer", .title = "for a measurement", .tier = TIER_STANDARD, .max_turns = 20};

		snprintf(a.name, sizeof a.name, "%s", people[i]);
		rc = agent_add(s, &a, e);
	}
	return rc;
}

static enum err_code add_work(struct store *s, int64_t now_us, struct err *e)
{
	char text[] = "A goal to measure with", words[] = "Do it";
	enum err_code rc = add_team(s, e);
	int i, k;

	for (i = 0; i < GOALS && rc == ERR_OK; i++) {
		struct goal g = {.state = GOAL_ACTIVE, .text = text, .created_us = now_us};

		rc = goal_add(s, &g, e);
		for (k = 0; k < TASKS && rc == ERR_OK; k++) {
			struct task t = {.goal = g.id, .state = TASK_READY, .instructions = words, .tier = TIER_STANDARD, .created_us = now_us};

			snprintf(t.title, sizeof t.title, "Task %d of goal %d", k + 1, i + 1);
			snprintf(t.agent, sizeof t.agent, "%s", people[(size_t)(i + k) % LENGTH(people)]);
			rc = task_add(s, &t, e);
		}
	}
	return rc;
}

/* The i-th of n: ids and days rise, as they do in life. */
static enum err_code add_call(struct store *s, int64_t epoch, int64_t i, int64_t n, int64_t now_us, struct err *e)
{
	size_t v = (size_t)(i * 7919 % 3);
	int64_t at = now_us - DAYS * US_PER_DAY + DAYS * US_PER_DAY / n * i;
	struct call c = {.cause = CAUSE_TASK, .tier = TIER_STANDARD, .epoch = epoch, .key = (int64_t)v + 1, .key_version = 1, .hold_pd = 900000000000 + i % 1000};
	enum err_code rc;

	c.task = i % (GOALS * TASKS) + 1;
	c.goal = (c.task - 1) / TASKS + 1;
	snprintf(c.vendor, sizeof c.vendor, "%s", vendors[v]);
	snprintf(c.model, sizeof c.model, "%s", models[v]);
	snprintf(c.key_label, sizeof c.key_label, "%s", labels[v]);
	snprintf(c.agent, sizeof c.agent, "%s", people[i % 4]);
	rc = call_hold(s, &c, NULL, at, NULL, e);
	if (rc == ERR_OK)
		rc = call_sent(s, c.id, epoch, at, e);
	c.state = CALL_SETTLED;
	c.cost_pd = 1234000000 + i % 90000;
	c.tokens = (struct call_tokens){.input = 100 + i % 5000, .cache_read = i % 50000, .output = 10 + i % 900};
	snprintf(c.request_id, sizeof c.request_id, "req_%08" PRId64, i);
	return rc == ERR_OK ? call_settle(s, &c, at + 3 * US_PER_S, e) : rc;
}

static enum err_code fill(struct store *s, int64_t n, struct err *e)
{
	int64_t epoch = 0, i, now = clock_now_us();
	enum err_code rc = lease_take(s, "fill", now, &epoch, e);
	bool done;

	if (rc == ERR_OK)
		rc = add_work(s, now - DAYS * US_PER_DAY, e);
	for (i = 0; i < n && rc == ERR_OK;) {
		int64_t end = i + BATCH < n ? i + BATCH : n;

		rc = store_begin(s, e);
		if (rc != ERR_OK)
			break;
		for (; i < end && rc == ERR_OK; i++)
			rc = add_call(s, epoch, i, n, now, e);
		if (rc == ERR_OK)
			rc = store_commit(s, e);
		else
			store_rollback(s);
		if (rc == ERR_OK)
			rc = store_checkpoint(s, CHECKPOINT_IF_LARGE, &done, e);
	}
	if (rc == ERR_OK)
		rc = lease_release(s, e);
	return rc == ERR_OK ? store_checkpoint(s, CHECKPOINT_TRUNCATE, &done, e) : rc;
}

int main(int argc, char **argv)
{
	struct store *s = NULL;
	struct err e = {0};
	enum err_code rc;
	char *folder;

	if (argc != 3) {
		fprintf(stderr, "usage: fill N HOME\n");
		return 2;
	}
	clock_use_zone("UTC");
	folder = xasprintf("%s/workspaces/bench", argv[2]);
	rc = store_open(&s, folder, STORE_CREATE, &e);
	if (rc == ERR_OK)
		rc = store_set_name(s, "bench", &e);
	if (rc == ERR_OK)
		rc = fill(s, strtoll(argv[1], NULL, 10), &e);
	if (rc != ERR_OK)
		fprintf(stderr, "fill: %s\n", e.text);
	store_close(s);
	free(folder);
	return rc == ERR_OK ? 0 : 1;
}
