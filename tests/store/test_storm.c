/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I3 under a storm: four processes hold, settle, release and die on one cap, a hundred
 * calls a round, while the cap is lowered under them. The judge sums the calls
 * themselves, never the roll-ups, inside the transaction of each hold.
 *
 *     test_storm [ROUNDS]      200; `make prove` runs 10,000 */
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include "store/office.h"

#define PARTS 4
#define CALLS 25		/* of each part, in each round: a hundred together */
#define BATCH 25		/* rounds on one database */
#define CAP (10 * CENT)

extern char **environ;
#define SELF "/proc/self/exe"

/* What the vendor bills in a round: the bound, a pico-dollar more, something without a price. */
enum bills { BILLS_BOUND, BILLS_MORE, BILLS_UNPRICED, BILLS };

/* A busy file is no answer: the machine is slow, ask again. */
#define PATIENT(what) __extension__({ enum err_code rc_; do rc_ = (what); while (rc_ == ERR_CONFLICT); rc_; })

static uint64_t dice(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static struct call of_round(const struct office *o, int round, int64_t hold_pd)
{
	struct call c = a_call(o, hold_pd);

	snprintf(c.key_label, sizeof c.key_label, "round%d", round);
	return c;
}

/* Never more than the cap in force now, but for what a vendor billed over its bound. */
static int judge(struct office *o, int round, enum bills bills)
{
	char label[24];
	int64_t used = 0, limit = 0, billed = 0;

	snprintf(label, sizeof label, "round%d", round);
	if (sql_int(o->s, &used, &o->e, "SELECT sum(iif(state IN ('held', 'sent'), hold_pd, cost_pd)) FROM call WHERE key_label = ?", "t", label) != ERR_OK ||
	    sql_int(o->s, &billed, &o->e, "SELECT count(*) FROM call WHERE key_label = ? AND state = 'settled'", "t", label) != ERR_OK ||
	    sql_int(o->s, &limit, &o->e, "SELECT limit_pd FROM cap WHERE scope = 'key' AND ref = ?", "t", label) != ERR_OK)
		return fprintf(stderr, "judge: %s\n", o->e.text), 1;
	if (bills == BILLS_MORE)
		limit += billed;
	if (used > limit)
		fprintf(stderr, "round %d: %" PRId64 " held and booked, %" PRId64 " allowed\n", round, used, limit);
	return used > limit;
}

static int end_one(struct office *o, struct call *c, enum bills bills, uint64_t *seed)
{
	uint64_t what = dice(seed) % 10;
	struct call end = *c;

	if (what == 0) {
		end.state = CALL_RELEASED;
	} else {
		if (PATIENT(call_sent(o->s, c->id, o->epoch, NOON, &o->e)) != ERR_OK)
			return 1;
		end.state = what < 3 ? CALL_CUT : CALL_SETTLED;
		end.cost_pd = c->hold_pd + (bills == BILLS_MORE && end.state == CALL_SETTLED);
		end.unpriced = bills == BILLS_UNPRICED;
		end.tokens = (struct call_tokens){.input = 10, .output = 5};
	}
	return PATIENT(call_settle(o->s, &end, NOON + US_PER_S, &o->e)) != ERR_OK;
}

static int lower(struct office *o, int round, uint64_t *seed)
{
	struct cap c = {.scope = SCOPE_KEY, .window = WINDOW_DAY, .limit_pd = (int64_t)(dice(seed) % (uint64_t)CAP), .created_us = NOON};

	snprintf(c.ref, sizeof c.ref, "round%d", round);
	return PATIENT(cap_set(o->s, &c, "kim", NOON, &o->e)) != ERR_OK;
}

/* Holds, up to CALLS at once, and ends what it holds in no order. */
static int one_round(struct office *o, int part, int round, uint64_t *seed)
{
	enum bills bills = (enum bills)(round % BILLS);
	struct call open[CALLS];
	int n = 0, i, pick;

	for (i = 0; i < CALLS; i++) {
		struct call c = of_round(o, round, 1 + (int64_t)(dice(seed) % (uint64_t)(CAP / 8)));
		enum err_code rc = PATIENT(store_begin(o->s, &o->e));

		if (rc == ERR_OK)
			rc = call_hold(o->s, &c, NULL, NOON, NULL, &o->e);
		if (rc == ERR_OK && judge(o, round, bills) != 0)
			return 1;
		if (rc == ERR_OK) {
			rc = store_commit(o->s, &o->e);
			open[n++] = c;
		} else {
			store_rollback(o->s);
		}
		if (rc != ERR_OK && rc != ERR_REFUSED)
			return 1;
		if (dice(seed) % 400 == 0)
			raise(SIGKILL);	/* its holds stay, and count */
		if (part == 0 && i == CALLS / 2 && lower(o, round, seed) != 0)
			return 1;
		while (n > 0 && dice(seed) % 3 == 0) {
			pick = (int)(dice(seed) % (uint64_t)n);
			if (end_one(o, &open[pick], bills, seed) != 0)
				return 1;
			open[pick] = open[--n];
		}
	}
	for (; n > 0; n--)
		if (end_one(o, &open[n - 1], bills, seed) != 0)
			return 1;
	return 0;
}

static int child(char **argv)
{
	struct office o = {.goal = 1, .task = 1, .epoch = strtoll(argv[3], NULL, 10)};
	int part = atoi(argv[4]), round = atoi(argv[5]);
	uint64_t seed = strtoull(argv[6], NULL, 10);

	if (store_open(&o.s, argv[2], STORE_WRITE, &o.e) != ERR_OK)
		return fprintf(stderr, "child: %s\n", o.e.text), 1;
	for (; round < BATCH; round++) {
		printf("%d\n", round);	/* where to go on, should it die */
		fflush(stdout);
		if (one_round(&o, part, round, &seed) != 0)
			return fprintf(stderr, "child: %s\n", o.e.text), 1;
	}
	store_close(o.s);
	return 0;
}

/* --- the parent ------------------------------------------------------------ */

struct part {
	pid_t pid;
	int from, deaths;
	char log[96];
};

static void start(struct part *p, int i, const struct office *o, uint64_t seed)
{
	posix_spawn_file_actions_t to_log;
	char text[4][32], exe[] = SELF, word[] = "part", folder[64], *argv[] = {exe, word, folder, text[0], text[1], text[2], text[3], NULL};

	snprintf(folder, sizeof folder, "%s", o->folder);
	snprintf(text[0], sizeof text[0], "%" PRId64, o->epoch);
	snprintf(text[1], sizeof text[1], "%d", i);
	snprintf(text[2], sizeof text[2], "%d", p->from);
	snprintf(text[3], sizeof text[3], "%" PRIu64, seed);
	posix_spawn_file_actions_init(&to_log);
	posix_spawn_file_actions_addopen(&to_log, 1, p->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(posix_spawn(&p->pid, SELF, &to_log, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&to_log);
}

static int last_round(const struct part *p)
{
	FILE *f = fopen(p->log, "r");
	int round = p->from, got;

	while (f != NULL && fscanf(f, "%d", &got) == 1)
		round = got;
	if (f != NULL)
		fclose(f);
	return round;
}

static int run_parts(struct office *o, uint64_t seed)
{
	struct part part[PARTS];
	int i, status, deaths = 0, open = PARTS;

	for (i = 0; i < PARTS; i++) {
		part[i] = (struct part){.from = 0};
		snprintf(part[i].log, sizeof part[i].log, "%s/part%d", o->folder, i);
		start(&part[i], i, o, seed + (uint64_t)i);
	}
	while (open > 0) {
		pid_t pid = wait(&status);

		assert_true(pid > 0);
		for (i = 0; i < PARTS && part[i].pid != pid; i++)
			;
		assert_true(i < PARTS);
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && last_round(&part[i]) + 1 < BATCH) {
			part[i].from = last_round(&part[i]) + 1;
			start(&part[i], i, o, seed + (uint64_t)(PARTS + ++deaths));
			continue;
		}
		assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
		deaths += WIFSIGNALED(status) != 0;
		open--;
	}
	return deaths;
}

static int batch(uint64_t seed, int *held, int *refused_left)
{
	struct office o = {.goal = 1, .task = 1};
	void *state = NULL;
	struct sweep report;
	struct cap c = {.scope = SCOPE_KEY, .window = WINDOW_DAY, .limit_pd = CAP, .created_us = NOON};
	int64_t n = 0;
	int i, deaths;

	assert_int_equal(office_open(&state), 0);
	o = *(struct office *)state;
	assert_int_equal(tamper(&o, "CREATE INDEX judge ON call(key_label)"), SQLITE_OK);
	for (i = 0; i < BATCH; i++) {
		snprintf(c.ref, sizeof c.ref, "round%d", i);
		check_ok(cap_set(o.s, &c, "kim", NOON, &o.e), &o.e);
	}
	deaths = run_parts(&o, seed);
	check_ok(sql_int(o.s, &n, &o.e, "SELECT count(*) FROM call", ""), &o.e);
	*held += (int)n;
	check_ok(sql_int(o.s, &n, &o.e, "SELECT count(*) FROM call WHERE state IN ('held', 'sent')", ""), &o.e);
	*refused_left += (int)n;
	/* what the dead left counts until the next worker sweeps it; nothing is lost or hidden then */
	check_ok(lease_release(o.s, &o.e), &o.e);
	check_ok(lease_take(o.s, "test", NOON, &o.epoch, &o.e), &o.e);
	check_ok(store_sweep(o.s, o.epoch, NOON, &report, &o.e), &o.e);
	for (i = 0; i < BATCH; i++) {
		struct cap got = {.id = 0};

		check_ok(cap_get(o.s, i + 1, NOON, &got, &o.e), &o.e);
		assert_int_equal(got.held_pd, 0);
	}
	check_ok(spend_verify(o.s, &o.e), &o.e);
	check_ok(journal_verify(o.s, NULL, &o.e), &o.e);
	office_close(&state);
	return deaths;
}

static int rounds = 200;

static void test_i3_a_storm_never_passes_the_cap_in_force(void **state)
{
	int done, deaths = 0, held = 0, left = 0;
	uint64_t seed = 1;

	(void)state;
	for (done = 0; done < rounds; done += BATCH)
		deaths += batch(seed += 1000, &held, &left);
	printf("%d rounds of %d calls: %d held, %d processes killed leaving %d holds, nothing over a cap\n", done, PARTS * CALLS, held, deaths, left);
	assert_true(held > done * 5);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_i3_a_storm_never_passes_the_cap_in_force)};

	if (argc == 7 && strcmp(argv[1], "part") == 0)
		return child(argv);
	if (argc > 1)
		rounds = atoi(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
