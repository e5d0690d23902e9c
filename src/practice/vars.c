/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/vars.h"

#include <stdlib.h>

#include "base/memory.h"

void vars_init(struct vars *v, const struct talk *t)
{
	const struct talk_call *last = talk_last(t);
	char *turn = xasprintf("%zu", t->turns);

	*v = (struct vars){.talk = t, .connector = xstrdup("")};
	vars_set(v, "role", slice_of(t->role));
	vars_set(v, "model", slice_of(t->model));
	vars_set(v, "opening", slice_of(t->opening));
	vars_set(v, "user", slice_of(t->user));
	vars_set(v, "system", slice_of(t->system));
	vars_set(v, "result", slice_of(last != NULL ? last->result : ""));
	vars_set(v, "tool", slice_of(last != NULL ? last->tool : ""));
	vars_set(v, "turn", slice_of(turn));
	vars_set(v, "connector", slice_of(""));
	free(turn);
}

void vars_release(struct vars *v)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		free(v->var[i].name);
		free(v->var[i].value);
	}
	free(v->var);
	free(v->connector);
	*v = (struct vars){0};
}

void vars_set(struct vars *v, const char *name, struct slice value)
{
	size_t i;

	for (i = 0; i < v->n && strcmp(v->var[i].name, name) != 0; i++)
		;
	if (i == v->n) {
		v->var = xreallocarray(v->var, v->n + 1, sizeof *v->var);
		v->var[v->n++] = (struct var){.name = xstrdup(name)};
	}
	free(v->var[i].value);
	v->var[i].value = xstrndup(value.p != NULL ? value.p : "", value.len);
}

const char *vars_get(const struct vars *v, const char *name)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (strcmp(v->var[i].name, name) == 0)
			return v->var[i].value;
	return NULL;
}
