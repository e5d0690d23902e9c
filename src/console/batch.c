/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/batch.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"

#define NAMES 256
#define FEW_COLS 16	/* what the numbers keep beside the words for what went wrong */

void batch_begin(struct batch *b, enum op_kind kind, const struct approval_row *const rows[], int n)
{
	int i;

	*b = (struct batch){.kind = kind, .n = n};
	for (i = 0; i < n; i++) {
		b->v[i].id = rows[i]->id;
		b->v[i].hash = rows[i]->hash;
		snprintf(b->v[i].why_not, sizeof b->v[i].why_not, "%s", _("the vault is closed"));	/* stands if it is not even asked */
	}
}

/* Errors begin with "approval A9 ", which the line has said already. */
static void keep_why(struct batch_item *it, const struct err *e)
{
	char begin[40];
	int len = snprintf(begin, sizeof begin, "approval A%lld ", (long long)it->id);
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
			keep_why(it, &o->err);
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

void batch_names(const struct batch *b, bool done, int cols, char *out, size_t room)
{
	char last[24] = "", name[32];
	int i, left = 0, used = 0, put = 0;

	for (i = 0; i < b->n; i++)
		if (b->v[i].is_done == done) {
			snprintf(last, sizeof last, "A%lld", (long long)b->v[i].id);
			left++;
		}
	out[0] = '\0';
	for (i = 0; i < b->n; i++) {
		int rest;

		if (b->v[i].is_done != done)
			continue;
		snprintf(name, sizeof name, "%sA%lld", put > 0 ? " " : "", (long long)b->v[i].id);
		/* what has to follow it: nothing, the last, or dots and the last */
		rest = left == 1 ? 0 : 1 + (int)strlen(last) + (left > 2 ? 4 : 0);
		if (put > 0 && left > 1 && used + (int)strlen(name) + rest > cols) {
			snprintf(out + strlen(out), room - strlen(out), " ... %s", last);
			return;
		}
		snprintf(out + strlen(out), room - strlen(out), "%s", name);
		used += (int)strlen(name);
		put++;
		left--;
	}
}

/* "A9: it has changed since it was shown; A12: ..." */
static int why_not(const struct batch *b, char *out, size_t room)
{
	int i, n = 0;

	out[0] = '\0';
	for (i = 0; i < b->n; i++)
		if (!b->v[i].is_done) {
			size_t len = strlen(out);

			snprintf(out + len, room - len, "%sA%lld: %s", n > 0 ? "; " : "", (long long)b->v[i].id, b->v[i].why_not);
			n++;
		}
	return n;
}

static void put(const struct batch *b, int done, const char *names, const char *why, char *out, size_t room)
{
	bool no = b->kind == OP_REJECT;

	if (done == 0)
		snprintf(out, room, no ? _("Nothing is rejected. %s") : _("Nothing is approved. %s"), why);
	else if (why[0] != '\0')
		snprintf(out, room, no ? _("Rejected %d: %s. Not %s") : _("Approved %d: %s. Not %s"), done, names, why);
	else
		snprintf(out, room, no ? _("Rejected %d: %s") : _("Approved %d: %s"), done, names);
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
