/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"
#include "console/view.h"
#include "desk/strength.h"

struct form *form_new(const char *title)
{
	struct form *form = xcalloc(1, sizeof *form);

	snprintf(form->title, sizeof form->title, "%s", title);
	return form;
}

void form_free(struct form *form)
{
	int i;

	if (form == NULL)
		return;
	for (i = 0; i < form->n; i++) {
		free(form->v[i].text);
		free(form->v[i].choice);
		if (form->v[i].kind == FIELD_SECRET)
			secret_field_release(&form->v[i].secret);
	}
	for (i = 0; i < form->kept_n; i++)
		free(form->kept[i]);
	free(form->kept);
	free(form);
}

const char *form_keep(struct form *form, char *text)
{
	form->kept = xreallocarray(form->kept, (size_t)form->kept_n + 1, sizeof *form->kept);
	form->kept[form->kept_n++] = text;
	return text;
}

static struct field *add(struct form *form, enum field_kind kind, const char *label, const char *hint)
{
	struct field *fl = &form->v[form->n++];

	*fl = (struct field){.kind = kind, .label = label, .hint = hint};
	return fl;
}

struct field *form_add_text(struct form *form, const char *label, const char *hint, const char *preset)
{
	struct field *fl = add(form, FIELD_TEXT, label, hint);

	fl->text = xcalloc(1, FIELD_BYTES);
	fl->len = fl->at = (size_t)snprintf(fl->text, FIELD_BYTES, "%s", preset != NULL ? preset : "");
	return fl;
}

struct field *form_add_secret(struct form *form, const char *label, const char *hint, bool allows_blanks)
{
	struct field *fl = add(form, FIELD_SECRET, label, hint);

	secret_field_init(&fl->secret, allows_blanks);
	return fl;
}

struct field *form_add_choice(struct form *form, const char *label, const char *hint)
{
	return add(form, FIELD_CHOICE, label, hint);
}

void field_add_choice(struct field *fl, const char *value, const char *words)
{
	fl->choice = xreallocarray(fl->choice, (size_t)fl->choices + 1, sizeof *fl->choice);
	snprintf(fl->choice[fl->choices].value, sizeof fl->choice->value, "%s", value);
	snprintf(fl->choice[fl->choices].words, sizeof fl->choice->words, "%s", words);
	fl->choices++;
}

const char *field_text(const struct field *fl)
{
	if (fl->kind == FIELD_CHOICE)
		return fl->choices > 0 ? fl->choice[fl->chosen].value : "";
	return fl->text != NULL ? fl->text : "";
}

void form_say_err(struct form *form, const struct err *e)
{
	snprintf(form->problem, sizeof form->problem, "%s%s%s", e->text, e->mend[0] != '\0' ? ". " : "", e->mend);
}

/* --- a line of text ------------------------------------------------------- */

static size_t before(const char *text, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static size_t after(const char *text, size_t len, size_t at)
{
	if (at < len)
		at++;
	while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void cut(char *text, size_t *len, size_t from, size_t to)
{
	memmove(text + from, text + to, *len - to + 1);
	*len -= to - from;
}

static void insert(char *text, size_t room, size_t *len, size_t *at, int key)
{
	char utf8[4];
	size_t n = utf8_encode((uint32_t)key, utf8);

	if (*len + n >= room)
		return;
	memmove(text + *at + n, text + *at, *len - *at + 1);
	memcpy(text + *at, utf8, n);
	*len += n;
	*at += n;
}

bool line_edit(char *text, size_t room, size_t *len, size_t *at, int key, bool is_pasted)
{
	if (is_pasted && (key == '\n' || key == '\r' || key == '\t'))	/* a paste never submits nor leaves */
		key = ' ';
	if (key >= 32 && key != 127 && key < 0x110000) {
		insert(text, room, len, at, key);
		return true;
	}
	if (is_pasted)
		return true;
	switch (key) {
	case K_LEFT: *at = before(text, *at); return true;
	case K_RIGHT: *at = after(text, *len, *at); return true;
	case K_HOME: case K_CTRL('a'): *at = 0; return true;
	case K_END: case K_CTRL('e'): *at = *len; return true;
	case K_CTRL('k'): cut(text, len, *at, *len); return true;
	case K_CTRL('u'): cut(text, len, 0, *at); *at = 0; return true;
	case K_DELETE: cut(text, len, *at, after(text, *len, *at)); return true;
	case K_BACKSPACE: case 8: {
		size_t from = before(text, *at);

		cut(text, len, from, *at);
		*at = from;
		return true;
	}
	case K_CTRL('w'): {
		size_t from = *at;

		while (from > 0 && text[from - 1] == ' ')
			from--;
		while (from > 0 && text[from - 1] != ' ')
			from--;
		cut(text, len, from, *at);
		*at = from;
		return true;
	}
	default: return false;
	}
}

/* --- the form as a view ---------------------------------------------------- */

static void form_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	(void)st, (void)sc, (void)rows, (void)cols, (void)w;
}

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
static void form_draw(const void *st, const struct scene *sc, const struct canvas *c)
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

static void submit(struct face *f, struct form *form)
{
	static const char *const faults[] = {"", N_("It is empty."), N_("It holds a blank inside: copy it again, whole and alone."),
		N_("It holds control characters: copy it again as plain text."), N_("It is too long."), N_("Memory for secrets cannot be locked: ulimit -l 8192 helps.")};
	int i;

	form->problem[0] = '\0';
	for (i = 0; i < form->n; i++) {
		enum secret_fault fault;

		if (form->v[i].kind != FIELD_SECRET)
			continue;
		fault = secret_field_check(&form->v[i].secret);
		if (fault != SECRET_FINE) {
			snprintf(form->problem, sizeof form->problem, "%s: %s", form->v[i].label, _(faults[fault]));
			form->at = i;
			if (fault != SECRET_EMPTY)
				secret_field_clear(&form->v[i].secret);
			return;
		}
	}
	form->submit(f, form);
}

static void cancel(struct face *f, struct form *form)
{
	if (form->cancel != NULL)
		form->cancel(f, form);
	else
		face_close(f);
}

static void go(struct face *f, struct form *form, int by)
{
	(void)f;
	form->at = (form->at + by + form->n) % form->n;
}

static void enter(struct face *f, struct form *form)
{
	if (form->at < form->n - 1)
		form->at++;
	else
		submit(f, form);
}

static bool form_type(void *st, const struct scene *sc, int key, bool is_pasted, struct face *f)
{
	struct form *form = ((struct form_state *)st)->form;
	struct field *fl = form->n > 0 ? &form->v[form->at] : NULL;

	(void)sc;
	if (form->is_busy) {
		if (key == K_ESC || key == K_CTRL('c'))
			cancel(f, form);
		return true;
	}
	if (is_pasted) {
		if (fl != NULL && fl->kind == FIELD_TEXT)
			line_edit(fl->text, FIELD_BYTES, &fl->len, &fl->at, key, true);
		return true;
	}
	if (key == K_ESC || key == K_CTRL('c')) {
		cancel(f, form);
	} else if (fl == NULL) {
		if (key == K_ENTER)
			form->submit(f, form);
	} else if (key == K_ENTER || key == '\n') {
		enter(f, form);
	} else if (key == K_TAB) {
		go(f, form, 1);
	} else if (key == K_BACKTAB) {
		go(f, form, -1);
	} else if (fl->kind == FIELD_CHOICE) {
		if (key == K_DOWN || key == 'j')
			fl->chosen = fl->chosen + 1 < fl->choices ? fl->chosen + 1 : fl->chosen;
		else if (key == K_UP || key == 'k')
			fl->chosen = fl->chosen > 0 ? fl->chosen - 1 : 0;
	} else if (fl->kind == FIELD_TEXT && line_edit(fl->text, FIELD_BYTES, &fl->len, &fl->at, key, false)) {
		form->problem[0] = '\0';
	} else if (key == K_DOWN) {
		go(f, form, 1);
	} else if (key == K_UP) {
		go(f, form, -1);
	}
	return true;
}

static struct secret_field *form_secret(void *st)
{
	struct form *form = ((struct form_state *)st)->form;

	if (form->is_busy || form->n == 0 || form->v[form->at].kind != FIELD_SECRET || form->v[form->at].secret.value == NULL)
		return NULL;
	return &form->v[form->at].secret;
}

void form_secret_event(struct face *f, struct form *form, enum secret_event event)
{
	switch (event) {
	case SECRET_CHANGED: form->problem[0] = '\0'; return;
	case SECRET_SUBMIT: enter(f, form); return;
	case SECRET_CANCEL: cancel(f, form); return;
	case SECRET_NEXT: go(f, form, 1); return;
	case SECRET_PREV: go(f, form, -1); return;
	case SECRET_NOTHING: return;
	}
}

static void form_done(void *st)
{
	form_free(((struct form_state *)st)->form);
}

const struct pane_ops form_view = {
	.name = "form",
	.state_size = sizeof(struct form_state),
	.layout = form_layout,
	.draw = form_draw,
	.type = form_type,
	.secret = form_secret,
	.done = form_done,
};
