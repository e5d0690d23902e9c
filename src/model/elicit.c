/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/elicit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

const char *const elicit_kind_names[ELICIT_KINDS] = {"text", "integer", "number", "boolean", "one", "several"};
static const char *const format_names[ELICIT_FORMATS] = {"", "email", "uri", "date", "date-time"};

/* --- words that ask for a secret ------------------------------------------------- */

static const char *const secret_words[] = {"password", "passphrase", "passwd", "passcode", "secret", "token", "key", "apikey", "credential", "credentials", "pin", "card",
	"cvv", "cvc", "otp", "iban", "ssn", "keys", "passwords", "tokens", "secrets"};

/* Whole words, in any of the ways a name joins them: "apiKey", "api_key", "API key". */
bool elicit_words_secret(const char *words)
{
	char word[24];
	size_t n = 0, i;
	const char *p;

	for (p = words; p != NULL; p++) {
		bool is_letter = isalpha((unsigned char)*p), starts = p > words && isupper((unsigned char)*p) && islower((unsigned char)p[-1]);

		if (n > 0 && (!is_letter || starts)) {
			word[n] = '\0';
			for (i = 0; i < LENGTH(secret_words); i++)
				if (strcmp(word, secret_words[i]) == 0)
					return true;
			n = 0;
		}
		if (*p == '\0')
			return false;
		if (is_letter && n < sizeof word - 1)
			word[n++] = (char)tolower((unsigned char)*p);
	}
	return false;
}

/* --- reading the schema ------------------------------------------------------------ */

static enum err_code not_understood(const char *name, struct err *e)
{
	return err_set(e, ERR_PROTO, "the field '%.40s' is of a kind that a form does not have", name);
}

static char *copy_text(const cJSON *from, const char *name)
{
	const char *s = json_text(from, name);

	return s != NULL && *s != '\0' ? xstrdup(s) : NULL;
}

static bool add_choice(struct elicit_field *f, const char *value, const char *title)
{
	int i;

	if (value == NULL || *value == '\0' || strlen(value) > ELICIT_VALUE_MAX || f->choices == ELICIT_CHOICES)
		return false;
	for (i = 0; i < f->choices; i++)
		if (strcmp(f->choice[i].value, value) == 0)
			return false;
	f->choice = xreallocarray(f->choice, (size_t)f->choices + 1, sizeof *f->choice);
	f->choice[f->choices++] = (struct elicit_choice){xstrdup(value), xstrdup(title != NULL && *title != '\0' ? title : value)};
	return true;
}

/* `enum` (with `enumNames`), or `oneOf` / `anyOf` of {const, title}. False: broken. */
static bool read_choices(struct elicit_field *f, const cJSON *s)
{
	const cJSON *list = json_array(s, "enum"), *names = json_array(s, "enumNames"), *m;
	int i = 0;

	cJSON_ArrayForEach(m, list) {
		const cJSON *name = cJSON_GetArrayItem(names, i++);

		if (!cJSON_IsString(m) || !add_choice(f, m->valuestring, cJSON_IsString(name) ? name->valuestring : NULL))
			return false;
	}
	if (list == NULL)
		list = json_array(s, "oneOf");
	if (list == NULL)
		list = json_array(s, "anyOf");
	if (f->choices == 0)
		cJSON_ArrayForEach(m, list)
			if (!add_choice(f, json_text(m, "const"), json_text(m, "title")))
				return false;
	return f->choices > 0;
}

static bool read_length(const cJSON *s, const char *name, int64_t *out)
{
	const cJSON *m = json_member(s, name);

	*out = -1;
	return m == NULL || (json_int(s, name, out) && *out >= 0);
}

static bool read_bound(const cJSON *s, const char *name, bool *has, double *out)
{
	const cJSON *m = json_member(s, name);

	*has = m != NULL;
	*out = m != NULL ? m->valuedouble : 0;
	return m == NULL || cJSON_IsNumber(m);
}

static bool read_format(struct elicit_field *f, const cJSON *s)
{
	const char *name = json_text(s, "format");
	int i;

	for (i = 1; name != NULL && i < ELICIT_FORMATS; i++)
		if (strcmp(format_names[i], name) == 0)
			f->format = (enum elicit_format)i;
	return name == NULL || f->format != ELICIT_PLAIN;
}

static bool read_kind(struct elicit_field *f, const cJSON *s)
{
	const char *type = json_text(s, "type");
	bool has_choices = json_member(s, "enum") != NULL || json_member(s, "oneOf") != NULL;

	if (type == NULL)
		return false;
	if (strcmp(type, "string") == 0 && has_choices) {
		f->kind = ELICIT_ONE;
		return read_choices(f, s);
	}
	if (strcmp(type, "array") == 0) {
		f->kind = ELICIT_SEVERAL;
		return read_choices(f, json_object(s, "items")) && read_length(s, "minItems", &f->least) && read_length(s, "maxItems", &f->most);
	}
	if (strcmp(type, "string") == 0) {
		f->kind = ELICIT_TEXT;
		return read_length(s, "minLength", &f->least) && read_length(s, "maxLength", &f->most) && read_format(f, s);
	}
	f->kind = strcmp(type, "integer") == 0 ? ELICIT_INTEGER : strcmp(type, "number") == 0 ? ELICIT_NUMBER : ELICIT_BOOLEAN;
	if (f->kind == ELICIT_BOOLEAN)
		return strcmp(type, "boolean") == 0;
	return !has_choices && read_bound(s, "minimum", &f->has_minimum, &f->minimum) && read_bound(s, "maximum", &f->has_maximum, &f->maximum);
}

/* The default as it would be typed; one that its own field does not take is none. */
static void read_preset(struct elicit_field *f, struct slice raw)
{
	static const char *const path[] = {"default", NULL};
	struct slice value, one;
	cJSON *tree = NULL;
	const cJSON *m;
	struct buf b;

	if (!json_find(raw, path, &value) || json_parse(value, &tree, NULL) != ERR_OK)
		return;
	buf_init(&b, ELICIT_VALUE_MAX);
	one = value;
	if (cJSON_IsString(tree))
		buf_adds(&b, tree->valuestring);
	else if (cJSON_IsNumber(tree))
		buf_add_slice(&b, one);
	else if (cJSON_IsBool(tree))
		buf_adds(&b, cJSON_IsTrue(tree) ? "yes" : "no");
	for (m = cJSON_IsArray(tree) ? tree->child : NULL; m != NULL; m = m->next)
		if (cJSON_IsString(m))
			buf_addf(&b, "%s%s", b.len > 0 ? "," : "", m->valuestring);
	if (b.len > 0 && !b.over)
		f->preset = xstrndup(b.p, b.len);
	buf_release(&b);
	cJSON_Delete(tree);
}

static bool goes_elsewhere(const cJSON *s)
{
	static const char *const words[] = {"$ref", "properties", "allOf", "not", "if", "$dynamicRef"};
	size_t i;

	for (i = 0; i < LENGTH(words); i++)
		if (json_member(s, words[i]) != NULL)
			return true;
	return false;
}

static enum err_code put_value(const struct elicit_field *f, const char *typed, struct json_out *j, struct err *e);

static enum err_code read_field(struct elicit *out, const cJSON *s, struct slice raw, struct err *e)
{
	struct elicit_field *f = &out->v[out->n];
	struct json_out j;
	struct buf b;

	if (out->n == ELICIT_FIELDS)
		return err_set(e, ERR_LIMIT, "the form has more than %d fields", ELICIT_FIELDS);
	if (s->string[0] == '\0' || strlen(s->string) >= sizeof f->name)
		return err_set(e, ERR_LIMIT, "a field of the form has a name out of bounds");
	out->n++;
	memcpy(f->name, s->string, strlen(s->string) + 1);
	f->least = f->most = -1;
	if (!cJSON_IsObject(s) || goes_elsewhere(s) || !read_kind(f, s))
		return not_understood(f->name, e);
	f->title = copy_text(s, "title");
	f->description = copy_text(s, "description");
	f->looks_secret = elicit_words_secret(f->name) || elicit_words_secret(f->title) || elicit_words_secret(f->description);
	read_preset(f, raw);
	if (f->preset == NULL)
		return ERR_OK;
	buf_init(&b, 0);
	json_start(&j, &b);
	if (put_value(f, f->preset, &j, NULL) != ERR_OK) {
		free(f->preset);
		f->preset = NULL;
	}
	buf_release(&b);
	return ERR_OK;
}

static enum err_code read_required(struct elicit *out, const cJSON *tree, struct err *e)
{
	const cJSON *m;
	int i;

	cJSON_ArrayForEach(m, json_array(tree, "required")) {
		for (i = 0; i < out->n && cJSON_IsString(m) && strcmp(out->v[i].name, m->valuestring) != 0; i++)
			;
		if (!cJSON_IsString(m) || i == out->n)
			return err_set(e, ERR_PROTO, "the form requires a field that it does not have");
		out->v[i].is_required = true;
	}
	return ERR_OK;
}

enum err_code elicit_read(struct slice schema, struct elicit *out, struct err *e)
{
	static const char *const path[] = {"properties", NULL};
	struct slice rest = {NULL, 0}, name, raw;
	const char *type;
	const cJSON *s;
	cJSON *tree = NULL;
	enum err_code rc = schema.len <= ELICIT_SCHEMA_MAX ? json_parse(schema, &tree, e) : err_set(e, ERR_LIMIT, "the form is too large");

	memset(out, 0, sizeof *out);
	if (rc == ERR_OK && ((type = json_text(tree, "type")) == NULL || strcmp(type, "object") != 0 || json_object(tree, "properties") == NULL || !json_find(schema, path, &rest)))
		rc = err_set(e, ERR_PROTO, "the form is no flat object");
	if (rc == ERR_OK)
		cJSON_ArrayForEach(s, json_object(tree, "properties"))
			if (rc == ERR_OK && json_each(&rest, &name, &raw))
				rc = read_field(out, s, raw, e);
	if (rc == ERR_OK)
		rc = read_required(out, tree, e);
	cJSON_Delete(tree);
	if (rc != ERR_OK)
		elicit_release(out);
	return rc;
}

void elicit_release(struct elicit *form)
{
	int i, k;

	for (i = 0; i < form->n; i++) {
		struct elicit_field *f = &form->v[i];

		for (k = 0; k < f->choices; k++) {
			free(f->choice[k].value);
			free(f->choice[k].title);
		}
		free(f->choice);
		free(f->title);
		free(f->description);
		free(f->preset);
	}
	memset(form, 0, sizeof *form);
}

/* --- what a field takes, in words ---------------------------------------------------- */

static void say_range(const struct elicit_field *f, struct buf *out)
{
	if (f->has_minimum && f->has_maximum)
		buf_addf(out, ", %.15g to %.15g", f->minimum, f->maximum);
	else if (f->has_minimum)
		buf_addf(out, ", %.15g or more", f->minimum);
	else if (f->has_maximum)
		buf_addf(out, ", %.15g or less", f->maximum);
}

static void say_count(const struct elicit_field *f, const char *what, struct buf *out)
{
	if (f->least > 0 && f->most >= 0)
		buf_addf(out, ", %" PRId64 " to %" PRId64 " %s", f->least, f->most, what);
	else if (f->least > 0)
		buf_addf(out, ", at least %" PRId64 " %s", f->least, what);
	else if (f->most >= 0)
		buf_addf(out, ", at most %" PRId64 " %s", f->most, what);
}

void elicit_takes(const struct elicit_field *f, struct buf *out)
{
	static const char *const formats[ELICIT_FORMATS] = {"text", "a mail address", "an address with its scheme (https://...)", "a date (2026-11-27)",
		"a date with its hour (2026-11-27T09:00:00Z)"};
	int i;

	switch (f->kind) {
	case ELICIT_TEXT:
		buf_adds(out, formats[f->format]);
		say_count(f, "characters", out);
		break;
	case ELICIT_INTEGER:
	case ELICIT_NUMBER:
		buf_adds(out, f->kind == ELICIT_INTEGER ? "a whole number" : "a number");
		say_range(f, out);
		break;
	case ELICIT_BOOLEAN:
		buf_adds(out, "yes or no");
		break;
	default:
		buf_adds(out, f->kind == ELICIT_ONE ? "one of: " : "any of, with commas between: ");
		for (i = 0; i < f->choices; i++)
			buf_addf(out, "%s%s", i > 0 ? ", " : "", f->choice[i].value);
		say_count(f, "of them", out);
		break;
	}
}

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

static enum err_code put_value(const struct elicit_field *f, const char *typed, struct json_out *j, struct err *e)
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
			rc = put_value(f, text, &j, e);
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
