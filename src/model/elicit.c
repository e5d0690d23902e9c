/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/elicit.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

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
	if (elicit_put(f, f->preset, &j, NULL) != ERR_OK) {
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
