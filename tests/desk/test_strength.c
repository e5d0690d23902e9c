/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "desk/strength.h"

static void test_each_is_judged_as_a_guesser_would(void **state)
{
	static const struct {
		const char *text;
		enum strength is;
	} cases[] = {
		{"", STRENGTH_NONE},
		{"a", STRENGTH_WEAK}, {"password", STRENGTH_WEAK}, {"Password1!", STRENGTH_WEAK}, {"passphrase passphrase passphrase", STRENGTH_WEAK},
		{"aaaaaaaaaaaaaaaaaaaaaaaaaaaa", STRENGTH_WEAK}, {"abcdefghijklmnop", STRENGTH_WEAK}, {"1234567890123", STRENGTH_WEAK},
		{"qwertyuiopasdf", STRENGTH_WEAK}, {"abababababababab", STRENGTH_WEAK}, {"correct horse", STRENGTH_WEAK}, {"T7#kq", STRENGTH_WEAK},
		{"correct horse battery", STRENGTH_FAIR}, {"vM4#rT9q", STRENGTH_FAIR},
		{"correct horse battery staple", STRENGTH_GOOD}, {"vM4#rT9qLz2!", STRENGTH_GOOD}, {"fjord cactus vellum origami brisket", STRENGTH_GOOD},
		{"\xd0\xba\xd0\xbe\xd1\x82 \xd0\xb8 \xd0\xbb\xd1\x83\xd0\xbd\xd0\xb0", STRENGTH_GOOD},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++)
		if (strength_of(slice_of(cases[i].text)) != cases[i].is) {
			print_error("case %zu: %d bits\n", i, strength_bits(slice_of(cases[i].text)));
			assert_int_equal(strength_of(slice_of(cases[i].text)), cases[i].is);
		}
}

static void test_more_is_never_worth_less_word_by_word(void **state)
{
	static const char text[] = "fjord cactus vellum origami brisket 42 Xyz! plumage";
	int last = 0;
	size_t n;

	(void)state;
	for (n = 1; n < sizeof text; n++)
		if (n == sizeof text - 1 || text[n] == ' ') {
			int bits = strength_bits(slice_make(text, n));

			assert_true(bits >= last);
			last = bits;
		}
}

static void test_any_bytes_and_lengths_are_counted(void **state)
{
	char all[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof all; i++)
		all[i] = (char)(i * 7 + i / 256);
	for (i = 0; i <= sizeof all; i += 37)
		assert_in_range(strength_bits(slice_make(all, i)), 0, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_judged_as_a_guesser_would),
		cmocka_unit_test(test_more_is_never_worth_less_word_by_word),
		cmocka_unit_test(test_any_bytes_and_lengths_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
