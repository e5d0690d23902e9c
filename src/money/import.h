/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.h - public price maps to a document of our own schema (data/make-prices.py
 * says it). Pure.
 *
 * Formats: LiteLLM's model_prices_and_context_window.json (dollars a token, read from
 * its raw digits) and models.dev's api.json (dollars a million). Only the vendors that
 * are called here, and only what differs from the book; what is not understood is
 * named, never guessed, and a price that is not there is not 0.
 * Errors  ERR_PROTO no JSON, ERR_USAGE another format, or a rate that is
 *         negative or absurd (then nothing of the file is taken), ERR_LIMIT too large. */
#ifndef MONEY_IMPORT_H
#define MONEY_IMPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "money/book.h"

#define IMPORT_BYTES ((size_t)16 << 20)	/* the largest file that is read */
#define IMPORT_NOTES 200

enum import_format { IMPORT_LITELLM, IMPORT_MODELS_DEV, IMPORT_FORMATS };
extern const char *const import_format_names[IMPORT_FORMATS];	/* "litellm", "models.dev" */

struct import_report {
	int models;			/* of our vendors, with a price for tokens */
	int others;			/* of other vendors, or no language models */
	int rows, fresh, changed, same;	/* prices by model, tier and region; rows is fresh + changed */
	int notes_n;			/* what was not taken, and why; more than IMPORT_NOTES are counted only */
	char *note[IMPORT_NOTES];	/* heap; import_report_release() frees them */
};
void import_report_release(struct import_report *r);

/* Write to doc (cleared) the document of what differs from b at `when`, to hold from
 * `from` (a date or "2026-11-23T14:00:00Z") on; title becomes its rows' source. */
MUST_USE enum err_code import_prices(enum import_format format, struct slice text, const struct book *b, int64_t at_us, const char *from, const char *title,
    struct buf *doc, struct import_report *r, struct err *e);

#endif
