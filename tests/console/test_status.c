/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The status line where it is narrow: what waits and what was spent stay apart. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "base/clock.h"
#include "console/face_state.h"
#include "fake_desk.h"

static void status_of(int cols, char out[512])
{
	static const struct console_options options;
	struct grid *g = grid_new(cols, 24, true);
	int64_t now = INT64_C(1795425600) * US_PER_S;
	struct face f;
	struct buf b;
	struct err e;

	memset(&fake, 0, sizeof fake);
	fake.unlocked = true;
	fake_approvals(2);
	fake.world.pending = 2;
	fake.world.oldest_pending_us = now;
	fake.world.today_pd = INT64_C(20000000000);
	fake.world.today_cap_pd = INT64_C(5000000000000);
	snprintf(fake.world.workspace, sizeof fake.world.workspace, "office");
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_time(&f, now, now);
	face_refresh(&f);
	face_draw(&f);
	buf_init(&b, 0);
	grid_dump(g, &b);
	snprintf(out, 512, "%.*s", (int)strcspn(buf_text(&b), "\n"), buf_text(&b));
	buf_release(&b);
	face_release(&f);
	grid_free(g);
}

static void test_the_cap_gives_way_where_it_is_narrow(void **state)
{
	char line[512];

	(void)state;
	status_of(80, line);
	assert_non_null(strstr(line, "$0.02 of $5.00"));
	status_of(40, line);
	assert_non_null(strstr(line, "waiting now] "));
	assert_non_null(strstr(line, " $0.02"));
	assert_null(strstr(line, "of $"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_cap_gives_way_where_it_is_narrow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
