/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line typed in the line above the footer. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/form.h"
#include "console/view.h"

#define ROOM_TO_TYPE 22		/* columns: a label that leaves fewer has a row of its own, or gives way */

static void prompt_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	(void)st, (void)sc, (void)rows, (void)cols, (void)w;
}

int prompt_rows(const struct prompt_state *p, const struct grid *g)
{
	if (p->spec.one_key)
		return canvas_wrapped_rows(g, g->cols, slice_of(p->spec.label));
	return text_cols(slice_of(p->spec.label), 0) > g->cols - ROOM_TO_TYPE ? 2 : 1;
}

static void prompt_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct prompt_state *p = st;
	size_t from = 0;
	int col, room, row = c->rows - 1;

	(void)sc;
	if (p->spec.one_key) {
		canvas_wrapped(c, ROLE_WAITING, slice_of(p->spec.label));
		return;
	}
	col = 1 + canvas_text(c, 0, 1, row > 0 ? c->cols - 2 : c->cols - ROOM_TO_TYPE, ROLE_WAITING, slice_of(p->spec.label), 0) + (p->spec.label[1] != '\0');
	if (row > 0)
		col = 1;
	room = c->cols - col - 1;
	/* the end that is typed at stays in sight */
	while (from < p->at && text_cols(slice_make(p->text + from, p->at - from), 0) >= room)
		for (from++; from < p->at && ((unsigned char)p->text[from] & 0xc0) == 0x80; from++)
			;
	canvas_text(c, row, col, room, ROLE_NORMAL, slice_make(p->text + from, p->len - from), 0);
	canvas_cursor(c, row, col + text_cols(slice_make(p->text + from, p->at - from), 0));
}

static bool prompt_type(void *st, const struct scene *sc, int key, bool is_pasted, struct face *f)
{
	struct prompt_state *p = st;
	struct prompt_spec spec = p->spec;
	char text[PROMPT_BYTES];

	(void)sc;
	if ((is_pasted || face_in_burst(f)) && (spec.no_paste || spec.one_key)) {
		face_say(f, ROLE_WAITING, _("Pasted text decides nothing here: type it."));
		return true;
	}
	if (spec.one_key) {
		face_close(f);
		if (key == 'y')
			spec.done(f, &spec, "y");
		else
			face_say(f, ROLE_HINT, _("Nothing was done."));
		return true;
	}
	if (key == K_ESC && !is_pasted) {
		face_close(f);
		if (spec.live)
			spec.done(f, &spec, "");
		return true;
	}
	if (key == K_CTRL('c') && !is_pasted) {
		face_close(f);
		return true;
	}
	if ((key == K_ENTER || key == '\n') && !is_pasted) {
		memcpy(text, p->text, p->len + 1);
		face_close(f);
		spec.done(f, &spec, text);
		return true;
	}
	if (line_edit(p->text, sizeof p->text, &p->len, &p->at, key, is_pasted) && spec.live)
		spec.done(f, &spec, p->text);
	return true;
}

const struct pane_ops prompt_view = {
	.name = "prompt",
	.state_size = sizeof(struct prompt_state),
	.layout = prompt_layout,
	.draw = prompt_draw,
	.type = prompt_type,
};
