/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_token.h - access tokens of connectors whose secret is a refresh grant (OAuth 2.0):
 * asked for when one is needed, kept sealed in memory, and for less than they last.
 *
 * Processes take turns at a grant, by a lock on a file: a server that gives another
 * refresh token each time takes a second use of the old one for theft. The new one is
 * stored before the access token that came with it is used.
 *
 * Thread  worker only.
 * Errors  ERR_AUTH: a person must sign in again; it stays so until they gave another
 *         grant. ERR_NET and the rest: it is asked for again later, after a wait that grows. */
#ifndef WORKER_LINK_TOKEN_H
#define WORKER_LINK_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"

struct hands;
struct sealed;
struct tokens;

struct tokens *tokens_new(struct hands *h);
void tokens_free(struct tokens *t);	/* before the transport */

/* ERR_OK: a token that lasts is there, or the connector's secret is no grant (or there is none).
 * ERR_CANCELLED: it has been asked for, come again. host: of the connector's server, "" for a child. */
MUST_USE enum err_code tokens_need(struct tokens *t, int64_t connector, const char *host, struct err *e);
bool tokens_is_asked(const struct tokens *t, int64_t connector);

/* Told once when what was asked for has come or has failed; from inside the transport or a
 * tick. In the caller's memory; tokens_unwait() it before that goes. */
struct token_wait {
	struct token_wait *next;
	int64_t connector;
	void (*done)(void *user);
	void *user;
	uint64_t round;
};
void tokens_wait(struct tokens *t, struct token_wait *w);
void tokens_unwait(struct tokens *t, const struct token_wait *w);	/* fine if it waits no more */

/* The sealed token (under kind TOKEN_KIND), or NULL. Borrowed until the next call of these. */
#define TOKEN_KIND "access"
const struct sealed *tokens_get(const struct tokens *t, int64_t connector);
/* Which one it is: changes with each. */
struct hash tokens_mark(const struct tokens *t, int64_t connector);

/* What the connector's server thinks of the one of that mark. Refused: true if another is
 * there or worth asking for, which it is once for each that the server took before. */
void tokens_taken(struct tokens *t, int64_t connector, const struct hash *mark);
bool tokens_refused(struct tokens *t, int64_t connector, const struct hash *mark);

int64_t tokens_deadline(const struct tokens *t);	/* steady; INT64_MAX: never */
void tokens_tick(struct tokens *t, int64_t steady_us);
int tokens_in_flight(const struct tokens *t);

#endif
