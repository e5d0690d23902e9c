/* SPDX-License-Identifier: GPL-3.0-or-later */
/* models.h - the models the practice vendor serves, and what each refuses. Pure. */
#ifndef PRACTICE_MODELS_H
#define PRACTICE_MODELS_H

#include <stddef.h>
#include <stdint.h>

enum model_rule {
	RULE_THINKS = 1 << 0,		/* thinks unless told not to */
	RULE_NO_ENABLED = 1 << 1,	/* thinking.type "enabled" is 400 */
	RULE_NO_DISABLED = 1 << 2,	/* thinking.type "disabled" is 400 */
	RULE_NO_BUDGET = 1 << 3,	/* thinking.budget_tokens is 400 */
	RULE_CALM_OFF = 1 << 4,		/* "disabled" only at effort high or below */
	RULE_NO_FORCED_TOOL = 1 << 5,	/* tool_choice any and tool are 400 */
	RULE_NO_SAMPLING = 1 << 6,	/* temperature, top_p, top_k off their defaults are 400 */
	RULE_BOUND = 1 << 7,		/* thinking blocks of another model are 400 */
	RULE_SILENT = 1 << 8,		/* thinking.display is "omitted" unless asked for */
	RULE_BETWEEN = 1 << 9,		/* knows thinking.type "between_tools" */
	RULE_GEO = 1 << 10,		/* knows inference_geo */
};

struct model {
	const char *id, *name, *created;
	int64_t max_input, max_output;	/* tokens */
	int64_t min_prefix;		/* shortest prefix that is remembered, tokens */
	unsigned rules;			/* enum model_rule */
};

/* Newest first; ends with a NULL id. */
extern const struct model models[];
const struct model *model_find(const char *id);	/* NULL if there is none */
size_t models_count(void);

#endif
