/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk over a checked request: each block goes to the prompt (what is billed
 * and remembered) and to the talk (what the script sees). */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/anthropic.h"

/* A picture's price does not grow with its bytes. */
#define PICTURE_BYTES 6400

void think_sign(const struct model *m, const char *thinking, char out[HASH_HEX])
{
	char *bound = xasprintf("%s\n%s", m->rules & RULE_BOUND ? m->id : "any", thinking);
	struct hash h = hmac_sha256("practice thinking", 17, bound, strlen(bound));

	hash_to_hex(&h, out);
	free(bound);
}

static size_t text_bytes(const cJSON *v)
{
	return cJSON_IsString(v) ? strlen(v->valuestring) : 0;
}

static size_t json_bytes(const cJSON *v)
{
	char *text = v != NULL ? cJSON_PrintUnformatted(v) : NULL;
	size_t n = text != NULL ? strlen(text) : 0;

	cJSON_free(text);
	return n;
}

/* The bytes of a block that are billed: its text, names and inputs, not the JSON round them. */
static size_t billable(const cJSON *b)
{
	const char *type = json_text(b, "type");
	const cJSON *content = json_member(b, "content"), *part;
	size_t n = 0;

	if (type == NULL)
		return text_bytes(b);
	if (strcmp(type, "image") == 0 || strcmp(type, "document") == 0) {
		n = json_bytes(json_member(b, "source"));
		return n < PICTURE_BYTES ? n : PICTURE_BYTES;
	}
	n = text_bytes(json_member(b, "text")) + text_bytes(json_member(b, "thinking")) + text_bytes(json_member(b, "data"));
	if (strcmp(type, "tool_use") == 0)
		return n + text_bytes(json_member(b, "name")) + json_bytes(json_member(b, "input"));
	n += text_bytes(content);
	if (cJSON_IsArray(content))
		cJSON_ArrayForEach(part, content)
			n += billable(part);
	return n;
}

static bool read_mark(const cJSON *b, enum prefix_life *life, struct no *n)
{
	const cJSON *c = json_member(b, "cache_control");
	const char *type = json_text(c, "type"), *ttl = json_text(c, "ttl");

	*life = LIFE_NONE;
	if (c == NULL || cJSON_IsNull(c))
		return true;
	if (type == NULL || strcmp(type, "ephemeral") != 0)
		return no_bad(n, "cache_control.type: Input should be 'ephemeral'");
	if (json_member(c, "ttl") != NULL && (ttl == NULL || (strcmp(ttl, "5m") != 0 && strcmp(ttl, "1h") != 0)))
		return no_bad(n, "cache_control.ttl: Input should be '5m' or '1h'");
	*life = ttl != NULL && strcmp(ttl, "1h") == 0 ? LIFE_1H : LIFE_5M;
	return true;
}

/* A breakpoint inside a tool result stands behind the whole result. */
static bool block_mark(const cJSON *b, enum prefix_life *life, struct no *n)
{
	const cJSON *part;

	if (!read_mark(b, life, n))
		return false;
	cJSON_ArrayForEach(part, json_array(b, "content"))
		if (*life == LIFE_NONE && !read_mark(part, life, n))
			return false;
	return true;
}

static bool add_block(struct ask *a, const char *place, const cJSON *b, size_t bytes, struct no *n)
{
	cJSON *bare = cJSON_Duplicate(b, true), *part;
	enum prefix_life life = LIFE_NONE;
	bool ok = !cJSON_IsObject(b) || block_mark(b, &life, n);
	char *text;

	cJSON_DeleteItemFromObjectCaseSensitive(bare, "cache_control");
	if (cJSON_IsObject(bare))
		cJSON_ArrayForEach(part, json_array(bare, "content"))
			cJSON_DeleteItemFromObjectCaseSensitive(part, "cache_control");
	text = cJSON_PrintUnformatted(bare);
	cJSON_Delete(bare);
	prompt_add(&a->prompt, place, slice_of(text), bytes, life);
	cJSON_free(text);
	return ok;
}

/* A bare string is the same prompt as one text block. */
static bool add_text(struct ask *a, const char *place, const char *text, struct no *n)
{
	cJSON *b = cJSON_CreateObject();
	bool ok;

	cJSON_AddStringToObject(b, "type", "text");
	cJSON_AddStringToObject(b, "text", text);
	ok = add_block(a, place, b, strlen(text), n);
	cJSON_Delete(b);
	return ok;
}

static bool fill_tools(struct ask *a, struct no *n)
{
	const char *choice = json_text(json_member(a->body, "tool_choice"), "type");
	const cJSON *tool;

	cJSON_ArrayForEach(tool, json_array(a->body, "tools")) {
		size_t bytes = text_bytes(json_member(tool, "name")) + text_bytes(json_member(tool, "description")) + json_bytes(json_member(tool, "input_schema"));

		if (!add_block(a, "tool", tool, bytes, n))
			return false;
		if ((choice == NULL || strcmp(choice, "none") != 0) && (a->forced == NULL || strcmp(a->forced, "*") == 0 || strcmp(a->forced, json_text(tool, "name")) == 0))
			talk_add_tool(&a->talk, json_text(tool, "name"));
	}
	return true;
}

static bool fill_system(struct ask *a, struct no *n)
{
	const cJSON *system = json_member(a->body, "system"), *b;
	struct buf all;
	bool ok = true;

	buf_init(&all, 0);
	if (cJSON_IsString(system) && system->valuestring[0] != '\0') {
		ok = add_text(a, "system", system->valuestring, n);
		buf_adds(&all, system->valuestring);
	} else if (cJSON_IsArray(system)) {
		cJSON_ArrayForEach(b, system) {
			ok = ok && add_block(a, "system", b, text_bytes(json_member(b, "text")), n);
			buf_addf(&all, "%s%s", all.len > 0 ? "\n" : "", json_text(b, "text"));
		}
	}
	talk_set_system(&a->talk, buf_slice(&all));
	buf_release(&all);
	return ok;
}

/* The text of a tool result: a string, or its text parts joined. */
static void result_text(const cJSON *content, struct buf *out)
{
	const cJSON *part;

	if (cJSON_IsString(content))
		buf_adds(out, content->valuestring);
	else if (cJSON_IsArray(content))
		cJSON_ArrayForEach(part, content)
			if (json_text(part, "text") != NULL)
				buf_addf(out, "%s%s", out->len > 0 ? "\n" : "", json_text(part, "text"));
}

static void talk_block(struct ask *a, const cJSON *b, const char *role, struct buf *user)
{
	const char *type = json_text(b, "type");
	struct buf text;
	char *input;

	if (strcmp(type, "text") == 0 && strcmp(role, "user") == 0) {
		buf_addf(user, "%s%s", user->len > 0 ? "\n" : "", json_text(b, "text"));
	} else if (strcmp(type, "tool_use") == 0) {
		input = cJSON_PrintUnformatted(json_member(b, "input"));
		talk_add_call(&a->talk, json_text(b, "id"), json_text(b, "name"), input);
		cJSON_free(input);
	} else if (strcmp(type, "tool_result") == 0) {
		buf_init(&text, 0);
		result_text(json_member(b, "content"), &text);
		talk_add_result(&a->talk, json_text(b, "tool_use_id"), buf_slice(&text), json_bool(b, "is_error", false));
		buf_release(&text);
		a->talk.answered = true;
	}
}

static bool fill_message(struct ask *a, const cJSON *m, struct no *n)
{
	const char *role = json_text(m, "role");
	const cJSON *content = json_member(m, "content"), *b;
	struct buf user;
	bool ok = true;

	/* Messages of one role in a row are one turn: results may come before words. */
	if (strcmp(role, "assistant") == 0)
		a->talk.answered = false;
	buf_init(&user, 0);
	if (cJSON_IsString(content) && content->valuestring[0] != '\0') {
		ok = add_text(a, role, content->valuestring, n);
		if (strcmp(role, "user") == 0)
			buf_adds(&user, content->valuestring);
	} else if (cJSON_IsArray(content)) {
		cJSON_ArrayForEach(b, content) {
			ok = ok && add_block(a, role, b, billable(b), n);
			talk_block(a, b, role, &user);
		}
	}
	if (user.len > 0)
		talk_set_user(&a->talk, buf_slice(&user));
	a->talk.turns += strcmp(role, "assistant") == 0;
	buf_release(&user);
	return ok;
}

/* The marks in order: a long life after a short one, or a fifth mark, is refused. */
static bool check_marks(const struct prompt *p, struct no *n)
{
	bool is_short = false;
	size_t i;

	if (p->marks > PREFIX_BREAKPOINTS)
		return no_bad(n, "A maximum of 4 blocks with cache_control may be provided. Found %zu.", p->marks);
	for (i = 0; i < p->n; i++) {
		if (p->block[i].mark == LIFE_1H && is_short)
			return no_bad(n, "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block (order: tools, system, messages)");
		is_short = is_short || p->block[i].mark == LIFE_5M;
	}
	return true;
}

bool ask_fill(struct ask *a, const struct hash *account, struct no *n)
{
	char hex[HASH_HEX], *scope;
	enum prefix_life life;
	const cJSON *m;

	hash_to_hex(account, hex);
	scope = xasprintf("%s %s", a->model->id, hex);
	prompt_init(&a->prompt, scope);
	free(scope);
	free(a->talk.model);
	a->talk.model = xstrdup(a->model->id);
	if (!fill_tools(a, n) || !fill_system(a, n))
		return false;
	cJSON_ArrayForEach(m, json_array(a->body, "messages"))
		if (!fill_message(a, m, n))
			return false;
	if (!read_mark(a->body, &life, n))
		return false;
	if (life != LIFE_NONE && a->prompt.n > 1 && a->prompt.block[a->prompt.n - 1].mark == LIFE_NONE) {
		a->prompt.block[a->prompt.n - 1].mark = life;
		a->prompt.marks++;
	}
	if (!check_marks(&a->prompt, n))
		return false;
	if (prompt_tokens(&a->prompt) > a->model->max_input)
		return no_bad(n, "prompt is too long: %lld tokens > %lld maximum", (long long)prompt_tokens(&a->prompt), (long long)a->model->max_input);
	return true;
}
