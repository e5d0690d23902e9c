/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vendor/rules.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

#define RULES_MAX 2000
#define RULES_VENDORS 16

struct described {
	char vendor[32];
	struct model_rules r;
};

struct tier_model {
	char model[RULES_MODEL];
	int64_t max_tokens;	/* 0: none */
};

struct vendor_tiers {
	char vendor[32];
	struct tier_model tier[TIERS];
};

struct rules {
	struct described *row;
	size_t count;
	struct vendor_tiers tiers[RULES_VENDORS];
	size_t tiers_count;
};

struct rules *rules_new(void)
{
	return xcalloc(1, sizeof(struct rules));
}

void rules_free(struct rules *r)
{
	if (r == NULL)
		return;
	free(r->row);
	free(r);
}

/* --- reading -------------------------------------------------------------- */

static bool copy_text(char *out, size_t room, const char *s)
{
	if (s == NULL || *s == '\0' || strlen(s) >= room)
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool read_effort(const cJSON *row, const char *name, enum prompt_effort *out)
{
	const char *s = json_text(row, name);
	int i;

	*out = EFFORT_DEFAULT;
	if (json_member(row, name) == NULL)
		return true;
	for (i = EFFORT_LOW; s != NULL && i < EFFORTS; i++) {
		if (strcmp(prompt_effort_names[i], s) == 0) {
			*out = (enum prompt_effort)i;
			return true;
		}
	}
	return false;
}

static bool read_thinking(const cJSON *row, enum thinking_kind *out)
{
	static const char *const names[] = {
		[THINK_NONE] = "none", [THINK_BUDGET] = "budget", [THINK_ADAPTIVE] = "adaptive", [THINK_DEFAULT_ON] = "on", [THINK_ALWAYS] = "always"};
	const char *s = json_text(row, "thinking");
	size_t i;

	for (i = 0; s != NULL && i < LENGTH(names); i++) {
		if (strcmp(names[i], s) == 0) {
			*out = (enum thinking_kind)i;
			return true;
		}
	}
	*out = THINK_NONE;
	return json_member(row, "thinking") == NULL;
}

/* A count that may be absent (0 then). */
static bool read_count(const cJSON *row, const char *name, int64_t *out)
{
	*out = 0;
	return json_member(row, name) == NULL || (json_int(row, name, out) && *out >= 0);
}

static bool read_model(const cJSON *row, struct described *d)
{
	int64_t permille;

	memset(d, 0, sizeof *d);
	if (!copy_text(d->vendor, sizeof d->vendor, json_text(row, "vendor")) || !copy_text(d->r.model, sizeof d->r.model, json_text(row, "model")) ||
	    !read_thinking(row, &d->r.thinking) || !read_effort(row, "effort", &d->r.effort_default) || !read_effort(row, "off_up_to", &d->r.effort_off_most) ||
	    !read_count(row, "context", &d->r.context_tokens) || !read_count(row, "max_output", &d->r.max_output_tokens) ||
	    !read_count(row, "cache_min", &d->r.cache_min_tokens) || !read_count(row, "tokens_permille", &permille) || permille > 100000)
		return false;
	d->r.is_known = true;
	d->r.has_effort = d->r.effort_default != EFFORT_DEFAULT;
	d->r.refuses_sampling = json_bool(row, "refuses_sampling", false);
	d->r.refuses_forced_tool = json_bool(row, "refuses_forced_tool", false);
	d->r.show_thinking = json_bool(row, "show_thinking", false);
	d->r.takes_inference_geo = json_bool(row, "geo", false);
	d->r.pays_cache_writes = json_bool(row, "pays_cache_writes", false);
	d->r.needs_profile = json_bool(row, "needs_profile", false);
	if (json_text(row, "ends") != NULL && !copy_text(d->r.ends, sizeof d->r.ends, json_text(row, "ends")))
		return false;
	d->r.tokens_permille = permille != 0 ? (int)permille : 1000;
	return true;
}

static bool read_tiers(const cJSON *vendor, struct vendor_tiers *out)
{
	int i;

	memset(out, 0, sizeof *out);
	if (!copy_text(out->vendor, sizeof out->vendor, vendor->string))
		return false;
	for (i = 0; i < TIERS; i++) {
		const cJSON *t = json_object(vendor, tier_names[i]);

		if (t != NULL && (!copy_text(out->tier[i].model, RULES_MODEL, json_text(t, "model")) || !json_int(t, "max_tokens", &out->tier[i].max_tokens) ||
		    out->tier[i].max_tokens < 1))
			return false;
	}
	return true;
}

static void put_model(struct rules *r, const struct described *d)
{
	size_t i;

	for (i = 0; i < r->count; i++) {
		if (strcmp(r->row[i].vendor, d->vendor) == 0 && strcmp(r->row[i].r.model, d->r.model) == 0) {
			r->row[i] = *d;
			return;
		}
	}
	r->row = xreallocarray(r->row, r->count + 1, sizeof *r->row);
	r->row[r->count++] = *d;
}

/* Tiers that the later file leaves out stay. */
static bool put_tiers(struct rules *r, const struct vendor_tiers *t)
{
	size_t i, k;

	for (i = 0; i < r->tiers_count && strcmp(r->tiers[i].vendor, t->vendor) != 0; i++)
		;
	if (i == RULES_VENDORS)
		return false;
	if (i == r->tiers_count)
		r->tiers[r->tiers_count++] = *t;
	for (k = 0; k < TIERS; k++)
		if (t->tier[k].max_tokens > 0)
			r->tiers[i].tier[k] = t->tier[k];
	return true;
}

static enum err_code read_file(struct rules *r, const cJSON *t, struct err *e)
{
	const cJSON *m, *models = json_array(t, "models"), *tiers = json_object(t, "tiers");
	int64_t schema;

	if (!json_int(t, "schema", &schema) || schema != 1)
		return err_set(e, ERR_USAGE, "model rules: a schema other than 1");
	if (models != NULL && (size_t)cJSON_GetArraySize(models) + r->count > RULES_MAX)
		return err_set(e, ERR_LIMIT, "model rules: over %d models", RULES_MAX);
	cJSON_ArrayForEach(m, models) {
		struct described d;

		if (!read_model(m, &d))
			return err_set(e, ERR_USAGE, "model rules: model %zu is not as it must be", r->count + 1);
		put_model(r, &d);
	}
	cJSON_ArrayForEach(m, tiers) {
		struct vendor_tiers v;

		if (!read_tiers(m, &v) || !put_tiers(r, &v))
			return err_set(e, ERR_USAGE, "model rules: a vendor's tiers are not as they must be");
	}
	return ERR_OK;
}

enum err_code rules_parse(struct rules *r, struct slice json, struct err *e)
{
	struct rules next = *r;
	cJSON *t;
	enum err_code code = json_parse(json, &t, e);

	if (code != ERR_OK)
		return code;
	next.row = xreallocarray(NULL, r->count + 1, sizeof *r->row);
	if (r->count > 0)
		memcpy(next.row, r->row, r->count * sizeof *r->row);
	code = read_file(&next, t, e);
	cJSON_Delete(t);
	if (code != ERR_OK) {
		free(next.row);
		return code;
	}
	free(r->row);
	*r = next;
	return ERR_OK;
}

/* --- asking --------------------------------------------------------------- */

static bool is_digits(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* What may follow a described id without making it another model: "-20251001",
 * "-2026-09-03", "-latest", and "-v1", "-v1:0" where Bedrock puts them. */
static bool is_version(const char *rest)
{
	size_t n = strlen(rest);

	if (n >= 9 && rest[0] == '-' && is_digits(rest + 1, 8))
		return rest[9] == '\0' || is_version(rest + 9);
	if (n == 11 && rest[0] == '-' && is_digits(rest + 1, 4) && rest[5] == '-' && is_digits(rest + 6, 2) && rest[8] == '-' && is_digits(rest + 9, 2))
		return true;
	if (n >= 3 && strncmp(rest, "-v", 2) == 0)
		return strspn(rest + 2, "0123456789:") == n - 2;
	return n == 0 || strcmp(rest, "-latest") == 0;
}

/* On Bedrock a model is its maker's: "us.anthropic.claude-x" is Anthropic's claude-x. */
static void by_maker(const char **vendor, const char **model)
{
	static const struct {
		const char *mark, *vendor;
		bool keeps_mark;
	} makers[] = {{"anthropic.", "anthropic", false}, {"openai.", "openai", false}, {"amazon.", "bedrock", true}};
	size_t i;

	for (i = 0; strcmp(*vendor, "bedrock") == 0 && i < LENGTH(makers); i++) {
		const char *at = strstr(*model, makers[i].mark);

		if (at != NULL) {
			*model = makers[i].keeps_mark ? at : at + strlen(makers[i].mark);
			*vendor = makers[i].vendor;
			return;
		}
	}
}

void rules_find(const struct rules *r, const char *vendor, const char *model, struct model_rules *out)
{
	size_t i;

	memset(out, 0, sizeof *out);
	snprintf(out->model, sizeof out->model, "%s", model);
	out->tokens_permille = 1300;	/* the dearer tokenizer */
	by_maker(&vendor, &model);
	for (i = 0; i < r->count; i++) {
		const struct described *d = &r->row[i];
		size_t n = strlen(d->r.model);

		if (strcmp(d->vendor, vendor) == 0 && strncmp(d->r.model, model, n) == 0 && is_version(model + n)) {
			*out = d->r;
			return;
		}
	}
}

bool rules_same_model(const char *a, const char *b)
{
	size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

	return strncmp(a, b, n) == 0 && is_version(a + n) && is_version(b + n);
}

static bool find_tier(const struct rules *r, const char *vendor, enum tier tier, const char **model, int64_t *max_tokens)
{
	size_t i;

	for (i = 0; i < r->tiers_count; i++) {
		const struct tier_model *t = &r->tiers[i].tier[tier];

		if (strcmp(r->tiers[i].vendor, vendor) == 0 && t->max_tokens > 0) {
			*model = t->model;
			*max_tokens = t->max_tokens;
			return true;
		}
	}
	return false;
}

bool rules_tier(const struct rules *r, const char *vendor, const char *api, enum tier tier, const char **model, int64_t *max_tokens)
{
	char both[64];

	snprintf(both, sizeof both, "%.40s/%.20s", vendor, api != NULL ? api : "");
	return find_tier(r, both, tier, model, max_tokens) || find_tier(r, vendor, tier, model, max_tokens);
}

const char *rules_model(const struct rules *r, const char *vendor, size_t i)
{
	size_t k;

	for (k = 0; k < r->count; k++)
		if (strcmp(r->row[k].vendor, vendor) == 0 && i-- == 0)
			return r->row[k].r.model;
	return NULL;
}
