/* SPDX-License-Identifier: GPL-3.0-or-later */
/* data.h - the files of data/: compiled in, and what the home has instead.
 *
 * HOME/data/NAME stands for the compiled-in file of that name; prices are laid
 * over the compiled-in ones row by row.
 * Errors  ERR_MISSING if neither has it; those of the parsers, with the file's name. */
#ifndef DESK_DATA_H
#define DESK_DATA_H

#include "base/buf.h"
#include "base/err.h"

struct book;
struct template;

/* home NULL: by the rules of base/path.h. out is cleared first. */
MUST_USE enum err_code data_read(const char *home, const char *name, struct buf *out, struct err *e);
MUST_USE enum err_code data_book(const char *home, struct book **out, struct err *e);
/* templates/NAME.json with its prompt files; template_release() and free() it. */
MUST_USE enum err_code data_template(const char *home, const char *name, struct template **out, struct err *e);
/* The names of all templates, sorted; ends with NULL; data_names_free() it. */
char **data_templates(const char *home);
void data_names_free(char **names);

#endif
