/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/read.h"

#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "servers/crm/backend.h"

#define LIMIT 50
#define LIMIT_MAX 200
#define SHORT 60	/* bytes of a value in a list */
#define LIST_FIELDS 8

static int kind_of(const char *word)
{
	int k;

	for (k = 0; k < RECORD_KINDS; k++)
		if (strcmp(record_kind_names[k], word) == 0)
			return k;
	return -2;
}

/* A value on a line of its own or among others: newlines as \n, cut if need be. */
static void put_value(struct buf *b, const char *value, size_t most)
{
	size_t n;

	for (n = 0; value[n] != '\0' && (n < most || ((unsigned char)value[n] & 0xC0) == 0x80); n++) {
		if (value[n] == '\n')
			buf_adds(b, "\\n");
		else
			buf_addc(b, value[n]);
	}
	if (value[n] != '\0')
		buf_adds(b, "...");
}

struct listing {
	struct buf *text;
	int n;
};

static void put_row(void *user, const struct record *r)
{
	const char *title = record_get(r, record_titles[r->kind]);
	struct listing *l = user;
	char id[RECORD_ID_MAX];
	int i, shown = 0;

	record_id_text(id, r->kind, r->id);
	buf_addf(l->text, "%s: ", id);
	put_value(l->text, title != NULL ? title : "", SHORT);
	for (i = 0; i < r->fields_n && shown < LIST_FIELDS; i++) {
		if (strcmp(r->fields[i].name, record_titles[r->kind]) == 0)
			continue;
		buf_addf(l->text, "; %s ", r->fields[i].name);
		put_value(l->text, r->fields[i].value, SHORT);
		shown++;
	}
	buf_addc(l->text, '\n');
	l->n++;
}

static enum err_code filter_of(const struct mcp_call *call, struct crm_filter *f, struct err *e)
{
	const char *kind = json_text(call->args, "kind"), *since = json_text(call->args, "changed_since");
	int64_t limit = LIMIT;

	*f = (struct crm_filter){.kind = kind != NULL ? kind_of(kind) : -1, .text = json_text(call->args, "text"), .field = json_text(call->args, "field"),
		.value = json_text(call->args, "value"), .cursor = json_text(call->args, "cursor")};
	if (f->kind == -2)
		return err_set(e, ERR_USAGE, "`kind` is contact, company or deal");
	if ((f->field == NULL) != (f->value == NULL))
		return err_set(e, ERR_USAGE, "`field` and `value` go together");
	if (since != NULL && !date_parse(since, &f->changed_since_us))
		return err_set(e, ERR_USAGE, "`changed_since` must be a date such as 2026-01-31");
	if (json_member(call->args, "limit") != NULL && (!json_int(call->args, "limit", &limit) || limit < 1))
		return err_set(e, ERR_USAGE, "`limit` must be a whole number from 1");
	f->limit = (int)(limit < LIMIT_MAX ? limit : LIMIT_MAX);
	return ERR_OK;
}

enum err_code read_search(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	struct listing l = {.text = &reply->text};
	struct crm *crm = user;
	struct crm_filter f;
	struct buf next;
	enum err_code code = filter_of(call, &f, e);

	buf_init(&next, 0);
	crm_start(crm);
	if (code == ERR_OK)
		code = crm->ops->search(crm->self, &f, put_row, &l, &next, e);
	if (code == ERR_OK && l.n == 0)
		buf_adds(&reply->text, "(nothing found)\n");
	if (code == ERR_OK && next.len > 0)
		buf_addf(&reply->text, "(more: cursor \"%s\")\n", buf_text(&next));
	buf_release(&next);
	return code;
}

static void put_note(void *user, int64_t at_us, const char *text)
{
	struct buf *b = user;
	char when[DATE_TEXT];

	date_rfc3339(at_us, when);
	buf_addf(b, "note %.10s: ", when);
	put_value(b, text, SIZE_MAX);
	buf_addc(b, '\n');
}

enum err_code read_get(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	struct crm *crm = user;
	enum record_kind kind;
	struct record r;
	enum err_code code;
	int64_t id;
	int i;

	if (!record_id_parse(json_text(call->args, "record"), &kind, &id))
		return err_set(e, ERR_USAGE, "`record` must be an id such as contact/12");
	crm_start(crm);
	code = crm->ops->get(crm->self, kind, id, NULL, &r, e);
	if (code != ERR_OK)
		return code;
	buf_addf(&reply->text, "record: %s\nrevision: %" PRId64 "\n", json_text(call->args, "record"), r.revision);
	for (i = 0; i < r.fields_n; i++) {
		buf_addf(&reply->text, "%s: ", r.fields[i].name);
		put_value(&reply->text, r.fields[i].value, SIZE_MAX);
		buf_addc(&reply->text, '\n');
	}
	code = crm->ops->notes(crm->self, &r, put_note, &reply->text, e);
	record_release(&r);
	return code;
}
