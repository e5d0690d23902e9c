/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content blocks by their index to reply events. A block is text, a tool call, or
 * anything else: that is opaque, gathered as raw JSON so that it can be sent back as it
 * came. Deltas of an opaque block either append to a member (thinking, signature, input)
 * or, where we do not know them, replace members by name. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vendor/anthropic_decoder.h"

/* --- saying --------------------------------------------------------------- */

enum err_code decoder_say(struct decoder *d, const struct reply_event *ev)
{
	enum err_code code = d->emit(d->user, ev);

	if (ev->kind == REPLY_TEXT || ev->kind == REPLY_THINKING || ev->kind == REPLY_TOOL_INPUT)
		d->said_bytes += (int64_t)ev->text.len;
	if (code != ERR_OK)
		return err_set(&d->why, code, "the reply was stopped by its reader");
	return ERR_OK;
}

enum err_code decoder_broken(struct decoder *d, const char *what)
{
	return err_set(&d->why, ERR_PROTO, "the reply of the vendor is broken: %s", what);
}

/* --- blocks --------------------------------------------------------------- */

void block_release(struct block *b)
{
	buf_release(&b->start);
	buf_release(&b->input);
	buf_release(&b->thinking);
	buf_release(&b->signature);
}

enum err_code decoder_say_text(struct decoder *d, enum reply_kind kind, const char *text)
{
	struct reply_event ev = {.kind = kind, .text = slice_of(text)};

	return text == NULL || *text == '\0' ? ERR_OK : decoder_say(d, &ev);
}

enum err_code decoder_say_tool(struct decoder *d, enum reply_kind kind, const struct block *b, struct slice text)
{
	struct reply_event ev = {.kind = kind, .id = slice_of(b->id), .name = slice_of(b->name), .text = text};

	return decoder_say(d, &ev);
}

enum err_code decoder_say_opaque(struct decoder *d, struct slice raw)
{
	struct reply_event ev = {.kind = REPLY_OPAQUE, .name = slice_of(d->as->vendor), .id = slice_of(d->model), .text = raw};

	return decoder_say(d, &ev);
}

/* A server-side fallback answers with another model than the one that was asked. */
void block_note_fallback(struct decoder *d, const cJSON *block)
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

enum err_code block_start(struct decoder *d, struct slice data, const cJSON *t)
{
	static const char *const path[] = {"content_block", NULL};
	const cJSON *cb = json_object(t, "content_block");
	const char *type = json_text(cb, "type"), *id = json_text(cb, "id"), *name = json_text(cb, "name");
	struct block *b;
	struct slice raw;
	int64_t index;

	if (type == NULL || !json_int(t, "index", &index) || block_at(d, index) != NULL || !json_find(data, path, &raw))
		return decoder_broken(d, "a block without type or index, or one that is open already");
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
		return decoder_say_text(d, REPLY_TEXT, json_text(cb, "text"));
	}
	if (strcmp(type, "tool_use") == 0 && id != NULL && name != NULL) {
		b->kind = BLOCK_TOOL;
		vendor_token(slice_of(id), b->id, sizeof b->id);
		vendor_token(slice_of(name), b->name, sizeof b->name);
		return decoder_say_tool(d, REPLY_TOOL_STARTED, b, (struct slice){NULL, 0});
	}
	b->kind = BLOCK_OPAQUE;
	buf_add_slice(&b->start, raw);
	block_note_fallback(d, cb);
	return decoder_say_text(d, REPLY_THINKING, json_text(cb, "thinking"));
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
	return decoder_say_tool(d, REPLY_TOOL_INPUT, b, slice_of(piece));
}

static enum err_code take_thinking(struct decoder *d, struct block *b, const char *piece)
{
	buf_adds(&b->thinking, piece);
	b->has_thinking = true;
	if (b->thinking.over)
		return err_set(&d->why, ERR_LIMIT, "thinking over %zu bytes", EVENT_MAX);
	return decoder_say_text(d, REPLY_THINKING, piece);
}

enum err_code block_delta(struct decoder *d, struct slice data, const cJSON *t)
{
	const cJSON *delta = json_object(t, "delta");
	const char *type = json_text(delta, "type"), *s;
	struct block *b;
	int64_t index;

	if (type == NULL || !json_int(t, "index", &index))
		return decoder_broken(d, "a delta without type or index");
	b = block_at(d, index);
	if (b == NULL)
		return decoder_broken(d, "a delta for a block that is not open");
	if (strcmp(type, "text_delta") == 0 && b->kind == BLOCK_TEXT)
		return decoder_say_text(d, REPLY_TEXT, json_text(delta, "text"));
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
		return decoder_say_opaque(d, buf_slice(&b->start));
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
	code = decoder_say_opaque(d, buf_slice(&out));
	buf_release(&out);
	cJSON_Delete(start);
	cJSON_Delete(replaced);
	return code;
}

enum err_code block_end(struct decoder *d, struct block *b, bool is_cut)
{
	struct slice input = b->input.len > 0 ? buf_slice(&b->input) : slice_of("{}");
	struct reply_event end = {.kind = REPLY_PART_END};
	struct block gone = *b;
	enum err_code code = ERR_OK;

	*b = d->block[--d->count];
	if (gone.kind == BLOCK_TEXT)
		code = decoder_say(d, &end);
	else if (is_cut)
		code = ERR_OK;		/* half a tool call or half a thought is of no use */
	else if (gone.kind == BLOCK_TOOL)
		code = decoder_say_tool(d, REPLY_TOOL_DONE, &gone, input);
	else
		code = end_opaque(d, &gone);
	block_release(&gone);
	return code;
}

enum err_code block_stop(struct decoder *d, const cJSON *t)
{
	struct block *b = NULL;
	int64_t index;

	if (json_int(t, "index", &index))
		b = block_at(d, index);
	return b != NULL ? block_end(d, b, false) : decoder_broken(d, "the end of a block that is not open");
}
