/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_ask.h - what connectors' servers ask the person, put into the store so that
 * any console can answer; and the answers handed on.
 *
 * An answer is signed by the vault of who gave it. It is checked against that and
 * against the form once more before it leaves; what does not hold is a cancel. A
 * question waits for the setting question_within_s at most.
 *
 * Thread  worker only. */
#ifndef WORKER_LINK_ASK_H
#define WORKER_LINK_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "connector/connector.h"

struct hands;
struct asks;

struct asks *asks_new(struct hands *h);
void asks_free(struct asks *a);		/* the clients are gone, and with them the questions */

/* For a connector_asker. tool and task: of the call it is about; "" and 0 if that cannot be told. */
bool asks_put(struct asks *a, struct connector *client, const struct connector_question *q, const char *tool, int64_t task);
void asks_over(struct asks *a, const struct connector *client, uint64_t question, const char *why);

/* Something was committed: have persons answered? */
void asks_look(struct asks *a);
int64_t asks_deadline(const struct asks *a);		/* steady; INT64_MAX: none is open */
void asks_tick(struct asks *a, int64_t steady_us);	/* end those whose time is over */
/* The worker stops: nobody will hand on an answer. The servers are told, so that their calls end by themselves. */
void asks_cancel(struct asks *a, const char *why);

#endif
