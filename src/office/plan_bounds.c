/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/plan_bounds.h"

#include <string.h>

#include "base/slice.h"
#include "money/pico.h"

#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define HALVES "__"

enum err_code plan_check_money(const struct plan *p, const struct goal *g, struct err *e)
{
	char all[PICO_TEXT], most[PICO_TEXT];

	if (g->cap_pd == 0 || p->cost_pd <= g->cap_pd)
		return ERR_OK;
	pico_format_cap(p->cost_pd, all);
	pico_format_cap(g->cap_pd, most);
	return err_set(e, ERR_LIMIT, "The tasks are expected to cost %s together, and the goal may cost at most %s; plan less, or smaller", all, most);
}

/* The name without its shortening hash: its halves. */
static const char *second_half(const char *name)
{
	const char *at = strstr(name, HALVES);

	return at != NULL ? at + strlen(HALVES) : NULL;
}

static bool same_first(const char *name, struct slice word, size_t first)
{
	const char *tool = second_half(name);

	return tool != NULL && (size_t)(tool - name) == first + strlen(HALVES) && strncmp(name, word.p, first) == 0;
}

/* Is the word meant for a tool? *tool is the one of just that name, or NULL. */
static bool means_tool(const struct offers *offers, struct slice word, const struct offer **tool)
{
	size_t first, i;
	bool meant = false;

	*tool = NULL;
	for (first = 1; first + strlen(HALVES) < word.len && strncmp(word.p + first, HALVES, strlen(HALVES)) != 0; first++)
		;
	if (first + strlen(HALVES) >= word.len)
		return false;
	for (i = 0; i < offers->n; i++) {
		const struct offer *o = &offers->v[i];
		struct slice rest = slice_make(word.p + first + strlen(HALVES), word.len - first - strlen(HALVES));

		if (o->kind != OFFER_TOOL)
			continue;
		if (slice_is(word, o->name)) {
			*tool = o;
			return true;
		}
		meant = meant || same_first(o->name, word, first) || slice_is(rest, o->tool->name);
	}
	return meant;
}

static enum err_code check_word(const struct plan_task *t, const struct agent *a, const struct offers *offers, struct slice word, struct err *e)
{
	const struct offer *o;

	if (!means_tool(offers, word, &o))
		return ERR_OK;
	if (o == NULL)
		return err_set(e, ERR_USAGE, "Task %s names the tool %.*s, and there is none; name only tools of the team list", t->key,
		    (int)(word.len < OFFER_NAME ? word.len : OFFER_NAME), word.p);
	if (!offer_usable(a, o))
		return err_set(e, ERR_USAGE, "Task %s names the tool %s, which %s may not use; give it to someone whose tools it is among", t->key, o->name, a->name);
	return ERR_OK;
}

/* A path, or a file's name, is no tool. */
static bool is_in_a_path(const char *text, const char *from, size_t n)
{
	return (from > text && (from[-1] == '/' || from[-1] == '.')) || from[n] == '/' || (from[n] == '.' && from[n + 1] != '\0' && strchr(WORD, from[n + 1]) != NULL);
}

static enum err_code check_text(const struct plan_task *t, const struct agent *a, const struct offers *offers, const char *text, struct err *e)
{
	const char *p = text;

	while (*p != '\0') {
		size_t n = strspn(p, WORD);
		enum err_code rc = ERR_OK;

		if (n > 0 && p[0] != '_' && !is_in_a_path(text, p, n))
			rc = check_word(t, a, offers, slice_make(p, n), e);
		if (rc != ERR_OK)
			return rc;
		p += n > 0 ? n : 1;
	}
	return ERR_OK;
}

enum err_code plan_check_tools(const struct plan *p, const struct agent *team, size_t team_n, const struct offers *offers, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t k;
	int i;

	for (i = 0; i < p->tasks_n && rc == ERR_OK; i++)
		for (k = 0; k < team_n && rc == ERR_OK; k++)
			if (strcmp(team[k].name, p->tasks[i].agent) == 0) {
				rc = check_text(&p->tasks[i], &team[k], offers, p->tasks[i].title, e);
				if (rc == ERR_OK)
					rc = check_text(&p->tasks[i], &team[k], offers, p->tasks[i].instructions, e);
			}
	return rc;
}
