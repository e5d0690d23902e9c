/* SPDX-License-Identifier: GPL-3.0-or-later */
/* approve.h - from a key to a decision, for the Approvals pane and the full view
 * opened from it. The only file that makes OP_APPROVE, OP_REJECT and OP_ASK_CHANGES. */
#ifndef CONSOLE_APPROVE_H
#define CONSOLE_APPROVE_H

#include "console/pane.h"
#include "console/sheet.h"

/* Decide about row. in_view: the full view of it is what the person looks at. */
bool approve_act(struct face *f, const struct scene *sc, const struct approval_row *row, bool in_view, enum action a);
/* Whether the key would come to anything for a row in that state. */
bool approve_offers(const struct approval_row *row, enum action a);
/* Approve all of these together, if rule 8 allows it. True: it is asked, and their marks have served. */
bool approve_several(struct face *f, const struct scene *sc, const struct approval_row *const rows[], int n);
/* Reject them with one reason, which is asked for. */
void reject_several(struct face *f, const struct scene *sc, const struct approval_row *const rows[], int n);

/* Ask what became of row, which nobody knows: its page first, then the form. */
void settle_ask(struct face *f, const struct scene *sc, const struct approval_row *row, bool in_view);

/* Write the snapshot's detail to a sheet; keep: the payload is the one it held before. */
void paper_write(struct sheet *sh, const struct scene *sc, bool keep);
void paper_write_raw(struct sheet *sh, const struct scene *sc);

/* The row under the mark of the pane with that state, and whether the person put
 * the mark there: for the delay of rule 3. */
const struct approval_row *approvals_under(const void *st, const struct snapshot *s, bool *by_person);

#endif
