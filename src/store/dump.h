/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump.h - every row of a workspace, for `workspace export`: tables and columns by
 * the names that the migrations gave them. Sealed values are not among them.
 * Grows with history; put it into one view (store_view_begin) to see one state. */
#ifndef STORE_DUMP_H
#define STORE_DUMP_H

#include "base/slice.h"
#include "store/store.h"

enum dump_type { DUMP_NULL, DUMP_INT, DUMP_TEXT, DUMP_BYTES };
struct dump_value {
	const char *column;	/* borrowed for the call, as bytes is */
	enum dump_type type;
	int64_t n;
	struct slice bytes;
};
typedef enum err_code dump_row(void *user, const struct dump_value *v, int n, struct err *e);

#define DUMP_NAME 64
/* Names of the tables, sorted, as many as fit in max. */
MUST_USE enum err_code dump_tables(struct store *s, char (*names)[DUMP_NAME], int max, int *n, struct err *e);
/* head gets the columns (their types are DUMP_NULL), row each row; what row fails with ends it. */
MUST_USE enum err_code dump_table(struct store *s, const char *table, dump_row *head, dump_row *row, void *user, struct err *e);

#endif
