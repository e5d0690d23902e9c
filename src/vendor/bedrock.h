/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bedrock.h - AWS Bedrock's two APIs. For the files of this vendor; callers use vendor.h. */
#ifndef VENDOR_BEDROCK_H
#define VENDOR_BEDROCK_H

#include "vendor/voice.h"

extern const struct vendor bedrock_converse, bedrock_messages;

/* What an AWS error's name means ("ThrottlingException", or as in a stream: "throttlingException"). */
enum trouble bedrock_trouble(const char *name, const char *message, bool *is_retryable);

enum err_code bedrock_converse_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e);
enum err_code bedrock_count_tokens(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
    struct wire_request *out, struct err *e);
struct decoder *bedrock_converse_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user);
enum err_code bedrock_converse_feed(struct decoder *d, const void *bytes, size_t len, struct err *e);
enum err_code bedrock_converse_end(struct decoder *d, struct err *e);
void bedrock_converse_decoder_free(struct decoder *d);

#endif
