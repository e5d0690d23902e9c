/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of something that nobody knows the end of: asked after the page has
 * been looked at that says where to look. Nothing chosen settles nothing, and
 * whatever is said, it never goes out again. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "console/approve.h"
#include "console/face.h"
#include "console/form.h"
#include "console/words.h"

enum { AT_WHAT, AT_NOTE };

static void submit(struct face *f, struct form *form)
{
	struct op op = {.kind = OP_SETTLE, .id = form->id};
	const char *what = field_text(&form->v[AT_WHAT]), *note = field_text(&form->v[AT_NOTE]);

	if (strcmp(what, "open") == 0) {
		snprintf(form->problem, sizeof form->problem, "%s", _("Choose one of the two, or Esc leaves it open."));
		form->at = AT_WHAT;
		return;
	}
	if (face_in_burst(f)) {
		snprintf(form->problem, sizeof form->problem, "%s", _("Pasted text decides nothing here: press Enter by itself."));
		return;
	}
	op.fired = strcmp(what, "done") == 0;
	op.text = note[0] != '\0' ? xstrdup(note) : NULL;
	face_close(f);
	face_ask(f, &op, NULL);
}

static void open_form(struct face *f, const struct approval_row *row)
{
	char title[NAME_MAX_BYTES];
	struct form *form;
	struct field *fl;

	snprintf(title, sizeof title, _("What became of A%lld?"), (long long)row->id);
	form = form_new(title);
	form->id = row->id;
	snprintf(form->fact, sizeof form->fact, _("It was on its way to %.60s.%.60s, and no answer came. Look there first."), row->connector, row->tool);
	form->intro[0] = form->fact;
	form->intro[1] = _("It is not sent again, whatever you say; its agent is told, and goes on.");
	fl = form_add_choice(form, _("It is"), _("up and down choose"));
	field_add_choice(fl, "open", _("not known yet"));
	field_add_choice(fl, "done", _("it happened"));
	field_add_choice(fl, "not done", _("it did not happen"));
	form_add_text(form, _("Note"), _("what you found, and where; may be empty"), NULL);
	form->submit = submit;
	face_form(f, form);
}

void settle_ask(struct face *f, const struct scene *sc, const struct approval_row *row, bool in_view)
{
	if (row->state != APPROVAL_UNKNOWN) {
		face_say(f, ROLE_HINT, _("A%lld is %s: only what nobody knows the end of is settled."), (long long)row->id, words_approval_state(row->state));
	} else if (decider_may_settle(face_decider(f), row, sc->steady_us) != MAY) {
		face_say(f, ROLE_HINT, _("A%lld has only just come here. Look, then press the key again."), (long long)row->id);
	} else if (!in_view) {
		face_open_approval(f, row->id);
		decider_hold(face_decider(f), sc->steady_us, face_delay_us(f));
		face_say(f, ROLE_HINT, _("Look where it says, then the same key again."));
	} else if (!face_unlocked(f)) {
		face_unlock(f);
	} else {
		open_form(f, row);
	}
}
