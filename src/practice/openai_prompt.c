/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk over a checked request: what was said goes to the prompt (what is billed
 * and remembered) and to the talk (what the script sees). Responses has items,
 * Chat Completions has messages; both end in the same few calls. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/openai.h"

#define LOOKBACK 80
#define PICTURE_BYTES 6400	/* a picture's price does not grow with its bytes */
#define SEAL "practice-"

/* --- thoughts that travel ------------------------------------------------------- */

static struct hash sign(struct slice thought)
{
	return hmac_sha256("practice reasoning", 18, thought.p != NULL ? thought.p : "", thought.len);
}

char *thought_seal(struct slice thought)
{
	struct hash h = sign(thought);
	char hex[HASH_HEX], *body = xmalloc(2 * thought.len + 1), *sealed;

	hash_to_hex(&h, hex);
	hex_encode(thought.p != NULL ? thought.p : "", thought.len, body);
	sealed = xasprintf(SEAL "%s-%s", hex, body);
	free(body);
	return sealed;
}

/* How many bytes the thought had; false if it was not made here or was touched. */
static bool thought_open(const char *sealed, size_t *bytes)
{
	size_t at = strlen(SEAL) + HASH_HEX, n = strlen(sealed);
	char *thought;
	struct hash h, was;
	bool ok;

	if (strncmp(sealed, SEAL, strlen(SEAL)) != 0 || n < at || sealed[at - 1] != '-')
		return false;
	thought = xmalloc(n + 1);
	ok = hex_decode(slice_of(sealed + at), thought, n, bytes);
	h = sign(slice_make(thought, ok ? *bytes : 0));
	free(thought);
	thought = xstrndup(sealed + strlen(SEAL), HASH_HEX - 1);
	ok = ok && hash_from_text(&was, thought) && hash_same(&was, &h);
	free(thought);
	return ok;
}

/* --- the parts -------------------------------------------------------------------- */

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

static void add(struct gpt_ask *a, const char *place, const cJSON *v, size_t bytes)
{
	char *text = cJSON_PrintUnformatted(v);

	prompt_add(&a->prompt, place, slice_of(text), bytes, LIFE_NONE);
	cJSON_free(text);
}

static void add_text(struct gpt_ask *a, const char *place, const char *text)
{
	if (*text != '\0')
		prompt_add(&a->prompt, place, slice_of(text), strlen(text), LIFE_NONE);
}

static void mark(struct gpt_ask *a)
{
	if (a->marks == LENGTH(a->mark))
		memmove(a->mark, a->mark + 1, --a->marks * sizeof *a->mark);
	a->mark[a->marks++] = a->prompt.n - 1;
}

/* One part of a content array. Its text, if it has one, joins `all`. */
static bool add_part(struct gpt_ask *a, const char *place, const cJSON *part, struct buf *all, struct refusal *n)
{
	static const char *const texts[] = {"text", "input_text", "output_text", "refusal"};
	const char *type = json_text(part, "type"), *text = NULL;
	const cJSON *breakpoint = json_object(part, "prompt_cache_breakpoint");
	size_t i;

	for (i = 0; type != NULL && i < LENGTH(texts); i++)
		if (strcmp(type, texts[i]) == 0)
			text = json_text(part, strcmp(type, "refusal") == 0 ? "refusal" : "text");
	if (text != NULL) {
		/* The same words are the same prompt, whether they came as a part or alone. */
		add_text(a, place, text);
		buf_addf(all, "%s%s", all->len > 0 ? "\n" : "", text);
	} else if (type != NULL && (strstr(type, "image") != NULL || strstr(type, "file") != NULL || strstr(type, "audio") != NULL)) {
		add(a, place, part, json_bytes(part) < PICTURE_BYTES ? json_bytes(part) : PICTURE_BYTES);
	} else {
		return refuse(n, a->is_chat ? "messages" : "input", "invalid_value", "Invalid value: content parts want a known type and its text, not '%.40s'.",
		    type != NULL ? type : "");
	}
	if (breakpoint != NULL) {
		if (!(a->model->rules & GPT_PAID_WRITES))
			return refuse(n, "prompt_cache_breakpoint", "unsupported_parameter", "'prompt_cache_breakpoint' is not supported with this model.");
		mark(a);
	}
	return true;
}

static bool add_content(struct gpt_ask *a, const char *place, const cJSON *content, struct buf *all, struct refusal *n)
{
	const cJSON *part;

	if (cJSON_IsString(content)) {
		add_text(a, place, content->valuestring);
		buf_addf(all, "%s%s", all->len > 0 && content->valuestring[0] != '\0' ? "\n" : "", content->valuestring);
		return true;
	}
	if (!cJSON_IsArray(content))
		return content == NULL || cJSON_IsNull(content) ||
		    refuse(n, a->is_chat ? "messages" : "input", "invalid_type", "Invalid type for 'content': expected a string or an array.");
	cJSON_ArrayForEach(part, content)
		if (!add_part(a, place, part, all, n))
			return false;
	return true;
}

/* --- what was said ------------------------------------------------------------------ */

static void begin_own(struct gpt_ask *a)
{
	a->talk.turns += !a->in_turn;
	a->in_turn = true;
	a->talk.answered = false;
}

static bool add_message(struct gpt_ask *a, const char *role, const cJSON *content, struct buf *system, struct refusal *n)
{
	static const char *const known[] = {"user", "assistant", "system", "developer"};
	const char *place = role != NULL && strcmp(role, "developer") == 0 ? "system" : role;
	struct buf text;
	bool ok;
	size_t i;

	for (i = 0; i < LENGTH(known) && (role == NULL || strcmp(role, known[i]) != 0); i++)
		;
	if (i == LENGTH(known))
		return refuse(n, a->is_chat ? "messages" : "input", "invalid_value", "Invalid value: '%.20s'. Supported values are: 'assistant', 'system', "
		    "'developer', and 'user'.", role != NULL ? role : "");
	buf_init(&text, 0);
	if (strcmp(place, "system") == 0) {
		ok = add_content(a, place, content, system, n);
	} else {
		ok = add_content(a, place, content, &text, n);
		if (strcmp(role, "assistant") == 0) {
			begin_own(a);
		} else {
			a->in_turn = false;
			if (text.len > 0)
				talk_set_user(&a->talk, buf_slice(&text));
		}
	}
	buf_release(&text);
	return ok;
}

static bool add_call(struct gpt_ask *a, const char *id, const char *name, const char *arguments, struct refusal *n)
{
	cJSON *v = NULL;
	bool is_object = arguments != NULL && json_parse(slice_of(arguments), &v, NULL) == ERR_OK && cJSON_IsObject(v);

	cJSON_Delete(v);
	if (id == NULL || name == NULL || arguments == NULL)
		return refuse(n, a->is_chat ? "messages" : "input", "missing_required_parameter", "A function call wants an id, a name and arguments.");
	begin_own(a);
	prompt_add(&a->prompt, "call", slice_of(id), 0, LIFE_NONE);
	prompt_add(&a->prompt, name, slice_of(arguments), strlen(name) + strlen(arguments), LIFE_NONE);
	talk_add_call(&a->talk, id, name, is_object ? arguments : "{}");
	return true;
}

static bool add_output(struct gpt_ask *a, const char *id, const cJSON *output, struct refusal *n)
{
	struct buf text;
	bool ok;

	buf_init(&text, 0);
	ok = add_content(a, "result", output, &text, n);
	if (ok && (id == NULL || !talk_add_result(&a->talk, id, buf_slice(&text), false)))
		ok = a->is_chat ? refuse(n, "messages", NULL,
				      "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.")
				: refuse(n, "input", NULL, "No tool call found for function call output with call_id %.60s.", id != NULL ? id : "");
	a->talk.answered = true;
	a->in_turn = false;
	buf_release(&text);
	return ok;
}

static bool add_reasoning(struct gpt_ask *a, const cJSON *item, struct refusal *n)
{
	const char *sealed = json_text(item, "encrypted_content");
	size_t bytes = 0;

	if (sealed == NULL)
		return refuse(n, "input", NULL, "Item '%.60s' not found. Items are not persisted when `store` is set to false.",
		    json_text(item, "id") != NULL ? json_text(item, "id") : "");
	if (!thought_open(sealed, &bytes))
		return refuse(n, "input", "invalid_encrypted_content", "The encrypted content for item %.60s could not be verified.",
		    json_text(item, "id") != NULL ? json_text(item, "id") : "");
	begin_own(a);
	prompt_add(&a->prompt, "reasoning", slice_of(sealed), bytes, LIFE_NONE);
	return true;
}

static bool add_item(struct gpt_ask *a, const cJSON *item, struct buf *system, struct refusal *n)
{
	const char *type = json_text(item, "type");

	if (type == NULL || strcmp(type, "message") == 0)
		return add_message(a, json_text(item, "role"), json_member(item, "content"), system, n);
	if (strcmp(type, "function_call") == 0)
		return add_call(a, json_text(item, "call_id"), json_text(item, "name"), json_text(item, "arguments"), n);
	if (strcmp(type, "function_call_output") == 0)
		return add_output(a, json_text(item, "call_id"), json_member(item, "output"), n);
	if (strcmp(type, "reasoning") == 0)
		return add_reasoning(a, item, n);
	return refuse(n, "input", "invalid_value", "Invalid value: '%.40s'. Items of that type are not available here.", type);
}

static bool add_chat_message(struct gpt_ask *a, const cJSON *m, struct buf *system, struct refusal *n)
{
	const char *role = json_text(m, "role");
	const cJSON *call;

	if (role != NULL && strcmp(role, "tool") == 0)
		return add_output(a, json_text(m, "tool_call_id"), json_member(m, "content"), n);
	if (role != NULL && strcmp(role, "assistant") == 0 && json_array(m, "tool_calls") == NULL && !cJSON_IsString(json_member(m, "content")) &&
	    !cJSON_IsArray(json_member(m, "content")) && json_text(m, "refusal") == NULL)
		return refuse(n, "messages", "invalid_type", "Invalid value for 'content': expected a string, got null.");
	a->in_turn = false;
	if (!add_message(a, role, json_member(m, "content"), system, n))
		return false;
	cJSON_ArrayForEach(call, json_array(m, "tool_calls"))
		if (!add_call(a, json_text(call, "id"), json_text(json_object(call, "function"), "name"), json_text(json_object(call, "function"), "arguments"), n))
			return false;
	return true;
}

/* Every call has its answer. */
static bool check_answers(const struct gpt_ask *a, struct refusal *n)
{
	size_t i;

	for (i = 0; i < a->talk.calls; i++)
		if (a->talk.call[i].result == NULL)
			return a->is_chat ? refuse(n, "messages", NULL,
						"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
						"The following tool_call_ids did not have response messages: %.60s", a->talk.call[i].id)
					  : refuse(n, "input", NULL, "No tool output found for function call %.60s.", a->talk.call[i].id);
	return true;
}

static void fill_tools(struct gpt_ask *a)
{
	const cJSON *tool, *choice = json_member(a->body, "tool_choice");
	bool is_off = cJSON_IsString(choice) && strcmp(choice->valuestring, "none") == 0, is_one = cJSON_IsObject(choice);

	cJSON_ArrayForEach(tool, json_array(a->body, "tools")) {
		const cJSON *f = gpt_function(a, tool);

		add(a, "tool", f, text_bytes(json_member(f, "name")) + text_bytes(json_member(f, "description")) + json_bytes(json_member(f, "parameters")));
		if (!is_off && (!is_one || strcmp(a->forced, json_text(f, "name")) == 0))
			talk_add_tool(&a->talk, json_text(f, "name"));
	}
}

/* Where the prompt is remembered: at the end and the last three marks; at the last
 * four marks alone if so told; everywhere, for nothing, on older models. */
static void set_marks(struct gpt_ask *a)
{
	size_t i, wanted = a->is_explicit ? 4 : 3;

	a->prompt.lookback = LOOKBACK;
	if (a->model->rules & GPT_NO_CACHE)
		return;
	if (!(a->model->rules & GPT_PAID_WRITES)) {
		for (i = 1; i < a->prompt.n; i++)
			a->prompt.block[i].mark = LIFE_FREE;
		return;
	}
	for (i = a->marks > wanted ? a->marks - wanted : 0; i < a->marks; i++)
		a->prompt.block[a->mark[i]].mark = a->life;
	if (!a->is_explicit && a->prompt.n > 1)
		a->prompt.block[a->prompt.n - 1].mark = a->life;
}

static bool fill_talk(struct gpt_ask *a, struct buf *system, struct refusal *n)
{
	const cJSON *input = json_member(a->body, a->is_chat ? "messages" : "input"), *item;

	if (!a->is_chat && json_text(a->body, "instructions") != NULL) {
		add_text(a, "system", json_text(a->body, "instructions"));
		buf_adds(system, json_text(a->body, "instructions"));
	}
	if (!a->is_chat && cJSON_IsString(input))
		return add_message(a, "user", input, system, n);
	if (!cJSON_IsArray(input) || cJSON_GetArraySize(input) == 0)
		return refuse(n, a->is_chat ? "messages" : "input", "missing_required_parameter", "Missing required parameter: '%s'.", a->is_chat ? "messages" : "input");
	cJSON_ArrayForEach(item, input)
		if (!(a->is_chat ? add_chat_message : add_item)(a, item, system, n))
			return false;
	return check_answers(a, n);
}

bool gpt_ask_fill(struct gpt_ask *a, const struct hash *account, struct refusal *n)
{
	const char *key = json_text(a->body, "prompt_cache_key");
	char hex[HASH_HEX], *scope;
	struct buf system;
	bool ok;

	hash_to_hex(account, hex);
	scope = xasprintf("openai %s %s %s", a->model->id, hex, key != NULL ? key : "");
	prompt_init(&a->prompt, scope);
	free(scope);
	free(a->talk.model);
	a->talk.model = xstrdup(a->model->id);
	fill_tools(a);
	buf_init(&system, 0);
	ok = fill_talk(a, &system, n);
	talk_set_system(&a->talk, buf_slice(&system));
	buf_release(&system);
	if (!ok)
		return false;
	set_marks(a);
	if (prompt_tokens(&a->prompt) > a->model->context)
		return refuse(n, a->is_chat ? "messages" : "input", "context_length_exceeded",
		    "Your input exceeds the context window of this model. Please adjust your input and try again.");
	return true;
}
