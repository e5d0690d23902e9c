/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person changed in a payload, as lines: the two previews side by side,
 * less what they have in common at both ends, then the longest common run of
 * lines between. Where that is too large to be worked out, the whole of the middle
 * is shown as removed and added. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "office/preview.h"

#define CELLS_MOST 4000000

struct side {
	struct preview p;
	struct buf *line;	/* "name: text", of payload lines only */
	size_t n;
};

static bool is_ours(enum preview_role role)
{
	return role == PREVIEW_HEAD || role == PREVIEW_NOTE || role == PREVIEW_WARN;
}

static enum err_code side_make(struct side *s, const struct approval *a, struct err *e)
{
	enum err_code rc = preview_make(a, &s->p, e);
	size_t i;

	s->n = 0;
	s->line = NULL;
	if (rc != ERR_OK)
		return rc;
	s->line = xcalloc(s->p.n + 1, sizeof *s->line);
	for (i = 0; i < s->p.n; i++) {
		const struct preview_line *l = &s->p.lines[i];
		struct buf *b = &s->line[s->n];

		if (is_ours(l->role))
			continue;
		buf_init(b, 0);
		if (l->name != NULL)
			buf_addf(b, "%s: ", l->name);
		buf_add_slice(b, l->text);
		s->n++;
	}
	return ERR_OK;
}

static void side_release(struct side *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		buf_release(&s->line[i]);
	free(s->line);
	preview_release(&s->p);
}

static bool same(const struct side *a, size_t i, const struct side *b, size_t j)
{
	return slice_eq(buf_slice(&a->line[i]), buf_slice(&b->line[j]));
}

static void walk(const struct side *a, const struct side *b, size_t from, size_t an, size_t bn, change_emit *emit, void *user)
{
	size_t rows = an - from, cols = bn - from, i, j, w = cols + 1;
	uint16_t *lcs = rows < UINT16_MAX && cols < UINT16_MAX && (rows + 1) * w <= CELLS_MOST ? xcalloc((rows + 1) * w, sizeof *lcs) : NULL;

	for (i = lcs != NULL ? rows : 0; i-- > 0;)
		for (j = cols; j-- > 0;)
			lcs[i * w + j] = same(a, from + i, b, from + j) ? (uint16_t)(lcs[(i + 1) * w + j + 1] + 1) :
			    lcs[(i + 1) * w + j] > lcs[i * w + j + 1] ? lcs[(i + 1) * w + j] : lcs[i * w + j + 1];
	i = j = 0;
	while (i < rows || j < cols) {
		if (lcs != NULL && i < rows && j < cols && same(a, from + i, b, from + j)) {
			i++;
			j++;
		} else if (i < rows && (lcs == NULL || j == cols || lcs[(i + 1) * w + j] >= lcs[i * w + j + 1])) {
			emit(user, PREVIEW_DEL, buf_slice(&a->line[from + i++]));
		} else {
			emit(user, PREVIEW_ADD, buf_slice(&b->line[from + j++]));
		}
	}
	free(lcs);
}

enum err_code preview_changes(const struct approval *before, const struct approval *now, change_emit *emit, void *user, struct err *e)
{
	struct side a = {.n = 0}, b = {.n = 0};
	size_t from = 0, an, bn;
	enum err_code rc = side_make(&a, before, e);

	if (rc == ERR_OK)
		rc = side_make(&b, now, e);
	if (rc == ERR_OK) {
		for (an = a.n, bn = b.n; from < an && from < bn && same(&a, from, &b, from); from++)
			;
		for (; an > from && bn > from && same(&a, an - 1, &b, bn - 1); an--, bn--)
			;
		walk(&a, &b, from, an, bn, emit, user);
	}
	side_release(&a);
	side_release(&b);
	return rc;
}
