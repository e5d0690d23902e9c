/* SPDX-License-Identifier: GPL-3.0-or-later */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "practice/pattern.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/memory.h"

#define MATCH_LIMIT 200000
#define DEPTH_LIMIT 10000
#define HEAP_LIMIT_KIB 20000

struct pattern {
	pcre2_code *code;
	pcre2_match_context *limits;
};

enum err_code pattern_new(struct pattern **out, const char *regex, struct err *e)
{
	struct pattern *p = xcalloc(1, sizeof *p);
	PCRE2_SIZE at = 0;
	int why = 0;

	*out = NULL;
	p->code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &why, &at, NULL);
	if (p->code == NULL) {
		PCRE2_UCHAR words[120];

		pcre2_get_error_message(why, words, sizeof words);
		free(p);
		return err_set(e, ERR_PROTO, "%s at offset %zu of the pattern", (const char *)words, (size_t)at);
	}
	p->limits = pcre2_match_context_create(NULL);
	if (p->limits == NULL) {
		pattern_free(p);
		return err_set(e, ERR_MEMORY, "no memory for a pattern");
	}
	pcre2_set_match_limit(p->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(p->limits, DEPTH_LIMIT);
	pcre2_set_heap_limit(p->limits, HEAP_LIMIT_KIB);
	*out = p;
	return ERR_OK;
}

void pattern_free(struct pattern *p)
{
	if (p == NULL)
		return;
	pcre2_match_context_free(p->limits);
	pcre2_code_free(p->code);
	free(p);
}

/* The table of names: entries of size bytes, two of them the group's number. */
static uint32_t names(const struct pattern *p, PCRE2_SPTR *table, uint32_t *size)
{
	uint32_t n = 0;

	pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &n);
	if (n > 0) {
		pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, size);
		pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, table);
	}
	return n;
}

void pattern_names(const struct pattern *p, void (*f)(void *user, const char *name), void *user)
{
	PCRE2_SPTR table = NULL;
	uint32_t size = 0, i, n = names(p, &table, &size);

	for (i = 0; i < n; i++)
		f(user, (const char *)table + (size_t)i * size + 2);
}

bool pattern_match(const struct pattern *p, const char *text, struct vars *v)
{
	pcre2_match_data *found = pcre2_match_data_create_from_pattern(p->code, NULL);
	PCRE2_SPTR table = NULL;
	uint32_t size = 0, i, n = names(p, &table, &size);
	bool ok;

	if (found == NULL)
		return false;
	ok = pcre2_match(p->code, (PCRE2_SPTR)text, strlen(text), 0, 0, found, p->limits) > 0;
	for (i = 0; ok && i < n; i++) {
		PCRE2_SPTR entry = table + (size_t)i * size;
		size_t group = (size_t)entry[0] << 8 | entry[1];
		const PCRE2_SIZE *at = pcre2_get_ovector_pointer(found);

		if (at[2 * group] != PCRE2_UNSET)
			vars_set(v, (const char *)entry + 2, slice_make(text + at[2 * group], at[2 * group + 1] - at[2 * group]));
		else
			vars_set(v, (const char *)entry + 2, slice_of(""));
	}
	pcre2_match_data_free(found);
	return ok;
}

bool pattern_first(const struct pattern *p, const char *text, struct buf *out)
{
	pcre2_match_data *found = pcre2_match_data_create_from_pattern(p->code, NULL);
	const PCRE2_SIZE *at;
	int groups;

	if (found == NULL)
		return false;
	groups = pcre2_match(p->code, (PCRE2_SPTR)text, strlen(text), 0, 0, found, p->limits);
	if (groups > 0) {
		at = pcre2_get_ovector_pointer(found) + (groups > 1 ? 2 : 0);
		if (at[0] != PCRE2_UNSET)
			buf_add(out, text + at[0], at[1] - at[0]);
	}
	pcre2_match_data_free(found);
	return groups > 0;
}
