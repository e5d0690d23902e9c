/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tier_model.h - the model of a tier: what a person set for the wire or the vendor, else what models.json says.
 * Thread: any with a connection to the store. */
#ifndef WORKER_TIER_MODEL_H
#define WORKER_TIER_MODEL_H

#include "model/task.h"
#include "store/store.h"
#include "vendor/rules.h"
#include "vendor/vendor.h"

/* "" in out if there is none. *max_tokens: what one answer of it may have. */
void tier_model(struct store *s, const struct rules *rules, const struct vendor *v, enum tier tier, char out[MODEL_ID_BYTES], int64_t *max_tokens);

#endif
