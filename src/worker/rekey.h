/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rekey.h - a new root for the workspace: everything sealed is sealed again, what
 * is signed is signed again.
 *
 * Thread  the worker's, in a process that is not the worker. */
#ifndef WORKER_REKEY_H
#define WORKER_REKEY_H

#include "vault/vault.h"
#include "worker/hands.h"

struct rekeyed {
	int sealed, signed_again;
	int left;	/* records that this vault had not signed: they stay as worthless as they were */
};

/* One transaction. ERR_REFUSED while anything is approved, holding or firing;
 * ERR_AUTH if pass is not the open slot's. After a failure the old root stands, in
 * memory too, unless the database has the new one already: then h is locked, and
 * the next unlock puts the file in place. Only the open slot survives. */
MUST_USE enum err_code rekey(struct hands *h, struct vault_pass pass, int64_t now_us, struct rekeyed *out, struct err *e);

#endif
