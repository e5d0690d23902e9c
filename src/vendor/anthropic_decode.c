/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three stages: bytes to SSE events (wire/sse), events to content blocks by their
 * index, blocks to reply events. A block is text, a tool call, or anything else:
 * that is opaque, gathered as raw JSON so that it can be sent back as it came.
 * Deltas of an opaque block either append to a member (thinking, signature,
 * input) or, where we do not know them, replace members by name.
 * A body that was not streamed is kept whole and read at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "vendor/anthropic.h"
#include "wire/sse.h"

#define EVENT_MAX ((size_t)4 << 20)	/* bytes of one event: a search result may be large */
#define BODY_MAX (2 * REPLY_BYTES)
#define BLOCKS_MAX REPLY_PARTS_MAX

enum block_kind { BLOCK_TEXT, BLOCK_TOOL, BLOCK_OPAQUE };

struct block {
	int64_t index;
	enum block_kind kind;
	char id[REPLY_ID], name[REPLY_ID];
	struct buf start;	/* OPAQUE: the raw content_block */
	struct buf input;	/* pieces of a tool's input */
	struct buf thinking, signature;
	bool has_thinking, has_signature;
};

struct decoder {
	const struct anthropic_dialect *as;
	int64_t asked_tokens, said_bytes;	/* for an estimate, should no usage come */
	reply_emit *emit;
	void *user;
	struct sse *sse;	/* NULL: the body comes whole */
	struct buf body;
	struct block *block;	/* open ones */
	size_t count, seen;
	struct anthropic_usage usage;
	char model[USAGE_MODEL];
	enum stop_reason stop;
	char stop_raw[64];
	bool has_stopped, has_error;
	enum err_code failed;
	struct err why;
};

static enum err_code on_event(void *user, const struct sse_event *ev);

struct decoder *anthropic_decoder_as(const struct anthropic_dialect *as, const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->as = as;
	d->asked_tokens = asked->input_tokens;
	snprintf(d->usage.model, sizeof d->usage.model, "%s", asked->model);
	memcpy(d->model, d->usage.model, sizeof d->model);
	d->emit = emit;
	d->user = user;
	buf_init(&d->body, BODY_MAX);
	if (asked->is_stream)
		d->sse = sse_new(EVENT_MAX, on_event, d);
	return d;
}

static void block_release(struct block *b)
{
	buf_release(&b->start);
	buf_release(&b->input);
	buf_release(&b->thinking);
	buf_release(&b->signature);
}

void anthropic_decoder_free(struct decoder *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->count; i++)
		block_release(&d->block[i]);
	free(d->block);
	buf_release(&d->body);
	sse_free(d->sse);
	free(d);
}

/* --- saying --------------------------------------------------------------- */

static enum err_code say(struct decoder *d, const struct reply_event *ev)
{
	enum err_code code = d->emit(d->user, ev);

	if (ev->kind == REPLY_TEXT || ev->kind == REPLY_THINKING || ev->kind == REPLY_TOOL_INPUT)
		d->said_bytes += (int64_t)ev->text.len;
	if (code != ERR_OK)
		return err_set(&d->why, code, "the reply was stopped by its reader");
	return ERR_OK;
}

static enum err_code broken(struct decoder *d, const char *what)
{
	return err_set(&d->why, ERR_PROTO, "the reply of the vendor is broken: %s", what);
}

static enum err_code say_usage(struct decoder *d)
{
	struct usage_list list;
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &list};

	if (!d->usage.is_seen)
		return ERR_OK;
	anthropic_usage_list(&d->usage, &list);
	return say(d, &ev);
}

static enum stop_reason stop_of(const char *word)
{
	static const struct {
		const char *word;
		enum stop_reason stop;
	} known[] = {
		{"end_turn", STOP_END}, {"tool_use", STOP_TOOL_USE}, {"max_tokens", STOP_MAX_TOKENS}, {"stop_sequence", STOP_SEQUENCE},
		{"pause_turn", STOP_PAUSE}, {"refusal", STOP_REFUSAL}, {"model_context_window_exceeded", STOP_CONTEXT_FULL},
	};
	size_t i;

	for (i = 0; i < LENGTH(known); i++)
		if (strcmp(known[i].word, word) == 0)
			return known[i].stop;
	return STOP_OTHER;
}

static void note_stop(struct decoder *d, const char *word)
{
	if (word == NULL)
		return;
	d->stop = stop_of(word);
	vendor_token(slice_of(word), d->stop_raw, sizeof d->stop_raw);
}

static enum err_code say_stop(struct decoder *d)
{
	struct reply_event ev = {.kind = REPLY_STOP, .stop = d->stop != STOP_NONE ? d->stop : STOP_OTHER, .text = slice_of(d->stop_raw)};

	d->has_stopped = true;
	return say(d, &ev);
}

static enum err_code say_error(struct decoder *d, const cJSON *error)
{
	const char *type = json_text(error, "type"), *message = json_text(error, "message");
	struct reply_event ev = {.kind = REPLY_ERROR, .name = slice_of(type), .text = slice_of(message), .trouble = anthropic_trouble(type, message)};

	d->has_error = true;
	return say(d, &ev);
}

static enum err_code say_start(struct decoder *d, const cJSON *message)
{
	const char *id = json_text(message, "id"), *model = json_text(message, "model");
	struct reply_event ev = {.kind = REPLY_STARTED, .text = slice_of(id), .name = slice_of(model)};
	enum err_code code;

	if (model != NULL && !d->as->is_asked_model) {
		vendor_token(slice_of(model), d->model, sizeof d->model);
		memcpy(d->usage.model, d->model, sizeof d->usage.model);
	}
	code = say(d, &ev);
	if (code != ERR_OK)
		return code;
	anthropic_usage_take(&d->usage, json_object(message, "usage"));
	return say_usage(d);
}

/* --- blocks --------------------------------------------------------------- */

static enum err_code say_text(struct decoder *d, enum reply_kind kind, const char *text)
{
	struct reply_event ev = {.kind = kind, .text = slice_of(text)};

	return text == NULL || *text == '\0' ? ERR_OK : say(d, &ev);
}

static enum err_code say_tool(struct decoder *d, enum reply_kind kind, const struct block *b, struct slice text)
{
	struct reply_event ev = {.kind = kind, .id = slice_of(b->id), .name = slice_of(b->name), .text = text};

	return say(d, &ev);
}

static enum err_code say_opaque(struct decoder *d, struct slice raw)
{
	struct reply_event ev = {.kind = REPLY_OPAQUE, .name = slice_of(d->as->vendor), .id = slice_of(d->model), .text = raw};

	return say(d, &ev);
}

/* A server-side fallback answers with another model than the one that was asked. */
static void note_fallback(struct decoder *d, const cJSON *block)
{
	const char *to = json_text(json_object(block, "to"), "model"), *type = json_text(block, "type");

	if (type == NULL || to == NULL || strcmp(type, "fallback") != 0)
		return;
	vendor_token(slice_of(to), d->usage.model, sizeof d->usage.model);
	d->usage.is_odd = true;
}

static struct block *block_at(struct decoder *d, int64_t index)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if (d->block[i].index == index)
			return &d->block[i];
	return NULL;
}

static enum err_code start_block(struct decoder *d, struct slice data, const cJSON *t)
{
	static const char *const path[] = {"content_block", NULL};
	const cJSON *cb = json_object(t, "content_block");
	const char *type = json_text(cb, "type"), *id = json_text(cb, "id"), *name = json_text(cb, "name");
	struct block *b;
	struct slice raw;
	int64_t index;

	if (type == NULL || !json_int(t, "index", &index) || block_at(d, index) != NULL || !json_find(data, path, &raw))
		return broken(d, "a block without type or index, or one that is open already");
	if (d->seen++ >= BLOCKS_MAX)
		return err_set(&d->why, ERR_LIMIT, "a reply of over %d blocks", BLOCKS_MAX);
	d->block = xreallocarray(d->block, d->count + 1, sizeof *d->block);
	b = &d->block[d->count++];
	memset(b, 0, sizeof *b);
	b->index = index;
	buf_init(&b->start, EVENT_MAX);
	buf_init(&b->input, EVENT_MAX);
	buf_init(&b->thinking, EVENT_MAX);
	buf_init(&b->signature, EVENT_MAX);
	if (strcmp(type, "text") == 0) {
		b->kind = BLOCK_TEXT;
		return say_text(d, REPLY_TEXT, json_text(cb, "text"));
	}
	if (strcmp(type, "tool_use") == 0 && id != NULL && name != NULL) {
		b->kind = BLOCK_TOOL;
		vendor_token(slice_of(id), b->id, sizeof b->id);
		vendor_token(slice_of(name), b->name, sizeof b->name);
		return say_tool(d, REPLY_TOOL_STARTED, b, (struct slice){NULL, 0});
	}
	b->kind = BLOCK_OPAQUE;
	buf_add_slice(&b->start, raw);
	note_fallback(d, cb);
	return say_text(d, REPLY_THINKING, json_text(cb, "thinking"));
}

/* Write the object's members again, raw, but for those in over; then over's. */
static void put_members(struct json_out *j, struct slice raw, const cJSON *obj, const cJSON *over)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, obj) {
		const char *const path[] = {m->string, NULL};
		struct slice value;

		if ((over == NULL || json_member(over, m->string) == NULL) && json_find(raw, path, &value))
			json_put_raw(j, m->string, value);
	}
}

/* An unknown delta (compaction_delta and the like): its members replace the block's. */
static enum err_code merge_delta(struct decoder *d, struct block *b, struct slice data, const cJSON *delta)
{
	static const char *const path[] = {"delta", NULL};
	struct slice delta_raw;
	struct json_out j;
	struct buf out;
	cJSON *start, *members;
	struct err e;

	if (b->kind != BLOCK_OPAQUE || !json_find(data, path, &delta_raw) || json_parse(buf_slice(&b->start), &start, &e) != ERR_OK)
		return ERR_OK;
	members = cJSON_Duplicate(delta, true);
	cJSON_DeleteItemFromObjectCaseSensitive(members, "type");
	buf_init(&out, EVENT_MAX);
	json_start(&j, &out);
	json_open(&j, NULL, '{');
	put_members(&j, buf_slice(&b->start), start, members);
	put_members(&j, delta_raw, members, NULL);
	json_close(&j, '}');
	cJSON_Delete(start);
	cJSON_Delete(members);
	buf_release(&b->start);
	b->start = out;
	return out.over ? err_set(&d->why, ERR_LIMIT, "a block over %zu bytes", EVENT_MAX) : ERR_OK;
}

static enum err_code take_input(struct decoder *d, struct block *b, const char *piece)
{
	buf_adds(&b->input, piece);
	if (b->input.over)
		return err_set(&d->why, ERR_LIMIT, "a tool's input over %zu bytes", EVENT_MAX);
	if (b->kind != BLOCK_TOOL || *piece == '\0')
		return ERR_OK;
	return say_tool(d, REPLY_TOOL_INPUT, b, slice_of(piece));
}

static enum err_code take_thinking(struct decoder *d, struct block *b, const char *piece)
{
	buf_adds(&b->thinking, piece);
	b->has_thinking = true;
	if (b->thinking.over)
		return err_set(&d->why, ERR_LIMIT, "thinking over %zu bytes", EVENT_MAX);
	return say_text(d, REPLY_THINKING, piece);
}

static enum err_code take_delta(struct decoder *d, struct slice data, const cJSON *t)
{
	const cJSON *delta = json_object(t, "delta");
	const char *type = json_text(delta, "type"), *s;
	struct block *b;
	int64_t index;

	if (type == NULL || !json_int(t, "index", &index))
		return broken(d, "a delta without type or index");
	b = block_at(d, index);
	if (b == NULL)
		return broken(d, "a delta for a block that is not open");
	if (strcmp(type, "text_delta") == 0 && b->kind == BLOCK_TEXT)
		return say_text(d, REPLY_TEXT, json_text(delta, "text"));
	if (strcmp(type, "input_json_delta") == 0 && (s = json_text(delta, "partial_json")) != NULL)
		return take_input(d, b, s);
	if (strcmp(type, "thinking_delta") == 0 && (s = json_text(delta, "thinking")) != NULL)
		return take_thinking(d, b, s);
	if (strcmp(type, "signature_delta") == 0 && (s = json_text(delta, "signature")) != NULL) {
		buf_adds(&b->signature, s);
		b->has_signature = true;
		return b->signature.over ? err_set(&d->why, ERR_LIMIT, "a signature over %zu bytes", EVENT_MAX) : ERR_OK;
	}
	if (strcmp(type, "citations_delta") == 0)
		return ERR_OK;
	return merge_delta(d, b, data, delta);
}

/* The start's text (it may hold a first piece) with the pieces after it. */
static void put_joined(struct json_out *j, const char *name, const cJSON *start, const struct buf *pieces)
{
	const char *first = json_text(start, name);
	struct buf whole;

	buf_init(&whole, 2 * EVENT_MAX);
	if (first != NULL)
		buf_adds(&whole, first);
	buf_add_slice(&whole, buf_slice(pieces));
	json_put_slice(j, name, buf_slice(&whole));
	buf_release(&whole);
}

static enum err_code end_opaque(struct decoder *d, const struct block *b)
{
	cJSON *start, *replaced;
	struct json_out j;
	struct buf out;
	struct err e;
	enum err_code code;
	bool has_input = b->input.len > 0 && json_gate(buf_slice(&b->input), &e) == ERR_OK;

	if (!b->has_thinking && !b->has_signature && !has_input)
		return say_opaque(d, buf_slice(&b->start));
	code = json_parse(buf_slice(&b->start), &start, &d->why);
	if (code != ERR_OK)
		return code;
	replaced = cJSON_CreateObject();
	if (b->has_thinking)
		cJSON_AddNullToObject(replaced, "thinking");
	if (b->has_signature)
		cJSON_AddNullToObject(replaced, "signature");
	if (has_input)
		cJSON_AddNullToObject(replaced, "input");
	buf_init(&out, 4 * EVENT_MAX);
	json_start(&j, &out);
	json_open(&j, NULL, '{');
	put_members(&j, buf_slice(&b->start), start, replaced);
	if (b->has_thinking)
		put_joined(&j, "thinking", start, &b->thinking);
	if (b->has_signature)
		put_joined(&j, "signature", start, &b->signature);
	if (has_input)
		json_put_raw(&j, "input", buf_slice(&b->input));
	json_close(&j, '}');
	code = say_opaque(d, buf_slice(&out));
	buf_release(&out);
	cJSON_Delete(start);
	cJSON_Delete(replaced);
	return code;
}

/* is_cut: the vendor never ended the block, so what it holds is not whole. */
static enum err_code end_block(struct decoder *d, struct block *b, bool is_cut)
{
	struct slice input = b->input.len > 0 ? buf_slice(&b->input) : slice_of("{}");
	struct reply_event end = {.kind = REPLY_PART_END};
	struct block gone = *b;
	enum err_code code = ERR_OK;

	*b = d->block[--d->count];
	if (gone.kind == BLOCK_TEXT)
		code = say(d, &end);
	else if (is_cut)
		code = ERR_OK;		/* half a tool call or half a thought is of no use */
	else if (gone.kind == BLOCK_TOOL)
		code = say_tool(d, REPLY_TOOL_DONE, &gone, input);
	else
		code = end_opaque(d, &gone);
	block_release(&gone);
	return code;
}

static enum err_code stop_block(struct decoder *d, const cJSON *t)
{
	struct block *b = NULL;
	int64_t index;

	if (json_int(t, "index", &index))
		b = block_at(d, index);
	return b != NULL ? end_block(d, b, false) : broken(d, "the end of a block that is not open");
}

static enum err_code end_message(struct decoder *d)
{
	while (d->count > 0) {
		enum err_code code = end_block(d, &d->block[0], true);

		if (code != ERR_OK)
			return code;
	}
	return say_stop(d);
}

/* --- events --------------------------------------------------------------- */

static enum err_code take_event(struct decoder *d, const char *type, struct slice data, const cJSON *t)
{
	if (strcmp(type, "error") == 0)
		return say_error(d, json_object(t, "error"));
	if (strcmp(type, "message_start") == 0)
		return say_start(d, json_object(t, "message"));
	if (strcmp(type, "content_block_start") == 0)
		return start_block(d, data, t);
	if (strcmp(type, "content_block_delta") == 0)
		return take_delta(d, data, t);
	if (strcmp(type, "content_block_stop") == 0)
		return stop_block(d, t);
	if (strcmp(type, "message_delta") == 0) {
		note_stop(d, json_text(json_object(t, "delta"), "stop_reason"));
		anthropic_usage_take(&d->usage, json_object(t, "usage"));
		return say_usage(d);
	}
	if (strcmp(type, "message_stop") == 0)
		return end_message(d);
	return ERR_OK;		/* ping, and what is added to the protocol */
}

static enum err_code on_event(void *user, const struct sse_event *ev)
{
	struct decoder *d = user;
	const char *type;
	cJSON *t;
	enum err_code code;

	if (d->has_stopped || d->has_error)
		return ERR_OK;
	code = json_parse(ev->data, &t, &d->why);
	if (code != ERR_OK)
		return code;
	type = json_text(t, "type");
	if (type != NULL)
		code = take_event(d, type, ev->data, t);
	cJSON_Delete(t);
	return code;
}

/* --- a whole body --------------------------------------------------------- */

static enum err_code whole_block(struct decoder *d, struct slice raw, const cJSON *cb)
{
	static const char *const path[] = {"input", NULL};
	const char *type = json_text(cb, "type"), *id = json_text(cb, "id"), *name = json_text(cb, "name");
	struct reply_event end = {.kind = REPLY_PART_END};
	struct slice input = slice_of("{}");
	struct block b = {.kind = BLOCK_TOOL};
	enum err_code code;

	if (type == NULL)
		return broken(d, "a block without type");
	if (strcmp(type, "text") == 0) {
		code = say_text(d, REPLY_TEXT, json_text(cb, "text"));
		return code == ERR_OK ? say(d, &end) : code;
	}
	if (strcmp(type, "tool_use") != 0 || id == NULL || name == NULL) {
		note_fallback(d, cb);
		return say_opaque(d, raw);
	}
	vendor_token(slice_of(id), b.id, sizeof b.id);
	vendor_token(slice_of(name), b.name, sizeof b.name);
	(void)json_find(raw, path, &input);
	code = say_tool(d, REPLY_TOOL_STARTED, &b, (struct slice){NULL, 0});
	return code == ERR_OK ? say_tool(d, REPLY_TOOL_DONE, &b, input) : code;
}

static enum err_code whole_message(struct decoder *d, const cJSON *t)
{
	const cJSON *content = json_array(t, "content"), *cb;
	enum err_code code = say_start(d, t);
	int i = 0;

	if (content == NULL || cJSON_GetArraySize(content) > BLOCKS_MAX)
		return broken(d, "a message without a list of blocks, or with too many");
	cJSON_ArrayForEach(cb, content) {
		char digits[12];
		const char *const path[] = {"content", digits, NULL};
		struct slice raw = {NULL, 0};

		if (code != ERR_OK)
			return code;
		snprintf(digits, sizeof digits, "%d", i++);
		(void)json_find(buf_slice(&d->body), path, &raw);
		code = whole_block(d, raw, cb);
	}
	note_stop(d, json_text(t, "stop_reason"));
	return code == ERR_OK ? say_stop(d) : code;
}

static enum err_code end_body(struct decoder *d)
{
	const char *type;
	cJSON *t;
	enum err_code code;

	if (d->body.len == 0)
		return err_set(&d->why, ERR_NET, "the reply was cut before it began");
	code = json_parse(buf_slice(&d->body), &t, &d->why);
	if (code != ERR_OK)
		return code;
	type = json_text(t, "type");
	if (type != NULL && strcmp(type, "error") == 0)
		code = say_error(d, json_object(t, "error"));
	else
		code = whole_message(d, t);
	cJSON_Delete(t);
	return code;
}

/* --- feeding -------------------------------------------------------------- */

static enum err_code fail(struct decoder *d, enum err_code code, struct err *e)
{
	d->failed = code;
	if (e != NULL && code != ERR_OK)
		*e = d->why;
	return code;
}

enum err_code anthropic_feed(struct decoder *d, const void *bytes, size_t len, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->failed != ERR_OK)
		return fail(d, d->failed, e);
	if (d->sse != NULL) {
		struct err sse_why = {.code = ERR_OK};

		err_clear(&d->why);
		code = sse_feed(d->sse, bytes, len, &sse_why);
		if (code != ERR_OK && d->why.code == ERR_OK)
			d->why = sse_why;
	} else {
		buf_add(&d->body, bytes, len);
		if (d->body.over)
			code = err_set(&d->why, ERR_LIMIT, "a reply over %zu bytes", BODY_MAX);
	}
	return fail(d, code, e);
}

/* No usage, and no error that says why: something was read, and may be billed. */
static enum err_code say_estimate(struct decoder *d)
{
	struct usage_list l;
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &l};

	if (d->usage.is_seen || (d->has_error && d->said_bytes == 0))
		return ERR_OK;
	vendor_usage_estimate(d->usage.model, d->asked_tokens, d->said_bytes, &l);
	return say(d, &ev);
}

enum err_code anthropic_end(struct decoder *d, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->failed != ERR_OK)
		return fail(d, d->failed, e);
	if (d->sse == NULL)
		code = end_body(d);
	else if (!d->has_stopped && !d->has_error && d->stop != STOP_NONE)
		code = end_message(d);	/* all was said but the last word */
	else if (!d->has_stopped && !d->has_error)
		code = err_set(&d->why, ERR_NET, "the reply was cut");
	if (code == ERR_OK || code == ERR_NET) {
		enum err_code said = say_estimate(d);

		code = said != ERR_OK ? said : code;
	}
	return fail(d, code, e);
}
