/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anthropic_decoder.h - a decoder of Messages from inside: anthropic_decode.c takes the
 * events, anthropic_block.c the content blocks in them. Only these two include it. */
#ifndef VENDOR_ANTHROPIC_DECODER_H
#define VENDOR_ANTHROPIC_DECODER_H

#include "base/json.h"
#include "vendor/anthropic.h"
#include "wire/sse.h"

#define EVENT_MAX ((size_t)4 << 20)	/* bytes of one event: a search result may be large */
#define BODY_MAX (2 * REPLY_BYTES)
#define BLOCKS_MAX REPLY_PARTS_MAX

enum block_kind { BLOCK_TEXT, BLOCK_TOOL, BLOCK_OPAQUE };

struct block {
	int64_t index;
	enum block_kind kind;
	char id[REPLY_ID], name[REPLY_ID];
	struct buf start;	/* OPAQUE: the raw content_block */
	struct buf input;	/* pieces of a tool's input */
	struct buf thinking, signature;
	bool has_thinking, has_signature;
};

struct decoder {
	const struct anthropic_dialect *as;
	int64_t asked_tokens, said_bytes;	/* for an estimate, should no usage come */
	reply_emit *emit;
	void *user;
	struct sse *sse;	/* NULL: the body comes whole */
	struct buf body;
	struct block *block;	/* open ones */
	size_t count, seen;
	struct anthropic_usage usage;
	char model[USAGE_MODEL];
	enum stop_reason stop;
	char stop_raw[64];
	bool has_stopped, has_error;
	enum err_code failed;
	struct err why;
};

/* ERR_OK, or what the reader of events said; d->why is filled. */
enum err_code decoder_say(struct decoder *d, const struct reply_event *ev);
enum err_code decoder_say_text(struct decoder *d, enum reply_kind kind, const char *text);	/* nothing for NULL and "" */
enum err_code decoder_say_tool(struct decoder *d, enum reply_kind kind, const struct block *b, struct slice text);
enum err_code decoder_say_opaque(struct decoder *d, struct slice raw);
enum err_code decoder_broken(struct decoder *d, const char *what);	/* ERR_PROTO */

/* data is the event's raw JSON, t the same parsed. */
enum err_code block_start(struct decoder *d, struct slice data, const cJSON *t);
enum err_code block_delta(struct decoder *d, struct slice data, const cJSON *t);
enum err_code block_stop(struct decoder *d, const cJSON *t);
/* is_cut: the vendor never ended the block, so what it holds is not whole. */
enum err_code block_end(struct decoder *d, struct block *b, bool is_cut);
void block_note_fallback(struct decoder *d, const cJSON *block);
void block_release(struct block *b);

#endif
