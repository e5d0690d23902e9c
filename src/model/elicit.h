/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elicit.h - the flat form in which a connector's server may ask a person (MCP's
 * elicitation, form mode), read from its restricted JSON Schema; and what a person
 * typed, turned into the object it asked for.
 *
 * A schema that nests, refers elsewhere or is larger than a screen's form is not
 * understood: ERR_PROTO or ERR_LIMIT, and nobody is asked. Words in it are a
 * stranger's: raw, for base/text. Pure. */
#ifndef MODEL_ELICIT_H
#define MODEL_ELICIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/record.h"

struct json_out;	/* base/json.h */

#define ELICIT_FIELDS 16
#define ELICIT_CHOICES 64
#define ELICIT_SCHEMA_MAX ((size_t)32 << 10)	/* bytes */
#define ELICIT_MESSAGE_MAX ((size_t)4 << 10)
#define ELICIT_VALUE_MAX ((size_t)4 << 10)	/* of one text that is typed */

enum elicit_kind { ELICIT_TEXT, ELICIT_INTEGER, ELICIT_NUMBER, ELICIT_BOOLEAN, ELICIT_ONE, ELICIT_SEVERAL, ELICIT_KINDS };
enum elicit_format { ELICIT_PLAIN, ELICIT_EMAIL, ELICIT_URI, ELICIT_DATE, ELICIT_DATE_TIME, ELICIT_FORMATS };
extern const char *const elicit_kind_names[ELICIT_KINDS];

struct elicit_choice {
	char *value, *title;		/* title may be the value again */
};

struct elicit_field {
	char name[NAME_MAX_BYTES];
	char *title, *description;	/* NULL: none */
	char *preset;			/* its default, as it would be typed; NULL: none */
	enum elicit_kind kind;
	enum elicit_format format;
	int64_t least, most;		/* characters of a text, choices of several; -1: not said */
	bool has_minimum, has_maximum;
	double minimum, maximum;
	bool is_required;
	bool looks_secret;		/* its words are those of a password, a key, a card: warn */
	struct elicit_choice *choice;
	int choices;
};

struct elicit {
	struct elicit_field v[ELICIT_FIELDS];
	int n;
};

/* schema: raw JSON that passed the gate. After a failure *out is empty. */
MUST_USE enum err_code elicit_read(struct slice schema, struct elicit *out, struct err *e);
void elicit_release(struct elicit *form);

/* typed: a JSON object of texts, by field; several choices with commas between. What is
 * not in it takes its default, what is empty is left out. Appends the object that the
 * server gets. ERR_USAGE says in words which field is wrong and what it takes. */
MUST_USE enum err_code elicit_fill(const struct elicit *form, struct slice typed, struct buf *content, struct err *e);
/* content (raw JSON) is an object that this form asks for: ERR_USAGE if not. */
MUST_USE enum err_code elicit_check(const struct elicit *form, struct slice content, struct err *e);

/* Append what was typed for that one field, as its member. ERR_USAGE as above: then what
 * j got is worth nothing. */
MUST_USE enum err_code elicit_put(const struct elicit_field *f, const char *typed, struct json_out *j, struct err *e);

/* What a field takes, in words: "whole number, 1 to 10", "one of: red, green". */
void elicit_takes(const struct elicit_field *f, struct buf *out);
/* Words that ask for what no server should be told through a form. */
bool elicit_words_secret(const char *words);

#endif
