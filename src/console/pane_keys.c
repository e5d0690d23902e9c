/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/i18n.h"
#include "base/text.h"
#include "console/face.h"
#include "console/list.h"
#include "console/pane.h"
#include "console/words.h"

struct keys {
	struct list list;
};

/* Something about a key that wants more room than its row has. */
static const char *words_of(const struct key_row *r)
{
	return r->why[0] != '\0' ? r->why : r->note;
}

static bool wants_foot(const struct snapshot *s)
{
	bool yes = *env_stray_keys() != NULL;

	for (int i = 0; i < s->keys_n; i++)
		yes |= words_of(&s->keys[i])[0] != '\0';
	return yes;
}

static void keys_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct keys *k = st;

	(void)cols;
	list_sync(&k->list, sc->s->keys, sizeof *sc->s->keys, sc->s->keys_n, sc->wish->key_offset, sc->s->keys_total);
	list_fit(&k->list, rows - 2 - (wants_foot(sc->s) && rows > 4));
	w->key_rows = k->list.rows > 0 ? k->list.rows : 1;
	w->key_offset = k->list.offset;
}

static void draw_row(const struct scene *sc, const struct canvas *c, int row, const struct key_row *r, bool is_at, bool is_focused)
{
	enum role text = is_at && is_focused ? ROLE_SELECTED : r->state == KEY_RETIRED ? ROLE_DIM : ROLE_NORMAL;
	char age[WORDS];
	int label = c->cols >= 40 ? 14 : 9, vendor = 10;

	if (is_at && is_focused)
		canvas_say(c, row, 0, ROLE_KEY, ">");
	if (strcmp(r->label, r->vendor) == 0)	/* one that nobody has named */
		canvas_text(c, row, 1, label + vendor - 1, text, slice_of(r->label), TEXT_LIST);
	else
		canvas_text(c, row, 1, label - 1, text, slice_of(r->label), TEXT_LIST);
	if (strcmp(r->label, r->vendor) != 0 || c->cols >= 40)
		canvas_text(c, row, 1 + label, vendor - 1, text, slice_of(r->vendor), TEXT_LIST);
	canvas_say(c, row, 1 + label + vendor, role_key_state(r->state), "%s", words_key_state(r->state));
	if (r->note[0] != '\0')
		canvas_say(c, row, (c->cols >= 36 ? 10 : 3) + label + vendor, ROLE_WAITING, "!");
	words_age(sc->now_us, r->last_check_us > r->last_used_us ? r->last_check_us : r->last_used_us, age);
	if (c->cols >= 60)
		canvas_text(c, row, 11 + label + vendor, c->cols - 18 - label - vendor, ROLE_DIM, slice_of(r->why[0] != '\0' ? r->why : r->note[0] != '\0' ? r->note : r->host), TEXT_LIST);
	if (c->cols >= 36 || r->state == KEY_ACTIVE)	/* else its state has the room */
		canvas_say_right(c, row, c->cols - 1, ROLE_DIM, "%s", age);
}

/* At the foot: keys of the environment are known of, and not used. */
static void draw_ignored(const struct canvas *in)
{
	const char *const *stray = env_stray_keys();
	char names[256] = "";
	size_t n = 0;

	for (; *stray != NULL && n < sizeof names; stray++)
		n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n > 0 ? ", " : "", *stray);
	if (n > 0)
		canvas_say(in, in->rows - 1, 1, ROLE_DIM, _("ignored: %s (claviger key import)"), names);
}

static void keys_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct keys *k = st;
	const struct snapshot *s = sc->s;
	struct canvas in = canvas_box(c, 4, _("Keys"), NULL, sc->is_focused);
	int i, col, at = list_index(&k->list);

	for (i = 0; i < in.rows && k->list.offset - k->list.loaded_offset + i < s->keys_n; i++) {
		int n = k->list.offset - k->list.loaded_offset + i;

		if (n >= 0)
			draw_row(sc, &in, i, &s->keys[n], n == at, sc->is_focused);
	}
	if (in.rows > 2 && sc->is_focused && at >= 0 && at < s->keys_n && words_of(&s->keys[at])[0] != '\0')
		canvas_text(&in, in.rows - 1, 1, in.cols - 1, ROLE_WAITING, slice_of(words_of(&s->keys[at])), TEXT_LIST);
	else if (in.rows > 2)
		draw_ignored(&in);
	if (s->keys_n > 0)
		return;
	canvas_say(&in, 0, 1, ROLE_NORMAL, _("No vendor key yet."));
	if (!sc->read_only) {
		col = canvas_say(&in, 1, 1, ROLE_DIM, _("Here, press "));
		col += canvas_say(&in, 1, 1 + col, ROLE_KEY, "a");
		canvas_say(&in, 1, 1 + col, ROLE_DIM, _(" to paste one."));
	}
}

static void retire_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct op op = {.kind = OP_KEY_RETIRE};

	if (strcmp(text, p->name) != 0) {
		face_say(f, ROLE_HINT, _("That is not its label; nothing was done."));
		return;
	}
	snprintf(op.name, sizeof op.name, "%s", p->name);
	face_ask(f, &op, NULL);
}

static bool keys_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct keys *k = st;
	int i = list_index(&k->list);
	const struct key_row *r = i >= 0 && i < sc->s->keys_n ? &sc->s->keys[i] : NULL;
	struct prompt_spec p = {.done = retire_done, .no_paste = true};
	struct op op = {.kind = OP_KEY_TEST};

	if (list_act(&k->list, a))
		return true;
	if (a == ACT_ADD) {
		face_open_key_form(f, NULL);
		return true;
	}
	if (r == NULL)
		return false;
	switch (a) {
	case ACT_ROTATE:
		face_open_key_form(f, r->label);
		return true;
	case ACT_TEST:
		snprintf(op.name, sizeof op.name, "%s", r->label);
		face_ask(f, &op, NULL);
		return true;
	case ACT_RETIRE:
		snprintf(p.label, sizeof p.label, _("Retire %.40s? Type its label:"), r->label);
		snprintf(p.name, sizeof p.name, "%s", r->label);
		face_prompt(f, &p);
		return true;
	case ACT_OPEN:
		face_run_verb(f, "key list");
		return true;
	default:
		return false;
	}
}

const struct pane_ops keys_pane = {
	.name = "keys",
	.places = IN(PLACE_LIST) | IN(PLACE_KEYS),
	.watches = SNAP_KEYS,
	.state_size = sizeof(struct keys),
	.layout = keys_layout,
	.draw = keys_draw,
	.act = keys_act,
};
