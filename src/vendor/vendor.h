/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vendor.h - a vendor's APIs, each as a table of pure functions.
 *
 * A vendor may be spoken to by several APIs: OpenAI by `responses` or `chat`,
 * Bedrock by `converse` or `messages`. Each is a struct vendor of its own with the
 * same name; a key says which one it uses.
 *
 * Owns    nothing global; a decoder belongs to one answer.
 * Thread  any; no fd, clock or key in here. The header with the key is added by
 *         vault_authorise(), the transport is the worker's.
 * Errors  encode: ERR_LIMIT (prompt over its bounds), ERR_USAGE (a prompt this
 *         vendor can't take). Decoders read tolerantly: unknown fields, events
 *         and words are normal; bytes that break the framing are ERR_PROTO, and
 *         what was seen of usage has been emitted by then. */
#ifndef VENDOR_VENDOR_H
#define VENDOR_VENDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/prompt.h"
#include "model/reply.h"
#include "vendor/rules.h"
#include "wire/request.h"
#include "wire/retry.h"

/* How the secret travels; the vault knows what to write for each. An AWS pair is
 * always KEY_SIGV4, whatever the vendor's API keys are. */
enum key_header { KEY_X_API_KEY, KEY_BEARER, KEY_SIGV4, KEY_API_KEY };

/* Where a key's calls go. */
struct vendor_place {
	struct wire_url url;
	char region[WIRE_REGION];	/* AWS; "" where the vendor has none */
	bool is_home;			/* the vendor's own host: others get no field that only the vendor knows */
	enum region_class billed;	/* LOCAL: a host that keeps the work in one region, at its own price */
	enum key_header key_header;	/* how an API key travels there: Azure wants another header than OpenAI */
	bool is_azure;
};

/* What a decoder must know of the request; copied. */
struct vendor_asked {
	const char *model;	/* as it was asked for: not every answer names it */
	int64_t input_tokens;	/* a guess (vendor_input_guess), for answers without usage */
	bool is_stream;
	enum region_class billed;	/* where the answer does not say it: the place's */
};

typedef enum err_code reply_emit(void *user, const struct reply_event *ev);

struct decoder;	/* opaque, each vendor's own */

struct vendor_error {
	enum trouble meaning;
	bool is_retryable;	/* trying again later makes sense: as a new call, whatever this one used stays booked */
	bool has_date;		/* date_us is the vendor's clock when it answered: with TROUBLE_CLOCK, what to correct ours by */
	int64_t date_us;
	bool has_wait;		/* wait_us is the vendor's own; without it and retryable: back off */
	int64_t wait_us;
	char type[64];		/* the vendor's word, printable ASCII without blanks; "" if none */
	char message[512];	/* the vendor's message by vendor_words() */
	char request_id[REPLY_ID];
	char sentence[200];	/* ours, for people; holds no vendor text */
	char mend[160];		/* what to do, or "" */
};

/* A model in the vendor's list. */
struct listed_model {
	char id[RULES_MODEL], name[RULES_MODEL];
	int64_t context_tokens, max_output_tokens;	/* 0: not said */
};
typedef void list_emit(void *user, const struct listed_model *m);

/* A limit as an answer's headers tell it, of any status. */
enum vendor_limit_kind { LIMIT_REQUESTS, LIMIT_TOKENS, LIMIT_INPUT_TOKENS, LIMIT_OUTPUT_TOKENS, VENDOR_LIMITS };
struct vendor_limit {
	bool is_said;		/* remaining is the vendor's; the others are 0 if not said */
	int64_t limit, remaining;
	int64_t reset_us;	/* from now until it is full again */
};

struct vendor {
	const char *name;		/* "anthropic": keys, prices, JSON, database */
	const char *api;		/* "messages", "responses", "chat", "converse" */
	const char *title;		/* "Anthropic" */
	const char *base_url;		/* "{region}" in it is filled by vendor_base_url() */
	const char *region;		/* the usual one; "" if the vendor has none */
	enum key_header key_header;	/* of its API keys */
	bool takes_pair;		/* an AWS access key pair will do as well */
	bool has_regional_hosts;	/* "eu." before the host of base_url is the vendor's own, too */
	bool has_azure;			/* Azure serves this API, with ways of its own */

	/* Fill out (uninitialised before; release it also after an error). */
	enum err_code (*encode)(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
	    bool is_stream, struct wire_request *out, struct err *e);
	/* A decoder for the body of a 200 answer: a stream, or one JSON body. */
	struct decoder *(*decoder_new)(const struct vendor_asked *asked, reply_emit *emit, void *user);
	enum err_code (*feed)(struct decoder *d, const void *bytes, size_t len, struct err *e);
	/* At the end of the body, also of a cut one. ERR_NET if the reply was cut: no
	 * stop was seen. Where no usage came, an estimate (is_estimated) is emitted. */
	enum err_code (*end)(struct decoder *d, struct err *e);
	void (*decoder_free)(struct decoder *d);

	/* An answer that is no 200 (body may be cut or empty). */
	void (*classify)(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
	    int64_t now_us, struct vendor_error *out);
	/* The same for an error that came inside a 200 stream. */
	void (*classify_event)(const struct reply_event *ev, struct vendor_error *out);
	const char *request_id_header;	/* lower case */
	/* What the headers say of the account's limits; all of out is written. */
	void (*limits)(const struct wire_answer_header *headers, size_t header_count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS]);

	/* Free: proves the key and lists models. after: last id of the page before, or NULL. */
	void (*list_models)(const struct vendor_place *at, const char *after, struct wire_request *out);
	/* next takes RULES_MODEL bytes: where to go on, or "". */
	enum err_code (*parse_models)(struct slice body, list_emit *emit, void *user, char *next, struct err *e);
	/* Free: how many input tokens the vendor would bill. NULL if it has no such call. */
	enum err_code (*count_tokens)(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
	    struct wire_request *out, struct err *e);
	enum err_code (*parse_count)(struct slice body, int64_t *tokens, struct err *e);
};

/* By its usual API; NULL if unknown. */
const struct vendor *vendor_find(const char *name);
/* api may be NULL or "": the usual one. NULL if the vendor has no such API. */
const struct vendor *vendor_find_api(const char *name, const char *api);
const struct vendor *vendor_at(size_t i);		/* each API of each vendor; NULL past the end */

/* The usual base URL; region "" or NULL: the usual one. ERR_USAGE for a word that is no region. */
MUST_USE enum err_code vendor_base_url(const struct vendor *v, const char *region, struct buf *out, struct err *e);
/* base_url "" or NULL: the usual one. Without a region given, the one that an AWS
 * host names, else the usual one. ERR_USAGE. */
MUST_USE enum err_code vendor_place_make(const struct vendor *v, const char *base_url, const char *region, struct vendor_place *out, struct err *e);

/* An upper bound of the input tokens the vendor can bill for p: a token is at
 * least one byte of what is sent, plus constants for each message, tool and the
 * frame round them. Saturates at USAGE_TOKENS_MAX. */
int64_t vendor_input_bound(const struct prompt *p);
/* The bound after the vendor's own count: with a margin of 2 % and 64 tokens. */
int64_t vendor_count_bound(int64_t counted_tokens);
/* A guess for display, never for holding: about four bytes a token. */
int64_t vendor_input_guess(const struct prompt *p, const struct model_rules *rules);

/* For an answer without usage: the guess of its input, and about four bytes a
 * token of what came. Marked as an estimate, and never nothing. */
void vendor_usage_estimate(const char *model, int64_t input_tokens, int64_t reply_bytes, struct usage_list *out);

/* Our sentence for a meaning; for faces and for errors without an answer. */
const char *trouble_sentence(enum trouble t);
/* What a person can do about it, or "". */
const char *trouble_mend(enum trouble t);
/* classify(), and words for answers that mean the same whoever gives them (redirects). */
void vendor_classify(const struct vendor *v, int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out);
/* A tool call's id as every vendor takes it: itself, or a stand-in of its own for one
 * with other bytes than a-z A-Z 0-9 _ -, over 64 of them, or none. */
#define VENDOR_CALL_ID 65
const char *vendor_call_id(const char *id, char out[VENDOR_CALL_ID]);
/* A vendor's message on one line, cut to room; what in it looks like a credential (a server may
 * repeat what it was sent) becomes "[key]". Not cleaned for a terminal. said may be NULL. */
void vendor_words(const char *said, char *out, size_t room);
/* Our sentence, then the vendor's own words. */
void vendor_own_words(const struct vendor_error *v, char *out, size_t room);
/* Text from outside reduced to a token: printable ASCII, no blanks, cut to room. */
void vendor_token(struct slice text, char *out, size_t room);

#endif
