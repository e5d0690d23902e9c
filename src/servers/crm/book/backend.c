/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The embedded store behind the tools: a change and its receipt are one transaction. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "servers/crm/book/book.h"

struct rows {
	crm_row *row;
	void *user;
	int64_t last;
};

static void on_row(void *user, const struct record *r)
{
	struct rows *rows = user;

	rows->last = r->id;
	rows->row(rows->user, r);
}

static enum err_code search(void *self, const struct crm_filter *f, crm_row *row, void *user, struct buf *next, struct err *e)
{
	struct book_filter own = {.kind = f->kind, .text = f->text, .field = f->field, .value = f->value, .changed_since_us = f->changed_since_us, .limit = f->limit};
	struct rows rows = {row, user, 0};
	enum err_code code;
	bool more;
	char *end;

	if (f->cursor != NULL) {
		own.after_id = strtoll(f->cursor, &end, 10);
		if (*end != '\0' || own.after_id < 0)
			return err_set(e, ERR_USAGE, "`cursor` is not one that was given");
	}
	code = book_search(self, &own, on_row, &rows, &more, e);
	if (code == ERR_OK && more)
		buf_addf(next, "%" PRId64, rows.last);
	return code;
}

static enum err_code get(void *self, enum record_kind kind, int64_t id, const cJSON *also, struct record *out, struct err *e)
{
	(void)also;	/* all are given */
	return book_get(self, kind, id, out, e);
}

static enum err_code notes(void *self, const struct record *r, crm_note *note, void *user, struct err *e)
{
	return book_notes(self, r->id, note, user, e);
}

static enum err_code twin(void *self, const struct crm_change *c, int64_t *id, struct err *e)
{
	return book_twin(self, &c->will, id, e);
}

static enum crm_known known(void *self, const struct crm_change *c, bool to_prove, struct buf *receipt)
{
	(void)to_prove;
	return book_receipt(self, c->key, receipt) ? CRM_FIRED : CRM_NEVER;
}

static enum err_code begin(void *self, struct err *e)
{
	return book_begin(self, e);
}

static enum err_code end(void *self, enum err_code code, struct err *e)
{
	return book_end(self, code, e);
}

static enum crm_end write_change(void *self, const struct crm_change *c, struct record *done, struct err *e)
{
	struct record r;
	int64_t now_us = clock_now_us();
	enum err_code code;

	record_copy(&r, c->what == CRM_NOTE ? &c->was : &c->will);
	switch (c->what) {
	case CRM_CREATE:
		code = book_add(self, &r, now_us, e);
		break;
	case CRM_UPDATE:
		code = book_put(self, &r, now_us, e);
		break;
	case CRM_NOTE:
	default:
		code = book_add_note(self, r.id, c->note, c->task, now_us, e);
		r.revision++;
		break;
	}
	*done = (struct record){.kind = r.kind, .id = r.id, .revision = r.revision};
	record_release(&r);
	return code == ERR_OK ? CRM_DONE : CRM_NOT_DONE;
}

static enum err_code keep(void *self, const char *key, const char *receipt, struct err *e)
{
	return book_keep_receipt(self, key, receipt, e);
}

const struct crm_backend book_backend = {
	.name = "embedded",
	.search = search,
	.get = get,
	.notes = notes,
	.twin = twin,
	.known = known,
	.begin = begin,
	.end = end,
	.write = write_change,
	.keep = keep,
};
