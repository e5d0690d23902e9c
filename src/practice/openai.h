/* SPDX-License-Identifier: GPL-3.0-or-later */
/* openai.h - Responses and Chat Completions, inside the practice vendor: a request
 * that was read and found good, and what is made of it. Only openai_*.c and
 * wire_openai.c use it. */
#ifndef PRACTICE_OPENAI_H
#define PRACTICE_OPENAI_H

#include <cjson/cJSON.h>

#include "practice/draft.h"
#include "practice/http.h"

enum gpt_rule {
	GPT_ALWAYS = 1 << 0,		/* reasoning effort "none" is 400 */
	GPT_NO_CHAT_TOOLS = 1 << 1,	/* function tools on Chat Completions only at effort "none" */
	GPT_PAID_WRITES = 1 << 2,	/* cache writes are marked, counted and cost something */
	GPT_ONLY_24H = 1 << 3,		/* prompt_cache_retention in_memory is 400 */
	GPT_TTL_12H = 1 << 4,		/* knows prompt_cache_options.ttl "12h" */
	GPT_NO_CHAT = 1 << 5,		/* Responses only */
	GPT_NO_CACHE = 1 << 6,
};
enum effort { EFFORT_NONE, EFFORT_MINIMAL, EFFORT_LOW, EFFORT_MEDIUM, EFFORT_HIGH, EFFORT_XHIGH, EFFORT_MAX, EFFORTS };
const char *effort_name(enum effort e);

struct gpt {
	const char *id, *shutdown;	/* shutdown: YYYY-MM-DD, NULL if none is set */
	int64_t created;		/* seconds since 1970 */
	int64_t context, max_output;	/* tokens */
	unsigned efforts;		/* 1 << enum effort; 0 is a model that does not reason */
	enum effort usual;
	unsigned rules;			/* enum gpt_rule */
};
extern const struct gpt gpts[];	/* ends with a NULL id */
const struct gpt *gpt_find(const char *id);

/* A request that is answered by an error. */
struct refusal {
	int status;
	const char *type, *param, *code;	/* param and code may be NULL */
	char text[400];
};
/* 400 invalid_request_error about a parameter. Fills n and returns false. */
bool refuse(struct refusal *n, const char *param, const char *code, const char *fmt, ...) PRINTF_LIKE(4, 5);

struct gpt_ask {
	cJSON *body;
	const struct gpt *model;
	bool is_chat;
	bool streams, wants_usage, obfuscates;
	int64_t max_tokens;
	bool reasons;
	enum effort effort;
	bool shows_summary;
	bool is_alone;
	bool stores;
	const char *forced;		/* the tool that must be called, NULL */
	const cJSON *forced_schema, *format, *stops;
	enum service service;
	enum prefix_life life;		/* of what is remembered */
	bool is_explicit;		/* only marked beginnings are */
	struct talk talk;
	struct prompt prompt;
	size_t mark[256], marks;	/* blocks behind which an explicit breakpoint stands */
	bool in_turn;			/* the item before was the model's own */
};

/* openai_check.c: parse and check. gpt_ask_release() either way. */
bool gpt_ask_read(struct gpt_ask *a, const struct request *q, bool is_chat, struct refusal *n);
void gpt_ask_release(struct gpt_ask *a);
/* The function inside a tool: flat in Responses, nested in Chat Completions. NULL if it is none. */
const cJSON *gpt_function(const struct gpt_ask *a, const cJSON *tool);

/* openai_prompt.c: fill talk and prompt of a checked request. */
bool gpt_ask_fill(struct gpt_ask *a, const struct hash *account, struct refusal *n);
/* What carries a thought from one request to the next; the caller frees it. */
char *thought_seal(struct slice thought);

/* openai_responses.c, openai_chat.c: a draft as the answer. */
void responses_write(const struct gpt_ask *a, struct draft *d, const struct request *q, struct reply *r);
void chat_write(const struct gpt_ask *a, struct draft *d, const struct request *q, struct reply *r);

#define GPT_REFUSAL "I'm sorry, but I can't help with that: the practice vendor was told to refuse it."

#endif
