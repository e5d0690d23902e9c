/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said, in both eras. A start goes
 *
 *   server/discover -- answered --> tools/list ... --> running       (2026-07-28)
 *        |
 *        +-- any error, or no answer in 5 s --> initialize --> notifications/initialized --> tools/list ...
 *
 * In the newer era each request names its version in _meta, and the server sends no
 * requests: it answers a call with what it wants to be told first. In the older one it
 * may send requests; `ping` is answered, a form goes to the person (ask.c), and all
 * others are refused. */
#include <string.h>

#include "base/json.h"
#include "connector/inside.h"
#include "connector/outcome.h"
#include "connector/output.h"

#define MODERN "2026-07-28"
#define UNSUPPORTED_VERSION (-32022)
#define DISCOVER_US INT64_C(5000000)
#define START_US INT64_C(30000000)
#define PAGES_MAX 64
#define RELISTS_MAX 30			/* within RELIST_US */
#define RELIST_US INT64_C(60000000)

static const char *const legacy[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

static void put_client(struct json_out *j, const char *name)
{
	json_open(j, name, '{');
	json_put_text(j, "name", "claviger");
	json_put_text(j, "version", PACKAGE_VERSION);
	json_close(j, '}');
}

/* Others may put forms to the person; ours have nothing to ask. */
static void put_capabilities(struct json_out *j, const struct connector *c, const char *name)
{
	json_open(j, name, '{');
	if (!c->is_ours) {
		json_open(j, "elicitation", '{');
		json_open(j, "form", '{');
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, '}');
}

void talk_put_modern(struct json_out *j, const struct connector *c)
{
	json_put_text(j, "io.modelcontextprotocol/protocolVersion", MODERN);
	put_client(j, "io.modelcontextprotocol/clientInfo");
	put_capabilities(j, c, "io.modelcontextprotocol/clientCapabilities");
}

static void request(struct connector *c, enum asked asked, const char *method, const struct buf *params, int64_t limit_us)
{
	struct pending *p = pending_add(c, asked, limit_us);
	struct buf b;

	buf_init(&b, 0);
	jsonrpc_write_request(&b, p->id, method, buf_slice(params));
	pending_sent(c, p, NULL, &b);
	buf_release(&b);
}

static void ask_discover(struct connector *c)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_open(&j, "_meta", '{');
	talk_put_modern(&j, c);
	json_close(&j, '}');
	json_close(&j, '}');
	request(c, ASKED_DISCOVER, "server/discover", &b, DISCOVER_US);
	buf_release(&b);
}

static void ask_initialize(struct connector *c)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "protocolVersion", legacy[0]);
	put_capabilities(&j, c, "capabilities");
	put_client(&j, "clientInfo");
	json_close(&j, '}');
	request(c, ASKED_INITIALIZE, "initialize", &b, START_US);
	buf_release(&b);
}

static void ask_tools(struct connector *c, const char *cursor)
{
	struct json_out j;
	struct buf b;

	if (cursor == NULL) {
		tool_list_release(&c->listing);
		c->pages = 0;
		c->list_again = false;
		c->life = LIFE_STARTING;
	}
	if (c->pages++ == PAGES_MAX) {
		connector_fail(c, "its list of tools does not end");
		return;
	}
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	if (cursor != NULL)
		json_put_text(&j, "cursor", cursor);
	if (c->is_modern) {
		json_open(&j, "_meta", '{');
		talk_put_modern(&j, c);
		json_close(&j, '}');
	}
	json_close(&j, '}');
	request(c, ASKED_TOOLS, "tools/list", &b, START_US);
	buf_release(&b);
}

void talk_older(struct connector *c)
{
	ask_initialize(c);
}

void talk_begin(struct connector *c)
{
	if (c->died_at_discover)
		ask_initialize(c);
	else
		ask_discover(c);
}

/* --- no answer ------------------------------------------------------------------- */

void talk_expired(struct connector *c, size_t i)
{
	struct pending *p = &c->pending[i];
	struct tool_outcome o = {.result = pending_left(c, p) ? TOOL_UNKNOWN : TOOL_NOT_SENT, .text = slice_of("no answer within the time limit")};

	switch (p->asked) {
	case ASKED_CALL:
		connector_cancel(c, (uint64_t)p->call);
		break;
	case ASKED_DISCOVER:	/* an older server may just stay silent */
		if (c->trouble[0] != '\0') {
			connector_fail(c, c->trouble);
			break;
		}
		pending_end(c, p, &o);
		ask_initialize(c);
		break;
	case ASKED_INITIALIZE:
	case ASKED_TOOLS:
		connector_fail(c, c->trouble[0] != '\0' ? c->trouble : "it did not answer at start within the time limit");
		break;
	}
}

/* --- answers ----------------------------------------------------------------------- */

static void set_protocol(struct connector *c, const char *version)
{
	size_t n = strlen(version);

	c->is_modern = strcmp(version, MODERN) == 0;
	memcpy(c->protocol, version, n < sizeof c->protocol ? n + 1 : 0);
}

static bool list_has(const cJSON *list, const char *version)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, list)
		if (cJSON_IsString(v) && strcmp(v->valuestring, version) == 0)
			return true;
	return false;
}

static void on_discover(struct connector *c, const struct jsonrpc_message *m)
{
	const cJSON *versions;
	struct err ignored;
	cJSON *tree = NULL;

	if (m->result.len > 0 && json_parse(m->result, &tree, &ignored) == ERR_OK && (versions = json_array(tree, "supportedVersions")) != NULL &&
	    list_has(versions, MODERN)) {
		set_protocol(c, MODERN);
		ask_tools(c, NULL);
	} else {
		ask_initialize(c);
	}
	cJSON_Delete(tree);
}

static void on_initialize(struct connector *c, const struct jsonrpc_message *m)
{
	const char *version = NULL;
	struct err ignored;
	cJSON *tree = NULL;
	struct buf b;
	size_t i;

	if (m->result.len > 0 && json_parse(m->result, &tree, &ignored) == ERR_OK)
		version = json_text(tree, "protocolVersion");
	for (i = 0; i < LENGTH(legacy); i++)
		if (version != NULL && strcmp(version, legacy[i]) == 0)
			break;
	if (i == LENGTH(legacy)) {
		connector_fail(c, m->error_code == UNSUPPORTED_VERSION || version != NULL ? "it speaks a version of MCP that is not known here"
		                                                                          : "it refused the handshake");
	} else {
		set_protocol(c, legacy[i]);
		buf_init(&b, 0);
		jsonrpc_write_notification(&b, "notifications/initialized", (struct slice){NULL, 0});
		connector_queue(c, &b);
		buf_release(&b);
		ask_tools(c, NULL);
	}
	cJSON_Delete(tree);
}

static void on_tools(struct connector *c, const struct jsonrpc_message *m)
{
	const char *cursor;
	struct err e = {0};
	cJSON *tree = NULL;

	/* A server without tools says that the method is not there. */
	if (m->error.len > 0 && m->error_code != JSONRPC_METHOD_NOT_FOUND) {
		connector_fail(c, "it would not list its tools");
		return;
	}
	if (m->error.len == 0 && (tool_list_add(&c->listing, m->result, c->is_ours, &e) != ERR_OK || json_parse(m->result, &tree, &e) != ERR_OK)) {
		connector_fail(c, e.text);
		return;
	}
	cursor = json_text(tree, "nextCursor");
	if (cursor != NULL && *cursor != '\0') {
		ask_tools(c, cursor);
	} else if (c->list_again) {
		ask_tools(c, NULL);
	} else {
		tool_list_release(&c->tools);
		c->tools = c->listing;
		c->listing = (struct tool_list){0};
		c->generation++;
		c->life = LIFE_RUNNING;
		c->died_at_discover = false;
	}
	cJSON_Delete(tree);
}

/* It says that it did it, in another form than it promised: then nobody knows what it
 * did, and a second try would be one too many. */
static void check_output(struct connector *c, const struct pending *p, struct tool_outcome *o, struct buf *text)
{
	static const char *const path[] = {"outputSchema", NULL};
	const struct connector_tool *tool = tool_list_find(&c->tools, p->tool);
	struct slice schema;
	struct err e = {0};

	if (o->result != TOOL_OK || o->structured.len == 0 || tool == NULL || !json_find(slice_of(tool->definition), path, &schema) ||
	    output_check(schema, o->structured, &e) != ERR_PROTO)
		return;
	buf_clear(text);
	buf_addf(text, "its answer is not what its outputSchema promises (%s): what it did is not known", e.text);
	*o = (struct tool_outcome){.result = TOOL_UNKNOWN, .is_misfit = true, .text = buf_slice(text), .raw = o->raw};
}

static void on_answer(struct connector *c, const struct jsonrpc_message *m)
{
	struct pending *p = m->has_int_id ? pending_find(c, m->id) : NULL;
	struct tool_outcome o = {.result = TOOL_OK};
	struct buf text;
	enum asked asked;

	/* Not ours, over already, or an answer to what never left us. */
	if (p == NULL || p->is_held || (c->carrier == NULL && c->written < p->ends_at))
		return;
	c->unasked = 0;
	asked = p->asked;
	if (asked != ASKED_CALL) {
		pending_end(c, p, &o);
		(asked == ASKED_DISCOVER ? on_discover : asked == ASKED_INITIALIZE ? on_initialize : on_tools)(c, m);
		return;
	}
	buf_init(&text, CONNECTOR_TEXT_MAX + 256);
	if (m->error.len > 0)
		outcome_of_error(&o, m->error, m->error_code, c->is_ours, &text);
	else
		outcome_of_result(&o, m->result, &text);
	check_output(c, p, &o, &text);
	if (o.result != TOOL_ASKS || !ask_input(c, p, m->result))
		pending_end(c, p, &o);
	buf_release(&text);
}

static void on_request(struct connector *c, const struct jsonrpc_message *m)
{
	struct buf b;

	if (strcmp(m->method, "elicitation/create") == 0 && !c->is_modern && !c->is_ours) {
		ask_request(c, m);
		return;
	}
	buf_init(&b, 0);
	if (strcmp(m->method, "ping") == 0)
		jsonrpc_write_result(&b, m->id_raw, slice_of("{}"));
	else
		jsonrpc_write_error(&b, m->id_raw, JSONRPC_METHOD_NOT_FOUND, "this client takes no requests", (struct slice){NULL, 0});
	connector_queue(c, &b);
	buf_release(&b);
}

/* From here on no call goes out until the new list is in. Some servers say it
 * after every listing: that ends somewhere. */
static void on_list_changed(struct connector *c)
{
	if (c->relists == 0 || c->now_us - c->relists_us > RELIST_US) {
		c->relists = 0;
		c->relists_us = c->now_us;
	}
	if (++c->relists > RELISTS_MAX)
		connector_fail(c, "it changes its tools without end");
	else if (c->life == LIFE_RUNNING)
		ask_tools(c, NULL);
	else
		c->list_again = true;
}

enum err_code talk_message(void *user, const struct jsonrpc_message *m)
{
	struct connector *c = user;

	if (m->kind == JSONRPC_RESPONSE)
		on_answer(c, m);
	else if (m->kind == JSONRPC_REQUEST)
		on_request(c, m);
	else if (strcmp(m->method, "notifications/tools/list_changed") == 0)
		on_list_changed(c);
	else if (strcmp(m->method, "notifications/cancelled") == 0)
		ask_taken_back(c, m);
	/* A callback may have stopped it: then its other words do not matter. */
	return c->life == LIFE_STARTING || c->life == LIFE_RUNNING ? ERR_OK : ERR_CANCELLED;
}
