/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/verb_private.h"

#include "base/clock.h"

enum err_code verb_purge(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_time("--older-than", verb_value(w, "--older-than"), &op->until_us, e);

	op->kind = OP_PURGE;
	if (code != ERR_OK || op->until_us <= clock_now_us())
		return code;
	err_set(e, ERR_USAGE, "--older-than is a time to come");
	return err_mend(e, ERR_USAGE, "write how old, such as 90d, or a day that is past");
}
