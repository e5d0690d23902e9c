/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"

#include <stdlib.h>

#include "check.h"

static char *cleaned(const char *s, unsigned flags)
{
	struct clean c = {0};
	char *out;

	text_clean(slice_of(s), flags, &c);
	out = buf_take(&c.text);
	clean_release(&c);
	return out;
}

#define check_clean(in, flags, wanted)             \
	do {                                       \
		char *got_ = cleaned((in), (flags)); \
		assert_string_equal(got_, (wanted)); \
		free(got_);                        \
	} while (0)

static void test_plain_text_passes_unchanged(void **state)
{
	(void)state;
	check_clean("Hello, world. {\"a\": 1}", 0, "Hello, world. {\"a\": 1}");
	check_clean("Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac", 0, "Zo\xc3\xab \xe6\x97\xa5\xe6\x9c\xac");
}

static void test_control_bytes_become_marks(void **state)
{
	(void)state;
	check_clean("a\x1b[31mb\r\n\t\x08", TEXT_ASCII, "a?[31mb????");
	check_clean("a\xc2\x9b" "b", TEXT_ASCII, "a?b");	/* C1 in UTF-8 */
	check_clean("a\x7f", 0, "a\xef\xbf\xbd");
}

static void test_direction_controls_are_counted_apart(void **state)
{
	struct clean c = {0};
	char words[80];

	(void)state;
	text_clean(slice_of("abc\xe2\x80\xae" "cba\xe2\x81\xa6"), 0, &c);
	assert_int_equal(c.removed.count[HIDDEN_DIRECTION], 2);
	removed_words(&c.removed, words, sizeof words);
	assert_string_equal(words, "2 hidden characters removed (2 direction)");
	clean_release(&c);
}

static void test_zero_width_and_tag_characters_show(void **state)
{
	struct removed r = {0};

	(void)state;
	check_clean("pay\xe2\x80\x8bpal", TEXT_ASCII, "pay?pal");
	text_count_removed(slice_of("\xf3\xa0\x81\xa9\xf3\xa0\x81\xa7\xc2\xad"), &r);	/* two tags, a soft hyphen */
	assert_int_equal(r.count[HIDDEN_INVISIBLE], 3);
	assert_int_equal(r.all, 3);
}

static void test_a_third_combining_mark_is_removed(void **state)
{
	struct clean c = {0};

	(void)state;
	text_clean(slice_of("e\xcc\x81\xcc\x82\xcc\x83\xcc\x84"), 0, &c);
	assert_int_equal(c.removed.count[HIDDEN_MARKS], 2);
	assert_int_equal(c.cols, 3);
	clean_release(&c);
}

static void test_broken_utf8_is_one_mark_a_byte(void **state)
{
	struct clean c = {0};

	(void)state;
	text_clean(slice_make("a\xff\xc0\x80\xe2\x82z\xed\xa0\x80", 10), TEXT_ASCII, &c);
	assert_string_equal(buf_text(&c.text), "a?????z???");
	assert_int_equal(c.removed.count[HIDDEN_BROKEN], 8);
	clean_release(&c);
}

static void test_joined_emoji_is_one_stand_in(void **state)
{
	(void)state;
	check_clean("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 x", 0, "\xe2\x96\xa1 x");
	check_clean("\xe2\x9d\xa4\xef\xb8\x8f", 0, "\xe2\x96\xa1");	/* a heart told to be coloured */
	check_clean("\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 0, "\xe2\x96\xa1");	/* a flag */
}

static void test_lone_emoji_stays_but_not_in_lists(void **state)
{
	(void)state;
	check_clean("\xf0\x9f\x98\x80", 0, "\xf0\x9f\x98\x80");
	check_clean("\xf0\x9f\x98\x80", TEXT_LIST, "\xe2\x96\xa1");
}

static int odd_width(uint32_t cp)
{
	return cp == 0x2460 ? 2 : cp == 0x1160 ? -1 : 1;
}

static void test_width_the_locale_disputes_gets_a_stand_in(void **state)
{
	struct clean c = {0};

	(void)state;
	text_use_locale(odd_width, false);
	text_clean(slice_of("\xe2\x91\xa0z"), 0, &c);
	text_use_locale(NULL, false);
	assert_int_equal(c.standins, 1);
	assert_int_equal(c.cols, 2);
	clean_release(&c);
}

static void test_private_and_unassigned_get_a_stand_in(void **state)
{
	(void)state;
	check_clean("\xee\x82\xa0", TEXT_ASCII, "?");
	check_clean("\xcd\xb8", 0, "\xe2\x96\xa1");
}

static void test_ascii_knows_quotes_and_dashes_only(void **state)
{
	(void)state;
	check_clean("\xe2\x80\x9cq\xe2\x80\x9d \xe2\x80\x94 Jos\xc3\xa9 \xd0\xb0", TEXT_ASCII, "\"q\" - Jos? ?");
	text_use_locale(NULL, true);
	check_clean("\xe2\x80\xa6", 0, "~");
	text_use_locale(NULL, false);
}

static void test_cleaning_twice_changes_nothing(void **state)
{
	char *once = cleaned("a\x1b\xff\xe2\x80\xae\xcc\x81\xcc\x81\xcc\x81 \xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9", 0);
	char *twice = cleaned(once, 0);

	(void)state;
	assert_string_equal(once, twice);
	free(once);
	free(twice);
}

static void test_nothing_shown_is_ever_a_control_byte(void **state)
{
	unsigned a, b;

	(void)state;
	for (a = 0; a < 256; a++)
		for (b = 0; b < 256; b += 5) {
			char in[4] = {(char)a, (char)b, (char)(255 - a), 'e'};
			struct clean c = {0};
			size_t i;

			text_clean(slice_make(in, 4), 0, &c);
			for (i = 0; i < c.text.len; i++)
				assert_true((unsigned char)c.text.p[i] >= 0x20 && (unsigned char)c.text.p[i] != 0x7f);
			clean_release(&c);
		}
}

static void test_cutting_keeps_within_columns(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	assert_int_equal(text_cut(&b, slice_of("abcdef"), 6, 0), 6);
	assert_string_equal(buf_text(&b), "abcdef");
	buf_clear(&b);
	assert_int_equal(text_cut(&b, slice_of("abcdefg"), 6, TEXT_ASCII), 6);
	assert_string_equal(buf_text(&b), "abcde~");
	buf_clear(&b);
	assert_int_equal(text_cut(&b, slice_of("\xe6\x97\xa5\xe6\x9c\xac"), 3, 0), 3);
	assert_string_equal(buf_text(&b), "\xe6\x97\xa5\xe2\x80\xa6");
	buf_clear(&b);
	assert_int_equal(text_cut(&b, slice_of("ab"), 0, 0), 0);
	text_pad(&b, slice_of("ab"), 4, 0);
	text_pad_left(&b, slice_of("7"), 3, 0);
	assert_string_equal(buf_text(&b), "ab    7");
	buf_release(&b);
}

static void test_wrapping_loses_no_byte(void **state)
{
	const char *s = "The quick brown fox jumps over averyveryverylongword and \xe6\x97\xa5\xe6\x9c\xac  end";
	struct slice rest, row;
	struct buf all;
	int cols;

	(void)state;
	buf_init(&all, 0);
	for (cols = 2; cols < 40; cols++) {
		buf_clear(&all);
		rest = slice_of(s);
		while (text_wrap(&rest, cols, 0, &row)) {
			assert_true(row.len > 0);
			assert_true(text_cols(row, 0) <= cols + 1);
			buf_add_slice(&all, row);
		}
		assert_string_equal(buf_text(&all), s);
	}
	buf_release(&all);
}

static void test_wrapping_breaks_behind_blanks(void **state)
{
	struct slice rest = slice_of("one two three"), row;

	(void)state;
	assert_true(text_wrap(&rest, 7, 0, &row));
	assert_true(slice_is(row, "one two "));
	assert_true(text_wrap(&rest, 7, 0, &row));
	assert_true(slice_is(row, "three"));
	assert_false(text_wrap(&rest, 7, 0, &row));
	assert_int_equal(text_rows(slice_of(""), 7, 0), 1);
}

static void test_lines_end_at_newlines(void **state)
{
	struct slice rest = slice_of("a\r\n\nb"), line;

	(void)state;
	assert_true(text_line(&rest, &line) && slice_is(line, "a"));
	assert_true(text_line(&rest, &line) && slice_is(line, ""));
	assert_true(text_line(&rest, &line) && slice_is(line, "b"));
	assert_false(text_line(&rest, &line));
}

static void test_a_line_for_the_terminal_has_no_escape(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	text_line_for_terminal(slice_of("x\x1b]0;evil\x07y"), &b);
	assert_string_equal(buf_text(&b), "x\xef\xbf\xbd]0;evil\xef\xbf\xbdy");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_text_passes_unchanged),
		cmocka_unit_test(test_control_bytes_become_marks),
		cmocka_unit_test(test_direction_controls_are_counted_apart),
		cmocka_unit_test(test_zero_width_and_tag_characters_show),
		cmocka_unit_test(test_a_third_combining_mark_is_removed),
		cmocka_unit_test(test_broken_utf8_is_one_mark_a_byte),
		cmocka_unit_test(test_joined_emoji_is_one_stand_in),
		cmocka_unit_test(test_lone_emoji_stays_but_not_in_lists),
		cmocka_unit_test(test_width_the_locale_disputes_gets_a_stand_in),
		cmocka_unit_test(test_private_and_unassigned_get_a_stand_in),
		cmocka_unit_test(test_ascii_knows_quotes_and_dashes_only),
		cmocka_unit_test(test_cleaning_twice_changes_nothing),
		cmocka_unit_test(test_nothing_shown_is_ever_a_control_byte),
		cmocka_unit_test(test_cutting_keeps_within_columns),
		cmocka_unit_test(test_wrapping_loses_no_byte),
		cmocka_unit_test(test_wrapping_breaks_behind_blanks),
		cmocka_unit_test(test_lines_end_at_newlines),
		cmocka_unit_test(test_a_line_for_the_terminal_has_no_escape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
