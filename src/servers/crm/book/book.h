/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book.h - contacts, companies, deals and their notes in one SQLite file.
 *
 * Every change is one transaction, and with a key its receipt is written in the same
 * one: fired and known to be fired are one thing.
 *
 * Errors  ERR_MISSING no such record, ERR_CONFLICT a value is not the one given as
 *         old (or the record is there already), ERR_USAGE in words for the agent.
 * Memory  what is handed out is the caller's: record_release(). */
#ifndef SERVERS_CRM_BOOK_BOOK_H
#define SERVERS_CRM_BOOK_BOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "servers/crm/backend.h"

/* The embedded store behind the tools; self is a struct book. */
extern const struct crm_backend book_backend;

struct book;
MUST_USE enum err_code book_open(struct book **out, const char *path, struct err *e);
void book_close(struct book *b);

MUST_USE enum err_code book_get(struct book *b, enum record_kind kind, int64_t id, struct record *out, struct err *e);
/* The contact with that mail address, or the company or deal of that title; 0 if there is none. */
MUST_USE enum err_code book_twin(struct book *b, const struct record *r, int64_t *id, struct err *e);

struct book_filter {
	int kind;		/* -1: all */
	const char *text;	/* in any value, without regard to ASCII case; NULL */
	const char *field, *value;	/* that field is exactly so; NULL */
	int64_t changed_since_us, after_id;
	int limit;
};
MUST_USE enum err_code book_search(struct book *b, const struct book_filter *f, crm_row *row, void *user, bool *more, struct err *e);
MUST_USE enum err_code book_notes(struct book *b, int64_t record, crm_note *note, void *user, struct err *e);

/* --- changes: between begin and end (commit if code is ERR_OK, and its own code back) ----- */
MUST_USE enum err_code book_begin(struct book *b, struct err *e);
MUST_USE enum err_code book_end(struct book *b, enum err_code code, struct err *e);
MUST_USE enum err_code book_add(struct book *b, struct record *r, int64_t now_us, struct err *e);
/* All fields as r has them; its revision rises. */
MUST_USE enum err_code book_put(struct book *b, struct record *r, int64_t now_us, struct err *e);
MUST_USE enum err_code book_add_note(struct book *b, int64_t record, const char *text, int64_t task, int64_t now_us, struct err *e);
MUST_USE enum err_code book_keep_receipt(struct book *b, const char *key, const char *json, struct err *e);
/* False: no change was made with that key. */
bool book_receipt(struct book *b, const char *key, struct buf *json);

#endif
