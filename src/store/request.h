/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - rows that ask the worker for something. Exactly one outcome each:
 * done or failed by who took it, or withdrawn by who asked. */
#ifndef STORE_REQUEST_H
#define STORE_REQUEST_H

#include "model/request.h"
#include "store/store.h"

/* args: see model/request.h; "" for most. */
MUST_USE enum err_code request_ask(struct store *s, enum request_kind kind, int64_t ref, const char *args, int64_t now_us, int64_t *id, struct err *e);
MUST_USE enum err_code request_get(struct store *s, int64_t id, struct request *out, struct err *e);
/* The oldest one asked is taken by this epoch; ERR_MISSING if there is none (a read only, no transaction). */
MUST_USE enum err_code request_next(struct store *s, int64_t epoch, int64_t now_us, struct request *out, struct err *e);
/* code ERR_OK: done; else failed. */
MUST_USE enum err_code request_end(struct store *s, int64_t id, int64_t epoch, enum err_code code, const char *answer, int64_t now_us, struct err *e);
/* ERR_CONFLICT if it was taken already: then wait for its outcome. */
MUST_USE enum err_code request_withdraw(struct store *s, int64_t id, int64_t now_us, struct err *e);

#endif
