/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h - JSON (RFC 8259) behind a strict gate.
 *
 * json_gate() refuses what two readers could read differently: duplicate names,
 * \u0000, lone surrogates, broken UTF-8, depth over 64, anything after the
 * value. cJSON sees only what passed it. Look-ups are case-sensitive. Numbers
 * that count money or must be shown are taken from their raw digits with
 * json_find(); cJSON's double is used for small counts only.
 * Pure. A cJSON tree stays in the function that parsed it. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define JSON_DEPTH 64

/* ERR_PROTO with the byte offset, never the content. */
MUST_USE enum err_code json_gate(struct slice text, struct err *e);
/* Gate, then parse. *out is NULL after a failure; cJSON_Delete() it. */
MUST_USE enum err_code json_parse(struct slice text, cJSON **out, struct err *e);

/* Borrowed members of an object; NULL / false if absent or of another type.
 * obj may be NULL. */
const cJSON *json_member(const cJSON *obj, const char *name);
const cJSON *json_object(const cJSON *obj, const char *name);
const cJSON *json_array(const cJSON *obj, const char *name);
const char *json_text(const cJSON *obj, const char *name);
/* A whole number within +-2^53; true if it was there. */
bool json_int(const cJSON *obj, const char *name, int64_t *out);
bool json_bool(const cJSON *obj, const char *name, bool fallback);

/* The raw bytes of the value at a path of member names (ends with NULL) in a
 * text that passed the gate: `"x"`, `1.50`, `{...}`. False if absent. An array
 * index is written as its decimal digits. */
bool json_find(struct slice text, const char *const path[], struct slice *raw);

/* The members of an object or the elements of an array, one at a time, as raw bytes of
 * a text that has passed the gate. *rest starts as the raw value and shrinks; name (NULL
 * for an array) is what stands between the quotes, escapes and all. False at the end. */
bool json_each(struct slice *rest, struct slice *name, struct slice *raw);

/* --- writing: commas and escapes are kept right ------------------------ */
struct json_out {
	struct buf *b;
	bool comma;	/* the next value needs one */
};
void json_start(struct json_out *j, struct buf *b);
void json_open(struct json_out *j, const char *name, char bracket);	/* '{' or '['; name NULL in arrays */
void json_close(struct json_out *j, char bracket);			/* '}' or ']' */
void json_put_text(struct json_out *j, const char *name, const char *value);	/* NULL gives null */
void json_put_slice(struct json_out *j, const char *name, struct slice value);
void json_put_int(struct json_out *j, const char *name, int64_t value);
void json_put_bool(struct json_out *j, const char *name, bool value);
void json_put_null(struct json_out *j, const char *name);
void json_put_raw(struct json_out *j, const char *name, struct slice raw);	/* must be JSON already */
/* A string with quotes; bytes that are no UTF-8 become U+FFFD. */
void json_quote(struct buf *b, struct slice s);

#endif
