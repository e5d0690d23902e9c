/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For oracle.sh. Each line of input is a JSON object: {"sign": {...}} is answered
 * with our authorization header, {"decode": "HEX"} with what our parser of binary
 * event streams saw, one JSON object a line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "wire/evs.h"
#include "wire/sigv4.h"

#define FIELDS 32

static void sign(const cJSON *s)
{
	struct sigv4_field field[FIELDS];
	struct sigv4_ask a = {.method = slice_of(json_text(s, "method")), .target = slice_of(json_text(s, "target")), .field = field,
		.body = slice_of(json_text(s, "body")), .region = json_text(s, "region"), .service = json_text(s, "service")};
	const cJSON *f;
	uint8_t key[HASH_BYTES];
	struct buf prefixed, out;

	snprintf(a.time, sizeof a.time, "%s", json_text(s, "time"));
	cJSON_ArrayForEach(f, json_object(s, "headers"))
		if (a.field_count < FIELDS && sigv4_is_signed(f->string))
			field[a.field_count++] = (struct sigv4_field){slice_of(f->string), slice_of(f->valuestring)};
	buf_init(&prefixed, 0);
	buf_init(&out, 0);
	buf_addf(&prefixed, "AWS4%s", json_text(s, "secret"));
	sigv4_derive(buf_slice(&prefixed), &a, key);
	sigv4_authorization(&a, key, slice_of(json_text(s, "id")), &out);
	puts(buf_text(&out));
	buf_release(&prefixed);
	buf_release(&out);
}

static enum err_code show(void *user, const struct evs_message *m)
{
	char *hex = malloc(2 * m->payload.len + 1);
	struct json_out j;
	size_t i;

	json_start(&j, user);
	json_open(&j, NULL, '{');
	for (i = 0; i < m->header_count; i++) {
		const struct evs_header *h = &m->header[i];
		char name[256];

		snprintf(name, sizeof name, "%.*s", (int)h->name.len, h->name.p);
		if (h->type == EVS_TEXT)
			json_put_slice(&j, name, h->bytes);
		else
			json_put_int(&j, name, h->number);
	}
	hex_encode(m->payload.p, m->payload.len, hex);
	json_put_text(&j, "payload", hex);
	json_close(&j, '}');
	free(hex);
	return ERR_OK;
}

static void decode(const char *hex)
{
	size_t len = 0, i;
	unsigned char *bytes = malloc(strlen(hex) / 2 + 1);
	struct buf out;
	struct evs *p;
	enum err_code code = ERR_OK;

	buf_init(&out, 0);
	p = evs_new(1 << 24, show, &out);
	if (!hex_decode(slice_of(hex), bytes, strlen(hex) / 2 + 1, &len))
		code = ERR_USAGE;
	for (i = 0; i < len && code == ERR_OK; i += 7)
		code = evs_feed(p, bytes + i, len - i < 7 ? len - i : 7, NULL);
	if (code == ERR_OK)
		code = evs_end(p, NULL);
	puts(code == ERR_OK ? buf_text(&out) : err_name(code));
	evs_free(p);
	buf_release(&out);
	free(bytes);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 0) {
		cJSON *t;

		if (json_parse(slice_make(line, (size_t)n), &t, NULL) != ERR_OK)
			return 1;
		if (json_object(t, "sign") != NULL)
			sign(json_object(t, "sign"));
		else if (json_text(t, "decode") != NULL)
			decode(json_text(t, "decode"));
		cJSON_Delete(t);
	}
	free(line);
	return 0;
}
