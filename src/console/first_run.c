/* SPDX-License-Identifier: GPL-3.0-or-later */
/* With no workspace yet: a team, a passphrase, a cap, then a key or the practice
 * goal. Each step is a form; nothing is made before the passphrase is there. Keys that lie
 * about in the environment are offered one by one, and forgotten at the end of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/i18n.h"
#include "base/json.h"
#include "console/face_state.h"
#include "console/view.h"
#include "desk/query.h"
#include "money/pico.h"

enum { AT_NAME, AT_TEMPLATE, AT_PASS, AT_AGAIN, AT_CAP, AT_FIELDS };

static void add_templates(struct face *f, struct field *fl)
{
	struct query q = {.kind = QUERY_TEMPLATE_LIST};
	cJSON *tree = NULL;
	const cJSON *t;
	struct buf out;
	struct err e;

	buf_init(&out, 0);
	if (desk_query(NULL, f->o->desk, &q, &out, &e) == ERR_OK && json_parse(buf_slice(&out), &tree, &e) == ERR_OK)
		cJSON_ArrayForEach(t, tree) {
			const char *name = json_text(t, "name"), *words = json_text(t, "title");

			if (name != NULL)
				field_add_choice(fl, name, words != NULL ? words : "");
			if (name != NULL && strcmp(name, "solo-founder") == 0)
				fl->chosen = fl->choices - 1;
		}
	cJSON_Delete(tree);
	buf_release(&out);
	if (fl->choices == 0)
		field_add_choice(fl, "solo-founder", _("one person and a small office"));
}

static void quit_first_run(struct face *f, struct form *form)
{
	(void)form;
	f->wants_quit = true;
}

/* --- the last step: a key, or practice ------------------------------------------ */

/* Keys that need nothing beside them; `claviger key import` takes the others too. */
static const struct {
	const char *name, *vendor;
} stray_keys[] = {
	{"ANTHROPIC_API_KEY", "anthropic"},
	{"CLAUDE_API_KEY", "anthropic"},
	{"OPENAI_API_KEY", "openai"},
	{"OPENAI_KEY", "openai"},
};

static void ask_start(struct face *f);
static void ask_next(struct face *f, const struct outcome *o);

static void leave_choice(struct face *f, struct form *form)
{
	(void)form;
	env_forget();
	face_close(f);
}

static void back_to_choice(struct face *f, struct form *form)
{
	(void)form;
	face_close(f);
	if (f->snap.keys_total > 0)
		leave_choice(f, NULL);
	else
		ask_start(f);
}

/* Sealed and tested, or sealed and of no use yet: the person goes on either way. If it is not
 * even sealed they are still where they were, and read why. */
static void key_outcome(struct face *f, struct form *form, const struct outcome *o)
{
	if (o->err.code != ERR_OK && o->id == 0) {
		form_say_err(form, &o->err);
		return;
	}
	face_close(f);
	face_refresh(f);
	ask_next(f, o);
}

/* True if what was chosen is a key of the environment: it is asked for. */
static bool import_stray(struct face *f, struct form *form, const char *name)
{
	struct op op = {.kind = OP_KEY_ADD};
	struct secret *key = NULL;
	struct err e = {0};
	size_t i;

	for (i = 0; i < LENGTH(stray_keys) && strcmp(stray_keys[i].name, name) != 0; i++)
		;
	if (i == LENGTH(stray_keys))
		return false;
	snprintf(op.vendor, sizeof op.vendor, "%s", stray_keys[i].vendor);
	if (env_take_secret(name, &key, &e) != ERR_OK) {
		form_say_err(form, &e);
		return true;
	}
	secret_trim(key);
	form->outcome = key_outcome;
	face_form_ask(f, form, &op, key, _("Sealing the key and testing it with a free call."));
	return true;
}

static void start_practice(struct face *f, struct form *form)
{
	struct err e = {0};

	form->is_busy = true;
	form->busy_words = _("Starting the practice vendor.");
	face_redraw(f);
	if (f->hands.show_now != NULL)
		f->hands.show_now(f->hands.user);
	form->is_busy = false;
	if (f->o->practice(f->o->practice_user, f->desk, &e) != ERR_OK) {
		form_say_err(form, &e);
		return;
	}
	leave_choice(f, form);
	face_say(f, ROLE_NORMAL, _("The office has its practice goal. Press 2 when something waits. ? helps."));
}

static void paste_key(struct face *f)
{
	struct form *form;

	face_close(f);
	form = face_open_key_form(f, NULL);
	if (form == NULL)
		return;
	form->outcome = key_outcome;
	form->cancel = back_to_choice;
}

static void test_again(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_KEY_TEST};

	snprintf(op.name, sizeof op.name, "%s", form->name);
	form->outcome = key_outcome;
	face_form_ask(f, form, &op, NULL, _("Testing it with a free call."));
}

static void choice_submit(struct face *f, struct form *form)
{
	char what[NAME_MAX_BYTES];	/* the form may be gone before we have done with it */

	snprintf(what, sizeof what, "%s", field_text(&form->v[0]));
	if (import_stray(f, form, what))
		return;
	if (strcmp(what, "practice") == 0) {
		start_practice(f, form);
	} else if (strcmp(what, "key") == 0) {
		paste_key(f);
	} else if (strcmp(what, "test") == 0) {
		test_again(f, form);
	} else {
		leave_choice(f, form);
		if (strcmp(what, "goal") == 0)
			face_open_goal_form(f);
	}
}

static void add_strays(struct field *fl)
{
	size_t i;

	for (i = 0; i < LENGTH(stray_keys); i++)
		if (env_has_stray(stray_keys[i].name))
			field_add_choice(fl, stray_keys[i].name, _("take it from your environment, and test it"));
}

static void open_choice(struct face *f, struct form *form)
{
	form->submit = choice_submit;
	form->cancel = leave_choice;
	face_form(f, form);
}

static void ask_start(struct face *f)
{
	struct form *form = form_new(_("Your office is ready"));
	struct field *fl;

	snprintf(form->fact, sizeof form->fact, _("It lies in %s. In the console ? explains the keys, and : takes any verb; `claviger doctor` looks whether all is well."),
	    f->desk != NULL ? desk_folder(f->desk) : "");
	form->intro[0] = form->fact;
	form->intro[1] = _("What first?");
	fl = form_add_choice(form, _("Begin with"), _("up, down; Enter takes it"));
	add_strays(fl);
	field_add_choice(fl, "key", _("paste a key of Anthropic, OpenAI or Bedrock"));
	if (f->o->practice != NULL)
		field_add_choice(fl, "practice", _("a practice goal: no key and no cost"));
	field_add_choice(fl, "look", _("look around"));
	open_choice(f, form);
}

/* "Key main works: 18 models": their names are many, and `claviger key models` has them. */
static void say_briefly(const char *text, char out[TITLE_MAX_BYTES])
{
	const char *end = strchr(text, ':');

	end = end != NULL ? strchr(end + 1, ':') : NULL;
	snprintf(out, TITLE_MAX_BYTES, "%.*s", end != NULL && end - text < TITLE_MAX_BYTES ? (int)(end - text) : TITLE_MAX_BYTES - 1, text);
	if (out[0] >= 'a' && out[0] <= 'z')
		out[0] = (char)(out[0] - 'a' + 'A');
}

/* With a key that answers, real work comes next, and practice is offered no more. */
static void ask_next(struct face *f, const struct outcome *o)
{
	bool works = o->err.code == ERR_OK;
	struct form *form = form_new(works ? _("Your key is in the vault, and it works") : _("Your key is in the vault"));
	struct field *fl;
	int i;

	for (i = 0; i < f->snap.keys_n; i++)
		if (f->snap.keys[i].id == o->id)
			snprintf(form->name, sizeof form->name, "%s", f->snap.keys[i].label);
	if (works) {
		say_briefly(o->text, form->fact);
		form->intro[0] = form->fact;
		form->intro[1] = _("What a call may cost is held free under your cap before it is made.");
	} else {
		form->intro[0] = _("It is sealed, but its test did not go through. In the console 4 shows your keys; t tests one, r replaces it.");
	}
	fl = form_add_choice(form, _("Go on with"), _("up, down; Enter takes it"));
	if (works)
		field_add_choice(fl, "goal", _("give the office its first goal"));
	else
		form_say_err(form, &o->err);
	if (!works && form->name[0] != '\0')
		field_add_choice(fl, "test", _("test it once more"));
	add_strays(fl);
	field_add_choice(fl, "key", _("paste another key"));
	if (!works && f->o->practice != NULL)
		field_add_choice(fl, "practice", _("a practice goal: no key and no cost"));
	field_add_choice(fl, "look", _("look around"));
	open_choice(f, form);
}

/* The vault opened for the first time: set the cap, then ask what comes first. */
static void opened(struct face *f, struct form *form, const struct outcome *o)
{
	struct op op = {.kind = OP_CAP_SET};
	bool has_cap = pico_parse(slice_of(form->v[AT_CAP].text), &op.cap.limit_pd, NULL) == ERR_OK && op.cap.limit_pd > 0;

	if (o->err.code != ERR_OK) {
		form_say_err(form, &o->err);
		return;
	}
	face_close(f);
	op.cap.scope = SCOPE_WORKSPACE;
	op.cap.window = WINDOW_DAY;
	op.cap.warn_percent = 80;
	if (has_cap)
		face_ask(f, &op, NULL);
	ask_start(f);
}

/* --- making it ------------------------------------------------------------------- */

static bool same_secret(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

static bool fields_are_fine(struct form *form)
{
	struct secret *pass = form->v[AT_PASS].secret.value, *again = form->v[AT_AGAIN].secret.value;
	const char *cap = form->v[AT_CAP].text;
	int64_t pd;

	if (form->v[AT_NAME].len == 0) {
		form->at = AT_NAME;
		snprintf(form->problem, sizeof form->problem, "%s", _("Give the workspace a name."));
	} else if (pass->len < 8) {
		form->at = AT_PASS;
		snprintf(form->problem, sizeof form->problem, "%s", _("That is short. Eight characters at least; a sentence is better."));
	} else if (!same_secret(pass, again)) {
		form->at = AT_AGAIN;
		secret_field_clear(&form->v[AT_AGAIN].secret);
		snprintf(form->problem, sizeof form->problem, "%s", _("The two are not the same: type the second again."));
	} else if (cap[0] != '\0' && pico_parse(slice_of(cap), &pd, NULL) != ERR_OK) {
		form->at = AT_CAP;
		snprintf(form->problem, sizeof form->problem, "%s", _("A cap is an amount in dollars, like 5."));
	} else {
		return true;
	}
	return false;
}

static void make_submit(struct face *f, struct form *form)
{
	struct workspace_wish w = {.name = field_text(&form->v[AT_NAME]), .template_name = field_text(&form->v[AT_TEMPLATE])};
	struct desk_options o = f->o->desk != NULL ? *f->o->desk : (struct desk_options){0};
	struct op unlock = {.kind = OP_UNLOCK};
	struct secret *pass;
	struct err e = {0};

	if (!fields_are_fine(form))
		return;
	form->is_busy = true;
	form->busy_words = _("Making the workspace and its vault.");
	face_redraw(f);
	if (f->hands.show_now != NULL)
		f->hands.show_now(f->hands.user);
	form->is_busy = false;
	pass = secret_field_take(&form->v[AT_PASS].secret);
	o.workspace = w.name;
	if (desk_create(&o, &w, pass, &e) != ERR_OK || desk_open(&f->desk, &o, &e) != ERR_OK) {
		form_say_err(form, &e);
		secret_field_clear(&form->v[AT_AGAIN].secret);
		form->at = AT_PASS;
		return;
	}
	form->awaits = OP_UNLOCK;
	form->outcome = opened;
	form->cancel = NULL;
	form->is_busy = face_ask(f, &unlock, secret_field_take(&form->v[AT_AGAIN].secret));
	face_refresh(f);
}

void face_first_run(struct face *f)
{
	struct form *form = form_new(_("Welcome to Claviger"));
	struct field *fl;

	form->intro[0] = _("A small office of AI agents on your own keys. Nothing leaves it without your word, and every cent is counted.");
	form->intro[1] = _("The passphrase seals your vendor keys. Nobody can reset it: if it is lost, the keys in here are lost too, and are pasted again; books and transcripts stay readable.");
	form_add_text(form, _("Workspace"), _("one for each company"), "office");
	fl = form_add_choice(form, _("Team"), _("up and down choose"));
	add_templates(f, fl);
	fl = form_add_secret(form, _("Passphrase"), _("nobody can reset it"), true);
	fl->rates_strength = true;
	form_add_secret(form, _("The same again"), NULL, true);
	form_add_text(form, _("Cap in dollars a day"), _("held before each call; change it any time"), "5");
	form->submit = make_submit;
	form->cancel = quit_first_run;
	face_form(f, form);
}
