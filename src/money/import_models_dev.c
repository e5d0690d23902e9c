/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models.dev's api.json: provider id to {models: {id: {cost, experimental}}}, dollars
 * for a million. Its cache_write is the shortest lifetime; it has no price for an hour,
 * which for Anthropic is twice the input by their published rule. Fast mode stands
 * under experimental.modes.fast. */
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "money/import_rows.h"

static const struct {
	const char *name, *vendor;
} providers[] = {{"anthropic", "anthropic"}, {"openai", "openai"}, {"amazon-bedrock", "bedrock"}};

static const char *const ignored[] = {"reasoning", "input_audio", "output_audio", "tiers", "context_over_200k", "tier"};

static bool find(struct slice in, const char *name, struct slice *out)
{
	const char *const path[] = {name, NULL};

	return json_find(in, path, out);
}

static bool bucket_of(struct slice name, const char *vendor, enum bucket *out)
{
	if (slice_is(name, "input"))
		*out = BUCKET_INPUT;
	else if (slice_is(name, "output"))
		*out = BUCKET_OUTPUT;
	else if (slice_is(name, "cache_read"))
		*out = BUCKET_CACHE_READ;
	else if (slice_is(name, "cache_write"))
		*out = strcmp(vendor, "openai") == 0 ? BUCKET_WRITE_30M : BUCKET_WRITE_5M;
	else
		return false;
	return true;
}

static bool is_ignored(struct slice name)
{
	size_t i;

	for (i = 0; i < LENGTH(ignored); i++)
		if (slice_is(name, ignored[i]))
			return true;
	return false;
}

static enum err_code read_cost(struct importing *in, const char *id, const char *vendor, enum service_tier tier, int64_t over, struct slice cost)
{
	struct slice name, raw;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && json_each(&cost, &name, &raw)) {
		enum bucket bucket;
		int64_t rate;

		if (!bucket_of(name, vendor, &bucket)) {
			if (!is_ignored(name))
				import_note(in, "%.80s: the cost '%.*s' is not understood and not taken", id, (int)(name.len < 60 ? name.len : 60), name.p);
			continue;
		}
		code = import_rate(in, id, raw, true, &rate);
		if (code == ERR_OK)
			code = import_put(in, import_row_at(in, vendor, id, tier), id, bucket, over, rate);
		if (code == ERR_OK && bucket == BUCKET_INPUT && strcmp(vendor, "anthropic") == 0)
			code = import_put(in, import_row_at(in, vendor, id, tier), id, BUCKET_WRITE_1H, over, rate * 2);
	}
	return code;
}

/* tiers: [{"tier": {"type": "context", "size": 272000}, ...}] */
static enum err_code read_steps(struct importing *in, const char *id, const char *vendor, struct slice cost)
{
	struct slice tiers, one, tier, type, size;
	enum err_code code = ERR_OK;

	if (find(cost, "context_over_200k", &one))
		code = read_cost(in, id, vendor, SERVICE_STANDARD, 200000, one);
	if (code != ERR_OK || !find(cost, "tiers", &tiers))
		return code;
	while (code == ERR_OK && json_each(&tiers, NULL, &one)) {
		int64_t over = 0;
		size_t i;

		if (find(one, "tier", &tier) && find(tier, "type", &type) && slice_is(type, "\"context\"") && find(tier, "size", &size))
			for (i = 0; i < size.len && i < 9 && size.p[i] >= '0' && size.p[i] <= '9'; i++)
				over = over * 10 + (size.p[i] - '0');
		if (over > 0)
			code = read_cost(in, id, vendor, SERVICE_STANDARD, over, one);
		else
			import_note(in, "%.80s: a price tier of an unknown kind is not taken", id);
	}
	return code;
}

static enum err_code read_model(struct importing *in, const char *id, const char *vendor, struct slice model)
{
	static const char *const fast[] = {"experimental", "modes", "fast", "cost", NULL};
	struct slice cost;
	enum err_code code;

	if (!find(model, "cost", &cost) || cost.len == 0 || cost.p[0] != '{')
		return ERR_OK;
	in->report->models++;
	code = read_cost(in, id, vendor, SERVICE_STANDARD, 0, cost);
	if (code == ERR_OK)
		code = read_steps(in, id, vendor, cost);
	if (code == ERR_OK && json_find(model, fast, &cost))
		code = read_cost(in, id, vendor, SERVICE_FAST, 0, cost);
	return code;
}

static enum err_code read_provider(struct importing *in, const char *vendor, struct slice provider)
{
	struct slice models, name, raw;
	enum err_code code = ERR_OK;

	if (!find(provider, "models", &models))
		return ERR_OK;
	while (code == ERR_OK && json_each(&models, &name, &raw)) {
		char id[USAGE_MODEL];

		if (import_name(name, id, sizeof id) && strchr(id, '/') == NULL)
			code = read_model(in, id, vendor, raw);
		else
			import_note(in, "'%.*s' is a name with a path or odd letters and not taken", (int)(name.len < 80 ? name.len : 80), name.p);
	}
	return code;
}

enum err_code import_models_dev(struct importing *in, struct slice text)
{
	struct slice name, raw;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && json_each(&text, &name, &raw)) {
		const char *vendor = NULL;
		size_t i;

		for (i = 0; i < LENGTH(providers); i++)
			if (slice_is(name, providers[i].name))
				vendor = providers[i].vendor;
		if (vendor == NULL)
			in->report->others++;
		else
			code = read_provider(in, vendor, raw);
	}
	if (code == ERR_OK && in->report->models > 0)
		import_note(in, "the format has no price for cache writes of an hour: Anthropic's are taken as twice the input, by their rule");
	return code;
}
