/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views, prompts and forms laid over the panes. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "console/face_state.h"
#include "console/view.h"

void face_prompt(struct face *f, const struct prompt_spec *spec)
{
	struct prompt_state *p = xcalloc(1, sizeof *p);

	p->spec = *spec;
	p->len = p->at = (size_t)snprintf(p->text, sizeof p->text, "%s", spec->preset);
	face_push(f, &prompt_view, p);
	f->status_dirty = true;
}

void face_form(struct face *f, struct form *form)
{
	struct form_state *st = xcalloc(1, sizeof *st);

	st->form = form;
	face_push(f, &form_view, st);
	f->status_dirty = true;
}

void face_form_ask(struct face *f, struct form *form, struct op *op, struct secret *secret, const char *busy_words)
{
	form->awaits = op->kind;
	form->busy_words = busy_words;
	form->is_busy = face_ask(f, op, secret);
}

static void say_done_prompt(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct op op = {.kind = OP_TASK_SAY, .id = p->id};

	if (text[0] == '\0')
		return;
	op.text = xstrdup(text);
	face_ask(f, &op, NULL);
}

void face_open_say(struct face *f, int64_t task)
{
	struct prompt_spec p = {.id = task, .done = say_done_prompt};

	snprintf(p.label, sizeof p.label, _("To T%lld:"), (long long)task);
	face_prompt(f, &p);
}

void face_open_task(struct face *f, int64_t task)
{
	struct transcript_state *v = xcalloc(1, sizeof *v);

	v->id = task;
	face_push(f, &transcript_view, v);
}

void face_open_approval(struct face *f, int64_t approval)
{
	struct approval_view_state *v = xcalloc(1, sizeof *v);

	v->id = approval;
	face_push(f, &approval_view, v);
}

void face_open_text(struct face *f, const char *title, struct sheet *lines)
{
	struct text_state *v = xcalloc(1, sizeof *v);

	snprintf(v->title, sizeof v->title, "%s", title);
	v->sheet = *lines;
	*lines = (struct sheet){0};
	face_push(f, &text_view, v);
}

struct sheet *face_top_sheet(struct face *f)
{
	struct placed *top = face_top(f);

	if (top != NULL && top->ops == &text_view)
		return &((struct text_state *)top->st)->sheet;
	if (top != NULL && top->ops == &transcript_view)
		return &((struct transcript_state *)top->st)->sheet;
	if (top != NULL && top->ops == &approval_view) {
		struct approval_view_state *v = top->st;

		return v->is_raw ? &v->raw : &v->paper;
	}
	return NULL;
}
