/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes at HubSpot: noted before they are sent, sent once, and looked for if no answer came. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "servers/common/html.h"
#include "servers/common/receipt.h"
#include "servers/crm/hubspot/encode.h"
#include "servers/crm/hubspot/fields.h"
#include "servers/crm/hubspot/hubspot.h"

#define SKEW_US (60 * US_PER_S)		/* between HubSpot's clock and ours */

/* --- was it done? ------------------------------------------------------------------------ */

/* Has r the values that the change gives it? */
static bool holds_values(const struct record *r, const struct crm_change *c)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, c->fields) {
		const char *is = record_get(r, m->string), *to = cJSON_IsString(m) && m->valuestring[0] != '\0' ? m->valuestring : NULL;
		bool is_email = strcmp(m->string, "email") == 0;	/* HubSpot keeps them in small letters */

		if (hubspot_link(c->kind, m->string, to) != NULL)
			continue;
		if ((is == NULL) != (to == NULL) || (is != NULL && (is_email ? strcasecmp(is, to) : strcmp(is, to)) != 0))
			return false;
	}
	return true;
}

static bool trace_update(struct hubspot *h, const struct crm_change *c, struct record *done)
{
	struct record r;
	bool found = hubspot_get(h, c->kind, c->id, c->fields, &r, NULL) == ERR_OK && holds_values(&r, c);

	if (found)
		*done = (struct record){.kind = r.kind, .id = r.id, .revision = r.revision};
	record_release(&r);
	return found;
}

struct made {
	const struct crm_change *c;
	int64_t since_us, id, revision;
	int n;
};

static void on_made(void *user, const struct record *r)
{
	struct made *m = user;

	if (r->created_us < m->since_us || !holds_values(r, m->c))
		return;
	m->id = r->id;
	m->revision = r->revision;
	m->n++;
}

static bool trace_create(struct hubspot *h, const struct crm_change *c, int64_t at_us, struct record *done)
{
	const char *email = c->kind == RECORD_CONTACT ? json_text(c->fields, "email") : NULL;
	struct made m = {.c = c, .since_us = at_us - SKEW_US};
	struct record r = {.kind = c->kind};
	const cJSON *f;

	if (email != NULL && email[0] != '\0') {
		if (hubspot_by_email(h, email, &r, NULL) == ERR_OK)
			on_made(&m, &r);
	} else {
		cJSON_ArrayForEach(f, c->fields)
			if (cJSON_IsString(f))
				err_ignore(record_set(&r, f->string, f->valuestring, NULL));
		err_ignore(hubspot_namesakes(h, &r, on_made, &m, NULL));
	}
	record_release(&r);
	*done = (struct record){.kind = c->kind, .id = m.id, .revision = m.revision};
	return m.n == 1;	/* two alike: who knows which is ours */
}

struct noted {
	int64_t at_us;
	struct buf words;
	bool found;
};

static void on_note(void *user, int64_t at_us, const char *text)
{
	struct noted *n = user;

	size_t len = strlen(text);	/* blank lines at the end do not come back */

	n->found = n->found || (at_us / 1000 == n->at_us / 1000 && strncmp(text, buf_text(&n->words), len) == 0 &&
	    strspn(buf_text(&n->words) + len, "\n") == n->words.len - len);
}

static bool trace_note(struct hubspot *h, const struct crm_change *c, int64_t at_us, struct record *done)
{
	struct noted n = {.at_us = at_us};
	struct record r;
	struct buf html;

	buf_init(&html, 0);
	buf_init(&n.words, 4 * NOTE_MAX);
	hubspot_note_html(&html, c->note);
	html_to_text(buf_slice(&html), &n.words);
	if (hubspot_get(h, c->kind, c->id, NULL, &r, NULL) == ERR_OK)
		err_ignore(hubspot_notes(h, &r, on_note, &n, NULL));
	*done = (struct record){.kind = r.kind, .id = r.id, .revision = r.revision};
	record_release(&r);
	buf_release(&html);
	buf_release(&n.words);
	return n.found;
}

static bool trace(struct hubspot *h, const struct crm_change *c, int64_t at_us, struct record *done)
{
	switch (c->what) {
	case CRM_UPDATE:
		return trace_update(h, c, done);
	case CRM_CREATE:
		return trace_create(h, c, at_us, done);
	case CRM_NOTE:
		break;
	}
	return trace_note(h, c, at_us, done);
}

/* --- the notes of what was begun ---------------------------------------------------------------- */

static enum err_code note_begin(struct hubspot *h, const struct crm_change *c, int64_t at_us, struct err *e)
{
	struct json_out j;
	struct buf what;
	enum err_code code;

	buf_init(&what, 0);
	json_start(&j, &what);
	json_open(&j, NULL, '{');
	json_put_int(&j, "at_us", at_us);
	json_close(&j, '}');
	code = receipt_begin(h->state, c->key, buf_slice(&what), e);
	buf_release(&what);
	return code;
}

/* False: the note was never finished, and so nothing was sent; or it is a bar. */
static bool begun_at(struct hubspot *h, const char *key, int64_t *at_us)
{
	cJSON *t = NULL;
	struct buf what;
	bool yes;

	buf_init(&what, 4096);
	yes = receipt_begun_with(h->state, key, &what) && json_parse(buf_slice(&what), &t, NULL) == ERR_OK && json_int(t, "at_us", at_us);
	cJSON_Delete(t);
	buf_release(&what);
	return yes;
}

static void put_found(struct buf *receipt, const struct record *r)
{
	char id[RECORD_ID_MAX];
	struct json_out j;

	record_id_text(id, r->kind, r->id);
	json_start(&j, receipt);
	json_open(&j, NULL, '{');
	json_put_text(&j, "record", id);
	json_put_int(&j, "revision", r->revision);
	json_put_bool(&j, "read_back", true);
	json_close(&j, '}');
}

enum crm_known hubspot_known(void *self, const struct crm_change *c, bool to_prove, struct buf *receipt)
{
	struct hubspot *h = self;
	struct record done;
	int64_t at_us;

	if (receipt_find(h->state, c->key, receipt))
		return CRM_FIRED;
	if (to_prove && receipt_bar(h->state, c->key))
		return CRM_NEVER;
	if (!receipt_was_begun(h->state, c->key))
		return CRM_NEVER;
	if (!begun_at(h, c->key, &at_us) || !trace(h, c, at_us, &done))
		return CRM_BEGUN;
	put_found(receipt, &done);
	err_ignore(receipt_keep(h->state, c->key, buf_slice(receipt), NULL));
	return CRM_FIRED;
}

enum err_code hubspot_keep(void *self, const char *key, const char *receipt, struct err *e)
{
	struct hubspot *h = self;

	(void)e;
	err_ignore(receipt_keep(h->state, key, slice_of(receipt), NULL));	/* it is done: that is no failure */
	return ERR_OK;
}

/* --- doing it ----------------------------------------------------------------------------------- */

static enum err_code make_request(const struct crm_change *c, int64_t at_us, struct http_ask *ask, char **path, struct buf *body, struct err *e)
{
	enum err_code code = ERR_OK;

	*ask = (struct http_ask){.method = "POST", .kind = c->kind, .id = c->id};
	switch (c->what) {
	case CRM_UPDATE:
		ask->method = "PATCH";
		*path = xasprintf("/crm/v3/objects/%s/%" PRId64, hubspot_objects[c->kind], c->id);
		code = hubspot_update_body(body, c, e);
		break;
	case CRM_CREATE:
		*path = xasprintf("/crm/v3/objects/%s", hubspot_objects[c->kind]);
		code = hubspot_create_body(body, &c->will, e);
		break;
	case CRM_NOTE:
	default:
		*path = xstrdup("/crm/v3/objects/notes");
		hubspot_note_body(body, c->kind, c->id, c->note, at_us);
		break;
	}
	ask->path = *path;
	ask->body = buf_slice(body);
	return code;
}

/* A yes is a yes; its words are only needed for a new one's id. */
static bool read_done(const struct crm_change *c, struct slice answer, struct record *done)
{
	struct record r;
	bool ok;

	if (c->what == CRM_NOTE) {
		*done = (struct record){.kind = c->kind, .id = c->id, .revision = c->was.revision};
		return true;
	}
	ok = hubspot_decode_record(answer, c->kind, &r, NULL, NULL) == ERR_OK;
	*done = (struct record){.kind = c->kind, .id = ok ? r.id : c->id, .revision = ok ? r.revision : c->was.revision};
	record_release(&r);
	return ok || c->what == CRM_UPDATE;
}

static enum crm_end send_once(struct hubspot *h, const struct crm_change *c, const struct http_ask *ask, int64_t at_us, struct record *done, struct err *e)
{
	enum crm_end end = CRM_UNKNOWN;
	struct buf answer;

	buf_init(&answer, 0);
	switch (http_change(&h->http, ask, &answer, e)) {
	case HTTP_REFUSED:
		receipt_undo(h->state, c->key);
		end = CRM_NOT_DONE;
		break;
	case HTTP_DONE:
		end = read_done(c, buf_slice(&answer), done) || trace(h, c, at_us, done) ? CRM_DONE : CRM_UNKNOWN;
		if (end == CRM_UNKNOWN)
			err_set(e, ERR_PROTO, "HubSpot said yes in words that cannot be read, and the record is not found yet");
		break;
	case HTTP_LOST:
		if (trace(h, c, at_us, done))
			end = CRM_DONE;
		break;
	}
	buf_release(&answer);
	return end;
}

enum crm_end hubspot_write(void *self, const struct crm_change *c, struct record *done, struct err *e)
{
	struct hubspot *h = self;
	int64_t at_us = clock_now_us();
	struct http_ask ask;
	char *path = NULL;
	struct buf body;
	enum crm_end end = CRM_NOT_DONE;
	enum err_code code;

	buf_init(&body, 0);
	code = make_request(c, at_us, &ask, &path, &body, e);
	if (code == ERR_OK)
		code = note_begin(h, c, at_us, e);
	if (code == ERR_OK)
		end = send_once(h, c, &ask, at_us, done, e);
	buf_release(&body);
	free(path);
	return end;
}
