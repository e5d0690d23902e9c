/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define SUB '\x1A'

const char *const prompt_effort_names[EFFORTS] = {"default", "low", "medium", "high", "xhigh", "max"};

void prompt_init(struct prompt *p, const char *model, int64_t max_tokens)
{
	memset(p, 0, sizeof *p);
	p->model = xstrdup(model);
	p->max_tokens = max_tokens;
}

void prompt_part_release(struct prompt_part *part)
{
	free(part->id);
	free(part->name);
	free(part->bytes);
	memset(part, 0, sizeof *part);
}

void prompt_release(struct prompt *p)
{
	size_t i, k;

	for (i = 0; i < p->system_count; i++)
		free(p->system[i].text);
	for (i = 0; i < p->tool_count; i++) {
		free(p->tool[i].name);
		free(p->tool[i].description);
		free(p->tool[i].schema);
	}
	for (i = 0; i < p->message_count; i++) {
		for (k = 0; k < p->message[i].count; k++)
			prompt_part_release(&p->message[i].part[k]);
		free(p->message[i].part);
	}
	free(p->system);
	free(p->tool);
	free(p->message);
	free(p->model);
	free(p->choice_tool);
	free(p->user_id);
	free(p->cache_key);
	memset(p, 0, sizeof *p);
}

static void replace(char **into, const char *s)
{
	free(*into);
	*into = s != NULL ? xstrdup(s) : NULL;
}

void prompt_set_model(struct prompt *p, const char *model)
{
	replace(&p->model, model);
}

void prompt_set_user(struct prompt *p, const char *user_id)
{
	replace(&p->user_id, user_id);
}

void prompt_set_cache_key(struct prompt *p, const char *key)
{
	replace(&p->cache_key, key);
}

void prompt_choose_tool(struct prompt *p, enum prompt_tool_choice choice, const char *tool)
{
	p->choice = choice;
	replace(&p->choice_tool, choice == CHOICE_TOOL ? tool : NULL);
}

/* --- adding --------------------------------------------------------------- */

/* May n more bytes and one more of count come in? */
static bool has_room(struct prompt *p, size_t count, size_t max, size_t n)
{
	if (p->over || count >= max || n > PROMPT_BYTES || p->bytes > PROMPT_BYTES - n) {
		p->over = true;
		return false;
	}
	p->bytes += n;
	return true;
}

static char *copy_text(struct slice s)
{
	char *out = xmalloc(s.len + 1), *nul;

	if (s.len > 0)
		memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	for (nul = out; (nul = memchr(nul, '\0', s.len - (size_t)(nul - out))) != NULL; nul++)
		*nul = SUB;
	return out;
}

static size_t text_len(const char *s)
{
	return s != NULL ? strlen(s) : 0;
}

void prompt_add_system(struct prompt *p, struct slice text, enum cache_mark cache)
{
	if (!has_room(p, p->system_count, PROMPT_SYSTEM_MAX, text.len))
		return;
	p->system = xreallocarray(p->system, p->system_count + 1, sizeof *p->system);
	p->system[p->system_count++] = (struct prompt_system){copy_text(text), text.len, cache};
}

void prompt_add_tool(struct prompt *p, const char *name, const char *description, struct slice schema, enum cache_mark cache)
{
	if (!has_room(p, p->tool_count, PROMPT_TOOLS_MAX, strlen(name) + text_len(description) + schema.len))
		return;
	p->tool = xreallocarray(p->tool, p->tool_count + 1, sizeof *p->tool);
	p->tool[p->tool_count++] = (struct prompt_tool){xstrdup(name), xstrdup(description != NULL ? description : ""), copy_text(schema), cache};
}

void prompt_add_message(struct prompt *p, enum prompt_role role)
{
	if (p->message_count > 0 && p->message[p->message_count - 1].role == role)
		return;
	if (!has_room(p, p->message_count, PROMPT_MESSAGES_MAX, 0))
		return;
	p->message = xreallocarray(p->message, p->message_count + 1, sizeof *p->message);
	p->message[p->message_count++] = (struct prompt_message){.role = role};
}

/* Takes over nothing: part's strings are borrowed and copied here. */
static void add_part(struct prompt *p, const struct prompt_part *part)
{
	struct slice bytes = slice_make(part->bytes, part->len);
	struct prompt_message *m;

	if (p->message_count == 0)
		prompt_add_message(p, ROLE_USER);
	if (p->over || p->message_count == 0)
		return;
	m = &p->message[p->message_count - 1];
	if (!has_room(p, m->count, PROMPT_PARTS_MAX, part->len + text_len(part->id) + text_len(part->name)))
		return;
	m->part = xreallocarray(m->part, m->count + 1, sizeof *m->part);
	m->part[m->count] = *part;
	m->part[m->count].id = part->id != NULL ? xstrdup(part->id) : NULL;
	m->part[m->count].name = part->name != NULL ? xstrdup(part->name) : NULL;
	m->part[m->count].bytes = copy_text(bytes);
	m->count++;
}

/* A part whose strings are only lent to add_part(), which copies them. */
static struct prompt_part lend(enum part_kind kind, const char *id, const char *name, struct slice bytes)
{
	return (struct prompt_part){.kind = kind, .id = (char *)(uintptr_t)id, .name = (char *)(uintptr_t)name, .bytes = (char *)(uintptr_t)bytes.p, .len = bytes.len};
}

void prompt_add_text(struct prompt *p, struct slice text)
{
	struct prompt_part part = lend(PART_TEXT, NULL, NULL, text);

	add_part(p, &part);
}

void prompt_add_tool_use(struct prompt *p, const char *id, const char *name, struct slice input_json)
{
	struct prompt_part part = lend(PART_TOOL_USE, id, name, input_json);

	add_part(p, &part);
}

void prompt_add_tool_result(struct prompt *p, const char *id, struct slice text, bool is_error)
{
	struct prompt_part part = lend(PART_TOOL_RESULT, id, NULL, text);

	part.is_error = is_error;
	add_part(p, &part);
}

void prompt_add_opaque(struct prompt *p, const char *vendor, const char *model, struct slice raw_json)
{
	struct prompt_part part = lend(PART_OPAQUE, model, vendor, raw_json);

	add_part(p, &part);
}

void prompt_mark_last(struct prompt *p, enum cache_mark cache)
{
	struct prompt_message *m = p->message_count > 0 ? &p->message[p->message_count - 1] : NULL;

	if (m != NULL && m->count > 0)
		m->part[m->count - 1].cache = cache;
}

size_t prompt_cache_marks(const struct prompt *p)
{
	size_t i, k, n = 0;

	for (i = 0; i < p->tool_count; i++)
		n += p->tool[i].cache != CACHE_NONE;
	for (i = 0; i < p->system_count; i++)
		n += p->system[i].cache != CACHE_NONE;
	for (i = 0; i < p->message_count; i++)
		for (k = 0; k < p->message[i].count; k++)
			n += p->message[i].part[k].cache != CACHE_NONE;
	return n;
}
