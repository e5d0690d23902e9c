/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_rows.h - what the readers of the two formats gather; for import*.c only. */
#ifndef MONEY_IMPORT_ROWS_H
#define MONEY_IMPORT_ROWS_H

#include "money/import.h"

#define IMPORT_ROWS_MAX 8000
#define IMPORT_RATE_MAX INT64_C(10000000000)	/* $10,000 a million: some hundred times the dearest model there is */

struct import_row {
	const char *vendor;		/* a constant */
	char model[USAGE_MODEL];	/* the book's id */
	enum service_tier tier;
	enum region_class region;
	struct rate_card base, step;
	int64_t step_over;
};

struct importing {
	const struct book *book;
	struct import_row *row;
	size_t count;
	struct import_report *report;
	struct err *e;
};

/* One model's row of a tier, made if it is not there; the file's name for the model is brought
 * to the book's id and region. NULL: too many. */
struct import_row *import_row_at(struct importing *in, const char *vendor, const char *model, enum service_tier tier);
/* Put a rate. Where two names of one model disagree, the dearer stands, with a note.
 * over 0: the base price. rate below 0 or absurd: ERR_USAGE. */
MUST_USE enum err_code import_put(struct importing *in, struct import_row *row, const char *model, enum bucket bucket, int64_t over, int64_t rate);
/* Dollars a token, or a million tokens, from raw digits to a rate. */
MUST_USE enum err_code import_rate(struct importing *in, const char *model, struct slice raw, bool for_million, int64_t *rate);
void import_note(struct importing *in, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Into out, if it fits and holds nothing but printable ASCII without quotes or backslashes. */
bool import_name(struct slice raw, char *out, size_t size);

MUST_USE enum err_code import_litellm(struct importing *in, struct slice text);
MUST_USE enum err_code import_models_dev(struct importing *in, struct slice text);

#endif
