/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A token is asked for in three steps: the lock is taken (or waited for), the grant is
 * read from the store, which another process may have changed meanwhile, and one request
 * goes to the token server. Its answer is gathered in locked memory and sealed there. */
#include "worker/link_token.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "vault/vault.h"
#include "wire/request.h"
#include "wire/retry.h"
#include "worker/hands.h"
#include "worker/link_secret.h"
#include "worker/private.h"
#include "worker/transport.h"

#define ANSWER_MAX ((size_t)32 << 10)	/* bytes; in locked memory */
#define LOCK_AGAIN_US (200 * US_PER_MS)
#define LOCK_US (60 * US_PER_S)		/* longer than another's request may take */
#define MARGIN_S 60			/* a token is not used that near to its end */

struct token {
	struct token *next;
	struct tokens *t;
	int64_t connector;
	char host[WIRE_HOST];
	struct hash line;		/* of the grant that it came of */
	struct sealed *access;		/* NULL: none */
	uint64_t serial;
	bool is_proven;			/* its server has taken it */
	int64_t until_us;		/* steady */

	bool is_asked;
	int lock;			/* -1: waits for it */
	int64_t asked_us, again_us;	/* steady: since when, and when to try the lock again */
	struct sealed *grant;		/* what it is asked for with */
	struct transfer *transfer;
	int status;
	char *body;
	size_t body_len;

	struct err fault;		/* how it went last */
	unsigned failures;
	int64_t not_before_us;
};

struct tokens {
	struct hands *h;
	struct token *first;
	struct token_wait *waits;
	uint64_t serial, round;
};

struct tokens *tokens_new(struct hands *h)
{
	struct tokens *t = xcalloc(1, sizeof *t);

	t->h = h;
	return t;
}

static struct token *find(const struct tokens *t, int64_t connector)
{
	struct token *k = t->first;

	while (k != NULL && k->connector != connector)
		k = k->next;
	return k;
}

static void forget(struct token *k)
{
	free(k->access);
	k->access = NULL;
	k->is_proven = false;
}

/* --- who waits ---------------------------------------------------------------------- */

void tokens_wait(struct tokens *t, struct token_wait *w)
{
	w->round = t->round;
	w->next = t->waits;
	t->waits = w;
}

void tokens_unwait(struct tokens *t, const struct token_wait *w)
{
	struct token_wait **at;

	for (at = &t->waits; *at != NULL; at = &(*at)->next)
		if (*at == w) {
			*at = w->next;
			return;
		}
}

/* Any of them may end others, or wait anew: for that the round is. */
static void tell(struct tokens *t, int64_t connector)
{
	uint64_t round = ++t->round;
	struct token_wait *w;

	do {
		for (w = t->waits; w != NULL && (w->connector != connector || w->round == round); w = w->next)
			;
		if (w != NULL) {
			tokens_unwait(t, w);
			w->done(w->user);
		}
	} while (w != NULL);
}

/* --- asking ------------------------------------------------------------------------- */

static void settle(struct token *k, const struct err *fault)
{
	k->is_asked = false;
	k->transfer = NULL;
	fd_close(&k->lock);
	free(k->grant);
	k->grant = NULL;
	memory_secure_free(k->body, ANSWER_MAX);
	k->body = NULL;
	k->body_len = 0;
	k->fault = *fault;
	if (fault->code == ERR_OK)
		k->failures = 0;
	else
		k->not_before_us = clock_steady_us() + wire_backoff_us(k->failures++, 0);
	tell(k->t, k->connector);
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct token *k = user;

	(void)h, (void)n;
	k->status = status;
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct token *k = user;

	if (n > ANSWER_MAX - k->body_len)
		return err_set(e, ERR_LIMIT, "the token server's answer is too long");
	memcpy(k->body + k->body_len, p, n);
	k->body_len += n;
	return ERR_OK;
}

/* The answer sealed; a new refresh token is on the disk before anything is used. */
static enum err_code take(struct token *k, struct err *e)
{
	struct hands *h = k->t->h;
	struct vault_renewal *got = xmalloc(sizeof *got);
	struct seal_name grant = link_secret_name(h, k->connector), access = grant;
	int64_t lives_s;
	enum err_code rc;

	grant.host = access.host = k->host;
	access.kind = TOKEN_KIND;
	rc = vault_grant_renew(h->vault, &grant, k->grant, k->status, slice_make(k->body, k->body_len), &access,
	    k->host[0] != '\0' ? SEALED_BEARER : SEALED_CONNECTOR, got, e);
	if (rc == ERR_OK && got->has_grant)
		rc = link_secret_keep(h, k->connector, &got->grant, e);
	if (rc == ERR_OK) {
		forget(k);
		k->access = xmalloc(sizeof *k->access);
		*k->access = got->access;
		k->serial = ++k->t->serial;
		lives_s = got->lives_s - (got->lives_s / 4 < MARGIN_S ? got->lives_s / 4 : MARGIN_S);
		k->until_us = k->asked_us + lives_s * US_PER_S;
	}
	free(got);
	return rc;
}

static void on_done(void *user, const struct transfer_end *end)
{
	struct token *k = user;
	struct err e = {0};

	if (end->result != TRANSFER_WHOLE)
		err_set(&e, ERR_NET, "the token server gave no answer: %.120s", end->err.text);
	else if (take(k, &e) != ERR_OK && e.code == ERR_OK)
		err_set(&e, ERR_NET, "the token cannot be taken");
	settle(k, &e);
}

/* It goes out: the grant as it is stored now. */
static enum err_code send(struct token *k, struct err *e)
{
	static const struct transfer_ops ops = {on_head, on_body, on_done};
	static const struct transfer_limits limits = {.connect_us = 10 * US_PER_S, .first_byte_us = 30 * US_PER_S, .silence_us = 10 * US_PER_S, .total_us = 40 * US_PER_S};
	struct hands *h = k->t->h;
	struct seal_name name = link_secret_name(h, k->connector);
	struct wire_request req = {.broken = false};
	struct header secret = {.count = 0};
	struct hash mark;
	enum err_code rc = link_secret_stored(h, k->connector, &k->grant, &mark, e);

	name.host = k->host;
	if (rc == ERR_OK)
		rc = hands_need_vault(h, e);
	if (rc == ERR_OK)
		rc = vault_grant_line(h->vault, &name, k->grant, &k->line, e);
	if (rc == ERR_OK)
		rc = vault_grant_request(h->vault, &name, k->grant, &req, &secret, e);
	k->body = rc == ERR_OK ? memory_secure_alloc(ANSWER_MAX) : NULL;
	if (rc == ERR_OK && k->body == NULL)
		rc = err_set(e, ERR_LIMIT, "the memory for secrets is full");
	k->asked_us = clock_steady_us();
	if (rc == ERR_OK)
		rc = transfer_start(h->worker->transport, &req, &secret, &limits, &ops, k, &k->transfer, e);
	header_release(&secret);
	wire_request_release(&req);
	return rc;
}

/* ERR_CANCELLED: another process has the lock. */
static enum err_code lock(struct token *k, struct err *e)
{
	char *path = xasprintf("%s/.token-%lld", k->t->h->paths->connectors, (long long)k->connector);
	enum err_code rc = file_make_folders(k->t->h->paths->connectors, 0700, e);

	k->lock = rc == ERR_OK ? open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	if (rc == ERR_OK && k->lock < 0)
		rc = err_sys(e, ERR_IO, "the lock of a connector's grant cannot be opened");
	else if (rc == ERR_OK && flock(k->lock, LOCK_EX | LOCK_NB) != 0)
		rc = ERR_CANCELLED;
	if (rc != ERR_OK)
		fd_close(&k->lock);
	free(path);
	return rc;
}

static void go_on(struct token *k, int64_t steady_us)
{
	struct err e = {0};
	enum err_code rc = lock(k, &e);

	k->again_us = rc == ERR_CANCELLED ? steady_us + LOCK_AGAIN_US : INT64_MAX;
	if (rc == ERR_CANCELLED && steady_us - k->asked_us > LOCK_US)
		rc = err_set(&e, ERR_IO, "another process does not end its own asking for a token");
	if (rc == ERR_OK)
		rc = send(k, &e);
	if (rc != ERR_OK && rc != ERR_CANCELLED)
		settle(k, &e);
}

int64_t tokens_deadline(const struct tokens *t)
{
	const struct token *k;
	int64_t at = INT64_MAX;

	for (k = t->first; k != NULL; k = k->next)
		if (k->is_asked && k->transfer == NULL && k->again_us < at)
			at = k->again_us;
	return at;
}

void tokens_tick(struct tokens *t, int64_t steady_us)
{
	struct token *k;

	for (k = t->first; k != NULL; k = k->next)
		if (k->is_asked && k->transfer == NULL && k->again_us <= steady_us)
			go_on(k, steady_us);
}

/* --- what is there ---------------------------------------------------------------------- */

static struct token *add(struct tokens *t, int64_t connector, const char *host)
{
	struct token *k = xcalloc(1, sizeof *k);

	*k = (struct token){.next = t->first, .t = t, .connector = connector, .lock = -1, .again_us = INT64_MAX};
	snprintf(k->host, sizeof k->host, "%s", host);
	t->first = k;
	return k;
}

static enum err_code say_again(const struct token *k, struct err *e)
{
	err_set(e, k->fault.code, "%s", k->fault.text);
	return k->fault.code == ERR_AUTH ? err_mend(e, ERR_AUTH, "sign in again, and give the new grant: claviger connector secret NAME grant") : k->fault.code;
}

static enum err_code ask(struct token *k, struct err *e)
{
	int64_t now = clock_steady_us();

	k->is_asked = true;
	k->asked_us = now;
	k->status = 0;
	forget(k);
	go_on(k, now);
	return k->is_asked ? ERR_CANCELLED : say_again(k, e);
}

static enum err_code stored_line(struct tokens *t, int64_t connector, const char *host, bool *is_grant, struct hash *line, struct err *e)
{
	struct seal_name name = link_secret_name(t->h, connector);
	struct err own = {0};
	struct sealed *stored;
	struct hash mark;
	enum err_code rc = link_secret_stored(t->h, connector, &stored, &mark, &own);

	name.host = host;
	*is_grant = rc == ERR_OK && stored->kind == SEALED_GRANT;
	if (*is_grant)
		rc = hands_need_vault(t->h, &own);
	if (*is_grant && rc == ERR_OK)
		rc = vault_grant_line(t->h->vault, &name, stored, line, &own);
	free(stored);
	if (rc == ERR_MISSING)
		return ERR_OK;
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

enum err_code tokens_need(struct tokens *t, int64_t connector, const char *host, struct err *e)
{
	struct token *k = find(t, connector);
	struct hash line;
	bool is_grant;
	enum err_code rc;

	if (k != NULL && k->is_asked)
		return ERR_CANCELLED;
	rc = stored_line(t, connector, host, &is_grant, &line, e);
	if (rc != ERR_OK || !is_grant)
		return rc;
	if (k == NULL)
		k = add(t, connector, host);
	/* a person gave another: what came of the one before has nothing to say any more */
	if (!hash_same(&line, &k->line)) {
		forget(k);
		k->fault = (struct err){.code = ERR_OK};
		k->failures = 0;
		k->line = line;
	}
	if (k->access != NULL && k->access->generation == vault_generation(t->h->vault) && clock_steady_us() < k->until_us)
		return ERR_OK;
	if (k->fault.code == ERR_AUTH || (k->fault.code != ERR_OK && clock_steady_us() < k->not_before_us))
		return say_again(k, e);
	return ask(k, e);
}

bool tokens_is_asked(const struct tokens *t, int64_t connector)
{
	const struct token *k = find(t, connector);

	return k != NULL && k->is_asked;
}

const struct sealed *tokens_get(const struct tokens *t, int64_t connector)
{
	const struct token *k = find(t, connector);

	return k != NULL ? k->access : NULL;
}

struct hash tokens_mark(const struct tokens *t, int64_t connector)
{
	const struct token *k = find(t, connector);
	uint64_t serial = k != NULL ? k->serial : 0;

	return hash_slice(slice_make(&serial, sizeof serial));
}

/* The one that it is about is the one that is there. */
static struct token *find_marked(struct tokens *t, int64_t connector, const struct hash *mark)
{
	struct token *k = find(t, connector);
	struct hash its = tokens_mark(t, connector);

	return k != NULL && !k->is_asked && k->access != NULL && hash_same(&its, mark) ? k : NULL;
}

void tokens_taken(struct tokens *t, int64_t connector, const struct hash *mark)
{
	struct token *k = find_marked(t, connector, mark);

	if (k != NULL)
		k->is_proven = true;
}

bool tokens_refused(struct tokens *t, int64_t connector, const struct hash *mark)
{
	struct token *k = find_marked(t, connector, mark);
	bool again;

	if (k == NULL)
		return find(t, connector) != NULL;
	again = k->is_proven;
	if (!again) {
		err_set(&k->fault, ERR_NET, "the server does not take a token that was just renewed");
		k->not_before_us = clock_steady_us() + wire_backoff_us(k->failures++, 0);
	}
	forget(k);
	return again;
}

int tokens_in_flight(const struct tokens *t)
{
	const struct token *k;
	int n = 0;

	for (k = t->first; k != NULL; k = k->next)
		n += k->is_asked;
	return n;
}

void tokens_free(struct tokens *t)
{
	struct token *k, *next;

	if (t == NULL)
		return;
	for (k = t->first; k != NULL; k = next) {
		next = k->next;
		if (k->transfer != NULL)
			transfer_cancel(k->transfer, "the worker stops");
		fd_close(&k->lock);
		forget(k);
		free(k->grant);
		free(k);
	}
	free(t);
}
