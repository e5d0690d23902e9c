/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "office/key_choice.h"

#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "model/move.h"

const char *const failover_names[FAILOVERS] = {"off", "vendor", "any"};

enum failover failover_parse(const char *name)
{
	int i;

	for (i = 0; name != NULL && i < FAILOVERS; i++)
		if (strcmp(failover_names[i], name) == 0)
			return (enum failover)i;
	return FAILOVER_OFF;
}

static bool makes_calls(const struct key *k)
{
	return k->kind != KEY_KIND_ADMIN && k->state != KEY_RETIRED;
}

static bool is_usable(const struct key *k, int64_t now_us)
{
	return makes_calls(k) && !key_has_expired(k, now_us) && (k->state == KEY_ACTIVE || k->state == KEY_UNTESTED);
}

/* A key that never worked stands first for nobody: calls on the next one are no failover. */
static int find_first(const struct key *rows, size_t n, const char *vendor, const char *label, int64_t now_us)
{
	int last = -1;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct key *k = &rows[i];

		if (!makes_calls(k) || (vendor[0] != '\0' && strcmp(vendor, k->vendor) != 0) || (label[0] != '\0' && strcmp(label, k->label) != 0))
			continue;
		if (is_usable(k, now_us) || k->calls > 0)
			return (int)i;
		last = (int)i;
	}
	return last;
}

struct key_choice key_choose(const struct key *rows, size_t n, const char *vendor, const char *label, enum failover f, int64_t now_us)
{
	struct key_choice c = {-1, find_first(rows, n, vendor, label, now_us), false};
	int pass;
	size_t i;

	if (c.first >= 0 && is_usable(&rows[c.first], now_us))
		c.key = c.first;
	/* its own vendor's first: the same models at the same price */
	for (pass = FAILOVER_VENDOR; c.first >= 0 && c.key < 0 && pass <= (int)f; pass++)
		for (i = 0; i < n && c.key < 0; i++)
			if (is_usable(&rows[i], now_us) && (pass == FAILOVER_ANY || strcmp(rows[i].vendor, rows[c.first].vendor) == 0))
				c.key = (int)i;
	c.steps_in = c.key >= 0 && c.key != c.first;
	return c;
}

void key_choice_why(const struct key *rows, const struct key_choice *c, const char *vendor, const char *label, int64_t now_us, char why[TITLE_MAX_BYTES])
{
	const struct key *k = c->first >= 0 ? &rows[c->first] : NULL;

	if (k == NULL && label[0] != '\0')
		snprintf(why, TITLE_MAX_BYTES, "no key is called %.60s%s%.60s: give the agent another", label, vendor[0] != '\0' ? " at " : "", vendor);
	else if (k == NULL)
		snprintf(why, TITLE_MAX_BYTES, vendor[0] != '\0' ? "no key for %.60s: add one" : "no key: add one", vendor);
	else if (key_has_expired(k, now_us))
		snprintf(why, TITLE_MAX_BYTES, "the session of key %s has ended: rotate it", k->label);
	else
		snprintf(why, TITLE_MAX_BYTES, "key %s is %s%s%.120s", k->label, life_name(&key_life, (int)k->state), k->why[0] != '\0' ? ": " : "", k->why);
}
