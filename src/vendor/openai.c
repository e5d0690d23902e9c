/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of both APIs, their errors, usage and list of models. */
#include "vendor/openai.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "vendor/pace.h"

/* --- errors --------------------------------------------------------------- */

/* By code or type: 429 alone does not tell an empty account from too many calls. */
static const struct {
	const char *word;
	enum trouble trouble;
	bool is_retryable;
} words[] = {
	{"insufficient_quota", TROUBLE_NO_CREDIT, false},
	{"billing_hard_limit_reached", TROUBLE_OWN_LIMIT, false},
	{"billing_not_active", TROUBLE_NO_CREDIT, false},
	{"rate_limit_exceeded", TROUBLE_SLOW_DOWN, true},
	{"resource_unavailable", TROUBLE_OVERLOADED, true},
	{"server_is_overloaded", TROUBLE_OVERLOADED, true},
	{"slow_down", TROUBLE_SLOW_DOWN, true},
	{"server_error", TROUBLE_SERVER, true},
	{"context_length_exceeded", TROUBLE_TOO_LONG, false},
	{"string_above_max_length", TROUBLE_TOO_LONG, false},
	{"invalid_api_key", TROUBLE_BAD_KEY, false},
	{"authentication_error", TROUBLE_BAD_KEY, false},
	{"account_deactivated", TROUBLE_BAD_KEY, false},
	{"permission_error", TROUBLE_NO_PERMISSION, false},
	{"unsupported_country_region_territory", TROUBLE_NO_PERMISSION, false},
	{"model_not_found", TROUBLE_MODEL_GONE, false},
	{"invalid_prompt", TROUBLE_REFUSED, false},
	{"bio_policy", TROUBLE_REFUSED, false},
	{"content_filter", TROUBLE_REFUSED, false},
	{"content_policy_violation", TROUBLE_REFUSED, false},
	{"data_residency_mismatch", TROUBLE_NO_PERMISSION, false},
};

static const struct {
	int status;
	enum trouble trouble;
	bool is_retryable;
} statuses[] = {
	{400, TROUBLE_INVALID, false},
	{401, TROUBLE_BAD_KEY, false},
	{402, TROUBLE_NO_CREDIT, false},
	{403, TROUBLE_NO_PERMISSION, false},
	{404, TROUBLE_MODEL_GONE, false},
	{408, TROUBLE_SERVER, true},
	{409, TROUBLE_SERVER, true},
	{413, TROUBLE_TOO_LONG, false},
	{422, TROUBLE_INVALID, false},
	{429, TROUBLE_SLOW_DOWN, true},
	{503, TROUBLE_OVERLOADED, true},
};

static bool by_word(const char *word, enum trouble *trouble, bool *is_retryable)
{
	size_t i;

	for (i = 0; word != NULL && i < LENGTH(words); i++) {
		if (strcmp(words[i].word, word) == 0) {
			*trouble = words[i].trouble;
			*is_retryable = words[i].is_retryable;
			return true;
		}
	}
	return false;
}

static void by_status(int status, enum trouble *trouble, bool *is_retryable)
{
	size_t i;

	for (i = 0; i < LENGTH(statuses); i++) {
		if (statuses[i].status == status) {
			*trouble = statuses[i].trouble;
			*is_retryable = statuses[i].is_retryable;
			return;
		}
	}
	*trouble = status >= 500 ? TROUBLE_SERVER : status >= 400 ? TROUBLE_INVALID : TROUBLE_BROKEN;
	*is_retryable = status >= 500;
}

/* What compatible servers say in words only. */
static void by_message(const char *message, enum trouble *trouble)
{
	if (message == NULL || *trouble != TROUBLE_INVALID)
		return;
	if (strcasestr(message, "context length") != NULL || strcasestr(message, "context window") != NULL || strcasestr(message, "context size") != NULL)
		*trouble = TROUBLE_TOO_LONG;
	else if (strcasestr(message, "hard limit") != NULL || strcasestr(message, "spend limit") != NULL)
		*trouble = TROUBLE_OWN_LIMIT;
}

struct said {
	const char *code, *type, *message;	/* borrowed from the tree */
};

static struct said read_error(const cJSON *error)
{
	if (cJSON_IsString(error))
		return (struct said){NULL, NULL, error->valuestring};
	return (struct said){json_text(error, "code"), json_text(error, "type"), json_text(error, "message")};
}

static void put_words(struct vendor_error *out, const char *word, const char *message)
{
	if (word != NULL)
		vendor_token(slice_of(word), out->type, sizeof out->type);
	vendor_words(message, out->message, sizeof out->message);
	snprintf(out->sentence, sizeof out->sentence, "%s", trouble_sentence(out->meaning));
	snprintf(out->mend, sizeof out->mend, "%s", trouble_mend(out->meaning));
}

void openai_classify(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out)
{
	struct wire_retry retry = wire_retry_read(headers, header_count, now_us);
	struct said s;
	cJSON *t = NULL;

	memset(out, 0, sizeof *out);
	if (json_parse(body, &t, NULL) != ERR_OK)
		t = NULL;
	s = read_error(json_member(t, "error"));
	if (s.message == NULL)
		s = read_error(t);	/* some servers leave the frame out */
	by_status(status, &out->meaning, &out->is_retryable);
	if (!by_word(s.code, &out->meaning, &out->is_retryable))
		(void)by_word(s.type, &out->meaning, &out->is_retryable);
	by_message(s.message, &out->meaning);
	out->has_wait = retry.has_wait;
	out->wait_us = retry.wait_us;
	if (retry.should >= 0 && out->meaning != TROUBLE_BAD_KEY && out->meaning != TROUBLE_NO_CREDIT && out->meaning != TROUBLE_OWN_LIMIT)
		out->is_retryable = retry.should == 1;
	put_words(out, s.code != NULL ? s.code : s.type, s.message);
	vendor_token(wire_answer_get(headers, header_count, "x-request-id"), out->request_id, sizeof out->request_id);
	cJSON_Delete(t);
}

static enum trouble event_trouble(const struct said *s)
{
	enum trouble trouble = TROUBLE_SERVER;
	bool is_retryable;

	if (!by_word(s->code, &trouble, &is_retryable) && !by_word(s->type, &trouble, &is_retryable)) {
		enum trouble guess = TROUBLE_INVALID;

		by_message(s->message, &guess);
		if (guess != TROUBLE_INVALID)
			trouble = guess;
	}
	return trouble;
}

enum err_code openai_say_error(struct voice *v, const cJSON *error)
{
	struct said s = read_error(error);

	return voice_error(v, event_trouble(&s), s.code != NULL ? s.code : s.type, s.message);
}

void openai_classify_event(const struct reply_event *ev, struct vendor_error *out)
{
	char word[64], message[512];

	memset(out, 0, sizeof *out);
	vendor_token(ev->name, word, sizeof word);
	snprintf(message, sizeof message, "%.*s", (int)(ev->text.len < sizeof message ? ev->text.len : sizeof message - 1), ev->text.len > 0 ? ev->text.p : "");
	out->meaning = ev->trouble;
	out->is_retryable = ev->trouble == TROUBLE_SLOW_DOWN || ev->trouble == TROUBLE_OVERLOADED || ev->trouble == TROUBLE_SERVER;
	put_words(out, word, message);
}

/* --- usage ---------------------------------------------------------------- */

static bool read_tier(const char *word, enum service_tier *out)
{
	*out = SERVICE_STANDARD;
	if (word == NULL || strcmp(word, "default") == 0 || strcmp(word, "auto") == 0)
		return true;
	if (strcmp(word, "flex") == 0)
		*out = SERVICE_FLEX;
	else if (strcmp(word, "priority") == 0 || strcmp(word, "fast") == 0)
		*out = SERVICE_PRIORITY;	/* two names of one thing */
	else
		return false;
	return true;
}

bool openai_usage(const cJSON *usage, const struct openai_usage_names *names, const char *model, const char *service_tier, struct usage_line *out)
{
	const cJSON *details = json_object(usage, names->input_details);
	int64_t input = -1, output = -1, total = -1, cached = 0, written = 0;

	memset(out, 0, sizeof *out);
	if (!cJSON_IsObject(usage))
		return false;
	(void)voice_count(usage, names->input, &input);
	(void)voice_count(usage, names->output, &output);
	(void)voice_count(usage, "total_tokens", &total);
	if (input < 0 && output < 0)
		return false;
	(void)voice_count(details, "cached_tokens", &cached);
	(void)voice_count(details, "cache_write_tokens", &written);
	usage_line_set_model(out, model, strlen(model));
	if (!read_tier(service_tier, &out->tier))
		out->is_estimated = true;
	if (input < 0 || output < 0) {	/* half of it: the total tells the rest, or nothing does */
		int64_t known = input >= 0 ? input : output, rest = total > known ? total - known : 1;

		input = input >= 0 ? input : rest;
		output = output >= 0 ? output : rest;
		out->is_estimated = true;
	}
	if (cached + written > input)	/* then they cannot be inside it: count all, so that nothing is lost */
		out->is_estimated = true;
	out->u.n[BUCKET_INPUT] = cached + written > input ? input : input - cached - written;
	out->u.n[BUCKET_CACHE_READ] = cached;
	out->u.n[BUCKET_WRITE_30M] = written;
	out->u.n[BUCKET_OUTPUT] = output;
	return true;
}

/* --- parts of requests ---------------------------------------------------- */

enum err_code openai_check(const struct prompt *p, struct err *e)
{
	size_t i;

	if (p->over)
		return err_set(e, ERR_LIMIT, "the prompt is larger than one may be");
	if (p->max_tokens < 1)
		return err_set(e, ERR_USAGE, "the prompt allows no output");
	for (i = 0; i < p->tool_count; i++) {
		struct slice schema = slice_of(p->tool[i].schema);

		if (json_gate(schema, NULL) != ERR_OK || schema.p[strspn(schema.p, " \t\r\n")] != '{')
			return err_set(e, ERR_USAGE, "tool %zu has a schema that is no JSON object", i + 1);
	}
	return ERR_OK;
}

const char *openai_effort(const struct prompt *p, const struct model_rules *rules)
{
	if (!rules->has_effort)
		return NULL;
	if (p->thinking == THINKING_OFF && rules->thinking == THINK_DEFAULT_ON)
		return "none";
	return p->effort == EFFORT_DEFAULT ? NULL : prompt_effort_names[p->effort];
}

void openai_put_common(struct json_out *j, const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules)
{
	static const char *const tiers[SERVICE_TIERS] = {
		[SERVICE_STANDARD] = "default", [SERVICE_FLEX] = "flex", [SERVICE_PRIORITY] = "priority", [SERVICE_FAST] = "fast"};

	if (!at->is_home)
		return;		/* other servers refuse what they do not know */
	json_put_bool(j, "store", false);
	if (tiers[p->service] != NULL)
		json_put_text(j, "service_tier", tiers[p->service]);
	if (p->cache_key != NULL)
		json_put_text(j, "prompt_cache_key", p->cache_key);
	if (rules->pays_cache_writes && prompt_cache_marks(p) == 0) {
		/* a write costs more than it can save here: explicit without a mark writes nothing */
		json_open(j, "prompt_cache_options", '{');
		json_put_text(j, "mode", "explicit");
		json_close(j, '}');
	}
	if (p->user_id != NULL && strlen(p->user_id) <= 64)
		json_put_text(j, "safety_identifier", p->user_id);
}

struct slice openai_arguments(const struct prompt_part *part)
{
	struct slice raw = slice_make(part->bytes, part->len);

	return json_gate(raw, NULL) == ERR_OK ? raw : slice_of("{}");
}

void openai_put_result(struct json_out *j, const char *name, const struct prompt_part *part)
{
	struct buf text;

	buf_init(&text, PROMPT_BYTES + 16);
	if (part->is_error)
		buf_adds(&text, "error: ");
	buf_add(&text, part->bytes, part->len);
	json_put_slice(j, name, slice_make(buf_text(&text), text.len));
	buf_release(&text);
}

/* --- models --------------------------------------------------------------- */

/* Azure's older addresses name a deployment and want a version; its newer ones are OpenAI's own. */
#define AZURE_DEPLOYMENTS "/deployments/"

const char *openai_path(const struct vendor_place *at, const char *usual, const char *deployed)
{
	return at->is_azure && strstr(at->url.prefix, AZURE_DEPLOYMENTS) != NULL ? deployed : usual;
}

static void list_models(const struct vendor_place *at, const char *after, struct wire_request *out)
{
	struct wire_url url = at->url;
	char *deployment = at->is_azure ? strstr(url.prefix, AZURE_DEPLOYMENTS) : NULL;

	(void)after;		/* there is one page */
	if (deployment != NULL)
		*deployment = '\0';
	wire_request_init(out, "GET", &url, deployment != NULL ? "/models?" OPENAI_AZURE_VERSION : "/v1/models");
	wire_request_header(out, "accept", "application/json");
}

static enum err_code parse_models(struct slice body, list_emit *emit, void *user, char *next, struct err *e)
{
	const cJSON *m, *data;
	cJSON *t;
	enum err_code code = json_parse(body, &t, e);

	next[0] = '\0';
	if (code != ERR_OK)
		return code;
	data = json_array(t, "data");
	if (data == NULL) {
		cJSON_Delete(t);
		return err_set(e, ERR_PROTO, "the list of models is no list");
	}
	cJSON_ArrayForEach(m, data) {
		struct listed_model one = {.id = ""};

		if (json_text(m, "id") == NULL)
			continue;
		vendor_token(slice_of(json_text(m, "id")), one.id, sizeof one.id);
		memcpy(one.name, one.id, sizeof one.name);
		if (!voice_count(m, "context_length", &one.context_tokens))	/* OpenRouter, vLLM */
			(void)voice_count(m, "max_model_len", &one.context_tokens);
		emit(user, &one);
	}
	cJSON_Delete(t);
	return ERR_OK;
}

/* --- the tables ----------------------------------------------------------- */

#define SHARED \
	.name = "openai", .title = "OpenAI", .base_url = "https://api.openai.com", .region = "", .key_header = KEY_BEARER, \
	.classify = openai_classify, .classify_event = openai_classify_event, .request_id_header = "x-request-id", .limits = limits_openai, \
	.list_models = list_models, .parse_models = parse_models, .has_regional_hosts = true, .has_azure = true

const struct vendor openai_responses = {
	SHARED,
	.api = "responses",
	.encode = openai_responses_encode,
	.decoder_new = openai_responses_decoder_new,
	.feed = openai_responses_feed,
	.end = openai_responses_end,
	.decoder_free = openai_responses_decoder_free,
};

const struct vendor openai_chat = {
	SHARED,
	.api = "chat",
	.encode = openai_chat_encode,
	.decoder_new = openai_chat_decoder_new,
	.feed = openai_chat_feed,
	.end = openai_chat_end,
	.decoder_free = openai_chat_decoder_free,
};
