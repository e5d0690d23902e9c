/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

#include "office/lookalike.h"

static void check_word(const char *word, unsigned flags, const char *as)
{
	struct look l;

	look_word(slice_of(word), &l);
	if (l.flags != flags || strcmp(l.as, as) != 0)
		fail_msg("%s: flags %u as '%s', not %u as '%s'", word, l.flags, l.as, flags, as);
}

static void test_names_of_mixed_scripts_are_told(void **state)
{
	(void)state;
	check_word("p\xD0\xB0ypal.com", LOOK_MIXED | LOOK_ALIKE, "paypal.com");
	check_word("https://ex\xCE\xB1mple.com/x", LOOK_MIXED | LOOK_ALIKE, "https://example.com/x");
	check_word("docs/\xD1\x80lan.md", LOOK_MIXED | LOOK_ALIKE, "docs/plan.md");
	check_word("dana@\xD0\xB6xample.com", LOOK_MIXED, "");
	check_word("\xD7\x90" "b.example", LOOK_MIXED, "");
}

static void test_names_of_one_foreign_script_that_read_as_ascii_are_told(void **state)
{
	(void)state;
	check_word("\xD0\xB0\xD1\x80\xD1\x80\xD3\x80\xD0\xB5.com", LOOK_ALIKE, "apple.com");
	check_word("\xEF\xBD\x81\xEF\xBD\x90\xEF\xBD\x90.example", LOOK_ALIKE, "app.example");
	check_word("a\xE2\x81\x84" "b.example", LOOK_ALIKE, "a/b.example");
}

static void test_honest_words_are_left_alone(void **state)
{
	static const char *const words[] = {"plain", "example.com", "a--b", "M\xC3\xBCller", "m\xC3\xBCller.example", "caf\xC3\xA9.example/d\xC3\xA9j\xC3\xA0",
	    "\xD0\xBF\xD0\xBE\xD1\x87\xD1\x82\xD0\xB0.example", "\xD1\x81\xD0\xBE\xD1\x80", "\xE6\x9D\xB1\xE4\xBA\xAC.example", "\xE6\x97\xA5\xE3\x81\xAE" "A\xE3\x83\x91.example",
	    "\xCE\x94x", "\xC2\xB5m", "--", "xn--", "xn--!"};
	struct look l;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(words); i++) {
		look_word(slice_of(words[i]), &l);
		if (l.flags != 0)
			print_error("%s: '%s'\n", words[i], l.as);
		assert_int_equal(l.flags, 0);
	}
}

static void test_a_plain_word_that_mixes_is_told_if_it_can_be_misread(void **state)
{
	(void)state;
	check_word("p\xD0\xB0ypal", LOOK_MIXED | LOOK_ALIKE, "paypal");
}

static void test_punycode_is_shown_beside(void **state)
{
	(void)state;
	check_word("xn--bcher-kva.example", LOOK_PUNYCODE, "b\xC3\xBC" "cher.example");
	check_word("dana@xn--exmple-4nf.com", LOOK_PUNYCODE | LOOK_MIXED | LOOK_ALIKE, "dana@ex\xD0\xB0mple.com");
	check_word("XN--BCHER-KVA.example", LOOK_PUNYCODE, "B\xC3\xBC" "CHER.example");
}

static void test_punycode_that_is_none_is_refused(void **state)
{
	static const char *const hosts[] = {"xn--99999999999999999999", "xn--a-9999999999999999999", "example.com", "xn--\xC3\xBC"};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(hosts); i++) {
		buf_init(&b, 0);
		assert_false(punycode_decode(slice_of(hosts[i]), &b));
		buf_release(&b);
	}
}

static void test_pairs_that_look_the_same(void **state)
{
	static const char *const same[][2] = {{"rnail.example", "mail.example"}, {"paypa1.com", "paypal.com"}, {"PAYPAI.com", "paypal.com"}, {"g00gle.com", "google.com"},
	    {"eve@ex\xD0\xB0mple.net", "eve@example.net"}, {"\xD1\x81\xD0\xBE.example", "co.example"}};
	static const char *const other[][2] = {{"a.example", "a.example"}, {"A.example", "a.EXAMPLE"}, {"a.example", "b.example"}, {"", ""}};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(same); i++)
		if (!look_same(slice_of(same[i][0]), slice_of(same[i][1])) || !look_same(slice_of(same[i][1]), slice_of(same[i][0])))
			fail_msg("%s and %s", same[i][0], same[i][1]);
	for (i = 0; i < LENGTH(other); i++)
		assert_false(look_same(slice_of(other[i][0]), slice_of(other[i][1])));
}

struct counted {
	int n;
	char last[100];
};

static void count(void *user, struct slice word, const struct look *l)
{
	struct counted *c = user;

	(void)l;
	c->n++;
	snprintf(c->last, sizeof c->last, "%.*s", (int)word.len, word.p);
}

static void test_words_of_a_text(void **state)
{
	struct counted c = {0};

	(void)state;
	look_text(slice_of("write to <d\xD0\xB0na@example.com>, \"xn--bcher-kva.example\" and -- m\xC3\xBCller \x80\xFF"), count, &c);
	assert_int_equal(c.n, 2);
	assert_string_equal(c.last, "xn--bcher-kva.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_of_mixed_scripts_are_told),
		cmocka_unit_test(test_names_of_one_foreign_script_that_read_as_ascii_are_told),
		cmocka_unit_test(test_honest_words_are_left_alone),
		cmocka_unit_test(test_a_plain_word_that_mixes_is_told_if_it_can_be_misread),
		cmocka_unit_test(test_punycode_is_shown_beside),
		cmocka_unit_test(test_punycode_that_is_none_is_refused),
		cmocka_unit_test(test_pairs_that_look_the_same),
		cmocka_unit_test(test_words_of_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
