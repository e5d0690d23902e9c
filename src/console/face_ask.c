/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations handed to the desk, and what came of them. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "console/face_state.h"
#include "console/view.h"

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
