/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

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
