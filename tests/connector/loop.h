/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - a poll loop round a connector, as the worker has it. For tests only. */
#ifndef TESTS_CONNECTOR_LOOP_H
#define TESTS_CONNECTOR_LOOP_H

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "connector/connector.h"

#define PATIENCE (20 * US_PER_S)

struct answer {
	int count;
	enum tool_result result;
	char text[4096], structured[2048];
	size_t text_len;
};

static inline void on_done(void *user, uint64_t call, const struct tool_outcome *o)
{
	struct answer *a = user;

	(void)call;
	a->count++;
	a->result = o->result;
	a->text_len = o->text.len;
	snprintf(a->text, sizeof a->text, "%.*s", (int)(o->text.len < sizeof a->text ? o->text.len : sizeof a->text - 1), o->text.len > 0 ? o->text.p : "");
	snprintf(a->structured, sizeof a->structured, "%.*s", (int)(o->structured.len < sizeof a->structured ? o->structured.len : sizeof a->structured - 1),
	    o->structured.len > 0 ? o->structured.p : "");
}

/* One turn of the loop. */
static inline void turn(struct connector *c)
{
	struct connector_fd fds[CONNECTOR_FDS];
	struct pollfd p[CONNECTOR_FDS];
	size_t n = connector_fds(c, fds), i;

	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){fds[i].fd, fds[i].events, 0};
	poll(p, (nfds_t)n, 5);
	for (i = 0; i < n; i++)
		if (p[i].revents != 0)
			connector_ready(c, p[i].fd, clock_steady_us());
	if (connector_deadline(c) <= clock_steady_us())
		connector_tick(c, clock_steady_us());
}

static inline void until_life(struct connector *c, enum connector_life wanted)
{
	int64_t end = clock_steady_us() + PATIENCE;

	while (connector_life(c) != wanted && clock_steady_us() < end)
		turn(c);
	if (connector_life(c) != wanted)
		fail_msg("it is %s (%s), not %s; its log: %.*s", connector_life_name(connector_life(c)), connector_reason(c), connector_life_name(wanted),
		    (int)connector_log(c).len, connector_log(c).len > 0 ? connector_log(c).p : "");
}

static inline void until_answer(struct connector *c, const struct answer *a)
{
	int64_t end = clock_steady_us() + PATIENCE;

	while (a->count == 0 && clock_steady_us() < end)
		turn(c);
	assert_int_equal(a->count, 1);
}

#endif
