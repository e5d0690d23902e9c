/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/models.h"

#include <string.h>

const struct model *model_find(const char *id)
{
	size_t i;

	for (i = 0; models[i].id != NULL; i++)
		if (strcmp(models[i].id, id) == 0)
			return &models[i];
	return NULL;
}

size_t models_count(void)
{
	size_t n = 0;

	while (models[n].id != NULL)
		n++;
	return n;
}

#define ALWAYS (RULE_THINKS | RULE_NO_ENABLED | RULE_NO_DISABLED | RULE_NO_BUDGET)
#define LATE (RULE_NO_FORCED_TOOL | RULE_BOUND | RULE_GEO)

const struct model models[] = {
	{"claude-fable-5-2", "Claude Fable 5.2", "2026-11-09T00:00:00Z", 1000000, 128000, 512, ALWAYS | LATE},
	{"claude-mythos-5-2", "Claude Mythos 5.2", "2026-11-09T00:00:00Z", 1000000, 128000, 512, ALWAYS | LATE},
	{"claude-haiku-5-5", "Claude Haiku 5.5", "2026-10-07T00:00:00Z", 400000, 64000, 1024, RULE_GEO},
	{"claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-09-28T00:00:00Z", 1000000, 128000, 1024,
	    RULE_THINKS | RULE_NO_ENABLED | RULE_NO_DISABLED | RULE_NO_BUDGET | RULE_NO_SAMPLING | RULE_BETWEEN | LATE},
	{"claude-opus-5-5", "Claude Opus 5.5", "2026-09-22T00:00:00Z", 1000000, 128000, 512, ALWAYS | LATE | RULE_SILENT},
	{"claude-fable-5-1", "Claude Fable 5.1", "2026-09-01T00:00:00Z", 1000000, 128000, 512, ALWAYS | LATE},
	{"claude-mythos-5-1", "Claude Mythos 5.1", "2026-09-01T00:00:00Z", 1000000, 128000, 512, ALWAYS | LATE},
	{"claude-opus-5", "Claude Opus 5", "2026-07-24T00:00:00Z", 1000000, 128000, 512, RULE_THINKS | RULE_CALM_OFF | RULE_GEO},
	{"claude-sonnet-5", "Claude Sonnet 5", "2026-06-30T00:00:00Z", 1000000, 128000, 1024,
	    RULE_THINKS | RULE_NO_ENABLED | RULE_NO_BUDGET | RULE_NO_SAMPLING | RULE_GEO},
	{"claude-fable-5", "Claude Fable 5", "2026-06-09T00:00:00Z", 1000000, 128000, 512, ALWAYS | RULE_GEO},
	{"claude-mythos-5", "Claude Mythos 5", "2026-06-09T00:00:00Z", 1000000, 128000, 512, ALWAYS | RULE_GEO},
	{"claude-opus-4-8", "Claude Opus 4.8", "2026-05-28T00:00:00Z", 1000000, 128000, 1024, RULE_NO_BUDGET | RULE_GEO},
	{"claude-opus-4-7", "Claude Opus 4.7", "2026-04-16T00:00:00Z", 1000000, 128000, 2048, RULE_NO_BUDGET | RULE_GEO},
	{"claude-sonnet-4-6", "Claude Sonnet 4.6", "2026-02-17T00:00:00Z", 1000000, 64000, 1024, RULE_GEO},
	{"claude-opus-4-6", "Claude Opus 4.6", "2026-02-05T00:00:00Z", 1000000, 128000, 4096, RULE_GEO},
	{"claude-opus-4-5", "Claude Opus 4.5", "2025-11-24T00:00:00Z", 200000, 64000, 4096, 0},
	{"claude-haiku-4-5", "Claude Haiku 4.5", "2025-10-15T00:00:00Z", 200000, 64000, 4096, 0},
	{"claude-sonnet-4-5", "Claude Sonnet 4.5", "2025-09-29T00:00:00Z", 200000, 64000, 1024, 0},
	{0},
};
