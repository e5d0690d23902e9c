/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Request rows: what other processes, or this one, ask of the worker. Each is
 * taken once and gets exactly one outcome. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/clock.h"
#include "base/memory.h"
#include "model/key.h"
#include "model/request.h"
#include "store/incident.h"
#include "store/key.h"
#include "store/request.h"
#include "store/store.h"
#include "store/task.h"
#include "worker/keys.h"
#include "worker/turn.h"

#define MODELS_SHOWN 12

/* A request that waits for a vendor. */
struct request_in_hand {
	struct request_in_hand *next;
	struct worker *w;
	struct request r;
	struct key key;
	const struct vendor *v;
	struct transfer *transfer;
	struct answer answer;
	int status;
	/* the models it may use */
	int models_n;
	char names[512];
};

static void end(struct worker *w, int64_t id, enum err_code code, const char *answer)
{
	err_ignore(request_end(w->h.store, id, w->epoch, code, answer, clock_now_us(), NULL));
	w->look = true;
	worker_tell(w);
}

static void drop(struct request_in_hand *x)
{
	struct request_in_hand **at;

	for (at = &x->w->asked; *at != x; at = &(*at)->next)
		continue;
	*at = x->next;
	answer_release(&x->answer);
	free(x);
}

/* --- a key's free test ----------------------------------------------------------- */

static void key_says(struct request_in_hand *x, enum key_state to, const char *why)
{
	if (!keys_note(&x->w->h, &x->key, to, why))
		return;
	if (to == KEY_REVOKED)
		x->w->key_died = x->w->look = true;
	if (to == KEY_ACTIVE) {
		turn_drop_old_seals(x->w, x->key.id);
		err_ignore(incident_close(x->w->h.store, "failover", x->key.label, "works again", "its test", clock_now_us(), NULL));
		err_ignore(worker_wake_tasks(&x->w->h, ON_KEY, NULL));
	}
}

static void on_model(void *user, const struct listed_model *m)
{
	struct request_in_hand *x = user;
	size_t used = strlen(x->names);
	char id[RULES_MODEL];

	vendor_token(slice_of(m->id), id, sizeof id);
	if (x->models_n < MODELS_SHOWN && used + strlen(id) + 3 < sizeof x->names)
		snprintf(x->names + used, sizeof x->names - used, "%s%s", used > 0 ? ", " : "", id);
	x->models_n++;
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct request_in_hand *x = user;

	x->status = status;
	log_line(LOG_DEBUG, "request %lld: key %lld version %d, http %d", (long long)x->r.id, (long long)x->key.id, x->key.version, status);
	answer_keep(&x->answer, h, n);
	buf_init(&x->answer.body, 4 << 20);
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct request_in_hand *x = user;

	buf_add(&x->answer.body, p, n);
	return x->answer.body.over ? err_set(e, ERR_LIMIT, "the list of models is too long") : ERR_OK;
}

static enum err_code ask_models(struct request_in_hand *x, struct err *e);

/* False: it is asked again, with a signature by the vendor's clock. */
static bool judge(struct request_in_hand *x)
{
	char next[RULES_MODEL], answer[900];
	struct vendor_error v;
	struct err e = {0};

	if (x->status == 200 && x->v->parse_models(buf_slice(&x->answer.body), on_model, x, next, &e) == ERR_OK) {
		key_says(x, KEY_ACTIVE, "");
		snprintf(answer, sizeof answer, "key %s works: %d model%s%s: %s%s", x->key.label, x->models_n, x->models_n == 1 ? "" : "s",
		    next[0] != '\0' ? " and more" : "", x->names, x->models_n > MODELS_SHOWN ? " ..." : "");
		end(x->w, x->r.id, ERR_OK, answer);
		return true;
	}
	if (x->status == 200) {
		key_says(x, KEY_FAILING, "what answered is not the vendor's model list");
		end(x->w, x->r.id, ERR_NET, "what answered is not the vendor's model list: check the base URL");
		return true;
	}
	vendor_classify(x->v, x->status, x->answer.header, x->answer.header_n, buf_slice(&x->answer.body), clock_now_us(), &v);
	if (pace_correct(x->w, &v)) {
		answer_release(&x->answer);
		if (ask_models(x, &e) == ERR_OK)
			return false;
	}
	vendor_own_words(&v, answer, TITLE_MAX_BYTES);
	key_says(x, v.meaning == TROUBLE_BAD_KEY ? KEY_REVOKED : KEY_FAILING, answer);
	end(x->w, x->r.id, ERR_NET, answer);
	return true;
}

static void on_done(void *user, const struct transfer_end *t)
{
	struct request_in_hand *x = user;

	if (t->result == TRANSFER_WHOLE) {
		if (!judge(x))
			return;
	} else {
		/* the line's fault says nothing about the key: it stays what it was, but untested becomes failing */
		if (x->key.state == KEY_UNTESTED)
			key_says(x, KEY_FAILING, t->err.text);
		end(x->w, x->r.id, ERR_NET, t->err.text);
	}
	drop(x);
}

static enum err_code ask_models(struct request_in_hand *x, struct err *e)
{
	static const struct transfer_ops ops = {.head = on_head, .body = on_body, .done = on_done};
	struct worker *w = x->w;
	const struct transfer_limits limits = {.first_byte_us = 30 * US_PER_S, .silence_us = 20 * US_PER_S, .total_us = 60 * US_PER_S,
		.proxy = x->key.proxy, .ca_file = x->key.ca_file};
	struct wire_request req = {0};
	struct vendor_place at;
	struct header secret = {0};
	struct seal_name name;
	struct sealed *sealed = xmalloc(sizeof *sealed);
	enum err_code rc = vendor_place_make(x->v, x->key.base_url, x->key.region, &at, e);

	if (rc == ERR_OK) {
		x->v->list_models(&at, NULL, &req);
		rc = hands_sealed_key(&w->h, &x->key, sealed, &name, e);
	}
	if (rc == ERR_OK)
		rc = vault_authorise(w->h.vault, &name, sealed, x->key.host, &req, pace_clock(w), &secret, e);
	if (rc == ERR_OK)
		rc = transfer_start(w->transport, &req, &secret, &limits, &ops, x, &x->transfer, e);
	header_release(&secret);
	wire_request_release(&req);
	free(sealed);
	return rc;
}

/* What an admin key is asked is no list of models. */
static bool is_admins(struct worker *w, const struct request *r)
{
	struct key k;

	if (key_get(w->h.store, r->ref, &k, NULL) != ERR_OK || (k.kind != KEY_KIND_ADMIN && r->kind != REQUEST_STATEMENT))
		return false;
	fetch_start(w, r, &k);
	return true;
}

static void fetch_statement(struct worker *w, const struct request *r)
{
	if (!is_admins(w, r))
		end(w, r->id, ERR_MISSING, "the key is gone");
}

static void test_key(struct worker *w, const struct request *r)
{
	struct request_in_hand *x;
	struct err e = {0};
	enum err_code rc;

	if (is_admins(w, r))
		return;
	x = xcalloc(1, sizeof *x);
	rc = key_get(w->h.store, r->ref, &x->key, &e);

	x->w = w;
	x->r = *r;
	x->next = w->asked;
	w->asked = x;
	if (rc == ERR_OK && (x->v = vendor_find_api(x->key.vendor, key_api_names[x->key.api])) == NULL)
		rc = err_set(&e, ERR_USAGE, "keys of %s cannot be tested by this version", x->key.vendor);
	if (rc == ERR_OK)
		rc = ask_models(x, &e);
	if (rc != ERR_OK) {
		end(w, r->id, rc, e.text);
		drop(x);
	}
}

/* --- the table --------------------------------------------------------------------- */

static void panic(struct worker *w, const struct request *r)
{
	char answer[128];
	int n = worker_panic(w);

	snprintf(answer, sizeof answer, "stopped %d call%s; the vault is locked", n, n == 1 ? "" : "s");
	end(w, r->id, ERR_OK, answer);
}

static void lock_keys(struct worker *w, const struct request *r)
{
	work_stop_all(w, "the keys were locked");
	links_stop(w->links);
	hands_unlock(&w->h, NULL);
	end(w, r->id, ERR_OK, "the vault is locked");
}

static void stop_worker(struct worker *w, const struct request *r)
{
	end(w, r->id, ERR_OK, "stopping");
	err_ignore(worker_set_mode(w, WORKER_JOBS, 0, NULL));
}

static const struct {
	void (*serve)(struct worker *w, const struct request *r);
	bool needs_vault;
} table[REQUEST_KINDS] = {
	[REQUEST_KEY_TEST] = {test_key, true},
	[REQUEST_KEY_MODELS] = {test_key, true},
	[REQUEST_STATEMENT] = {fetch_statement, true},
	[REQUEST_PANIC] = {panic, false},
	[REQUEST_LOCK_KEYS] = {lock_keys, false},
	[REQUEST_STOP_WORKER] = {stop_worker, false},
};

void serve_tick(struct worker *w)
{
	struct request r;

	while (w->has_lease && request_next(w->h.store, w->epoch, clock_now_us(), &r, NULL) == ERR_OK) {
		if ((unsigned)r.kind >= REQUEST_KINDS || table[r.kind].serve == NULL)
			end(w, r.id, ERR_USAGE, "this worker does not serve such a request");
		else if (table[r.kind].needs_vault && w->h.vault == NULL)
			end(w, r.id, ERR_LOCKED, "the worker's vault is locked");
		else
			table[r.kind].serve(w, &r);
	}
}

bool serve_busy(const struct worker *w)
{
	return w->asked != NULL || fetch_busy(w);
}

void serve_free(struct worker *w)
{
	fetch_free(w);
	while (w->asked != NULL) {
		struct request_in_hand *x = w->asked;

		if (x->transfer != NULL)
			transfer_cancel(x->transfer, "the worker stops");
		else
			drop(x);
	}
}
