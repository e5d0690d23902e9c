/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Access key pairs: what people and AWS's tools give becomes one form, and no other passes. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "vault/pair.h"

#define ID "AKIDEXAMPLE000000001"
#define KEY "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define SEALED "{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\"}"
#define SEALED_SESSION "{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\",\"session_token\":\"FwoGZXIvYXdzE//x==\"}"

static int lock_memory(void **state)
{
	struct err e = {0};

	(void)state;
	return memory_secure_init(&e) == ERR_OK ? 0 : -1;
}

static struct secret *secret_of(const char *text)
{
	struct secret *s = secret_new(strlen(text));

	assert_non_null(s);
	assert_int_equal(secret_set(s, text, strlen(text)), 0);
	return s;
}

static void test_every_form_becomes_the_sealed_one(void **state)
{
	static const struct { const char *given, *sealed; int64_t expires_us; } cases[] = {
		{SEALED, SEALED, 0},
		{SEALED_SESSION, SEALED_SESSION, 0},
		{" {\n \"secret_access_key\" : \"" KEY "\",\n \"access_key_id\": \"" ID "\", \"session_token\": \"\" }\n", SEALED, 0},
		{"{\"Version\":1,\"AccessKeyId\":\"" ID "\",\"SecretAccessKey\":\"" KEY "\",\"SessionToken\":\"FwoGZXIvYXdzE//x==\",\"Expiration\":\"2026-11-27T10:00:00Z\"}",
		    SEALED_SESSION, INT64_C(1795773600000000)},
		{"{\"ProviderType\":\"sso\",\"Credentials\":{\"AccessKeyId\":\"" ID "\",\"SecretAccessKey\":\"" KEY "\",\"SessionToken\":\"FwoGZXIvYXdzE\\/\\/x==\","
		 "\"Expiration\":\"2026-11-27T10:00:00+00:00\"}}", SEALED_SESSION, INT64_C(1795773600000000)},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct secret *given = secret_of(cases[i].given), *out;
		struct aws_pair p;
		struct err e = {0};
		int64_t expires_us = -1;

		assert_true(aws_pair_looks_like(given));
		check_ok(aws_pair_canonical(given, &out, &expires_us, &e), &e);
		assert_string_equal(out->p, cases[i].sealed);
		assert_true(memory_secure_holds(out->p));
		assert_true(expires_us == cases[i].expires_us);
		check_ok(aws_pair_read(slice_make(out->p, out->len), &p, &e), &e);
		assert_true(slice_is(p.access_key_id, ID) && slice_is(p.secret_access_key, KEY));
		assert_int_equal(p.session_token.len > 0, strstr(cases[i].sealed, "session_token") != NULL);
		secret_free(out);
		secret_free(given);
	}
}

static void test_what_is_no_pair_is_refused_without_its_words(void **state)
{
	static const char *const bad[] = {
		"{}", "{\"access_key_id\":\"" ID "\"}", "{\"secret_access_key\":\"" KEY "\"}", "{\"access_key_id\":\"short\",\"secret_access_key\":\"" KEY "\"}",
		"{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"with blank inside it\"}", "{\"access_key_id\":7,\"secret_access_key\":\"" KEY "\"}",
		"{\"access_key_id\":\"" ID "\",\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\"}", "{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\"",
		"{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\",\"expiration\":\"soon\"}",
		"{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"wJalrXUtnFEMI\\u002fK7MDENGbPxRfiCY\"}",
		"{\"access_key_id\":\"" ID "\",\"secret_access_key\":\"" KEY "\",\"session_token\":\"a b\"}",
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(bad); i++) {
		struct secret *given = secret_of(bad[i]), *out;
		struct err e = {0};
		int64_t expires_us;

		check_code(aws_pair_canonical(given, &out, &expires_us, &e), ERR_USAGE, &e);
		assert_null(out);
		assert_true(e.mend[0] != '\0');
		assert_null(strstr(e.text, "AKID"));
		assert_null(strstr(e.text, "wJal"));
		secret_free(given);
	}
}

static void test_a_key_of_one_word_is_no_pair(void **state)
{
	struct secret *s = secret_of("ABSKxyz");

	(void)state;
	assert_false(aws_pair_looks_like(s));
	secret_free(s);
}

static void test_sealed_text_that_was_damaged_is_told(void **state)
{
	struct aws_pair p;
	struct err e = {0};

	(void)state;
	check_code(aws_pair_read(slice_of("{\"access_key_id\":\"" ID "\"}"), &p, &e), ERR_PROTO, &e);
	check_code(aws_pair_read(slice_of("sk-ant-whatever"), &p, &e), ERR_PROTO, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form_becomes_the_sealed_one),
		cmocka_unit_test(test_what_is_no_pair_is_refused_without_its_words),
		cmocka_unit_test(test_a_key_of_one_word_is_no_pair),
		cmocka_unit_test(test_sealed_text_that_was_damaged_is_told),
	};

	return cmocka_run_group_tests(tests, lock_memory, NULL);
}
