/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/common/mcp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "wire/jsonrpc.h"

#define MESSAGE_MAX ((size_t)4 << 20)
#define UNSUPPORTED_VERSION (-32022)
#define MODERN "2026-07-28"

/* Newest first; the first is answered to a client that asks for one we do not know. */
static const char *const legacy[] = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};

#ifdef __SANITIZE_ADDRESS__
/* The leak checker traces its own process at the end, which claviger-confine forbids, and a
 * server's environment holds no options: it would end each run with a failure. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

struct session {
	const struct mcp_server *server;
	int out_fd;
};

static enum err_code send_bytes(struct session *s, struct buf *b)
{
	enum err_code code = fd_write_all(s->out_fd, b->p, b->len) == 0 ? ERR_OK : ERR_IO;

	buf_release(b);
	return code;
}

static enum err_code send_result(struct session *s, const struct jsonrpc_message *m, struct slice result)
{
	struct buf b;

	buf_init(&b, 0);
	jsonrpc_write_result(&b, m->id_raw, result);
	return send_bytes(s, &b);
}

static enum err_code send_error(struct session *s, struct slice id_raw, int code, const char *message, struct slice data)
{
	struct buf b;

	buf_init(&b, 0);
	jsonrpc_write_error(&b, id_raw, code, message, data);
	return send_bytes(s, &b);
}

static void put_identity(struct json_out *j, const struct mcp_server *server)
{
	json_open(j, "capabilities", '{');
	json_open(j, "tools", '{');
	json_close(j, '}');
	json_close(j, '}');
	json_open(j, "serverInfo", '{');
	json_put_text(j, "name", server->name);
	json_put_text(j, "version", server->version);
	json_close(j, '}');
}

static enum err_code on_initialize(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	const char *wanted = json_text(params, "protocolVersion"), *version = legacy[0];
	struct json_out j;
	enum err_code code;
	struct buf b;
	size_t i;

	for (i = 0; i < LENGTH(legacy); i++)
		if (wanted != NULL && strcmp(wanted, legacy[i]) == 0)
			version = legacy[i];
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "protocolVersion", version);
	put_identity(&j, s->server);
	json_close(&j, '}');
	code = send_result(s, m, buf_slice(&b));
	buf_release(&b);
	return code;
}

static void put_supported(struct json_out *j, const char *name)
{
	size_t i;

	json_open(j, name, '[');
	json_put_text(j, NULL, MODERN);
	for (i = 0; i < LENGTH(legacy); i++)
		json_put_text(j, NULL, legacy[i]);
	json_close(j, ']');
}

static enum err_code on_discover(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	struct json_out j;
	enum err_code code;
	struct buf b;

	(void)params;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "resultType", "complete");
	put_supported(&j, "supportedVersions");
	put_identity(&j, s->server);
	json_put_int(&j, "ttlMs", 3600000);
	json_put_text(&j, "cacheScope", "private");
	json_close(&j, '}');
	code = send_result(s, m, buf_slice(&b));
	buf_release(&b);
	return code;
}

static enum err_code on_ping(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	(void)params;
	return send_result(s, m, slice_of("{}"));
}

static enum err_code on_list(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	struct json_out j;
	enum err_code code;
	struct buf b;
	size_t i;

	(void)params;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "resultType", "complete");
	json_open(&j, "tools", '[');
	for (i = 0; i < s->server->count; i++)
		json_put_raw(&j, NULL, slice_of(s->server->tools[i].definition));
	json_close(&j, ']');
	json_put_int(&j, "ttlMs", 3600000);
	json_put_text(&j, "cacheScope", "private");
	json_close(&j, '}');
	code = send_result(s, m, buf_slice(&b));
	buf_release(&b);
	return code;
}

/* What the office says beside the arguments. */
static bool read_meta(const cJSON *params, struct mcp_call *call)
{
	const cJSON *meta = json_object(params, "_meta");
	const char *key = json_text(meta, "claviger/idempotency_key");

	if (!json_int(meta, "claviger/task", &call->task))
		call->task = 0;
	call->is_check = json_bool(meta, "claviger/check", false);
	call->is_prove = json_bool(meta, "claviger/prove", false);
	if (key == NULL)
		return call->task >= 0;
	if (strlen(key) > MCP_KEY_MAX || strspn(key, "0123456789abcdef") != strlen(key))
		return false;
	memcpy(call->key, key, strlen(key) + 1);
	return call->task >= 0;
}

static enum err_code send_reply(struct session *s, const struct jsonrpc_message *m, const struct mcp_reply *r, const struct err *failed)
{
	struct json_out j;
	enum err_code code;
	struct buf b, text;

	buf_init(&text, 0);
	if (failed != NULL) {
		buf_addf(&text, "%s%s%s.", failed->text, failed->mend[0] != '\0' ? ": " : "", failed->mend);
		if (r->text.len > 0)
			buf_addc(&text, '\n');
	}
	buf_add_slice(&text, buf_slice(&r->text));
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	/* A kind that no client knows for an end: the call's own is then unknown too. */
	json_put_text(&j, "resultType", failed == NULL && r->is_unknown ? "unknown" : "complete");
	json_open(&j, "content", '[');
	json_open(&j, NULL, '{');
	json_put_text(&j, "type", "text");
	json_put_slice(&j, "text", buf_slice(&text));
	json_close(&j, '}');
	json_close(&j, ']');
	if (failed == NULL && r->structured.len > 0)
		json_put_raw(&j, "structuredContent", buf_slice(&r->structured));
	json_put_bool(&j, "isError", failed != NULL);
	json_close(&j, '}');
	if (b.over)
		code = send_error(s, m->id_raw, JSONRPC_INTERNAL_ERROR, "the answer is too long", slice_of(""));
	else
		code = send_result(s, m, buf_slice(&b));
	buf_release(&b);
	buf_release(&text);
	return code;
}

static enum err_code on_call(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	static const char *const args_path[] = {"arguments", NULL};
	const char *name = json_text(params, "name");
	const cJSON *args = json_object(params, "arguments");
	struct mcp_call call = {.args_raw = slice_of("{}")};
	struct mcp_reply r;
	struct err e = {0};
	cJSON *none = NULL;
	enum err_code code;
	size_t i;

	for (i = 0; i < s->server->count; i++)
		if (name != NULL && strcmp(s->server->tools[i].name, name) == 0)
			break;
	if (i == s->server->count)
		return send_error(s, m->id_raw, JSONRPC_INVALID_PARAMS, "there is no such tool", slice_of(""));
	if ((args == NULL && json_member(params, "arguments") != NULL) || !read_meta(params, &call))
		return send_error(s, m->id_raw, JSONRPC_INVALID_PARAMS, "arguments must be an object, and _meta what it should be", slice_of(""));
	if (args == NULL)
		args = none = cJSON_CreateObject();
	else
		json_find(m->params, args_path, &call.args_raw);
	call.args = args;
	buf_init(&r.text, MESSAGE_MAX / 2);
	buf_init(&r.structured, MESSAGE_MAX / 4);
	r.is_unknown = false;
	code = s->server->tools[i].run(s->server->user, &call, &r, &e);
	code = send_reply(s, m, &r, code == ERR_OK ? NULL : &e);
	buf_release(&r.text);
	buf_release(&r.structured);
	cJSON_Delete(none);
	return code;
}

static const struct {
	const char *method;
	enum err_code (*run)(struct session *s, const struct jsonrpc_message *m, const cJSON *params);
} methods[] = {
	{"initialize", on_initialize},
	{"server/discover", on_discover},
	{"ping", on_ping},
	{"tools/list", on_list},
	{"tools/call", on_call},
};

/* 2026-07-28 names its version in each request; older eras never do. */
static bool version_is_known(const cJSON *params)
{
	const char *v = json_text(json_object(params, "_meta"), "io.modelcontextprotocol/protocolVersion");
	size_t i;

	if (v == NULL || strcmp(v, MODERN) == 0)
		return true;
	for (i = 0; i < LENGTH(legacy); i++)
		if (strcmp(v, legacy[i]) == 0)
			return true;
	return false;
}

static enum err_code refuse_version(struct session *s, const struct jsonrpc_message *m, const cJSON *params)
{
	struct json_out j;
	enum err_code code;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	put_supported(&j, "supported");
	json_put_text(&j, "requested", json_text(json_object(params, "_meta"), "io.modelcontextprotocol/protocolVersion"));
	json_close(&j, '}');
	code = send_error(s, m->id_raw, UNSUPPORTED_VERSION, "unsupported protocol version", buf_slice(&b));
	buf_release(&b);
	return code;
}

static enum err_code on_message(void *user, const struct jsonrpc_message *m)
{
	struct session *s = user;
	cJSON *params = NULL;
	enum err_code code;
	struct err e;
	size_t i;

	if (m->kind != JSONRPC_REQUEST)
		return ERR_OK;	/* one call at a time: there is never one to cancel */
	if (m->params.len > 0 && json_parse(m->params, &params, &e) != ERR_OK)
		return send_error(s, m->id_raw, JSONRPC_INVALID_PARAMS, "params cannot be read", slice_of(""));
	for (i = 0; i < LENGTH(methods); i++)
		if (strcmp(m->method, methods[i].method) == 0)
			break;
	if (i == LENGTH(methods))
		code = send_error(s, m->id_raw, JSONRPC_METHOD_NOT_FOUND, "there is no such method", slice_of(""));
	else if (!version_is_known(params))
		code = refuse_version(s, m, params);
	else
		code = methods[i].run(s, m, params);
	cJSON_Delete(params);
	return code;
}

enum err_code mcp_serve(const struct mcp_server *server, int in_fd, int out_fd, struct err *e)
{
	struct session s = {server, out_fd};
	struct jsonrpc *p = jsonrpc_new(MESSAGE_MAX, on_message, &s);
	enum err_code code = ERR_OK;
	char bytes[65536];
	ssize_t n = 0;

	while (code == ERR_OK && (n = read(in_fd, bytes, sizeof bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			code = err_sys(e, ERR_IO, "reading");
			break;
		}
		code = jsonrpc_feed(p, bytes, (size_t)n, e);
		if (code == ERR_PROTO || code == ERR_LIMIT)
			(void)send_error(&s, slice_of("null"), JSONRPC_PARSE_ERROR, "that is no JSON-RPC message", slice_of(""));
	}
	if (code == ERR_OK)
		code = jsonrpc_end(p, e);
	jsonrpc_free(p);
	return code;
}
