/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a workspace as answers, and what there is to say about one. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "model/move.h"
#include "store/key.h"

#define MANY 256

/* "3 days", "5 h", "12 min": the largest unit that fits, rounded down. */
static void span(int64_t us, char out[32])
{
	int64_t min = us / (60 * US_PER_S);

	if (min >= 48 * 60)
		snprintf(out, 32, "%lld days", (long long)(min / (24 * 60)));
	else if (min >= 120)
		snprintf(out, 32, "%lld h", (long long)(min / 60));
	else
		snprintf(out, 32, "%lld min", (long long)min);
}

const char *key_note(const struct key *k, int64_t now_us, char out[KEY_NOTE])
{
	char time[32];

	out[0] = '\0';
	if (k->state == KEY_RETIRED)
		return out;
	if (key_has_expired(k, now_us)) {
		span(now_us - k->expires_us, time);
		snprintf(out, KEY_NOTE, "session ended %s ago: rotate it", time);
	} else if (k->expires_us > 0) {
		span(k->expires_us - now_us, time);
		snprintf(out, KEY_NOTE, "session ends in %s%s", time, k->expires_us - now_us < KEY_EXPIRY_NEAR_US ? ": rotate it" : "");
	} else if (key_is_old(k, now_us)) {
		span(now_us - key_since_us(k), time);
		snprintf(out, KEY_NOTE, "%s old: rotate it", time);
	}
	return out;
}

enum err_code answer_keys(struct ask *a, struct err *e)
{
	struct key *rows = xcalloc(MANY, sizeof *rows);
	int64_t now = clock_now_us();
	char note[KEY_NOTE];
	int n = 0;
	enum err_code code = key_list(a->store, rows, MANY, &n, e);

	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		const struct key *k = &rows[i];

		json_open(a->j, NULL, '{');
		json_put_int(a->j, "id", k->id);
		json_put_text(a->j, "label", k->label);
		json_put_text(a->j, "vendor", k->vendor);
		json_put_text(a->j, "kind", key_kind_names[k->kind]);
		json_put_text(a->j, "fingerprint", k->fingerprint);
		put_word(a->j, "base_url", k->base_url);
		put_word(a->j, "region", k->region);
		json_put_text(a->j, "state", life_name(&key_life, (int)k->state));
		put_word(a->j, "why", k->why);
		put_time(a->j, "created", k->created_us);
		put_time(a->j, "last_used", k->last_used_us);
		put_time(a->j, "last_check", k->last_check_us);
		json_put_int(a->j, "calls", k->calls);
		put_money(a->j, "cost_usd", k->cost_pd);
		json_put_int(a->j, "version", k->version);
		put_word(a->j, "api", key_api_names[k->api]);
		put_word(a->j, "proxy", k->proxy);
		put_word(a->j, "ca_file", k->ca_file);
		put_time(a->j, "rotated", k->rotated_us);
		put_time(a->j, "expires", k->expires_us);
		json_put_int(a->j, "age_days", (now - key_since_us(k)) / US_PER_DAY);
		put_word(a->j, "note", key_note(k, now, note));
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}
