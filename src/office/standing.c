/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/standing.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "money/pico.h"
#include "office/policy.h"

#define FIELD_DEPTH 8	/* names in one field */

/* --- patterns ------------------------------------------------------------------ */

enum err_code standing_check_patterns(struct slice patterns, struct err *e)
{
	cJSON *all = NULL, *one;
	enum err_code rc = json_parse(patterns, &all, e);

	if (rc != ERR_OK)
		return rc;
	if (!cJSON_IsObject(all) || all->child == NULL)
		rc = err_set(e, ERR_USAGE, "the patterns of a rule are fields with globs");
	cJSON_ArrayForEach(one, all)
		if (rc == ERR_OK && (!cJSON_IsString(one) || one->string == NULL || one->string[0] == '\0'))
			rc = err_set(e, ERR_USAGE, "a pattern of a rule is a text");
	cJSON_Delete(all);
	return rc;
}

static bool text_matches(const char *glob, struct slice raw)
{
	cJSON *v = NULL;
	bool ok = json_parse(raw, &v, NULL) == ERR_OK && cJSON_IsString(v) && policy_glob(glob, slice_of(v->valuestring));

	cJSON_Delete(v);
	return ok;
}

static bool scalar_matches(const char *glob, struct slice raw)
{
	if (raw.len == 0 || raw.p[0] == '{' || raw.p[0] == '[' || slice_is(raw, "null"))
		return false;
	return raw.p[0] == '"' ? text_matches(glob, raw) : policy_glob(glob, raw);
}

static bool value_matches(const char *glob, struct slice raw)
{
	struct slice one;
	int n = 0;

	if (raw.len == 0 || raw.p[0] != '[')
		return scalar_matches(glob, raw);
	for (; json_each(&raw, NULL, &one); n++)
		if (!scalar_matches(glob, one))
			return false;
	return n > 0;
}

/* The member of that very name first; then the name taken apart at its dots. */
static bool find_field(struct slice payload, const char *field, struct slice *raw)
{
	const char *path[FIELD_DEPTH + 1] = {field};
	char names[NAME_MAX_BYTES * 4];
	char *at = names;
	int n = 0;

	if (json_find(payload, path, raw))
		return true;
	if (strlen(field) >= sizeof names || strchr(field, '.') == NULL)
		return false;
	memcpy(names, field, strlen(field) + 1);
	while (at != NULL && n < FIELD_DEPTH) {
		path[n++] = at;
		at = strchr(at, '.');
		if (at != NULL)
			*at++ = '\0';
	}
	path[n] = NULL;
	return at == NULL && json_find(payload, path, raw);
}

static bool patterns_match(const char *patterns, struct slice payload)
{
	cJSON *all = NULL, *one;
	bool ok = standing_check_patterns(slice_of(patterns), NULL) == ERR_OK && json_parse(slice_of(patterns), &all, NULL) == ERR_OK;

	cJSON_ArrayForEach(one, all) {
		struct slice raw;

		ok = ok && find_field(payload, one->string, &raw) && value_matches(one->valuestring, raw);
	}
	cJSON_Delete(all);
	return ok;
}

/* --- money ---------------------------------------------------------------------- */

struct amounts {
	int64_t most_pd;
	int n;
	bool over;
};

static void look_at_amount(struct amounts *m, struct slice digits)
{
	int64_t pd;

	m->n++;
	if (pico_parse(digits, &pd, NULL) != ERR_OK || pd < 0 || pd > m->most_pd)
		m->over = true;
}

/* "12.50", "$12.50", "12.50 USD", "1,250", "-3": figures and what goes with them. One
 * that we cannot read (a comma, a date) is over the line rather than under it. */
static void look_at_text(struct amounts *m, struct slice raw)
{
	cJSON *v = NULL;
	struct slice s;
	size_t i, digits = 0;

	if (json_parse(raw, &v, NULL) != ERR_OK || !cJSON_IsString(v)) {
		m->over = true;
		cJSON_Delete(v);
		return;
	}
	s = slice_of(v->valuestring);
	while (s.len > 0 && strchr(" \t$", s.p[0]) != NULL)
		s = slice_make(s.p + 1, s.len - 1);
	if (s.len > 4 && memcmp(s.p + s.len - 4, " USD", 4) == 0)
		s.len -= 4;
	for (i = 0; i < s.len && strchr("0123456789.,+-' eE", s.p[i]) != NULL; i++)
		digits += s.p[i] >= '0' && s.p[i] <= '9';
	if (digits > 0 && i == s.len)
		look_at_amount(m, s);
	cJSON_Delete(v);
}

static void look_at(struct amounts *m, struct slice raw)	/* the gate bounds the depth */
{
	struct slice name, one;

	if (raw.len == 0)
		return;
	if (raw.p[0] == '{') {
		while (json_each(&raw, &name, &one))
			look_at(m, one);
	} else if (raw.p[0] == '[') {
		while (json_each(&raw, NULL, &one))
			look_at(m, one);
	} else if (raw.p[0] == '"') {
		look_at_text(m, raw);
	} else if (raw.p[0] == '-' || (raw.p[0] >= '0' && raw.p[0] <= '9')) {
		look_at_amount(m, raw);
	}
}

bool standing_money_ok(struct slice payload, int64_t most_pd)
{
	struct amounts m = {.most_pd = most_pd};
	const char *const whole[] = {NULL};
	struct slice raw;

	if (json_gate(payload, NULL) != ERR_OK || !json_find(payload, whole, &raw))
		return false;
	look_at(&m, raw);
	return m.n > 0 && !m.over;
}

/* --- all of it -------------------------------------------------------------------- */

bool standing_covers(const struct rule *r, const struct approval *a, bool read_untrusted, int64_t now_us)
{
	struct slice payload = slice_make(a->payload, a->payload != NULL ? a->payload_len : 0);
	char tool[NAME_MAX_BYTES * 2];

	snprintf(tool, sizeof tool, "%s.%s", a->connector, a->tool);
	if (!policy_rule_may_decide(a, read_untrusted) || r->revoked_us != 0 || (r->until_us != 0 && now_us >= r->until_us))
		return false;
	if (strcmp(r->agent, a->agent) != 0 || strcmp(r->tool, tool) != 0 || r->effect != a->effect || !hash_same(&r->definition, &a->definition))
		return false;
	if (json_gate(payload, NULL) != ERR_OK || (a->effect == EFFECT_SEND && r->patterns == NULL))
		return false;
	if (r->patterns != NULL && !patterns_match(r->patterns, payload))
		return false;
	return r->max_pd == 0 || standing_money_ok(payload, r->max_pd);
}
