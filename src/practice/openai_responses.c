/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as a Response, whole or as its events. One block of the draft is one
 * item: a thought, a message, a function call. A refusal is a message too. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"
#include "practice/openai.h"

enum phase { PHASE_ADDED, PHASE_DONE };
struct writer {
	const struct gpt_ask *ask;
	struct draft *d;
	int64_t created;
	char id[48];
	char (*item)[48];	/* ids of the items */
	int64_t sequence;
};

static const char *status_of(const struct writer *w)
{
	return strcmp(w->d->stop, "max_tokens") == 0 ? "incomplete" : "completed";
}

static bool is_refusal(const struct writer *w)
{
	return strcmp(w->d->stop, "refusal") == 0;
}

/* --- items ---------------------------------------------------------------------- */

static void put_summary(struct json_out *j, const struct draft_block *b)
{
	json_open(j, NULL, '{');
	json_put_text(j, "type", "summary_text");
	json_put_slice(j, "text", b->body);
	json_close(j, '}');
}

static void put_reasoning(struct json_out *j, const struct writer *w, const struct draft_block *b, enum phase phase)
{
	char *sealed = thought_seal(phase == PHASE_DONE ? b->body : slice_of(""));

	json_put_text(j, "type", "reasoning");
	json_put_text(j, "encrypted_content", sealed);
	json_open(j, "summary", '[');
	if (phase == PHASE_DONE && w->ask->shows_summary)
		put_summary(j, b);
	json_close(j, ']');
	free(sealed);
}

static void put_text_part(struct json_out *j, const char *name, struct slice text, bool is_refused)
{
	json_open(j, name, '{');
	json_put_text(j, "type", is_refused ? "refusal" : "output_text");
	if (!is_refused) {
		json_open(j, "annotations", '[');
		json_close(j, ']');
		json_open(j, "logprobs", '[');
		json_close(j, ']');
	}
	json_put_slice(j, is_refused ? "refusal" : "text", text);
	json_close(j, '}');
}

static void put_item(struct json_out *j, const char *name, const struct writer *w, size_t i, enum phase phase)
{
	const struct draft_block *b = &w->d->block[i];

	json_open(j, name, '{');
	json_put_text(j, "id", w->item[i]);
	if (b->kind == DRAFT_THINKING) {
		put_reasoning(j, w, b, phase);
	} else {
		json_put_text(j, "type", b->kind == DRAFT_TEXT ? "message" : "function_call");
		json_put_text(j, "status", phase == PHASE_ADDED ? "in_progress" : b->is_cut ? "incomplete" : "completed");
		if (b->kind == DRAFT_TEXT) {
			json_put_text(j, "role", "assistant");
			json_open(j, "content", '[');
			if (phase == PHASE_DONE)
				put_text_part(j, NULL, b->body, is_refusal(w));
			json_close(j, ']');
		} else {
			json_put_slice(j, "arguments", phase == PHASE_DONE ? b->body : slice_of(""));
			json_put_text(j, "call_id", b->id);
			json_put_text(j, "name", b->name);
		}
	}
	json_close(j, '}');
}

/* --- the response ------------------------------------------------------------------ */

static void put_given(struct json_out *j, const struct gpt_ask *a, const char *name, const char *fallback)
{
	const cJSON *v = json_member(a->body, name);
	char *text = v != NULL ? cJSON_PrintUnformatted(v) : NULL;

	json_put_raw(j, name, slice_of(text != NULL ? text : fallback));
	cJSON_free(text);
}

static void put_usage(struct json_out *j, const struct usage *u)
{
	json_open(j, "usage", '{');
	json_put_int(j, "input_tokens", usage_prompt(u));
	json_open(j, "input_tokens_details", '{');
	json_put_int(j, "cached_tokens", u->cache_read);
	json_put_int(j, "cache_write_tokens", u->write_30m + u->write_12h);
	json_close(j, '}');
	json_put_int(j, "output_tokens", u->output);
	json_open(j, "output_tokens_details", '{');
	json_put_int(j, "reasoning_tokens", u->thinking);
	json_close(j, '}');
	json_put_int(j, "total_tokens", usage_prompt(u) + u->output);
	json_close(j, '}');
}

static void put_settings(struct json_out *j, const struct gpt_ask *a)
{
	static const char *const services[] = {[SERVICE_DEFAULT] = "default", [SERVICE_FLEX] = "flex", [SERVICE_PRIORITY] = "priority"};
	const char *summary = json_text(json_object(a->body, "reasoning"), "summary");
	static const struct {
		const char *name, *fallback;
	} given[] = {{"instructions", "null"}, {"max_output_tokens", "null"}, {"max_tool_calls", "null"}, {"metadata", "{}"}, {"parallel_tool_calls", "true"},
	    {"prompt_cache_key", "null"}, {"safety_identifier", "null"}, {"temperature", "1.0"}, {"text", "{\"format\":{\"type\":\"text\"},\"verbosity\":\"medium\"}"},
	    {"tool_choice", "\"auto\""}, {"tools", "[]"}, {"top_p", "1.0"}, {"truncation", "\"disabled\""}, {"user", "null"}};
	size_t i;

	json_put_bool(j, "background", false);
	for (i = 0; i < LENGTH(given); i++)
		put_given(j, a, given[i].name, given[i].fallback);
	json_put_null(j, "previous_response_id");
	json_open(j, "reasoning", '{');
	json_put_text(j, "effort", a->model->efforts != 0 ? effort_name(a->effort) : NULL);
	json_put_text(j, "summary", summary != NULL && strcmp(summary, "auto") == 0 ? "detailed" : summary);
	json_close(j, '}');
	if (a->model->rules & GPT_PAID_WRITES) {
		json_open(j, "prompt_cache_options", '{');
		json_put_text(j, "mode", a->is_explicit ? "explicit" : "implicit");
		json_put_text(j, "ttl", a->life == LIFE_12H ? "12h" : "30m");
		json_close(j, '}');
	}
	json_put_text(j, "service_tier", services[a->service]);
	json_put_bool(j, "store", a->stores);
	json_put_int(j, "top_logprobs", 0);
}

/* status NULL: as it ended. */
static void put_response(struct json_out *j, const char *name, const struct writer *w, const char *status)
{
	bool is_over = status == NULL || strcmp(status, "failed") == 0;
	size_t i;

	json_open(j, name, '{');
	json_put_text(j, "id", w->id);
	json_put_text(j, "object", "response");
	json_put_int(j, "created_at", w->created);
	json_put_text(j, "status", status != NULL ? status : status_of(w));
	if (status != NULL && strcmp(status, "failed") == 0) {
		json_open(j, "error", '{');
		json_put_text(j, "code", "server_error");
		json_put_text(j, "message", "The model failed to generate a response.");
		json_close(j, '}');
	} else {
		json_put_null(j, "error");
	}
	if (status == NULL && strcmp(status_of(w), "incomplete") == 0) {
		json_open(j, "incomplete_details", '{');
		json_put_text(j, "reason", "max_output_tokens");
		json_close(j, '}');
	} else {
		json_put_null(j, "incomplete_details");
	}
	json_put_text(j, "model", w->ask->model->id);
	json_open(j, "output", '[');
	for (i = 0; is_over && i < w->d->n; i++)
		put_item(j, NULL, w, i, PHASE_DONE);
	json_close(j, ']');
	put_settings(j, w->ask);
	if (status == NULL && w->d->ask->fault != FAULT_NO_USAGE)
		put_usage(j, &w->d->used);
	else
		json_put_null(j, "usage");
	json_close(j, '}');
}

/* --- the stream ------------------------------------------------------------------------ */

static void event_open(struct writer *w, struct reply *r, struct json_out *j, const char *type)
{
	buf_addf(&r->body, "event: %s\ndata: ", type);
	json_start(j, &r->body);
	json_open(j, NULL, '{');
	json_put_text(j, "type", type);
	json_put_int(j, "sequence_number", w->sequence++);
}

static void event_close(struct writer *w, struct reply *r, struct json_out *j)
{
	if (w->d->ask->fault == FAULT_UNKNOWN_EVENT)
		json_put_text(j, "practice_unknown_member", "ignore me");
	json_close(j, '}');
	buf_adds(&r->body, "\n\n");
	draft_piece(w->d, r);
}

static void response_event(struct writer *w, struct reply *r, const char *type, const char *status)
{
	struct json_out j;

	event_open(w, r, &j, type);
	put_response(&j, "response", w, status);
	event_close(w, r, &j);
}

static void item_event(struct writer *w, struct reply *r, size_t i, enum phase phase)
{
	struct json_out j;

	event_open(w, r, &j, phase == PHASE_ADDED ? "response.output_item.added" : "response.output_item.done");
	json_put_int(&j, "output_index", (int64_t)i);
	put_item(&j, "item", w, i, phase);
	event_close(w, r, &j);
	if (w->d->ask->fault == FAULT_UNKNOWN_EVENT) {
		event_open(w, r, &j, "response.practice_unknown_event");
		event_close(w, r, &j);
	}
}

/* How the events of a kind of block are called, and where in its item the text stands. */
struct names {
	const char *delta, *done, *value, *index;
};
static const struct names *names_of(const struct writer *w, const struct draft_block *b)
{
	static const struct names text = {"response.output_text.delta", "response.output_text.done", "text", "content_index"};
	static const struct names refused = {"response.refusal.delta", "response.refusal.done", "refusal", "content_index"};
	static const struct names call = {"response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments", NULL};
	static const struct names thought = {"response.reasoning_summary_text.delta", "response.reasoning_summary_text.done", "text", "summary_index"};

	return b->kind == DRAFT_TOOL ? &call : b->kind == DRAFT_THINKING ? &thought : is_refusal(w) ? &refused : &text;
}

static void put_place(struct json_out *j, const struct writer *w, size_t i, const struct names *names)
{
	json_put_text(j, "item_id", w->item[i]);
	json_put_int(j, "output_index", (int64_t)i);
	if (names->index != NULL)
		json_put_int(j, names->index, 0);
}

static void part_event(struct writer *w, struct reply *r, size_t i, enum phase phase)
{
	const struct draft_block *b = &w->d->block[i];
	const struct names *names = names_of(w, b);
	bool is_thought = b->kind == DRAFT_THINKING;
	struct json_out j;

	if (b->kind == DRAFT_TOOL)
		return;
	event_open(w, r, &j, is_thought ? (phase == PHASE_ADDED ? "response.reasoning_summary_part.added" : "response.reasoning_summary_part.done")
					: (phase == PHASE_ADDED ? "response.content_part.added" : "response.content_part.done"));
	put_place(&j, w, i, names);
	if (is_thought) {
		json_open(&j, "part", '{');
		json_put_text(&j, "type", "summary_text");
		json_put_slice(&j, "text", phase == PHASE_DONE ? b->body : slice_of(""));
		json_close(&j, '}');
	} else {
		put_text_part(&j, "part", phase == PHASE_DONE ? b->body : slice_of(""), is_refusal(w));
	}
	event_close(w, r, &j);
}

static void delta_event(struct writer *w, struct reply *r, size_t i, struct slice text)
{
	const struct names *names = names_of(w, &w->d->block[i]);
	unsigned char noise[8];
	char hex[2 * sizeof noise + 1];
	struct json_out j;

	event_open(w, r, &j, names->delta);
	put_place(&j, w, i, names);
	json_put_slice(&j, "delta", text);
	if (w->d->block[i].kind == DRAFT_TEXT && !is_refusal(w)) {
		json_open(&j, "logprobs", '[');
		json_close(&j, ']');
	}
	if (w->ask->obfuscates) {
		random_bytes(noise, sizeof noise);
		hex_encode(noise, sizeof noise, hex);
		hex[noise[0] % sizeof hex] = '\0';
		json_put_text(&j, "obfuscation", hex);
	}
	event_close(w, r, &j);
}

static void stream_item(struct writer *w, struct reply *r, size_t i)
{
	const struct draft_block *b = &w->d->block[i];
	bool is_shown = b->kind != DRAFT_THINKING || w->ask->shows_summary;
	struct json_out j;
	size_t at = 0, n;

	item_event(w, r, i, PHASE_ADDED);
	if (is_shown)
		part_event(w, r, i, PHASE_ADDED);
	if (b->kind == DRAFT_TOOL)
		draft_sent(w->d, b, strlen(b->name));
	for (; at < b->body.len; at += n) {
		n = draft_step(b, at);
		draft_sent(w->d, b, n);
		if (is_shown)
			delta_event(w, r, i, slice_make(b->body.p + at, n));
	}
	if (is_shown) {
		event_open(w, r, &j, names_of(w, b)->done);
		put_place(&j, w, i, names_of(w, b));
		json_put_slice(&j, names_of(w, b)->value, b->body);
		if (b->kind == DRAFT_TOOL)
			json_put_text(&j, "name", b->name);
		if (b->kind == DRAFT_TEXT && !is_refusal(w)) {
			json_open(&j, "logprobs", '[');
			json_close(&j, ']');
		}
		event_close(w, r, &j);
		part_event(w, r, i, PHASE_DONE);
	}
	item_event(w, r, i, PHASE_DONE);
}

/* The event that a failing stream ends with; the caller frees it. */
static char *failed_event(struct writer *w)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, "event: response.failed\ndata: ");
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "type", "response.failed");
	json_put_int(&j, "sequence_number", w->sequence);
	put_response(&j, "response", w, "failed");
	json_close(&j, '}');
	buf_adds(&b, "\n\n");
	return buf_take(&b);
}

static void write_stream(struct writer *w, struct reply *r)
{
	static const char error[] = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"The server had an error processing your request.\","
				    "\"param\":null,\"sequence_number\":99}\n\n";
	static const char garbage[] = "event: response.output_text.delta\ndata: {\"type\":\"response.output_te\n\nda\xFF\xFE: \x01 ][ {\"type\"\n\n";
	char *failed = failed_event(w);
	size_t i;

	r->streams = true;
	r->type = "text/event-stream; charset=utf-8";
	response_event(w, r, "response.created", "in_progress");
	response_event(w, r, "response.in_progress", "in_progress");
	for (i = 0; i < w->d->n; i++)
		stream_item(w, r, i);
	draft_all_sent(w->d);
	response_event(w, r, strcmp(status_of(w), "incomplete") == 0 ? "response.incomplete" : "response.completed", NULL);
	stream_spoil(r, w->d->ask->fault, &(struct spoiling){.garbage = {garbage, sizeof garbage - 1}, .error = {error, sizeof error - 1}, .failed = slice_of(failed), .closing = 4});
	free(failed);
}

void responses_write(const struct gpt_ask *a, struct draft *d, const struct request *q, struct reply *r)
{
	static const char *const prefixes[] = {[DRAFT_THINKING] = "rs_", [DRAFT_TEXT] = "msg_", [DRAFT_TOOL] = "fc_"};
	struct writer w = {.ask = a, .d = d, .created = q->now_us / US_PER_S};
	struct json_out j;
	size_t i;

	make_id("resp_", w.id, sizeof w.id);
	w.item = xcalloc(d->n + 1, sizeof *w.item);
	for (i = 0; i < d->n; i++)
		make_id(prefixes[d->block[i].kind], w.item[i], sizeof w.item[i]);
	if (a->streams) {
		write_stream(&w, r);
	} else {
		json_start(&j, &r->body);
		put_response(&j, NULL, &w, d->ask->fault == FAULT_FAILED ? "failed" : NULL);
		whole_spoil(r, d->ask->fault, &d->used);
	}
	free(w.item);
}
