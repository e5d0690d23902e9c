/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form in the room there is: its words, the fields, what is wrong with it; the field at hand stays in sight. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/form.h"
#include "console/view.h"
#include "desk/strength.h"

/* A text field with the rows it needs; rows used. */
static int draw_text(const struct canvas *c, int row, const struct field *fl, bool is_at)
{
	struct slice rest = slice_make(fl->text, fl->len), part, head = slice_make(fl->text, fl->at);
	int rows = 0, cols = c->cols - 4, cursor_row = 0, cursor_col = 0;

	while (text_wrap(&rest, cols, 0, &part) && rows < 8) {
		canvas_text(c, row + rows, 2, cols + 1, ROLE_NORMAL, part, 0);
		rows++;
	}
	while (text_wrap(&head, cols, 0, &part)) {
		cursor_col = text_cols(part, 0);
		if (head.len > 0)
			cursor_row++;
	}
	if (cursor_col >= cols) {
		cursor_row++;
		cursor_col = 0;
	}
	if (is_at)
		canvas_cursor(c, row + cursor_row, 2 + cursor_col);
	rows = rows > cursor_row ? rows : cursor_row + 1;
	return rows;
}

static const char *strength_words(enum strength s)
{
	switch (s) {
	case STRENGTH_WEAK: return _("Weak: a copy of vault.key gives way within days. Four or five words are better.");
	case STRENGTH_FAIR: return _("Fair: months of rented machines for who has a copy of vault.key. One word more makes it good.");
	case STRENGTH_GOOD: return _("Good: not to be guessed.");
	case STRENGTH_NONE: break;
	}
	return "";
}

/* What a new passphrase is worth, under its field; rows used. */
static int draw_strength(const struct canvas *c, int row, const struct secret *s)
{
	enum strength is = strength_of(slice_make(s->p, s->len));
	struct slice rest = slice_of(strength_words(is)), part;
	int rows = 0;

	while (text_wrap(&rest, c->cols - 3, 0, &part))
		canvas_text(c, row + rows++, 2, c->cols, is == STRENGTH_GOOD ? ROLE_DONE : ROLE_WAITING, part, 0);
	return rows;
}

static int draw_secret(const struct canvas *c, int row, const struct field *fl, bool is_at)
{
	size_t len = secret_field_len(&fl->secret);
	const char *vendor = fl->guesses_vendor ? secret_vendor(fl->secret.value) : NULL;
	int col = 2;

	if (fl->secret.value == NULL)
		canvas_say(c, row, col, ROLE_FAILED, _("Memory for secrets cannot be locked (ulimit -l): nothing can be typed here."));
	else if (len == 0 && !fl->secret.in_paste)
		canvas_say(c, row, col, ROLE_DIM, is_at ? _("type or paste; nothing is shown") : "");
	else if (vendor != NULL && c->cols < 44)
		canvas_say(c, row, col, ROLE_NORMAL, _("hidden: %zu, like %s"), len, vendor);
	else if (vendor != NULL)
		canvas_say(c, row, col, ROLE_NORMAL, ngettext("hidden: %zu character, looks like %s", "hidden: %zu characters, looks like %s", len), len, vendor);
	else
		canvas_say(c, row, col, ROLE_NORMAL, ngettext("hidden: %zu character", "hidden: %zu characters", len), len);
	if (is_at)
		canvas_cursor(c, row, 0);
	return fl->rates_strength && is_at && len > 0 ? 1 + draw_strength(c, row + 1, fl->secret.value) : 1;
}

/* Where the words begin: in a line, and behind the longest value where there is little room. */
static int words_col(const struct canvas *c, const struct field *fl)
{
	int i, longest = 0;

	for (i = 0; i < fl->choices; i++) {
		int cols = text_cols(slice_of(fl->choice[i].value), TEXT_LIST);

		longest = cols > longest ? cols : longest;
	}
	longest = longest > 20 ? 20 : longest;
	return c->cols >= 60 ? 26 : 4 + longest + 2;
}

/* Without the focus only what is chosen: the rows are for the field at hand. */
static int draw_choice(const struct canvas *c, int row, const struct field *fl, bool is_at)
{
	int i, at = words_col(c, fl), rows = is_at ? 8 : 1, first = fl->chosen >= rows ? fl->chosen - rows + 1 : 0;

	for (i = first; i < fl->choices && i < first + rows; i++) {
		bool here = i == fl->chosen;
		int used;

		canvas_say(c, row + i - first, 2, here ? ROLE_KEY : ROLE_NORMAL, "%s", here ? ">" : " ");
		used = canvas_text(c, row + i - first, 4, 24, here ? is_at ? ROLE_SELECTED : ROLE_NORMAL : ROLE_DIM, slice_of(fl->choice[i].value), TEXT_LIST);
		used = 6 + used > at ? 6 + used : at;
		canvas_text(c, row + i - first, used, c->cols - used - 1, ROLE_DIM, slice_of(fl->choice[i].words), TEXT_LIST);
	}
	return i - first > 0 ? i - first : 1;
}

static int draw_words(const struct canvas *c, int row, enum role role, const char *words)
{
	struct slice rest = slice_of(words), part;

	while (text_wrap(&rest, c->cols - 1, 0, &part))
		canvas_text(c, row++, 0, c->cols, role, part, 0);
	return row;
}

/* One field at row: its label, then what it holds. Rows used. */
static int draw_field(const struct canvas *c, int row, const struct field *fl, bool is_at)
{
	canvas_say(c, row, 0, is_at ? ROLE_FOCUS : ROLE_NORMAL, "%s", fl->label);
	if (fl->hint != NULL && is_at)
		canvas_text(c, row, text_cols(slice_of(fl->label), 0) + 2, c->cols, ROLE_HINT, slice_of(fl->hint), 0);
	row++;
	if (is_at && fl->kind != FIELD_CHOICE)	/* there the mark is at what is chosen */
		canvas_say(c, row, 0, ROLE_KEY, ">");
	switch (fl->kind) {
	case FIELD_TEXT: return 1 + draw_text(c, row, fl, is_at);
	case FIELD_SECRET: return 1 + draw_secret(c, row, fl, is_at);
	case FIELD_CHOICE: return 1 + draw_choice(c, row, fl, is_at);
	}
	return 1;
}

/* The intro and the fields from row on (negative: scrolled away). Returns the row behind
 * all; *focus_end is the row behind the field that has the focus. */
static int draw_body(const struct canvas *c, const struct form *form, int row, bool airy, int *focus_end)
{
	int i, top = row;

	for (i = 0; i < (int)LENGTH(form->intro) && form->intro[i] != NULL; i++)
		row = draw_words(c, row, ROLE_NORMAL, form->intro[i]);
	row += row > top;
	*focus_end = row;
	for (i = 0; i < form->n; i++) {
		row += draw_field(c, row, &form->v[i], i == form->at && !form->is_busy);
		if (i == form->at)
			*focus_end = row;
		row += airy && i + 1 < form->n;
	}
	return row;
}

/* What it waits for or what is wrong: always in sight, at the foot when the body fills the box. */
static int draw_note(const struct canvas *c, int row, const struct form *form)
{
	if (form->is_busy)
		return draw_words(c, row, ROLE_RUNNING, form->busy_words != NULL ? form->busy_words : _("Working."));
	return form->problem[0] != '\0' ? draw_words(c, row, ROLE_WAITING, form->problem) : row;
}

/* A form longer than the box first gives up its blank rows, then scrolls so that the
 * field with the focus is whole in sight (80x24 and smaller). */
void form_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct form *form = ((const struct form_state *)st)->form;
	int width = c->cols > 78 ? 78 : c->cols, note, room, rows, top = 0, focus_end;
	struct canvas box = canvas_part(c, c->rows > 30 ? 2 : 0, (c->cols - width) / 2, c->rows, width), in, body, nothing;
	bool airy = c->rows >= 16;

	(void)sc;
	in = canvas_box(&box, 0, form->title, NULL, true);
	in = canvas_part(&in, airy ? 1 : 0, 2, in.rows - airy, in.cols - 4);
	nothing = canvas_part(&in, 0, 0, 0, in.cols);
	note = draw_note(&nothing, 0, form);
	room = in.rows - note > 1 ? in.rows - note : 1;
	rows = draw_body(&nothing, form, 0, airy, &focus_end);
	if (rows > room) {
		airy = false;
		rows = draw_body(&nothing, form, 0, airy, &focus_end);
	}
	if (rows > room && focus_end > room)
		top = focus_end - room;
	body = canvas_part(&in, 0, 0, room, in.cols);
	draw_body(&body, form, -top, airy, &focus_end);
	if (rows - top > room)
		canvas_say_right(&box, box.rows - 1, box.cols - 2, ROLE_HINT, " %s ", _("more below"));
	if (top > 0)
		canvas_say_right(&box, 0, box.cols - 2, ROLE_HINT, " %s ", _("more above"));
	rows = rows - top < room ? rows - top + airy : room;
	draw_note(&in, rows + note > in.rows ? in.rows - note : rows, form);
}
