/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/jsonrpc.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

struct jsonrpc {
	struct buf line;
	size_t max;
	jsonrpc_emit *emit;
	void *user;
	uint64_t lines;		/* whole ones so far; for errors */
	enum err_code failed;
	struct err why;
};

/* --- one message ---------------------------------------------------------- */

static struct slice member(struct slice text, const char *name)
{
	const char *const path[] = {name, NULL};
	struct slice raw = {NULL, 0};

	return json_find(text, path, &raw) ? raw : (struct slice){NULL, 0};
}

static bool read_int(struct slice raw, int64_t *out)
{
	char digits[24], *end;

	if (raw.len == 0 || raw.len >= sizeof digits)
		return false;
	memcpy(digits, raw.p, raw.len);
	digits[raw.len] = '\0';
	*out = strtoll(digits, &end, 10);
	return *end == '\0' && *out > INT64_MIN && *out < INT64_MAX;
}

static bool read_text(struct slice raw, char *out, size_t room)
{
	cJSON *t;
	struct err e;
	bool ok = false;

	if (raw.len == 0 || raw.p[0] != '"' || json_parse(raw, &t, &e) != ERR_OK)
		return false;
	if (strlen(t->valuestring) < room) {
		memcpy(out, t->valuestring, strlen(t->valuestring) + 1);
		ok = true;
	}
	cJSON_Delete(t);
	return ok;
}

static bool is_id(struct slice raw)
{
	return raw.len > 0 && (raw.p[0] == '"' || raw.p[0] == '-' || (raw.p[0] >= '0' && raw.p[0] <= '9') || slice_is(raw, "null"));
}

static struct slice trim(struct slice s)
{
	while (s.len > 0 && strchr(" \t\r\n", s.p[0]) != NULL && s.p[0] != '\0')
		s.p++, s.len--;
	while (s.len > 0 && strchr(" \t\r\n", s.p[s.len - 1]) != NULL && s.p[s.len - 1] != '\0')
		s.len--;
	return s;
}

static enum err_code read_error(struct jsonrpc_message *m, struct err *e)
{
	if (m->error.p[0] != '{' || !read_int(member(m->error, "code"), &m->error_code))
		return err_set(e, ERR_PROTO, "JSON-RPC: an error without a whole number as its code");
	return ERR_OK;
}

enum err_code jsonrpc_read(struct slice text, struct jsonrpc_message *out, struct err *e)
{
	struct slice method;
	enum err_code code = json_gate(text, e);

	memset(out, 0, sizeof *out);
	if (code != ERR_OK)
		return code;
	out->whole = trim(text);
	if (out->whole.p[0] != '{' || !slice_is(member(text, "jsonrpc"), "\"2.0\""))
		return err_set(e, ERR_PROTO, "JSON-RPC: no 2.0 message");
	method = member(text, "method");
	out->id_raw = member(text, "id");
	out->result = member(text, "result");
	out->error = member(text, "error");
	out->params = member(text, "params");
	if (out->id_raw.len > 0 && !is_id(out->id_raw))
		return err_set(e, ERR_PROTO, "JSON-RPC: an id that is neither text nor number");
	out->has_int_id = read_int(out->id_raw, &out->id);
	if (!out->has_int_id)
		out->id = 0;
	if (method.len > 0) {
		if (!read_text(method, out->method, sizeof out->method) || out->result.len > 0 || out->error.len > 0)
			return err_set(e, ERR_PROTO, "JSON-RPC: a method that is no short text, or a request with an answer in it");
		out->kind = out->id_raw.len > 0 ? JSONRPC_REQUEST : JSONRPC_NOTIFICATION;
		return ERR_OK;
	}
	out->kind = JSONRPC_RESPONSE;
	if (slice_is(out->error, "null"))	/* some servers send both, one of them null */
		out->error = (struct slice){NULL, 0};
	else if (out->error.len > 0 && slice_is(out->result, "null"))
		out->result = (struct slice){NULL, 0};
	if (out->id_raw.len == 0 || (out->result.len > 0) == (out->error.len > 0))
		return err_set(e, ERR_PROTO, "JSON-RPC: neither a request nor an answer");
	return out->error.len > 0 ? read_error(out, e) : ERR_OK;
}

/* --- lines ---------------------------------------------------------------- */

struct jsonrpc *jsonrpc_new(size_t max_bytes, jsonrpc_emit *emit, void *user)
{
	struct jsonrpc *p = xcalloc(1, sizeof *p);

	p->max = max_bytes;
	p->emit = emit;
	p->user = user;
	buf_init(&p->line, max_bytes);
	return p;
}

void jsonrpc_free(struct jsonrpc *p)
{
	if (p == NULL)
		return;
	buf_release(&p->line);
	free(p);
}

static enum err_code fail(struct jsonrpc *p, enum err_code code, struct err *e)
{
	p->failed = code;
	if (e != NULL)
		*e = p->why;
	return code;
}

static enum err_code take_line(struct jsonrpc *p, struct err *e)
{
	struct jsonrpc_message m;
	struct slice line = trim(buf_slice(&p->line));
	enum err_code code = ERR_OK;

	p->lines++;
	if (line.len > 0) {
		code = jsonrpc_read(line, &m, &p->why);
		if (code != ERR_OK) {
			err_context(&p->why, "line %" PRIu64, p->lines);
		} else {
			code = p->emit(p->user, &m);
			if (code != ERR_OK)
				err_set(&p->why, code, "JSON-RPC: stopped by its reader in line %" PRIu64, p->lines);
		}
	}
	buf_clear(&p->line);
	return code != ERR_OK ? fail(p, code, e) : ERR_OK;
}

static enum err_code too_long(struct jsonrpc *p, struct err *e)
{
	err_set(&p->why, ERR_LIMIT, "JSON-RPC: line %" PRIu64 " is over %zu bytes", p->lines + 1, p->max);
	return fail(p, ERR_LIMIT, e);
}

enum err_code jsonrpc_feed(struct jsonrpc *p, const void *bytes, size_t len, struct err *e)
{
	const char *s = bytes;

	if (p->failed != ERR_OK)
		return fail(p, p->failed, e);
	while (len > 0) {
		const char *nl = memchr(s, '\n', len);
		size_t n = nl != NULL ? (size_t)(nl - s) : len;

		buf_add(&p->line, s, n);
		if (p->line.over)
			return too_long(p, e);
		if (nl == NULL)
			break;
		s = nl + 1;
		len -= n + 1;
		if (take_line(p, e) != ERR_OK)
			return p->failed;
	}
	return ERR_OK;
}

enum err_code jsonrpc_end(struct jsonrpc *p, struct err *e)
{
	if (p->failed != ERR_OK)
		return fail(p, p->failed, e);
	if (trim(buf_slice(&p->line)).len == 0)
		return ERR_OK;
	err_set(&p->why, ERR_PROTO, "JSON-RPC: line %" PRIu64 " was cut", p->lines + 1);
	return fail(p, ERR_PROTO, e);
}

/* --- writing -------------------------------------------------------------- */

static void start(struct json_out *j, struct buf *out)
{
	json_start(j, out);
	json_open(j, NULL, '{');
	json_put_text(j, "jsonrpc", "2.0");
}

static void finish(struct json_out *j)
{
	json_close(j, '}');
	buf_addc(j->b, '\n');
}

static void put_call(struct json_out *j, const char *method, struct slice params)
{
	json_put_text(j, "method", method);
	if (params.len > 0)
		json_put_raw(j, "params", params);
	finish(j);
}

void jsonrpc_write_request(struct buf *out, int64_t id, const char *method, struct slice params)
{
	struct json_out j;

	start(&j, out);
	json_put_int(&j, "id", id);
	put_call(&j, method, params);
}

void jsonrpc_write_notification(struct buf *out, const char *method, struct slice params)
{
	struct json_out j;

	start(&j, out);
	put_call(&j, method, params);
}

void jsonrpc_write_result(struct buf *out, struct slice id_raw, struct slice result)
{
	struct json_out j;

	start(&j, out);
	json_put_raw(&j, "id", id_raw);
	json_put_raw(&j, "result", result);
	finish(&j);
}

void jsonrpc_write_error(struct buf *out, struct slice id_raw, int code, const char *message, struct slice data)
{
	struct json_out j;

	start(&j, out);
	json_put_raw(&j, "id", id_raw.len > 0 ? id_raw : slice_of("null"));
	json_open(&j, "error", '{');
	json_put_int(&j, "code", code);
	json_put_text(&j, "message", message);
	if (data.len > 0)
		json_put_raw(&j, "data", data);
	json_close(&j, '}');
	finish(&j);
}
