/* SPDX-License-Identifier: GPL-3.0-or-later */
/* form.h - a few fields with a heading: Tab and arrows move, Enter goes on and
 * submits behind the last, Escape leaves. Secrets are masked fields.
 *
 * Memory  the face owns a form once face_form() has it; secrets are wiped. */
#ifndef CONSOLE_FORM_H
#define CONSOLE_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "console/secret_field.h"
#include "desk/op.h"

struct face;

#define FORM_FIELDS 18
#define FIELD_BYTES 4096

enum field_kind { FIELD_TEXT, FIELD_SECRET, FIELD_CHOICE };

struct choice {
	char value[NAME_MAX_BYTES];
	char words[TITLE_MAX_BYTES];
};

struct field {
	enum field_kind kind;
	const char *label;
	const char *hint;	/* shown while it has the focus; NULL: none */
	const char *key;	/* for submit; NULL: none */
	char *text;		/* FIELD_BYTES */
	size_t len, at;
	struct secret_field secret;
	bool guesses_vendor;
	bool rates_strength;		/* of a new passphrase: says what it is worth */	/* say the vendor of the secret; text fields named "vendor" stay empty for it */
	struct choice *choice;	/* heap */
	int choices, chosen;
};

struct form {
	char title[NAME_MAX_BYTES * 2];
	const char *intro[8];	/* sentences; NULL ends */
	char fact[TITLE_MAX_BYTES];	/* room for a sentence made for this form, to be put into intro */
	struct field v[FORM_FIELDS];
	int n, at;
	char problem[512];	/* what is wrong with it, or "" */
	bool is_busy;		/* an outcome is awaited */
	const char *busy_words;
	/* All fields are there. May set problem, is_busy, or close it with face_close(). */
	void (*submit)(struct face *f, struct form *form);
	void (*cancel)(struct face *f, struct form *form);	/* NULL: it just closes */
	/* The outcome of the operation it asked for. NULL: said as usual. */
	void (*outcome)(struct face *f, struct form *form, const struct outcome *o);
	enum op_kind awaits;
	char **kept;		/* form_keep() */
	int kept_n;
	char name[NAME_MAX_BYTES];	/* for submit */
	int64_t id;
};

struct form *form_new(const char *title);
void form_free(struct form *form);
const char *form_keep(struct form *form, char *text);	/* takes text over: a label or a sentence made for this form */
struct field *form_add_text(struct form *form, const char *label, const char *hint, const char *preset);
struct field *form_add_secret(struct form *form, const char *label, const char *hint, bool allows_blanks);
struct field *form_add_choice(struct form *form, const char *label, const char *hint);
void field_add_choice(struct field *fl, const char *value, const char *words);
const char *field_text(const struct field *fl);	/* of a text, or the chosen value */

/* What went wrong, and what to do about it, under the fields. */
void form_say_err(struct form *form, const struct err *e);

/* What a masked field said, to the form it is in. */
void form_secret_event(struct face *f, struct form *form, enum secret_event event);

/* Ask with what the form holds; it shows that it waits, and closes when it was done. */
void face_form_ask(struct face *f, struct form *form, struct op *op, struct secret *secret, const char *busy_words);

/* One key of a text line. True if it was one. */
bool line_edit(char *text, size_t room, size_t *len, size_t *at, int key, bool is_pasted);

#endif
