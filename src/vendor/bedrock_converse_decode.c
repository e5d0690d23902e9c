/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary event stream to messages, messages by :event-type to reply events. A text
 * block is not announced, it is there with its first delta. The usage comes after
 * the stop, so the stop is said when the stream ends. The member p is padding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vendor/bedrock.h"
#include "wire/evs.h"

struct decoder {
	struct voice v;
	struct evs *evs;	/* NULL: the body comes whole */
	struct buf body;
	struct buf thinking, signature, redacted;
	int64_t thinking_index;	/* -1: none is open */
	bool has_signature, has_redacted;
	char reason[64];
};

static enum err_code on_message(void *user, const struct evs_message *m);

struct decoder *bedrock_converse_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	voice_init(&d->v, asked, emit, user);
	d->thinking_index = -1;
	buf_init(&d->body, VOICE_BODY_MAX);
	buf_init(&d->thinking, VOICE_EVENT_MAX);
	buf_init(&d->signature, VOICE_EVENT_MAX);
	buf_init(&d->redacted, VOICE_EVENT_MAX);
	if (asked->is_stream)
		d->evs = evs_new(VOICE_EVENT_MAX, on_message, d);
	return d;
}

void bedrock_converse_decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	evs_free(d->evs);
	buf_release(&d->body);
	buf_release(&d->thinking);
	buf_release(&d->signature);
	buf_release(&d->redacted);
	voice_release(&d->v);
	free(d);
}

/* --- thinking ------------------------------------------------------------- */

static enum err_code take_thinking(struct decoder *d, int64_t index, const cJSON *delta)
{
	const char *text = json_text(delta, "text"), *signature = json_text(delta, "signature"), *redacted = json_text(delta, "redactedContent");

	d->thinking_index = index;
	if (text != NULL)
		buf_adds(&d->thinking, text);
	if (signature != NULL) {
		d->has_signature = true;
		buf_adds(&d->signature, signature);
	}
	if (redacted != NULL) {
		d->has_redacted = true;
		buf_adds(&d->redacted, redacted);
	}
	if (d->thinking.over || d->signature.over || d->redacted.over)
		return err_set(&d->v.why, ERR_LIMIT, "thinking over %zu bytes", VOICE_EVENT_MAX);
	return voice_text(&d->v, REPLY_THINKING, text);
}

/* The block as Converse wants it back. */
static enum err_code end_thinking(struct decoder *d)
{
	struct json_out j;
	struct buf out;
	enum err_code code;

	buf_init(&out, 4 * VOICE_EVENT_MAX);
	json_start(&j, &out);
	json_open(&j, NULL, '{');
	json_open(&j, "reasoningContent", '{');
	if (d->has_redacted) {
		json_put_slice(&j, "redactedContent", buf_slice(&d->redacted));
	} else {
		json_open(&j, "reasoningText", '{');
		json_put_slice(&j, "text", slice_of(buf_text(&d->thinking)));
		if (d->has_signature)
			json_put_slice(&j, "signature", buf_slice(&d->signature));
		json_close(&j, '}');
	}
	json_close(&j, '}');
	json_close(&j, '}');
	code = voice_opaque(&d->v, "bedrock", buf_slice(&out));
	buf_release(&out);
	buf_clear(&d->thinking);
	buf_clear(&d->signature);
	buf_clear(&d->redacted);
	d->has_signature = d->has_redacted = false;
	d->thinking_index = -1;
	return code;
}

/* --- events --------------------------------------------------------------- */

static enum err_code start_block(struct decoder *d, const cJSON *t)
{
	const cJSON *use = json_object(json_object(t, "start"), "toolUse");
	const char *id = json_text(use, "toolUseId"), *name = json_text(use, "name");
	struct voice_call *c;
	int64_t index = 0;

	if (use == NULL)
		return ERR_OK;
	if (id == NULL || name == NULL)
		return voice_broken(&d->v, "a call of a tool without id or name");
	(void)json_int(t, "contentBlockIndex", &index);
	c = voice_call_at(&d->v, index);
	if (c == NULL)
		return d->v.why.code;
	vendor_token(slice_of(id), c->id, sizeof c->id);
	vendor_token(slice_of(name), c->name, sizeof c->name);
	return voice_call_told(&d->v, c);
}

static struct voice_call *open_call(struct decoder *d, int64_t index)
{
	size_t i;

	for (i = 0; i < d->v.call_count; i++)
		if (d->v.call[i].index == index)
			return &d->v.call[i];
	return NULL;
}

static enum err_code take_delta(struct decoder *d, const cJSON *t)
{
	const cJSON *delta = json_object(t, "delta"), *use = json_object(delta, "toolUse"), *thought = json_object(delta, "reasoningContent");
	int64_t index = 0;

	(void)json_int(t, "contentBlockIndex", &index);
	if (use != NULL) {
		struct voice_call *c = open_call(d, index);

		return c == NULL ? voice_broken(&d->v, "input of a tool that was not called") : voice_call_input(&d->v, c, json_text(use, "input"));
	}
	if (thought != NULL)
		return take_thinking(d, index, thought);
	return voice_text(&d->v, REPLY_TEXT, json_text(delta, "text"));
}

static enum err_code stop_block(struct decoder *d, const cJSON *t)
{
	struct voice_call *c;
	int64_t index = 0;

	(void)json_int(t, "contentBlockIndex", &index);
	c = open_call(d, index);
	if (c != NULL)
		return voice_call_done(&d->v, c);
	return d->thinking_index == index ? end_thinking(d) : voice_part_end(&d->v);
}

/* Input, reads and writes stand beside each other here. */
static enum err_code take_usage(struct decoder *d, const cJSON *t)
{
	const cJSON *usage = json_object(t, "usage"), *detail;
	const char *tier = json_text(json_object(t, "serviceTier"), "type");
	struct usage_line line = {.tier = SERVICE_STANDARD};
	int64_t written = 0, hour = 0;
	bool has_input, has_output;

	if (usage == NULL)
		return ERR_OK;
	has_input = voice_count(usage, "inputTokens", &line.u.n[BUCKET_INPUT]);
	has_output = voice_count(usage, "outputTokens", &line.u.n[BUCKET_OUTPUT]);
	if (!has_input && !has_output)
		return ERR_OK;
	usage_line_set_model(&line, d->v.model, strlen(d->v.model));
	(void)voice_count(usage, "cacheReadInputTokens", &line.u.n[BUCKET_CACHE_READ]);
	(void)voice_count(usage, "cacheWriteInputTokens", &written);
	cJSON_ArrayForEach(detail, json_array(usage, "cacheDetails")) {
		const char *ttl = json_text(detail, "ttl");
		int64_t n = 0;

		if (ttl != NULL && strcmp(ttl, "1h") == 0 && voice_count(detail, "inputTokens", &n))
			hour += n < written - hour ? n : written - hour;
	}
	line.u.n[BUCKET_WRITE_1H] = hour;
	line.u.n[BUCKET_WRITE_5M] = written - hour;
	line.is_estimated = !has_input || !has_output;
	if (!has_input)
		line.u.n[BUCKET_INPUT] = d->v.asked_tokens > 0 ? d->v.asked_tokens : 1;
	if (!has_output)
		line.u.n[BUCKET_OUTPUT] = d->v.said_bytes / 4 + 1;
	if (tier != NULL && strcmp(tier, "default") != 0 && !service_tier_from_name(tier, &line.tier))
		line.is_estimated = true;	/* "reserved", or one nobody knows yet */
	return voice_usage(&d->v, &line);
}

static void note_stop(struct decoder *d, const cJSON *t)
{
	if (json_text(t, "stopReason") != NULL)
		vendor_token(slice_of(json_text(t, "stopReason")), d->reason, sizeof d->reason);
}

static enum err_code take_event(struct decoder *d, struct slice type, const cJSON *t)
{
	if (slice_is(type, "messageStart"))
		return voice_started(&d->v, NULL, NULL);
	if (slice_is(type, "contentBlockStart"))
		return start_block(d, t);
	if (slice_is(type, "contentBlockDelta"))
		return take_delta(d, t);
	if (slice_is(type, "contentBlockStop"))
		return stop_block(d, t);
	if (slice_is(type, "metadata"))
		return take_usage(d, t);
	if (slice_is(type, "messageStop"))
		note_stop(d, t);
	return ERR_OK;
}

static enum err_code say_trouble(struct decoder *d, struct slice name, const char *message)
{
	char word[64];
	enum trouble trouble;
	bool is_retryable;

	vendor_token(name, word, sizeof word);
	trouble = bedrock_trouble(word, message, &is_retryable);
	return voice_error(&d->v, trouble != TROUBLE_NONE ? trouble : TROUBLE_SERVER, word, message);
}

static enum err_code on_message(void *user, const struct evs_message *m)
{
	struct decoder *d = user;
	struct slice kind = evs_text(m, ":message-type");
	cJSON *t;
	enum err_code code;

	if (d->v.has_error)
		return ERR_OK;
	if (slice_is(kind, "error")) {
		struct slice said = evs_text(m, ":error-message");
		char message[512];

		snprintf(message, sizeof message, "%.*s", (int)(said.len < sizeof message ? said.len : sizeof message - 1), said.len > 0 ? said.p : "");
		return say_trouble(d, evs_text(m, ":error-code"), message);
	}
	code = json_parse(m->payload.len > 0 ? m->payload : slice_of("{}"), &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	if (slice_is(kind, "exception"))
		code = say_trouble(d, evs_text(m, ":exception-type"), json_text(t, "message") != NULL ? json_text(t, "message") : json_text(t, "Message"));
	else
		code = take_event(d, evs_text(m, ":event-type"), t);
	cJSON_Delete(t);
	return code;
}

/* --- a whole body --------------------------------------------------------- */

static enum err_code whole_block(struct decoder *d, int64_t index, const cJSON *block, struct slice raw)
{
	static const char *const path[] = {"toolUse", "input", NULL};
	const cJSON *use = json_object(block, "toolUse");
	const char *id = json_text(use, "toolUseId"), *name = json_text(use, "name");
	struct slice input = slice_of("{}");
	struct voice_call *c;
	enum err_code code;

	if (json_object(block, "reasoningContent") != NULL)
		return voice_opaque(&d->v, "bedrock", raw);
	if (use == NULL) {
		code = voice_text(&d->v, REPLY_TEXT, json_text(block, "text"));
		return code == ERR_OK ? voice_part_end(&d->v) : code;
	}
	if (id == NULL || name == NULL)
		return voice_broken(&d->v, "a call of a tool without id or name");
	c = voice_call_at(&d->v, index);
	if (c == NULL)
		return d->v.why.code;
	vendor_token(slice_of(id), c->id, sizeof c->id);
	vendor_token(slice_of(name), c->name, sizeof c->name);
	(void)json_find(raw, path, &input);
	buf_add_slice(&c->input, input);
	return voice_call_done(&d->v, c);
}

static enum err_code end_body(struct decoder *d)
{
	const cJSON *content, *block;
	cJSON *t;
	enum err_code code;
	int i = 0;

	if (d->body.len == 0)
		return ERR_OK;	/* voice_end() says that it was cut */
	code = json_parse(buf_slice(&d->body), &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	content = json_array(json_object(json_object(t, "output"), "message"), "content");
	code = content == NULL ? voice_broken(&d->v, "no message") : voice_started(&d->v, NULL, NULL);
	cJSON_ArrayForEach(block, content) {
		char digits[12];
		const char *const path[] = {"output", "message", "content", digits, NULL};
		struct slice raw = {NULL, 0};

		if (code != ERR_OK)
			break;
		snprintf(digits, sizeof digits, "%d", i);
		(void)json_find(buf_slice(&d->body), path, &raw);
		code = whole_block(d, i++, block, raw);
	}
	if (code == ERR_OK)
		code = take_usage(d, t);
	note_stop(d, t);
	cJSON_Delete(t);
	return code;
}

/* --- feeding -------------------------------------------------------------- */

static enum err_code say_stop(struct decoder *d)
{
	static const struct {
		const char *word;
		enum stop_reason stop;
	} reasons[] = {{"end_turn", STOP_END}, {"tool_use", STOP_TOOL_USE}, {"max_tokens", STOP_MAX_TOKENS}, {"stop_sequence", STOP_SEQUENCE},
		{"guardrail_intervened", STOP_REFUSAL}, {"content_filtered", STOP_REFUSAL}, {"refusal", STOP_REFUSAL}, {"pause_turn", STOP_PAUSE},
		{"model_context_window_exceeded", STOP_CONTEXT_FULL}};
	size_t i;

	for (i = 0; i < LENGTH(reasons); i++)
		if (strcmp(reasons[i].word, d->reason) == 0)
			return voice_stop(&d->v, reasons[i].stop, d->reason);
	return voice_stop(&d->v, STOP_OTHER, d->reason);
}

enum err_code bedrock_converse_feed(struct decoder *d, const void *bytes, size_t len, struct err *e)
{
	struct err why = {.code = ERR_OK};
	enum err_code code = ERR_OK;

	if (d->v.failed != ERR_OK)
		return voice_fail(&d->v, d->v.failed, e);
	err_clear(&d->v.why);
	if (d->evs != NULL) {
		code = evs_feed(d->evs, bytes, len, &why);
		if (code != ERR_OK && d->v.why.code == ERR_OK)
			d->v.why = why;
	} else {
		buf_add(&d->body, bytes, len);
		if (d->body.over)
			code = err_set(&d->v.why, ERR_LIMIT, "a reply over %zu bytes", VOICE_BODY_MAX);
	}
	return voice_fail(&d->v, code, e);
}

enum err_code bedrock_converse_end(struct decoder *d, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->v.failed == ERR_OK && d->evs == NULL)
		code = end_body(d);
	if (code == ERR_OK && d->v.failed == ERR_OK && !d->v.has_error && d->reason[0] != '\0')
		code = say_stop(d);
	return code != ERR_OK ? voice_fail(&d->v, code, e) : voice_end(&d->v, e);
}
