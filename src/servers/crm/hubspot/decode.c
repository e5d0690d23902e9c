/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"
#include "servers/common/html.h"
#include "servers/crm/hubspot/fields.h"

#define LINKS_SHOWN 20
#define ID_DIGITS 15

static enum err_code no_answer(struct err *e)
{
	return err_set(e, ERR_PROTO, "HubSpot's answer is not what it should be");
}

static enum err_code parse(struct slice json, cJSON **t, struct err *e)
{
	enum err_code code = json_parse(json, t, NULL);

	if (code == ERR_OK && cJSON_IsObject(*t))
		return ERR_OK;
	cJSON_Delete(*t);
	*t = NULL;
	return no_answer(e);
}

static bool id_of(const cJSON *object, int64_t *id)
{
	const char *text = json_text(object, "id");
	size_t n = text != NULL ? strlen(text) : 0;

	if (n == 0 || n > ID_DIGITS || text[0] == '0' || strspn(text, "0123456789") != n)
		return false;
	*id = strtoll(text, NULL, 10);
	return true;
}

/* --- a record --------------------------------------------------------------------------- */

static enum err_code take_properties(const cJSON *properties, struct record *r, struct err *e)
{
	enum err_code code = ERR_OK;
	struct buf value;
	const cJSON *m;

	buf_init(&value, 0);
	cJSON_ArrayForEach(m, properties) {
		const char *field = hubspot_field(r->kind, m->string);

		/* what HubSpot adds of itself (createdate, hs_object_id ...) is no field, nor is an empty one */
		if (!record_is_name(m->string) || !cJSON_IsString(m) || m->valuestring[0] == '\0' || strncmp(m->string, "hs_object", 9) == 0 ||
		    strcmp(m->string, "createdate") == 0 || strcmp(m->string, hubspot_changed[r->kind]) == 0)
			continue;
		buf_clear(&value);
		hubspot_value_in(r->kind, field, m->valuestring, &value);
		code = record_put(r, field, buf_text(&value), e);
		if (code != ERR_OK)
			break;
	}
	buf_release(&value);
	return code;
}

static enum err_code take_name(struct record *r, struct err *e)
{
	enum err_code code = ERR_OK;
	struct buf name;

	if (r->kind != RECORD_CONTACT)
		return ERR_OK;
	buf_init(&name, 0);
	hubspot_name_join(record_get(r, "first_name"), record_get(r, "last_name"), &name);
	if (name.len > 0)
		code = record_put(r, "name", buf_text(&name), e);
	buf_release(&name);
	return code;
}

/* Each id once, though each of its labels names it again. */
static void put_links(struct buf *out, const cJSON *results, enum record_kind to)
{
	int64_t seen[LINKS_SHOWN];
	const cJSON *m;
	int n = 0, i;

	cJSON_ArrayForEach(m, results) {
		char text[RECORD_ID_MAX];
		int64_t id;

		if (!id_of(m, &id))
			continue;
		for (i = 0; i < n && seen[i] != id; i++)
			;
		if (i < n)
			continue;
		if (n == LINKS_SHOWN) {
			buf_adds(out, " and more");
			return;
		}
		seen[n++] = id;
		record_id_text(text, to, id);
		buf_addf(out, "%s%s", n > 1 ? ", " : "", text);
	}
}

static enum err_code take_links(const cJSON *associations, struct record *r, struct err *e)
{
	enum err_code code = ERR_OK;
	int k;

	for (k = 0; k < RECORD_KINDS && code == ERR_OK; k++) {
		const struct hubspot_link *link = hubspot_link_shown(r->kind, (enum record_kind)k);
		const cJSON *results = json_array(json_object(associations, hubspot_objects[k]), "results");
		struct buf ids;

		if (link == NULL || results == NULL)
			continue;
		buf_init(&ids, 0);
		put_links(&ids, results, link->to);
		if (ids.len > 0)
			code = record_put(r, link->field, buf_text(&ids), e);
		buf_release(&ids);
	}
	return code;
}

static void take_notes(const cJSON *associations, struct hubspot_notes *notes)
{
	const cJSON *m;
	size_t i;

	notes->n = 0;
	cJSON_ArrayForEach(m, json_array(json_object(associations, "notes"), "results")) {
		int64_t id;

		if (!id_of(m, &id))
			continue;
		for (i = 0; i < notes->n && notes->id[i] < id; i++)
			;
		if (i < notes->n && notes->id[i] == id)
			continue;
		/* sorted, and the oldest give way */
		if (notes->n == HUBSPOT_NOTES) {
			if (i-- == 0)
				continue;
			memmove(&notes->id[0], &notes->id[1], (notes->n - 1) * sizeof notes->id[0]);
			notes->n--;
		}
		memmove(&notes->id[i + 1], &notes->id[i], (notes->n - i) * sizeof notes->id[0]);
		notes->id[i] = id;
		notes->n++;
	}
}

static enum err_code read_record(const cJSON *object, enum record_kind kind, struct record *out, struct err *e)
{
	const char *created = json_text(object, "createdAt"), *updated = json_text(object, "updatedAt");
	const cJSON *properties = json_object(object, "properties");
	enum err_code code = ERR_OK;

	*out = (struct record){.kind = kind};
	if (properties == NULL || !id_of(object, &out->id) || updated == NULL || !date_parse(updated, &out->updated_us))
		return no_answer(e);
	if (created != NULL && !date_parse(created, &out->created_us))
		return no_answer(e);
	out->revision = out->updated_us / 1000;
	code = take_properties(properties, out, e);
	if (code == ERR_OK)
		code = take_name(out, e);
	if (code == ERR_OK)
		code = take_links(json_object(object, "associations"), out, e);
	if (code != ERR_OK)
		record_release(out);
	return code;
}

enum err_code hubspot_decode_record(struct slice json, enum record_kind kind, struct record *out, struct hubspot_notes *notes, struct err *e)
{
	cJSON *t = NULL;
	enum err_code code = parse(json, &t, e);

	*out = (struct record){.kind = kind};
	if (code == ERR_OK)
		code = read_record(t, kind, out, e);
	if (code == ERR_OK && notes != NULL)
		take_notes(json_object(t, "associations"), notes);
	cJSON_Delete(t);
	return code;
}

/* --- a page ------------------------------------------------------------------------------ */

enum err_code hubspot_decode_page(struct slice json, enum record_kind kind, crm_row *row, void *user, bool *more, struct err *e)
{
	cJSON *t = NULL;
	const cJSON *m, *results;
	enum err_code code = parse(json, &t, e);

	*more = false;
	results = json_array(t, "results");
	if (code == ERR_OK && results == NULL)
		code = no_answer(e);
	cJSON_ArrayForEach(m, results) {
		struct record r;

		if (code == ERR_OK)
			code = read_record(m, kind, &r, e);
		if (code != ERR_OK)
			break;
		row(user, &r);
		record_release(&r);
	}
	if (code == ERR_OK)
		*more = json_object(json_object(t, "paging"), "next") != NULL;
	cJSON_Delete(t);
	return code;
}

/* --- notes --------------------------------------------------------------------------------- */

struct one_note {
	int64_t at_us;
	const char *body;	/* of the tree */
};

static int by_time(const void *a, const void *b)
{
	const struct one_note *x = a, *y = b;

	return x->at_us < y->at_us ? -1 : x->at_us > y->at_us;
}

enum err_code hubspot_decode_notes(struct slice json, crm_note *note, void *user, struct err *e)
{
	struct one_note notes[HUBSPOT_NOTES];
	cJSON *t = NULL;
	const cJSON *m, *results;
	size_t n = 0, i;
	enum err_code code = parse(json, &t, e);

	results = json_array(t, "results");
	if (code == ERR_OK && results == NULL)
		code = no_answer(e);
	cJSON_ArrayForEach(m, results) {
		const cJSON *p = json_object(m, "properties");
		const char *when = json_text(p, "hs_timestamp"), *body = json_text(p, "hs_note_body");

		if (n < HUBSPOT_NOTES && when != NULL && body != NULL && date_parse(when, &notes[n].at_us))
			notes[n++].body = body;
	}
	qsort(notes, n, sizeof notes[0], by_time);
	for (i = 0; i < n; i++) {
		struct buf words;

		buf_init(&words, 4 * NOTE_MAX);
		html_to_text(slice_of(notes[i].body), &words);
		while (words.len > 0 && words.p[words.len - 1] == '\n')
			words.p[--words.len] = '\0';
		note(user, notes[i].at_us, buf_text(&words));
		buf_release(&words);
	}
	cJSON_Delete(t);
	return code;
}
