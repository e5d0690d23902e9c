/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/shorten.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define WORTH_BYTES ((size_t)8 << 10)	/* what is shorter is not worth a call */
#define TEXTS_BYTES ((size_t)256 << 10)	/* of texts in one call */

/* --- what is left out ----------------------------------------------------------------- */

static size_t body_bytes(const struct entry *n)
{
	return n->kind == ENTRY_TOOL_RESULT && n->body != NULL ? strlen(n->body) : 0;
}

static size_t shown_bytes(const struct prompt_facts *f, const struct entry *n)
{
	size_t len = body_bytes(n);

	return len < f->limits->tool_result_bytes ? len : f->limits->tool_result_bytes;
}

/* Leave out what is oldest and long, of what stands before entry `end`, until half the bound is left. */
static void leave_out_some(const struct prompt_facts *f, size_t *left_out, size_t end, size_t *total)
{
	size_t i, n, first = 0;

	for (i = 0; i < end && *total > f->limits->history_bytes / 2; i++) {
		n = shown_bytes(f, &f->entries[i]);
		if (left_out[i] != 0 || n <= f->limits->small_result_bytes)
			continue;
		first = first == 0 ? i + 1 : first;
		left_out[i] = first;
		*total -= n;
	}
}

size_t *history_left_out(const struct prompt_facts *f)
{
	size_t *left_out = xcalloc(f->entries_n + 1, sizeof *left_out);
	size_t *starts = xcalloc(f->entries_n + 1, sizeof *starts);	/* entry of each reply */
	size_t i, turns = 0, total = 0, whole = (size_t)f->limits->whole_turns;

	for (i = 0; i < f->entries_n; i++) {
		if (f->entries[i].kind == ENTRY_ASSISTANT) {
			if (total > f->limits->history_bytes && turns > whole)
				leave_out_some(f, left_out, starts[turns - whole], &total);
			starts[turns++] = i;
		}
		total += shown_bytes(f, &f->entries[i]);
	}
	if (total > f->limits->history_bytes && turns > whole)
		leave_out_some(f, left_out, starts[turns - whole], &total);
	free(starts);
	return left_out;
}

/* --- what stands for it ----------------------------------------------------------------- */

static void name_of(const struct prompt_facts *f, enum shorten_what what, size_t at, char out[NAME_MAX_BYTES])
{
	if (what == SHORTEN_ATTACHMENTS)
		snprintf(out, NAME_MAX_BYTES, "attachments");
	else
		snprintf(out, NAME_MAX_BYTES, "%d%s", f->entries[at].seq, what == SHORTEN_LEFT_OUT ? "+" : "");
}

/* Empty ones too. */
static const struct entry *entry_of(const struct prompt_facts *f, enum shorten_what what, size_t at)
{
	char of[NAME_MAX_BYTES];
	size_t i;

	name_of(f, what, at, of);
	for (i = 0; i < f->entries_n; i++)
		if (f->entries[i].kind == ENTRY_SUMMARY && strcmp(f->entries[i].tool_use_id, of) == 0)
			return &f->entries[i];
	return NULL;
}

const struct entry *shorten_found(const struct prompt_facts *f, enum shorten_what what, size_t at)
{
	const struct entry *n = entry_of(f, what, at);

	return n != NULL && n->body != NULL && n->body[0] != '\0' ? n : NULL;
}

void shorten_show(struct buf *out, const struct entry *summary, size_t max)
{
	buf_adds(out, "\n[what is not shown, as a smaller model shortened it; it may be wrong: read again what an action depends on]\n");
	prompt_frame(out, slice_of(summary->body), summary->source, max);
}

/* --- what is asked for -------------------------------------------------------------------- */

static bool attachments_wanted(const struct prompt_facts *f, struct shorten_wish *out)
{
	size_t i, all = 0;

	for (i = 0; i < f->attachments_n; i++)
		all += f->attachments[i].text.len;
	if (all < f->limits->attachment_bytes + WORTH_BYTES)
		return false;
	out->what = SHORTEN_ATTACHMENTS;
	out->untrusted = true;
	out->bytes = all - f->limits->attachment_bytes;
	snprintf(out->source, sizeof out->source, "a summary of the attachments' rest");
	return entry_of(f, SHORTEN_ATTACHMENTS, 0) == NULL;
}

static bool result_wanted(const struct prompt_facts *f, size_t i, struct shorten_wish *out)
{
	const struct entry *n = &f->entries[i];
	size_t len = body_bytes(n);

	if (len < f->limits->tool_result_bytes + WORTH_BYTES)
		return false;
	out->what = SHORTEN_RESULT;
	out->at = i;
	out->untrusted = n->untrusted;
	out->bytes = len - f->limits->tool_result_bytes;
	snprintf(out->source, sizeof out->source, "a summary of the rest of %.200s", n->source[0] != '\0' ? n->source : "a result");
	return entry_of(f, SHORTEN_RESULT, i) == NULL;
}

static bool step_wanted(const struct prompt_facts *f, const size_t *left_out, size_t first, struct shorten_wish *out)
{
	size_t i, n = 0;

	*out = (struct shorten_wish){.what = SHORTEN_LEFT_OUT, .at = first};
	for (i = first; i < f->entries_n; i++) {
		if (left_out[i] != first + 1)
			continue;
		n++;
		out->bytes += shown_bytes(f, &f->entries[i]);
		out->untrusted |= f->entries[i].untrusted;
	}
	snprintf(out->source, sizeof out->source, "a summary of %zu result%s read before", n, n == 1 ? "" : "s");
	return out->bytes >= WORTH_BYTES && entry_of(f, SHORTEN_LEFT_OUT, first) == NULL;
}

bool shorten_wanted(const struct prompt_facts *f, struct shorten_wish *out)
{
	size_t *left_out = history_left_out(f), i;
	bool found;

	*out = (struct shorten_wish){0};
	found = attachments_wanted(f, out);
	for (i = 0; i < f->entries_n && !found; i++)
		found = left_out[i] == 0 ? result_wanted(f, i, out) : left_out[i] == i + 1 && step_wanted(f, left_out, i, out);
	free(left_out);
	if (found)
		name_of(f, out->what, out->at, out->of);
	return found;
}

/* --- the call ------------------------------------------------------------------------------- */

/* What of text stands past `skip` bytes, at most `most` of it, in whole characters. */
static void add_rest(struct buf *b, struct slice text, const char *source, size_t skip, size_t most)
{
	while (skip < text.len && ((unsigned char)text.p[skip] & 0xC0) == 0x80)
		skip++;
	if (skip >= text.len || most == 0)
		return;
	buf_adds(b, "\n");
	prompt_frame(b, slice_make(text.p + skip, text.len - skip), source, most);
	buf_adds(b, "\n");
}

static void add_attachments(struct buf *b, const struct prompt_facts *f)
{
	size_t i, shown = f->limits->attachment_bytes, left = TEXTS_BYTES, before = b->len;
	char source[TITLE_MAX_BYTES];

	for (i = 0; i < f->attachments_n && left > b->len - before; i++) {
		struct slice text = f->attachments[i].text;
		size_t skip = text.len < shown ? text.len : shown;

		snprintf(source, sizeof source, "attachment %.200s", f->attachments[i].name);
		add_rest(b, text, source, skip, left - (b->len - before));
		shown -= skip;
	}
}

/* Each gets the same room, so that the last is not unseen for the first one's length. */
static void add_left_out(struct buf *b, const struct prompt_facts *f, size_t first)
{
	size_t *left_out = history_left_out(f), i, n = 0;

	for (i = first; i < f->entries_n; i++)
		n += left_out[i] == first + 1;
	for (i = first; i < f->entries_n; i++)
		if (left_out[i] == first + 1)
			add_rest(b, slice_of(f->entries[i].body), f->entries[i].source[0] != '\0' ? f->entries[i].source : "a result", 0, TEXTS_BYTES / n);
	free(left_out);
}

enum err_code shorten_prompt(struct prompt *out, const struct prompt_facts *f, const struct shorten_wish *w, struct err *e)
{
	const struct task *t = f->task;
	struct buf b;

	prompt_init(out, f->model, f->max_tokens);
	prompt_add_system(out, f->summary_rules, CACHE_NONE);
	buf_init(&b, 0);
	buf_addf(&b, "The person's goal G%" PRId64 ":\n%s\n\nThe task T%" PRId64 " that the text is read for: %s\n%s\n\nThe text:\n", f->goal->id, f->goal->text, t->id, t->title,
	    t->instructions != NULL ? t->instructions : "");
	if (w->what == SHORTEN_ATTACHMENTS)
		add_attachments(&b, f);
	else if (w->what == SHORTEN_RESULT)
		add_rest(&b, slice_of(f->entries[w->at].body), f->entries[w->at].source[0] != '\0' ? f->entries[w->at].source : "a result", f->limits->tool_result_bytes, TEXTS_BYTES);
	else
		add_left_out(&b, f, w->at);
	buf_adds(&b, "\nNow the summary, and nothing else.");
	prompt_add_message(out, ROLE_USER);
	prompt_add_text(out, buf_slice(&b));
	buf_release(&b);
	if (!out->over)
		return ERR_OK;
	prompt_release(out);
	return err_set(e, ERR_LIMIT, "what is to be summarised is larger than a prompt's bounds");
}
