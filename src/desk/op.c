/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/op.h"

#include <stdlib.h>

void op_release(struct op *op)
{
	free(op->text);
	free(op->said);
	free(op->root);
	free(op->command);
	free(op->settings);
	free(op->tools);
	*op = (struct op){.kind = OP_NONE};
}

void outcome_release(struct outcome *o)
{
	free(o->json);
	*o = (struct outcome){.ticket = 0};
}
