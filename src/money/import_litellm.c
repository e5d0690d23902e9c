/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LiteLLM's map: one object, model id to a flat object of dollars a token.
 *
 * A price's name is read by its grammar, not from a list:
 *   BASE [_above_1hr] [_above_<N>k_tokens] [_flex | _priority | _batches]
 * `_above_1hr` is a lifetime of cache writes and no size of prompt; the tier's
 * suffix belongs to its own row, so `_above_272k_tokens_priority` says nothing of
 * standard long prompts. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "money/import_rows.h"

static const struct {
	const char *name, *vendor;
} providers[] = {
	{"anthropic", "anthropic"}, {"openai", "openai"}, {"bedrock", "bedrock"}, {"bedrock_converse", "bedrock"}, {"bedrock_mantle", "bedrock"},
};

static const struct {
	const char *text;
	enum bucket bucket;
} bases[] = {
	{"cache_creation_input_token_cost", BUCKET_WRITE_5M}, {"cache_read_input_token_cost", BUCKET_CACHE_READ},
	{"input_cost_per_token", BUCKET_INPUT}, {"output_cost_per_token", BUCKET_OUTPUT},
};

static const struct {
	const char *text;
	enum service_tier tier;
} tiers[] = {{"_flex", SERVICE_FLEX}, {"_priority", SERVICE_PRIORITY}, {"_batches", SERVICE_BATCH}};

struct price_name {
	enum bucket bucket;
	enum service_tier tier;
	int64_t over;
};

static bool takes(struct slice *s, const char *text)
{
	size_t n = strlen(text);

	if (s->len < n || memcmp(s->p, text, n) != 0)
		return false;
	*s = slice_make(s->p + n, s->len - n);
	return true;
}

/* "_above_272k_tokens" */
static bool takes_size(struct slice *s, int64_t *over)
{
	struct slice rest = *s;
	int64_t n = 0;
	size_t digits = 0;

	if (!takes(&rest, "_above_"))
		return false;
	for (; digits < rest.len && digits < 7 && rest.p[digits] >= '0' && rest.p[digits] <= '9'; digits++)
		n = n * 10 + (rest.p[digits] - '0');
	rest = slice_make(rest.p + digits, rest.len - digits);
	if (digits == 0 || n == 0 || !takes(&rest, "k_tokens"))
		return false;
	*over = n * 1000;
	*s = rest;
	return true;
}

/* 1 a price of ours, 0 something else, -1 one of our prices with an ending nobody knows. */
static int read_name(struct slice name, const char *vendor, struct price_name *out)
{
	size_t i;

	*out = (struct price_name){.tier = SERVICE_STANDARD};
	for (i = 0; i < LENGTH(bases) && !takes(&name, bases[i].text); i++)
		;
	if (i == LENGTH(bases))
		return 0;
	out->bucket = bases[i].bucket;
	if (out->bucket == BUCKET_WRITE_5M && strcmp(vendor, "openai") == 0)
		out->bucket = BUCKET_WRITE_30M;		/* the only lifetime the map has for them */
	if (out->bucket == BUCKET_WRITE_5M && takes(&name, "_above_1hr"))
		out->bucket = BUCKET_WRITE_1H;
	(void)takes_size(&name, &out->over);
	for (i = 0; i < LENGTH(tiers); i++)
		if (takes(&name, tiers[i].text)) {
			out->tier = tiers[i].tier;
			break;
		}
	return name.len == 0 ? 1 : -1;
}

static bool member_text(struct slice model, const char *name, char *out, size_t size)
{
	const char *const path[] = {name, NULL};
	struct slice raw;

	return json_find(model, path, &raw) && raw.len > 2 && raw.p[0] == '"' && import_name(slice_make(raw.p + 1, raw.len - 2), out, size);
}

static const char *vendor_of(struct slice model)
{
	char provider[40], mode[40];
	size_t i;

	if (!member_text(model, "litellm_provider", provider, sizeof provider))
		return NULL;
	if (member_text(model, "mode", mode, sizeof mode) && strcmp(mode, "chat") != 0 && strcmp(mode, "responses") != 0 && strcmp(mode, "completion") != 0)
		return NULL;
	for (i = 0; i < LENGTH(providers); i++)
		if (strcmp(providers[i].name, provider) == 0)
			return providers[i].vendor;
	return NULL;
}

static enum err_code read_model(struct importing *in, const char *id, const char *vendor, struct slice fields)
{
	struct slice name, raw;
	bool priced = false;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && json_each(&fields, &name, &raw)) {
		struct price_name p;
		int64_t rate;
		int kind = read_name(name, vendor, &p);

		if (kind < 0)
			import_note(in, "%.80s: '%.*s' is not understood and not taken", id, (int)(name.len < 80 ? name.len : 80), name.p);
		if (kind <= 0 || slice_is(raw, "null"))
			continue;
		code = import_rate(in, id, raw, false, &rate);
		if (code == ERR_OK)
			code = import_put(in, import_row_at(in, vendor, id, p.tier), id, p.bucket, p.over, rate);
		priced = true;
	}
	in->report->models += priced;
	return code;
}

enum err_code import_litellm(struct importing *in, struct slice text)
{
	struct slice name, raw;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && json_each(&text, &name, &raw)) {
		char id[USAGE_MODEL];
		const char *vendor = raw.len > 0 && raw.p[0] == '{' && !slice_is(name, "sample_spec") ? vendor_of(raw) : NULL;

		if (vendor == NULL) {
			in->report->others++;
		} else if (!import_name(name, id, sizeof id) || strchr(id, '/') != NULL) {
			/* "bedrock/us-gov-west-1/...", "openai/...": prices of one region or of another door */
			import_note(in, "'%.*s' is a name with a path or odd letters and not taken", (int)(name.len < 80 ? name.len : 80), name.p);
			in->report->others++;
		} else {
			code = read_model(in, id, vendor, raw);
		}
	}
	return code;
}
