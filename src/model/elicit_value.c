/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values for a form's fields: what a person typed becomes the object that the server
 * asked for, and that object is held against the form before it goes out. */
#include "model/elicit.h"

#include <ctype.h>
#include <string.h>

#include "base/date.h"
#include "base/json.h"
#include "base/utf8.h"

static enum err_code will_not_do(const struct elicit_field *f, struct err *e)
{
	struct buf takes;

	buf_init(&takes, 4096);
	elicit_takes(f, &takes);
	err_set(e, ERR_USAGE, "%.60s takes %.160s", f->name, buf_text(&takes));
	buf_release(&takes);
	return ERR_USAGE;
}

/* --- what was typed -------------------------------------------------------------------- */

static int64_t characters(const char *s)
{
	int64_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xC0) != 0x80;
	return n;
}

static bool is_address(const char *s)
{
	const char *at = strchr(s, '@');

	return at != NULL && at != s && strchr(at + 1, '@') == NULL && at[1] != '\0' && strpbrk(s, " \t\r\n<>,;") == NULL;
}

static bool is_uri(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && isalpha((unsigned char)s[0]) && s[n] == ':' && s[n + 1] != '\0' && strpbrk(s, " \t\r\n") == NULL;
}

/* A day that there is: 2026-02-30 is none. */
static bool is_day(const char *s)
{
	char day[11], same[11];
	int64_t at;

	if (strlen(s) < 10)
		return false;
	memcpy(day, s, 10);
	day[10] = '\0';
	if (!date_parse(day, &at))
		return false;
	date_day(at, same);
	return strcmp(day, same) == 0;
}

static bool has_format(const char *s, enum elicit_format format)
{
	int64_t ignored;

	switch (format) {
	case ELICIT_EMAIL: return is_address(s);
	case ELICIT_URI: return is_uri(s);
	case ELICIT_DATE: return strlen(s) == 10 && is_day(s);
	case ELICIT_DATE_TIME: return strlen(s) > 10 && is_day(s) && date_parse(s, &ignored);
	default: return true;
	}
}

static bool text_fits(const struct elicit_field *f, const char *s)
{
	int64_t n = characters(s);

	return strlen(s) <= ELICIT_VALUE_MAX && utf8_valid(slice_of(s)) && n >= f->least && (f->most < 0 || n <= f->most) && has_format(s, f->format);
}

/* raw: a number as JSON writes it. */
static bool number_fits(const struct elicit_field *f, struct slice raw)
{
	cJSON *tree = NULL;
	double d;
	bool ok;

	if (raw.len == 0 || raw.len > 40 || (raw.p[0] != '-' && !isdigit((unsigned char)raw.p[0])) || json_parse(raw, &tree, NULL) != ERR_OK)
		return false;
	d = tree->valuedouble;
	ok = cJSON_IsNumber(tree) && (!f->has_minimum || d >= f->minimum) && (!f->has_maximum || d <= f->maximum);
	cJSON_Delete(tree);
	return ok && (f->kind == ELICIT_NUMBER || (memchr(raw.p, '.', raw.len) == NULL && memchr(raw.p, 'e', raw.len) == NULL && memchr(raw.p, 'E', raw.len) == NULL));
}

/* By its value or by the words it is shown with; NULL: none of them. */
static const char *choice_of(const struct elicit_field *f, struct slice typed)
{
	int i;

	for (i = 0; i < f->choices; i++)
		if (slice_is(typed, f->choice[i].value))
			return f->choice[i].value;
	for (i = 0; i < f->choices; i++)
		if (slice_is(typed, f->choice[i].title))
			return f->choice[i].value;
	return NULL;
}

static struct slice trim(struct slice s)
{
	while (s.len > 0 && s.p[0] == ' ')
		s.p++, s.len--;
	while (s.len > 0 && s.p[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool put_several(const struct elicit_field *f, const char *typed, struct json_out *j)
{
	bool taken[ELICIT_CHOICES] = {false}, ok = true;
	const char *p = typed;
	int i, n = 0;

	while (ok && *p != '\0') {
		size_t len = strcspn(p, ",");
		const char *value = choice_of(f, trim(slice_make(p, len)));

		for (i = 0; value != NULL && i < f->choices; i++)
			if (f->choice[i].value == value) {
				n += !taken[i];
				taken[i] = true;
			}
		ok = value != NULL;
		p += len + (p[len] == ',');
	}
	json_open(j, f->name, '[');
	for (i = 0; i < f->choices; i++)
		if (taken[i])
			json_put_text(j, NULL, f->choice[i].value);
	json_close(j, ']');
	return ok && n >= f->least && (f->most < 0 || n <= f->most);
}

enum err_code elicit_put(const struct elicit_field *f, const char *typed, struct json_out *j, struct err *e)
{
	bool yes = strcmp(typed, "yes") == 0 || strcmp(typed, "true") == 0, no = strcmp(typed, "no") == 0 || strcmp(typed, "false") == 0, ok = false;
	const char *value;

	switch (f->kind) {
	case ELICIT_TEXT:
		ok = text_fits(f, typed);
		if (ok)
			json_put_text(j, f->name, typed);
		break;
	case ELICIT_INTEGER:
	case ELICIT_NUMBER:
		ok = number_fits(f, slice_of(typed));
		if (ok)
			json_put_raw(j, f->name, slice_of(typed));
		break;
	case ELICIT_BOOLEAN:
		ok = yes || no;
		if (ok)
			json_put_bool(j, f->name, yes);
		break;
	case ELICIT_ONE:
		value = choice_of(f, slice_of(typed));
		ok = value != NULL;
		if (ok)
			json_put_text(j, f->name, value);
		break;
	default:
		ok = put_several(f, typed, j);
		break;
	}
	return ok ? ERR_OK : will_not_do(f, e);
}

static const struct elicit_field *find(const struct elicit *form, const char *name)
{
	int i;

	for (i = 0; i < form->n; i++)
		if (strcmp(form->v[i].name, name) == 0)
			return &form->v[i];
	return NULL;
}

enum err_code elicit_fill(const struct elicit *form, struct slice typed, struct buf *content, struct err *e)
{
	cJSON *tree = NULL;
	const cJSON *m;
	struct json_out j;
	enum err_code rc = json_parse(typed, &tree, e);
	int i;

	cJSON_ArrayForEach(m, tree)
		if (rc == ERR_OK && (!cJSON_IsString(m) || find(form, m->string) == NULL))
			rc = err_set(e, ERR_USAGE, "it does not ask for '%.60s'", m->string);
	json_start(&j, content);
	json_open(&j, NULL, '{');
	for (i = 0; rc == ERR_OK && i < form->n; i++) {
		const struct elicit_field *f = &form->v[i];
		const char *text = json_member(tree, f->name) != NULL ? json_text(tree, f->name) : f->preset;

		if (text != NULL && text[0] != '\0')
			rc = elicit_put(f, text, &j, e);
		else if (f->is_required)
			rc = err_set(e, ERR_USAGE, "%.60s is wanted, and is empty", f->title != NULL ? f->title : f->name);
	}
	json_close(&j, '}');
	cJSON_Delete(tree);
	return rc;
}

/* --- what goes out ---------------------------------------------------------------------- */

static bool several_fit(const struct elicit_field *f, const cJSON *value)
{
	const cJSON *m;
	int n = cJSON_GetArraySize(value);

	cJSON_ArrayForEach(m, value)
		if (!cJSON_IsString(m) || choice_of(f, slice_of(m->valuestring)) == NULL)
			return false;
	return n >= f->least && (f->most < 0 || n <= f->most);
}

static bool value_fits(const struct elicit_field *f, const cJSON *value, struct slice raw)
{
	switch (f->kind) {
	case ELICIT_TEXT: return cJSON_IsString(value) && text_fits(f, value->valuestring);
	case ELICIT_INTEGER:
	case ELICIT_NUMBER: return cJSON_IsNumber(value) && number_fits(f, raw);
	case ELICIT_BOOLEAN: return cJSON_IsBool(value);
	case ELICIT_ONE: return cJSON_IsString(value) && choice_of(f, slice_of(value->valuestring)) != NULL;
	default: return cJSON_IsArray(value) && several_fit(f, value);
	}
}

enum err_code elicit_check(const struct elicit *form, struct slice content, struct err *e)
{
	cJSON *tree = NULL;
	const cJSON *m;
	enum err_code rc = json_parse(content, &tree, e);
	int i;

	if (rc == ERR_OK && !cJSON_IsObject(tree))
		rc = err_set(e, ERR_USAGE, "the answer is no object");
	cJSON_ArrayForEach(m, tree) {
		const struct elicit_field *f = rc == ERR_OK ? find(form, m->string) : NULL;
		const char *const path[] = {m->string, NULL};
		struct slice raw = {NULL, 0};

		if (rc == ERR_OK && f == NULL)
			rc = err_set(e, ERR_USAGE, "it does not ask for '%.60s'", m->string);
		else if (rc == ERR_OK && (!json_find(content, path, &raw) || !value_fits(f, m, raw)))
			rc = will_not_do(f, e);
	}
	for (i = 0; rc == ERR_OK && i < form->n; i++)
		if (form->v[i].is_required && json_member(tree, form->v[i].name) == NULL)
			rc = err_set(e, ERR_USAGE, "%.60s is wanted, and is not there", form->v[i].name);
	cJSON_Delete(tree);
	return rc;
}
