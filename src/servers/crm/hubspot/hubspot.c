/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/hubspot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "servers/crm/hubspot/encode.h"
#include "servers/crm/hubspot/fields.h"

#define ANY_ID 1	/* for the one who reads the error's code only */

enum err_code hubspot_open(struct hubspot *h, struct slice settings, const char *state, struct secret *secret, struct err *e)
{
	enum err_code code = hubspot_config_parse(settings, &h->config, e);

	h->secret = secret;
	h->state = state;
	h->http = (struct http){.config = &h->config, .secret = secret};
	return code;
}

void hubspot_close(struct hubspot *h)
{
	http_release(&h->http);
	secret_free(h->secret);
	hubspot_config_release(&h->config);
	*h = (struct hubspot){.state = NULL};
}

static void start(void *self)
{
	struct hubspot *h = self;

	http_call_begin(&h->http);
}

/* --- one record ------------------------------------------------------------------ */

static enum err_code read_one(struct hubspot *h, const char *path, enum record_kind kind, int64_t id, struct record *out, struct err *e)
{
	struct http_ask ask = {.method = "GET", .path = path, .kind = kind, .id = id};
	struct buf answer;
	enum err_code code;

	buf_init(&answer, 0);
	*out = (struct record){.kind = kind};
	code = http_read(&h->http, &ask, &answer, e);
	if (code == ERR_OK)
		code = hubspot_decode_record(buf_slice(&answer), kind, out, &h->notes, e);
	h->noted = code == ERR_OK ? out->id : 0;
	buf_release(&answer);
	return code;
}

enum err_code hubspot_get(void *self, enum record_kind kind, int64_t id, const cJSON *also, struct record *out, struct err *e)
{
	struct hubspot *h = self;
	char is[RECORD_ID_MAX], was[RECORD_ID_MAX];
	struct buf path;
	enum err_code code;

	buf_init(&path, 0);
	hubspot_path_record(&path, &h->config, kind, id, also);
	code = read_one(h, buf_text(&path), kind, id, out, e);
	buf_release(&path);
	if (code == ERR_OK && out->id != id) {
		record_id_text(was, kind, id);
		record_id_text(is, kind, out->id);
		code = err_set(e, ERR_CONFLICT, "%s was merged into %s", was, is);
		code = err_mend(e, code, "go on with %s", is);
		record_release(out);
	}
	return code;
}

enum err_code hubspot_notes(void *self, const struct record *r, crm_note *note, void *user, struct err *e)
{
	struct hubspot *h = self;
	struct http_ask ask = {.method = "POST", .path = "/crm/v3/objects/notes/batch/read", .kind = r->kind};
	struct buf body, answer;
	enum err_code code;

	if (h->noted != r->id || h->notes.n == 0)
		return ERR_OK;
	buf_init(&body, 0);
	buf_init(&answer, 0);
	hubspot_notes_body(&body, h->notes.id, h->notes.n);
	ask.body = buf_slice(&body);
	code = http_read(&h->http, &ask, &answer, e);
	if (code == ERR_OK)
		code = hubspot_decode_notes(buf_slice(&answer), note, user, e);
	buf_release(&body);
	buf_release(&answer);
	return code;
}

enum err_code hubspot_by_email(struct hubspot *h, const char *email, struct record *out, struct err *e)
{
	struct buf path;
	enum err_code code;

	buf_init(&path, 0);
	hubspot_path_by_email(&path, &h->config, email);
	code = read_one(h, buf_text(&path), RECORD_CONTACT, ANY_ID, out, e);
	buf_release(&path);
	return code;
}

/* --- searching ------------------------------------------------------------------------ */

static enum err_code search_kind(struct hubspot *h, enum record_kind kind, const struct crm_filter *f, int64_t after_id, int limit, crm_row *row, void *user,
    bool *more, struct err *e)
{
	struct http_ask ask = {.method = "POST", .is_search = true, .kind = kind};
	char *path = xasprintf("/crm/v3/objects/%s/search", hubspot_objects[kind]);
	struct buf body, answer;
	enum err_code code;

	buf_init(&body, 0);
	buf_init(&answer, 0);
	code = hubspot_search_body(&body, &h->config, kind, f, after_id, limit, e);
	ask.path = path;
	ask.body = buf_slice(&body);
	if (code == ERR_OK)
		code = http_read(&h->http, &ask, &answer, e);
	if (code == ERR_OK)
		code = hubspot_decode_page(buf_slice(&answer), kind, row, user, more, e);
	buf_release(&body);
	buf_release(&answer);
	free(path);
	return code;
}

struct rows {
	crm_row *row;
	void *user;
	int64_t last;
	int n;
};

static void on_row(void *user, const struct record *r)
{
	struct rows *rows = user;

	rows->last = r->id;
	rows->n++;
	rows->row(rows->user, r);
}

/* A cursor is the last record given: "company/12", or "company/0" at the beginning of a kind. */
static enum err_code take_cursor(const struct crm_filter *f, enum record_kind *kind, int64_t *after_id, struct err *e)
{
	*kind = f->kind >= 0 ? (enum record_kind)f->kind : RECORD_CONTACT;
	*after_id = 0;
	if (f->cursor == NULL)
		return ERR_OK;
	if (strcmp(f->cursor, "company/0") == 0 || strcmp(f->cursor, "deal/0") == 0)
		*kind = f->cursor[0] == 'c' ? RECORD_COMPANY : RECORD_DEAL;
	else if (!record_id_parse(f->cursor, kind, after_id))
		return err_set(e, ERR_USAGE, "`cursor` is not one that was given");
	if (f->kind >= 0 && f->kind != (int)*kind)
		return err_set(e, ERR_USAGE, "`cursor` is not one that was given");
	return ERR_OK;
}

static enum err_code search(void *self, const struct crm_filter *f, crm_row *row, void *user, struct buf *next, struct err *e)
{
	struct hubspot *h = self;
	struct rows rows = {row, user, 0, 0};
	char cursor[RECORD_ID_MAX];
	enum record_kind kind;
	int64_t after_id;
	bool more = false, is_last = false;
	int refused = 0;
	enum err_code code = take_cursor(f, &kind, &after_id, e);

	while (code == ERR_OK && !more && !is_last && rows.n < f->limit) {
		rows.last = after_id;
		code = search_kind(h, kind, f, after_id, f->limit - rows.n, on_row, &rows, &more, e);
		/* of all kinds: one that has no such property has no such record; all of them, and it is a mistake */
		if (code == ERR_USAGE && f->kind < 0 && f->field != NULL && ++refused < RECORD_KINDS) {
			code = ERR_OK;
			more = false;
		}
		after_id = rows.last;
		is_last = f->kind >= 0 || kind == RECORD_DEAL;
		if (!more && !is_last) {
			kind = (enum record_kind)(kind + 1);
			after_id = 0;
		}
	}
	if (code == ERR_OK && (more || (!is_last && rows.n >= f->limit))) {
		record_id_text(cursor, kind, after_id);
		buf_adds(next, cursor);
	}
	return code;
}

enum err_code hubspot_namesakes(struct hubspot *h, const struct record *r, crm_row *row, void *user, struct err *e)
{
	struct crm_filter f = {.kind = (int)r->kind, .field = record_titles[r->kind], .value = record_get(r, record_titles[r->kind])};
	bool more;

	return f.value != NULL ? search_kind(h, r->kind, &f, 0, 20, row, user, &more, e) : ERR_OK;
}

/* --- is it there already? ---------------------------------------------------------------- */

struct namesake {
	const struct record *of;
	int64_t id;
};

static void on_namesake(void *user, const struct record *r)
{
	struct namesake *n = user;
	const char *a = record_get(r, record_titles[r->kind]), *b = record_get(n->of, record_titles[r->kind]);

	if (r->id != n->of->id && a != NULL && b != NULL && strcasecmp(a, b) == 0)
		n->id = r->id;
}

/* What stays as it is was somebody's own doing. */
static bool is_renamed(const struct crm_change *c, const char *field)
{
	const char *was = record_get(&c->was, field), *will = record_get(&c->will, field);

	return will != NULL && (was == NULL || strcmp(was, will) != 0);
}

static enum err_code twin(void *self, const struct crm_change *c, int64_t *id, struct err *e)
{
	struct hubspot *h = self;
	const char *email = c->kind == RECORD_CONTACT ? record_get(&c->will, "email") : NULL;
	struct namesake n = {.of = &c->will};
	enum err_code code = ERR_OK;
	struct record other;

	*id = 0;
	if (email != NULL && is_renamed(c, "email")) {
		code = hubspot_by_email(h, email, &other, e);
		if (code == ERR_OK)
			*id = other.id != c->id ? other.id : 0;
		record_release(&other);
		code = code == ERR_MISSING ? ERR_OK : code;
	} else if (email == NULL && is_renamed(c, record_titles[c->kind])) {
		code = hubspot_namesakes(h, &c->will, on_namesake, &n, e);
		*id = n.id;
	}
	return code;
}

/* --- what HubSpot can't do ------------------------------------------------------------------ */

static enum err_code vet_names(const struct crm_change *c, struct err *e)
{
	const char *name = json_text(c->fields, "name"), *first = json_text(c->fields, "first_name"), *last = json_text(c->fields, "last_name");
	enum err_code code = ERR_OK;
	struct buf whole;

	if (c->kind != RECORD_CONTACT || name == NULL || (first == NULL && last == NULL))
		return ERR_OK;
	buf_init(&whole, 0);
	hubspot_name_join(first, last, &whole);
	if (c->what == CRM_UPDATE || strcmp(buf_text(&whole), name) != 0)
		code = err_set(e, ERR_USAGE, "give `name`, or `first_name` and `last_name`");
	buf_release(&whole);
	return code;
}

static enum err_code vet(void *self, const struct crm_change *c, struct err *e)
{
	enum err_code code = vet_names(c, e);
	const cJSON *m;
	struct buf body;

	(void)self;
	cJSON_ArrayForEach(m, c->fields)
		if (code == ERR_OK && c->what == CRM_UPDATE && hubspot_link(c->kind, m->string, cJSON_IsString(m) ? m->valuestring : NULL) != NULL)
			code = err_set(e, ERR_USAGE, "`%.*s` says which records belong together, and that is changed in HubSpot only", FIELD_NAME_MAX, m->string);
	/* what can't be written is told when it is proposed */
	buf_init(&body, 0);
	if (code == ERR_OK && c->what == CRM_UPDATE)
		code = hubspot_update_body(&body, c, e);
	if (code == ERR_OK && c->what == CRM_CREATE) {
		struct record r = {.kind = c->kind};

		cJSON_ArrayForEach(m, c->fields)
			if (code == ERR_OK)
				code = record_set(&r, m->string, m->valuestring, e);
		if (code == ERR_OK)
			code = hubspot_create_body(&body, &r, e);
		record_release(&r);
	}
	buf_release(&body);
	return code;
}

const struct crm_backend hubspot_backend = {
	.name = "hubspot",
	.empty_is_none = true,
	.start = start,
	.search = search,
	.get = hubspot_get,
	.notes = hubspot_notes,
	.vet = vet,
	.twin = twin,
	.known = hubspot_known,
	.write = hubspot_write,
	.keep = hubspot_keep,
};
