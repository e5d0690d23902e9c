/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/batch.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define NAMES 256
#define FEW_COLS 16	/* what the numbers keep beside the words for what went wrong */

/* What is said of each kind; the words for some are in say_some(). */
static const struct kind { enum op_kind op; const char *noun; char letter; const char *none; } kinds[] = {
	{OP_APPROVE, "approval", 'A', N_("Nothing is approved.")},
	{OP_REJECT, "approval", 'A', N_("Nothing is rejected.")},
	{OP_TASK_CANCEL, "task", 'T', N_("Nothing is stopped.")},
	{OP_TASK_RETRY, "task", 'T', N_("Nothing is tried again.")},
	{OP_TASK_PAUSE, "task", 'T', N_("Nothing is paused.")},
	{OP_TASK_RESUME, "task", 'T', N_("Nothing goes on.")},
};

static const struct kind *kind_of(const struct batch *b)
{
	size_t i;

	for (i = 0; i < LENGTH(kinds) - 1 && kinds[i].op != b->kind; i++)
		;
	return &kinds[i];
}

void batch_begin(struct batch *b, enum op_kind kind)
{
	*b = (struct batch){.kind = kind};
}

struct batch_item *batch_add(struct batch *b, int64_t id)
{
	struct batch_item *it = &b->v[b->n++];

	it->id = id;
	snprintf(it->why_not, sizeof it->why_not, "%s", _("the vault is closed"));	/* stands if it is not even asked */
	return it;
}

void batch_of_approvals(struct batch *b, enum op_kind kind, const struct approval_row *const rows[], int n)
{
	int i;

	batch_begin(b, kind);
	for (i = 0; i < n; i++)
		batch_add(b, rows[i]->id)->hash = rows[i]->hash;
}

/* Errors begin with "approval A9 ", which the line has said already. */
static void keep_why(const struct batch *b, struct batch_item *it, const struct err *e)
{
	char begin[40];
	int len = snprintf(begin, sizeof begin, "%s %c%lld ", kind_of(b)->noun, kind_of(b)->letter, (long long)it->id);
	bool says_it = strncmp(e->text, begin, (size_t)len) == 0;

	snprintf(it->why_not, sizeof it->why_not, "%s%.250s", says_it ? "it " : "", e->text + (says_it ? len : 0));
}

bool batch_take(struct batch *b, const struct outcome *o)
{
	int i;

	for (i = 0; i < b->n && o->ticket != 0; i++) {
		struct batch_item *it = &b->v[i];

		if (it->ticket != o->ticket)
			continue;
		it->ticket = 0;
		it->is_done = o->err.code == ERR_OK;
		if (!it->is_done)
			keep_why(b, it, &o->err);
		b->open--;
		return true;
	}
	return false;
}

bool batch_all_done(const struct batch *b)
{
	int i;

	for (i = 0; i < b->n && b->v[i].is_done; i++)
		;
	return i == b->n;
}

static void put_names(char letter, const int64_t *ids, int n, int cols, char *out, size_t room)
{
	char last[24] = "", name[32];
	int i, used = 0;

	out[0] = '\0';
	if (n > 0)
		snprintf(last, sizeof last, "%c%lld", letter, (long long)ids[n - 1]);
	for (i = 0; i < n; i++) {
		int left = n - i, rest;

		snprintf(name, sizeof name, "%s%c%lld", i > 0 ? " " : "", letter, (long long)ids[i]);
		/* what has to follow it: nothing, the last, or dots and the last */
		rest = left == 1 ? 0 : 1 + (int)strlen(last) + (left > 2 ? 4 : 0);
		if (i > 0 && left > 1 && used + (int)strlen(name) + rest > cols) {
			snprintf(out + strlen(out), room - strlen(out), " ... %s", last);
			return;
		}
		snprintf(out + strlen(out), room - strlen(out), "%s", name);
		used += (int)strlen(name);
	}
}

void batch_names(const struct batch *b, bool done, int cols, char *out, size_t room)
{
	int64_t ids[LIST_MARKS];
	int i, n = 0;

	for (i = 0; i < b->n; i++)
		if (b->v[i].is_done == done)
			ids[n++] = b->v[i].id;
	put_names(kind_of(b)->letter, ids, n, cols, out, room);
}

/* "A9: it has changed since it was shown; A12 A14: ...": what went wrong in the same way is said once. */
static int why_not(const struct batch *b, char *out, size_t room)
{
	int64_t ids[LIST_MARKS];
	char names[48];
	bool said[LIST_MARKS] = {false};
	int i, k, same, n = 0;

	out[0] = '\0';
	for (i = 0; i < b->n; i++) {
		size_t len = strlen(out);

		if (b->v[i].is_done || said[i])
			continue;
		for (same = 0, k = i; k < b->n; k++)
			if (!b->v[k].is_done && strcmp(b->v[k].why_not, b->v[i].why_not) == 0) {
				said[k] = true;
				ids[same++] = b->v[k].id;
			}
		put_names(kind_of(b)->letter, ids, same, FEW_COLS, names, sizeof names);
		snprintf(out + len, room - len, "%s%s: %s", n > 0 ? "; " : "", names, b->v[i].why_not);
		n += same;
	}
	return n;
}

static void say_some(enum op_kind kind, int done, const char *names, char *out, size_t room)
{
	switch (kind) {
	case OP_REJECT: snprintf(out, room, _("Rejected %d: %s"), done, names); break;
	case OP_TASK_CANCEL: snprintf(out, room, _("Stopped %d: %s"), done, names); break;
	case OP_TASK_RETRY: snprintf(out, room, _("Trying again %d: %s"), done, names); break;
	case OP_TASK_PAUSE: snprintf(out, room, _("Paused %d: %s"), done, names); break;
	case OP_TASK_RESUME: snprintf(out, room, _("Going on %d: %s"), done, names); break;
	default: snprintf(out, room, _("Approved %d: %s"), done, names); break;
	}
}

/* One or two whole sentences. */
static void put(const struct batch *b, int done, const char *names, const char *why, char *out, size_t room)
{
	size_t len;

	if (done == 0) {
		snprintf(out, room, "%s %s", _(kind_of(b)->none), why);
		return;
	}
	say_some(b->kind, done, names, out, room);
	len = strlen(out);
	if (b->n - done == 1)
		snprintf(out + len, room - len, _(". Not %s"), why);
	else if (b->n > done)
		snprintf(out + len, room - len, _(". Not %d: %s"), b->n - done, why);
}

void batch_words(const struct batch *b, int cols, char *out, size_t room)
{
	char names[NAMES], why[NAMES];
	int not_done = why_not(b, why, sizeof why), done = b->n - not_done, left;

	put(b, done, "", why, out, room);
	left = cols - text_cols(slice_of(out), 0);
	batch_names(b, true, not_done > 0 && left < FEW_COLS ? FEW_COLS : left, names, sizeof names);
	put(b, done, names, why, out, room);
}
