/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From words to an operation on schedules. */
#include "desk/verb_private.h"

#include <string.h>

enum err_code verb_schedule_add(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *every = verb_value(w, "--every"), *at = verb_value(w, "--at"), *days = verb_value(w, "--days");
	enum err_code code = verb_copy(op->name, sizeof op->name, "--agent", verb_value(w, "--agent"), e);

	op->kind = OP_SCHEDULE_ADD;
	if (code == ERR_OK)
		code = verb_copy(op->every, sizeof op->every, "--every", every, e);
	if (code == ERR_OK && at != NULL)
		code = verb_copy(op->at, sizeof op->at, "--at", at, e);
	if (code == ERR_OK && days != NULL)
		code = verb_copy(op->days, sizeof op->days, "--days", days, e);
	if (code == ERR_OK)
		op->text = verb_text(w, 0);
	return code;
}

enum err_code verb_schedule_change(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = strcmp(w->verb->path, "schedule remove") == 0 ? OP_SCHEDULE_REMOVE : OP_SCHEDULE_SWITCH;
	op->pause = strcmp(w->verb->path, "schedule off") == 0;
	return verb_id(w, 0, 'S', &op->id, e);
}
