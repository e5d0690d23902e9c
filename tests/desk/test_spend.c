/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spending by the days of the workspace's zone: the edges of months, days of 23 and 25
 * hours, and zones half a world from UTC; the same in sums, exports and volume tiers. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "desk/desk.h"
#include "desk/query.h"
#include "desk/verb.h"
#include "money/pico.h"
#include "store/agent.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/price.h"
#include "store/task.h"

struct place {
	char home[64], folder[128];
	struct store *s;
	int64_t epoch;
	struct err e;
};

static int64_t instant(const char *text)
{
	int64_t at;

	assert_true(date_parse(text, &at));
	return at;
}

static void start(struct place *p, const char *zone)
{
	char text[] = "A goal", words[] = "Do it";
	struct agent a = {.name = "Ada", .role = "engineer", .title = "a title", .tier = TIER_STANDARD, .max_turns = 20};
	struct goal g = {.state = GOAL_ACTIVE, .text = text};
	struct task t = {.state = TASK_READY, .agent = "Ada", .title = "A task", .instructions = words, .tier = TIER_STANDARD};

	snprintf(p->home, sizeof p->home, "/tmp/claviger-spend.XXXXXX");
	assert_non_null(mkdtemp(p->home));
	snprintf(p->folder, sizeof p->folder, "%s/workspaces/z", p->home);
	check_ok(store_open(&p->s, p->folder, STORE_CREATE, &p->e), &p->e);
	check_ok(store_set_name(p->s, "z", &p->e), &p->e);
	check_ok(store_set_zone(p->s, zone, &p->e), &p->e);
	clock_use_zone(zone);
	check_ok(lease_take(p->s, "test", instant("2026-01-01"), &p->epoch, &p->e), &p->e);
	g.created_us = t.created_us = instant("2026-01-01");
	check_ok(agent_add(p->s, &a, &p->e), &p->e);
	check_ok(goal_add(p->s, &g, &p->e), &p->e);
	t.goal = g.id;
	check_ok(task_add(p->s, &t, &p->e), &p->e);
}

static void end(struct place *p)
{
	char *command = xasprintf("rm -rf %s", p->home);

	store_close(p->s);
	assert_int_equal(system(command), 0);
	free(command);
}

/* One call of so many dollars. */
static void book(struct place *p, const char *at, int64_t usd)
{
	struct call c = {.cause = CAUSE_TASK, .task = 1, .goal = 1, .epoch = p->epoch, .key = 1, .key_version = 1, .hold_pd = usd * PICO_DOLLAR};

	snprintf(c.vendor, sizeof c.vendor, "anthropic");
	snprintf(c.model, sizeof c.model, "claude-opus-5-5");
	snprintf(c.key_label, sizeof c.key_label, "main");
	check_ok(call_hold(p->s, &c, NULL, instant(at), NULL, &p->e), &p->e);
	check_ok(call_sent(p->s, c.id, p->epoch, instant(at), &p->e), &p->e);
	c.state = CALL_SETTLED;
	c.cost_pd = usd * PICO_DOLLAR;
	c.tokens.input = 250000 * usd;	/* 4 dollars a million */
	snprintf(c.price_from, sizeof c.price_from, "2026-09-22");
	check_ok(call_settle(p->s, &c, instant(at) + US_PER_S, &p->e), &p->e);
}

/* The answer to a verb's words. */
static void ask(struct place *p, struct buf *out, int argc, const char *const *words)
{
	struct desk_options o = {.home = p->home, .workspace = "z", .read_only = true};
	struct verb_words w;
	struct query q = {.id = 0};
	struct desk *d = NULL;
	char *argv[16];

	for (int i = 0; i < argc; i++)
		argv[i] = xstrdup(words[i]);
	check_ok(verb_parse(argc, argv, &w, &p->e), &p->e);
	check_ok(w.verb->to_query(&w, &q, &p->e), &p->e);
	check_ok(desk_open(&d, &o, &p->e), &p->e);
	check_ok(desk_query(d, &o, &q, out, &p->e), &p->e);
	desk_close(d);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
}

static void check_total(struct place *p, const char *since, const char *until, const char *usd)
{
	const char *const argv[] = {"spend", "--since", since, "--until", until};
	struct buf out;
	cJSON *t = NULL;

	buf_init(&out, 0);
	ask(p, &out, 5, argv);
	check_ok(json_parse(buf_slice(&out), &t, &p->e), &p->e);
	assert_string_equal(json_text(json_object(t, "total"), "cost_usd"), usd);
	cJSON_Delete(t);
	buf_release(&out);
}

static void test_days_and_months_are_those_of_the_zone(void **state)
{
	/* New York: 4 hours behind UTC until 2026-11-01 06:00Z, then 5. */
	struct place p = {.s = NULL};
	int64_t month;

	(void)state;
	start(&p, "America/New_York");
	book(&p, "2026-11-01T03:59:59Z", 1);	/* 31 October, 23:59:59 */
	book(&p, "2026-11-01T04:00:00Z", 2);	/* 1 November, 0:00 */
	book(&p, "2026-11-02T04:59:59Z", 4);	/* 1 November, 23:59:59: it has 25 hours */
	book(&p, "2026-11-02T05:00:00Z", 8);
	book(&p, "2026-12-01T04:59:59Z", 16);	/* 30 November */
	book(&p, "2026-12-01T05:00:00Z", 32);
	check_total(&p, "2026-10-31", "2026-10-31", "1");
	check_total(&p, "2026-11-01", "2026-11-01", "6");
	check_total(&p, "2026-11-02", "2026-11-02", "8");
	check_total(&p, "2026-11-01", "2026-11-30", "30");
	check_total(&p, "2026-12-01", "2026-12-01", "32");
	check_ok(price_month(p.s, "anthropic", instant("2026-12-01T04:59:59Z"), &month, &p.e), &p.e);
	assert_int_equal(month, 30 * PICO_DOLLAR);
	check_ok(price_month(p.s, "anthropic", instant("2026-12-01T05:00:00Z"), &month, &p.e), &p.e);
	assert_int_equal(month, 32 * PICO_DOLLAR);
	end(&p);
}

static void test_a_day_of_23_hours_and_a_zone_before_everyone(void **state)
{
	struct place p = {.s = NULL};

	(void)state;
	start(&p, "Europe/Madrid");	/* 2026-03-29 begins at 23:00Z and ends at 22:00Z */
	book(&p, "2026-03-28T22:59:59Z", 1);
	book(&p, "2026-03-28T23:00:00Z", 2);
	book(&p, "2026-03-29T21:59:59Z", 4);
	book(&p, "2026-03-29T22:00:00Z", 8);
	check_total(&p, "2026-03-28", "2026-03-28", "1");
	check_total(&p, "2026-03-29", "2026-03-29", "6");
	check_total(&p, "2026-03-30", "2026-03-31", "8");
	end(&p);
	start(&p, "Pacific/Kiritimati");	/* 14 hours ahead */
	book(&p, "2026-02-28T09:59:59Z", 1);
	book(&p, "2026-02-28T10:00:00Z", 2);	/* 1 March */
	check_total(&p, "2026-02-01", "2026-02-28", "1");
	check_total(&p, "2026-03-01", "2026-03-31", "2");
	end(&p);
	start(&p, "Pacific/Pago_Pago");		/* 11 hours behind */
	book(&p, "2026-03-01T10:59:59Z", 1);	/* 28 February */
	book(&p, "2026-03-01T11:00:00Z", 2);
	check_total(&p, "2026-02-28", "2026-02-28", "1");
	check_total(&p, "2026-03-01", "2026-03-01", "2");
	end(&p);
}

/* Every dimension adds up to the same, and the exports name the zone's days. */
static void test_every_dimension_and_the_export_agree(void **state)
{
	static const char *const by[] = {"vendor", "key", "model", "goal", "task", "day", "hour"};
	struct place p = {.s = NULL};
	const cJSON *row;
	struct buf out;
	cJSON *t = NULL;
	int n = 0;

	(void)state;
	start(&p, "America/New_York");
	book(&p, "2026-11-01T03:30:00Z", 1);
	book(&p, "2026-11-01T04:30:00Z", 2);
	book(&p, "2026-11-02T04:30:00Z", 4);
	buf_init(&out, 0);
	for (size_t i = 0; i < LENGTH(by); i++) {
		const char *const argv[] = {"spend", "--by", by[i], "--since", "2026-11-01", "--until", "2026-11-01"};
		int64_t sum = 0, pd;

		ask(&p, &out, 7, argv);
		check_ok(json_parse(buf_slice(&out), &t, &p.e), &p.e);
		cJSON_ArrayForEach(row, json_array(t, "rows")) {
			check_ok(pico_parse(slice_of(json_text(row, "cost_usd")), &pd, &p.e), &p.e);
			sum += pd;
		}
		assert_int_equal(sum, 6 * PICO_DOLLAR);
		cJSON_Delete(t);
	}
	ask(&p, &out, 3, (const char *const[]){"spend", "--focus", "--since=2026-10-01"});
	check_ok(json_parse(buf_slice(&out), &t, &p.e), &p.e);
	cJSON_ArrayForEach(row, json_array(t, "rows")) {
		static const char *const days[][4] = {
			{"1", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z", "2026-10-01T04:00:00Z"},
			{"6", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", "2026-11-01T04:00:00Z"},
		};

		assert_true(n < 2);
		assert_string_equal(json_text(row, "BilledCost"), days[n][0]);
		assert_string_equal(json_text(row, "ChargePeriodStart"), days[n][1]);
		assert_string_equal(json_text(row, "ChargePeriodEnd"), days[n][2]);
		assert_string_equal(json_text(row, "BillingPeriodStart"), days[n][3]);
		assert_string_equal(json_text(row, "SkuMeter"), "input");
		n++;
	}
	assert_int_equal(n, 2);
	cJSON_Delete(t);
	buf_release(&out);
	end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days_and_months_are_those_of_the_zone),
		cmocka_unit_test(test_a_day_of_23_hours_and_a_zone_before_everyone),
		cmocka_unit_test(test_every_dimension_and_the_export_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
