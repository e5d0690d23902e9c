/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vendor/voice.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void voice_init(struct voice *v, const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	memset(v, 0, sizeof *v);
	v->emit = emit;
	v->user = user;
	v->asked_tokens = asked->input_tokens;
	v->billed = asked->billed;
	snprintf(v->model, sizeof v->model, "%s", asked->model != NULL ? asked->model : "");
}

static void call_drop(struct voice *v, struct voice_call *c)
{
	buf_release(&c->input);
	*c = v->call[--v->call_count];
}

void voice_release(struct voice *v)
{
	while (v->call_count > 0)
		call_drop(v, &v->call[v->call_count - 1]);
	free(v->call);
	memset(v, 0, sizeof *v);
}

/* --- events --------------------------------------------------------------- */

enum err_code voice_say(struct voice *v, const struct reply_event *ev)
{
	enum err_code code = v->emit(v->user, ev);

	if (ev->kind == REPLY_TEXT || ev->kind == REPLY_THINKING || ev->kind == REPLY_TOOL_INPUT)
		v->said_bytes += (int64_t)ev->text.len;
	return code == ERR_OK ? ERR_OK : err_set(&v->why, code, "the reply was stopped by its reader");
}

enum err_code voice_broken(struct voice *v, const char *what)
{
	return err_set(&v->why, ERR_PROTO, "the reply of the vendor is broken: %s", what);
}

enum err_code voice_started(struct voice *v, const char *id, const char *model)
{
	struct reply_event ev = {.kind = REPLY_STARTED, .text = slice_of(id)};

	if (model != NULL && *model != '\0')
		vendor_token(slice_of(model), v->model, sizeof v->model);
	if (v->has_started)
		return ERR_OK;
	v->has_started = true;
	ev.name = slice_of(v->model);
	return voice_say(v, &ev);
}

enum err_code voice_text(struct voice *v, enum reply_kind kind, const char *text)
{
	struct reply_event ev = {.kind = kind, .text = slice_of(text)};

	if (ev.text.len == 0)
		return ERR_OK;
	if (kind == REPLY_TEXT)
		v->has_text = true;
	return voice_say(v, &ev);
}

enum err_code voice_part_end(struct voice *v)
{
	struct reply_event ev = {.kind = REPLY_PART_END};

	if (!v->has_text)
		return ERR_OK;
	v->has_text = false;
	return voice_say(v, &ev);
}

enum err_code voice_opaque(struct voice *v, const char *vendor, struct slice raw)
{
	struct reply_event ev = {.kind = REPLY_OPAQUE, .name = slice_of(vendor), .id = slice_of(v->model), .text = raw};

	return voice_say(v, &ev);
}

enum err_code voice_usage(struct voice *v, const struct usage_line *line)
{
	struct usage_list l = {.count = 0};
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &l};

	v->has_usage = true;
	usage_list_add(&l, line);
	if (v->billed == REGION_LOCAL)
		l.line[0].region = REGION_LOCAL;
	return voice_say(v, &ev);
}

enum err_code voice_error(struct voice *v, enum trouble meaning, const char *type, const char *message)
{
	struct reply_event ev = {.kind = REPLY_ERROR, .name = slice_of(type), .text = slice_of(message), .trouble = meaning};

	v->has_error = true;
	return voice_say(v, &ev);
}

enum err_code voice_stop(struct voice *v, enum stop_reason stop, const char *word)
{
	char token[64];
	struct reply_event ev = {.kind = REPLY_STOP, .stop = stop};
	enum err_code code = voice_part_end(v);

	vendor_token(slice_of(word), token, sizeof token);
	ev.text = slice_of(token);
	v->has_stopped = true;
	return code == ERR_OK ? voice_say(v, &ev) : code;
}

/* --- tool calls ----------------------------------------------------------- */

struct voice_call *voice_call_at(struct voice *v, int64_t index)
{
	struct voice_call *c;
	size_t i;

	for (i = 0; i < v->call_count; i++)
		if (v->call[i].index == index)
			return &v->call[i];
	if (v->call_count == VOICE_CALLS_MAX) {
		err_set(&v->why, ERR_LIMIT, "a reply of over %d tool calls", VOICE_CALLS_MAX);
		return NULL;
	}
	v->call = xreallocarray(v->call, v->call_count + 1, sizeof *v->call);
	c = &v->call[v->call_count++];
	memset(c, 0, sizeof *c);
	c->index = index;
	buf_init(&c->input, VOICE_EVENT_MAX);
	return c;
}

static enum err_code say_call(struct voice *v, enum reply_kind kind, const struct voice_call *c, struct slice text)
{
	struct reply_event ev = {.kind = kind, .id = slice_of(c->id), .name = slice_of(c->name), .text = text};

	return voice_say(v, &ev);
}

enum err_code voice_call_told(struct voice *v, struct voice_call *c)
{
	enum err_code code;

	if (c->is_told)
		return ERR_OK;
	c->is_told = true;
	code = voice_part_end(v);
	return code == ERR_OK ? say_call(v, REPLY_TOOL_STARTED, c, slice_of("")) : code;
}

enum err_code voice_call_input(struct voice *v, struct voice_call *c, const char *piece)
{
	if (piece == NULL || *piece == '\0')
		return ERR_OK;
	buf_adds(&c->input, piece);
	if (c->input.over)
		return err_set(&v->why, ERR_LIMIT, "a tool's input over %zu bytes", VOICE_EVENT_MAX);
	return say_call(v, REPLY_TOOL_INPUT, c, slice_of(piece));
}

enum err_code voice_call_done(struct voice *v, struct voice_call *c)
{
	enum err_code code = voice_call_told(v, c);

	v->has_calls = true;
	if (code == ERR_OK)
		code = say_call(v, REPLY_TOOL_DONE, c, c->input.len > 0 ? buf_slice(&c->input) : slice_of("{}"));
	call_drop(v, c);
	return code;
}

/* --- the end -------------------------------------------------------------- */

enum err_code voice_fail(struct voice *v, enum err_code code, struct err *e)
{
	v->failed = code;
	if (e != NULL && code != ERR_OK)
		*e = v->why;
	return code;
}

/* An error before anything was said is the reason why nothing was used. */
static enum err_code say_estimate(struct voice *v)
{
	struct usage_list l;
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &l};

	if (v->has_usage || (v->has_error && v->said_bytes == 0))
		return ERR_OK;
	v->has_usage = true;
	vendor_usage_estimate(v->model, v->asked_tokens, v->said_bytes, &l);
	l.line[0].region = v->billed;
	return voice_say(v, &ev);
}

enum err_code voice_end(struct voice *v, struct err *e)
{
	enum err_code code = ERR_OK;

	if (v->failed != ERR_OK)
		return voice_fail(v, v->failed, e);
	if (!v->has_stopped && !v->has_error) {
		if (v->has_text)
			code = voice_part_end(v);
		if (code == ERR_OK)
			code = err_set(&v->why, ERR_NET, "the reply was cut");
	}
	if (code == ERR_OK || code == ERR_NET) {
		enum err_code said = say_estimate(v);

		code = said != ERR_OK ? said : code;
	}
	return voice_fail(v, code, e);
}

bool voice_count(const cJSON *obj, const char *name, int64_t *out)
{
	const cJSON *m = json_member(obj, name);
	int64_t n;

	if (json_int(obj, name, &n)) {
		if (n < 0)
			return false;
		*out = n < USAGE_TOKENS_MAX ? n : USAGE_TOKENS_MAX;
		return true;
	}
	if (cJSON_IsNumber(m) && m->valueint == INT_MAX) {	/* cJSON pins what does not fit */
		*out = USAGE_TOKENS_MAX;
		return true;
	}
	return false;
}
