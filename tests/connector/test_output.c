/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "connector/output.h"

#define WEATHER "{\"type\":\"object\",\"properties\":{\"temperature\":{\"type\":\"number\",\"minimum\":-90},\"days\":{\"type\":\"array\",\"maxItems\":2," \
	"\"items\":{\"type\":\"object\",\"properties\":{\"sky\":{\"enum\":[\"clear\",\"rain\"]}},\"required\":[\"sky\"],\"additionalProperties\":false}}," \
	"\"n\":{\"type\":[\"integer\",\"null\"]},\"word\":{\"type\":\"string\",\"minLength\":2},\"kind\":{\"oneOf\":[{\"const\":1},{\"type\":\"string\"}]}},\"required\":[\"temperature\"]}"

static const struct { const char *value, *why; } rows[] = {	/* NULL: it fits */
	{"{\"temperature\":1.5}", NULL},
	{"{\"temperature\":-3,\"days\":[{\"sky\":\"rain\"}],\"n\":null,\"word\":\"\xc3\xa4\xc3\xb6\",\"kind\":\"x\",\"more\":[1]}", NULL},
	{"{\"temperature\":1,\"n\":2.0,\"kind\":1}", NULL},
	{"[]", "the whole is of another type"},
	{"{}", "temperature is missing"},
	{"{\"temperature\":\"warm\"}", "temperature is of another type"},
	{"{\"temperature\":-91}", "temperature is out of bounds"},
	{"{\"temperature\":1,\"n\":2.5}", "n is of another type"},
	{"{\"temperature\":1,\"word\":\"\xc3\xa4\"}", "word is too short or too long"},
	{"{\"temperature\":1,\"days\":[{\"sky\":\"rain\"},{\"sky\":\"green\"}]}", "days.1.sky is none of the values there are"},
	{"{\"temperature\":1,\"days\":[{}]}", "days.0.sky is missing"},
	{"{\"temperature\":1,\"days\":[{\"sky\":\"rain\",\"a b\\u001b[31m\":1}]}", "days.0.? is not foreseen"},
	{"{\"temperature\":1,\"days\":[1,2,3]}", "days has too few or too many items"},
	{"{\"temperature\":1,\"kind\":2}", "kind fits none of what it may be"},
};

static void test_what_fits_passes_and_what_does_not_is_named(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct err e = {0};
		enum err_code rc = output_check(slice_of(WEATHER), slice_of(rows[i].value), &e);

		assert_int_equal(rc, rows[i].why == NULL ? ERR_OK : ERR_PROTO);
		if (rows[i].why != NULL)
			assert_string_equal(e.text, rows[i].why);
	}
}

static void test_what_is_not_known_is_no_misfit(void **state)
{
	static const char *const schemas[] = {"{}", "true", "{\"$ref\":\"#/nowhere\"}", "{\"type\":\"strange\"}", "{\"pattern\":\"^a\"}", "{\"properties\":7,\"required\":\"x\",\"items\":[],\"enum\":{}}",
		"{\"additionalProperties\":false,\"patternProperties\":{\"^x\":{}}}"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(schemas); i++)
		assert_int_equal(output_check(slice_of(schemas[i]), slice_of("{\"x\":1}"), NULL), ERR_OK);
}

static void test_what_takes_too_long_is_given_up(void **state)
{
	struct err e = {0};
	struct buf schema, value;
	int i;

	(void)state;
	buf_init(&schema, 0);
	buf_init(&value, 0);
	buf_adds(&schema, "{\"properties\":{");
	buf_addc(&value, '{');
	for (i = 0; i < 5000; i++) {
		buf_addf(&schema, "%s\"p%d\":{}", i > 0 ? "," : "", i);
		buf_addf(&value, "%s\"p%d\":1", i > 0 ? "," : "", i);
	}
	buf_adds(&schema, "}}");
	buf_addc(&value, '}');
	assert_int_equal(output_check(buf_slice(&schema), buf_slice(&value), &e), ERR_LIMIT);
	buf_release(&schema);
	buf_release(&value);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_fits_passes_and_what_does_not_is_named),
		cmocka_unit_test(test_what_is_not_known_is_no_misfit),
		cmocka_unit_test(test_what_takes_too_long_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
