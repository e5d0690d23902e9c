/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Payloads that have a form people know: a mail as mail, a change of a record
 * field by field. The form is read off the members, never off the tool's name, so
 * that every connector's tools of that form get it; what the form does not know is
 * shown all the same.
 *
 * A mail: `to` or `subject`, and `body` (or `text`). A record: an object `fields`
 * (or `values`, `set`, `properties`) of new values. What they replace comes from
 * `before`: of the payload itself, and beside it as our own connector's check saw it. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "office/preview_lines.h"

static bool is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static struct slice raw_of(struct slice json, const char *name)
{
	const char *path[] = {name, NULL};
	struct slice raw = {0};

	return json_find(json, path, &raw) ? raw : slice_make("", 0);
}

/* A text as it is, "a, b" for a list of texts, anything else as it is written. */
static void plain_value(struct buf *out, struct slice raw)
{
	cJSON *v = NULL;
	const cJSON *one;
	bool texts = true;
	int n = 0;

	buf_clear(out);
	if (json_parse(raw, &v, NULL) != ERR_OK) {
		buf_add_slice(out, raw);
		return;
	}
	cJSON_ArrayForEach(one, v)
		texts = texts && cJSON_IsString(one);
	if (cJSON_IsString(v)) {
		buf_adds(out, v->valuestring);
	} else if (cJSON_IsArray(v) && texts) {
		cJSON_ArrayForEach(one, v)
			buf_addf(out, "%s%s", n++ > 0 ? ", " : "", one->valuestring);
	} else {
		buf_add_slice(out, raw);
	}
	cJSON_Delete(v);
}

static void value_field(struct preview *p, const char *name, int depth, struct slice raw)
{
	struct buf b;

	buf_init(&b, 0);
	plain_value(&b, raw);
	preview_add_field(p, name, depth, buf_slice(&b));
	buf_release(&b);
}

/* What a connector of ours says of the action; its own words, so said to be. */
static void about_lines(struct preview *p, struct slice context)
{
	struct slice about = raw_of(context, "about"), rest, name, raw;
	struct buf b;

	buf_init(&b, 0);
	for (rest = about; about.len > 0 && json_each(&rest, &name, &raw);) {
		const char *line;
		size_t n;

		plain_value(&b, raw);
		line = buf_text(&b);
		n = strcspn(line, "\n");
		preview_addf(p, PREVIEW_NOTE, "%.*s, says the connector: %.*s", (int)(name.len < 60 ? name.len : 60), name.p, (int)(n < 400 ? n : 400), line);
		while (line[n] == '\n') {	/* what a command printed, say */
			line += n + 1;
			n = strcspn(line, "\n");
			preview_addf(p, PREVIEW_NOTE, "  %.*s", (int)(n < 400 ? n : 400), line);
		}
	}
	buf_release(&b);
}

void preview_about(struct preview *p, const char *context)
{
	if (context != NULL && json_gate(slice_of(context), NULL) == ERR_OK)
		about_lines(p, slice_of(context));
}

/* What the tool's schema says of its fields; the server's words, not ours. */
static void words_lines(struct preview *p, struct slice context)
{
	struct slice words = raw_of(context, "words"), rest, name, raw;
	struct buf b;

	buf_init(&b, 0);
	for (rest = words; words.len > 0 && json_each(&rest, &name, &raw);) {
		plain_value(&b, raw);
		preview_addf(p, PREVIEW_NOTE, "%.*s, in the tool's words: %.300s", (int)(name.len < 60 ? name.len : 60), name.p, buf_text(&b));
	}
	buf_release(&b);
}

/* --- mail -------------------------------------------------------------------- */

static const char *const mail_head[] = {"from", "to", "cc", "bcc", "reply_to", "subject", NULL};
static const char *const mail_body[] = {"body", "text", NULL};

bool preview_is_mail(const cJSON *root)
{
	bool body = json_text(root, "body") != NULL || json_text(root, "text") != NULL;

	return body && (json_member(root, "to") != NULL || json_text(root, "subject") != NULL);
}

int preview_flat_list(struct preview *p, const char *name, struct slice raw)
{
	struct slice rest = raw, one, in_name, in_raw, in;
	struct buf line, v;
	int n = 0;

	buf_init(&line, 0);
	buf_init(&v, 0);
	while (json_each(&rest, NULL, &one)) {
		buf_clear(&line);
		if (one.len > 0 && one.p[0] == '{') {
			for (in = one; json_each(&in, &in_name, &in_raw);) {
				plain_value(&v, in_raw);
				buf_addf(&line, "%s%.*s %s", line.len > 0 ? ", " : "", (int)in_name.len, in_name.p, buf_text(&v));
			}
		} else {
			plain_value(&v, one);
			buf_adds(&line, buf_text(&v));
		}
		preview_add_field(p, name, 0, buf_slice(&line));
		n++;
	}
	buf_release(&line);
	buf_release(&v);
	return n;
}

static void attachments(struct preview *p, struct slice raw)
{
	int n = preview_flat_list(p, "attached", raw);

	if (n > 0)
		preview_addf(p, PREVIEW_NOTE, "%d attachment%s", n, n == 1 ? "" : "s");
}

static void other_member(struct preview *p, struct slice payload, const cJSON *m)
{
	struct slice raw = raw_of(payload, m->string);

	if (strcmp(m->string, "attachments") == 0 && cJSON_IsArray(m))
		attachments(p, raw);
	else if (cJSON_IsObject(m) || (cJSON_IsArray(m) && memchr(raw.p, '{', raw.len) != NULL))
		preview_json(p, m->string, raw);
	else
		value_field(p, m->string, 0, raw);
}

static void mail_lines(struct preview *p, struct slice payload, const cJSON *root)
{
	const cJSON *m;
	size_t i;

	for (i = 0; mail_head[i] != NULL; i++)
		if (json_member(root, mail_head[i]) != NULL)
			other_member(p, payload, json_member(root, mail_head[i]));
	cJSON_ArrayForEach(m, root)
		if (!is_among(m->string, mail_head) && !(is_among(m->string, mail_body) && cJSON_IsString(m)))
			other_member(p, payload, m);
	cJSON_ArrayForEach(m, root)
		if (is_among(m->string, mail_body) && cJSON_IsString(m))
			preview_add_field(p, m->string, 0, slice_of(m->valuestring));
}

/* --- a record ------------------------------------------------------------------ */

static const char *const field_words[] = {"fields", "values", "set", "properties", NULL};

static const cJSON *new_values(const cJSON *root)
{
	size_t i;

	for (i = 0; field_words[i] != NULL; i++)
		if (json_object(root, field_words[i]) != NULL)
			return json_object(root, field_words[i]);
	return NULL;
}

/* "phone: old -> new"; a long text stands in lines of its own. */
static void change_line(struct preview *p, const cJSON *field, struct slice fields, struct slice before, struct slice seen)
{
	struct slice now = raw_of(fields, field->string), was = raw_of(before, field->string), is = raw_of(seen, field->string);
	struct buf a, b, line;
	bool known = was.len > 0 || is.len > 0;

	buf_init(&a, 0);
	buf_init(&b, 0);
	buf_init(&line, 0);
	plain_value(&a, was.len > 0 ? was : is);
	plain_value(&b, now);
	if (!known) {
		preview_add_field(p, field->string, 0, buf_slice(&b));
	} else if (a.len + b.len < 160 && memchr(buf_text(&a), '\n', a.len) == NULL && memchr(buf_text(&b), '\n', b.len) == NULL) {
		buf_addf(&line, "%s -> %s", a.len > 0 ? buf_text(&a) : "(empty)", b.len > 0 ? buf_text(&b) : "(empty)");
		preview_add_field(p, field->string, 0, buf_slice(&line));
	} else {
		preview_add_field(p, field->string, 0, slice_of("old, then new"));
		preview_add_text(p, PREVIEW_DEL, 1, buf_slice(&a));
		preview_add_text(p, PREVIEW_ADD, 1, buf_slice(&b));
	}
	if (known && slice_eq(was.len > 0 ? was : is, now))
		preview_add(p, PREVIEW_NOTE, slice_of("no change"));
	if (was.len > 0 && is.len > 0 && !slice_eq(was, is)) {
		plain_value(&a, is);
		preview_addf(p, PREVIEW_WARN, "the record itself holds now: %.300s", buf_text(&a));
	}
	buf_release(&a);
	buf_release(&b);
	buf_release(&line);
}

static void record_lines(struct preview *p, struct slice payload, const cJSON *root, const cJSON *fields, struct slice context)
{
	struct slice raw = raw_of(payload, fields->string), before = raw_of(payload, "before"), seen = raw_of(context, "before");
	const cJSON *own = json_object(root, "before"), *m;
	bool own_before = own != NULL;

	cJSON_ArrayForEach(m, root)
		if (m != fields && !(own_before && strcmp(m->string, "before") == 0))
			other_member(p, payload, m);
	cJSON_ArrayForEach(m, fields)
		change_line(p, m, raw, own_before ? before : slice_of(""), seen);
	/* members of `before` that nothing replaces are part of the payload too */
	cJSON_ArrayForEach(m, own)
		if (json_member(fields, m->string) == NULL)
			value_field(p, m->string, 1, raw_of(before, m->string));
	if (seen.len == 0 && !own_before)
		preview_add(p, PREVIEW_NOTE, slice_of("what these replace is not known here"));
}

void preview_shape(struct preview *p, struct slice payload, const cJSON *root, const char *context_text)
{
	struct slice context = slice_of(context_text != NULL && json_gate(slice_of(context_text), NULL) == ERR_OK ? context_text : "");
	const cJSON *fields = new_values(root);

	if (preview_is_mail(root))
		mail_lines(p, payload, root);
	else if (fields != NULL)
		record_lines(p, payload, root, fields, context);
	else
		preview_json(p, NULL, payload);
	about_lines(p, context);
	words_lines(p, context);
}
