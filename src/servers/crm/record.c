/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const char *const record_kind_names[RECORD_KINDS] = {"contact", "company", "deal"};
const char *const record_titles[RECORD_KINDS] = {"name", "name", "title"};

void record_release(struct record *r)
{
	int i;

	for (i = 0; i < r->fields_n; i++) {
		free(r->fields[i].name);
		free(r->fields[i].value);
	}
	r->fields_n = 0;
}

const char *record_get(const struct record *r, const char *name)
{
	int i;

	for (i = 0; i < r->fields_n; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return r->fields[i].value;
	return NULL;
}

bool record_is_name(const char *name)
{
	size_t n = strlen(name);

	return n > 0 && n <= FIELD_NAME_MAX && name[0] >= 'a' && name[0] <= 'z' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

bool text_holds_control(const char *s)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7F)
			return true;
	return false;
}

enum err_code record_set(struct record *r, const char *name, const char *value, struct err *e)
{
	if (!record_is_name(name))
		return err_set(e, ERR_USAGE, "a field is named by at most %d small letters, digits and _", FIELD_NAME_MAX);
	if (value != NULL && (strlen(value) > VALUE_MAX || text_holds_control(value)))
		return err_set(e, ERR_USAGE, "the value of `%s` must be text of at most %d bytes", name, VALUE_MAX);
	return record_put(r, name, value, e);
}

enum err_code record_put(struct record *r, const char *name, const char *value, struct err *e)
{
	int i;

	for (i = 0; i < r->fields_n && strcmp(r->fields[i].name, name) < 0; i++)
		;
	if (i < r->fields_n && strcmp(r->fields[i].name, name) == 0) {
		free(r->fields[i].value);
		if (value != NULL) {
			r->fields[i].value = xstrdup(value);
			return ERR_OK;
		}
		free(r->fields[i].name);
		memmove(&r->fields[i], &r->fields[i + 1], (size_t)(--r->fields_n - i) * sizeof r->fields[0]);
		return ERR_OK;
	}
	if (value == NULL)
		return ERR_OK;
	if (r->fields_n == FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "a record has at most %d fields", FIELDS_MAX);
	memmove(&r->fields[i + 1], &r->fields[i], (size_t)(r->fields_n++ - i) * sizeof r->fields[0]);
	r->fields[i] = (struct field){xstrdup(name), xstrdup(value)};
	return ERR_OK;
}

void record_copy(struct record *to, const struct record *from)
{
	int i;

	*to = *from;
	for (i = 0; i < from->fields_n; i++)
		to->fields[i] = (struct field){xstrdup(from->fields[i].name), xstrdup(from->fields[i].value)};
}

enum err_code record_check(const struct record *r, struct err *e)
{
	const char *title = record_get(r, record_titles[r->kind]), *mail = record_get(r, "email");

	if (title == NULL || title[0] == '\0' || strchr(title, '\n') != NULL)
		return err_set(e, ERR_USAGE, "a %s needs a `%s`, in one line", record_kind_names[r->kind], record_titles[r->kind]);
	if (mail != NULL && (strchr(mail, '@') == NULL || strpbrk(mail, " \t\n<>,;\"") != NULL))
		return err_set(e, ERR_USAGE, "`email` must be one bare mail address");
	return ERR_OK;
}

void record_id_text(char out[RECORD_ID_MAX], enum record_kind kind, int64_t id)
{
	snprintf(out, RECORD_ID_MAX, "%s/%" PRId64, record_kind_names[kind], id);
}

bool record_id_parse(const char *text, enum record_kind *kind, int64_t *id)
{
	char *end;
	int k;

	for (k = 0; text != NULL && k < RECORD_KINDS; k++) {
		size_t n = strlen(record_kind_names[k]);

		if (strncmp(text, record_kind_names[k], n) != 0 || text[n] != '/' || text[n + 1] < '1' || text[n + 1] > '9' || strlen(text + n + 1) > 15)
			continue;
		*kind = (enum record_kind)k;
		*id = strtoll(text + n + 1, &end, 10);
		return *end == '\0';
	}
	return false;
}
