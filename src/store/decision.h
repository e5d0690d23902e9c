/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decision.h - what firings need of decisions. For this room only. */
#ifndef STORE_DECISION_H
#define STORE_DECISION_H

#include "store/approval.h"

/* What the journal holds of a decision: its bytes and its MAC. */
struct hash decision_hash(const struct store *s, const struct decision *d);

#endif
