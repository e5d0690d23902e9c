/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - one contact, company or deal, wherever it is kept. Pure.
 *
 * A record is a kind, a number and fields: short names with texts. Its revision
 * rises with each change.
 *
 * Memory  what is handed out is the caller's: record_release(). */
#ifndef SERVERS_CRM_RECORD_H
#define SERVERS_CRM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define FIELDS_MAX 64
#define FIELD_NAME_MAX 64	/* bytes */
#define VALUE_MAX 4000		/* bytes */
#define NOTE_MAX 16000
#define RECORD_ID_MAX 32

enum record_kind { RECORD_CONTACT, RECORD_COMPANY, RECORD_DEAL, RECORD_KINDS };
extern const char *const record_kind_names[RECORD_KINDS];	/* "contact" ... */
/* The field a record of that kind is called by. */
extern const char *const record_titles[RECORD_KINDS];

struct field {
	char *name, *value;
};
struct record {
	enum record_kind kind;
	int64_t id, revision, created_us, updated_us;
	struct field fields[FIELDS_MAX];	/* by name */
	int fields_n;
};
void record_release(struct record *r);
const char *record_get(const struct record *r, const char *name);	/* NULL: it has none */
/* Put a copy in, or replace it; a value of NULL takes it away. ERR_USAGE, ERR_LIMIT. */
MUST_USE enum err_code record_set(struct record *r, const char *name, const char *value, struct err *e);
/* The same for what comes from a store, whose values are taken as they are. ERR_LIMIT. */
MUST_USE enum err_code record_put(struct record *r, const char *name, const char *value, struct err *e);
void record_copy(struct record *to, const struct record *from);	/* to is new */
/* Small letters, digits and _, a letter first. */
bool record_is_name(const char *name);
/* Is there a control character but newline and tab? */
bool text_holds_control(const char *text);
/* Has it what its kind is called by, and are its mail addresses some? */
MUST_USE enum err_code record_check(const struct record *r, struct err *e);

/* "contact/12" both ways. */
void record_id_text(char out[RECORD_ID_MAX], enum record_kind kind, int64_t id);
bool record_id_parse(const char *text, enum record_kind *kind, int64_t *id);

#endif
