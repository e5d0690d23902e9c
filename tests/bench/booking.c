/* SPDX-License-Identifier: GPL-3.0-or-later */
/* booking DIR [N] - how long it takes to book a call (row, sums, task, journal; durable when it
 * returns), beside a bare transaction that writes the same rows of the same tables by prepared
 * statements, with the same settings, by turns. Prints; decides nothing. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/slice.h"
#include "store/agent.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/task.h"

#define DIMS 7		/* of the roll-up, each with a row for the day and one for all time; and the hour */
#define MOST 20000

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static void check(enum err_code rc, const struct err *e)
{
	if (rc == ERR_OK)
		return;
	fprintf(stderr, "booking: %s\n", e->text);
	exit(1);
}

/* A workspace with n calls on their way. */
static struct store *make(const char *folder, int64_t n, int64_t now, int64_t *epoch)
{
	char text[] = "A goal to measure with";
	struct goal g = {.state = GOAL_ACTIVE, .text = text, .created_us = now};
	struct task t = {.state = TASK_READY, .instructions = text, .tier = TIER_STANDARD, .created_us = now};
	struct agent a = {.name = "Ada", .role = "engineer", .title = "for a measurement", .tier = TIER_STANDARD, .max_turns = 20};
	struct store *s = NULL;
	struct err e = {0};
	int64_t i;

	check(store_open(&s, folder, STORE_CREATE, &e), &e);
	check(store_set_name(s, "bench", &e), &e);
	check(lease_take(s, "booking", now, epoch, &e), &e);
	check(agent_add(s, &a, &e), &e);
	check(goal_add(s, &g, &e), &e);
	t.goal = g.id;
	snprintf(t.agent, sizeof t.agent, "Ada");
	check(task_add(s, &t, &e), &e);
	check(store_begin(s, &e), &e);
	for (i = 0; i < n; i++) {
		struct call c = {.cause = CAUSE_TASK, .goal = 1, .task = 1, .tier = TIER_STANDARD, .epoch = *epoch, .key = 1, .key_version = 1, .hold_pd = 900000000000,
			.agent = "Ada", .vendor = "anthropic", .model = "claude-sonnet-5-5", .key_label = "main"};

		check(call_hold(s, &c, NULL, now, NULL, &e), &e);
		check(call_sent(s, c.id, *epoch, now, &e), &e);
	}
	check(store_commit(s, &e), &e);
	return s;
}

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "booking: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st = NULL;

	if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK) {
		fprintf(stderr, "booking: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	return st;
}

static void step(sqlite3 *db, sqlite3_stmt *st)
{
	if (sqlite3_step(st) != SQLITE_DONE) {
		fprintf(stderr, "booking: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
	sqlite3_reset(st);
}

struct bare {
	sqlite3 *db;
	sqlite3_stmt *begin, *call, *sum, *minute, *old, *task, *key, *journal, *commit;
};

static void bare_open(struct bare *b, const char *folder)
{
	char *path = xasprintf("%s/claviger.db", folder);

	if (sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		exit(1);
	free(path);
	run(b->db, "PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0;"
		" PRAGMA cell_size_check=ON");
	b->begin = prepared(b->db, "BEGIN IMMEDIATE");
	b->call = prepared(b->db, "UPDATE call SET state = 'settled', request_id = 'req_0123456789', input = 900, cache_read = 12000, output = 300, cost_pd = 1234000000, saved_pd = 500000000,"
		" price_from = '2026-09-28', stop_reason = 'end_turn', http_status = 200, ended_us = ?2 WHERE id = ?1");
	b->sum = prepared(b->db, "INSERT INTO rollup VALUES(?1, ?2, ?3, 1, 900, 12000, 0, 0, 0, 0, 300, 0, 1234000000, 0, 0, 500000000) ON CONFLICT DO UPDATE SET calls = calls + 1, input = input + 900,"
		" cache_read = cache_read + 12000, output = output + 300, cost_pd = cost_pd + 1234000000, saved_pd = saved_pd + 500000000");
	b->minute = prepared(b->db, "INSERT INTO minute VALUES(?1, 'anthropic', 1234000000) ON CONFLICT DO UPDATE SET pd = pd + 1234000000");
	b->old = prepared(b->db, "DELETE FROM minute WHERE minute < ?");
	b->task = prepared(b->db, "UPDATE task SET cost_pd = cost_pd + 1234000000 WHERE id = 1");
	b->key = prepared(b->db, "UPDATE key SET calls = calls + 1, cost_pd = cost_pd + 1234000000 WHERE id = 1");
	b->journal = prepared(b->db, "INSERT INTO journal VALUES(?1, ?2, 'call', 'worker', 'C1', zeroblob(32), zeroblob(32), zeroblob(32))");
	b->commit = prepared(b->db, "COMMIT");
}

static void bare_book(struct bare *b, int64_t id, int64_t seq, int64_t now)
{
	static const char *const names[DIMS] = {"", "anthropic", "main", "claude-sonnet-5-5", "Ada", "1", "1"};
	int64_t day = now / US_PER_DAY;
	int i, k;

	step(b->db, b->begin);
	sqlite3_bind_int64(b->call, 1, id);
	sqlite3_bind_int64(b->call, 2, now);
	step(b->db, b->call);
	for (i = 0; i < DIMS; i++)
		for (k = 0; k < 2; k++) {
			sqlite3_bind_int(b->sum, 1, i);
			sqlite3_bind_int64(b->sum, 2, k == 0 ? day : -1);
			sqlite3_bind_text(b->sum, 3, names[i], -1, SQLITE_STATIC);
			step(b->db, b->sum);
		}
	sqlite3_bind_int(b->sum, 1, 8);
	sqlite3_bind_int64(b->sum, 2, now / (3600 * US_PER_S));
	sqlite3_bind_text(b->sum, 3, "", -1, SQLITE_STATIC);
	step(b->db, b->sum);
	sqlite3_bind_int64(b->minute, 1, now / (60 * US_PER_S));
	step(b->db, b->minute);
	sqlite3_bind_int64(b->old, 1, now / (60 * US_PER_S) - 120);
	step(b->db, b->old);
	step(b->db, b->task);
	step(b->db, b->key);
	sqlite3_bind_int64(b->journal, 1, seq);
	sqlite3_bind_int64(b->journal, 2, now);
	step(b->db, b->journal);
	step(b->db, b->commit);
}

static int64_t last_seq(sqlite3 *db)
{
	sqlite3_stmt *st = prepared(db, "SELECT max(seq) FROM journal");
	int64_t seq = sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;

	sqlite3_finalize(st);
	return seq;
}

int main(int argc, char **argv)
{
	static int64_t ours[MOST], theirs[MOST];
	int64_t n = argc > 2 ? strtoll(argv[2], NULL, 10) : 2000, i, epoch = 0, other = 0, now = clock_now_us(), seq;
	char *folder, *bare_folder;
	struct bare b = {0};
	struct store *s, *t;
	struct err e = {0};

	if (argc < 2 || n < 10 || n > MOST) {
		fprintf(stderr, "usage: booking DIR [N]\n");
		return 2;
	}
	clock_use_zone("UTC");
	folder = xasprintf("%s/ours", argv[1]);
	bare_folder = xasprintf("%s/bare", argv[1]);
	s = make(folder, n, now, &epoch);
	t = make(bare_folder, n, now, &other);
	bare_open(&b, bare_folder);
	seq = last_seq(b.db);
	for (i = 0; i < n; i++) {
		struct call c = {.id = i + 1, .epoch = epoch, .state = CALL_SETTLED, .cost_pd = 1234000000, .saved_pd = 500000000, .request_id = "req_0123456789",
			.tokens = {.input = 900, .cache_read = 12000, .output = 300}, .price_from = "2026-09-28", .stop_reason = "end_turn", .http_status = 200};
		int64_t at = now_ns(), mid;

		check(call_settle(s, &c, now + i, &e), &e);
		mid = now_ns();
		bare_book(&b, i + 1, seq + 1 + i, now + i);
		ours[i] = mid - at;
		theirs[i] = now_ns() - mid;
	}
	qsort(ours, (size_t)n, sizeof *ours, by_size);
	qsort(theirs, (size_t)n, sizeof *theirs, by_size);
	printf("booking a call, durable  median %8.1f us, p95 %8.1f us\n", (double)ours[n / 2] / 1000, (double)ours[n * 95 / 100] / 1000);
	printf("the same rows, bare      median %8.1f us, p95 %8.1f us\n", (double)theirs[n / 2] / 1000, (double)theirs[n * 95 / 100] / 1000);
	printf("ratio of the medians     %.2f (goal: at most 1.3)\n", (double)ours[n / 2] / (double)theirs[n / 2]);
	store_close(s);
	store_close(t);
	free(folder);
	free(bare_folder);
	return 0;
}
