/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every path the practice vendor knows; a new wire adds its rows here. */
#include "base/json.h"
#include "practice/http.h"
#include "practice/wire_anthropic.h"

static void own_books(struct practice *p, const struct request *q, struct reply *r)
{
	(void)q;
	books_write(p->books, &r->body);
}

static void own_requests(struct practice *p, const struct request *q, struct reply *r)
{
	(void)q;
	r->body.max = (size_t)1 << 30;
	books_write_requests(p->books, &r->body);
}

static void own_revoke(struct practice *p, const struct request *q, struct reply *r)
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

const struct route routes[] = {
	{.method = "POST", .path = "/v1/messages", .handle = anthropic_messages},
	{.method = "POST", .path = "/v1/messages/count_tokens", .handle = anthropic_count},
	{.method = "GET", .path = "/v1/models", .handle = anthropic_models},
	{.method = "GET", .path = "/v1/models/*", .handle = anthropic_model},
	{.method = "GET", .path = "/practice/books", .handle = own_books, .is_own = true},
	{.method = "GET", .path = "/practice/requests", .handle = own_requests, .is_own = true},
	{.method = "POST", .path = "/practice/revoke", .handle = own_revoke, .is_own = true},
	{.method = NULL},
};
