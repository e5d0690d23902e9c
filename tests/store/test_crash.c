/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several processes on one workspace, and processes that die: the program starts
 * itself again as a child with a word for what to do. */
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include "store/office.h"
#include "store/request.h"

#define ROUNDS 100
#define HOLDERS 6
#define CAP (20 * CENT)

extern char **environ;

static pid_t start(const char *what, const char *folder, const char *epoch)
{
	char *argv[] = {strdup("/proc/self/exe"), strdup(what), strdup(folder), strdup(epoch), NULL};
	pid_t pid = -1;
	int i;

	assert_int_equal(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ), 0);
	for (i = 0; i < 4; i++)
		free(argv[i]);
	return pid;
}

/* --- children -------------------------------------------------------------- */

static struct office child_office(const char *folder)
{
	struct office o = {.goal = 1, .task = 1};

	if (store_open(&o.s, folder, STORE_WRITE, &o.e) != ERR_OK) {
		fprintf(stderr, "child: %s\n", o.e.text);
		_exit(3);
	}
	return o;
}

/* Holds cents until refused; every third is settled at its full hold, every third released. */
static int child_holds(const char *folder, int64_t epoch)
{
	struct office o = child_office(folder);
	int i;

	o.epoch = epoch;
	for (i = 0; i < 100; i++) {
		struct call c = a_call(&o, CENT);
		enum err_code rc = call_hold(o.s, &c, NULL, NOON, NULL, &o.e);

		if (rc == ERR_REFUSED)
			break;
		if (rc != ERR_OK) {
			fprintf(stderr, "child: %s\n", o.e.text);
			return 1;
		}
		if (i % 3 == 2)
			continue;
		if (i % 3 == 0 && call_sent(o.s, c.id, epoch, NOON, &o.e) != ERR_OK)
			return 1;
		c.state = i % 3 == 0 ? CALL_SETTLED : CALL_RELEASED;
		c.cost_pd = i % 3 == 0 ? CENT : 0;
		if (call_settle(o.s, &c, NOON, &o.e) != ERR_OK)
			return 1;
	}
	store_close(o.s);
	return 0;
}

static enum err_code yes(void *user, const struct approval *a, const struct decision *d, struct err *e)
{
	(void)user;
	(void)e;
	return hash_same(&a->hash, &d->hash) ? ERR_OK : ERR_AUTH;
}

/* Each file of the name of an approval's idempotency key is one effect in the world outside. */
static void effect(const char *folder, const char *key)
{
	char path[256];
	int fd;

	snprintf(path, sizeof path, "%s/effects", folder);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	if (fd < 0 || write(fd, key, strlen(key)) < 0)
		_exit(4);
	close(fd);
}

static bool fire_due(struct office *o, const char *folder)
{
	struct approval rows[4];
	struct firing f;
	int i, n;

	if (approvals_due(o->s, NOON, rows, 4, &n, &o->e) != ERR_OK)
		return false;
	for (i = 0; i < n; i++) {
		char key[HASH_HEX];

		snprintf(key, sizeof key, "A%" PRId64 "\n", rows[i].id);
		if (firing_begin(o->s, rows[i].id, rows[i].version, key, o->epoch, NOON, yes, NULL, &f, &o->e) != ERR_OK
			|| firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e) != ERR_OK)
			return false;
		effect(folder, key);
		if (firing_end(o->s, f.id, APPROVAL_FIRED, "ok", NULL, o->epoch, NOON, &o->e) != ERR_OK)
			return false;
	}
	for (i = 0; i < n; i++)
		approval_release(&rows[i]);
	return true;
}

/* A worker's life: take the lease, sweep, then book, approve and fire until killed. */
static int child_works(const char *folder)
{
	struct office o = child_office(folder);
	struct sweep r;
	bool done;
	int i;

	if (lease_take(o.s, "child", NOON, &o.epoch, &o.e) != ERR_OK || store_sweep(o.s, o.epoch, NOON, &r, &o.e) != ERR_OK) {
		fprintf(stderr, "child: %s\n", o.e.text);
		return 1;
	}
	for (i = 0;; i++) {
		struct call c = a_call(&o, CENT);
		struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .connector = "mail", .tool = "send", .effect = EFFECT_SEND, .created_us = NOON};
		struct decision d = {.verdict = VERDICT_APPROVE, .person = "kim", .at_us = NOON};
		char payload[] = "{}";

		a.payload = payload;
		a.payload_len = 2;
		if (call_hold(o.s, &c, NULL, NOON, NULL, &o.e) != ERR_OK || call_sent(o.s, c.id, o.epoch, NOON, &o.e) != ERR_OK)
			break;
		c.state = CALL_SETTLED;
		c.cost_pd = CENT / 2 + i;
		if (call_settle(o.s, &c, NOON, &o.e) != ERR_OK || approval_add(o.s, &a, &o.e) != ERR_OK)
			break;
		d.approval = a.id;
		d.version = 1;
		d.hash = a.hash;
		d.bind = a.bind;
		if (decision_add(o.s, &d, NOON, &o.e) != ERR_OK || !fire_due(&o, folder))
			break;
		if (i % 7 == 3 && store_checkpoint(o.s, CHECKPOINT_TRUNCATE, &done, &o.e) != ERR_OK)
			break;
	}
	fprintf(stderr, "child: %s\n", o.e.text);
	return 1;
}

/* --- tests ----------------------------------------------------------------- */

static void test_i3_processes_together_never_pass_a_cap(void **state)
{
	struct office *o = *state;
	struct cap c = {.scope = SCOPE_WORKSPACE, .window = WINDOW_DAY, .limit_pd = CAP, .created_us = NOON};
	char epoch[24];
	pid_t pid[HOLDERS];
	int i, status;

	check_ok(cap_set(o->s, &c, "kim", NOON, &o->e), &o->e);
	snprintf(epoch, sizeof epoch, "%" PRId64, o->epoch);
	for (i = 0; i < HOLDERS; i++)
		pid[i] = start("hold", o->folder, epoch);
	for (i = 0; i < HOLDERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	check_ok(cap_get(o->s, c.id, NOON, &c, &o->e), &o->e);
	assert_int_equal(c.spent_pd + c.held_pd, CAP);	/* all of it, and not a pico-dollar more */
	check_ok(spend_verify(o->s, &o->e), &o->e);
	check_ok(journal_verify(o->s, NULL, &o->e), &o->e);
}

/* How often each approval took effect outside, from the file of effects. */
static void check_effects(struct office *o, int *fired, int *unknown)
{
	char path[128], line[32];
	static unsigned char times[100000];
	struct approval a;
	int64_t id;
	FILE *f;

	memset(times, 0, sizeof times);
	snprintf(path, sizeof path, "%s/effects", o->folder);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		id = id_parse('A', line);
		assert_in_range(id, 1, sizeof times - 1);
		times[id]++;
		assert_int_equal(times[id], 1);	/* never twice */
	}
	if (f != NULL)
		fclose(f);
	for (id = 1; approval_get(o->s, id, false, &a, NULL) == ERR_OK; id++) {
		*fired += a.state == APPROVAL_FIRED;
		*unknown += a.state == APPROVAL_UNKNOWN;
		if (a.state == APPROVAL_FIRED)
			assert_int_equal(times[id], 1);
		else if (a.state != APPROVAL_UNKNOWN)
			assert_int_equal(times[id], 0);	/* each effect is known of */
		approval_release(&a);
	}
}

/* Did the killed ones get anywhere? */
static bool has_worked(struct office *o)
{
	int64_t reached = 0, fired = 0;

	check_ok(sql_int(o->s, &reached, &o->e, "SELECT count(*) FROM call WHERE state IN ('settled', 'refused', 'cut')", ""), &o->e);
	check_ok(sql_int(o->s, &fired, &o->e, "SELECT count(*) FROM approval WHERE state = 'fired'", ""), &o->e);
	return reached > 0 && fired > 0;
}

/* On a busy machine, or under a sanitizer, 30 ms may not be enough to begin: then each
 * further set of rounds lets them live twice as long. */
static void live_a_while(int round)
{
	int64_t ns = (INT64_C(2000000) + lrand48() % 30000000) << (round / ROUNDS);
	struct timespec t = {ns / 1000000000, ns % 1000000000};

	nanosleep(&t, NULL);
}

static void test_i2_i4_kill_9_at_any_time_loses_nothing_and_fires_nothing_twice(void **state)
{
	struct office *o = *state;
	int64_t reached = 0, in_journal = 0;
	int round, status, fired = 0, unknown = 0;
	struct sweep r;

	check_ok(lease_release(o->s, &o->e), &o->e);
	srand48(20261123);
	for (round = 0; round < ROUNDS || (round < 6 * ROUNDS && !has_worked(o)); round++) {
		pid_t pid = start("work", o->folder, "0");

		live_a_while(round);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));	/* it never stopped by itself */
		if (round % 10 == 9) {
			check_ok(spend_verify(o->s, &o->e), &o->e);
			check_ok(journal_verify(o->s, NULL, &o->e), &o->e);
		}
	}
	check_ok(lease_take(o->s, "last", NOON, &o->epoch, &o->e), &o->e);
	check_ok(store_sweep(o->s, o->epoch, NOON, &r, &o->e), &o->e);
	check_ok(store_check(o->s, &o->e), &o->e);
	check_ok(spend_verify(o->s, &o->e), &o->e);
	check_ok(journal_verify(o->s, NULL, &o->e), &o->e);
	check_ok(sql_int(o->s, &reached, &o->e, "SELECT count(*) FROM call WHERE state IN ('settled', 'refused', 'cut')", ""), &o->e);
	check_ok(sql_int(o->s, &in_journal, &o->e, "SELECT count(*) FROM journal WHERE kind = 'call'", ""), &o->e);
	assert_int_equal(reached, in_journal);
	check_effects(o, &fired, &unknown);
	assert_true(reached > 0 && fired > 0);	/* it did work in between */
}

static void test_sweep_puts_tasks_requests_and_calls_in_order(void **state)
{
	struct office *o = *state;
	struct call held = a_call(o, CENT), sent = a_call(o, 2 * CENT), got;
	struct request q;
	struct sweep r;
	struct task t;
	int64_t id, old = o->epoch;

	check_ok(call_hold(o->s, &held, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_hold(o->s, &sent, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, sent.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(task_move(o->s, o->task, TASK_RUNNING, ON_NOTHING, NULL, NOON, &o->e), &o->e);
	check_ok(request_ask(o->s, REQUEST_KEY_TEST, 1, "", NOON, &id, &o->e), &o->e);
	check_ok(request_next(o->s, o->epoch, NOON, &q, &o->e), &o->e);
	check_ok(lease_release(o->s, &o->e), &o->e);
	check_ok(lease_take(o->s, "next", NOON, &o->epoch, &o->e), &o->e);
	check_code(store_sweep(o->s, old, NOON, &r, &o->e), ERR_CONFLICT, &o->e);
	check_ok(store_sweep(o->s, o->epoch, NOON, &r, &o->e), &o->e);
	assert_int_equal(r.released, 1);
	assert_int_equal(r.cut, 1);
	assert_int_equal(r.cut_pd, 2 * CENT);
	assert_int_equal(r.tasks, 1);
	assert_int_equal(r.requests, 1);
	check_ok(call_get(o->s, held.id, &got, &o->e), &o->e);
	assert_int_equal(got.state, CALL_RELEASED);
	check_ok(call_get(o->s, sent.id, &got, &o->e), &o->e);
	assert_int_equal(got.state, CALL_CUT);
	assert_int_equal(got.cost_pd, 2 * CENT);
	check_ok(task_get(o->s, o->task, &t, &o->e), &o->e);
	assert_int_equal(t.state, TASK_READY);
	task_release(&t);
	check_ok(request_get(o->s, id, &q, &o->e), &o->e);
	assert_int_equal(q.state, REQUEST_FAILED);
	check_ok(store_sweep(o->s, o->epoch, NOON, &r, &o->e), &o->e);
	assert_int_equal(r.released + r.cut + r.tasks + r.requests, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		office_test(test_i3_processes_together_never_pass_a_cap),
		office_test(test_i2_i4_kill_9_at_any_time_loses_nothing_and_fires_nothing_twice),
		office_test(test_sweep_puts_tasks_requests_and_calls_in_order),
	};

	clock_use_zone("UTC");
	if (argc == 4 && strcmp(argv[1], "hold") == 0)
		return child_holds(argv[2], strtoll(argv[3], NULL, 10));
	if (argc == 4 && strcmp(argv[1], "work") == 0)
		return child_works(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
