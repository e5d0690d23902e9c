/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/approve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "console/face.h"
#include "console/words.h"
#include "desk/verb.h"

/* A decision names the bytes that were shown, not those that are there now. */
static void ask_approve(struct face *f, const struct shown_item *shown, bool typed_yes)
{
	struct op op = {.kind = OP_APPROVE, .id = shown->id, .hash = shown->hash, .has_hash = true, .typed_yes = typed_yes,
		.shown_ms = (face_steady_us(f) - shown->since_us) / US_PER_MS};

	face_ask(f, &op, NULL);
}

static void typed_yes_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct approval_row row = {.id = p->id, .version = p->version, .hash = p->hash};
	const struct shown_item *shown = decider_find(face_decider(f), &row);

	if (strcmp(text, "yes") != 0 || shown == NULL)
		face_say(f, ROLE_HINT, _("Not approved: the word was not yes."));
	else
		ask_approve(f, shown, true);
}

static void approve(struct face *f, const struct scene *sc, const struct approval_row *row, bool in_view)
{
	struct decider *d = face_decider(f);
	struct prompt_spec p = {.id = row->id, .version = row->version, .hash = row->hash, .no_paste = true, .done = typed_yes_done};

	switch (decider_may_approve(d, row, sc->steady_us)) {
	case MAY_NOT_PENDING:
		face_say(f, ROLE_HINT, _("A%lld is %s; there is nothing to approve."), (long long)row->id, words_approval_state(row->state));
		return;
	case MAY_NOT_NOW:
		face_say(f, ROLE_HINT, _("A%lld has only just come here. Look, then press the key again."), (long long)row->id);
		return;
	case MAY_NOT_UNSEEN:
		if (in_view) {
			face_say(f, ROLE_HINT, _("Not all of it has been on the screen. Space shows the next page."));
			return;
		}
		face_open_approval(f, row->id);
		decider_hold(d, sc->steady_us, face_delay_us(f));
		face_say(f, ROLE_HINT, _("Read it to its end, then y approves it."));
		return;
	case MAY_WITH_YES:
		if (!face_unlocked(f)) {
			face_unlock(f);
			return;
		}
		snprintf(p.label, sizeof p.label, _("%s A%lld: type yes, then Enter:"), words_effect(row), (long long)row->id);
		face_prompt(f, &p);
		return;
	case MAY:
		ask_approve(f, decider_find(d, row), false);
		return;
	}
}

static void changes_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct op op = {.kind = OP_ASK_CHANGES, .id = p->id, .hash = p->hash, .has_hash = true, .text = xstrdup(text)};

	face_ask(f, &op, NULL);
}

static void reject_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct op op = {.kind = OP_REJECT, .id = p->id, .hash = p->hash, .has_hash = true, .text = xstrdup(text)};

	face_ask(f, &op, NULL);
}

/* Either goes back to the agent with words; only one of them ends it. */
static void send_back(struct face *f, const struct scene *sc, const struct approval_row *row, bool changes)
{
	struct prompt_spec p = {.id = row->id, .version = row->version, .hash = row->hash, .done = changes ? changes_done : reject_done};

	switch (decider_may_reject(face_decider(f), row, sc->steady_us)) {
	case MAY_NOT_PENDING:
		face_say(f, ROLE_HINT, _("A%lld is %s; there is nothing to send back."), (long long)row->id, words_approval_state(row->state));
		return;
	case MAY_NOT_NOW:
		face_say(f, ROLE_HINT, _("A%lld has only just come here. Look, then press the key again."), (long long)row->id);
		return;
	default:
		if (changes && row->kind != APPROVAL_ACTION && row->kind != APPROVAL_PLAN) {
			face_say(f, ROLE_HINT, _("A%lld is about a limit: y or n."), (long long)row->id);
			return;
		}
		if (!face_unlocked(f)) {
			face_unlock(f);
			return;
		}
		snprintf(p.label, sizeof p.label, changes ? _("Changes to A%lld: what? (the agent reads it)") : _("Reject A%lld. Why? (the agent reads it)"),
			(long long)row->id);
		face_prompt(f, &p);
		return;
	}
}

static void edit(struct face *f, const struct scene *sc, const struct approval_row *row)
{
	const struct snapshot *s = sc->s;
	struct op op = {.kind = OP_EDIT, .id = row->id, .hash = row->hash, .has_hash = true};
	char *out = NULL;
	struct buf text;
	struct err e;
	int i;

	if (s->detail.id != row->id || s->raw.n == 0) {
		face_open_approval(f, row->id);
		face_say(f, ROLE_HINT, _("Press e again to edit what you see here."));
		return;
	}
	if (row->state != APPROVAL_PENDING || !face_unlocked(f)) {
		if (row->state == APPROVAL_PENDING)
			face_unlock(f);
		return;
	}
	buf_init(&text, 0);
	for (i = 0; i < s->raw.n; i++)
		buf_addf(&text, "%s%s", s->raw.v[i].text, i < s->raw.n - 1 ? "\n" : "");
	if (face_edit(f, buf_text(&text), &out, &e) != ERR_OK) {
		face_say_err(f, &e);
	} else if (out == NULL) {
		face_say(f, ROLE_HINT, _("Nothing was changed."));
	} else {
		op.text = out;
		face_ask(f, &op, NULL);
	}
	buf_release(&text);
}

/* --- standing rules ------------------------------------------------------------- */

/* The scope is read as the options of `rule add`, so that there is one way to say it. */
static void rule_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	char *argv[24] = {NULL}, *copy;
	struct verb_words w;
	struct op op = {0};
	struct err e;
	int argc = 0;

	if (text[strspn(text, " ")] == '\0') {
		face_say(f, ROLE_HINT, _("No rule was made."));
		return;
	}
	copy = xasprintf("rule add --agent A --tool C.T %s", text);
	if (verb_split(copy, argv, (int)LENGTH(argv), &argc, &e) != ERR_OK || verb_parse(argc, argv, &w, &e) != ERR_OK || verb_rule_scope(&w, &op, &e) != ERR_OK) {
		face_say_err(f, &e);
		op_release(&op);
	} else {
		snprintf(op.name, sizeof op.name, "%s", p->name);
		snprintf(op.connector, sizeof op.connector, "%s", p->connector);
		snprintf(op.tool, sizeof op.tool, "%s", p->tool);
		face_ask(f, &op, NULL);
	}
	free(copy);
}

static void rule(struct face *f, const struct scene *sc, const struct approval_row *row)
{
	struct prompt_spec p = {.id = row->id, .no_paste = true, .preset = "--uses 20 --until 7d --when ", .done = rule_done};

	if (decider_may_reject(face_decider(f), row, sc->steady_us) == MAY_NOT_NOW) {
		face_say(f, ROLE_HINT, _("A%lld has only just come here. Look, then press the key again."), (long long)row->id);
	} else if (row->kind != APPROVAL_ACTION) {
		face_say(f, ROLE_HINT, _("A plan is looked at each time; there are no rules for it."));
	} else if (row->effect == EFFECT_DESTROY) {
		face_say(f, ROLE_WAITING, _("What destroys is decided one by one; there are no rules for it."));
	} else if (!face_unlocked(f)) {
		face_unlock(f);
	} else {
		snprintf(p.name, sizeof p.name, "%s", row->agent);
		snprintf(p.connector, sizeof p.connector, "%s", row->connector);
		snprintf(p.tool, sizeof p.tool, "%s", row->tool);
		snprintf(p.label, sizeof p.label, _("Rule for %.20s, %.40s:"), row->agent, row->tool);
		face_prompt(f, &p);
	}
}

static bool can_take_back(const struct approval_row *r)
{
	return r->state == APPROVAL_HOLDING || r->state == APPROVAL_APPROVED;
}

static void undo(struct face *f, const struct scene *sc, const struct approval_row *row)
{
	const struct approval_row *last = can_take_back(row) ? row : NULL;
	struct op op = {.kind = OP_UNDO};
	int i;

	for (i = 0; last == NULL && i < sc->s->approvals_n; i++)
		if (can_take_back(&sc->s->approvals[i]))
			last = &sc->s->approvals[i];
	if (last == NULL) {
		face_say(f, ROLE_HINT, _("Nothing is on its way out that could be taken back."));
		return;
	}
	op.id = last->id;
	face_ask(f, &op, NULL);
}

/* Keys that are dead stay dead while they go on coming: a key held down never
 * lives to see the delay over. */
static void keep_dead(struct face *f, const struct scene *sc, enum action a)
{
	struct decider *d = face_decider(f);

	if ((a == ACT_APPROVE || a == ACT_REJECT || a == ACT_CHANGES || a == ACT_RULE || a == ACT_SETTLE) && (sc->steady_us < d->armed_at_us || face_in_burst(f)))
		decider_hold(d, sc->steady_us, face_delay_us(f));
}

bool approve_act(struct face *f, const struct scene *sc, const struct approval_row *row, bool in_view, enum action a)
{
	keep_dead(f, sc, a);
	switch (a) {
	case ACT_APPROVE: approve(f, sc, row, in_view); return true;
	case ACT_REJECT: send_back(f, sc, row, false); return true;
	case ACT_CHANGES: send_back(f, sc, row, true); return true;
	case ACT_EDIT: edit(f, sc, row); return true;
	case ACT_RULE: rule(f, sc, row); return true;
	case ACT_UNDO: undo(f, sc, row); return true;
	case ACT_SETTLE: settle_ask(f, sc, row, in_view); return true;
	default: return false;
	}
}

bool approve_offers(const struct approval_row *row, enum action a)
{
	bool is_open = row->state == APPROVAL_PENDING;

	switch (a) {
	case ACT_APPROVE: case ACT_REJECT: case ACT_CHANGES: case ACT_LATER: return is_open;
	case ACT_RULE: return is_open && row->kind == APPROVAL_ACTION;
	case ACT_EDIT: return is_open || row->state == APPROVAL_FAILED;
	case ACT_UNDO: return row->state == APPROVAL_APPROVED || row->state == APPROVAL_HOLDING;
	case ACT_SETTLE: return row->state == APPROVAL_UNKNOWN;
	default: return true;
	}
}

/* --- several at once --------------------------------------------------------------- */

/* What both ask first. */
static bool may_several(struct face *f, const struct scene *sc, enum action a)
{
	keep_dead(f, sc, a);
	if (sc->steady_us < face_decider(f)->armed_at_us)
		face_say(f, ROLE_HINT, _("Something has only just come here. Look, then press the key again."));
	else if (face_batch(f)->open > 0)
		face_say(f, ROLE_HINT, _("The last ones are still being decided."));
	else if (!face_unlocked(f))
		face_unlock(f);
	else
		return true;
	return false;
}

static void ask_approve_all(struct face *f, const struct scene *sc, const struct approval_row *const rows[], int n)
{
	struct batch *b = face_batch(f);
	int i;

	batch_of_approvals(b, OP_APPROVE, rows, n);
	for (i = 0; i < n; i++) {
		const struct shown_item *shown = decider_find(face_decider(f), rows[i]);
		struct op op = {.kind = OP_APPROVE, .id = shown->id, .hash = shown->hash, .has_hash = true, .shown_ms = (sc->steady_us - shown->since_us) / US_PER_MS};

		if (!face_ask_one_of(f, &b->v[i], &op))
			return;
	}
}

bool approve_several(struct face *f, const struct scene *sc, const struct approval_row *const rows[], int n)
{
	if (!may_several(f, sc, ACT_APPROVE))
		return false;
	switch (decider_several(face_decider(f), rows, n)) {
	case SEVERAL_MIXED:
		face_say(f, ROLE_WAITING, _("Together only what is of the same tool and effect."));
		return false;
	case SEVERAL_DESTROY:
		face_say(f, ROLE_WAITING, _("What destroys is decided one by one."));
		return false;
	case SEVERAL_TYPED:
		face_say(f, ROLE_WAITING, _("One of them asks for the word yes: decide that one by itself."));
		return false;
	case SEVERAL_UNSEEN:
		face_say(f, ROLE_WAITING, _("Not all of the marked ones have been shown whole yet: open each with Enter first."));
		return false;
	case SEVERAL_OK:
		break;
	}
	ask_approve_all(f, sc, rows, n);
	return true;
}

/* The batch was begun before the reason was typed: with the hashes of what was there then. */
static void reject_all_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct batch *b = face_batch(f);
	int i;

	(void)p;
	for (i = 0; i < b->n; i++) {
		struct op op = {.kind = OP_REJECT, .id = b->v[i].id, .hash = b->v[i].hash, .has_hash = true, .text = xstrdup(text)};

		if (!face_ask_one_of(f, &b->v[i], &op))
			return;
	}
}

void reject_several(struct face *f, const struct scene *sc, const struct approval_row *const rows[], int n)
{
	struct prompt_spec p = {.done = reject_all_done};
	char names[40];
	int i;

	if (!may_several(f, sc, ACT_REJECT))
		return;
	for (i = 0; i < n; i++)
		if (rows[i]->state != APPROVAL_PENDING) {
			face_say(f, ROLE_HINT, _("A%lld is %s; there is nothing to send back."), (long long)rows[i]->id, words_approval_state(rows[i]->state));
			return;
		}
	batch_of_approvals(face_batch(f), OP_REJECT, rows, n);
	batch_names(face_batch(f), false, (int)sizeof names / 2, names, sizeof names);
	snprintf(p.label, sizeof p.label, _("Reject %d: %s. Why? (the agents read it)"), n, names);
	face_prompt(f, &p);
}
