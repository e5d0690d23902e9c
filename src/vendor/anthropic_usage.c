/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anthropic's input_tokens is only the fresh part: cache reads and writes stand
 * beside it. Later figures of a stream replace earlier ones. How long a write
 * lives is said at the start only; what is written beyond that split later is
 * priced as five minutes and marked as an estimate. A reply that took several
 * sampling steps (fallback models, compaction, an advisor) lists them in
 * iterations[], and only their sum is what is billed. */
#include <limits.h>
#include <string.h>

#include "base/json.h"
#include "vendor/anthropic.h"

/* A count: absent, null, negative and broken ones leave *out as it is. */
static bool take_count(const cJSON *obj, const char *name, int64_t *out)
{
	const cJSON *m = json_member(obj, name);
	int64_t n;

	if (json_int(obj, name, &n)) {
		if (n < 0)
			return false;
		*out = n < USAGE_TOKENS_MAX ? n : USAGE_TOKENS_MAX;
		return true;
	}
	if (cJSON_IsNumber(m) && m->valueint == INT_MAX) {	/* cJSON pins what does not fit */
		*out = USAGE_TOKENS_MAX;
		return true;
	}
	return false;
}

static void take_tier(struct anthropic_usage *u, const cJSON *usage)
{
	const char *tier = json_text(usage, "service_tier"), *speed = json_text(usage, "speed"), *geo = json_text(usage, "inference_geo");

	if (tier != NULL) {
		if (strcmp(tier, "fast") == 0 || !service_tier_from_name(tier, &u->tier)) {
			u->tier = SERVICE_STANDARD;
			u->is_odd = true;
		}
	}
	if (speed != NULL && strcmp(speed, "fast") == 0)
		u->tier = SERVICE_FAST;
	if (geo != NULL)
		u->region = strcmp(geo, "global") == 0 || strcmp(geo, "not_available") == 0 ? REGION_GLOBAL : REGION_LOCAL;
}

/* The line for one set of counts; total is split into lifetimes. */
static void put_line(const struct anthropic_usage *u, const char *model, int64_t total, int64_t split_5m, int64_t split_1h, struct usage_line *line)
{
	int64_t hour = split_1h < total ? split_1h : total;

	line->tier = u->tier;
	line->region = u->region;
	line->is_estimated = u->is_odd || total - hour != split_5m || hour != split_1h;
	usage_line_set_model(line, model, strlen(model));
	line->u.n[BUCKET_WRITE_1H] = hour;
	line->u.n[BUCKET_WRITE_5M] = total - hour;
}

static void take_step(struct anthropic_usage *u, const cJSON *step)
{
	const cJSON *split = json_object(step, "cache_creation");
	const char *model = json_text(step, "model");
	struct usage_line line = {.tier = SERVICE_STANDARD};
	int64_t written = 0, split_5m = 0, split_1h = 0;

	if (!cJSON_IsObject(step))
		return;
	(void)take_count(step, "cache_creation_input_tokens", &written);
	(void)take_count(split, "ephemeral_5m_input_tokens", &split_5m);
	(void)take_count(split, "ephemeral_1h_input_tokens", &split_1h);
	if (written < split_5m + split_1h)
		written = split_5m + split_1h;
	put_line(u, model != NULL ? model : u->model, written, split_5m, split_1h, &line);
	(void)take_count(step, "input_tokens", &line.u.n[BUCKET_INPUT]);
	(void)take_count(step, "cache_read_input_tokens", &line.u.n[BUCKET_CACHE_READ]);
	(void)take_count(step, "output_tokens", &line.u.n[BUCKET_OUTPUT]);
	usage_list_add(&u->steps, &line);
}

void anthropic_usage_take(struct anthropic_usage *u, const cJSON *usage)
{
	const cJSON *split = json_object(usage, "cache_creation"), *steps = json_array(usage, "iterations"), *step;

	if (!cJSON_IsObject(usage))
		return;
	u->is_seen = true;
	take_tier(u, usage);
	(void)take_count(usage, "input_tokens", &u->input);
	(void)take_count(usage, "cache_read_input_tokens", &u->read);
	(void)take_count(usage, "cache_creation_input_tokens", &u->written);
	(void)take_count(usage, "output_tokens", &u->output);
	(void)take_count(json_object(usage, "server_tool_use"), "web_search_requests", &u->searches);
	if (split != NULL) {
		(void)take_count(split, "ephemeral_5m_input_tokens", &u->split_5m);
		(void)take_count(split, "ephemeral_1h_input_tokens", &u->split_1h);
		if (u->written < u->split_5m + u->split_1h)
			u->written = u->split_5m + u->split_1h;
	}
	if (steps == NULL || cJSON_GetArraySize(steps) == 0)
		return;
	memset(&u->steps, 0, sizeof u->steps);
	cJSON_ArrayForEach(step, steps)
		take_step(u, step);
}

void anthropic_usage_list(const struct anthropic_usage *u, struct usage_list *out)
{
	struct usage_line line = {.tier = SERVICE_STANDARD};

	memset(out, 0, sizeof *out);
	if (u->steps.count > 0) {
		*out = u->steps;
		out->line[0].u.n[BUCKET_WEB_SEARCH] = u->searches;
		return;
	}
	put_line(u, u->model, u->written, u->split_5m, u->split_1h, &line);
	line.u.n[BUCKET_INPUT] = u->input;
	line.u.n[BUCKET_CACHE_READ] = u->read;
	line.u.n[BUCKET_OUTPUT] = u->output;
	line.u.n[BUCKET_WEB_SEARCH] = u->searches;
	usage_list_add(out, &line);
}
