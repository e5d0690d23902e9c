/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two consoles, each a process with a connection of its own, decide about the same
 * question at the same moment: one decision each, and the other is told who was
 * first and when; never a word about a lock.
 *
 *     test_decide [QUESTIONS]      200; `make prove` asks 1,000 */
#include <inttypes.h>
#include <sched.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "store/office.h"

#define PERSONS 2
#define SELF "/proc/self/exe"
#define PATIENCE_US (60 * US_PER_S)

extern char **environ;
static int questions = 200;

/* What the two share: where each is, so that neither begins before the other is there. */
struct meeting {
	atomic_int at[PERSONS];
	int first[PERSONS], told[PERSONS];
};

static struct meeting *meet(const char *folder)
{
	char path[128];
	struct meeting *m;
	int fd;

	snprintf(path, sizeof path, "%s/meeting", folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof *m) != 0)
		return NULL;
	m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return m == MAP_FAILED ? NULL : m;
}

static int wait_for_other(struct meeting *m, int me, int i)
{
	int64_t until = clock_steady_us() + PATIENCE_US;

	atomic_store(&m->at[me], i);
	while (atomic_load(&m->at[1 - me]) < i) {
		if (clock_steady_us() > until)
			return fprintf(stderr, "the other never came to %d\n", i), 1;
		sched_yield();
	}
	return 0;
}

/* A yes by one, a no by the other, turn about. */
static int decide(struct office *o, struct meeting *m, int me, int i)
{
	struct decision d = {.verdict = (i + me) % 2 == 0 ? VERDICT_APPROVE : VERDICT_REJECT, .slot = me, .at_us = NOON + i};
	struct approval a = {0};
	enum err_code rc;

	if (approval_get(o->s, i, false, &a, &o->e) != ERR_OK || wait_for_other(m, me, i) != 0)
		return fprintf(stderr, "A%d: %s\n", i, o->e.text), 1;
	d.approval = a.id;
	d.version = a.version;
	d.hash = a.hash;
	d.bind = a.bind;
	snprintf(d.person, sizeof d.person, "person%d", me);
	snprintf(d.where, sizeof d.where, "person%d@host", me);
	rc = decision_add(o->s, &d, NOON + i, &o->e);
	approval_release(&a);
	if (rc == ERR_OK) {
		m->first[me]++;
		return 0;
	}
	if (rc != ERR_CONFLICT || strstr(o->e.text, me == 0 ? "already: by person1 (person1@host), 20" : "already: by person0 (person0@host), 20") == NULL)
		return fprintf(stderr, "A%d: %s\n", i, o->e.text), 1;
	m->told[me]++;
	return 0;
}

static int child(char **argv)
{
	struct office o = {.goal = 1};
	struct meeting *m = meet(argv[2]);
	int me = atoi(argv[3]), i;

	questions = atoi(argv[4]);
	if (m == NULL || store_open(&o.s, argv[2], STORE_WRITE, &o.e) != ERR_OK)
		return fprintf(stderr, "child: %s\n", o.e.text), 1;
	for (i = 1; i <= questions; i++)
		if (decide(&o, m, me, i) != 0)
			return 1;
	store_close(o.s);
	return 0;
}

static void ask(struct office *o)
{
	struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .goal = o->goal, .task = o->task, .agent = "Ada", .connector = "mail", .tool = "send_mail",
		.effect = EFFECT_SEND, .created_us = NOON};
	char payload[] = "{}";
	int i;

	a.payload = payload;
	a.payload_len = 2;
	check_ok(store_begin(o->s, &o->e), &o->e);
	for (i = 0; i < questions; i++)
		check_ok(approval_add(o->s, &a, &o->e), &o->e);
	check_ok(store_commit(o->s, &o->e), &o->e);
}

static void test_two_at_once_make_one_decision(void **state)
{
	struct office *o = *state;
	struct meeting *m = meet(o->folder);
	char exe[] = SELF, word[] = "person", folder[64], who[PERSONS][8], many[16];
	pid_t pid[PERSONS];
	int64_t n = 0, first = 0;
	int i, status;

	assert_non_null(m);
	ask(o);
	snprintf(folder, sizeof folder, "%s", o->folder);
	snprintf(many, sizeof many, "%d", questions);
	for (i = 0; i < PERSONS; i++) {
		char *argv[] = {exe, word, folder, who[i], many, NULL};

		snprintf(who[i], sizeof who[i], "%d", i);
		assert_int_equal(posix_spawn(&pid[i], SELF, NULL, NULL, argv, environ), 0);
	}
	for (i = 0; i < PERSONS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	print_message("%d questions: %d and %d were first, %d and %d were told so\n", questions, m->first[0], m->first[1], m->told[0], m->told[1]);
	assert_int_equal(m->first[0] + m->first[1], questions);
	assert_int_equal(m->told[0] + m->told[1], questions);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM decision", ""), &o->e);
	assert_int_equal(n, questions);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(DISTINCT approval) FROM decision", ""), &o->e);
	assert_int_equal(n, questions);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM approval WHERE state NOT IN ('approved', 'rejected')", ""), &o->e);
	assert_int_equal(n, 0);
	check_ok(journal_verify(o->s, &first, &o->e), &o->e);
	munmap(m, sizeof *m);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {office_test(test_two_at_once_make_one_decision)};

	if (argc == 5 && strcmp(argv[1], "person") == 0)
		return child(argv);
	if (argc == 2)
		questions = atoi(argv[1]);
	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
