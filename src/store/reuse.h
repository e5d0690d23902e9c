/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reuse.h - how soon an agent's calls follow each other, from the last of the ledger. */
#ifndef STORE_REUSE_H
#define STORE_REUSE_H

#include "money/cache_pays.h"
#include "store/store.h"

/* Over the agent's calls among the last 256 of all: those with a call of the same agent
 * after them (prefix: tools and system), and of the same task (history). What has no
 * call after it yet, and may still get one within the hour, is not counted. */
MUST_USE enum err_code calls_reuse(struct store *s, const char *agent, int64_t now_us, struct cache_reuse *prefix, struct cache_reuse *history, struct err *e);

#endif
