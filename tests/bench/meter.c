/* SPDX-License-Identifier: GPL-3.0-or-later */
/* meter HOME - how long the meter's questions take in HOME's workspace, each beside a bare
 * read of the same rows of the same roll-up, by turns; and how long the proof of all sums
 * takes. Prints; decides nothing. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/slice.h"
#include "store/spend.h"

#define ROUNDS 3000

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof *v, by_size);
	return v[n / 2];
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static sqlite3_stmt *bare(sqlite3 **db, const char *folder)
{
	char *path = xasprintf("%s/claviger.db", folder);
	sqlite3_stmt *st = NULL;

	if (sqlite3_open_v2(path, db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(*db, "SELECT name, calls, input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd, estimated_pd, unpriced, saved_pd"
		" FROM rollup WHERE dim = ? AND day BETWEEN ? AND ?", -1, &st, NULL) != SQLITE_OK)
		fprintf(stderr, "meter: %s\n", sqlite3_errmsg(*db));
	free(path);
	return st;
}

/* Reads every column of every row. */
static int64_t bare_read(sqlite3_stmt *st, int dim, int64_t from, int64_t to)
{
	int64_t sum = 0;
	char name[MODEL_ID_BYTES];
	int i;

	sqlite3_bind_int(st, 1, dim);
	sqlite3_bind_int64(st, 2, from);
	sqlite3_bind_int64(st, 3, to);
	while (sqlite3_step(st) == SQLITE_ROW) {
		snprintf(name, sizeof name, "%s", (const char *)sqlite3_column_text(st, 0));
		for (i = 1; i < 14; i++)
			sum += sqlite3_column_int64(st, i);
	}
	sqlite3_reset(st);
	return sum;
}

static void measure(struct store *s, sqlite3_stmt *st, const char *what, enum spend_by by, int64_t from, int64_t to)
{
	static int64_t ours[ROUNDS], theirs[ROUNDS];
	struct spend_row rows[64];
	int64_t o, t, unused = 0;
	int n = 0;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t at = now_ns(), mid;

		if (spend_by(s, by, from, to, rows, LENGTH(rows), &n, NULL) != ERR_OK)
			exit(1);
		mid = now_ns();
		unused += bare_read(st, (int)by, from, to);
		ours[i] = mid - at;
		theirs[i] = now_ns() - mid;
	}
	o = median(ours, ROUNDS);
	t = median(theirs, ROUNDS);
	printf("  %-22s %3d rows  %8.1f us, bare %8.1f us, ratio %.2f%s\n", what, n, (double)o / 1000, (double)t / 1000, (double)o / (double)t, unused == 1 ? "." : "");
}

int main(int argc, char **argv)
{
	struct store *s = NULL;
	struct err e = {0};
	sqlite3 *db = NULL;
	sqlite3_stmt *st;
	char *folder;
	int64_t today, at;

	if (argc != 2) {
		fprintf(stderr, "usage: meter HOME\n");
		return 2;
	}
	clock_use_zone("UTC");
	folder = xasprintf("%s/workspaces/bench", argv[1]);
	today = clock_day_number(clock_now_us()) - 1;	/* a full day */
	st = bare(&db, folder);
	if (st == NULL || store_open(&s, folder, STORE_READ, &e) != ERR_OK) {
		fprintf(stderr, "meter: %s\n", e.text);
		return 1;
	}
	measure(s, st, "a day by vendor", SPEND_VENDOR, today, today);
	measure(s, st, "all time by vendor", SPEND_VENDOR, SPEND_ALL_TIME, SPEND_ALL_TIME);
	measure(s, st, "30 days by vendor", SPEND_VENDOR, today - 29, today);
	at = now_ns();
	if (spend_verify(s, &e) != ERR_OK)
		printf("  the sums do not agree: %s\n", e.text);
	printf("  proof of all sums      %.2f s\n", (double)(now_ns() - at) / 1e9);
	sqlite3_finalize(st);
	sqlite3_close(db);
	store_close(s);
	free(folder);
	return 0;
}
