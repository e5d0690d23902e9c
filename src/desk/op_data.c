/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Old content goes on demand. */
#include <stdio.h>

#include "base/clock.h"
#include "desk/job.h"
#include "store/purge.h"

enum err_code op_purge(struct hands *h, struct desk_job *j, struct err *e)
{
	struct purge_count n;
	bool done = true;
	enum err_code rc = store_purge(h->store, j->op.until_us, h->who, clock_now_us(), &n, e);

	/* what was taken out stays readable in the write-ahead log until that is cut */
	if (rc == ERR_OK)
		rc = store_checkpoint(h->store, CHECKPOINT_TRUNCATE, &done, e);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "purged: %lld entries of %lld tasks, %lld payloads, %lld receipts%s", (long long)n.entries, (long long)n.tasks,
		    (long long)n.payloads, (long long)n.receipts, done ? "" : " (another console holds the log open: they are gone for good when that ends)");
	return rc;
}
