/* SPDX-License-Identifier: GPL-3.0-or-later */
/* voice.h - what decoders have in common: saying events, and the end of an answer.
 * For the decoders of this room only.
 *
 * A tool call is gathered here too, since every vendor sends its input in pieces. */
#ifndef VENDOR_VOICE_H
#define VENDOR_VOICE_H

#include "base/json.h"
#include "vendor/vendor.h"

#define VOICE_EVENT_MAX ((size_t)4 << 20)	/* bytes of one event */
#define VOICE_BODY_MAX (2 * REPLY_BYTES)
#define VOICE_CALLS_MAX 128

struct voice_call {		/* a tool call under way */
	int64_t index;
	char id[REPLY_ID], name[REPLY_ID];
	struct buf input;
	bool is_told;
};

struct voice {
	reply_emit *emit;
	void *user;
	char model[USAGE_MODEL];	/* that answers; the asked one until it is named */
	int64_t asked_tokens, said_bytes;
	enum region_class billed;	/* where an answer does not say it */
	struct voice_call *call;
	size_t call_count;
	bool has_started, has_usage, has_stopped, has_error, has_text, has_calls;
	enum err_code failed;
	struct err why;
};

void voice_init(struct voice *v, const struct vendor_asked *asked, reply_emit *emit, void *user);
void voice_release(struct voice *v);

/* ERR_OK, or what the reader of events said; *why is filled. */
enum err_code voice_say(struct voice *v, const struct reply_event *ev);
/* Once; id and model may be NULL. */
enum err_code voice_started(struct voice *v, const char *id, const char *model);
enum err_code voice_text(struct voice *v, enum reply_kind kind, const char *text);	/* nothing for NULL and "" */
enum err_code voice_part_end(struct voice *v);	/* only if a text part is open */
enum err_code voice_opaque(struct voice *v, const char *vendor, struct slice raw);
enum err_code voice_usage(struct voice *v, const struct usage_line *line);
enum err_code voice_error(struct voice *v, enum trouble meaning, const char *type, const char *message);
enum err_code voice_stop(struct voice *v, enum stop_reason stop, const char *word);
enum err_code voice_broken(struct voice *v, const char *what);	/* ERR_PROTO */

/* The call at an index, made if there is none; NULL past VOICE_CALLS_MAX. */
struct voice_call *voice_call_at(struct voice *v, int64_t index);
enum err_code voice_call_told(struct voice *v, struct voice_call *c);	/* says TOOL_STARTED, once */
enum err_code voice_call_input(struct voice *v, struct voice_call *c, const char *piece);
enum err_code voice_call_done(struct voice *v, struct voice_call *c);	/* c is gone after */

/* Remember a failure for every later call, and hand it out. */
enum err_code voice_fail(struct voice *v, enum err_code code, struct err *e);
/* At the end of the body: an estimate where no usage came, ERR_NET where no stop did. */
enum err_code voice_end(struct voice *v, struct err *e);

/* A count of tokens: absent, null, negative and broken ones leave *out as it is. */
bool voice_count(const cJSON *obj, const char *name, int64_t *out);

#endif
