/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/encode.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/memory.h"
#include "servers/crm/hubspot/fields.h"

/* --- paths --------------------------------------------------------------------------- */

static void put_escaped(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) || strchr("-._~", *text) != NULL)
			buf_addc(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
	}
}

/* --- which properties are read: each once, as words in a path or in a body -------------- */

typedef void on_property(void *user, const char *property);

static bool is_usual(enum record_kind kind, const struct hubspot_config *cfg, const char *property)
{
	const char *usual;
	size_t i;

	for (i = 0; (usual = hubspot_usual(kind, i)) != NULL; i++)
		if (strcmp(usual, property) == 0)
			return true;
	for (i = 0; cfg->properties[i] != NULL; i++)
		if (strcmp(cfg->properties[i], property) == 0)
			return true;
	return false;
}

static void each_property(enum record_kind kind, const struct hubspot_config *cfg, const cJSON *also, on_property *on, void *user)
{
	const char *usual;
	const cJSON *m;
	size_t i;

	for (i = 0; (usual = hubspot_usual(kind, i)) != NULL; i++)
		on(user, usual);
	for (i = 0; cfg->properties[i] != NULL; i++)
		on(user, cfg->properties[i]);
	cJSON_ArrayForEach(m, also) {
		const char *property = hubspot_property(kind, m->string);

		if (!is_usual(kind, cfg, property) && record_is_name(property))
			on(user, property);
	}
}

static void in_path(void *user, const char *property)
{
	struct buf *out = user;

	if (out->p[out->len - 1] != '=')
		buf_addc(out, ',');
	put_escaped(out, property);
}

static void in_list(void *user, const char *property)
{
	json_put_text(user, NULL, property);
}

static void put_query(struct buf *out, const struct hubspot_config *cfg, enum record_kind kind, const cJSON *also)
{
	int k;

	buf_adds(out, "?properties=");
	each_property(kind, cfg, also, in_path, out);
	buf_adds(out, "&associations=notes");
	for (k = 0; k < RECORD_KINDS; k++)
		if (k != (int)kind)
			buf_addf(out, ",%s", hubspot_objects[k]);
}

void hubspot_path_record(struct buf *out, const struct hubspot_config *cfg, enum record_kind kind, int64_t id, const cJSON *also)
{
	buf_addf(out, "/crm/v3/objects/%s/%" PRId64, hubspot_objects[kind], id);
	put_query(out, cfg, kind, also);
}

void hubspot_path_by_email(struct buf *out, const struct hubspot_config *cfg, const char *email)
{
	buf_addf(out, "/crm/v3/objects/%s/", hubspot_objects[RECORD_CONTACT]);
	put_escaped(out, email);
	put_query(out, cfg, RECORD_CONTACT, NULL);
	buf_adds(out, "&idProperty=email");
}

/* --- searching -------------------------------------------------------------------------- */

static void put_filter(struct json_out *j, const char *property, const char *operator, const char *value)
{
	json_open(j, NULL, '{');
	json_put_text(j, "propertyName", property);
	json_put_text(j, "operator", operator);
	json_put_text(j, "value", value);
	json_close(j, '}');
}

static void put_number_filter(struct json_out *j, const char *property, const char *operator, int64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, value);
	put_filter(j, property, operator, text);
}

/* A contact's whole name is asked for by its parts. */
static enum err_code put_name_filters(struct json_out *j, const char *name, struct err *e)
{
	enum err_code code = ERR_OK;
	struct buf first, last;

	buf_init(&first, 0);
	buf_init(&last, 0);
	if (!hubspot_name_split(name, &first, &last)) {
		code = err_set(e, ERR_USAGE, "that is no name HubSpot can be asked for: search by `text`");
	} else {
		put_filter(j, "firstname", "EQ", buf_text(&first));
		if (last.len > 0)
			put_filter(j, "lastname", "EQ", buf_text(&last));
		else
			json_put_raw(j, NULL, slice_of("{\"propertyName\":\"lastname\",\"operator\":\"NOT_HAS_PROPERTY\"}"));
	}
	buf_release(&first);
	buf_release(&last);
	return code;
}

static enum err_code put_filters(struct json_out *j, enum record_kind kind, const struct crm_filter *f, int64_t after_id, struct err *e)
{
	enum err_code code = ERR_OK;
	struct buf value;

	if (f->field != NULL && hubspot_link(kind, f->field, NULL) != NULL)
		return err_set(e, ERR_USAGE, "`%.*s` cannot be searched by: read the other record, which names those that belong to it", FIELD_NAME_MAX, f->field);
	if (f->field != NULL && !record_is_name(f->field))
		return err_set(e, ERR_USAGE, "`field` must be a field's name");
	json_open(j, "filterGroups", '[');
	json_open(j, NULL, '{');
	json_open(j, "filters", '[');
	put_number_filter(j, "hs_object_id", "GT", after_id);
	if (f->changed_since_us > 0)
		put_number_filter(j, hubspot_changed[kind], "GTE", f->changed_since_us / 1000);
	if (f->field != NULL && kind == RECORD_CONTACT && strcmp(f->field, "name") == 0) {
		code = put_name_filters(j, f->value, e);
	} else if (f->field != NULL) {
		buf_init(&value, 0);
		hubspot_value_out(kind, f->field, f->value, &value);
		put_filter(j, hubspot_property(kind, f->field), "EQ", buf_text(&value));
		buf_release(&value);
	}
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
	return code;
}

enum err_code hubspot_search_body(struct buf *out, const struct hubspot_config *cfg, enum record_kind kind, const struct crm_filter *f, int64_t after_id,
    int limit, struct err *e)
{
	struct json_out j;
	enum err_code code;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	if (f->text != NULL && f->text[0] != '\0')
		json_put_text(&j, "query", f->text);
	code = put_filters(&j, kind, f, after_id, e);
	json_put_raw(&j, "sorts", slice_of("[{\"propertyName\":\"hs_object_id\",\"direction\":\"ASCENDING\"}]"));
	json_open(&j, "properties", '[');
	each_property(kind, cfg, NULL, in_list, &j);
	json_close(&j, ']');
	json_put_int(&j, "limit", limit < HUBSPOT_PAGE ? limit : HUBSPOT_PAGE);
	json_close(&j, '}');
	return code;
}

/* --- changing ---------------------------------------------------------------------------- */

/* A contact's `name` as its parts; NULL takes both away. */
static enum err_code put_name(struct json_out *j, const char *name, struct err *e)
{
	enum err_code code = ERR_OK;
	struct buf first, last;

	buf_init(&first, 0);
	buf_init(&last, 0);
	if (name != NULL && !hubspot_name_split(name, &first, &last))
		code = err_set(e, ERR_USAGE, "`name` must be words with single blanks between: HubSpot keeps first_name and last_name");
	json_put_text(j, "firstname", buf_text(&first));
	json_put_text(j, "lastname", buf_text(&last));
	buf_release(&first);
	buf_release(&last);
	return code;
}

static enum err_code put_value(struct json_out *j, enum record_kind kind, const char *field, const char *value, struct err *e)
{
	struct buf b;

	if (kind == RECORD_CONTACT && strcmp(field, "name") == 0)
		return put_name(j, value, e);
	buf_init(&b, 0);
	hubspot_value_out(kind, field, value != NULL ? value : "", &b);
	json_put_text(j, hubspot_property(kind, field), buf_text(&b));
	buf_release(&b);
	return ERR_OK;
}

static void put_association(struct json_out *j, int64_t to, int type)
{
	char id[24];

	snprintf(id, sizeof id, "%" PRId64, to);
	json_open(j, NULL, '{');
	json_open(j, "to", '{');
	json_put_text(j, "id", id);
	json_close(j, '}');
	json_open(j, "types", '[');
	json_open(j, NULL, '{');
	json_put_text(j, "associationCategory", "HUBSPOT_DEFINED");
	json_put_int(j, "associationTypeId", type);
	json_close(j, '}');
	json_close(j, ']');
	json_close(j, '}');
}

static enum err_code put_links(struct json_out *j, const struct hubspot_link *link, const char *value, struct err *e)
{
	int64_t id;

	while (hubspot_link_next(&value, link, &id))
		put_association(j, id, link->type);
	if (*value != '\0')
		return err_set(e, ERR_USAGE, "`%s` must be an id such as %s/12, or several with commas between", link->field, record_kind_names[link->to]);
	return ERR_OK;
}

/* Whoever gives both gives the whole name twice. */
static bool is_said_by_parts(const struct record *r, const char *field)
{
	return r->kind == RECORD_CONTACT && strcmp(field, "name") == 0 && (record_get(r, "first_name") != NULL || record_get(r, "last_name") != NULL);
}

enum err_code hubspot_create_body(struct buf *out, const struct record *r, struct err *e)
{
	enum err_code code = ERR_OK;
	struct json_out j;
	int i;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_open(&j, "properties", '{');
	for (i = 0; i < r->fields_n && code == ERR_OK; i++)
		if (hubspot_link(r->kind, r->fields[i].name, r->fields[i].value) == NULL && !is_said_by_parts(r, r->fields[i].name))
			code = put_value(&j, r->kind, r->fields[i].name, r->fields[i].value, e);
	json_close(&j, '}');
	json_open(&j, "associations", '[');
	for (i = 0; i < r->fields_n && code == ERR_OK; i++) {
		const struct hubspot_link *link = hubspot_link(r->kind, r->fields[i].name, r->fields[i].value);

		if (link != NULL)
			code = put_links(&j, link, r->fields[i].value, e);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	return code;
}

enum err_code hubspot_update_body(struct buf *out, const struct crm_change *c, struct err *e)
{
	enum err_code code = ERR_OK;
	struct json_out j;
	const cJSON *m;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_open(&j, "properties", '{');
	cJSON_ArrayForEach(m, c->fields)
		if (code == ERR_OK)
			code = put_value(&j, c->kind, m->string, cJSON_IsString(m) ? m->valuestring : NULL, e);
	json_close(&j, '}');
	json_close(&j, '}');
	return code;
}

/* --- notes ---------------------------------------------------------------------------------- */

void hubspot_note_html(struct buf *out, const char *text)
{
	static const struct {
		char c;
		const char *html;
	} special[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\n', "<br>"}};
	size_t i;

	for (; *text != '\0'; text++) {
		for (i = 0; i < LENGTH(special) && special[i].c != *text; i++)
			;
		if (i < LENGTH(special))
			buf_adds(out, special[i].html);
		else
			buf_addc(out, *text);
	}
}

void hubspot_note_body(struct buf *out, enum record_kind kind, int64_t id, const char *text, int64_t at_us)
{
	char when[DATE_TEXT];
	struct json_out j;
	struct buf html;

	buf_init(&html, 0);
	hubspot_note_html(&html, text);
	date_rfc3339(at_us - at_us % 1000, when);
	snprintf(when + 23, sizeof when - 23, "Z");	/* in milliseconds, as HubSpot has them */
	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_open(&j, "properties", '{');
	json_put_text(&j, "hs_timestamp", when);
	json_put_text(&j, "hs_note_body", buf_text(&html));
	json_close(&j, '}');
	json_open(&j, "associations", '[');
	put_association(&j, id, hubspot_note_types[kind]);
	json_close(&j, ']');
	json_close(&j, '}');
	buf_release(&html);
}

void hubspot_notes_body(struct buf *out, const int64_t *ids, size_t n)
{
	struct json_out j;
	char id[24];
	size_t i;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_put_raw(&j, "properties", slice_of("[\"hs_note_body\",\"hs_timestamp\"]"));
	json_open(&j, "inputs", '[');
	for (i = 0; i < n; i++) {
		snprintf(id, sizeof id, "%" PRId64, ids[i]);
		json_open(&j, NULL, '{');
		json_put_text(&j, "id", id);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}
