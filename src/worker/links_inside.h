/* SPDX-License-Identifier: GPL-3.0-or-later */
/* links_inside.h - the table of connectors that run, from inside: links.c calls and
 * looks after them, links_open.c starts them. Only these two include it.
 *
 * Thread  worker only. */
#ifndef WORKER_LINKS_INSIDE_H
#define WORKER_LINKS_INSIDE_H

#include <stdbool.h>

#include "worker/links.h"

struct waiting {
	struct waiting *next;
	struct link_call call;
	char *tool, *args, *key;
	struct hash pin;
	link_done *done;
	void *user;
};

struct link {
	struct link *next;
	struct links *l;
	char name[NAME_MAX_BYTES];
	int64_t id;
	enum connector_type type;
	struct connector *client;
	struct hash mac, secret;	/* of the record, and of the sealed secret, that it was started with */
	unsigned seen;			/* generation of the listing that was compared */
	unsigned failures;
	bool was_started;		/* since it was last seen failing or stopped */
	bool is_remote;			/* then what carries for it sees to its tokens */
	bool wants_token;		/* it is started, or started anew, when its access token has come */
	int64_t not_before_us;		/* steady: backoff */
	struct waiting *waiting;
};

struct flying {
	struct flying *next;
	struct links *l;
	struct link *k;
	uint64_t id;
	char tool[NAME_MAX_BYTES];
	int64_t task;
	bool is_effect;			/* or a question about one: never cancelled from here */
	link_done *done;
	void *user;
};

struct links {
	struct hands *h;
	struct link *first;
	struct flying *flying;
	struct asks *asks;
	struct tokens *tokens;
	int in_flight;
};

/* The link of that name, running or on its way there; *out may be a link after an error too. */
MUST_USE enum err_code link_open(struct links *l, const char *name, struct link **out, struct err *e);
/* Its token has come, or will not: start it with that, once what it does has ended. */
void link_go_on(struct links *l, struct link *k);
/* Calls of it are under way. */
bool link_is_flying(const struct links *l, const struct link *k);
/* Give up on what waits for it. */
void link_fail_waiting(struct link *k, const char *why);

#endif
