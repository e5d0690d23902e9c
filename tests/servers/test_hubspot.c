/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HubSpot's wire: our records as its requests, its answers as our records. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "servers/crm/hubspot/config.h"
#include "servers/crm/hubspot/decode.h"
#include "servers/crm/hubspot/encode.h"
#include "servers/crm/hubspot/fault.h"
#include "servers/crm/hubspot/fields.h"

static const struct hubspot_config usual = {.base_url = NULL};

static void test_settings_name_one_host_and_nothing_in_the_clear(void **state)
{
	static const struct {
		const char *json;
		bool good;
	} cases[] = {
		{"{\"backend\":\"hubspot\"}", true},
		{"{\"base_url\":\"https://api-eu1.hubapi.com\",\"properties\":[\"colour\",\"size_2\"]}", true},
		{"{\"base_url\":\"http://127.0.0.1:8080\"}", true},
		{"{\"base_url\":\"http://localhost\"}", true},
		{"{\"base_url\":\"http://127.0.0.1.example.com\"}", false},
		{"{\"base_url\":\"http://api.hubapi.com\"}", false},
		{"{\"base_url\":\"https://api.hubapi.com/x\"}", false},
		{"{\"base_url\":\"https://eve@api.hubapi.com\"}", false},
		{"{\"base_url\":\"https://\"}", false},
		{"{\"base_url\":\"https://api.hubapi.com:\"}", false},
		{"{\"base_url\":\"ftp://api.hubapi.com\"}", false},
		{"{\"properties\":[\"a,b\"]}", false},
		{"{\"properties\":[1]}", false},
		{"{", false},
	};
	struct hubspot_config c;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		enum err_code code = hubspot_config_parse(slice_of(cases[i].json), &c, &e);

		if ((code == ERR_OK) != cases[i].good)
			fail_msg("%s: %s", cases[i].json, e.text);
		hubspot_config_release(&c);
	}
	check_ok(hubspot_config_parse(slice_of("{}"), &c, &e), &e);
	assert_string_equal(c.base_url, "https://api.hubapi.com");
	hubspot_config_release(&c);
}

/* --- out ------------------------------------------------------------------------------- */

static struct buf out;

static int begin(void **state)
{
	(void)state;
	buf_init(&out, 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_release(&out);
	return 0;
}

static void set(struct record *r, const char *name, const char *value)
{
	struct err e = {0};

	check_ok(record_set(r, name, value, &e), &e);
}

static void test_a_new_record_is_properties_and_associations(void **state)
{
	struct record r = {.kind = RECORD_CONTACT};
	struct err e = {0};

	(void)state;
	set(&r, "name", "Dana van Example");
	set(&r, "title", "Buyer \"x\"");
	set(&r, "company", "company/55");
	set(&r, "deals", "deal/7, deal/8");
	set(&r, "colour", "green");
	check_ok(hubspot_create_body(&out, &r, &e), &e);
	assert_string_equal(buf_text(&out), "{\"properties\":{\"colour\":\"green\",\"firstname\":\"Dana van\",\"lastname\":\"Example\",\"jobtitle\":\"Buyer \\\"x\\\"\"},"
		"\"associations\":[{\"to\":{\"id\":\"55\"},\"types\":[{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":279}]},"
		"{\"to\":{\"id\":\"7\"},\"types\":[{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":4}]},"
		"{\"to\":{\"id\":\"8\"},\"types\":[{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":4}]}]}");
	record_release(&r);
	r = (struct record){.kind = RECORD_CONTACT};
	set(&r, "name", "Dana Example");
	set(&r, "first_name", "Dana");
	set(&r, "last_name", "Example");
	set(&r, "company", "Acme, Inc.");	/* just its name */
	buf_clear(&out);
	check_ok(hubspot_create_body(&out, &r, &e), &e);
	assert_string_equal(buf_text(&out), "{\"properties\":{\"company\":\"Acme, Inc.\",\"firstname\":\"Dana\",\"lastname\":\"Example\"},\"associations\":[]}");
	record_release(&r);
	r = (struct record){.kind = RECORD_DEAL};
	set(&r, "title", "x");
	set(&r, "contact", "contact/1 or so");
	check_code(hubspot_create_body(&out, &r, &e), ERR_USAGE, &e);
	record_release(&r);
}

static void test_a_change_names_only_what_changes(void **state)
{
	static const char fields[] = "{\"phone\":\"2\",\"title\":null,\"name\":\"Kim Sample\"}";
	struct crm_change c = {.what = CRM_UPDATE, .kind = RECORD_CONTACT, .id = 12};
	struct err e = {0};
	cJSON *t = NULL;

	(void)state;
	check_ok(json_parse(slice_of(fields), &t, &e), &e);
	c.fields = t;
	check_ok(hubspot_update_body(&out, &c, &e), &e);
	assert_string_equal(buf_text(&out), "{\"properties\":{\"phone\":\"2\",\"jobtitle\":\"\",\"firstname\":\"Kim\",\"lastname\":\"Sample\"}}");
	buf_clear(&out);
	hubspot_path_record(&out, &usual, RECORD_CONTACT, 12, t);
	assert_string_equal(buf_text(&out), "/crm/v3/objects/contacts/12?properties=firstname,lastname,email,phone,company,jobtitle,hs_lead_status,lifecyclestage,address,city,zip,"
		"state,country,website,name&associations=notes,companies,deals");
	cJSON_Delete(t);
}

static void test_a_name_that_is_taken_apart_reads_back_the_same(void **state)
{
	static const char *const good[] = {"Dana Example", "Dana van Example", "Dana", "漢 字"}, *const bad[] = {"", " ", " Dana", "Dana ", "Dana  Example"};
	struct buf first, last;
	size_t i;

	(void)state;
	buf_init(&first, 0);
	buf_init(&last, 0);
	for (i = 0; i < LENGTH(good); i++) {
		buf_clear(&first);
		buf_clear(&last);
		buf_clear(&out);
		assert_true(hubspot_name_split(good[i], &first, &last));
		hubspot_name_join(buf_text(&first), buf_text(&last), &out);
		assert_string_equal(buf_text(&out), good[i]);
	}
	for (i = 0; i < LENGTH(bad); i++) {
		buf_clear(&first);
		buf_clear(&last);
		assert_false(hubspot_name_split(bad[i], &first, &last));
	}
	buf_release(&first);
	buf_release(&last);
}

static void test_a_search_goes_by_ids(void **state)
{
	struct crm_filter f = {.text = "ada \"x\"", .field = "close_date", .value = "2027-01-31", .changed_since_us = 1500};
	struct err e = {0};

	(void)state;
	check_ok(hubspot_search_body(&out, &usual, RECORD_DEAL, &f, 7, 500, &e), &e);
	assert_string_equal(buf_text(&out), "{\"query\":\"ada \\\"x\\\"\",\"filterGroups\":[{\"filters\":[{\"propertyName\":\"hs_object_id\",\"operator\":\"GT\",\"value\":\"7\"},"
		"{\"propertyName\":\"hs_lastmodifieddate\",\"operator\":\"GTE\",\"value\":\"1\"},"
		"{\"propertyName\":\"closedate\",\"operator\":\"EQ\",\"value\":\"2027-01-31T00:00:00.000Z\"}]}],"
		"\"sorts\":[{\"propertyName\":\"hs_object_id\",\"direction\":\"ASCENDING\"}],"
		"\"properties\":[\"dealname\",\"dealstage\",\"pipeline\",\"amount\",\"deal_currency_code\",\"closedate\",\"description\"],\"limit\":200}");
	f = (struct crm_filter){.field = "contact", .value = "contact/1"};
	check_code(hubspot_search_body(&out, &usual, RECORD_DEAL, &f, 0, 10, &e), ERR_USAGE, &e);
	buf_clear(&out);
	hubspot_path_by_email(&out, &usual, "a/b?c&d+e@example.com");
	assert_ptr_equal(strstr(buf_text(&out), "/crm/v3/objects/contacts/a%2Fb%3Fc%26d%2Be%40example.com?"), buf_text(&out));
}

static void test_a_note_is_html_with_our_own_millisecond(void **state)
{
	(void)state;
	hubspot_note_body(&out, RECORD_DEAL, 9, "a <b> & \"c\"\nd", INT64_C(1764234543123456));
	assert_string_equal(buf_text(&out), "{\"properties\":{\"hs_timestamp\":\"2025-11-27T09:09:03.123Z\",\"hs_note_body\":\"a &lt;b&gt; &amp; &quot;c&quot;<br>d\"},"
		"\"associations\":[{\"to\":{\"id\":\"9\"},\"types\":[{\"associationCategory\":\"HUBSPOT_DEFINED\",\"associationTypeId\":214}]}]}");
}

/* --- in ---------------------------------------------------------------------------------- */

static void test_a_record_is_read_and_what_is_hubspots_own_is_left_out(void **state)
{
	static const char json[] = "{\"id\":\"37765128953\",\"properties\":{\"firstname\":\"Dana\",\"lastname\":\"Example\",\"email\":null,\"phone\":\"\",\"jobtitle\":\"Buyer\","
		"\"createdate\":\"x\",\"lastmodifieddate\":\"x\",\"hs_object_id\":\"37765128953\",\"Bad Name\":\"x\",\"n\":1},"
		"\"createdAt\":\"2026-11-27T09:00:00Z\",\"updatedAt\":\"2026-11-27T09:00:00.250Z\",\"archived\":false,"
		"\"associations\":{\"companies\":{\"results\":[{\"id\":\"5\",\"type\":\"contact_to_company\"},{\"id\":\"5\",\"type\":\"contact_to_company_unlabeled\"},{\"id\":\"x\"}]},"
		"\"notes\":{\"results\":[{\"id\":\"9\"},{\"id\":\"8\"},{\"id\":\"9\"}]}}}";
	struct hubspot_notes notes;
	struct record r;
	struct err e = {0};

	(void)state;
	check_ok(hubspot_decode_record(slice_of(json), RECORD_CONTACT, &r, &notes, &e), &e);
	assert_int_equal(r.id, INT64_C(37765128953));
	assert_int_equal(r.revision, INT64_C(1795770000250));
	assert_int_equal(r.fields_n, 5);
	assert_string_equal(record_get(&r, "name"), "Dana Example");
	assert_string_equal(record_get(&r, "title"), "Buyer");
	assert_string_equal(record_get(&r, "companies"), "company/5");
	assert_int_equal(notes.n, 2);
	assert_int_equal(notes.id[0], 8);
	record_release(&r);
}

static void count(void *user, const struct record *r)
{
	(void)r;
	++*(int *)user;
}

static void say(void *user, int64_t at_us, const char *text)
{
	(void)at_us;
	buf_addf(user, "[%s]", text);
}

static void test_pages_and_notes(void **state)
{
	static const char page[] = "{\"total\":3,\"results\":[{\"id\":\"1\",\"properties\":{},\"updatedAt\":\"2026-11-27T09:00:00Z\"}],\"paging\":{\"next\":{\"after\":\"1\"}}}";
	static const char last[] = "{\"total\":0,\"results\":[]}";
	static const char notes[] = "{\"status\":\"COMPLETE\",\"results\":[{\"id\":\"2\",\"properties\":{\"hs_timestamp\":\"2026-11-27T09:00:00Z\",\"hs_note_body\":\"<p>later &amp; <b>more</b></p>\"}},"
		"{\"id\":\"1\",\"properties\":{\"hs_timestamp\":\"2026-11-26T09:00:00Z\",\"hs_note_body\":\"one<br>two<script>steal()</script>\"}},{\"id\":\"3\",\"properties\":{\"hs_note_body\":null}}],\"numErrors\":1}";
	struct err e = {0};
	bool more;
	int n = 0;

	(void)state;
	check_ok(hubspot_decode_page(slice_of(page), RECORD_DEAL, count, &n, &more, &e), &e);
	assert_true(n == 1 && more);
	check_ok(hubspot_decode_page(slice_of(last), RECORD_DEAL, count, &n, &more, &e), &e);
	assert_true(n == 1 && !more);
	check_ok(hubspot_decode_notes(slice_of(notes), say, &out, &e), &e);
	assert_string_equal(buf_text(&out), "[one\ntwo][later & more]");
}

static void test_what_is_no_answer_is_none(void **state)
{
	static const char *const cases[] = {"", "[]", "null", "{}", "{\"id\":\"1\"}", "{\"id\":\"1\",\"properties\":{}}", "{\"id\":1,\"properties\":{},\"updatedAt\":\"2026-11-27T09:00:00Z\"}",
		"{\"id\":\"01\",\"properties\":{},\"updatedAt\":\"2026-11-27T09:00:00Z\"}", "{\"id\":\"9999999999999999\",\"properties\":{},\"updatedAt\":\"2026-11-27T09:00:00Z\"}",
		"{\"id\":\"1\",\"properties\":[],\"updatedAt\":\"2026-11-27T09:00:00Z\"}", "{\"id\":\"1\",\"properties\":{},\"updatedAt\":\"soon\"}",
		"{\"id\":\"1\",\"id\":\"2\",\"properties\":{},\"updatedAt\":\"2026-11-27T09:00:00Z\"}"};
	struct record r;
	struct err e = {0};
	bool more;
	int n = 0;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		check_code(hubspot_decode_record(slice_of(cases[i]), RECORD_CONTACT, &r, NULL, &e), ERR_PROTO, &e);
		record_release(&r);
		check_code(hubspot_decode_page(slice_of(cases[i]), RECORD_CONTACT, count, &n, &more, &e), ERR_PROTO, &e);
		check_code(hubspot_decode_notes(slice_of(cases[i]), say, &out, &e), ERR_PROTO, &e);
	}
	assert_int_equal(n, 0);
	/* more fields than a record may have */
	buf_adds(&out, "{\"id\":\"1\",\"updatedAt\":\"2026-11-27T09:00:00Z\",\"properties\":{\"a\":\"x\"");
	for (i = 0; i < FIELDS_MAX; i++)
		buf_addf(&out, ",\"f%zu\":\"x\"", i);
	buf_adds(&out, "}}");
	check_code(hubspot_decode_record(buf_slice(&out), RECORD_CONTACT, &r, NULL, &e), ERR_LIMIT, &e);
}

/* --- refusals ------------------------------------------------------------------------------ */

static void test_refusals_are_told_in_one_line(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
		const char *text;
	} cases[] = {
		{401, "", ERR_AUTH, "HubSpot does not take this token"},
		{403, "{\"errors\":[{\"context\":{\"requiredGranularScopes\":[\"crm.objects.deals.write\",\"a\\u001bb\"]}}]}", ERR_REFUSED,
			"HubSpot does not let this token do that: it lacks crm.objects.deals.write, a\xEF\xBF\xBD" "b"},
		{403, "{\"message\":\"no\"}", ERR_REFUSED, "HubSpot does not let this token do that: no"},
		{404, "", ERR_MISSING, "there is no contact/7"},
		{409, "{\"message\":\"Contact already exists. Existing ID: 6001\"}", ERR_CONFLICT, "there is contact/6001 with that mail address already"},
		{409, "{\"message\":\"x\\ny\"}", ERR_CONFLICT, NULL},
		{429, "{\"policyName\":\"DAILY\"}", ERR_LIMIT, NULL},
		{429, "<html>", ERR_LIMIT, "HubSpot takes no more requests just now: try again in a minute"},
		{400, "{\"message\":\"Property values were not valid\"}", ERR_USAGE, "HubSpot refuses it (400): Property values were not valid"},
		{502, "<html>", ERR_NET, "HubSpot failed (502): it gives no reason"},
		{302, "", ERR_PROTO, "HubSpot's answer leads elsewhere (302), and is not followed"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct err e = {0};

		check_code(hubspot_fault(cases[i].status, slice_of(cases[i].body), RECORD_CONTACT, 7, &e), cases[i].code, &e);
		assert_null(strpbrk(e.text, "\n\x1b"));
		if (cases[i].text != NULL && cases[i].text[0] != '\0' && strstr(cases[i].text, "\xEF\xBF\xBD") == NULL)
			assert_string_equal(e.text, cases[i].text);
	}
}

static void test_waits_are_those_that_are_told(void **state)
{
	struct wire_answer_header after = {slice_of("Retry-After"), slice_of(" 7\r")}, interval = {slice_of("X-HubSpot-RateLimit-Interval-Milliseconds"), slice_of("1500")};
	struct hubspot_wait w;

	(void)state;
	w = hubspot_wait_read(429, slice_of("{}"), &after, 1, 0);
	assert_true(w.has_wait && w.wait_us == 7000000);
	w = hubspot_wait_read(429, slice_of("{\"policyName\":\"TEN_SECONDLY_ROLLING\"}"), &interval, 1, 0);
	assert_true(w.has_wait && w.wait_us == 1500000);
	w = hubspot_wait_read(429, slice_of("{\"policyName\":\"SECONDLY\"}"), NULL, 0, 0);
	assert_true(w.has_wait && w.wait_us == 1000000);
	assert_false(hubspot_wait_read(429, slice_of("{\"policyName\":\"DAILY\"}"), NULL, 0, 0).has_wait);
	assert_false(hubspot_wait_read(500, slice_of("{}"), &after, 1, 0).has_wait);
	assert_true(hubspot_wait_read(503, slice_of("{}"), &after, 1, 0).has_wait);
	assert_false(hubspot_wait_read(401, slice_of("{}"), NULL, 0, 0).has_wait);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_settings_name_one_host_and_nothing_in_the_clear),
		TEST(test_a_new_record_is_properties_and_associations),
		TEST(test_a_change_names_only_what_changes),
		TEST(test_a_name_that_is_taken_apart_reads_back_the_same),
		TEST(test_a_search_goes_by_ids),
		TEST(test_a_note_is_html_with_our_own_millisecond),
		TEST(test_a_record_is_read_and_what_is_hubspots_own_is_left_out),
		TEST(test_pages_and_notes),
		TEST(test_what_is_no_answer_is_none),
		cmocka_unit_test(test_refusals_are_told_in_one_line),
		cmocka_unit_test(test_waits_are_those_that_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
