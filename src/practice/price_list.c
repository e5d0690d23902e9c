/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each model costs, from the vendors' published figures as of 2026-11-23. */
#include "practice/prices.h"

#define CLAUDE(in, out, read, w5, w1) {{[BUCKET_INPUT] = in, [BUCKET_READ] = read, [BUCKET_WRITE_5M] = w5, [BUCKET_WRITE_1H] = w1, [BUCKET_OUTPUT] = out}}
#define FABLE_5_2 CLAUDE("8", "40", "0.2", "10", "16")
#define FABLE_5_1 CLAUDE("10", "50", "0.25", "12.5", "20")
#define FABLE_5 CLAUDE("10", "50", "1", "12.5", "20")
#define OPUS_4_5_AND_LATER CLAUDE("5", "25", "0.5", "6.25", "10")
#define SONNET_4 CLAUDE("3", "15", "0.3", "3.75", "6")

#define LONG .step = 272000
#define FLEX (1U << SERVICE_FLEX)
#define FAST (1U << SERVICE_PRIORITY)
/* Writes cost something from gpt-5.6 on. */
#define GPT(in, out, read, w30) {{[BUCKET_INPUT] = in, [BUCKET_READ] = read, [BUCKET_WRITE_30M] = w30, [BUCKET_OUTPUT] = out}}
#define GPT_TERRA_6_1 {{[BUCKET_INPUT] = "1", [BUCKET_READ] = "0.05", [BUCKET_WRITE_30M] = "1.25", [BUCKET_WRITE_12H] = "2.5", [BUCKET_OUTPUT] = "5"}}
/* Nova's writes are free. */
#define NOVA(in, out, read) {{[BUCKET_INPUT] = in, [BUCKET_READ] = read, [BUCKET_WRITE_5M] = "0", [BUCKET_WRITE_1H] = "0", [BUCKET_OUTPUT] = out}}

const struct listed price_list[] = {
	{.vendor = "anthropic", .model = "claude-fable-5-2", .card = FABLE_5_2},
	{.vendor = "anthropic", .model = "claude-mythos-5-2", .card = FABLE_5_2},
	{.vendor = "anthropic", .model = "claude-fable-5-1", .card = FABLE_5_1},
	{.vendor = "anthropic", .model = "claude-mythos-5-1", .card = FABLE_5_1},
	{.vendor = "anthropic", .model = "claude-fable-5", .card = FABLE_5},
	{.vendor = "anthropic", .model = "claude-mythos-5", .card = FABLE_5},
	{.vendor = "anthropic", .model = "claude-opus-5-5", .card = CLAUDE("4", "20", "0.2", "5", "8")},
	{.vendor = "anthropic", .model = "claude-opus-5", .card = OPUS_4_5_AND_LATER},
	{.vendor = "anthropic", .model = "claude-opus-4-8", .card = OPUS_4_5_AND_LATER},
	{.vendor = "anthropic", .model = "claude-opus-4-7", .card = OPUS_4_5_AND_LATER},
	{.vendor = "anthropic", .model = "claude-opus-4-6", .card = OPUS_4_5_AND_LATER},
	{.vendor = "anthropic", .model = "claude-opus-4-5", .card = OPUS_4_5_AND_LATER},
	{.vendor = "anthropic", .model = "claude-sonnet-5-5", .card = CLAUDE("2", "10", "0.1", "2.5", "4")},
	{.vendor = "anthropic", .model = "claude-sonnet-5", .card = CLAUDE("2", "10", "0.2", "2.5", "4")},
	{.vendor = "anthropic", .model = "claude-sonnet-4-6", .card = SONNET_4},
	{.vendor = "anthropic", .model = "claude-sonnet-4-5", .card = SONNET_4},
	{.vendor = "anthropic", .model = "claude-haiku-5-5", .card = CLAUDE("0.1", "0.5", "0.01", "0.125", "0.2"),
	    .step = 100000, .above = CLAUDE("0.5", "2.5", "0.05", "0.625", "1")},
	{.vendor = "anthropic", .model = "claude-haiku-4-5", .card = CLAUDE("1", "5", "0.1", "1.25", "2")},
	{.vendor = "openai", .model = "gpt-6-astra", .card = GPT("10", "50", "1", "12.5"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-6.1-sol", .card = GPT("2", "10", "0.1", "2.5"), LONG, .offers = FLEX | FAST, .priority_above = true},
	{.vendor = "openai", .model = "gpt-6.1-terra", .card = GPT_TERRA_6_1, LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-6-sol", .card = GPT("2", "10", "0.2", "2.5"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-6-luna", .card = GPT("0.1", "0.5", "0.01", "0.125"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.6-sol", .card = GPT("4", "20", "0.4", "5"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.6-terra", .card = GPT("2", "12", "0.2", "2.5"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.6-luna", .card = GPT("0.2", "1.2", "0.02", "0.25"), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.5", .card = GPT("5", "30", "0.5", NULL), LONG, .offers = FLEX | FAST, .priority_num = 5, .priority_den = 2},
	{.vendor = "openai", .model = "gpt-5.5-pro", .card = GPT("30", "180", NULL, NULL), LONG, .offers = FLEX},
	{.vendor = "openai", .model = "gpt-5.4", .card = GPT("2.5", "15", "0.25", NULL), LONG, .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.4-mini", .card = GPT("0.75", "4.5", "0.075", NULL), .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.4-nano", .card = GPT("0.2", "1.25", "0.02", NULL), .offers = FLEX},
	{.vendor = "openai", .model = "gpt-5.4-pro", .card = GPT("30", "180", NULL, NULL), LONG, .offers = FLEX},
	{.vendor = "openai", .model = "gpt-5.3-codex", .card = GPT("1.75", "14", "0.175", NULL), .offers = FAST},
	{.vendor = "openai", .model = "gpt-5.3-chat-latest", .card = GPT("1.75", "14", "0.175", NULL)},
	{.vendor = "openai", .model = "gpt-5.2", .card = GPT("1.75", "14", "0.175", NULL), .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.2-pro", .card = GPT("21", "168", NULL, NULL)},
	{.vendor = "openai", .model = "gpt-5.2-codex", .card = GPT("1.75", "14", "0.175", NULL), .offers = FAST},
	{.vendor = "openai", .model = "gpt-5.1", .card = GPT("1.25", "10", "0.125", NULL), .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5.1-codex", .card = GPT("1.25", "10", "0.125", NULL), .offers = FAST},
	{.vendor = "openai", .model = "gpt-5.1-codex-mini", .card = GPT("0.25", "2", "0.025", NULL)},
	{.vendor = "openai", .model = "gpt-5.1-codex-max", .card = GPT("1.25", "10", "0.125", NULL), .offers = FAST},
	{.vendor = "openai", .model = "gpt-5", .card = GPT("1.25", "10", "0.125", NULL), .offers = FLEX | FAST},
	{.vendor = "openai", .model = "gpt-5-mini", .card = GPT("0.25", "2", "0.025", NULL), .offers = FLEX | FAST, .priority_num = 9, .priority_den = 5},
	{.vendor = "openai", .model = "gpt-5-nano", .card = GPT("0.05", "0.4", "0.005", NULL), .offers = FLEX},
	{.vendor = "openai", .model = "gpt-5-pro", .card = GPT("15", "120", NULL, NULL)},
	{.vendor = "openai", .model = "gpt-5-codex", .card = GPT("1.25", "10", "0.125", NULL), .offers = FAST},
	{.vendor = "openai", .model = "o3", .card = GPT("2", "8", "0.5", NULL), .offers = FLEX | FAST, .priority_num = 7, .priority_den = 4},
	{.vendor = "openai", .model = "o3-pro", .card = GPT("20", "80", NULL, NULL)},
	{.vendor = "openai", .model = "gpt-4.1", .card = GPT("2", "8", "0.5", NULL), .offers = FAST, .priority_num = 7, .priority_den = 4},
	{.vendor = "openai", .model = "gpt-4.1-mini", .card = GPT("0.4", "1.6", "0.1", NULL), .offers = FAST, .priority_num = 7, .priority_den = 4},
	{.vendor = "openai", .model = "gpt-4o", .card = GPT("2.5", "10", "1.25", NULL), .offers = FAST, .priority_num = 17, .priority_den = 10},
	{.vendor = "openai", .model = "gpt-4o-mini", .card = GPT("0.15", "0.6", "0.075", NULL), .offers = FAST, .priority_num = 5, .priority_den = 3},
	{.vendor = "bedrock", .model = "gpt-5.4", .card = GPT("2.75", "16.5", "0.275", NULL)},
	{.vendor = "bedrock", .model = "gpt-5.5", .card = GPT("5.5", "33", "0.55", NULL)},
	{.vendor = "bedrock", .model = "gpt-5.6-luna", .card = GPT("0.22", "1.32", "0.022", "0.275"), LONG},
	{.vendor = "bedrock", .model = "gpt-5.6-sol", .card = GPT("5.5", "33", "0.55", "6.875"), LONG},
	{.vendor = "bedrock", .model = "gpt-5.6-terra", .card = GPT("2.2", "13.2", "0.22", "2.75"), LONG},
	{.vendor = "bedrock", .model = "nova-micro", .card = NOVA("0.035", "0.14", "0.00875")},
	{.vendor = "bedrock", .model = "nova-lite", .card = NOVA("0.06", "0.24", "0.015")},
	{.vendor = "bedrock", .model = "nova-pro", .card = NOVA("0.8", "3.2", "0.2")},
	{.vendor = "bedrock", .model = "nova-premier", .card = NOVA("2.5", "12.5", "0.625")},
	{.vendor = "bedrock", .model = "nova-2-lite", .card = NOVA("0.3", "2.5", "0.075")},
	{.model = NULL},
};
