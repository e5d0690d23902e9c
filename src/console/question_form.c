/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form for what a connector's server asks. It is made of the very document that
 * `connector question --json` prints; its words are a stranger's and reach the
 * canvas as all text does. Which server asks stands in the title. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "console/face_state.h"
#include "console/view.h"
#include "desk/query.h"

#define LEFT_OUT "-"	/* of a choice: no member of the answer */

/* The answer comes last: its fields have been seen by then. */
static const struct { const char *value, *words; enum question_state state; } verdicts[] = {
	{"send", N_("what stands above goes to the server"), QUESTION_ACCEPTED},
	{"decline", N_("the server gets a no"), QUESTION_DECLINED},
	{"cancel", N_("the server gets no answer"), QUESTION_CANCELLED},
};

static const char *hint_of(struct form *form, const cJSON *field)
{
	const char *about = json_text(field, "description"), *takes = json_text(field, "takes");

	if (json_bool(field, "looks_secret", false))
		return form_keep(form, xasprintf(_("LOOKS LIKE A SECRET: whoever runs the server gets it. %s"), about != NULL ? about : ""));
	return form_keep(form, xasprintf("%s%s%s", about != NULL ? about : "", about != NULL ? "; " : "", takes != NULL ? takes : ""));
}

static bool fits_a_list(const cJSON *choices)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, choices)
		if (strlen(json_text(m, "value")) >= sizeof((struct choice *)0)->value || strcmp(json_text(m, "value"), LEFT_OUT) == 0)
			return false;
	return true;
}

static void add_choice(struct field *fl, const char *value, const char *words, const char *preset)
{
	field_add_choice(fl, value, words);
	if (preset != NULL && strcmp(preset, value) == 0)
		fl->chosen = fl->choices - 1;
}

static void add_field(struct form *form, const cJSON *f)
{
	const char *name = json_text(f, "name"), *title = json_text(f, "title"), *type = json_text(f, "type"), *preset = json_text(f, "default");
	bool wanted = json_bool(f, "required", false), is_yes_no = strcmp(type, "boolean") == 0;
	const char *label = form_keep(form, xasprintf(wanted ? _("%s (wanted)") : "%s", title != NULL ? title : name)), *hint = hint_of(form, f);
	const cJSON *choices = json_array(f, "choices"), *m;
	struct field *fl;

	if (!is_yes_no && (strcmp(type, "one") != 0 || !fits_a_list(choices))) {
		fl = form_add_text(form, label, hint, preset);
	} else {
		fl = form_add_choice(form, label, hint);
		if (!wanted || (is_yes_no && preset == NULL))
			add_choice(fl, LEFT_OUT, _("say nothing of it"), NULL);
		if (is_yes_no) {
			add_choice(fl, "yes", "", preset);
			add_choice(fl, "no", "", preset);
		}
		cJSON_ArrayForEach(m, choices)
			add_choice(fl, json_text(m, "value"), json_text(m, "title"), preset);
	}
	fl->key = form_keep(form, xstrdup(name));
}

static void submit(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_CONNECTOR_ANSWER, .id = form->id, .answer = verdicts[form->v[form->n - 1].chosen].state};
	struct json_out j;
	struct buf b;
	int i;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	for (i = 0; i < form->n - 1; i++) {
		const struct field *fl = &form->v[i];
		const char *text = field_text(fl);

		json_put_text(&j, fl->key, fl->kind == FIELD_CHOICE && strcmp(text, LEFT_OUT) == 0 ? "" : text);
	}
	json_close(&j, '}');
	op.tools = buf_take(&b);
	face_form_ask(f, form, &op, NULL, _("Handing it over."));
}

static struct form *make(const cJSON *doc)
{
	const char *connector = json_text(doc, "connector"), *tool = json_text(doc, "tool"), *message = json_text(doc, "message");
	char title[NAME_MAX_BYTES * 2];
	struct form *form;
	struct field *fl;
	const cJSON *m;
	size_t i;
	int n = 0;

	snprintf(title, sizeof title, _("The server of connector %.60s asks"), connector != NULL ? connector : "?");
	form = form_new(title);
	(void)json_int(doc, "id", &form->id);
	form->intro[n++] = form_keep(form, xasprintf(tool != NULL ? _("Not Claviger: the server of %s asks, in the middle of its tool %s. Its words:") : _("Not Claviger: the server of %s asks. Its words:"),
		connector, tool));
	form->intro[n++] = form_keep(form, xstrdup(message != NULL ? message : ""));
	if (json_bool(doc, "looks_secret", false))
		form->intro[n++] = _("It seems to ask for a password, a key or a card. No server should be told one in a form: if in doubt, decline.");
	cJSON_ArrayForEach(m, json_array(doc, "fields"))
		if (form->n < FORM_FIELDS - 1)
			add_field(form, m);
	fl = form_add_choice(form, _("Your answer"), _("up and down choose, Enter gives it"));
	for (i = 0; i < LENGTH(verdicts); i++)
		field_add_choice(fl, verdicts[i].value, _(verdicts[i].words));
	form->submit = submit;
	return form;
}

void face_open_question(struct face *f)
{
	struct query q = {.kind = QUERY_QUESTION_SHOW, .id = f->snap.question};
	cJSON *doc = NULL;
	struct buf out;
	struct err e;

	if (f->snap.question == 0) {
		face_say(f, ROLE_HINT, _("No connector asks you anything."));
		return;
	}
	if (!face_unlocked(f)) {
		face_unlock(f);
		return;
	}
	buf_init(&out, 0);
	if (desk_query(f->desk, f->o->desk, &q, &out, &e) != ERR_OK || json_parse(buf_slice(&out), &doc, &e) != ERR_OK)
		face_say_err(f, &e);
	else
		face_form(f, make(doc));
	cJSON_Delete(doc);
	buf_release(&out);
}
