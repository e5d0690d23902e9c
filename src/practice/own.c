/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/own.h"

#include <stdio.h>

#include "base/date.h"
#include "base/json.h"

void own_books(struct practice *p, const struct request *q, struct reply *r)
{
	(void)q;
	books_write(p->books, &r->body);
}

void own_requests(struct practice *p, const struct request *q, struct reply *r)
{
	(void)q;
	r->body.max = (size_t)1 << 30;
	books_write_requests(p->books, &r->body);
}

void own_revoke(struct practice *p, const struct request *q, struct reply *r)
{
	cJSON *body = NULL;
	struct hash h;

	if (json_parse(q->body, &body, NULL) == ERR_OK && json_text(body, "key_sha256") != NULL && hash_from_text(&h, json_text(body, "key_sha256"))) {
		keys_revoke(p->keys, &h);
		buf_adds(&r->body, "{\"revoked\":true}");
	} else {
		r->status = 400;
		buf_adds(&r->body, "{\"error\":\"wants {\\\"key_sha256\\\":HEX}\"}");
	}
	cJSON_Delete(body);
}

/* A member that is a count of tokens; absent is 0. */
static bool read_tokens(const cJSON *o, const char *name, int64_t *out)
{
	*out = 0;
	return json_member(o, name) == NULL || (json_int(o, name, out) && *out >= 0);
}

static bool read_sale(const cJSON *o, struct sale *s)
{
	static const char *const vendors[] = {"anthropic", "openai", "bedrock"};
	const char *vendor = json_text(o, "vendor"), *model = json_text(o, "model"), *at = json_text(o, "at"), *key = json_text(o, "key");
	const cJSON *write = json_object(o, "cache_write");
	struct usage *u = &s->used;
	size_t i;

	*s = (struct sale){.complete = true};
	for (i = 0; i < LENGTH(vendors) && (vendor == NULL || strcmp(vendor, vendors[i]) != 0); i++)
		;
	if (i == LENGTH(vendors) || model == NULL || at == NULL || !date_parse(at, &s->at_us))
		return false;
	snprintf(s->vendor, sizeof s->vendor, "%s", vendor);
	snprintf(s->model, sizeof s->model, "%s", model);
	snprintf(s->request_id, sizeof s->request_id, "%s", json_text(o, "request_id") != NULL ? json_text(o, "request_id") : "");
	s->key = hash_bytes(key != NULL ? key : "", key != NULL ? strlen(key) : 0);
	return read_tokens(o, "input_tokens", &u->input) && read_tokens(o, "cache_read_tokens", &u->cache_read) && read_tokens(o, "output_tokens", &u->output) &&
	    read_tokens(write, "5m", &u->write_5m) && read_tokens(write, "1h", &u->write_1h) && read_tokens(write, "30m", &u->write_30m) &&
	    read_tokens(write, "12h", &u->write_12h);
}

/* All of the array, or nothing. */
void own_sales(struct practice *p, const struct request *q, struct reply *r)
{
	cJSON *body = NULL;
	const cJSON *o;
	struct sale s;
	bool ok = json_parse(q->body, &body, NULL) == ERR_OK && cJSON_IsArray(body);
	int added = 0;

	if (ok)
		cJSON_ArrayForEach(o, body)
			ok = ok && read_sale(o, &s);
	if (!ok) {
		r->status = 400;
		buf_adds(&r->body, "{\"error\":\"wants an array of {\\\"vendor\\\", \\\"model\\\", \\\"at\\\", input_tokens, ...}\"}");
	} else {
		cJSON_ArrayForEach(o, body) {
			(void)read_sale(o, &s);
			books_add(p->books, &s);
			added++;
		}
		buf_addf(&r->body, "{\"added\":%d}", added);
	}
	cJSON_Delete(body);
}
