/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_bedrock.h - the handlers of AWS's wires, for the table of routes. */
#ifndef PRACTICE_WIRE_BEDROCK_H
#define PRACTICE_WIRE_BEDROCK_H

#include "practice/http.h"
#include "practice/sigv4.h"

handler bedrock_model, bedrock_messages, bedrock_count, bedrock_models, bedrock_profiles;
/* Faults that need no stream. True if the answer is made. */
bool aws_befall(struct reply *r, enum fault fault);
void aws_error(struct reply *r, int status, const char *type, const char *text);
/* Who asks, by a signature or (is_bearer_fine) a Bedrock API key; false with the
 * answer made. region NULL: the one the vendor was started for. */
bool aws_admit(struct practice *p, const struct request *q, struct reply *r, const char *service, const char *region, bool is_bearer_fine, struct aws_caller *who);

#endif
