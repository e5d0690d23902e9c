/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"

enum err_code json_parse(struct slice text, cJSON **out, struct err *e)
{
	enum err_code rc = json_gate(text, e);

	*out = NULL;
	if (rc != ERR_OK)
		return rc;
	*out = cJSON_ParseWithLength(text.p, text.len);
	return *out != NULL ? ERR_OK : err_set(e, ERR_PROTO, "JSON could not be parsed");
}

const cJSON *json_member(const cJSON *obj, const char *name)
{
	return obj != NULL ? cJSON_GetObjectItemCaseSensitive(obj, name) : NULL;
}

const cJSON *json_object(const cJSON *obj, const char *name)
{
	const cJSON *m = json_member(obj, name);

	return cJSON_IsObject(m) ? m : NULL;
}

const cJSON *json_array(const cJSON *obj, const char *name)
{
	const cJSON *m = json_member(obj, name);

	return cJSON_IsArray(m) ? m : NULL;
}

const char *json_text(const cJSON *obj, const char *name)
{
	const cJSON *m = json_member(obj, name);

	return cJSON_IsString(m) ? m->valuestring : NULL;
}

bool json_int(const cJSON *obj, const char *name, int64_t *out)
{
	const cJSON *m = json_member(obj, name);

	if (!cJSON_IsNumber(m) || fabs(m->valuedouble) > 9007199254740992.0 || m->valuedouble != floor(m->valuedouble))
		return false;
	*out = (int64_t)m->valuedouble;
	return true;
}

bool json_bool(const cJSON *obj, const char *name, bool fallback)
{
	const cJSON *m = json_member(obj, name);

	return cJSON_IsBool(m) ? cJSON_IsTrue(m) : fallback;
}

/* --- writing ------------------------------------------------------------- */

void json_start(struct json_out *j, struct buf *b)
{
	*j = (struct json_out){.b = b};
}

static void before(struct json_out *j, const char *name)
{
	if (j->comma)
		buf_addc(j->b, ',');
	if (name != NULL) {
		json_quote(j->b, slice_of(name));
		buf_addc(j->b, ':');
	}
	j->comma = true;
}

void json_open(struct json_out *j, const char *name, char bracket)
{
	before(j, name);
	buf_addc(j->b, bracket);
	j->comma = false;
}

void json_close(struct json_out *j, char bracket)
{
	buf_addc(j->b, bracket);
	j->comma = true;
}

void json_put_slice(struct json_out *j, const char *name, struct slice value)
{
	before(j, name);
	json_quote(j->b, value);
}

void json_put_text(struct json_out *j, const char *name, const char *value)
{
	if (value == NULL)
		json_put_null(j, name);
	else
		json_put_slice(j, name, slice_of(value));
}

void json_put_int(struct json_out *j, const char *name, int64_t value)
{
	before(j, name);
	buf_addf(j->b, "%" PRId64, value);
}

void json_put_bool(struct json_out *j, const char *name, bool value)
{
	before(j, name);
	buf_adds(j->b, value ? "true" : "false");
}

void json_put_null(struct json_out *j, const char *name)
{
	before(j, name);
	buf_adds(j->b, "null");
}

void json_put_raw(struct json_out *j, const char *name, struct slice raw)
{
	before(j, name);
	buf_add_slice(j->b, raw);
}

void json_quote(struct buf *b, struct slice s)
{
	static const char *const known[] = {['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r"};
	size_t i = 0;

	buf_addc(b, '"');
	while (i < s.len) {
		unsigned char c = (unsigned char)s.p[i];
		size_t n = 1;

		if (c == '"' || c == '\\') {
			buf_addc(b, '\\');
			buf_addc(b, (char)c);
		} else if (c < 0x20 || c == 0x7F) {
			if (c < LENGTH(known) && known[c] != NULL)
				buf_adds(b, known[c]);
			else
				buf_addf(b, "\\u%04x", c);
		} else {
			n = utf8_sequence(slice_make(s.p + i, s.len - i));
			if (n == 0) {
				buf_adds(b, "\xEF\xBF\xBD");
				n = 1;
			} else {
				buf_add(b, s.p + i, n);
			}
		}
		i += n;
	}
	buf_addc(b, '"');
}
