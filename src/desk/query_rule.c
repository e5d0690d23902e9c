/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standing rules and what each decided. */
#include "desk/query_private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "model/rule.h"
#include "store/rule.h"

#define RULES_MAX 1000
#define DECIDED_MAX 100

static const char *state_of(const struct rule *r, int64_t now_us)
{
	if (r->revoked_us != 0)
		return "revoked";
	if (r->until_us != 0 && r->until_us <= now_us)
		return "over";
	return r->uses != 0 && r->used >= r->uses ? "used up" : "live";
}

static void put_rule(struct json_out *j, const struct rule *r, int64_t now_us)
{
	json_put_int(j, "id", r->id);
	json_put_text(j, "state", state_of(r, now_us));
	json_put_text(j, "agent", r->agent);
	json_put_text(j, "tool", r->tool);
	json_put_text(j, "effect", effect_names[r->effect]);
	put_raw(j, "when", r->patterns, "{}");
	json_put_int(j, "used", r->used);
	if (r->uses > 0)
		json_put_int(j, "uses", r->uses);
	else
		json_put_null(j, "uses");
	put_time(j, "until", r->until_us);
	if (r->max_pd > 0)
		put_money(j, "max_usd", r->max_pd);
	else
		json_put_null(j, "max_usd");
	json_put_text(j, "person", r->person);
	put_time(j, "created", r->created_us);
	put_time(j, "revoked", r->revoked_us);
}

enum err_code answer_rules(struct ask *a, struct err *e)
{
	struct rule *rows = xcalloc(RULES_MAX, sizeof *rows);
	int64_t decided[DECIDED_MAX], now_us = clock_now_us();
	int n = 0, i, k, m;
	enum err_code rc = rule_list(a->store, !a->q->all, now_us, rows, RULES_MAX, &n, e);

	json_open(a->j, NULL, '[');
	for (i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		put_rule(a->j, &rows[i], now_us);
		if (rc == ERR_OK)
			rc = rule_decided(a->store, rows[i].id, decided, DECIDED_MAX, &m, e);
		json_open(a->j, "decided", '[');
		for (k = 0; rc == ERR_OK && k < m; k++)
			json_put_int(a->j, NULL, decided[k]);
		json_close(a->j, ']');
		json_close(a->j, '}');
		rule_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return rc;
}
