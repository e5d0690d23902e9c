/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "console/words.h"
#include "money/pico.h"

#define COLUMNS_MAX 16
#define CELL_COLS 40

struct column {
	char name[48];
	char form;	/* as in desk/verb.h; 0: as it is */
	int cols;
	bool is_used;
};

static int read_columns(struct column *v, const char *columns)
{
	int n = 0;

	while (columns != NULL && *columns != '\0' && n < COLUMNS_MAX) {
		size_t len = strcspn(columns, " "), name = strcspn(columns, " =");

		v[n] = (struct column){.form = name < len ? columns[name + 1] : '\0'};
		snprintf(v[n].name, sizeof v[n].name, "%.*s", (int)name, columns);
		n++;
		columns += len + strspn(columns + len, " ");
	}
	return n;
}

static int own_columns(struct column *v, const cJSON *record)
{
	const cJSON *item;
	int n = 0;

	cJSON_ArrayForEach(item, record) {
		if (n == COLUMNS_MAX)
			break;
		if (cJSON_IsArray(item) || cJSON_IsObject(item))
			continue;
		v[n] = (struct column){0};
		snprintf(v[n++].name, sizeof v->name, "%s", item->string);
	}
	return n;
}

/* One value as people read it. */
static void put_value(struct buf *out, const cJSON *item, char form)
{
	char money[PICO_TEXT], at[20];
	int64_t pd, us;

	if (item == NULL || cJSON_IsNull(item))
		return;
	if (cJSON_IsBool(item)) {
		buf_adds(out, cJSON_IsTrue(item) ? _("yes") : _("no"));
	} else if (cJSON_IsNumber(item)) {
		if (form >= 'A' && form <= 'Z')
			buf_addc(out, form);
		buf_addf(out, "%.0f", item->valuedouble);
	} else if (cJSON_IsString(item)) {
		const char *s = item->valuestring;

		if (form == '$' && pico_parse(slice_of(s), &pd, NULL) == ERR_OK) {
			pico_format_short(pd, money);
			buf_adds(out, money);
		} else if (form == '@' && date_parse(s, &us)) {
			clock_local(us, at);
			buf_adds(out, at);
		} else if (form == '#') {
			buf_addf(out, "%.12s", strncmp(s, "sha256:", 7) == 0 ? s + 7 : s);
		} else {
			for (; *s != '\0'; s++)
				buf_addc(out, *s == '\n' ? ' ' : *s);
		}
	} else {
		const cJSON *part;
		bool first = true;

		cJSON_ArrayForEach(part, item) {
			if (!first)
				buf_adds(out, ", ");
			first = false;
			if (cJSON_IsString(part) || cJSON_IsNumber(part))
				put_value(out, part, '\0');
			else
				buf_adds(out, "...");
		}
	}
}

static bool is_right(char form)
{
	return form == '$' || form == '%' || form == '+';
}

/* cost_usd: "cost usd" */
static void column_words(const struct column *v, char out[48])
{
	size_t i;

	for (i = 0; v->name[i] != '\0'; i++)
		out[i] = v->name[i] == '_' ? ' ' : v->name[i];
	out[i] = '\0';
}

static void heading(const struct column *v, int n, struct sheet *sh)
{
	struct buf line;
	int i;

	buf_init(&line, 0);
	for (i = 0; i < n; i++) {
		char name[sizeof v->name];

		column_words(&v[i], name);
		if (is_right(v[i].form))
			text_pad_left(&line, slice_of(name), v[i].cols, TEXT_LIST);
		else
			text_pad(&line, slice_of(name), v[i].cols, TEXT_LIST);
		if (i < n - 1)
			buf_adds(&line, "  ");
	}
	sheet_add(sh, ROLE_HINT, NULL, buf_slice(&line));
	buf_release(&line);
}

/* How wide each column is, and whether anything stands in it. */
static void measure(struct column *v, int n, const cJSON *array)
{
	const cJSON *record;
	struct buf cell;
	int i;

	buf_init(&cell, 0);
	for (i = 0; i < n; i++)
		v[i].cols = text_cols(slice_of(v[i].name), 0);
	cJSON_ArrayForEach(record, array)
		for (i = 0; i < n; i++) {
			int cols;

			buf_clear(&cell);
			put_value(&cell, json_member(record, v[i].name), v[i].form);
			cols = text_cols(buf_slice(&cell), TEXT_LIST);
			v[i].is_used |= cols > 0;
			cols = cols > CELL_COLS && i < n - 1 ? CELL_COLS : cols;
			v[i].cols = cols > v[i].cols ? cols : v[i].cols;
		}
	buf_release(&cell);
}

/* Columns that fit into room side by side; those in which nothing stands give way first. */
static int fitting(struct column *v, int *n, int room)
{
	int i, k = 0, cols = 0;

	for (i = 0; i < *n; i++)
		cols += v[i].cols + (i > 0 ? 2 : 0);
	if (room <= 0 || cols <= room)
		return *n;
	for (i = 0; i < *n; i++)
		if (v[i].is_used || i == 0)
			v[k++] = v[i];
	*n = k;
	for (i = cols = 0; i < *n && (i == 0 || cols + v[i].cols <= room); i++)
		cols += v[i].cols + 2;
	return i;
}

static void write_row(struct sheet *sh, const cJSON *record, const struct column *v, int n)
{
	struct buf line, cell;
	int i;

	buf_init(&line, 0);
	buf_init(&cell, 0);
	if (!cJSON_IsObject(record))
		put_value(&line, record, '\0');
	for (i = 0; i < n && cJSON_IsObject(record); i++) {
		buf_clear(&cell);
		put_value(&cell, json_member(record, v[i].name), v[i].form);
		if (is_right(v[i].form))
			text_pad_left(&line, buf_slice(&cell), v[i].cols, TEXT_LIST);
		else
			text_pad(&line, buf_slice(&cell), v[i].cols, TEXT_LIST);
		if (i < n - 1)
			buf_adds(&line, "  ");
	}
	sheet_add(sh, ROLE_NORMAL, NULL, buf_slice(&line));
	buf_release(&line);
	buf_release(&cell);
}

/* What has no room beside the others stands below them, each with its name. */
static void write_rest(struct sheet *sh, const cJSON *record, const struct column *v, int n, int room)
{
	struct buf line, cell;
	int i;

	buf_init(&line, 0);
	buf_init(&cell, 0);
	for (i = 0; i < n && cJSON_IsObject(record); i++) {
		char name[sizeof v->name];
		int cols;

		buf_clear(&cell);
		put_value(&cell, json_member(record, v[i].name), v[i].form);
		if (cell.len == 0)
			continue;
		column_words(&v[i], name);
		cols = text_cols(slice_of(name), 0) + 1 + text_cols(buf_slice(&cell), TEXT_LIST);
		if (line.len > 0 && text_cols(buf_slice(&line), 0) + 3 + cols > room) {
			sheet_add(sh, ROLE_DIM, "    ", buf_slice(&line));
			buf_clear(&line);
		}
		buf_addf(&line, "%s%s ", line.len > 0 ? "   " : "", name);
		buf_add(&line, cell.p, cell.len);
	}
	if (line.len > 0)
		sheet_add(sh, ROLE_DIM, "    ", buf_slice(&line));
	buf_release(&line);
	buf_release(&cell);
}

static void write_array(struct sheet *sh, const cJSON *array, const char *columns, int room)
{
	struct column v[COLUMNS_MAX];
	const cJSON *record;
	int n, fit;

	if (cJSON_GetArraySize(array) == 0) {
		sheet_addf(sh, ROLE_DIM, _("None."));
		return;
	}
	n = columns != NULL ? read_columns(v, columns) : own_columns(v, cJSON_GetArrayItem(array, 0));
	measure(v, n, array);
	fit = fitting(v, &n, room);
	heading(v, fit, sh);
	cJSON_ArrayForEach(record, array) {
		write_row(sh, record, v, fit);
		write_rest(sh, record, v + fit, n - fit, room - 4);
	}
}

static void write_record(struct sheet *sh, const cJSON *record, int depth, int room);

static void write_member(struct sheet *sh, const cJSON *item, int depth, int room)
{
	struct slice rest, text;
	struct buf line;

	if (cJSON_IsNull(item) || (cJSON_IsString(item) && item->valuestring[0] == '\0'))
		return;
	if (cJSON_IsObject(item) || (cJSON_IsArray(item) && cJSON_IsObject(cJSON_GetArrayItem(item, 0)))) {
		sheet_addf(sh, ROLE_HINT, "%s", "");
		sheet_addf(sh, ROLE_HEAD, "%s", item->string);
		if (cJSON_IsArray(item))
			write_array(sh, item, NULL, room);
		else
			write_record(sh, item, depth + 1, room);
		return;
	}
	if (cJSON_IsString(item) && strchr(item->valuestring, '\n') != NULL) {	/* a longer text keeps its lines */
		sheet_addf(sh, ROLE_HEAD, "%s", item->string);
		rest = slice_of(item->valuestring);
		while (text_line(&rest, &text))
			sheet_add(sh, ROLE_NORMAL, "  ", text);
		return;
	}
	buf_init(&line, 0);
	text_pad(&line, slice_of(item->string), 20, TEXT_LIST);
	buf_adds(&line, "  ");
	put_value(&line, item, '\0');
	sheet_add(sh, ROLE_NORMAL, NULL, buf_slice(&line));
	buf_release(&line);
}

static void write_record(struct sheet *sh, const cJSON *record, int depth, int room)
{
	const cJSON *item;

	if (depth > 8)
		return;
	cJSON_ArrayForEach(item, record)
		write_member(sh, item, depth, room);
}

enum err_code table_write(struct sheet *sh, struct slice json, const char *columns, int room, struct err *e)
{
	cJSON *tree;
	enum err_code code = json_parse(json, &tree, e);
	const cJSON *rows;

	if (code != ERR_OK)
		return code;
	rows = json_array(tree, "rows");
	if (cJSON_IsArray(tree))
		write_array(sh, tree, columns, room);
	else if (rows != NULL && columns != NULL)
		write_array(sh, rows, columns, room);
	else
		write_record(sh, tree, 0, room);
	cJSON_Delete(tree);
	return ERR_OK;
}
