/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt.h - what is asked of a model, in no vendor's words. Pure.
 *
 * Owns    all its text (copied in). Bytes of tool inputs and opaque blocks are
 *         kept as they came and go back as they are.
 * Errors  the builders never fail; a prompt over PROMPT_BYTES or with more parts
 *         than its bounds is `over`, and a vendor refuses to encode it.
 * Memory  prompt_init() / prompt_release(). */
#ifndef MODEL_PROMPT_H
#define MODEL_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "money/usage.h"

#define PROMPT_BYTES ((size_t)16 << 20)
#define PROMPT_SYSTEM_MAX 16
#define PROMPT_TOOLS_MAX 128
#define PROMPT_MESSAGES_MAX 4096
#define PROMPT_PARTS_MAX 256	/* a message */
#define PROMPT_MARKS_MAX 4	/* cache marks that count; see prompt_cache_marks() */

/* A mark says: what comes before and with this piece is a prefix worth keeping. */
enum cache_mark { CACHE_NONE, CACHE_5M, CACHE_1H };

struct prompt_system {
	char *text;
	size_t len;
	enum cache_mark cache;
};

struct prompt_tool {
	char *name, *description;
	char *schema;		/* a JSON object, raw */
	enum cache_mark cache;
};

enum prompt_role { ROLE_USER, ROLE_ASSISTANT };

enum part_kind { PART_TEXT, PART_TOOL_USE, PART_TOOL_RESULT, PART_OPAQUE };

struct prompt_part {
	enum part_kind kind;
	char *id;		/* TOOL_USE, TOOL_RESULT: the vendor's id of the tool call; OPAQUE: the model that made it */
	char *name;		/* TOOL_USE: tool; OPAQUE: the vendor whose block it is */
	char *bytes;		/* TEXT, TOOL_RESULT: text; TOOL_USE: raw JSON input; OPAQUE: the raw JSON block */
	size_t len;
	bool is_error;		/* TOOL_RESULT */
	enum cache_mark cache;
};

struct prompt_message {
	enum prompt_role role;
	struct prompt_part *part;
	size_t count;
};

enum prompt_effort { EFFORT_DEFAULT, EFFORT_LOW, EFFORT_MEDIUM, EFFORT_HIGH, EFFORT_XHIGH, EFFORT_MAX, EFFORTS };
extern const char *const prompt_effort_names[EFFORTS];	/* "default", "low", ... */
/* DEFAULT leaves it to the model. OFF and ON are wishes: the model's rules decide what is sent. */
enum prompt_thinking { THINKING_DEFAULT, THINKING_OFF, THINKING_ON };
enum prompt_tool_choice { CHOICE_AUTO, CHOICE_ANY, CHOICE_NONE, CHOICE_TOOL };

struct prompt {
	char *model;
	struct prompt_system *system;
	size_t system_count;
	struct prompt_tool *tool;
	size_t tool_count;
	struct prompt_message *message;
	size_t message_count;
	int64_t max_tokens;
	enum prompt_effort effort;
	enum prompt_thinking thinking;
	enum prompt_tool_choice choice;
	char *choice_tool;	/* with CHOICE_TOOL */
	char *user_id;		/* opaque, no personal data; NULL: none */
	char *cache_key;	/* calls with the same one share a prefix (OpenAI routes by it); opaque; NULL: none */
	enum service_tier service;	/* a wish; a vendor that has no such tier is not told */
	size_t bytes;		/* of all text in it */
	bool over;
};

void prompt_init(struct prompt *p, const char *model, int64_t max_tokens);
void prompt_release(struct prompt *p);
void prompt_part_release(struct prompt_part *part);
void prompt_set_model(struct prompt *p, const char *model);
void prompt_set_user(struct prompt *p, const char *user_id);
void prompt_set_cache_key(struct prompt *p, const char *key);
void prompt_choose_tool(struct prompt *p, enum prompt_tool_choice choice, const char *tool);

void prompt_add_system(struct prompt *p, struct slice text, enum cache_mark cache);
void prompt_add_tool(struct prompt *p, const char *name, const char *description, struct slice schema, enum cache_mark cache);
/* Start a message; parts go to the last one started. A second message of the same
 * role in a row is merged into the first. */
void prompt_add_message(struct prompt *p, enum prompt_role role);
/* A NUL in text becomes the SUB sign: no JSON that passes the gate can hold one. */
void prompt_add_text(struct prompt *p, struct slice text);
void prompt_add_tool_use(struct prompt *p, const char *id, const char *name, struct slice input_json);
void prompt_add_tool_result(struct prompt *p, const char *id, struct slice text, bool is_error);
/* A block such as thinking: goes back only to the vendor and model that made it. */
void prompt_add_opaque(struct prompt *p, const char *vendor, const char *model, struct slice raw_json);
/* Mark the last part of the last message. */
void prompt_mark_last(struct prompt *p, enum cache_mark cache);

/* How many marks the prompt carries in tools, system, messages. When there are
 * more than PROMPT_MARKS_MAX, vendors send the first of tools and system and the
 * last of the messages. */
size_t prompt_cache_marks(const struct prompt *p);

#endif
