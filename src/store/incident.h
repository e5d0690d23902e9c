/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - what a person should look at: a cap that tripped, a vendor that billed over the hold. */
#ifndef STORE_INCIDENT_H
#define STORE_INCIDENT_H

#include "model/incident.h"
#include "store/store.h"

/* One open incident per (kind, ref): a second one gives the first one's id. */
MUST_USE enum err_code incident_add(struct store *s, struct incident *i, struct err *e);
/* As above, but also when the first one is resolved: once and for all. */
MUST_USE enum err_code incident_add_once(struct store *s, struct incident *i, struct err *e);
MUST_USE enum err_code incident_get(struct store *s, int64_t id, struct incident *out, struct err *e);
MUST_USE enum err_code incident_list(struct store *s, bool open_only, struct incident *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code incident_resolve(struct store *s, int64_t id, const char *as, const char *who, int64_t now_us, struct err *e);
/* What is open of (kind, ref) has been taken care of. Nothing open is fine. */
MUST_USE enum err_code incident_close(struct store *s, const char *kind, const char *ref, const char *as, const char *who, int64_t now_us, struct err *e);

#endif
