/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server asks the person while it has a call of ours (elicitation).
 *
 * In the older era it sends a request, elicitation/create, and the call stays open
 * until it has our answer to that. In the newer one it answers the call with
 * inputRequests, having done nothing, and the call goes out again with
 * inputResponses. Either way the call's own time limit stands still while a
 * question of it is open; how long that may be is the asker's to say, and how often,
 * ours: a call that asks too much is declined, and in the end its server stopped. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "connector/inside.h"
#include "model/elicit.h"

#define REFUSED_MAX 100		/* questions of one call beyond its number; then it is stopped */
#define KEYS_MAX ((size_t)128)	/* bytes of a key of inputRequests */
#define STATE_MAX ((size_t)256 << 10)

void connector_on_question(struct connector *c, const struct connector_asker *asker, void *user)
{
	c->asker = asker;
	c->asker_user = user;
}

/* --- what was asked ------------------------------------------------------------------ */

struct form {
	char *message;
	struct buf schema;	/* one line */
};

static void form_release(struct form *f)
{
	free(f->message);
	buf_release(&f->schema);
}

/* False: another mode, or a form that is not understood. */
static bool read_form(struct slice params, struct form *out)
{
	static const char *const path[] = {"requestedSchema", NULL};
	struct elicit form;
	struct slice schema;
	cJSON *tree = NULL;
	const char *mode, *message;
	bool ok = false;
	size_t i;

	*out = (struct form){.message = NULL};
	buf_init(&out->schema, ELICIT_SCHEMA_MAX);
	if (params.len == 0 || json_parse(params, &tree, NULL) != ERR_OK)
		return false;
	mode = json_text(tree, "mode");
	message = json_text(tree, "message");
	if ((mode == NULL || strcmp(mode, "form") == 0) && message != NULL && strlen(message) <= ELICIT_MESSAGE_MAX && json_find(params, path, &schema) &&
	    schema.len <= ELICIT_SCHEMA_MAX) {
		for (i = 0; i < schema.len; i++)	/* inside strings there is no newline: the gate refuses it */
			buf_addc(&out->schema, schema.p[i] == '\n' || schema.p[i] == '\r' ? ' ' : schema.p[i]);
		ok = !out->schema.over && elicit_read(buf_slice(&out->schema), &form, NULL) == ERR_OK;
		if (ok) {
			elicit_release(&form);
			out->message = xstrdup(message);
		}
	}
	cJSON_Delete(tree);
	return ok;
}

/* --- the list of open ones ------------------------------------------------------------- */

static void asking_drop(struct connector *c, int i)
{
	free(c->asking[i].raw_id);
	free(c->asking[i].key);
	c->asking[i] = c->asking[--c->asking_n];
}

/* A call's time stands still while it has a question open. */
static void hold_time(struct connector *c, int64_t call, int by)
{
	size_t i;

	for (i = 0; i < c->pending_count; i++) {
		struct pending *p = &c->pending[i];

		if (p->asked != ASKED_CALL || (call != 0 && p->call != call) || p->asking + by < 0)
			continue;
		p->asking += by;
		p->until_us = p->asking > 0 || p->is_held ? INT64_MAX : c->now_us + p->limit_us;
	}
}

/* Put it to the person; false: nobody is asked. */
static bool put(struct connector *c, int64_t call, const struct form *f, const char *raw_id, struct slice key)
{
	struct connector_question q = {.id = ++c->next_question, .call = (uint64_t)call, .message = f->message, .schema = buf_slice(&f->schema)};

	if (c->asker == NULL || c->asking_n == CONNECTOR_ASKING_MAX || !c->asker->asks(c->asker_user, &q))
		return false;
	c->asking[c->asking_n++] = (struct asking){.id = q.id, .call = call, .raw_id = raw_id != NULL ? xstrdup(raw_id) : NULL,
		.key = raw_id == NULL ? xstrndup(key.p, key.len) : NULL};
	hold_time(c, call, 1);
	return true;
}

static void over(struct connector *c, int i, const char *why)
{
	uint64_t id = c->asking[i].id;

	asking_drop(c, i);
	c->asker->over(c->asker_user, id, why);
}

/* --- answers ------------------------------------------------------------------------------ */

static void put_result(struct json_out *j, const char *name, enum connector_verdict verdict, struct slice content)
{
	static const char *const actions[] = {"accept", "decline", "cancel"};

	json_open(j, name, '{');
	json_put_text(j, "action", actions[verdict]);
	if (verdict == CONNECTOR_ACCEPT)
		json_put_raw(j, "content", content);
	json_close(j, '}');
}

static void reply(struct connector *c, const char *raw_id, enum connector_verdict verdict, struct slice content)
{
	struct json_out j;
	struct buf result, b;

	buf_init(&result, 0);
	json_start(&j, &result);
	put_result(&j, NULL, verdict, content);
	buf_init(&b, 0);
	jsonrpc_write_result(&b, slice_of(raw_id), buf_slice(&result));
	connector_queue(c, &b);
	buf_release(&b);
	buf_release(&result);
}

/* The key goes back as it came, escapes and all. */
static void add_reply(struct pending *p, struct slice key, enum connector_verdict verdict, struct slice content)
{
	struct json_out j;

	buf_addf(&p->replies, "%s\"%.*s\":", p->replies.len > 0 ? "," : "", (int)key.len, key.p);
	json_start(&j, &p->replies);
	put_result(&j, NULL, verdict, content);
}

void connector_answer(struct connector *c, uint64_t question, enum connector_verdict verdict, struct slice content, int64_t now_us)
{
	struct asking a;
	struct pending *p;
	int i;

	for (i = 0; i < c->asking_n && c->asking[i].id != question; i++)
		;
	if (i == c->asking_n)
		return;
	c->now_us = now_us;
	a = c->asking[i];
	c->asking[i] = c->asking[--c->asking_n];
	if (a.raw_id != NULL)
		reply(c, a.raw_id, verdict, content);
	hold_time(c, a.call, -1);
	p = a.key != NULL ? pending_of_call(c, a.call) : NULL;
	if (p != NULL) {
		add_reply(p, slice_of(a.key), verdict, content);
		if (p->asking == 0)
			talk_again(c, p);
	}
	free(a.raw_id);
	free(a.key);
	connector_flush(c);
}

/* --- the older era: a request --------------------------------------------------------------- */

/* The call that it asks for: told over HTTP by the stream it stands in, and on pipes by
 * there being one only. *call is 0 where it cannot be told; NULL: there is none. */
static struct pending *call_of(struct connector *c, int64_t *call)
{
	struct pending *first = NULL;
	size_t i, n = 0;

	for (i = 0; i < c->pending_count; i++) {
		struct pending *p = &c->pending[i];

		if (p->asked != ASKED_CALL || (c->post_id != 0 && p->id != c->post_id))
			continue;
		n++;
		if (first == NULL)
			first = p;
	}
	*call = n == 1 ? first->call : 0;
	return first;
}

void ask_request(struct connector *c, const struct jsonrpc_message *m)
{
	char raw_id[80];
	struct pending *p;
	struct form f;
	struct buf b;
	int64_t call;

	p = call_of(c, &call);
	if (p == NULL || m->id_raw.len >= sizeof raw_id) {
		buf_init(&b, 0);
		jsonrpc_write_error(&b, m->id_raw, JSONRPC_INVALID_REQUEST, "nothing was asked of it", (struct slice){NULL, 0});
		connector_queue(c, &b);
		buf_release(&b);
		return;
	}
	if (++p->asked_n > CONNECTOR_ASKS_MAX + REFUSED_MAX) {
		connector_fail(c, "it asks without end");
		return;
	}
	snprintf(raw_id, sizeof raw_id, "%.*s", (int)m->id_raw.len, m->id_raw.p);
	if (p->asked_n > CONNECTOR_ASKS_MAX || !read_form(m->params, &f))
		reply(c, raw_id, CONNECTOR_DECLINE, slice_of(""));
	else if (!put(c, call, &f, raw_id, slice_of("")))
		reply(c, raw_id, CONNECTOR_CANCEL, slice_of(""));
	if (p->asked_n <= CONNECTOR_ASKS_MAX)
		form_release(&f);
}

void ask_taken_back(struct connector *c, const struct jsonrpc_message *m)
{
	static const char *const path[] = {"requestId", NULL};
	struct slice id;
	int64_t call;
	int i;

	if (m->params.len == 0 || !json_find(m->params, path, &id))
		return;
	for (i = 0; i < c->asking_n; i++)
		if (c->asking[i].raw_id != NULL && slice_is(id, c->asking[i].raw_id)) {
			call = c->asking[i].call;
			over(c, i, "the server took it back");
			hold_time(c, call, -1);
			return;
		}
}

/* --- the newer era: a result ------------------------------------------------------------------ */

static bool is_elicitation(struct slice request)
{
	static const char *const path[] = {"method", NULL};
	struct slice method;

	return json_find(request, path, &method) && slice_is(method, "\"elicitation/create\"");
}

/* Only what we said we can do may be asked; it is looked at before anybody is. */
static bool can_be_had(struct slice requests)
{
	struct slice rest = requests, key, request;
	int n = 0;

	if (requests.len == 0)
		return true;
	if (requests.p[0] != '{')
		return false;
	while (json_each(&rest, &key, &request))
		if (key.len > KEYS_MAX || ++n > CONNECTOR_ASKING_MAX || request.p[0] != '{' || !is_elicitation(request))
			return false;
	return true;
}

static void put_one(struct connector *c, struct pending *p, struct slice key, struct slice request)
{
	static const char *const path[] = {"params", NULL};
	struct slice params = {NULL, 0};
	struct form f;
	bool understood;

	(void)json_find(request, path, &params);
	understood = read_form(params, &f);
	if (++p->asked_n > CONNECTOR_ASKS_MAX || !understood)
		add_reply(p, key, CONNECTOR_DECLINE, slice_of(""));
	else if (!put(c, p->call, &f, NULL, key))
		add_reply(p, key, CONNECTOR_CANCEL, slice_of(""));
	form_release(&f);
}

bool ask_input(struct connector *c, struct pending *p, struct slice result)
{
	static const char *const requests_path[] = {"inputRequests", NULL}, *const state_path[] = {"requestState", NULL};
	struct slice requests = {NULL, 0}, state = {NULL, 0}, rest, key, request;
	bool has_state = json_find(result, state_path, &state), asks = json_find(result, requests_path, &requests);

	if (p->args == NULL || c->asker == NULL || p->rounds >= CONNECTOR_ASKS_MAX || (!asks && !has_state) || !can_be_had(requests) ||
	    (has_state && (state.p[0] != '"' || state.len > STATE_MAX)))
		return false;
	free(p->state);
	p->state = has_state ? xstrndup(state.p, state.len) : NULL;
	p->is_held = true;
	p->id = -p->call;	/* nothing on the wire has it */
	p->until_us = INT64_MAX;
	buf_clear(&p->replies);
	rest = requests;
	while (asks && json_each(&rest, &key, &request))
		put_one(c, p, key, request);
	if (p->asking == 0)
		talk_again(c, p);
	return true;
}

/* --- the end -------------------------------------------------------------------------------------- */

static bool any_call(const struct connector *c)
{
	size_t i;

	for (i = 0; i < c->pending_count; i++)
		if (c->pending[i].asked == ASKED_CALL)
			return true;
	return false;
}

void ask_over(struct connector *c, int64_t call)
{
	int i;

	for (i = c->asking_n - 1; i >= 0; i--) {
		if (c->asking[i].call != call && (c->asking[i].call != 0 || any_call(c)))
			continue;
		if (c->asking[i].raw_id != NULL && c->life == LIFE_RUNNING)
			reply(c, c->asking[i].raw_id, CONNECTOR_CANCEL, slice_of(""));
		over(c, i, "its call ended before it was answered");
	}
}
