/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an MCP server sends, as lines or as an event stream, given to the whole client:
 * its handshake, tools, calls and questions, without a child or a network. */
#include "fuzz/fuzz.h"

#include "connector/connector.h"
#include "wire/jsonrpc.h"
#include "wire/sse.h"

#define NOW INT64_C(1000000)

struct play {
	struct connector *c;
	struct buf *out;
	uint64_t last, question;
	unsigned seen;
};

static enum err_code send_post(void *user, const struct connector_post *m, struct err *e)
{
	struct play *p = user;

	(void)e;
	if (m->id != 0)
		p->last = m->id;
	buf_add_slice(p->out, m->body);
	return ERR_OK;
}

static void drop(void *user, uint64_t id)
{
	buf_addf(((struct play *)user)->out, "drop %d\n", id != 0);
}

static void gone(void *user)
{
	(void)user;
}

static const struct connector_carrier carrier = {send_post, drop, gone, NULL};

static bool asks(void *user, const struct connector_question *q)
{
	((struct play *)user)->question = q->id;
	return true;
}

static void over(void *user, uint64_t question, const char *why)
{
	(void)question;
	buf_addf(((struct play *)user)->out, "%s\n", why);
}

static const struct connector_asker asker = {asks, over};

static void on_done(void *user, uint64_t call, const struct tool_outcome *o)
{
	struct play *p = user;

	(void)call;
	buf_addf(p->out, "%s ", tool_result_name(o->result));
	buf_add_slice(p->out, o->text);
	buf_addc(p->out, '\n');
}

/* After each message: call the first tool when a list is in, and answer what is asked. */
static enum err_code take(struct play *p, struct slice json)
{
	struct connector_call call = {.args = slice_of("{}")};

	connector_post_message(p->c, p->last, json, NOW);
	if (connector_life(p->c) == LIFE_RUNNING && connector_tool_count(p->c) > 0 && p->seen != connector_tools_generation(p->c)) {
		p->seen = connector_tools_generation(p->c);
		call.tool = connector_tool(p->c, 0)->name;
		if (connector_call(p->c, &call, NOW, on_done, p, NULL, NULL) != ERR_OK)
			buf_adds(p->out, "not called\n");
	}
	if (p->question != 0) {
		uint64_t q = p->question;

		p->question = 0;
		connector_answer(p->c, q, CONNECTOR_DECLINE, slice_of(""), NOW);
	}
	return connector_life(p->c) == LIFE_FAILING ? ERR_CANCELLED : ERR_OK;
}

static enum err_code on_line(void *user, const struct jsonrpc_message *m)
{
	return take(user, m->whole);
}

static enum err_code on_event(void *user, const struct sse_event *ev)
{
	return ev->data.len > 0 ? take(user, ev->data) : ERR_OK;
}

/* The first byte that is no newline, wherever the cut is. */
static bool is_stream(const struct slice *cut, size_t count)
{
	size_t i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < cut[i].len; k++)
			if (cut[i].p[k] != '\n')
				return cut[i].p[k] != '{';
	return false;
}

static void run(const struct slice *cut, size_t count, struct buf *out)
{
	struct play p = {.c = connector_new("fuzz"), .out = out};
	bool stream = is_stream(cut, count);
	struct jsonrpc *lines = jsonrpc_new((size_t)1 << 16, on_line, &p);
	struct sse *events = sse_new((size_t)1 << 16, on_event, &p);
	enum err_code code;
	size_t i;

	connector_on_question(p.c, &asker, &p);
	code = connector_start_remote(p.c, &carrier, &p, NOW, NULL);
	for (i = 0; i < count && code == ERR_OK; i++)
		code = stream ? sse_feed(events, cut[i].p, cut[i].len, NULL) : jsonrpc_feed(lines, cut[i].p, cut[i].len, NULL);
	buf_addf(out, "%s %s %s", err_name(code), connector_life_name(connector_life(p.c)), connector_reason(p.c));
	jsonrpc_free(lines);
	sse_free(events);
	connector_free(p.c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_same(run, data, size);
	return 0;
}
