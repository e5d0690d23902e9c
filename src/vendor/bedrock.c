/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of both APIs, AWS's errors and the lists of models. A model is asked
 * for by the id of an inference profile ("global.anthropic...."); usage is booked
 * on that id, since its geography is part of the price. */
#include "vendor/bedrock.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "vendor/anthropic.h"
#include "vendor/pace.h"

/* --- errors --------------------------------------------------------------- */

static const struct {
	const char *name;	/* compared without case and without "Exception" */
	enum trouble trouble;
	bool is_retryable;
} meanings[] = {
	{"Validation", TROUBLE_INVALID, false},
	{"ServiceQuotaExceeded", TROUBLE_OWN_LIMIT, false},
	{"AccessDenied", TROUBLE_NO_PERMISSION, false},
	{"UnrecognizedClient", TROUBLE_BAD_KEY, false},
	{"InvalidSignature", TROUBLE_BAD_KEY, false},
	{"SignatureDoesNotMatch", TROUBLE_BAD_KEY, false},
	{"IncompleteSignature", TROUBLE_BAD_KEY, false},
	{"MissingAuthenticationToken", TROUBLE_BAD_KEY, false},
	{"InvalidClientTokenId", TROUBLE_BAD_KEY, false},
	{"ExpiredToken", TROUBLE_BAD_KEY, false},
	{"RequestExpired", TROUBLE_CLOCK, false},
	{"RequestTimeTooSkewed", TROUBLE_CLOCK, false},
	{"ResourceNotFound", TROUBLE_MODEL_GONE, false},
	{"ModelTimeout", TROUBLE_SERVER, true},
	{"ModelError", TROUBLE_SERVER, true},
	{"ModelStreamError", TROUBLE_SERVER, true},
	{"Throttling", TROUBLE_SLOW_DOWN, true},
	{"TooManyRequests", TROUBLE_SLOW_DOWN, true},
	{"ModelNotReady", TROUBLE_OVERLOADED, true},
	{"InternalServer", TROUBLE_SERVER, true},
	{"InternalFailure", TROUBLE_SERVER, true},
	{"ServiceUnavailable", TROUBLE_OVERLOADED, true},
};

static const struct {
	const char *words;
	enum trouble was, trouble;
} hints[] = {
	{"Signature expired", TROUBLE_BAD_KEY, TROUBLE_CLOCK},
	{"Signature not yet current", TROUBLE_BAD_KEY, TROUBLE_CLOCK},
	{"API Key is valid", TROUBLE_NO_PERMISSION, TROUBLE_BAD_KEY},
	{"INVALID_PAYMENT_INSTRUMENT", TROUBLE_NO_PERMISSION, TROUBLE_NO_CREDIT},
	{"too long", TROUBLE_INVALID, TROUBLE_TOO_LONG},
	{"too many input tokens", TROUBLE_INVALID, TROUBLE_TOO_LONG},
	{"context window", TROUBLE_INVALID, TROUBLE_TOO_LONG},
	{"on-demand throughput", TROUBLE_INVALID, TROUBLE_MODEL_GONE},
	{"model identifier is invalid", TROUBLE_INVALID, TROUBLE_MODEL_GONE},
	{"end of its life", TROUBLE_MODEL_GONE, TROUBLE_MODEL_GONE},
};

enum trouble bedrock_trouble(const char *name, const char *message, bool *is_retryable)
{
	size_t i, len = strlen(name);
	enum trouble trouble = TROUBLE_NONE;

	if (len > 9 && strcasecmp(name + len - 9, "Exception") == 0)
		len -= 9;
	for (i = 0; i < LENGTH(meanings) && trouble == TROUBLE_NONE; i++) {
		if (strlen(meanings[i].name) == len && strncasecmp(meanings[i].name, name, len) == 0) {
			trouble = meanings[i].trouble;
			*is_retryable = meanings[i].is_retryable;
		}
	}
	for (i = 0; message != NULL && i < LENGTH(hints); i++)
		if (hints[i].was == trouble && strcasestr(message, hints[i].words) != NULL)
			return hints[i].trouble;
	return trouble;
}

static void by_status(int status, struct vendor_error *out)
{
	static const struct {
		int status;
		enum trouble trouble;
	} statuses[] = {{401, TROUBLE_BAD_KEY}, {403, TROUBLE_NO_PERMISSION}, {404, TROUBLE_MODEL_GONE}, {408, TROUBLE_SERVER},
		{413, TROUBLE_TOO_LONG}, {424, TROUBLE_SERVER}, {429, TROUBLE_SLOW_DOWN}, {503, TROUBLE_OVERLOADED}};
	size_t i;

	out->meaning = status >= 500 ? TROUBLE_SERVER : status >= 400 ? TROUBLE_INVALID : TROUBLE_BROKEN;
	for (i = 0; i < LENGTH(statuses); i++)
		if (statuses[i].status == status)
			out->meaning = statuses[i].trouble;
	out->is_retryable = status >= 500 || status == 408 || status == 424 || status == 429;
}

static void put_words(struct vendor_error *out, const char *name, const char *message)
{
	vendor_token(slice_of(name), out->type, sizeof out->type);
	vendor_words(message, out->message, sizeof out->message);
	snprintf(out->sentence, sizeof out->sentence, "%s", trouble_sentence(out->meaning));
	snprintf(out->mend, sizeof out->mend, "%s", trouble_mend(out->meaning));
	if (strncasecmp(name, "ExpiredToken", 12) == 0) {
		snprintf(out->sentence, sizeof out->sentence, "the session of this AWS key has ended");
		snprintf(out->mend, sizeof out->mend, "put in a new access key pair with its session token");
	}
}

/* The name is in a header, perhaps with an address behind a colon, or in the body
 * as __type, perhaps with a namespace before a hash. */
static void error_name(struct slice header, const char *type, char *out, size_t room)
{
	const char *hash = type != NULL ? strrchr(type, '#') : NULL;
	size_t n;

	if (header.len > 0)
		vendor_token(header, out, room);
	else
		vendor_token(slice_of(hash != NULL ? hash + 1 : type), out, room);
	n = strcspn(out, ":");
	out[n] = '\0';
}

static void classify(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out)
{
	struct wire_retry retry = wire_retry_read(headers, header_count, now_us);
	struct slice date = wire_answer_get(headers, header_count, "date");
	char when[64];
	const char *message;
	char name[64];
	enum trouble named;
	cJSON *t = NULL;

	memset(out, 0, sizeof *out);
	if (json_parse(body, &t, NULL) != ERR_OK)
		t = NULL;
	error_name(wire_answer_get(headers, header_count, "x-amzn-errortype"), json_text(t, "__type"), name, sizeof name);
	message = json_text(t, "message") != NULL ? json_text(t, "message") : json_text(t, "Message");
	by_status(status, out);
	named = bedrock_trouble(name, message, &out->is_retryable);
	if (named != TROUBLE_NONE)
		out->meaning = named;
	snprintf(when, sizeof when, "%.*s", (int)(date.len < sizeof when ? date.len : 0), date.len > 0 ? date.p : "");
	out->has_date = date_parse_http(when, &out->date_us);
	out->has_wait = retry.has_wait;
	out->wait_us = retry.wait_us;
	put_words(out, name, message);
	vendor_token(wire_answer_get(headers, header_count, "x-amzn-requestid"), out->request_id, sizeof out->request_id);
	cJSON_Delete(t);
}

/* On the Messages path errors are Anthropic's, but for those of AWS's front door. */
static void classify_messages(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out)
{
	struct vendor_error aws;
	cJSON *t = NULL;
	bool is_anthropic;

	classify(status, headers, header_count, body, now_us, &aws);
	*out = aws;
	if (json_parse(body, &t, NULL) != ERR_OK)
		t = NULL;
	is_anthropic = json_object(t, "error") != NULL;
	cJSON_Delete(t);
	if (!is_anthropic)
		return;
	anthropic_classify(status, headers, header_count, body, now_us, out);
	if (aws.request_id[0] != '\0')
		memcpy(out->request_id, aws.request_id, sizeof out->request_id);
	out->has_date = aws.has_date;
	out->date_us = aws.date_us;
}

static void classify_event(const struct reply_event *ev, struct vendor_error *out)
{
	char name[64], message[512];

	memset(out, 0, sizeof *out);
	vendor_token(ev->name, name, sizeof name);
	snprintf(message, sizeof message, "%.*s", (int)(ev->text.len < sizeof message ? ev->text.len : sizeof message - 1), ev->text.len > 0 ? ev->text.p : "");
	out->meaning = ev->trouble;
	out->is_retryable = ev->trouble == TROUBLE_SLOW_DOWN || ev->trouble == TROUBLE_OVERLOADED || ev->trouble == TROUBLE_SERVER;
	put_words(out, name, message);
}

/* --- models --------------------------------------------------------------- */

#define AFTER_PROFILES "models"		/* the second page: the models themselves */

static void list_models(const struct vendor_place *at, const char *after, struct wire_request *out)
{
	static const char runtime[] = "bedrock-runtime.";
	struct wire_url url = at->url;

	if (at->is_home && strncmp(url.host, runtime, strlen(runtime)) == 0)
		snprintf(url.host, sizeof url.host, "bedrock.%s", at->url.host + strlen(runtime));
	wire_request_init(out, "GET", &url, after != NULL && strcmp(after, AFTER_PROFILES) == 0 ? "/foundation-models" :
	    "/inference-profiles?type=SYSTEM_DEFINED&maxResults=1000");
	wire_request_header(out, "accept", "application/json");
	wire_request_sign_for(out, "bedrock", at->region);
}

static void say_models(const cJSON *list, const char *id_name, const char *title_name, list_emit *emit, void *user)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, list) {
		struct listed_model one = {.id = ""};
		const char *id = json_text(m, id_name), *title = json_text(m, title_name);

		if (id == NULL)
			continue;
		vendor_token(slice_of(id), one.id, sizeof one.id);
		snprintf(one.name, sizeof one.name, "%s", title != NULL ? title : one.id);
		emit(user, &one);
	}
}

static enum err_code parse_models(struct slice body, list_emit *emit, void *user, char *next, struct err *e)
{
	const cJSON *profiles, *models;
	cJSON *t;
	enum err_code code = json_parse(body, &t, e);

	next[0] = '\0';
	if (code != ERR_OK)
		return code;
	profiles = json_array(t, "inferenceProfileSummaries");
	models = json_array(t, "modelSummaries");
	if (profiles == NULL && models == NULL)
		code = err_set(e, ERR_PROTO, "the list of models is no list");
	say_models(profiles, "inferenceProfileId", "inferenceProfileName", emit, user);
	say_models(models, "modelId", "modelName", emit, user);
	if (profiles != NULL)
		snprintf(next, RULES_MODEL, "%s", AFTER_PROFILES);
	cJSON_Delete(t);
	return code;
}

static enum err_code parse_count(struct slice body, int64_t *tokens, struct err *e)
{
	cJSON *t;
	enum err_code code = json_parse(body, &t, e);

	if (code == ERR_OK && !voice_count(t, "inputTokens", tokens))
		code = err_set(e, ERR_PROTO, "the count of tokens is no count");
	cJSON_Delete(t);
	return code;
}

/* --- Messages on Bedrock -------------------------------------------------- */

static const struct anthropic_dialect dialect = {
	.vendor = "bedrock", .path = "/anthropic/v1/messages", .sign_service = "bedrock", .is_asked_model = true};

static enum err_code messages_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e)
{
	return anthropic_encode_as(&dialect, at, p, rules, is_stream, out, e);
}

static struct decoder *messages_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	return anthropic_decoder_as(&dialect, asked, emit, user);
}

/* --- the tables ----------------------------------------------------------- */

#define SHARED \
	.name = "bedrock", .title = "AWS Bedrock", .base_url = "https://bedrock-runtime.{region}.amazonaws.com", .region = "us-east-1", \
	.key_header = KEY_BEARER, .takes_pair = true, .request_id_header = "x-amzn-requestid", .limits = limits_none, \
	.list_models = list_models, .parse_models = parse_models, .count_tokens = bedrock_count_tokens, .parse_count = parse_count

const struct vendor bedrock_converse = {
	SHARED,
	.api = "converse",
	.encode = bedrock_converse_encode,
	.decoder_new = bedrock_converse_decoder_new,
	.feed = bedrock_converse_feed,
	.end = bedrock_converse_end,
	.decoder_free = bedrock_converse_decoder_free,
	.classify = classify,
	.classify_event = classify_event,
};

const struct vendor bedrock_messages = {
	SHARED,
	.api = "messages",
	.encode = messages_encode,
	.decoder_new = messages_decoder_new,
	.feed = anthropic_feed,
	.end = anthropic_end,
	.decoder_free = anthropic_decoder_free,
	.classify = classify_messages,
	.classify_event = anthropic_classify_event,
};
