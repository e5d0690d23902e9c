/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h - a JSON document of desk/query.h as lines to read: an array of records
 * becomes a table, a record a list of fields, and so on inside. */
#ifndef CONSOLE_TABLE_H
#define CONSOLE_TABLE_H

#include "base/err.h"
#include "console/sheet.h"

/* columns: field names with forms, as desk/verb.h says; NULL: the record's own. room: columns of the screen
 * that a row may take (what has none beside the rest comes below it); 0: as wide as it is. */
MUST_USE enum err_code table_write(struct sheet *sh, struct slice json, const char *columns, int room, struct err *e);

#endif
