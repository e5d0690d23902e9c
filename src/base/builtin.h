/* SPDX-License-Identifier: GPL-3.0-or-later */
/* builtin.h - files of data/ that are compiled into the program (build-aux/embed.sh). */
#ifndef BASE_BUILTIN_H
#define BASE_BUILTIN_H

#include <stddef.h>

struct builtin {
	const char *name;	/* "prices.json", "templates/solo-founder.json"; NULL ends a table */
	const char *bytes;	/* NUL after the last byte, not counted */
	size_t len;
};

/* The table of data/ (linked into the programs and the tests that ask for it). */
extern const struct builtin data_files[];

static inline const struct builtin *builtin_find(const struct builtin *table, const char *name)
{
	for (; table->name != NULL; table++)
		if (__builtin_strcmp(table->name, name) == 0)
			return table;
	return NULL;
}

#endif
