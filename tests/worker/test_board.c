/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/memory.h"
#include "worker/board.h"

static char folder[] = "/tmp/claviger-board-XXXXXX";
static char *path;

static int start(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	path = xasprintf("%s/board", folder);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unlink(path);
	rmdir(folder);
	free(path);
	return 0;
}

static struct board_call call_of(int64_t n)
{
	struct board_call c = {.call = n, .task = n, .cost_low_pd = n, .cost_high_pd = n, .hold_pd = n, .output_tokens = n, .started_us = n};

	snprintf(c.agent, sizeof c.agent, "agent %lld", (long long)n);
	snprintf(c.line, sizeof c.line, "line %lld", (long long)n);
	return c;
}

static void test_what_is_put_is_read_and_then_rests(void **state)
{
	struct board *b;
	struct board_reader *r = board_reader_new(path);
	struct board_view *v = xcalloc(1, sizeof *v);
	struct board_call c = call_of(7);
	struct err e = {0};
	int slot;

	(void)state;
	assert_false(board_read(r, v));	/* no board yet */
	check_ok(board_make(&b, path, 3, &e), &e);
	slot = board_take_slot(b);
	board_put(b, slot, &c);
	assert_true(board_read(r, v));
	assert_int_equal(v->epoch, 3);
	assert_int_equal(v->call[slot].call, 7);
	assert_string_equal(v->call[slot].agent, "agent 7");
	assert_false(board_read(r, v));	/* nothing changed */
	board_free(b);
	assert_true(board_read(r, v));	/* blanked */
	assert_int_equal(v->call[slot].call, 0);
	board_reader_free(r);
	free(v);
}

static void test_a_new_workers_board_is_followed(void **state)
{
	struct board *old, *fresh;
	struct board_reader *r = board_reader_new(path);
	struct board_view *v = xcalloc(1, sizeof *v);
	struct board_call a = call_of(1), b = call_of(2);
	struct err e = {0};

	(void)state;
	check_ok(board_make(&old, path, 4, &e), &e);
	board_put(old, board_take_slot(old), &a);
	assert_true(board_read(r, v));
	check_ok(board_make(&fresh, path, 5, &e), &e);
	board_put(fresh, board_take_slot(fresh), &b);
	assert_true(board_read(r, v));
	assert_int_equal(v->epoch, 5);
	assert_int_equal(v->call[0].call, 2);
	board_free(old);
	board_free(fresh);
	board_reader_free(r);
	free(v);
}

static void test_slots_run_out_and_come_back(void **state)
{
	static const struct board_call none;
	struct board *b;
	struct err e = {0};
	int i;

	(void)state;
	check_ok(board_make(&b, path, 6, &e), &e);
	for (i = 0; i < BOARD_SLOTS; i++)
		assert_int_equal(board_take_slot(b), i);
	assert_int_equal(board_take_slot(b), -1);
	board_put(b, 9, &none);
	assert_int_equal(board_take_slot(b), 9);
	board_free(b);
}

static void test_a_file_that_is_no_board_is_not_read(void **state)
{
	struct board_reader *r = board_reader_new(path);
	struct board_view *v = xcalloc(1, sizeof *v);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "garbage", 7), 7);
	close(fd);
	assert_false(board_read(r, v));
	board_reader_free(r);
	free(v);
}

/* --- a writer and a reader at once ------------------------------------------------ */

struct race {
	struct board *b;
	atomic_bool over;
};

static void *write_on(void *arg)
{
	struct race *x = arg;
	int64_t n;

	for (n = 1; n < 20000; n++) {
		struct board_call c = call_of(n);

		board_put(x->b, 0, &c);
	}
	atomic_store(&x->over, true);
	return NULL;
}

static void test_a_reader_never_sees_half_a_write(void **state)
{
	struct race x = {.over = false};
	struct board_reader *r = board_reader_new(path);
	struct board_view *v = xcalloc(1, sizeof *v);
	struct err e = {0};
	pthread_t t;
	int64_t last = 0;
	bool over = false;

	(void)state;
	check_ok(board_make(&x.b, path, 8, &e), &e);
	assert_int_equal(board_take_slot(x.b), 0);
	assert_int_equal(pthread_create(&t, NULL, write_on, &x), 0);
	while (!over) {
		over = atomic_load(&x.over);
		if (board_read(r, v) && v->call[0].call != 0) {
			const struct board_call *c = &v->call[0];
			struct board_call whole = call_of(c->call);

			assert_true(c->call >= last);
			assert_memory_equal(c, &whole, sizeof whole);
			last = c->call;
		}
	}
	assert_int_equal(last, 19999);
	pthread_join(t, NULL);
	board_free(x.b);
	board_reader_free(r);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_put_is_read_and_then_rests),
		cmocka_unit_test(test_a_new_workers_board_is_followed),
		cmocka_unit_test(test_slots_run_out_and_come_back),
		cmocka_unit_test(test_a_file_that_is_no_board_is_not_read),
		cmocka_unit_test(test_a_reader_never_sees_half_a_write),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
