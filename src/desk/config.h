/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - the person's settings: $XDG_CONFIG_HOME/claviger/config, in the
 * syntax of libconfuse. Which settings there are, with their defaults, is one
 * table. Setting one keeps the file's comments and order.
 *
 * Errors  ERR_USAGE for a setting that does not exist (the nearest is named), a
 *         value that will not do, or a file that breaks the syntax (with its line). */
#ifndef DESK_CONFIG_H
#define DESK_CONFIG_H

#include <stdbool.h>

#include "base/err.h"

enum setting_kind { SETTING_TEXT, SETTING_BOOL, SETTING_COUNT, SETTING_CHOICE, SETTING_LIST };
struct setting {
	const char *name;
	enum setting_kind kind;
	const char *fallback;		/* as written in a file, without quotes; lists: "" */
	const char *choices;		/* "all content nothing" */
	const char *help;
};
extern const struct setting setting_table[];	/* ends with a NULL name */

struct config;	/* opaque: one reading of the file */

/* A file that is not there is all defaults. *out is NULL after a failure. */
MUST_USE enum err_code config_open(struct config **out, const char *path, struct err *e);
void config_free(struct config *c);	/* NULL is fine */
/* Borrowed until config_free(). The name must be in the table, of that kind. */
const char *config_text(const struct config *c, const char *name);	/* "" where nothing is set; also a choice */
bool config_bool(const struct config *c, const char *name);
int config_count(const struct config *c, const char *name);
/* A list's texts; ends with NULL; borrowed until the next call. */
const char *const *config_list(struct config *c, const char *name);

/* For verbs: one value as text (*out is the caller's), and its change. */
MUST_USE enum err_code config_get(const char *path, const char *name, char **out, struct err *e);
MUST_USE enum err_code config_set(const char *path, const char *name, const char *value, struct err *e);

#endif
