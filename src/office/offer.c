/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/offer.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "office/policy.h"

static bool plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Copies with foreign bytes as '_'; true if nothing had to change. */
static bool clean(char *out, size_t room, const char *in)
{
	bool same = true;
	size_t i;

	for (i = 0; in[i] != '\0' && i + 1 < room; i++) {
		out[i] = in[i];
		if (!plain(in[i])) {
			out[i] = '_';
			same = false;
		}
	}
	out[i] = '\0';
	return same && in[i] == '\0';
}

#define TAIL 9	/* '_' and eight hex digits */

static void shorten(char out[OFFER_NAME], const char *connector, const char *tool)
{
	struct hash_fields *h = hash_fields_new("claviger tool name");
	char hex[HASH_HEX];
	struct hash sum;
	size_t keep = strlen(out);

	hash_field_text(h, connector);
	hash_field_text(h, tool);
	sum = hash_fields_end(h);
	hash_to_hex(&sum, hex);
	if (keep > OFFER_NAME - 1 - TAIL)
		keep = OFFER_NAME - 1 - TAIL;
	snprintf(out + keep, OFFER_NAME - keep, "_%.8s", hex);
}

void offer_name(const char *connector, const char *tool, char out[OFFER_NAME])
{
	char left[NAME_MAX_BYTES * 2], whole[NAME_MAX_BYTES * 4 + 3];
	char right[NAME_MAX_BYTES * 2];
	bool same = clean(left, sizeof left, connector);

	same = clean(right, sizeof right, tool) && same;
	snprintf(whole, sizeof whole, "%s__%s", left, right);
	/* "a__b" + "c" and "a" + "b__c" would be one name */
	same = same && strlen(whole) < OFFER_NAME && strstr(connector, "__") == NULL;
	snprintf(out, OFFER_NAME, "%.*s", OFFER_NAME - 1, whole);
	if (!same)
		shorten(out, connector, tool);
}

static const struct connector_record *connector_of(const struct tool *t, const struct connector_record *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (v[i].id == t->connector)
			return v[i].state != LINK_UNTRUSTED ? &v[i] : NULL;
	return NULL;
}

static bool is_trusted(const struct tool *t)
{
	static const struct hash none;

	return t->state == TOOL_KNOWN && !hash_same(&t->pinned, &none) && hash_same(&t->pinned, &t->definition);
}

static enum offer_state state_of(const struct agent *agent, const struct task *task, const struct tool *t, enum connector_type type)
{
	if (!policy_granted(agent, type, t->connector_name, t->name))
		return OFFER_NOT_GRANTED;
	if (!is_trusted(t))
		return OFFER_QUARANTINED;
	if (task->kind == TASK_PLAN && t->effect != EFFECT_READ)
		return OFFER_PLANNING;
	return OFFER_OPEN;
}

static int by_name(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if ((x->kind == OFFER_TOOL) != (y->kind == OFFER_TOOL))
		return x->kind == OFFER_TOOL ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void built_in(struct offers *o, enum offer_kind kind, const char *name)
{
	struct offer *f = &o->v[o->n++];

	*f = (struct offer){.kind = kind, .state = OFFER_OPEN};
	snprintf(f->name, sizeof f->name, "%s", name);
}

/* Two tools under one name after all: both get the long form. */
static void part_twins(struct offers *o)
{
	size_t i, j, k;

	for (i = 0; i < o->n; i = j) {
		for (j = i + 1; j < o->n && strcmp(o->v[i].name, o->v[j].name) == 0; j++)
			;
		for (k = i; j - i > 1 && k < j; k++)
			if (o->v[k].tool != NULL)
				shorten(o->v[k].name, o->v[k].tool->connector_name, o->v[k].tool->name);
	}
}

void offers_make(struct offers *out, const struct agent *agent, const struct task *task, const struct tool *tools, size_t tools_n,
    const struct connector_record *connectors, size_t connectors_n)
{
	size_t i;

	*out = (struct offers){.v = xcalloc(tools_n + 2, sizeof *out->v)};
	built_in(out, OFFER_ASK_PERSON, "ask_person");
	if (task->kind == TASK_PLAN)
		built_in(out, OFFER_SUBMIT_PLAN, "submit_plan");
	for (i = 0; i < tools_n; i++) {
		const struct connector_record *c = connector_of(&tools[i], connectors, connectors_n);
		struct offer *f = &out->v[out->n];

		if (c == NULL)
			continue;
		*f = (struct offer){.kind = OFFER_TOOL, .tool = &tools[i], .type = c->type, .state = state_of(agent, task, &tools[i], c->type)};
		offer_name(tools[i].connector_name, tools[i].name, f->name);
		out->n++;
	}
	qsort(out->v, out->n, sizeof *out->v, by_name);
	part_twins(out);
	qsort(out->v, out->n, sizeof *out->v, by_name);
}

void offers_release(struct offers *o)
{
	free(o->v);
	*o = (struct offers){0};
}

bool offer_usable(const struct agent *agent, const struct offer *o)
{
	return o->tool != NULL && policy_granted(agent, o->type, o->tool->connector_name, o->tool->name) && is_trusted(o->tool);
}

bool offer_meant(const struct agent *agent, const struct offer *o)
{
	int i;

	if (!offer_usable(agent, o))
		return false;
	for (i = 0; i < agent->tools_n; i++)
		if (policy_pattern_covers(agent->tools[i], o->type, o->tool->connector_name, o->tool->name))
			return true;
	return agent->tools_n == 0;
}

const struct offer *offers_find(const struct offers *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->v[i].name, name) == 0)
			return &o->v[i];
	return NULL;
}
