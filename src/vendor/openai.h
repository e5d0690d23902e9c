/* SPDX-License-Identifier: GPL-3.0-or-later */
/* openai.h - what OpenAI's two APIs have in common. For the files of this vendor
 * and of vendors that speak the same wires. Callers use vendor.h. */
#ifndef VENDOR_OPENAI_H
#define VENDOR_OPENAI_H

#include "vendor/voice.h"

extern const struct vendor openai_responses, openai_chat;

void openai_classify(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out);
void openai_classify_event(const struct reply_event *ev, struct vendor_error *out);
/* An error is an object or only a string, its code a word or a number. */
enum err_code openai_say_error(struct voice *v, const cJSON *error);

/* Names of usage's members; the meaning is the same in both APIs: cached and
 * written tokens are inside the input. */
struct openai_usage_names {
	const char *input, *input_details, *output;
};
/* false if there is no usage in it. */
bool openai_usage(const cJSON *usage, const struct openai_usage_names *names, const char *model, const char *service_tier, struct usage_line *out);

/* Common parts of requests. */
/* The latest version out of preview in Microsoft's reference of Azure OpenAI's data plane (inference), as of
 * November 2024; the newer /openai/v1/ addresses name none. */
#define OPENAI_AZURE_VERSION "api-version=2024-10-21"
const char *openai_path(const struct vendor_place *at, const char *usual, const char *deployed);	/* deployed: under an address of Azure that names a deployment */
void openai_put_common(struct json_out *j, const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules);
enum err_code openai_check(const struct prompt *p, struct err *e);
const char *openai_effort(const struct prompt *p, const struct model_rules *rules);	/* NULL: not sent */
/* A tool's input as the text it travels as. */
struct slice openai_arguments(const struct prompt_part *part);
/* What goes back as a tool's result; there is no mark for an error but its words. */
void openai_put_result(struct json_out *j, const char *name, const struct prompt_part *part);

enum err_code openai_responses_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e);
struct decoder *openai_responses_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user);
enum err_code openai_responses_feed(struct decoder *d, const void *bytes, size_t len, struct err *e);
enum err_code openai_responses_end(struct decoder *d, struct err *e);
void openai_responses_decoder_free(struct decoder *d);

enum err_code openai_chat_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e);
struct decoder *openai_chat_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user);
enum err_code openai_chat_feed(struct decoder *d, const void *bytes, size_t len, struct err *e);
enum err_code openai_chat_end(struct decoder *d, struct err *e);
void openai_chat_decoder_free(struct decoder *d);

#endif
