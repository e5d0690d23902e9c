/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap_raise.h - the question whether a limit that stopped the office may be raised, as
 * the payload of an approval. Pure.
 *
 * {"scope":"vendor:openai", "window":"day", "limit_usd":"0.5", "needed_usd":"0.6",
 *  "raise_to_usd":"1", "why":"..."}. A person may edit raise_to_usd.
 * Errors  ERR_PROTO or ERR_USAGE for bytes that are none. */
#ifndef OFFICE_CAP_RAISE_H
#define OFFICE_CAP_RAISE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "model/cap.h"

struct cap_raise {
	enum cap_scope scope;
	enum cap_window window;
	char ref[NAME_MAX_BYTES];
	int64_t limit_pd, need_pd, to_pd;
	char why[TITLE_MAX_BYTES];
};
struct preview;

/* Twice the limit, or what was needed, if that is more. */
int64_t cap_raise_usual(int64_t limit_pd, int64_t need_pd);
void cap_raise_write(const struct cap_raise *r, struct buf *out);
MUST_USE enum err_code cap_raise_parse(struct slice payload, struct cap_raise *out, struct err *e);
/* What the approval is about, as its target: behind the prefix the limit's name in incidents and the journal. */
#define CAP_RAISE_TARGET "cap "
void cap_raise_target(const struct cap_raise *r, char out[TITLE_MAX_BYTES]);
/* "raise the cap of $0.50 (vendor openai, day) to $1.00" */
void cap_raise_summary(struct slice payload, char out[TITLE_MAX_BYTES]);

#endif
