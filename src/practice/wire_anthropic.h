/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_anthropic.h - the handlers of the Anthropic wire, for the table of routes. */
#ifndef PRACTICE_WIRE_ANTHROPIC_H
#define PRACTICE_WIRE_ANTHROPIC_H

#include "practice/http.h"

handler anthropic_messages, anthropic_count, anthropic_models, anthropic_model;
void anthropic_error(const struct request *q, struct reply *r, int status, const char *type, const char *text);

#endif
