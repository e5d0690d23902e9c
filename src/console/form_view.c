/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form as a view: keys go to the field at hand. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "console/form.h"
#include "console/view.h"

static void form_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	(void)st, (void)sc, (void)rows, (void)cols, (void)w;
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
