/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tier.h - which model a tier means for a vendor, where the person said other than models.json. */
#ifndef STORE_TIER_H
#define STORE_TIER_H

#include "model/task.h"
#include "store/store.h"

struct tier_row {
	char vendor[NAME_MAX_BYTES];
	enum tier tier;
	char model[MODEL_ID_BYTES];
};
/* model "" takes it back. */
MUST_USE enum err_code tier_set(struct store *s, const char *vendor, enum tier tier, const char *model, struct err *e);
MUST_USE enum err_code tier_get(struct store *s, const char *vendor, enum tier tier, char model[MODEL_ID_BYTES], struct err *e);	/* "" if none */
MUST_USE enum err_code tier_list(struct store *s, struct tier_row *rows, int limit, int *n, struct err *e);

#endif
