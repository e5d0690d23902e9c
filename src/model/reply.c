/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

const char *const stop_reason_names[STOP_REASONS] = {"none", "end", "tool_use", "max_tokens", "sequence", "pause", "refusal", "context_full", "other"};

const char *const trouble_names[TROUBLES] = {
	"none", "bad_key", "no_permission", "no_credit", "own_limit", "slow_down", "overloaded", "too_long", "refused", "model_gone", "invalid", "server", "clock", "broken"};

void reply_init(struct reply *r)
{
	memset(r, 0, sizeof *r);
}

void reply_release(struct reply *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		prompt_part_release(&r->part[i]);
	free(r->part);
	memset(r, 0, sizeof *r);
}

/* A bounded copy that does not end inside a character. */
static void put_text(char *out, size_t room, struct slice s)
{
	size_t n = 0;

	while (n < s.len) {
		size_t step = utf8_sequence(slice_make(s.p + n, s.len - n));

		if (step == 0)
			step = 1;
		if (n + step >= room)
			break;
		n += step;
	}
	if (n > 0)
		memcpy(out, s.p, n);
	out[n] = '\0';
}

static void put_ascii(char *out, size_t room, struct slice s)
{
	size_t i, n = 0;

	for (i = 0; i < s.len && n + 1 < room; i++)
		if (s.p[i] > 0x20 && s.p[i] < 0x7F)
			out[n++] = s.p[i];
	out[n] = '\0';
}

static enum err_code take_bytes(struct reply *r, size_t n, struct err *e)
{
	if (n > REPLY_BYTES || r->bytes > REPLY_BYTES - n)
		return err_set(e, ERR_LIMIT, "a reply over %zu bytes", REPLY_BYTES);
	r->bytes += n;
	return ERR_OK;
}

static enum err_code new_part(struct reply *r, enum part_kind kind, const struct reply_event *ev, struct err *e)
{
	struct prompt_part *part;
	enum err_code code = take_bytes(r, ev->text.len, e);

	if (code != ERR_OK)
		return code;
	if (r->count == REPLY_PARTS_MAX)
		return err_set(e, ERR_LIMIT, "a reply of over %d parts", REPLY_PARTS_MAX);
	r->part = xreallocarray(r->part, r->count + 1, sizeof *r->part);
	part = &r->part[r->count++];
	*part = (struct prompt_part){.kind = kind, .len = ev->text.len};
	part->bytes = xstrndup(ev->text.len > 0 ? ev->text.p : "", ev->text.len);
	if (kind != PART_TEXT) {
		part->id = xstrndup(ev->id.len > 0 ? ev->id.p : "", ev->id.len);
		part->name = xstrndup(ev->name.len > 0 ? ev->name.p : "", ev->name.len);
	}
	return ERR_OK;
}

/* Room grows in powers of two, so that a long text is not copied for each piece. */
static size_t room_for(size_t len)
{
	size_t room = 64;

	while (room < len + 1)
		room *= 2;
	return room;
}

static enum err_code take_text(struct reply *r, const struct reply_event *ev, struct err *e)
{
	struct prompt_part *last;
	enum err_code code;

	if (!r->text_open) {
		struct reply_event empty = {.kind = REPLY_TEXT};

		code = new_part(r, PART_TEXT, &empty, e);
		if (code != ERR_OK)
			return code;
		last = &r->part[r->count - 1];
		last->bytes = xrealloc(last->bytes, room_for(0));
		r->text_open = true;
	}
	code = take_bytes(r, ev->text.len, e);
	if (code != ERR_OK || ev->text.len == 0)
		return code;
	last = &r->part[r->count - 1];
	if (room_for(last->len + ev->text.len) != room_for(last->len))
		last->bytes = xrealloc(last->bytes, room_for(last->len + ev->text.len));
	memcpy(last->bytes + last->len, ev->text.p, ev->text.len);
	last->len += ev->text.len;
	last->bytes[last->len] = '\0';
	return ERR_OK;
}

enum err_code reply_take(struct reply *r, const struct reply_event *ev, struct err *e)
{
	switch (ev->kind) {
	case REPLY_STARTED:
		put_ascii(r->message_id, sizeof r->message_id, ev->text);
		put_ascii(r->model, sizeof r->model, ev->name);
		return ERR_OK;
	case REPLY_TEXT:
		return take_text(r, ev, e);
	case REPLY_TOOL_DONE:
		r->text_open = false;
		r->has_tool_use = true;
		return new_part(r, PART_TOOL_USE, ev, e);
	case REPLY_OPAQUE:
		r->text_open = false;
		return new_part(r, PART_OPAQUE, ev, e);
	case REPLY_TOOL_STARTED:
	case REPLY_PART_END:
		r->text_open = false;
		return ERR_OK;
	case REPLY_USAGE:
		r->usage = *ev->usage;
		r->has_usage = true;
		return ERR_OK;
	case REPLY_STOP:
		r->text_open = false;
		r->stop = ev->stop;
		put_ascii(r->stop_raw, sizeof r->stop_raw, ev->text);
		return ERR_OK;
	case REPLY_ERROR:
		r->trouble = ev->trouble;
		put_ascii(r->error_type, sizeof r->error_type, ev->name);
		put_text(r->error_text, sizeof r->error_text, ev->text);
		return ERR_OK;
	case REPLY_THINKING:
	case REPLY_TOOL_INPUT:
	case REPLY_KINDS:
		break;
	}
	return ERR_OK;
}

void reply_text(const struct reply *r, struct buf *out)
{
	bool is_first = true;
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (r->part[i].kind != PART_TEXT || r->part[i].len == 0)
			continue;
		if (!is_first)
			buf_adds(out, "\n\n");
		buf_add(out, r->part[i].bytes, r->part[i].len);
		is_first = false;
	}
}

static void add_part(struct prompt *p, const struct prompt_part *part)
{
	struct slice bytes = slice_make(part->bytes, part->len);

	switch (part->kind) {
	case PART_TEXT:
		prompt_add_text(p, bytes);
		break;
	case PART_TOOL_USE:
		prompt_add_tool_use(p, part->id, part->name, bytes);
		break;
	case PART_TOOL_RESULT:
		prompt_add_tool_result(p, part->id, bytes, part->is_error);
		break;
	case PART_OPAQUE:
		prompt_add_opaque(p, part->name, part->id, bytes);
		break;
	}
}

void reply_to_prompt(const struct reply *r, struct prompt *p)
{
	size_t i;

	if (r->count == 0)
		return;
	prompt_add_message(p, ROLE_ASSISTANT);
	for (i = 0; i < r->count; i++)
		add_part(p, &r->part[i]);
}

/* --- as stored ------------------------------------------------------------ */

static const char *const kind_names[] = {
	[PART_TEXT] = "text", [PART_TOOL_USE] = "tool_use", [PART_TOOL_RESULT] = "tool_result", [PART_OPAQUE] = "opaque"};

void parts_to_json(const struct prompt_part *part, size_t count, struct buf *out)
{
	struct json_out j;
	size_t i;

	json_start(&j, out);
	json_open(&j, NULL, '[');
	for (i = 0; i < count; i++) {
		json_open(&j, NULL, '{');
		json_put_text(&j, "kind", kind_names[part[i].kind]);
		if (part[i].id != NULL)
			json_put_text(&j, "id", part[i].id);
		if (part[i].name != NULL)
			json_put_text(&j, "name", part[i].name);
		if (part[i].is_error)
			json_put_bool(&j, "is_error", true);
		json_put_slice(&j, "bytes", slice_make(part[i].bytes, part[i].len));
		json_close(&j, '}');
	}
	json_close(&j, ']');
}

static bool read_part(const cJSON *m, struct prompt_part *part)
{
	const char *kind = json_text(m, "kind"), *bytes = json_text(m, "bytes");
	size_t i;

	for (i = 0; kind != NULL && i < LENGTH(kind_names) && strcmp(kind_names[i], kind) != 0; i++)
		;
	if (kind == NULL || bytes == NULL || i == LENGTH(kind_names))
		return false;
	*part = (struct prompt_part){.kind = (enum part_kind)i, .len = strlen(bytes), .is_error = json_bool(m, "is_error", false)};
	if ((part->kind == PART_TOOL_USE || part->kind == PART_TOOL_RESULT) && json_text(m, "id") == NULL)
		return false;
	if ((part->kind == PART_TOOL_USE || part->kind == PART_OPAQUE) && json_text(m, "name") == NULL)
		return false;
	part->bytes = xstrdup(bytes);
	part->id = json_text(m, "id") != NULL ? xstrdup(json_text(m, "id")) : NULL;
	part->name = json_text(m, "name") != NULL ? xstrdup(json_text(m, "name")) : NULL;
	return true;
}

enum err_code parts_from_json(struct slice json, struct prompt *p, struct err *e)
{
	const cJSON *m;
	cJSON *t;
	enum err_code code = json_parse(json, &t, e);

	if (code != ERR_OK)
		return code;
	if (!cJSON_IsArray(t))
		code = err_set(e, ERR_PROTO, "stored message: no list of parts");
	cJSON_ArrayForEach(m, t) {
		struct prompt_part part;

		if (code != ERR_OK)
			break;
		if (!read_part(m, &part)) {
			code = err_set(e, ERR_PROTO, "stored message: a part that is not as it must be");
			break;
		}
		add_part(p, &part);
		prompt_part_release(&part);
	}
	cJSON_Delete(t);
	return code;
}
