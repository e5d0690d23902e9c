/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anthropic.h - the Messages API (anthropic-version 2023-06-01); for the files of
 * this vendor and for vendors that speak the same wire. Callers use vendor.h. */
#ifndef VENDOR_ANTHROPIC_H
#define VENDOR_ANTHROPIC_H

#include "vendor/vendor.h"

extern const struct vendor anthropic_vendor;

/* The same messages are spoken elsewhere too, with small differences. */
struct anthropic_dialect {
	const char *vendor;		/* whose opaque blocks are sent, and how ours are named */
	const char *path, *count_path;	/* count_path NULL: no such call */
	const char *sign_service;	/* AWS's name of the service, or NULL */
	bool is_asked_model;		/* usage is booked on the model as it was asked: its id tells the price */
};
extern const struct anthropic_dialect anthropic_dialect;

enum err_code anthropic_encode_as(const struct anthropic_dialect *as, const struct vendor_place *at, const struct prompt *p,
    const struct model_rules *rules, bool is_stream, struct wire_request *out, struct err *e);
enum err_code anthropic_count_as(const struct anthropic_dialect *as, const struct vendor_place *at, const struct prompt *p,
    const struct model_rules *rules, struct wire_request *out, struct err *e);
enum err_code anthropic_parse_count(struct slice body, int64_t *tokens, struct err *e);

/* What the rules allow of thinking and effort, as members of an open object. */
struct json_out;
void anthropic_put_thinking(struct json_out *j, const struct prompt *p, const struct model_rules *rules);
void anthropic_put_effort(struct json_out *j, const struct prompt *p, const struct model_rules *rules);

struct decoder *anthropic_decoder_as(const struct anthropic_dialect *as, const struct vendor_asked *asked, reply_emit *emit, void *user);
enum err_code anthropic_feed(struct decoder *d, const void *bytes, size_t len, struct err *e);
enum err_code anthropic_end(struct decoder *d, struct err *e);
void anthropic_decoder_free(struct decoder *d);

void anthropic_classify(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out);
void anthropic_classify_event(const struct reply_event *ev, struct vendor_error *out);
/* What error.type means; INVALID is told apart by the message. */
enum trouble anthropic_trouble(const char *type, const char *message);

/* --- usage, apart from the stream so that it can be tested alone ---------- */
struct cJSON;
struct anthropic_usage {
	bool is_seen;
	int64_t input, read, written, output, searches;
	int64_t split_5m, split_1h;	/* only the start of a stream has them */
	enum service_tier tier;
	enum region_class region;
	bool is_odd;			/* a tier nobody knows, a model that changed on the way */
	char model[USAGE_MODEL];
	struct usage_list steps;	/* iterations[], when there are any */
};
/* Replace what the usage object says; null and absent leave the old value. */
void anthropic_usage_take(struct anthropic_usage *u, const struct cJSON *usage);
void anthropic_usage_list(const struct anthropic_usage *u, struct usage_list *out);

#endif
