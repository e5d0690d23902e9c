/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations handed to the desk, what came of them, and the forms they start from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "console/face_state.h"
#include "console/view.h"
#include "money/pico.h"

/* What needs the vault open in this process. */
static bool needs_vault(enum op_kind k)
{
	switch (k) {
	case OP_APPROVE: case OP_REJECT: case OP_EDIT: case OP_RULE_ADD: case OP_UNDO: case OP_SETTLE: case OP_KEY_ADD: case OP_KEY_ROTATE: case OP_KEY_TEST: case OP_KEY_MODELS:
	case OP_KEY_RETIRE: case OP_KEY_REMOVE: case OP_CAP_SET: case OP_CAP_REMOVE: case OP_INCIDENT_RESOLVE: case OP_CONNECTOR_ADD: case OP_CONNECTOR_RELEASE:
	case OP_CONNECTOR_EFFECT: case OP_CONNECTOR_REMOVE: case OP_CONNECTOR_ANSWER: case OP_CONNECTOR_SECRET: case OP_PERSON_ADD: case OP_PERSON_REMOVE: case OP_PASSPHRASE: case OP_REKEY:
		return true;
	default:
		return false;
	}
}

/* The ticket; 0: it was refused here. */
static uint32_t ask(struct face *f, struct op *op, struct secret *secret)
{
	if (f->desk == NULL || f->o->read_only) {
		face_say(f, ROLE_HINT, _("This console only looks (--read-only)."));
		op_release(op);
		secret_free(secret);
		return 0;
	}
	if (needs_vault(op->kind) && !face_unlocked(f)) {
		op_release(op);
		secret_free(secret);
		face_unlock(f);
		return 0;
	}
	return desk_ask(f->desk, op, secret);
}

bool face_ask(struct face *f, struct op *op, struct secret *secret)
{
	struct asked a = {.kind = op->kind, .id = op->id};
	int i;

	a.ticket = ask(f, op, secret);
	for (i = 0; i < ASKED_MAX && a.ticket != 0; i++)
		if (f->asked[i].ticket == 0) {
			f->asked[i] = a;
			break;
		}
	return a.ticket != 0;
}

struct batch *face_batch(struct face *f)
{
	return &f->batch;
}

bool face_ask_one_of(struct face *f, struct batch_item *it, struct op *op)
{
	it->ticket = ask(f, op, NULL);
	if (it->ticket == 0)
		return false;
	f->batch.open++;
	return true;
}

/* --- outcomes --------------------------------------------------------------- */

static const struct { enum op_kind kind; const char *words; } done_words[] = {
	{OP_LOCK_KEYS, N_("The vault is closed: no calls, no decisions.")},
	{OP_PANIC, N_("All calls are stopped, the queue is frozen, the keys are locked.")},
	{OP_GOAL_ADD, N_("The office has its goal: G%lld.")},
	{OP_TASK_SAY, N_("Said. The agent reads it with its next turn.")},
	{OP_TASK_CANCEL, N_("T%lld is stopped.")},
	{OP_TASK_RETRY, N_("T%lld goes on from where it failed.")},
	{OP_TASK_PAUSE, N_("T%lld is paused.")},
	{OP_TASK_RESUME, N_("T%lld goes on.")},
	{OP_APPROVE, N_("A%lld is approved.")},
	{OP_REJECT, N_("A%lld is rejected; the agent gets your reason.")},
	{OP_ASK_CHANGES, N_("A%lld goes back to its agent, which proposes a new version.")},
	{OP_SETTLE, N_("A%lld is settled; its agent goes on.")},
	{OP_RULE_ADD, N_("Rule R%lld stands: what it covers goes out without asking, until a rejection ends it.")},
	{OP_EDIT, N_("A%lld has a new version: look at it.")},
	{OP_UNDO, N_("A%lld is taken back; it waits for you again.")},
	{OP_KEY_ROTATE, N_("The new key is in use; the old one serves what is in flight.")},
	{OP_KEY_RETIRE, N_("The key is retired.")},
	{OP_CAP_SET, N_("The cap is set.")},
};

static void say_done(struct face *f, const struct asked *a, const struct outcome *o)
{
	int64_t id = a->id != 0 ? a->id : o->id;
	char words[256];
	size_t i;

	if (o->kind == OP_GOAL_ADD && o->text[0] != '\0') {
		face_say(f, ROLE_NORMAL, _("The office has its goal G%lld: %s."), (long long)id, o->text);
		return;
	}
	if (o->text[0] != '\0') {
		face_say(f, ROLE_NORMAL, "%s", o->text);
		return;
	}
	for (i = 0; i < LENGTH(done_words); i++)
		if (done_words[i].kind == o->kind) {
			const char *format = _(done_words[i].words), *at = strstr(format, "%lld");

			if (at != NULL)
				snprintf(words, sizeof words, "%.*s%lld%s", (int)(at - format), format, (long long)id, at + 4);
			else
				snprintf(words, sizeof words, "%s", format);
			face_say(f, ROLE_NORMAL, "%s", words);
			return;
		}
	if (o->kind != OP_UNLOCK && o->kind != OP_WORKER_START && o->kind != OP_WORKER_STOP)
		face_say(f, ROLE_NORMAL, "%s", _("Done."));
}

struct form *face_form_awaiting(struct face *f, enum op_kind kind)
{
	int i;

	for (i = f->layers_n - 1; i >= 0; i--)
		if (f->layers[i].ops == &form_view) {
			struct form *form = ((struct form_state *)f->layers[i].st)->form;

			if (form->is_busy && form->awaits == kind)
				return form;
		}
	return NULL;
}

/* Once the vault is open this console takes the work over, now or when the other worker goes. */
static void unlocked(struct face *f)
{
	struct op op = {.kind = OP_WORKER_START, .has_pause = true};

	f->screen_locked = false;
	f->was_unlocked = true;
	face_dirty_all(f);
	if (f->snap.worker != WORKER_OURS)
		face_ask(f, &op, NULL);
}

/* What was asked before the vault closed under it has no ticket and is not done either. */
static void say_batch(struct face *f)
{
	char words[sizeof f->said];

	batch_words(&f->batch, face_cols(f), words, sizeof words);
	face_say(f, batch_all_done(&f->batch) ? ROLE_NORMAL : ROLE_WAITING, "%s", words);
}

void face_outcome(struct face *f, const struct outcome *o)
{
	struct asked a = {.kind = o->kind};
	struct form *form = face_form_awaiting(f, o->kind);
	int i;

	if (batch_take(&f->batch, o)) {
		if (f->batch.open == 0)
			say_batch(f);
		return;
	}
	for (i = 0; i < ASKED_MAX; i++)
		if (f->asked[i].ticket == o->ticket && o->ticket != 0) {
			a = f->asked[i];
			f->asked[i] = (struct asked){0};
			break;
		}
	if (o->kind == OP_UNLOCK && o->err.code == ERR_OK)
		unlocked(f);
	if (o->kind == OP_WORKER_STOP && f->suspends_after_stop)
		f->wants_suspend = true;
	if (o->kind == OP_WORKER_START && o->err.code == ERR_CONFLICT)
		return;	/* somebody else works: the status line says so */
	if (form != NULL) {
		form->is_busy = false;
		face_top(f)->is_dirty = true;
		f->status_dirty = true;
		if (form->outcome != NULL) {
			form->outcome(f, form, o);
			return;
		}
		if (o->err.code != ERR_OK) {
			form_say_err(form, &o->err);
			return;
		}
		face_close(f);
	}
	if (o->err.code != ERR_OK)
		face_say_err(f, &o->err);
	else
		say_done(f, &a, o);
	if (o->err.code == ERR_OK && (o->kind == OP_APPROVE || o->kind == OP_REJECT || o->kind == OP_EDIT) && f->layers_n > 0 && face_top(f)->ops == &approval_view)
		face_close(f);
	if (o->json != NULL && o->kind == OP_KEY_MODELS)
		face_open_json(f, _("Models"), slice_of(o->json), NULL);
}

void face_outcomes(struct face *f)
{
	struct outcome o;

	while (f->desk != NULL && desk_outcome(f->desk, &o)) {
		face_outcome(f, &o);
		outcome_release(&o);
	}
}

/* --- prompts and forms -------------------------------------------------------- */

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

static void unlock_submit(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_UNLOCK};

	face_form_ask(f, form, &op, secret_field_take(&form->v[0].secret), _("Opening the vault."));
}

static void unlock_outcome(struct face *f, struct form *form, const struct outcome *o)
{
	if (o->err.code == ERR_OK) {
		face_close(f);
		face_say(f, ROLE_NORMAL, "%s", o->text[0] != '\0' ? o->text : _("Open. The keys are usable until you lock."));
		face_back(f);
	} else if (o->err.code == ERR_AUTH) {
		snprintf(form->problem, sizeof form->problem, "%s", _("That is not the passphrase. Try again, or Escape to look without it."));
	} else {
		form_say_err(form, &o->err);
	}
}

void face_unlock(struct face *f)
{
	char title[NAME_MAX_BYTES + 32];
	struct form *form;

	if (f->o->read_only || f->desk == NULL) {
		face_say(f, ROLE_HINT, _("This console only looks (--read-only)."));
		return;
	}
	snprintf(title, sizeof title, _("Unlock %s"), f->snap.workspace);
	form = form_new(title);
	form->intro[0] = f->snap.pending > 0 ? _("Decisions are signed with the vault's keys, and calls use the keys in it.") : _("The passphrase opens the vault with your vendor keys.");
	form_add_secret(form, _("Passphrase"), NULL, true);
	form->submit = unlock_submit;
	form->outcome = unlock_outcome;
	face_form(f, form);
}

/* Who starts the console means to type the passphrase: typed into the panes, its letters
 * would be keys, and might end in a goal's text. Escape looks around without it. */
void face_greet(struct face *f)
{
	if (f->desk != NULL && !f->o->read_only && !face_unlocked(f))
		face_unlock(f);
}

static void goal_submit(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_GOAL_ADD};
	const char *cap = field_text(&form->v[1]);
	struct err e;

	if (form->v[0].len == 0) {
		form->at = 0;
		snprintf(form->problem, sizeof form->problem, "%s", _("Say what you want done."));
		return;
	}
	if (cap[0] == '$')
		cap++;
	if (cap[0] != '\0' && (pico_parse(slice_of(cap), &op.money_pd, &e) != ERR_OK || op.money_pd <= 0)) {
		form->at = 1;
		snprintf(form->problem, sizeof form->problem, "%s", _("A cap is an amount in dollars, like 2.50."));
		return;
	}
	op.text = xstrdup(field_text(&form->v[0]));
	face_form_ask(f, form, &op, NULL, _("Handing it over."));
}

void face_open_goal_form(struct face *f)
{
	struct form *form = form_new(_("New goal"));

	form->intro[0] = _("The CEO agent makes a plan of it, and you approve the plan before work begins.");
	desk_exposure(f->desk, form->fact);
	form->intro[1] = form->fact;
	form_add_text(form, _("What do you want done?"), NULL, NULL);
	form_add_text(form, _("Cap in dollars"), _("its own limit; empty: the workspace's caps hold"), NULL);
	form->submit = goal_submit;
	face_form(f, form);
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

static void key_submit(struct face *f, struct form *form)
{
	bool rotates = form->name[0] != '\0';
	struct op op = {.kind = rotates ? OP_KEY_ROTATE : OP_KEY_ADD};
	const char *guess = secret_vendor(form->v[0].secret.value), *vendor = rotates ? "" : field_text(&form->v[1]);

	if (!rotates && strcmp(vendor, "guess") == 0) {
		if (guess == NULL) {
			form->at = 1;
			snprintf(form->problem, sizeof form->problem, "%s", _("Its beginning is of no vendor we know: choose one."));
			return;
		}
		vendor = guess;
	}
	snprintf(op.vendor, sizeof op.vendor, "%s", vendor);
	snprintf(op.name, sizeof op.name, "%s", rotates ? form->name : field_text(&form->v[2]));
	if (!rotates)
		snprintf(op.base_url, sizeof op.base_url, "%s", field_text(&form->v[3]));
	if (!rotates)
		snprintf(op.region, sizeof op.region, "%s", field_text(&form->v[4]));
	face_form_ask(f, form, &op, secret_field_take(&form->v[0].secret), _("Sealing it, and testing it with a free call."));
}

static void key_outcome(struct face *f, struct form *form, const struct outcome *o)
{
	if (o->err.code != ERR_OK && o->id != 0 && (o->kind == OP_KEY_ADD || o->kind == OP_KEY_ROTATE)) {	/* it is in the vault: to paste it again would make a second one */
		face_close(f);
		face_say(f, ROLE_WAITING, _("It is sealed; its test did not go through: %s"), o->err.text);
		return;
	}
	if (o->err.code != ERR_OK) {
		form->at = 0;
		snprintf(form->problem, sizeof form->problem, "%s%s%s %s", o->err.text, o->err.mend[0] != '\0' ? ". " : "", o->err.mend, _("The field was wiped: paste it again."));
		return;
	}
	face_close(f);
	face_say(f, ROLE_NORMAL, "%s", o->text[0] != '\0' ? o->text : _("The key is sealed in the vault."));
}

struct form *face_open_key_form(struct face *f, const char *rotate_label)
{
	struct form *form;
	struct field *fl;

	if (!face_unlocked(f)) {
		face_unlock(f);
		return NULL;
	}
	if (rotate_label != NULL) {
		char title[NAME_MAX_BYTES + 32];

		snprintf(title, sizeof title, _("A new key for %s"), rotate_label);
		form = form_new(title);
		snprintf(form->name, sizeof form->name, "%s", rotate_label);
	} else {
		form = form_new(_("Add a vendor key"));
	}
	form->intro[0] = _("Paste it. It is sealed in the vault and never shown again, not even here.");
	fl = form_add_secret(form, _("Key"), NULL, false);
	fl->guesses_vendor = true;
	if (rotate_label == NULL) {
		fl = form_add_choice(form, _("Vendor"), _("up and down choose"));
		field_add_choice(fl, "guess", _("by how the key begins"));
		field_add_choice(fl, "anthropic", "api.anthropic.com");
		field_add_choice(fl, "openai", _("api.openai.com; a compatible server by its base URL"));
		field_add_choice(fl, "bedrock", _("Amazon Bedrock"));
		form_add_text(form, _("Label"), _("how you call it; empty: the vendor's name"), NULL);
		form_add_text(form, _("Base URL"), _("for a gateway or a compatible server; the key is bound to it"), NULL);
		form_add_text(form, _("Region"), _("Bedrock only, such as us-east-1"), NULL);
	}
	form->submit = key_submit;
	form->outcome = key_outcome;
	face_form(f, form);
	return form;
}

static void connector_secret_submit(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_CONNECTOR_SECRET};

	snprintf(op.name, sizeof op.name, "%s", form->name);
	snprintf(op.tool, sizeof op.tool, "%.60s", form->fact);
	face_form_ask(f, form, &op, secret_field_take(&form->v[0].secret), _("Sealing it."));
}

void face_open_connector_secret_form(struct face *f, const char *connector, const char *field)
{
	char title[NAME_MAX_BYTES * 2];
	struct form *form;

	if (!face_unlocked(f)) {
		face_unlock(f);
		return;
	}
	snprintf(title, sizeof title, _("The %s of %s"), field, connector);
	form = form_new(title);
	snprintf(form->name, sizeof form->name, "%s", connector);
	snprintf(form->fact, sizeof form->fact, "%s", field);	/* kept for submit, not shown */
	form->intro[0] = _("It is sealed in the vault, handed to the connector's server, and never shown again.");
	form_add_secret(form, _("Secret"), NULL, true);
	form->submit = connector_secret_submit;
	form->outcome = key_outcome;
	face_form(f, form);
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
	return NULL;
}
