/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purge.h - take old content out: what agents and tools said, payloads, receipts.
 * Books, decisions, hashes and the journal stay, and so do the words a person reads
 * them by (goals, titles, summaries). */
#ifndef STORE_PURGE_H
#define STORE_PURGE_H

#include "store/store.h"

struct purge_count {
	int64_t tasks, entries, payloads, receipts;
};

/* Of tasks that ended and questions that were answered before before_us; what is
 * open, or whose outcome is not known, keeps its content. Journalled if there was
 * anything. Deleted text stays in the log until store_checkpoint(TRUNCATE). */
MUST_USE enum err_code store_purge(struct store *s, int64_t before_us, const char *who, int64_t now_us, struct purge_count *out, struct err *e);

/* How much content there is, and since when (0: none). */
struct content_count {
	int64_t entries, payloads, oldest_us;
};
MUST_USE enum err_code store_content(struct store *s, struct content_count *out, struct err *e);

#endif
