/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "money/pico.h"
#include "office/cap_raise.h"
#include "office/preview.h"

static const struct cap_raise question = {.scope = SCOPE_VENDOR, .window = WINDOW_DAY, .ref = "openai", .limit_pd = 50 * PICO_CENT, .need_pd = 60 * PICO_CENT,
	.to_pd = PICO_DOLLAR, .why = "the next call may cost $0.10"};

static void test_what_is_written_is_read(void **state)
{
	struct cap_raise r;
	char text[TITLE_MAX_BYTES];
	struct buf b;
	struct err e;

	(void)state;
	buf_init(&b, 0);
	cap_raise_write(&question, &b);
	check_ok(cap_raise_parse(buf_slice(&b), &r, &e), &e);
	assert_int_equal(r.scope, SCOPE_VENDOR);
	assert_int_equal(r.window, WINDOW_DAY);
	assert_string_equal(r.ref, "openai");
	assert_int_equal(r.limit_pd, question.limit_pd);
	assert_int_equal(r.need_pd, question.need_pd);
	assert_int_equal(r.to_pd, question.to_pd);
	cap_raise_summary(buf_slice(&b), text);
	assert_string_equal(text, "raise the cap of $0.50 (vendor openai, day) to $1.00");
	cap_raise_target(&r, text);
	assert_string_equal(text, "cap vendor openai day");
	buf_release(&b);
}

static void test_the_usual_raise_is_enough(void **state)
{
	(void)state;
	assert_int_equal(cap_raise_usual(50, 60), 100);
	assert_int_equal(cap_raise_usual(50, 600), 600);
	assert_int_equal(cap_raise_usual(PICO_MAX, 1), PICO_MAX);
}

static void test_bad_bytes_are_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", "{\"scope\":\"workspace\"}",
		"{\"scope\":\"moon\",\"window\":\"day\",\"limit_usd\":\"1\",\"needed_usd\":\"1\",\"raise_to_usd\":\"2\"}",
		"{\"scope\":\"workspace\",\"window\":\"hour\",\"limit_usd\":\"1\",\"needed_usd\":\"1\",\"raise_to_usd\":\"2\"}",
		"{\"scope\":\"workspace\",\"window\":\"day\",\"limit_usd\":\"1\",\"needed_usd\":\"1\",\"raise_to_usd\":\"-2\"}",
		"{\"scope\":\"workspace\",\"window\":\"day\",\"limit_usd\":\"1\",\"needed_usd\":\"1\",\"raise_to_usd\":2}",
		"{\"scope\":\"workspace\",\"window\":\"day\",\"limit_usd\":\"1\",\"needed_usd\":\"1\",\"raise_to_usd\":\"9e99\"}"};
	struct cap_raise r;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_not_equal(cap_raise_parse(slice_of(bad[i]), &r, &e), ERR_OK);
}

static void test_the_preview_shows_every_member(void **state)
{
	struct approval a = {.kind = APPROVAL_CAP};
	struct preview p;
	struct buf b;
	struct err e;
	size_t i;
	bool has_why = false, has_head = false;

	(void)state;
	buf_init(&b, 0);
	cap_raise_write(&question, &b);
	a.payload_len = b.len;
	a.payload = buf_take(&b);
	check_ok(preview_make(&a, &p, &e), &e);
	for (i = 0; i < p.n; i++) {
		has_why |= p.lines[i].text.len > 0 && memmem(p.lines[i].text.p, p.lines[i].text.len, "may cost", 8) != NULL;
		has_head |= p.lines[i].role == PREVIEW_HEAD;
	}
	assert_true(has_why && has_head);
	preview_release(&p);
	approval_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_the_usual_raise_is_enough),
		cmocka_unit_test(test_bad_bytes_are_refused),
		cmocka_unit_test(test_the_preview_shows_every_member),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
