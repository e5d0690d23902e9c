/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vars.h - names and their texts while one rule is tried. */
#ifndef PRACTICE_VARS_H
#define PRACTICE_VARS_H

#include <stddef.h>

#include "base/slice.h"
#include "practice/talk.h"

struct var {
	char *name, *value;
};
struct vars {
	const struct talk *talk;
	struct var *var;
	size_t n;
	char *connector;	/* what "@" stands for; "" if nothing */
};

void vars_init(struct vars *v, const struct talk *t);
void vars_release(struct vars *v);
void vars_set(struct vars *v, const char *name, struct slice value);	/* replaces */
/* A set name, else a name of the talk's: role, model, opening, user, system,
 * result, tool, turn, connector. NULL if there is none; good until the next vars_set(). */
const char *vars_get(const struct vars *v, const char *name);

#endif
