/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <pthread.h>

#include "worker/mailbox.h"

static void test_jobs_come_back_in_order_and_once(void **state)
{
	struct mailbox *m = mailbox_new();
	struct job a = {0}, b = {0};

	(void)state;
	assert_true(mailbox_post(m, &a));
	assert_true(mailbox_post(m, &b));
	assert_ptr_equal(mailbox_take(m), &a);
	assert_ptr_equal(mailbox_take(m), &b);
	assert_null(mailbox_take(m));
	assert_null(mailbox_collect(m));
	mailbox_return(m, &b);
	mailbox_return(m, &a);
	assert_ptr_equal(mailbox_collect(m), &b);
	assert_ptr_equal(mailbox_collect(m), &a);
	assert_null(mailbox_collect(m));
	mailbox_free(m);
}

static void test_a_full_mailbox_refuses(void **state)
{
	static struct job jobs[MAILBOX_JOBS + 1];
	struct mailbox *m = mailbox_new();
	int i;

	(void)state;
	for (i = 0; i < MAILBOX_JOBS; i++)
		assert_true(mailbox_post(m, &jobs[i]));
	assert_false(mailbox_post(m, &jobs[MAILBOX_JOBS]));
	mailbox_return(m, mailbox_take(m));
	assert_false(mailbox_post(m, &jobs[MAILBOX_JOBS]));	/* not collected yet: still ours */
	assert_ptr_equal(mailbox_collect(m), &jobs[0]);
	assert_true(mailbox_post(m, &jobs[MAILBOX_JOBS]));
	for (i = 0; i < MAILBOX_JOBS; i++)
		mailbox_return(m, mailbox_take(m));
	for (i = 0; i < MAILBOX_JOBS; i++)
		assert_non_null(mailbox_collect(m));
	mailbox_free(m);
}

#define MANY 5000

static void *serve(void *arg)
{
	struct mailbox *m = arg;
	int done = 0;

	while (done < MANY) {
		struct job *j = mailbox_take(m);

		if (j == NULL)
			continue;
		j->run(j, NULL);
		mailbox_return(m, j);
		done++;
	}
	return NULL;
}

struct counted {
	struct job job;
	int runs;
};

static void count(struct job *j, struct hands *h)
{
	(void)h;
	((struct counted *)j)->runs++;
}

static void test_each_job_runs_once_across_threads(void **state)
{
	static struct counted jobs[MAILBOX_JOBS];
	struct mailbox *m = mailbox_new();
	pthread_t t;
	int posted = 0, collected = 0, total = 0, i;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, serve, m), 0);
	for (i = 0; i < MAILBOX_JOBS; i++)
		jobs[i].job.run = count;
	for (; posted < MAILBOX_JOBS; posted++)
		assert_true(mailbox_post(m, &jobs[posted].job));
	while (collected < MANY) {
		struct job *j = mailbox_collect(m);

		if (j == NULL)
			continue;
		collected++;
		if (posted < MANY) {
			assert_true(mailbox_post(m, j));
			posted++;
		}
	}
	pthread_join(t, NULL);
	for (i = 0; i < MAILBOX_JOBS; i++)
		total += jobs[i].runs;
	assert_int_equal(total, MANY);
	mailbox_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs_come_back_in_order_and_once),
		cmocka_unit_test(test_a_full_mailbox_refuses),
		cmocka_unit_test(test_each_job_runs_once_across_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
