/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms from which operations start: the passphrase, a goal, a key, a connector's secret. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "console/face_state.h"
#include "money/pico.h"

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
