/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts to read: a task's transcript, help, answers of verbs. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "console/view.h"
#include "console/words.h"
#include "money/pico.h"

static void find_done(struct face *f, const struct prompt_spec *p, const char *text);

void view_ask_find(struct face *f)
{
	struct prompt_spec p = {.label = "/", .done = find_done};

	face_prompt(f, &p);
}

/* --- a sheet as it is ----------------------------------------------------- */

static void text_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct text_state *v = st;

	(void)sc, (void)w;
	sheet_fit(&v->sheet, cols - 4, rows - 2);
}

static void draw_sheet(const struct canvas *c, const char *title, const struct sheet *sh)
{
	char aside[WORDS] = "";
	struct canvas in;

	if (sh->rows_n > sh->height)
		snprintf(aside, sizeof aside, "%d%%", sheet_percent(sh));
	in = canvas_box(c, 0, title, aside, true);
	in = canvas_part(&in, 0, 1, in.rows, in.cols - 2);
	sheet_draw(sh, &in);
}

static void text_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct text_state *v = st;

	(void)sc;
	draw_sheet(c, v->title, &v->sheet);
}

static bool sheet_keys(struct sheet *sh, enum action a, struct face *f)
{
	if (sheet_act(sh, a))
		return true;
	if (a == ACT_FILTER) {
		view_ask_find(f);
		return true;
	}
	if (a == ACT_PAGER) {
		face_page(f, sh);
		return true;
	}
	return false;
}

static bool text_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct text_state *v = st;

	(void)sc;
	return sheet_keys(&v->sheet, a, f);
}

static void text_done(void *st)
{
	struct text_state *v = st;

	sheet_release(&v->sheet);
}

const struct pane_ops text_view = {
	.name = "text",
	.finds = true,
	.places = IN(PLACE_VIEW),
	.state_size = sizeof(struct text_state),
	.layout = text_layout,
	.draw = text_draw,
	.act = text_act,
	.done = text_done,
};

/* --- a transcript --------------------------------------------------------- */

static void add_live(struct sheet *sh, const struct snapshot *s, int64_t task)
{
	char low[PICO_TEXT], high[PICO_TEXT];
	int i;

	for (i = 0; i < s->live_n; i++) {
		const struct live_call *l = &s->live[i];

		if (l->task != task)
			continue;
		pico_format_fine(l->cost_low_pd, low);
		pico_format_fine(l->cost_high_pd, high);
		sheet_addf(sh, ROLE_RUNNING, _("%s is writing: %lld tokens, at least %s, at most %s"), l->agent, (long long)l->output_tokens, low, high);
		sheet_add(sh, ROLE_AGENT, NULL, slice_of(l->line));
	}
}

static void transcript_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct transcript_state *v = st;
	const struct snapshot *s = sc->s;
	int i;

	w->transcript_task = v->id;
	if (sc->wish->transcript_task == v->id && (!v->is_written || v->generation != GENERATION(s, SNAP_TRANSCRIPT) || v->live_generation != GENERATION(s, SNAP_LIVE))) {
		sheet_clear(&v->sheet, false);
		for (i = 0; i < s->transcript.n; i++)
			sheet_add(&v->sheet, role_shown(s->transcript.v[i].role), NULL, slice_of(s->transcript.v[i].text));
		add_live(&v->sheet, s, v->id);
		v->generation = GENERATION(s, SNAP_TRANSCRIPT);
		v->live_generation = GENERATION(s, SNAP_LIVE);
		v->sheet.follows = true;
		if (!v->is_written)
			v->sheet.top = 1 << 30;	/* the newest first; sheet_fit() bounds it */
		v->is_written = true;
	}
	sheet_fit(&v->sheet, cols - 4, rows - 2);
}

static void transcript_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct transcript_state *v = st;
	char title[TITLE_MAX_BYTES * 2 + WORDS];
	struct canvas in;
	int i;

	snprintf(title, sizeof title, "T%lld", (long long)v->id);
	for (i = 0; i < sc->s->tasks_n; i++)
		if (sc->s->tasks[i].id == v->id)
			snprintf(title, sizeof title, "T%lld  %s, %s: %s", (long long)v->id, sc->s->tasks[i].agent, words_task_state(&sc->s->tasks[i]), sc->s->tasks[i].title);
	draw_sheet(c, title, &v->sheet);
	if (v->is_written && v->sheet.n == 0) {
		in = canvas_part(c, 1, 2, 1, c->cols - 4);
		canvas_say(&in, 0, 0, ROLE_DIM, _("This task has not said anything yet."));
	}
}

static bool transcript_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct transcript_state *v = st;

	(void)sc;
	if (a == ACT_SAY) {
		face_open_say(f, v->id);
		return true;
	}
	return sheet_keys(&v->sheet, a, f);
}

static void transcript_done(void *st)
{
	struct transcript_state *v = st;

	sheet_release(&v->sheet);
}

const struct pane_ops transcript_view = {
	.name = "transcript",
	.finds = true,
	.places = IN(PLACE_VIEW) | IN(PLACE_TRANSCRIPT),
	.watches = SNAP_TRANSCRIPT | SNAP_LIVE | SNAP_TASKS,
	.state_size = sizeof(struct transcript_state),
	.layout = transcript_layout,
	.draw = transcript_draw,
	.act = transcript_act,
	.done = transcript_done,
};

static void find_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct sheet *sh = face_top_sheet(f);

	(void)p;
	if (sh != NULL && text[0] != '\0' && !sheet_find(sh, text))
		face_say(f, ROLE_HINT, _("Not found."));
}
