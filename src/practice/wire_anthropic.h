/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_anthropic.h - the handlers of the Anthropic wire, for the table of routes. */
#ifndef PRACTICE_WIRE_ANTHROPIC_H
#define PRACTICE_WIRE_ANTHROPIC_H

#include <cjson/cJSON.h>

#include "practice/http.h"
#include "practice/models.h"

handler anthropic_messages, anthropic_count, anthropic_models, anthropic_model;
/* A request for that model that came over another vendor's road. Takes the body. */
void anthropic_serve(struct practice *p, const struct request *q, struct reply *r, cJSON *body, const struct model *m, const struct hash *account, bool is_count);
/* Faults that need no stream. True if the answer is made. */
bool anthropic_befall(const struct request *q, struct reply *r, enum fault fault);
void anthropic_error(const struct request *q, struct reply *r, int status, const char *type, const char *text);

#endif
