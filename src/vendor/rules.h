/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.h - what each model accepts and does by default, from data/models.json. Pure.
 *
 * Owns    its rows; answers are values.
 * Errors  a file that breaks the schema is ERR_PROTO or ERR_USAGE; the rules are as before.
 * A model nobody described gets cautious defaults: nothing optional is sent to it. */
#ifndef VENDOR_RULES_H
#define VENDOR_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/prompt.h"
#include "model/task.h"	/* enum tier */

#define RULES_MODEL 128

enum thinking_kind {
	THINK_NONE,		/* send nothing about it */
	THINK_BUDGET,		/* {type:enabled,budget_tokens} or disabled; off by default */
	THINK_ADAPTIVE,		/* {type:adaptive} or disabled; off by default */
	THINK_DEFAULT_ON,	/* on unless disabled */
	THINK_ALWAYS		/* cannot be switched off; effort is the only lever */
};

struct model_rules {
	char model[RULES_MODEL];	/* the described id; the asked one where unknown */
	bool is_known;
	enum thinking_kind thinking;
	bool has_effort;		/* output_config.effort may be sent */
	enum prompt_effort effort_default, effort_off_most;	/* thinking may be off up to this effort; DEFAULT: any */
	bool refuses_sampling;
	bool refuses_forced_tool;	/* tool_choice any and tool are 400 */
	bool show_thinking;		/* ask for summaries, or a display goes silent */
	int64_t context_tokens, max_output_tokens;	/* 0: not known */
	int64_t cache_min_tokens;	/* shorter prefixes are silently not cached; 0: not known */
	int tokens_permille;		/* against the usual tokenizer: 1300 counts 30% more */
	bool takes_inference_geo;
	bool pays_cache_writes;		/* what it caches by itself is billed as a write */
	bool needs_profile;		/* Bedrock: only by the id of an inference profile */
	char ends[11];			/* the day it is shut down, "2026-12-11"; "" if none is said */
};

struct rules;	/* opaque */

struct rules *rules_new(void);
void rules_free(struct rules *r);
MUST_USE enum err_code rules_parse(struct rules *r, struct slice json, struct err *e);	/* later files win by model */
void rules_find(const struct rules *r, const char *vendor, const char *model, struct model_rules *out);
/* The model of a tier and its default max_tokens; false if the vendor has none. Where
 * an API takes other models than the vendor's usual one, the file has tiers for
 * "vendor/api"; api may be NULL. model is borrowed until the next parse or free. */
bool rules_tier(const struct rules *r, const char *vendor, const char *api, enum tier tier, const char **model, int64_t *max_tokens);
/* Two names of one model: equal but for a date or version at the end. */
bool rules_same_model(const char *a, const char *b);
/* Names of described models, in file order; NULL past the end. */
const char *rules_model(const struct rules *r, const char *vendor, size_t i);

#endif
