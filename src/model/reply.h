/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reply.h - what a model answers: events while it streams, and the whole. Pure.
 *
 * Owns    a struct reply owns its parts. What an event points to lives in the
 *         call only. Text is as the vendor sent it: base/text cleans it before
 *         it comes near a terminal.
 * Errors  reply_take() is ERR_LIMIT when the bounds are passed: cut the call then. */
#ifndef MODEL_REPLY_H
#define MODEL_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "money/usage.h"
#include "model/prompt.h"

#define REPLY_BYTES ((size_t)8 << 20)	/* of all parts together */
#define REPLY_PARTS_MAX 256
#define REPLY_ID 128			/* ids and names of the vendor, with the NUL; cut when longer */

enum stop_reason {
	STOP_NONE,		/* not there yet: a stream that ends so was cut */
	STOP_END,		/* the model was done */
	STOP_TOOL_USE,
	STOP_MAX_TOKENS,
	STOP_SEQUENCE,
	STOP_PAUSE,		/* send the reply back unchanged to go on */
	STOP_REFUSAL,
	STOP_CONTEXT_FULL,	/* the model's window is full */
	STOP_OTHER,		/* a reason we do not know; see the raw word */
	STOP_REASONS
};
extern const char *const stop_reason_names[STOP_REASONS];	/* "none", "end", "tool_use", ... */

/* What an error means for us, whoever says it. */
enum trouble {
	TROUBLE_NONE,
	TROUBLE_BAD_KEY,	/* authentication failed: the key is revoked or wrong */
	TROUBLE_NO_PERMISSION,	/* the key lacks the right, for this model or place */
	TROUBLE_NO_CREDIT,	/* the account has no money */
	TROUBLE_OWN_LIMIT,	/* a spend limit the person set at the vendor */
	TROUBLE_SLOW_DOWN,	/* rate limit: wait */
	TROUBLE_OVERLOADED,	/* the vendor's own load */
	TROUBLE_TOO_LONG,	/* the prompt or the request is too large */
	TROUBLE_REFUSED,	/* refused for what is in it */
	TROUBLE_MODEL_GONE,	/* no such model, or none for this account */
	TROUBLE_INVALID,	/* our request was wrong */
	TROUBLE_SERVER,		/* the vendor failed */
	TROUBLE_CLOCK,		/* a signature's time is refused: our clock is off */
	TROUBLE_BROKEN,		/* the answer makes no sense */
	TROUBLES
};
extern const char *const trouble_names[TROUBLES];	/* "none", "bad_key", ...: JSON, database */

enum reply_kind {
	REPLY_STARTED,		/* text: the message's id; name: the model that answers */
	REPLY_TEXT,		/* text: a piece */
	REPLY_THINKING,		/* text: a piece of visible thinking; for display only */
	REPLY_TOOL_STARTED,	/* id, name */
	REPLY_TOOL_INPUT,	/* id; text: a piece of the input's JSON */
	REPLY_TOOL_DONE,	/* id, name; text: the whole input as it came ("{}" if empty): it may fail json_gate(), then refuse it */
	REPLY_OPAQUE,		/* name: vendor; id: model; text: a whole raw block, to be sent back byte for byte */
	REPLY_PART_END,		/* the text part under way is whole */
	REPLY_USAGE,		/* usage: all that is known so far; replaces what came before */
	REPLY_STOP,		/* stop; text: the vendor's word */
	REPLY_ERROR,		/* trouble; name: the vendor's type; text: its message */
	REPLY_KINDS
};

struct reply_event {
	enum reply_kind kind;
	struct slice id, name, text;
	const struct usage_list *usage;
	enum stop_reason stop;
	enum trouble trouble;
};

/* A whole reply, ready to be stored and sent back. */
struct reply {
	char message_id[REPLY_ID], model[REPLY_ID];
	char request_id[REPLY_ID];	/* from the header or the error; the worker may fill it */
	struct prompt_part *part;	/* in order, as a prompt takes them */
	size_t count;
	size_t bytes;
	bool text_open;			/* the last part is text that may still grow */
	bool has_tool_use;
	struct usage_list usage;
	bool has_usage;
	enum stop_reason stop;
	char stop_raw[REPLY_ID];
	enum trouble trouble;
	char error_type[REPLY_ID];	/* the vendor's, printable ASCII only */
	char error_text[512];		/* the vendor's message, bounded, not cleaned for a terminal */
};

void reply_init(struct reply *r);
void reply_release(struct reply *r);
MUST_USE enum err_code reply_take(struct reply *r, const struct reply_event *ev, struct err *e);
/* All text parts, one after another with a blank line between. */
void reply_text(const struct reply *r, struct buf *out);
/* Append the reply to the prompt as an assistant message (nothing if it has no parts). */
void reply_to_prompt(const struct reply *r, struct prompt *p);

/* Parts as one JSON array of {kind, id, name, is_error, text | raw}, and back: how
 * the store keeps messages. Raw JSON travels as a string, so its bytes stay. */
void parts_to_json(const struct prompt_part *part, size_t count, struct buf *out);
/* Append the parts to the last message of p. ERR_PROTO. */
MUST_USE enum err_code parts_from_json(struct slice json, struct prompt *p, struct err *e);

#endif
