/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/elicit.h"

#define SCHEMA "{\"type\":\"object\",\"properties\":{" \
	"\"name\":{\"type\":\"string\",\"title\":\"Full name\",\"minLength\":2,\"maxLength\":5}," \
	"\"mail\":{\"type\":\"string\",\"format\":\"email\"}," \
	"\"day\":{\"type\":\"string\",\"format\":\"date\"}," \
	"\"n\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10,\"default\":3}," \
	"\"ratio\":{\"type\":\"number\",\"minimum\":0.5}," \
	"\"sure\":{\"type\":\"boolean\",\"default\":true}," \
	"\"color\":{\"type\":\"string\",\"enum\":[\"r\",\"g\"],\"enumNames\":[\"Red\",\"Green\"]}," \
	"\"size\":{\"type\":\"string\",\"oneOf\":[{\"const\":\"s\",\"title\":\"Small\"},{\"const\":\"l\",\"title\":\"Large\"}],\"default\":\"none of them\"}," \
	"\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":[\"a\",\"b\",\"c\"]},\"maxItems\":2}" \
	"},\"required\":[\"name\"]}"

static struct elicit form_of(const char *schema)
{
	struct elicit form;
	struct err e = {0};

	check_ok(elicit_read(slice_of(schema), &form, &e), &e);
	return form;
}

static void check_fill(const char *typed, enum err_code wanted, const char *content)
{
	struct elicit form = form_of(SCHEMA);
	struct err e = {0};
	struct buf b;

	buf_init(&b, 0);
	if (elicit_fill(&form, slice_of(typed), &b, &e) != wanted)
		fail_msg("%s: %s", typed, e.text);
	if (wanted == ERR_OK) {
		assert_string_equal(buf_text(&b), content);
		check_ok(elicit_check(&form, buf_slice(&b), &e), &e);
	} else {
		assert_non_null(strstr(e.text, content));
	}
	buf_release(&b);
	elicit_release(&form);
}

static void test_reads_every_kind(void **state)
{
	static const enum elicit_kind kinds[] = {ELICIT_TEXT, ELICIT_TEXT, ELICIT_TEXT, ELICIT_INTEGER, ELICIT_NUMBER, ELICIT_BOOLEAN, ELICIT_ONE, ELICIT_ONE, ELICIT_SEVERAL};
	struct elicit form = form_of(SCHEMA);
	int i;

	(void)state;
	assert_int_equal(form.n, LENGTH(kinds));
	for (i = 0; i < form.n; i++)
		assert_int_equal(form.v[i].kind, kinds[i]);
	assert_string_equal(form.v[0].title, "Full name");
	assert_true(form.v[0].is_required && !form.v[1].is_required);
	assert_int_equal(form.v[1].format, ELICIT_EMAIL);
	assert_string_equal(form.v[3].preset, "3");
	assert_string_equal(form.v[6].choice[1].title, "Green");
	assert_null(form.v[7].preset);	/* a default that is no choice is none */
	elicit_release(&form);
}

static void test_what_is_typed_becomes_what_is_asked_for(void **state)
{
	(void)state;
	check_fill("{\"name\":\"Ada\"}", ERR_OK, "{\"name\":\"Ada\",\"n\":3,\"sure\":true}");
	check_fill("{\"name\":\"Ada\",\"n\":\"\",\"sure\":\"no\",\"color\":\"Green\",\"size\":\"l\",\"tags\":\"b, a\"}", ERR_OK,
	    "{\"name\":\"Ada\",\"sure\":false,\"color\":\"g\",\"size\":\"l\",\"tags\":[\"a\",\"b\"]}");
	check_fill("{\"name\":\"\xc3\xa4\xc3\xb6\",\"mail\":\"a@example.com\",\"day\":\"2026-02-28\",\"ratio\":\"0.50\"}", ERR_OK,
	    "{\"name\":\"\xc3\xa4\xc3\xb6\",\"mail\":\"a@example.com\",\"day\":\"2026-02-28\",\"n\":3,\"ratio\":0.50,\"sure\":true}");
}

static void test_what_does_not_fit_is_said_in_words(void **state)
{
	(void)state;
	check_fill("{}", ERR_USAGE, "Full name is wanted");
	check_fill("{\"name\":\"A\"}", ERR_USAGE, "2 to 5 characters");
	check_fill("{\"name\":\"Ada\",\"n\":\"11\"}", ERR_USAGE, "a whole number, 1 to 10");
	check_fill("{\"name\":\"Ada\",\"n\":\"1.0\"}", ERR_USAGE, "a whole number");
	check_fill("{\"name\":\"Ada\",\"n\":\"1,\\\"x\\\":2\"}", ERR_USAGE, "a whole number");
	check_fill("{\"name\":\"Ada\",\"ratio\":\"0.4\"}", ERR_USAGE, "0.5 or more");
	check_fill("{\"name\":\"Ada\",\"ratio\":\"nan\"}", ERR_USAGE, "a number");
	check_fill("{\"name\":\"Ada\",\"mail\":\"nobody\"}", ERR_USAGE, "a mail address");
	check_fill("{\"name\":\"Ada\",\"day\":\"2026-02-30\"}", ERR_USAGE, "a date");
	check_fill("{\"name\":\"Ada\",\"sure\":\"perhaps\"}", ERR_USAGE, "yes or no");
	check_fill("{\"name\":\"Ada\",\"color\":\"blue\"}", ERR_USAGE, "one of: r, g");
	check_fill("{\"name\":\"Ada\",\"tags\":\"a,b,c\"}", ERR_USAGE, "at most 2");
	check_fill("{\"name\":\"Ada\",\"more\":\"x\"}", ERR_USAGE, "does not ask for 'more'");
}

static void test_what_is_no_flat_form_is_not_understood(void **state)
{
	static const char *const bad[] = {"[]", "{}", "{\"type\":\"object\"}", "{\"type\":\"array\",\"properties\":{}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\",\"properties\":{}}}}", "{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/x\",\"type\":\"string\"}}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}", "{\"type\":\"object\",\"properties\":{\"a\":7}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[]}}}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[1]}}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"enum\":[\"x\",\"x\"]}}}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"minLength\":-1}}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\",\"format\":\"shape\"}}}", "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\",\"minimum\":\"1\"}}}", "{\"type\":\"object\",\"properties\":{},\"required\":[\"a\"]}",
		"{\"type\":\"object\",\"properties\":{\"\":{\"type\":\"string\"}}}"};
	struct elicit form;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		if (elicit_read(slice_of(bad[i]), &form, NULL) == ERR_OK)
			fail_msg("taken: %s", bad[i]);
	buf_init(&b, 0);
	buf_adds(&b, "{\"type\":\"object\",\"properties\":{");
	for (i = 0; i <= ELICIT_FIELDS; i++)
		buf_addf(&b, "%s\"p%zu\":{\"type\":\"string\"}", i > 0 ? "," : "", i);
	buf_adds(&b, "}}");
	assert_int_equal(elicit_read(buf_slice(&b), &form, NULL), ERR_LIMIT);
	buf_release(&b);
}

static void test_an_answer_is_checked_before_it_leaves(void **state)
{
	static const char *const bad[] = {"[]", "{}", "{\"name\":7}", "{\"name\":\"Ada\",\"x\":1}", "{\"name\":\"Ada\",\"n\":\"3\"}", "{\"name\":\"Ada\",\"tags\":[\"z\"]}", "{\"name\":\"Ada\",\"sure\":\"yes\"}"};
	struct elicit form = form_of(SCHEMA);
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		assert_int_equal(elicit_check(&form, slice_of(bad[i]), NULL), ERR_USAGE);
	elicit_release(&form);
}

static void test_words_of_secrets_are_told(void **state)
{
	static const char *const secret[] = {"password", "apiKey", "API key", "api_key", "Your card number", "one-time token", "PIN"}, *const plain[] = {"name", "monkey", "pinned", "keyboard", "tokenizer", "", "discard"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(secret); i++)
		if (!elicit_words_secret(secret[i]))
			fail_msg("not told: %s", secret[i]);
	for (i = 0; i < LENGTH(plain); i++)
		if (elicit_words_secret(plain[i]))
			fail_msg("told: %s", plain[i]);
	assert_false(elicit_words_secret(NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_every_kind),
		cmocka_unit_test(test_what_is_typed_becomes_what_is_asked_for),
		cmocka_unit_test(test_what_does_not_fit_is_said_in_words),
		cmocka_unit_test(test_what_is_no_flat_form_is_not_understood),
		cmocka_unit_test(test_an_answer_is_checked_before_it_leaves),
		cmocka_unit_test(test_words_of_secrets_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
