/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON documents as tables and as names with values.
 *
 * A table is measured first: each cell is cleaned once and kept, a column is as
 * wide as its widest cell, one that is empty throughout is left out, and on a
 * terminal the widest column gives way until the row fits. The names of columns
 * are the names of the fields: what a script finds under --json is what a person
 * sees above the column. */
#include "cli/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "money/pico.h"

#define COLUMNS 24
#define COL_MIN 8	/* no column is squeezed under that */

struct column {
	char name[48], head[48];
	char form;	/* 0, or as in desk/verb.h */
	int cols;
	bool is_used;
};

struct table {
	struct column col[COLUMNS];
	int n;
	char **cell;	/* rows * n; clean */
	int rows;
};

/* --- one value ---------------------------------------------------------------- */

static void put_money(struct buf *out, const char *text, char form)
{
	int64_t pd;
	char shown[PICO_TEXT];

	if (pico_parse(slice_of(text), &pd, NULL) != ERR_OK) {
		say_add(out, text);
	} else if (form == '$') {
		pico_format_short(pd, shown);
		buf_adds(out, shown);
	} else {
		pico_format(pd, shown);
		buf_addf(out, "$%s", shown);
	}
}

static void put_time(struct buf *out, const char *text)
{
	int64_t at;
	char shown[20];

	if (date_parse(text, &at)) {
		clock_local(at, shown);
		buf_adds(out, shown);
	} else {
		say_add(out, text);
	}
}

static void put_value(struct buf *out, const cJSON *v, char form)
{
	if (v == NULL || cJSON_IsNull(v))
		return;
	if (cJSON_IsBool(v)) {
		buf_adds(out, cJSON_IsTrue(v) ? _("yes") : _("no"));
	} else if (cJSON_IsNumber(v)) {
		/* Ids: a letter before the number, nothing for 0. */
		if (form >= 'A' && form <= 'Z' && v->valuedouble <= 0)
			return;
		if (form >= 'A' && form <= 'Z')
			buf_addc(out, form);
		buf_addf(out, "%.0f", v->valuedouble);
	} else if (cJSON_IsString(v)) {
		if (form == '$' || form == '+')
			put_money(out, v->valuestring, form);
		else if (form == '@')
			put_time(out, v->valuestring);
		else if (form == '#')
			say_addf(out, "%.15s", v->valuestring);
		else
			say_add(out, v->valuestring);
	} else if (cJSON_IsArray(v)) {
		const cJSON *one;
		bool more = false;

		cJSON_ArrayForEach(one, v) {
			if (more)
				buf_adds(out, ", ");
			more = true;
			put_value(out, one, form);
		}
	}
}

/* What the name of a field says of its form, where no spec does. */
static char form_of(const char *name)
{
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, "_usd") == 0)
		return '+';
	if (strcmp(name, "created") == 0 || strcmp(name, "expires") == 0 || strcmp(name, "ended") == 0 || strcmp(name, "started") == 0 || strcmp(name, "time") == 0 ||
	    strcmp(name, "since") == 0 || strcmp(name, "decided_at") == 0 || strncmp(name, "last_", 5) == 0)
		return '@';
	return 0;
}

/* --- tables --------------------------------------------------------------------- */

static void add_column(struct table *t, struct slice name, char form)
{
	struct column *c;

	if (t->n == COLUMNS || name.len >= sizeof t->col[0].name)
		return;
	c = &t->col[t->n++];
	*c = (struct column){.form = form};
	memcpy(c->name, name.p, name.len);
	for (size_t i = 0; i < name.len; i++)
		c->head[i] = name.p[i] == '_' ? ' ' : (char)(name.p[i] >= 'a' && name.p[i] <= 'z' ? name.p[i] - 'a' + 'A' : name.p[i]);
	if (name.len > 4 && strcmp(c->name + name.len - 4, "_usd") == 0)
		c->head[name.len - 4] = '\0';
}

static void find_columns(struct table *t, const cJSON *rows, const char *spec)
{
	const cJSON *row = rows->child, *field;

	if (spec == NULL) {
		cJSON_ArrayForEach(field, row)
			if (!cJSON_IsObject(field) && !(cJSON_IsArray(field) && cJSON_IsObject(field->child)))
				add_column(t, slice_of(field->string), form_of(field->string));
		return;
	}
	while (*spec != '\0') {
		size_t n = strcspn(spec, " "), name = strcspn(spec, "= ");

		add_column(t, slice_make(spec, name), name < n ? spec[name + 1] : 0);
		spec += n + strspn(spec + n, " ");
	}
}

static void fill_cells(struct table *t, const cJSON *rows)
{
	const cJSON *row;
	int r = 0;

	t->rows = cJSON_GetArraySize(rows);
	t->cell = xcalloc((size_t)t->rows * (size_t)t->n + 1, sizeof *t->cell);
	cJSON_ArrayForEach(row, rows) {
		for (int i = 0; i < t->n; i++) {
			struct column *c = &t->col[i];
			struct buf b;
			int cols;

			buf_init(&b, 0);
			put_value(&b, json_member(row, c->name), c->form);
			c->is_used = c->is_used || b.len > 0;
			cols = text_cols(buf_slice(&b), 0);
			if (cols > c->cols)
				c->cols = cols;
			t->cell[r * t->n + i] = buf_take(&b);
		}
		r++;
	}
	for (int i = 0; i < t->n; i++)
		if ((int)strlen(t->col[i].head) > t->col[i].cols)
			t->col[i].cols = (int)strlen(t->col[i].head);
}

/* Let the widest column give way, one step at a time, until the rows fit. */
static void fit(struct table *t, int cols)
{
	for (;;) {
		int used = -2, widest = -1;

		for (int i = 0; i < t->n; i++) {
			if (!t->col[i].is_used)
				continue;
			used += t->col[i].cols + 2;
			if (t->col[i].cols > COL_MIN && (widest < 0 || t->col[i].cols > t->col[widest].cols))
				widest = i;
		}
		if (used <= cols || widest < 0)
			return;
		t->col[widest].cols -= used - cols < 4 ? 1 : (used - cols) / 4;
		if (t->col[widest].cols < COL_MIN)
			t->col[widest].cols = COL_MIN;
	}
}

static void put_row(struct buf *out, const struct table *t, char *const *cell)
{
	size_t start = out->len;
	bool is_first = true;

	for (int i = 0; i < t->n; i++) {
		const struct column *c = &t->col[i];
		struct slice s = slice_of(cell != NULL ? cell[i] : c->head);

		if (!c->is_used)
			continue;
		if (!is_first)
			buf_adds(out, "  ");
		is_first = false;
		if (c->form == '%' || c->form == '$' || c->form == '+')
			text_pad_left(out, s, c->cols, 0);
		else
			text_pad(out, s, c->cols, 0);
	}
	while (out->len > start && out->p[out->len - 1] == ' ')
		out->len--;
	buf_addc(out, '\n');
}

void render_table(struct buf *out, const cJSON *rows, const char *columns, int cols)
{
	struct table t = {.n = 0};

	if (rows == NULL || rows->child == NULL)
		return;
	if (!cJSON_IsObject(rows->child)) {
		const cJSON *one;

		cJSON_ArrayForEach(one, rows) {
			put_value(out, one, 0);
			buf_addc(out, '\n');
		}
		return;
	}
	find_columns(&t, rows, columns);
	fill_cells(&t, rows);
	if (cols > 0)
		fit(&t, cols);
	put_row(out, &t, NULL);
	for (int r = 0; r < t.rows; r++)
		put_row(out, &t, t.cell + r * t.n);
	for (int i = 0; i < t.rows * t.n; i++)
		free(t.cell[i]);
	free(t.cell);
}

/* --- names and values ----------------------------------------------------------------- */

static bool is_named(const char *const list[], const char *name)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

void render_text(struct buf *out, const char *text, const char *indent)
{
	struct slice rest = slice_of(text), line;

	while (text_line(&rest, &line)) {
		buf_adds(out, indent);
		text_line_for_terminal(line, out);
		buf_addc(out, '\n');
	}
}

static bool is_nested(const cJSON *v)
{
	return cJSON_IsObject(v) || (cJSON_IsArray(v) && (cJSON_IsObject(v->child) || cJSON_IsArray(v->child)));
}

void render_fields(struct buf *out, const cJSON *doc, const char *const skip[])
{
	const cJSON *v;
	size_t widest = 0;

	cJSON_ArrayForEach(v, doc)
		if (!is_nested(v) && strlen(v->string) > widest)
			widest = strlen(v->string);
	cJSON_ArrayForEach(v, doc) {
		struct buf b;

		if (is_nested(v) || is_named(skip, v->string) || cJSON_IsNull(v) || (cJSON_IsString(v) && v->valuestring[0] == '\0'))
			continue;
		if (cJSON_IsString(v) && strchr(v->valuestring, '\n') != NULL) {
			say_addf(out, "%s:", v->string);
			buf_addc(out, '\n');
			render_text(out, v->valuestring, "  ");
			continue;
		}
		buf_init(&b, 0);
		put_value(&b, v, form_of(v->string));
		if (b.len > 0) {
			struct buf name;

			buf_init(&name, 0);
			say_addf(&name, "%s:", v->string);
			text_pad(out, buf_slice(&name), (int)widest + 2, 0);
			buf_add_slice(out, buf_slice(&b));
			buf_addc(out, '\n');
			buf_release(&name);
		}
		buf_release(&b);
	}
}

void render_document(struct buf *out, const cJSON *doc, const char *columns, int cols)
{
	const cJSON *v;

	if (cJSON_IsArray(doc)) {
		if (doc->child == NULL)
			buf_addf(out, "%s\n", _("None."));
		render_table(out, doc, columns, cols);
		return;
	}
	if (!cJSON_IsObject(doc)) {
		put_value(out, doc, 0);
		buf_addc(out, '\n');
		return;
	}
	render_fields(out, doc, NULL);
	cJSON_ArrayForEach(v, doc) {
		if (!is_nested(v) || v->child == NULL)
			continue;
		buf_addc(out, '\n');
		say_addf(out, "%s:", v->string);
		buf_addc(out, '\n');
		if (cJSON_IsArray(v))
			render_table(out, v, NULL, cols);
		else
			render_fields(out, v, NULL);
	}
}
