/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/tier_model.h"

#include <stdio.h>

#include "store/tier.h"

#define USUAL_MAX_TOKENS 4096	/* where models.json has no tier */

void tier_model(struct store *s, const struct rules *rules, const struct vendor *v, enum tier tier, char out[MODEL_ID_BYTES], int64_t *max_tokens)
{
	const char *usual = NULL;
	char both[NAME_MAX_BYTES];

	if (!rules_tier(rules, v->name, v->api, tier, &usual, max_tokens))
		*max_tokens = USUAL_MAX_TOKENS;
	snprintf(both, sizeof both, "%.40s/%.20s", v->name, v->api);
	out[0] = '\0';
	err_ignore(tier_get(s, both, tier, out, NULL));
	if (out[0] == '\0')
		err_ignore(tier_get(s, v->name, tier, out, NULL));
	if (out[0] == '\0' && usual != NULL)
		snprintf(out, MODEL_ID_BYTES, "%s", usual);
}
