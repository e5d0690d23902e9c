/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/talk.h"

#include <stdlib.h>

#include "base/memory.h"

static void set(char **to, struct slice text)
{
	free(*to);
	*to = xstrndup(text.p != NULL ? text.p : "", text.len);
}

void talk_init(struct talk *t)
{
	*t = (struct talk){.model = xstrdup(""), .system = xstrdup(""), .role = xstrdup(""), .opening = xstrdup(""), .user = xstrdup("")};
}

void talk_release(struct talk *t)
{
	size_t i;

	free(t->model);
	free(t->system);
	free(t->role);
	free(t->opening);
	free(t->user);
	for (i = 0; i < t->tools; i++)
		free(t->tool[i]);
	free(t->tool);
	for (i = 0; i < t->calls; i++) {
		free(t->call[i].id);
		free(t->call[i].tool);
		free(t->call[i].input);
		free(t->call[i].result);
	}
	free(t->call);
	*t = (struct talk){0};
}

/* The word after "role:" at the start of a line. */
static struct slice role_of(const char *system)
{
	const char *line = system;

	while (line != NULL) {
		if (strncmp(line, "role:", 5) == 0) {
			line += 5 + strspn(line + 5, " \t");
			return slice_make(line, strcspn(line, " \t\r\n,;."));
		}
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return slice_of("");
}

void talk_set_system(struct talk *t, struct slice text)
{
	set(&t->system, text);
	set(&t->role, role_of(t->system));
}

void talk_set_user(struct talk *t, struct slice text)
{
	if (t->opening[0] == '\0')
		set(&t->opening, text);
	set(&t->user, text);
}

void talk_add_tool(struct talk *t, const char *name)
{
	t->tool = xreallocarray(t->tool, t->tools + 1, sizeof *t->tool);
	t->tool[t->tools++] = xstrdup(name);
}

void talk_add_call(struct talk *t, const char *id, const char *tool, const char *input_json)
{
	t->call = xreallocarray(t->call, t->calls + 1, sizeof *t->call);
	t->call[t->calls++] = (struct talk_call){.id = xstrdup(id), .tool = xstrdup(tool), .input = xstrdup(input_json)};
}

/* What stands inside <data id="X" ...>\n and \n</data X>; text itself if it is no frame. */
static struct slice unframe(struct slice text)
{
	static const char start[] = "<data id=\"";
	const char *id, *nl, *end = NULL;
	char *close;
	size_t n;

	if (text.len < sizeof start || strncmp(text.p, start, sizeof start - 1) != 0)
		return text;
	id = text.p + sizeof start - 1;
	n = strcspn(id, "\"\n");
	nl = memchr(text.p, '\n', text.len);
	if (nl == NULL || n > 64)
		return text;
	close = xasprintf("\n</data %.*s>", (int)n, id);
	end = memmem(nl, text.len - (size_t)(nl - text.p), close, strlen(close));
	free(close);
	return end == NULL ? text : end == nl ? slice_of("") : slice_make(nl + 1, (size_t)(end - nl));
}

bool talk_add_result(struct talk *t, const char *id, struct slice text, bool is_error)
{
	size_t i;

	for (i = t->calls; i-- > 0;)
		if (strcmp(t->call[i].id, id) == 0) {
			set(&t->call[i].result, unframe(text));
			t->call[i].is_error = is_error;
			return true;
		}
	return false;
}

const struct talk_call *talk_last(const struct talk *t)
{
	size_t i;

	for (i = t->calls; t->answered && i-- > 0;)
		if (t->call[i].result != NULL)
			return &t->call[i];
	return NULL;
}

bool talk_offers(const struct talk *t, const char *tool)
{
	size_t i;

	for (i = 0; i < t->tools; i++)
		if (strcmp(t->tool[i], tool) == 0)
			return true;
	return false;
}
