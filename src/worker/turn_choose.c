/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key, wire and model a call uses. A key that steps in for another is
 * written up: it may bill somebody else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/incident.h"
#include "office/key_choice.h"
#include "store/incident.h"
#include "store/journal.h"
#include "store/key.h"
#include "vendor/rules.h"
#include "worker/tier_model.h"
#include "worker/turn.h"

#define KEYS_MAX 64
#define ENDING_SOON_US (30 * US_PER_DAY)

/* Once for each time that the first key is out of order. */
static void say_failover(struct worker *w, const struct key *first, const struct key *other)
{
	struct incident i = {.at_us = clock_now_us()}, is = {0};
	char ref[NAME_MAX_BYTES];
	struct err e = {0};
	enum err_code rc = store_begin(w->h.store, &e);

	if (rc != ERR_OK)
		return;
	snprintf(i.kind, sizeof i.kind, "failover");
	snprintf(i.ref, sizeof i.ref, "%s", first->label);
	snprintf(i.text, sizeof i.text, "key %.50s steps in for key %.50s, which is %s%s%.80s", other->label, first->label,
	    life_name(&key_life, (int)first->state), first->why[0] != '\0' ? ": " : "", first->why);
	rc = incident_add(w->h.store, &i, &e);
	if (rc == ERR_OK)
		rc = incident_get(w->h.store, i.id, &is, &e);
	if (rc == ERR_OK && is.at_us == i.at_us) {
		log_line(LOG_NOTE, "%s", i.text);
		snprintf(ref, sizeof ref, "K%lld for K%lld", (long long)other->id, (long long)first->id);
		rc = journal_add(w->h.store, "failover", "the worker, by setting", ref, NULL, i.at_us, &e);
	}
	if (rc == ERR_OK)
		rc = store_commit(w->h.store, &e);
	else
		store_rollback(w->h.store);
	if (rc != ERR_OK)
		log_line(LOG_ERROR, "a failover could not be written down: %s", e.text);
}

/* Keys of a vendor or a wire that this version does not speak are no choice. */
static size_t callable(struct key *rows, int n)
{
	size_t kept = 0;
	int i;

	for (i = 0; i < n; i++)
		if (vendor_find_api(rows[i].vendor, key_api_names[rows[i].api]) != NULL)
			rows[kept++] = rows[i];
	return kept;
}

static bool choose_key(struct turn *t, const struct agent *a, char why[TITLE_MAX_BYTES])
{
	struct worker *w = t->k->w;
	struct key *rows = xcalloc(KEYS_MAX, sizeof *rows);
	int64_t now = clock_now_us();
	struct key_choice c = {-1, -1, false};
	size_t count;
	int n = 0;

	if (key_list(w->h.store, rows, KEYS_MAX, &n, NULL) != ERR_OK)
		n = 0;
	count = callable(rows, n);
	c = key_choose(rows, count, a->vendor, a->key, w->o.failover, now);
	if (c.key < 0)
		key_choice_why(rows, &c, a->vendor, a->key, now, why);
	else
		t->key = rows[c.key];
	if (c.steps_in)
		say_failover(w, &rows[c.first], &rows[c.key]);
	free(rows);
	return c.key >= 0;
}

static bool choose_model(struct turn *t, const struct facts *f, char why[TITLE_MAX_BYTES])
{
	const struct rules *rules = t->k->w->h.rules;
	const struct agent *a = &f->agent;
	enum tier tier = t->is_summary ? TIER_ROUTINE : f->task.tier;
	char usual[MODEL_ID_BYTES];

	tier_model(t->k->w->h.store, rules, t->v, tier, usual, &t->max_tokens);
	/* a model of the agent's own is its vendor's: a key of another that steps in has its own */
	snprintf(t->call.model, sizeof t->call.model, "%s", !t->is_summary && a->model[0] != '\0' && (a->vendor[0] == '\0' || strcmp(a->vendor, t->v->name) == 0) ?
	    a->model : usual);
	if (t->call.model[0] == '\0') {
		snprintf(why, TITLE_MAX_BYTES, "no model for tier %s of %s: set one", tier_names[tier], t->v->name);
		return false;
	}
	t->call.tier = tier;
	rules_find(rules, t->v->name, t->call.model, &t->rules);
	if (t->rules.max_output_tokens > 0 && t->max_tokens > t->rules.max_output_tokens)
		t->max_tokens = t->rules.max_output_tokens;
	return true;
}

/* Once for each model, in time to choose another. */
static void say_ending(struct turn *t)
{
	struct incident i = {.at_us = clock_now_us()};
	int64_t ends_us;

	if (t->rules.ends[0] == '\0' || !date_parse(t->rules.ends, &ends_us) || ends_us - i.at_us > ENDING_SOON_US)
		return;
	snprintf(i.kind, sizeof i.kind, "model_ends");
	snprintf(i.ref, sizeof i.ref, "%.63s", t->call.model);
	snprintf(i.text, sizeof i.text, "%s shuts model %.80s down on %s: choose another, claviger tier set %s %s MODEL", t->v->title, t->call.model, t->rules.ends, t->v->name,
	    tier_names[t->call.tier]);
	err_ignore(incident_add_once(t->k->w->h.store, &i, NULL));
}

bool turn_choose(struct turn *t, const struct facts *f, char why[TITLE_MAX_BYTES])
{
	struct err e = {0};

	if (!choose_key(t, &f->agent, why))
		return false;
	t->v = vendor_find_api(t->key.vendor, key_api_names[t->key.api]);
	if (vendor_place_make(t->v, t->key.base_url, t->key.region, &t->at, &e) != ERR_OK) {
		snprintf(why, TITLE_MAX_BYTES, "key %.60s: %.150s", t->key.label, e.text);
		return false;
	}
	if (!choose_model(t, f, why))
		return false;
	say_ending(t);
	return true;
}
