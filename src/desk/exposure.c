/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/exposure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/slice.h"
#include "desk/desk_private.h"
#include "model/key.h"
#include "money/cap.h"
#include "money/pico.h"
#include "store/agent.h"
#include "store/cap.h"
#include "store/key.h"

#define KEYS_MAX 64
#define AGENTS_MAX 64	/* a team has fewer (op_agent.c) */

/* The least of some limits. */
struct least {
	bool is_limited;
	int64_t most_pd, free_pd;
	char by[NAME_MAX_BYTES];
};

static void take(struct least *l, int64_t most, int64_t free_pd, const char *by)
{
	if (l->is_limited && l->most_pd <= most)
		return;
	*l = (struct least){.is_limited = true, .most_pd = most, .free_pd = free_pd};
	snprintf(l->by, sizeof l->by, "%s", by);
}

static void take_cap(struct least *l, const struct cap *c, bool only_total)
{
	char by[NAME_MAX_BYTES];

	if (only_total && c->window != WINDOW_TOTAL)
		return;
	snprintf(by, sizeof by, "%s%s%.40s, %s", cap_scope_names[c->scope], c->ref[0] != '\0' ? " " : "", c->ref, cap_window_names[c->window]);
	take(l, cap_most(c->limit_pd, c->spent_pd, c->held_pd), cap_left(c->limit_pd, c->spent_pd, c->held_pd), by);
}

static void take_scope(struct least *l, const struct cap *v, int n, enum cap_scope scope, const char *ref, bool only_total)
{
	int i;

	for (i = 0; i < n; i++)
		if (v[i].scope == scope && strcmp(v[i].ref, ref) == 0)
			take_cap(l, &v[i], only_total);
}

static bool is_used(const struct key *k)
{
	return k->kind != KEY_KIND_ADMIN && k->state != KEY_RETIRED && k->state != KEY_REVOKED;
}

/* What the keys of one vendor may spend together; false: no limit. */
static bool vendor_most(const struct cap *v, int n, const struct key *keys, int keys_n, const char *vendor, bool only_total, struct least *out)
{
	struct least sum = {.is_limited = true};
	int i;

	memset(out, 0, sizeof *out);
	take_scope(out, v, n, SCOPE_VENDOR, vendor, only_total);
	for (i = 0; i < keys_n && sum.is_limited; i++) {
		struct least one = {0};

		if (!is_used(&keys[i]) || strcmp(keys[i].vendor, vendor) != 0)
			continue;
		take_scope(&one, v, n, SCOPE_KEY, keys[i].label, only_total);
		sum.is_limited = one.is_limited;
		sum.most_pd = pico_add_capped(sum.most_pd, one.most_pd);
		sum.free_pd = pico_add_capped(sum.free_pd, one.free_pd);
	}
	if (sum.is_limited)
		take(out, sum.most_pd, sum.free_pd, "the keys' own");
	return out->is_limited;
}

/* Vendors have their limits side by side: the sum of them is one. */
static void take_vendors(struct least *l, const struct cap *v, int n, const struct key *keys, int keys_n, bool only_total)
{
	struct least sum = {0};
	int i, k, vendors = 0;

	for (i = 0; i < keys_n; i++) {
		struct least one;

		for (k = 0; k < i && !(is_used(&keys[k]) && strcmp(keys[k].vendor, keys[i].vendor) == 0); k++)
			;
		if (k < i || !is_used(&keys[i]))
			continue;
		if (!vendor_most(v, n, keys, keys_n, keys[i].vendor, only_total, &one))
			return;
		sum.most_pd = pico_add_capped(sum.most_pd, one.most_pd);
		sum.free_pd = pico_add_capped(sum.free_pd, one.free_pd);
		snprintf(sum.by, sizeof sum.by, "%s", vendors++ == 0 ? one.by : "the vendors' own");
	}
	if (vendors > 0)
		take(l, sum.most_pd, sum.free_pd, sum.by);
}

/* So have agents: each call is one's. Without a limit on each there is none on all. */
static void take_agents(struct least *l, struct store *s, const struct cap *v, int n, bool only_total)
{
	struct agent *rows = xcalloc(AGENTS_MAX, sizeof *rows);
	struct least sum = {.is_limited = true};
	int agents = 0, i;

	if (agent_list(s, rows, AGENTS_MAX, &agents, NULL) != ERR_OK)
		agents = 0;
	for (i = 0; i < agents; i++) {
		struct cap own = {.scope = SCOPE_AGENT, .window = WINDOW_DAY};
		struct least one = {0};

		take_scope(&one, v, n, SCOPE_AGENT, rows[i].name, only_total);
		snprintf(own.ref, sizeof own.ref, "%s", rows[i].name);
		if (cap_own_state(s, &own, NULL) == ERR_OK && own.limit_pd > 0)
			take_cap(&one, &own, only_total);
		sum.is_limited = sum.is_limited && one.is_limited;
		sum.most_pd = pico_add_capped(sum.most_pd, one.most_pd);
		sum.free_pd = pico_add_capped(sum.free_pd, one.free_pd);
		agent_release(&rows[i]);
	}
	free(rows);
	if (agents > 0 && agents < AGENTS_MAX && sum.is_limited)
		take(l, sum.most_pd, sum.free_pd, "the agents' own");
}

static void find(struct store *s, int64_t goal, const struct cap *v, int n, const struct key *keys, int keys_n, bool only_total, struct least *l)
{
	char ref[24];

	memset(l, 0, sizeof *l);
	take_scope(l, v, n, SCOPE_WORKSPACE, "", only_total);
	take_vendors(l, v, n, keys, keys_n, only_total);
	take_agents(l, s, v, n, only_total);
	snprintf(ref, sizeof ref, "%" PRId64, goal);
	if (goal > 0) {
		struct cap c = {.scope = SCOPE_GOAL, .window = WINDOW_TOTAL};

		take_scope(l, v, n, SCOPE_GOAL, ref, only_total);
		snprintf(c.ref, sizeof c.ref, "%s", ref);
		if (cap_own_state(s, &c, NULL) == ERR_OK && c.limit_pd > 0)
			take_cap(l, &c, only_total);
	}
}

void exposure_of(struct store *s, int64_t goal, int64_t now_us, struct exposure *out)
{
	struct cap *caps = xcalloc(CAPS_MAX, sizeof *caps);
	struct key *keys = xcalloc(KEYS_MAX, sizeof *keys);
	struct least today, total;
	int n = 0, keys_n = 0;

	if (cap_list(s, now_us, caps, CAPS_MAX, &n, NULL) != ERR_OK)
		n = 0;
	if (key_list(s, keys, KEYS_MAX, &keys_n, NULL) != ERR_OK)
		keys_n = 0;
	find(s, goal, caps, n, keys, keys_n, false, &today);
	find(s, goal, caps, n, keys, keys_n, true, &total);
	*out = (struct exposure){.has_today = today.is_limited, .has_total = total.is_limited, .today_pd = today.most_pd, .total_pd = total.most_pd, .free_pd = today.free_pd};
	snprintf(out->today_by, sizeof out->today_by, "%s", today.by);
	snprintf(out->total_by, sizeof out->total_by, "%s", total.by);
	free(caps);
	free(keys);
}

int64_t exposure_under(const struct cap *all, int n, const struct cap *c, const char *vendor)
{
	struct least l = {0};

	take_cap(&l, c, false);
	take_scope(&l, all, n, SCOPE_WORKSPACE, "", false);
	if (c->scope == SCOPE_VENDOR || c->scope == SCOPE_KEY)
		take_scope(&l, all, n, c->scope, c->ref, false);
	if (c->scope == SCOPE_KEY && vendor[0] != '\0')
		take_scope(&l, all, n, SCOPE_VENDOR, vendor, false);
	return l.most_pd;
}

void desk_exposure(struct desk *d, char out[TITLE_MAX_BYTES])
{
	struct exposure x;

	exposure_of(d->store, 0, clock_now_us(), &x);
	exposure_words(&x, out);
}

void exposure_words(const struct exposure *x, char out[TITLE_MAX_BYTES])
{
	char today[PICO_TEXT], total[PICO_TEXT];

	pico_format_cap(x->today_pd, today);
	pico_format_cap(x->total_pd, total);
	if (x->has_today && x->has_total && strcmp(x->today_by, x->total_by) == 0)
		snprintf(out, TITLE_MAX_BYTES, "at most %s more in all (%s)", total, x->total_by);
	else if (x->has_today && x->has_total)
		snprintf(out, TITLE_MAX_BYTES, "at most %s more today (%s), %s in all (%s)", today, x->today_by, total, x->total_by);
	else if (x->has_today)
		snprintf(out, TITLE_MAX_BYTES, "at most %s more today (%s)", today, x->today_by);
	else
		snprintf(out, TITLE_MAX_BYTES, "no limit covers all of it: nothing bounds what it may cost");
}
