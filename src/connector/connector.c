/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The child and its pipes. What is queued for it is counted in bytes from its
 * start; a call knows at which of them it begins, so that at any end it is known
 * whether a byte of it left us: not sent, or unknown. */
#include "connector/connector.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "connector/inside.h"

#define QUEUE_MAX ((size_t)16 << 20)	/* bytes a server may leave unread */
#define READ_MAX ((size_t)1 << 20)	/* bytes taken at once, so that one connector cannot hold the loop */
#define TERM_US (2 * US_PER_S)
#define KILL_US (4 * US_PER_S)
#define REAP_US (20 * US_PER_MS)
#define NO_CONFINEMENT 120		/* exit status of claviger-confine (confine/confine.h) */

const char *connector_life_name(enum connector_life life)
{
	static const char *const names[] = {"stopped", "starting", "running", "stopping", "failing"};

	return names[life];
}

const char *tool_result_name(enum tool_result r)
{
	static const char *const names[] = {"ok", "failed", "not_sent", "unknown", "asks"};

	return names[r];
}

/* --- writing ------------------------------------------------------------------------- */

void connector_flush(struct connector *c)
{
	while (c->out.len > 0 && c->child.in >= 0) {
		/* SIGPIPE is blocked in the worker thread. */
		ssize_t n = write(c->child.in, c->out.p, c->out.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			fd_close(&c->child.in);	/* it reads no more; its end shows on stdout */
		if (n <= 0)
			return;
		c->written += (uint64_t)n;
		buf_drop(&c->out, (size_t)n);
	}
}

void connector_queue(struct connector *c, const struct buf *message)
{
	if (c->carrier != NULL)
		remote_post(c, NULL, NULL, message);
	if (c->child.in < 0)
		return;
	buf_add(&c->out, message->p, message->len);
}

/* --- from new to free --------------------------------------------------------------------------- */

struct connector *connector_new(const char *name)
{
	struct connector *c = xcalloc(1, sizeof *c);

	c->name = xstrdup(name);
	c->child = SPAWN_NONE;
	buf_init(&c->out, QUEUE_MAX);
	buf_init(&c->log, 2 * CONNECTOR_LOG_MAX);
	return c;
}

const char *connector_name(const struct connector *c)
{
	return c->name;
}

enum connector_life connector_life(const struct connector *c)
{
	return c->life;
}

const char *connector_reason(const struct connector *c)
{
	return c->life == LIFE_FAILING ? c->reason : "";
}

bool connector_lacks_confinement(const struct connector *c)
{
	return c->life == LIFE_FAILING && c->lacks_confinement;
}

const char *connector_protocol(const struct connector *c)
{
	return c->protocol;
}

struct slice connector_log(const struct connector *c)
{
	size_t extra = c->log.len > CONNECTOR_LOG_MAX ? c->log.len - CONNECTOR_LOG_MAX : 0;

	return slice_make(c->log.p != NULL ? c->log.p + extra : NULL, c->log.len - extra);
}

/* The pipes go first, then whoever still holds the other ends. */
static void close_pipes(struct connector *c)
{
	fd_close(&c->child.in);
	fd_close(&c->child.out);
	fd_close(&c->child.err);
	buf_release(&c->out);
}

void connector_fail(struct connector *c, const char *why)
{
	size_t n = strlen(why);

	if (c->life == LIFE_FAILING || c->life == LIFE_STOPPED || c->life == LIFE_STOPPING)
		return;
	c->life = LIFE_FAILING;
	if (n >= sizeof c->reason)
		n = sizeof c->reason - 1;
	memmove(c->reason, why, n);
	c->reason[n] = '\0';
	spawn_signal(&c->child, SIGKILL);
	close_pipes(c);
	pending_end_all(c, "the connector failed before it answered");
	remote_drop(c, 0);
}

void connector_stop(struct connector *c, int64_t now_us)
{
	if (c->life == LIFE_FAILING) {
		c->life = LIFE_STOPPED;
		return;
	}
	if (c->life != LIFE_STARTING && c->life != LIFE_RUNNING)
		return;
	if (c->carrier != NULL) {
		c->life = LIFE_STOPPED;
		pending_end_all(c, "the connector was stopped before it answered");
		remote_drop(c, 0);
		return;
	}
	c->life = LIFE_STOPPING;
	c->stop_us = now_us;
	c->was_termed = c->was_killed = false;
	fd_close(&c->child.in);
	buf_release(&c->out);
	pending_end_all(c, "the connector was stopped before it answered");
}

void connector_free(struct connector *c)
{
	if (c == NULL)
		return;
	connector_stop(c, 0);
	if (c->carrier != NULL)
		c->carrier->gone(c->carrier_user);
	spawn_release(&c->child);
	jsonrpc_free(c->frames);
	tool_list_release(&c->tools);
	tool_list_release(&c->listing);
	buf_release(&c->out);
	buf_release(&c->log);
	free(c->pending);
	free(c->name);
	free(c);
}

/* --- the loop --------------------------------------------------------------------------- */

size_t connector_fds(const struct connector *c, struct connector_fd out[CONNECTOR_FDS])
{
	size_t n = 0;

	if (c->child.in >= 0 && c->out.len > 0)
		out[n++] = (struct connector_fd){c->child.in, POLLOUT};
	if (c->child.out >= 0)
		out[n++] = (struct connector_fd){c->child.out, POLLIN};
	if (c->child.err >= 0)
		out[n++] = (struct connector_fd){c->child.err, POLLIN};
	return n;
}

static void read_log(struct connector *c)
{
	char bytes[CONNECTOR_LOG_MAX];
	ssize_t n = read(c->child.err, bytes, sizeof bytes);

	if (n > 0) {
		if (c->log.len + (size_t)n > 2 * CONNECTOR_LOG_MAX)
			buf_drop(&c->log, c->log.len - (2 * CONNECTOR_LOG_MAX - (size_t)n));
		buf_add(&c->log, bytes, (size_t)n);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		fd_close(&c->child.err);
	}
}

/* Its stdout is closed: it ended, or it will not answer any more. */
static void on_end(struct connector *c)
{
	bool at_discover = c->pending_count > 0 && c->pending[0].asked == ASKED_DISCOVER;

	while (c->child.err >= 0 && c->log.len < CONNECTOR_LOG_MAX) {
		size_t before = c->log.len;

		read_log(c);
		if (c->log.len == before)
			break;
	}
	fd_close(&c->child.out);
	if (c->life == LIFE_STOPPING)
		return;
	/* Usually it is dead already; if not, it has nothing more to say. */
	if (!spawn_wait(&c->child, REAP_US)) {
		spawn_signal(&c->child, SIGKILL);
		spawn_wait(&c->child, REAP_US);
	}
	c->lacks_confinement = c->child.pid == 0 && WIFEXITED(c->child.status) && WEXITSTATUS(c->child.status) == NO_CONFINEMENT;
	c->died_at_discover = at_discover && !c->lacks_confinement;
	connector_fail(c, c->lacks_confinement ? "this kernel can confine nothing, and nobody accepted that" :
	                  c->life == LIFE_STARTING ? "it ended before it was ready" : "it ended");
}

static void read_answers(struct connector *c)
{
	char bytes[65536];
	size_t taken = 0;
	struct err e = {0};

	while (taken < READ_MAX && c->child.out >= 0) {
		ssize_t n = read(c->child.out, bytes, sizeof bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			on_end(c);
			return;
		}
		taken += (size_t)n;
		c->unasked += (size_t)n;
		if (c->life == LIFE_STOPPING)
			continue;	/* nobody listens */
		if (c->unasked > UNASKED_MAX) {
			connector_fail(c, "it talks without end and answers nothing");
			return;
		}
		if (jsonrpc_feed(c->frames, bytes, (size_t)n, &e) != ERR_OK) {
			connector_fail(c, e.code == ERR_LIMIT ? "it sent a message that is too long" : "it sent what is no JSON-RPC");
			return;
		}
	}
}

void connector_ready(struct connector *c, int fd, int64_t now_us)
{
	c->now_us = now_us;
	if (fd < 0)
		return;
	if (fd == c->child.err) {
		read_log(c);
		return;
	}
	if (fd == c->child.out)
		read_answers(c);
	if (c->life == LIFE_STARTING || c->life == LIFE_RUNNING) {
		connector_flush(c);
		if (c->out.over)
			connector_fail(c, "it does not read what it is sent");
	}
}

int64_t connector_deadline(const struct connector *c)
{
	int64_t at = INT64_MAX;
	size_t i;

	if (c->child.pid != 0 && (c->life == LIFE_FAILING || c->life == LIFE_STOPPED || (c->life == LIFE_STOPPING && c->child.out < 0)))
		return c->now_us + REAP_US;
	if (c->life == LIFE_STOPPING && c->child.pid == 0)
		return c->now_us;
	if (c->life == LIFE_STOPPING)
		return c->was_killed ? c->now_us + REAP_US : c->stop_us + (c->was_termed ? KILL_US : TERM_US);
	if (c->has_news && (c->life == LIFE_STARTING || c->life == LIFE_RUNNING))
		return c->now_us;
	for (i = 0; i < c->pending_count; i++)
		if (c->pending[i].until_us < at)
			at = c->pending[i].until_us;
	return at;
}

static void tick_stopping(struct connector *c)
{
	if (spawn_reap(&c->child)) {
		close_pipes(c);
		c->life = LIFE_STOPPED;
	} else if (!c->was_termed && c->now_us >= c->stop_us + TERM_US) {
		spawn_signal(&c->child, SIGTERM);
		c->was_termed = true;
	} else if (!c->was_killed && c->now_us >= c->stop_us + KILL_US) {
		spawn_signal(&c->child, SIGKILL);
		c->was_killed = true;
	}
}

void connector_tick(struct connector *c, int64_t now_us)
{
	size_t i;

	c->now_us = now_us;
	if (c->life == LIFE_STOPPING) {
		tick_stopping(c);
		return;
	}
	if (c->life == LIFE_FAILING || c->life == LIFE_STOPPED) {
		spawn_reap(&c->child);
		return;
	}
	remote_deliver(c);
	if (c->life != LIFE_STARTING && c->life != LIFE_RUNNING)
		return;
	for (i = 0; i < c->pending_count; i++)
		if (c->pending[i].until_us <= now_us) {
			talk_expired(c, i);
			i = (size_t)-1;	/* the list moved: look again */
			if (c->life != LIFE_STARTING && c->life != LIFE_RUNNING)
				return;
		}
	connector_flush(c);
}

/* --- tools and calls ------------------------------------------------------------------------ */

size_t connector_tool_count(const struct connector *c)
{
	return c->tools.count;
}

const struct connector_tool *connector_tool(const struct connector *c, size_t i)
{
	return i < c->tools.count ? &c->tools.tools[i] : NULL;
}

const struct connector_tool *connector_tool_find(const struct connector *c, const char *name)
{
	return tool_list_find(&c->tools, name);
}

unsigned connector_tools_generation(const struct connector *c)
{
	return c->generation;
}

enum err_code connector_call(struct connector *c, const struct connector_call *call, int64_t now_us, tool_done *done, void *user, uint64_t *id,
    struct err *e)
{
	const struct connector_tool *tool;
	struct pending *p;

	if (c->life != LIFE_RUNNING)
		return err_set(e, ERR_ILLEGAL, "the connector is not running");
	tool = connector_tool_find(c, call->tool);
	if (tool == NULL)
		return err_set(e, ERR_MISSING, "the connector offers no such tool");
	if (call->pin != NULL && !hash_same(call->pin, &tool->hash))
		return err_set(e, ERR_CONFLICT, "the tool's definition is not the one that was trusted");
	if (call->mode != CONNECTOR_CALL && !c->is_ours)
		return err_set(e, ERR_USAGE, "only connectors of this house can check and prove");
	if (call->args.len > CONNECTOR_MESSAGE_MAX / 2)
		return err_set(e, ERR_LIMIT, "the arguments are too long");
	if (c->pending_count >= CONNECTOR_CALLS_MAX)
		return err_set(e, ERR_LIMIT, "too many calls at once");
	c->now_us = now_us;
	p = talk_call(c, call);
	p->done = done;
	p->user = user;
	if (id != NULL)
		*id = (uint64_t)p->call;
	connector_flush(c);
	return ERR_OK;
}

void connector_cancel(struct connector *c, uint64_t id)
{
	struct pending *p = pending_of_call(c, (int64_t)id);
	struct tool_outcome o = {.result = TOOL_UNKNOWN, .text = slice_of("cancelled, or no answer within the time limit")};
	size_t at, len, i;
	int64_t wire_id;

	if (p == NULL)
		return;
	if (p->is_held) {
		o = (struct tool_outcome){.result = TOOL_FAILED, .text = slice_of("it asked for more first, and was given up: nothing was done")};
		pending_end(c, p, &o);
		return;
	}
	wire_id = p->id;
	if (c->carrier != NULL) {
		if (!p->left)
			o = (struct tool_outcome){.result = TOOL_NOT_SENT, .text = slice_of(c->trouble[0] != '\0' ? c->trouble : "cancelled before it left")};
		pending_end(c, p, &o);
		remote_drop(c, (uint64_t)wire_id);
		return;
	}
	if (c->written > p->starts_at) {
		talk_cancelled(c, p->id);
		pending_end(c, p, &o);
		connector_flush(c);
		return;
	}
	/* Nothing of it left: take it out of the queue, and it never will. */
	at = (size_t)(p->starts_at - c->written);
	len = (size_t)(p->ends_at - p->starts_at);
	if (at + len <= c->out.len) {
		memmove(c->out.p + at, c->out.p + at + len, c->out.len - at - len);
		c->out.len -= len;
		for (i = 0; i < c->pending_count; i++)
			if (c->pending[i].starts_at > p->starts_at) {
				c->pending[i].starts_at -= len;
				c->pending[i].ends_at -= len;
			}
	}
	o.result = TOOL_NOT_SENT;
	pending_end(c, p, &o);
}
