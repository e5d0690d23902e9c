/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template.h - text with {{name}} and {{function(argument, 'text')}} in it.
 *
 * An argument is a name or a text in single quotes ('' is a quote inside one).
 * A function may have no answer (no such file was shown); then the whole
 * rendering has none, and the rule that asked for it does not hold. */
#ifndef PRACTICE_TEMPLATE_H
#define PRACTICE_TEMPLATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "practice/vars.h"

#define TEMPLATE_ARGS 6
#define TEMPLATE_MAX ((size_t)8 << 20)	/* bytes of one rendered text */

/* ERR_PROTO if it is no template, or names what known() does not know. */
MUST_USE enum err_code template_check(const char *src, bool (*known)(void *user, const char *name), void *user, struct err *e);
/* Append to out; false if a function had no answer or out is full. src passed the check. */
bool template_render(const char *src, const struct vars *v, struct buf *out);

/* functions.c: by name; false from run means no answer. */
struct function {
	const char *name;
	size_t least, most;	/* arguments */
	bool (*run)(const struct vars *v, const char *const arg[], size_t args, struct buf *out);
};
const struct function *function_find(struct slice name);

#endif
