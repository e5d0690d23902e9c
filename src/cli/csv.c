/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A document as CSV, for a spreadsheet. */
#include "cli/private.h"

#include <string.h>

static void add_csv(struct buf *out, const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		buf_adds(out, text);
		return;
	}
	buf_addc(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(out, '"');
		buf_addc(out, *text);
	}
	buf_addc(out, '"');
}

/* What a spreadsheet would run: "-0.5" is a number, "-cmd" is none. */
static bool is_formula(const char *text)
{
	if (text[0] == '-')
		return text[1 + strspn(text + 1, "0123456789.")] != '\0' || text[1] == '\0';
	return text[0] != '\0' && strchr("=+@\t\r\n", text[0]) != NULL;
}

/* RFC 4180, with a newline alone. A field that a spreadsheet would take for a formula gets a quote before it. */
void show_csv(struct buf *out, const cJSON *doc)
{
	const cJSON *rows = json_array(doc, "rows"), *row, *field, *empty = json_array(doc, "columns_of");
	const cJSON *first = rows != NULL && rows->child != NULL ? rows->child : empty != NULL ? empty->child : json_object(doc, "total");

	cJSON_ArrayForEach(field, first) {
		if (field != first->child)
			buf_addc(out, ',');
		add_csv(out, field->string);
	}
	buf_addc(out, '\n');
	cJSON_ArrayForEach(row, rows) {
		cJSON_ArrayForEach(field, row) {
			struct buf clean;

			if (field != row->child)
				buf_addc(out, ',');
			buf_init(&clean, 0);
			if (cJSON_IsString(field)) {
				if (is_formula(field->valuestring))
					buf_addc(&clean, '\'');
				say_add(&clean, field->valuestring);
			} else if (cJSON_IsNumber(field)) {
				buf_addf(&clean, "%.0f", field->valuedouble);
			}
			add_csv(out, buf_text(&clean));
			buf_release(&clean);
		}
		buf_addc(out, '\n');
	}
}
