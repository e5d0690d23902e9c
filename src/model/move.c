/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/move.h"

#include <inttypes.h>
#include <string.h>

bool life_allows(const struct life *l, int from, int to)
{
	return from >= 0 && from < l->states && to >= 0 && to < l->states && (l->next[from] >> to & 1) != 0;
}

const char *life_name(const struct life *l, int state)
{
	return state >= 0 && state < l->states ? l->names[state] : "?";
}

enum err_code life_check(const struct life *l, int64_t id, int from, int to, struct err *e)
{
	if (life_allows(l, from, to))
		return ERR_OK;
	return err_set(e, ERR_ILLEGAL, "%s %c%" PRId64 " is %s and cannot become %s", l->noun, l->letter, id, life_name(l, from), life_name(l, to));
}

int life_state(const struct life *l, const char *name)
{
	int i;

	for (i = 0; name != NULL && i < l->states; i++)
		if (strcmp(l->names[i], name) == 0)
			return i;
	return -1;
}

bool life_is_final(const struct life *l, int state)
{
	return state >= 0 && state < l->states && l->next[state] == 0;
}

int64_t id_parse(char letter, const char *s)
{
	int64_t n = 0;

	if ((*s | 32) == (letter | 32))
		s++;
	if (*s == '\0')
		return 0;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || n > INT64_C(1) << 53)
			return 0;
		n = n * 10 + (*s - '0');
	}
	return n;
}
