/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/bedrock.h"

/* The makers' own rules of models that only Bedrock has here. */
static const struct model others[] = {
	{"nova-micro", "Nova Micro", "2024-12-03T00:00:00Z", 128000, 5120, 1024, 0},
	{"nova-lite", "Nova Lite", "2024-12-03T00:00:00Z", 300000, 5120, 1024, 0},
	{"nova-pro", "Nova Pro", "2024-12-03T00:00:00Z", 300000, 5120, 1024, 0},
	{"nova-premier", "Nova Premier", "2025-04-30T00:00:00Z", 1000000, 10000, 1024, 0},
	{"nova-2-lite", "Nova 2 Lite", "2025-12-02T00:00:00Z", 1000000, 65536, 1024, 0},
	{"gpt-5.4", "GPT-5.4", "2026-07-01T00:00:00Z", 400000, 128000, INT64_MAX, 0},
	{"gpt-5.5", "GPT-5.5", "2026-07-01T00:00:00Z", 400000, 128000, INT64_MAX, 0},
	{"gpt-5.6-sol", "GPT-5.6 Sol", "2026-08-01T00:00:00Z", 1050000, 128000, INT64_MAX, 0},
	{"gpt-5.6-terra", "GPT-5.6 Terra", "2026-08-01T00:00:00Z", 1050000, 128000, INT64_MAX, 0},
	{"gpt-5.6-luna", "GPT-5.6 Luna", "2026-08-01T00:00:00Z", 1050000, 128000, INT64_MAX, 0},
	{0},
};

#define CLAUDE(id, title, name) {id, "Anthropic", title, name, false, true, true}
#define OTHER(id, maker, title, name, bare, global, local) {id, maker, title, name, bare, global, local}

const struct offered offered[] = {
	CLAUDE("anthropic.claude-fable-5-2", "Claude Fable 5.2", "claude-fable-5-2"),
	CLAUDE("anthropic.claude-haiku-5-5", "Claude Haiku 5.5", "claude-haiku-5-5"),
	CLAUDE("anthropic.claude-sonnet-5-5", "Claude Sonnet 5.5", "claude-sonnet-5-5"),
	CLAUDE("anthropic.claude-opus-5-5", "Claude Opus 5.5", "claude-opus-5-5"),
	CLAUDE("anthropic.claude-fable-5-1", "Claude Fable 5.1", "claude-fable-5-1"),
	CLAUDE("anthropic.claude-opus-5", "Claude Opus 5", "claude-opus-5"),
	CLAUDE("anthropic.claude-sonnet-5", "Claude Sonnet 5", "claude-sonnet-5"),
	CLAUDE("anthropic.claude-fable-5", "Claude Fable 5", "claude-fable-5"),
	CLAUDE("anthropic.claude-opus-4-8", "Claude Opus 4.8", "claude-opus-4-8"),
	CLAUDE("anthropic.claude-opus-4-7", "Claude Opus 4.7", "claude-opus-4-7"),
	CLAUDE("anthropic.claude-sonnet-4-6", "Claude Sonnet 4.6", "claude-sonnet-4-6"),
	CLAUDE("anthropic.claude-opus-4-6-v1", "Claude Opus 4.6", "claude-opus-4-6"),
	CLAUDE("anthropic.claude-opus-4-5-20251101-v1:0", "Claude Opus 4.5", "claude-opus-4-5"),
	CLAUDE("anthropic.claude-haiku-4-5-20251001-v1:0", "Claude Haiku 4.5", "claude-haiku-4-5"),
	CLAUDE("anthropic.claude-sonnet-4-5-20250929-v1:0", "Claude Sonnet 4.5", "claude-sonnet-4-5"),
	OTHER("amazon.nova-micro-v1:0", "Amazon", "Nova Micro", "nova-micro", true, false, true),
	OTHER("amazon.nova-lite-v1:0", "Amazon", "Nova Lite", "nova-lite", true, false, true),
	OTHER("amazon.nova-pro-v1:0", "Amazon", "Nova Pro", "nova-pro", true, false, true),
	OTHER("amazon.nova-premier-v1:0", "Amazon", "Nova Premier", "nova-premier", false, false, true),
	OTHER("amazon.nova-2-lite-v1:0", "Amazon", "Nova 2 Lite", "nova-2-lite", false, true, true),
	OTHER("openai.gpt-5.4", "OpenAI", "GPT-5.4", "gpt-5.4", true, false, false),
	OTHER("openai.gpt-5.5", "OpenAI", "GPT-5.5", "gpt-5.5", true, false, false),
	OTHER("openai.gpt-5.6-sol", "OpenAI", "GPT-5.6 Sol", "gpt-5.6-sol", false, false, true),
	OTHER("openai.gpt-5.6-terra", "OpenAI", "GPT-5.6 Terra", "gpt-5.6-terra", false, false, true),
	OTHER("openai.gpt-5.6-luna", "OpenAI", "GPT-5.6 Luna", "gpt-5.6-luna", false, false, true),
	{0},
};

/* Which regions a profile's geography serves. */
static bool serves(const char *prefix, const char *region)
{
	static const struct {
		const char *prefix, *regions;
	} rows[] = {{"global", ""}, {"us", "us-"}, {"eu", "eu-"}, {"au", "ap-southeast-"}, {"jp", "ap-northeast-"}, {"apac", "ap-"}, {"us-gov", "us-gov-"}, {"in", "ap-south-"}};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		if (strcmp(rows[i].prefix, prefix) == 0)
			return region == NULL || strncmp(region, rows[i].regions, strlen(rows[i].regions)) == 0;
	return false;
}

static const struct offered *find(const struct bedrock_id *b, const char *id)
{
	const char *bare = b->prefix[0] != '\0' ? strstr(id, b->prefix) + strlen(b->prefix) + 1 : id;
	const struct offered *o;

	for (o = offered; o->bare != NULL; o++)
		if (strcmp(o->bare, bare) == 0)
			return o;
	return NULL;
}

static const struct model *rules_of(const struct offered *o)
{
	const struct model *m = model_find(o->model);
	size_t i;

	for (i = 0; m == NULL && others[i].id != NULL; i++)
		if (strcmp(others[i].id, o->model) == 0)
			m = &others[i];
	return m;
}

const struct model *bedrock_model_find(const char *id, const char *region, struct aws_no *n)
{
	const char *name = strncmp(id, "arn:aws", 7) == 0 && strrchr(id, '/') != NULL ? strrchr(id, '/') + 1 : id;
	const struct offered *o;
	struct bedrock_id b;

	if (!bedrock_id_read(id, &b) || (o = find(&b, name)) == NULL) {
		aws_bad(n, "The provided model identifier is invalid.");
		return NULL;
	}
	if (b.prefix[0] == '\0' && !o->is_bare) {
		aws_bad(n, "Invocation of model ID %s with on-demand throughput isn\xE2\x80\x99t supported. Retry your request with the ID or ARN of an inference "
			   "profile that contains this model.", o->bare);
		return NULL;
	}
	if (b.prefix[0] != '\0' && (!serves(b.prefix, region) || !(strcmp(b.prefix, "global") == 0 ? o->is_global : o->is_local))) {
		aws_bad(n, "The provided model identifier is invalid.");
		return NULL;
	}
	return rules_of(o);
}
