/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys. One goes to the topmost view if it takes raw keys (fields), else it becomes an
 * action by the keymap and goes to the topmost view, then to the focused pane, then to
 * the face itself. */
#include "console/face_state.h"

#include <stdio.h>

#include "base/i18n.h"
#include "console/view.h"

static unsigned places_of(const struct placed *p)
{
	return p->ops->places | IN(PLACE_ALL);
}

static void focus_pane(struct face *f, int n)
{
	face_close_all(f);
	f->focus = (n + PANES) % PANES;
	face_arrange(f);
	face_dirty_all(f);
}

static void quit_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	(void)p, (void)text;
	f->wants_quit = true;
}

static void quit(struct face *f)
{
	struct prompt_spec p = {.one_key = true, .done = quit_done};

	if (f->snap.calls_in_flight == 0 || f->snap.worker != WORKER_OURS) {
		f->wants_quit = true;
		return;
	}
	snprintf(p.label, sizeof p.label, ngettext("y quits; %d call runs: it is finished or cut, and booked.", "y quits; %d calls run: they are finished or cut, and booked.",
		(unsigned long)f->snap.calls_in_flight), f->snap.calls_in_flight);
	face_prompt(f, &p);
}

static void suspend(struct face *f)
{
	struct op op = {.kind = OP_WORKER_STOP};

	if (f->snap.worker != WORKER_OURS || f->o->read_only) {
		f->wants_suspend = true;
		return;
	}
	f->suspends_after_stop = face_ask(f, &op, NULL);
	face_say(f, ROLE_RUNNING, _("Stopping the worker, then suspending."));
}

void face_suspend_now(struct face *f)
{
	struct op op = {.kind = OP_WORKER_START, .has_pause = true};

	if (f->suspends_after_stop) {	/* we are back */
		f->suspends_after_stop = false;
		face_ask(f, &op, NULL);
	}
}

static void panic(struct face *f)
{
	struct op op = {.kind = OP_PANIC};

	face_ask(f, &op, NULL);
	face_say(f, ROLE_FAILED, _("Panic: stopping all calls, freezing the queue, locking the keys."));
}

static bool global(struct face *f, enum action a)
{
	if (a >= ACT_PANE_1 && a <= ACT_PANE_5) {
		focus_pane(f, (int)a - ACT_PANE_1);
		return true;
	}
	switch (a) {
	case ACT_HELP: face_help(f); return true;
	case ACT_COMMAND: face_command(f); return true;
	case ACT_ANSWER: face_open_question(f); return true;
	case ACT_REPORT: face_report(f); return true;
	case ACT_NEXT_PANE: focus_pane(f, f->focus + 1); return true;
	case ACT_PREV_PANE: focus_pane(f, f->focus - 1); return true;
	case ACT_FILL:
		f->fills = !f->fills;
		face_arrange(f);
		face_dirty_all(f);
		return true;
	case ACT_REPAINT: f->wants_repaint = true; return true;
	case ACT_SUSPEND: suspend(f); return true;
	case ACT_LOCK:
		face_close_all(f);
		f->screen_locked = true;
		face_arrange(f);
		face_dirty_all(f);
		return true;
	case ACT_UNLOCK:
		if (!face_unlocked(f))
			face_unlock(f);
		else
			face_say(f, ROLE_HINT, _("The vault is open. L locks the screen, :lock closes the vault."));
		return true;
	case ACT_PANIC:
		f->panic_armed = true;
		face_say(f, ROLE_FAILED, _("Panic? p stops all calls, freezes the queue and locks the keys. Any other key: no."));
		return true;
	case ACT_BACK: face_close(f); return true;
	case ACT_QUIT:
		if (f->layers_n > 0)
			face_close(f);
		else if (f->fills)
			return global(f, ACT_FILL);
		else
			quit(f);
		return true;
	case ACT_STOP: face_say(f, ROLE_HINT, _("Nothing is being waited for here. x stops a task, q quits.")); return true;
	default: return false;
	}
}

/* With the screen locked only these do anything. */
static bool allowed_locked(enum action a)
{
	return a == ACT_UNLOCK || a == ACT_QUIT || a == ACT_REPAINT || a == ACT_SUSPEND || a == ACT_PANIC || a == ACT_HELP || (a >= ACT_NEXT_PANE && a <= ACT_FILL);
}

static void act(struct face *f, int key)
{
	struct placed *top = face_top(f), *at = top != NULL ? top : &f->panes[f->focus];
	struct scene sc = face_scene(f, true);
	enum action a = keymap_find(&f->keys, places_of(at), key);

	at->is_dirty = true;
	if (f->arrangement == ARRANGED_TINY && a != ACT_QUIT && a != ACT_REPAINT && a != ACT_SUSPEND)
		return;
	if ((f->screen_locked || sc.hides) && (a == ACT_OPEN || (f->screen_locked && !allowed_locked(a)))) {
		face_unlock(f);
		return;
	}
	if (a == ACT_NONE)
		return;
	if (at->ops->act != NULL && at->ops->act(at->st, &sc, a, f))
		return;
	global(f, a);
}

void face_key(struct face *f, int key, bool is_pasted)
{
	struct placed *top = face_top(f);
	struct scene sc = face_scene(f, true);

	f->last_key_us = f->steady_us;
	if (key == K_FOCUS_IN || key == K_FOCUS_OUT) {
		f->focus_known = true;
		f->terminal_focused = key == K_FOCUS_IN;
		return;
	}
	if (key == K_MOUSE || key == K_OTHER || key == K_RESIZE)	/* nothing of these decides (rule 5) */
		return;
	if (f->said[0] != '\0' && !is_pasted && f->steady_us >= f->said_stands_us) {
		f->said[0] = '\0';
		f->said_until_us = 0;
		f->status_dirty = true;
	}
	if (f->arrangement == ARRANGED_TINY && (top == NULL || top->ops->type != NULL)) {
		if (!is_pasted)
			act(f, key);
	} else if (top != NULL && top->ops->type != NULL) {
		top->is_dirty = true;
		f->status_dirty = true;
		top->ops->type(top->st, &sc, key, is_pasted, f);
	} else if (is_pasted) {
		face_say(f, ROLE_WAITING, _("Pasted text is not taken for keys."));
	} else if (f->panic_armed) {
		f->panic_armed = false;
		if (key == 'p')
			panic(f);
		else
			face_say(f, ROLE_HINT, _("No panic."));
	} else {
		act(f, key);
	}
	face_settle(f);
}

struct secret_field *face_secret_field(struct face *f)
{
	struct placed *top = face_top(f);

	if (f->arrangement == ARRANGED_TINY || top == NULL || top->ops->secret == NULL)
		return NULL;
	return top->ops->secret(top->st);
}

void face_secret(struct face *f, enum secret_event event)
{
	struct placed *top = face_top(f);

	f->last_key_us = f->steady_us;
	if (event == SECRET_NOTHING || top == NULL || top->ops != &form_view)
		return;
	top->is_dirty = true;
	form_secret_event(f, ((struct form_state *)top->st)->form, event);
	face_settle(f);
}
