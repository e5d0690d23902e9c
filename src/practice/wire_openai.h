/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire_openai.h - the handlers of OpenAI's wires, for the table of routes. */
#ifndef PRACTICE_WIRE_OPENAI_H
#define PRACTICE_WIRE_OPENAI_H

#include "practice/http.h"

handler openai_responses, openai_chat, openai_models, openai_model;
/* Does the request come with a key that OpenAI would be asked with? */
bool openai_is_asked(const struct request *q);
/* Faults that need no stream. True if the answer is made. */
bool openai_befall(struct reply *r, enum fault fault);
void openai_error(struct reply *r, int status, const char *type, const char *param, const char *code, const char *text);
/* The limits that every answer tells, as durations until they are whole again. */
void openai_limits(struct reply *r, int64_t tokens, bool is_over);

#endif
