/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "money/cache_pays.h"

static struct rate_card card(int64_t in, int64_t read, int64_t w5, int64_t w30, int64_t w1h)
{
	struct rate_card c;

	for (int i = 0; i < BUCKETS; i++)
		c.rate[i] = RATE_UNKNOWN;
	c.rate[BUCKET_INPUT] = in;
	c.rate[BUCKET_CACHE_READ] = read;
	c.rate[BUCKET_WRITE_5M] = w5;
	c.rate[BUCKET_WRITE_30M] = w30;
	c.rate[BUCKET_WRITE_1H] = w1h;
	return c;
}

static void check_life(struct rate_card c, int64_t soon, int64_t later, int64_t ended, enum cache_life wanted)
{
	struct cache_reuse seen = {soon, later, ended};
	enum cache_life got = cache_pays(&c, seen);

	if (got != wanted)
		fail_msg("%d soon, %d later, %d ended: %d, not %d", (int)soon, (int)later, (int)ended, got, wanted);
}

static void test_it_follows_the_money(void **state)
{
	struct rate_card claude = card(2000000, 100000, 2500000, RATE_UNKNOWN, 4000000);

	(void)state;
	check_life(claude, 0, 0, 0, CACHE_LIFE_SHORT);		/* nothing is known yet */
	check_life(claude, 0, 0, 50, CACHE_LIFE_NONE);		/* one-off calls: a write is thrown away */
	check_life(claude, 10, 0, 90, CACHE_LIFE_NONE);
	check_life(claude, 90, 0, 10, CACHE_LIFE_SHORT);
	check_life(claude, 20, 60, 20, CACHE_LIFE_LONG);	/* mostly after a person had a look */
	check_life(claude, 80, 2, 18, CACHE_LIFE_SHORT);
	check_life(claude, 0, 100, 0, CACHE_LIFE_LONG);
	/* without an hour to buy, what comes later is written each time: not worth it */
	check_life(card(2000000, 100000, 2500000, RATE_UNKNOWN, RATE_UNKNOWN), 0, 60, 40, CACHE_LIFE_NONE);
}

static void test_other_vendors_rules(void **state)
{
	(void)state;
	/* free writes: always */
	check_life(card(1250000, 125000, RATE_UNKNOWN, 0, RATE_UNKNOWN), 0, 0, 10, CACHE_LIFE_SHORT);
	check_life(card(1250000, 125000, RATE_UNKNOWN, RATE_UNKNOWN, RATE_UNKNOWN), 0, 0, 10, CACHE_LIFE_SHORT);
	/* 30 minutes at 1.25: as the others */
	check_life(card(2000000, 200000, RATE_UNKNOWN, 2500000, RATE_UNKNOWN), 10, 0, 90, CACHE_LIFE_NONE);
	check_life(card(2000000, 200000, RATE_UNKNOWN, 2500000, RATE_UNKNOWN), 60, 0, 40, CACHE_LIFE_SHORT);
}

/* Against all rows of calls played out one by one. */
static void test_it_is_the_cheapest_of_the_three(void **state)
{
	struct rate_card c = card(2000000, 100000, 2500000, RATE_UNKNOWN, 4000000);
	int soon, later;

	(void)state;
	for (soon = 0; soon <= 12; soon++) {
		for (later = 0; later <= 12; later++) {
			int64_t cost[3] = {2000000, 2500000, 4000000};
			struct cache_reuse seen = {soon, later, 1};
			enum cache_life got = cache_pays(&c, seen);
			int i;

			for (i = 0; i < soon + later; i++) {
				bool is_soon = i < soon;

				cost[0] += 2000000;
				cost[1] += is_soon ? 100000 : 2500000;
				cost[2] += 100000;
			}
			for (i = 0; i < 3; i++)
				assert_true(cost[got] <= cost[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_follows_the_money),
		cmocka_unit_test(test_other_vendors_rules),
		cmocka_unit_test(test_it_is_the_cheapest_of_the_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
