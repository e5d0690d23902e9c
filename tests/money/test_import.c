/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Public price maps: their traps, and files that mean harm. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/date.h"
#include "money/import.h"
#include "money/pico.h"

#define FROM "2026-11-26T10:00:00Z"

struct state {
	struct book *b;
	struct import_report r;
	struct buf doc;
	struct err e;
};

static int setup(void **out)
{
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct state *s = calloc(1, sizeof *s);

	s->b = book_new();
	check_ok(book_parse(s->b, slice_make(f->bytes, f->len), &s->e), &s->e);
	buf_init(&s->doc, 0);
	*out = s;
	return 0;
}

static int teardown(void **out)
{
	struct state *s = *out;

	import_report_release(&s->r);
	book_free(s->b);
	buf_release(&s->doc);
	free(s);
	return 0;
}

static enum err_code import(struct state *s, enum import_format f, const char *text)
{
	int64_t at;

	assert_true(date_parse(FROM, &at));
	import_report_release(&s->r);
	return import_prices(f, slice_of(text), s->b, at, FROM, "a test", &s->doc, &s->r, &s->e);
}

static bool find(struct state *s, const char *vendor, const char *model, enum service_tier tier, enum region_class region, struct rates *out)
{
	struct price_time t = {0, 0};

	assert_true(date_parse(FROM, &t.at_us));
	return book_find(s->b, vendor, model, tier, region, t, out);
}

static bool is_noted(const struct state *s, const char *words)
{
	for (int i = 0; i < s->r.notes_n && i < IMPORT_NOTES; i++)
		if (strstr(s->r.note[i], words) != NULL)
			return true;
	return false;
}

static void test_litellm_names_are_read_by_their_grammar(void **state)
{
	struct state *s = *state;
	struct rates r;

	check_ok(import(s, IMPORT_LITELLM, "{\"sample_spec\":{\"litellm_provider\":\"one of ...\",\"input_cost_per_token\":0},"
		"\"claude-new-9\":{\"litellm_provider\":\"anthropic\",\"mode\":\"chat\",\"input_cost_per_token\":1.5e-06,\"output_cost_per_token\":7.5e-06,"
		"\"cache_creation_input_token_cost\":1.875e-06,\"cache_creation_input_token_cost_above_1hr\":3e-06,\"cache_read_input_token_cost\":1.5e-07,"
		"\"input_cost_per_token_above_200k_tokens\":3e-06,\"cache_creation_input_token_cost_above_1hr_above_200k_tokens\":6e-06,\"output_cost_per_token_above_200k_tokens\":1.125e-05},"
		"\"gpt-new-9\":{\"litellm_provider\":\"openai\",\"mode\":\"responses\",\"input_cost_per_token\":0.00000125,\"output_cost_per_token\":1e-05,"
		"\"input_cost_per_token_priority\":2.5e-06,\"input_cost_per_token_above_272k_tokens_priority\":5e-06,\"input_cost_per_token_flex\":6.25e-07,"
		"\"input_cost_per_token_batches\":6.25e-07,\"input_cost_per_token_above_midnight\":9e-06,\"input_cost_per_audio_token\":1},"
		"\"dall-e-9\":{\"litellm_provider\":\"openai\",\"mode\":\"image_generation\",\"input_cost_per_token\":1e-06},"
		"\"gemini-9\":{\"litellm_provider\":\"vertex_ai\",\"input_cost_per_token\":1e-06}}"), &s->e);
	assert_int_equal(s->r.models, 2);
	assert_int_equal(s->r.others, 3);
	check_ok(book_parse(s->b, buf_slice(&s->doc), &s->e), &s->e);
	assert_true(find(s, "anthropic", "claude-new-9", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.kind, PRICE_IMPORT);
	assert_string_equal(r.from, FROM);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 1500000);
	assert_int_equal(r.base.rate[BUCKET_WRITE_5M], 1875000);
	assert_int_equal(r.base.rate[BUCKET_WRITE_1H], 3000000);
	assert_int_equal(r.base.rate[BUCKET_CACHE_READ], 150000);
	assert_int_equal(r.step_over, 200000);
	assert_int_equal(r.step.rate[BUCKET_WRITE_1H], 6000000);
	assert_int_equal(r.step.rate[BUCKET_WRITE_5M], RATE_UNKNOWN);
	assert_true(find(s, "openai", "gpt-new-9", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.step_over, 0);	/* the priority tier's threshold is its own */
	assert_int_equal(r.base.rate[BUCKET_CACHE_READ], RATE_UNKNOWN);	/* missing is not free */
	assert_true(find(s, "openai", "gpt-new-9", SERVICE_PRIORITY, REGION_GLOBAL, &r));
	assert_int_equal(r.step_over, 272000);
	assert_int_equal(r.step.rate[BUCKET_INPUT], 5000000);
	assert_true(find(s, "openai", "gpt-new-9", SERVICE_FLEX, REGION_GLOBAL, &r));
	assert_true(find(s, "openai", "gpt-new-9", SERVICE_BATCH, REGION_GLOBAL, &r));
	assert_true(is_noted(s, "input_cost_per_token_above_midnight"));
	assert_int_equal(s->r.notes_n, 1);
}

static void test_only_what_differs_is_kept_and_names_of_one_model_are_brought_together(void **state)
{
	struct state *s = *state;
	struct rates r;

	check_ok(import(s, IMPORT_LITELLM, "{\"claude-opus-5-5\":{\"litellm_provider\":\"anthropic\",\"input_cost_per_token\":4e-06,\"output_cost_per_token\":2e-05},"
		"\"claude-haiku-4-5\":{\"litellm_provider\":\"anthropic\",\"input_cost_per_token\":1.1e-06},"
		"\"claude-haiku-4-5-20251001\":{\"litellm_provider\":\"anthropic\",\"input_cost_per_token\":1.2e-06},"
		"\"us.anthropic.claude-new-9-v1:0\":{\"litellm_provider\":\"bedrock_converse\",\"input_cost_per_token\":3e-06},"
		"\"global.anthropic.claude-new-9-v1:0\":{\"litellm_provider\":\"bedrock_converse\",\"input_cost_per_token\":2e-06},"
		"\"bedrock/us-gov-west-1/anthropic.claude-new-9-v1:0\":{\"litellm_provider\":\"bedrock\",\"input_cost_per_token\":4e-06}}"), &s->e);
	assert_int_equal(s->r.same, 1);
	assert_int_equal(s->r.rows, 3);
	assert_true(is_noted(s, "its names disagree on the price of input; the dearer stands"));
	assert_true(is_noted(s, "bedrock/us-gov-west-1"));
	check_ok(book_parse(s->b, buf_slice(&s->doc), &s->e), &s->e);
	assert_true(find(s, "anthropic", "claude-haiku-4-5", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 1200000);
	assert_true(find(s, "bedrock", "us.anthropic.claude-new-9-v1:0", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 3000000);
	assert_true(find(s, "bedrock", "global.anthropic.claude-new-9-v1:0", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 2000000);
}

static void test_models_dev_has_no_hour_and_hides_fast(void **state)
{
	struct state *s = *state;
	struct rates r;

	check_ok(import(s, IMPORT_MODELS_DEV, "{\"anthropic\":{\"id\":\"anthropic\",\"models\":{\"claude-new-9\":{\"cost\":{\"input\":2,\"output\":10,\"cache_read\":0.2,\"cache_write\":2.5,"
		"\"context_over_200k\":{\"input\":4,\"output\":15}},\"experimental\":{\"modes\":{\"fast\":{\"cost\":{\"input\":12,\"output\":60}}}}}}},"
		"\"openai\":{\"models\":{\"gpt-new-9\":{\"cost\":{\"input\":1.25,\"output\":10,\"cache_write\":1.5625,\"reasoning\":10,\"oddity\":3,"
		"\"tiers\":[{\"tier\":{\"type\":\"context\",\"size\":272000},\"input\":2.5,\"output\":15}]}}}},"
		"\"google\":{\"models\":{\"gemini\":{\"cost\":{\"input\":1}}}}}"), &s->e);
	check_ok(book_parse(s->b, buf_slice(&s->doc), &s->e), &s->e);
	assert_true(find(s, "anthropic", "claude-new-9", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_WRITE_5M], 2500000);
	assert_int_equal(r.base.rate[BUCKET_WRITE_1H], 4000000);
	assert_int_equal(r.step_over, 200000);
	assert_int_equal(r.step.rate[BUCKET_INPUT], 4000000);
	assert_int_equal(r.step.rate[BUCKET_CACHE_READ], RATE_UNKNOWN);
	assert_true(find(s, "anthropic", "claude-new-9", SERVICE_FAST, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_OUTPUT], 60000000);
	assert_true(find(s, "openai", "gpt-new-9", SERVICE_STANDARD, REGION_GLOBAL, &r));
	assert_int_equal(r.base.rate[BUCKET_WRITE_30M], 1562500);
	assert_int_equal(r.step_over, 272000);
	assert_true(is_noted(s, "twice the input"));
	assert_true(is_noted(s, "'oddity' is not understood"));
}

static void test_harmful_files_are_refused_whole(void **state)
{
	static const struct {
		enum import_format format;
		enum err_code code;
		const char *text;
	} bad[] = {
#define ONE(rate) "{\"claude-new-9\":{\"litellm_provider\":\"anthropic\",\"input_cost_per_token\":" rate "}}"
		{IMPORT_LITELLM, ERR_USAGE, ONE("-1e-06")},
		{IMPORT_LITELLM, ERR_USAGE, ONE("1")},		/* a million dollars a million */
		{IMPORT_LITELLM, ERR_USAGE, ONE("1e999999999")},
		{IMPORT_LITELLM, ERR_USAGE, ONE("\"1e-06\"")},
		{IMPORT_LITELLM, ERR_USAGE, ONE("{}")},
		{IMPORT_LITELLM, ERR_PROTO, ONE("NaN")},
		{IMPORT_LITELLM, ERR_USAGE, "{}"},
		{IMPORT_LITELLM, ERR_USAGE, "[]"},
		{IMPORT_LITELLM, ERR_USAGE, "{\"anthropic\":{\"models\":{\"claude-new-9\":{\"cost\":{\"input\":2}}}}}"},
		{IMPORT_MODELS_DEV, ERR_USAGE, ONE("1e-06")},
		{IMPORT_MODELS_DEV, ERR_USAGE, "{\"anthropic\":{\"models\":{\"claude-new-9\":{\"cost\":{\"input\":-2}}}}}"},
		{IMPORT_LITELLM, ERR_PROTO, "{\"a\":{\"litellm_provider\":\"openai\"},\"a\":{\"litellm_provider\":\"openai\"}}"},	/* a name twice */
		{IMPORT_LITELLM, ERR_PROTO, "{\"a\":"},
	};
	struct state *s = *state;

	for (size_t i = 0; i < LENGTH(bad); i++) {
		check_code(import(s, bad[i].format, bad[i].text), bad[i].code, &s->e);
		assert_int_equal(s->doc.len, 0);
	}
	check_ok(import(s, IMPORT_LITELLM, ONE("0")), &s->e);	/* nothing costs nothing */
	assert_true(is_noted(s, "a price of 0 for input is not taken"));
}

static void test_a_file_of_fifty_megabytes_ends_at_once(void **state)
{
	struct state *s = *state;
	size_t n = (size_t)50 << 20;
	char *text = malloc(n + 1);

	assert_non_null(text);
	memset(text, ' ', n);
	text[n] = '\0';
	check_code(import(s, IMPORT_LITELLM, text), ERR_LIMIT, &s->e);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_litellm_names_are_read_by_their_grammar, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_what_differs_is_kept_and_names_of_one_model_are_brought_together, setup, teardown),
		cmocka_unit_test_setup_teardown(test_models_dev_has_no_hour_and_hides_fast, setup, teardown),
		cmocka_unit_test_setup_teardown(test_harmful_files_are_refused_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_file_of_fifty_megabytes_ends_at_once, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
