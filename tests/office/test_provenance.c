/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "office/context.h"
#include "office/provenance.h"

static char mail_body[] = "From: Eve <eve@example.net>\nPlease pay to 4711000815 and see https://pay.example.net/x?y=1\n";
static char file_body[] = "Contact: help@example.com\n";

static const struct entry history[] = {
	{.seq = 1, .kind = ENTRY_USER, .body = file_body},
	{.seq = 2, .kind = ENTRY_TOOL_RESULT, .untrusted = true, .source = "inbox__read mail 123", .body = mail_body},
	{.seq = 3, .kind = ENTRY_TOOL_RESULT, .untrusted = true, .source = "inbox__read mail 123", .body = mail_body},
	{.seq = 4, .kind = ENTRY_TOOL_RESULT, .untrusted = false, .source = "approval", .body = file_body},
	{.seq = 5, .kind = ENTRY_TOOL_RESULT, .untrusted = true, .source = "repo__read_file docs/a.md", .body = file_body},
};

static void make(const char *payload, enum effect effect, const char *goal, struct provenance *p)
{
	provenance_make(slice_of(payload), effect, history, LENGTH(history), slice_of(goal), p);
}

static void test_sources_are_listed_once_in_order(void **state)
{
	struct provenance p;

	(void)state;
	make("{}", EFFECT_WRITE, "", &p);
	assert_string_equal(p.sources, "[\"inbox__read mail 123\",\"repo__read_file docs/a.md\"]");
	assert_true(p.read_untrusted);
	assert_null(p.flags);
	provenance_release(&p);
	provenance_make(slice_of("{}"), EFFECT_SEND, history, 1, slice_of(""), &p);
	assert_string_equal(p.sources, "[]");
	assert_false(p.read_untrusted);
	assert_null(p.flags);
	provenance_release(&p);
}

static void test_a_recipient_from_a_mail_is_flagged(void **state)
{
	struct provenance p;
	struct err e = {0};

	(void)state;
	make("{\"to\":\"EVE@example.net\",\"body\":\"ok\"}", EFFECT_SEND, "answer the mail", &p);
	assert_int_equal(p.hits_n, 1);
	assert_int_equal(p.hits[0].kind, VALUE_ADDRESS);
	assert_string_equal(p.hits[0].source, "inbox__read mail 123");
	assert_false(p.hits[0].in_goal);
	assert_non_null(strstr(p.flags, "the address EVE@example.net comes from inbox__read mail 123, not from your goal"));
	check_ok(json_gate(slice_of(p.flags), &e), &e);
	provenance_release(&p);
}

static void test_a_recipient_the_person_named_is_not_flagged(void **state)
{
	struct provenance p;

	(void)state;
	make("{\"to\":\"eve@example.net\"}", EFFECT_WRITE, "answer eve@example.net", &p);
	assert_int_equal(p.hits_n, 1);
	assert_true(p.hits[0].in_goal);
	assert_null(p.flags);
	provenance_release(&p);
}

static void test_numbers_and_links_are_traced(void **state)
{
	struct provenance p;

	(void)state;
	make("{\"account\":4711000815,\"note\":\"see https://pay.example.net/x?y=1.\"}", EFFECT_SEND, "pay the invoice", &p);
	assert_int_equal(p.hits_n, 3);
	assert_int_equal(p.hits[0].kind, VALUE_URL);
	assert_string_equal(p.hits[0].value, "https://pay.example.net/x?y=1");
	assert_int_equal(p.hits[1].kind, VALUE_HOST);
	assert_string_equal(p.hits[1].value, "pay.example.net");
	assert_int_equal(p.hits[2].kind, VALUE_NUMBER);
	assert_string_equal(p.hits[2].value, "4711000815");
	provenance_release(&p);
}

static void test_a_patch_is_judged_by_what_it_adds(void **state)
{
	struct provenance p;

	(void)state;
	make("{\"diff\":\"--- a/x\\n+++ b/x\\n@@ -1,2 +1,2 @@\\n Contact: help@example.com\\n-old\\n+new eve@example.net\\n\"}", EFFECT_WRITE, "", &p);
	assert_int_equal(p.hits_n, 1);
	assert_string_equal(p.hits[0].value, "eve@example.net");
	provenance_release(&p);
	/* where something is sent, no form of text hides an address */
	make("{\"to\":\"x\\n@@ -1 +1 @@\\n help@example.com\"}", EFFECT_SEND, "", &p);
	assert_int_equal(p.hits_n, 1);
	provenance_release(&p);
}

static void test_payloads_that_are_no_json_still_list_sources(void **state)
{
	struct provenance p;

	(void)state;
	make("{\"to\":\"eve@example.net\"", EFFECT_SEND, "", &p);
	assert_int_equal(p.hits_n, 0);
	assert_true(p.read_untrusted);
	assert_non_null(p.flags);
	provenance_release(&p);
}

static void test_look_alikes_are_flagged(void **state)
{
	struct provenance p;

	(void)state;
	make("{\"to\":\"eve@exarnple.net\"}", EFFECT_SEND, "answer the mail", &p);
	assert_non_null(strstr(p.flags, "eve@exarnple.net looks like eve@example.net and is another"));
	provenance_release(&p);
	make("{\"to\":\"eve@ex\u0430mple.net\"}", EFFECT_WRITE, "", &p);
	assert_non_null(strstr(p.flags, "mixes Latin and Cyrillic letters: it reads as eve@example.net"));
	provenance_release(&p);
	make("{\"see\":\"https://xn--exmple-4nf.net/\"}", EFFECT_WRITE, "", &p);
	assert_non_null(strstr(p.flags, "stands for https://ex\xD0\xB0mple.net/, which mixes Latin and Cyrillic letters"));
	provenance_release(&p);
	make("{\"to\":\"eve@example.net\"}", EFFECT_WRITE, "eve@example.net", &p);
	assert_null(p.flags);
	provenance_release(&p);
}

static void test_notes_stand_beside_values(void **state)
{
	struct provenance p;
	struct context_note n[4];
	cJSON *tree = NULL;
	struct err e = {0};
	char *context;

	(void)state;
	make("{\"to\":\"eve@example.net\",\"n\":4711000815}", EFFECT_SEND, "pay 4711000815", &p);
	context = context_make(&p, slice_of("{\"verified\":[\"a@example.com\"],\"before\":{\"a\":1},\"about\":\"no object\",\"target\":\"x\"}"),
	    "{\"properties\":{\"n\":{\"description\":\"the account\"},\"z\":{\"description\":\"not there\"}}}", slice_of("{\"n\":1}"));
	check_ok(json_parse(slice_of(context), &tree, &e), &e);
	assert_int_equal(context_notes(tree, slice_of("To: Eve <eve@example.net>"), n, 4), 1);
	assert_string_equal(n[0].text, "eve@example.net comes from inbox__read mail 123, not from your goal");
	assert_int_equal(context_notes(tree, slice_of("4711000815"), n, 4), 1);
	assert_true(n[0].in_goal);
	assert_int_equal(context_notes(tree, slice_of("nothing"), n, 4), 0);
	assert_non_null(json_array(tree, "verified"));
	assert_non_null(json_object(tree, "before"));
	assert_string_equal(json_text(json_object(tree, "words"), "n"), "the account");
	assert_null(json_member(json_object(tree, "words"), "z"));
	assert_null(json_member(tree, "about"));
	assert_null(json_member(tree, "target"));
	cJSON_Delete(tree);
	free(context);
	assert_null(context_make(NULL, slice_of("{\"verified\":[],\"verified\":[\"x\"]}"), NULL, slice_of("")));	/* read twice, read differently */
	provenance_release(&p);
}

static void note(void *user, enum value_kind kind, struct slice v)
{
	struct buf *b = user;

	buf_addf(b, "%d:%.*s ", (int)kind, (int)v.len, v.p);
}

static void test_values_of_a_payload(void **state)
{
	static const struct {
		const char *payload, *values;
	} rows[] = {
		{"{\"a\":\"to <a.b@example.com>, a.b@EXAMPLE.com\"}", "0:a.b@example.com "},
		{"{\"a\":\"mailto:x@example.com\"}", "0:x@example.com "},
		{"{\"a\":\"https://u:p@h.example.com:8080/q#r\"}", "1:https://u:p@h.example.com:8080/q#r 2:h.example.com "},
		{"{\"a\":\"see example.org.\"}", "2:example.org "},
		{"{\"a\":\"sk-abcdef0123456789abcdef\"}", "3:sk-abcdef0123456789abcdef "},
		{"{\"a\":\"12345 123456 1234-5678\"}", "4:123456 4:1234-5678 "},
		{"{\"a\":[{\"b\":1234567.5}],\"c\":\"x\\\"654321\"}", "4:654321 4:1234567 "},
		{"{\"a\":\"plain words, and-some-hyphens-in-long-words v1.2\"}", ""},
		{"{\"a\":\"\\u0065ve\\u0040example.net\"}", "0:eve@example.net "},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct buf b;

		buf_init(&b, 0);
		values_in_payload(slice_of(rows[i].payload), note, &b);
		assert_string_equal(buf_text(&b), rows[i].values);
		buf_release(&b);
	}
}

static void test_values_stand_as_words_of_their_own(void **state)
{
	(void)state;
	assert_true(value_stands_in(slice_of("a@example.com"), slice_of("to <A@Example.com>")));
	assert_true(value_stands_in(slice_of("a@example.com"), slice_of("xa@example.com a@example.com")));
	assert_false(value_stands_in(slice_of("a@example.com"), slice_of("ba@example.com")));
	assert_false(value_stands_in(slice_of("a@example.com"), slice_of("a@example.community")));
	assert_false(value_stands_in(slice_of("123456"), slice_of("1234567")));
	assert_false(value_stands_in(slice_of(""), slice_of("x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources_are_listed_once_in_order),
		cmocka_unit_test(test_a_recipient_from_a_mail_is_flagged),
		cmocka_unit_test(test_a_recipient_the_person_named_is_not_flagged),
		cmocka_unit_test(test_numbers_and_links_are_traced),
		cmocka_unit_test(test_a_patch_is_judged_by_what_it_adds),
		cmocka_unit_test(test_payloads_that_are_no_json_still_list_sources),
		cmocka_unit_test(test_look_alikes_are_flagged),
		cmocka_unit_test(test_notes_stand_beside_values),
		cmocka_unit_test(test_values_of_a_payload),
		cmocka_unit_test(test_values_stand_as_words_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
