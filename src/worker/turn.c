/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One model call: choose the key and the model, build the prompt, hold the
 * worst case, write `sent` down, send, feed the decoder, book.
 *
 * The order is the point. Nothing leaves before its hold is durable (I3), and
 * `sent` is durable before the first byte, so that a crash at any place leaves
 * either a hold that never left or a call that counts at its bound (I4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/memory.h"
#include "office/prompt.h"
#include "store/attachment.h"
#include "store/call.h"
#include "store/key.h"
#include "vault/vault.h"
#include "vendor/rules.h"
#include "worker/turn.h"

#define HOLDS_RETRY_US US_PER_S

/* --- building ----------------------------------------------------------------- */

static void fill_call(struct turn *t, const struct facts *f)
{
	struct call *c = &t->call;

	c->cause = f->task.kind == TASK_PLAN ? CAUSE_PLAN : CAUSE_TASK;
	c->goal = f->task.goal;
	c->task = f->task.id;
	c->epoch = t->k->w->epoch;
	snprintf(c->agent, sizeof c->agent, "%s", f->agent.name);
}

static void fill_key(struct turn *t)
{
	t->call.key = t->key.id;
	t->call.key_version = t->key.version;
	snprintf(t->call.vendor, sizeof t->call.vendor, "%s", t->key.vendor);
	snprintf(t->call.key_label, sizeof t->call.key_label, "%s", t->key.label);
}

struct reading_matter {
	struct prompt_facts p;
	struct attachment attached[ATTACHMENTS_MAX];
};

/* What stands in f is borrowed. */
static void gather(struct reading_matter *m, const struct turn *t, const struct facts *f)
{
	struct worker *w = t->k->w;
	int i;

	m->p = (struct prompt_facts){.limits = &office_limits_default, .workspace = store_name(w->h.store), .rules = slice_of(w->o.office_rules),
		.summary_rules = slice_of(w->o.summary_rules), .agent = &f->agent, .team = f->team, .team_n = (size_t)f->team_n, .goal = &f->goal, .task = &f->task,
		.needed = f->needed, .needed_n = (size_t)f->needed_n, .attachments = m->attached, .attachments_n = (size_t)f->attached_n, .entries = f->entries,
		.entries_n = (size_t)f->entries_n, .offers = &f->offers};
	for (i = 0; i < f->attached_n; i++)
		m->attached[i] = (struct attachment){f->attached[i].name, slice_of(f->attached[i].text != NULL ? f->attached[i].text : "")};
}

static enum err_code build_prompt(struct turn *t, struct prompt_facts *p, struct err *e)
{
	enum err_code rc;

	p->model = t->call.model;
	p->max_tokens = t->max_tokens;
	if (t->is_summary)
		return shorten_prompt(&t->prompt, p, &t->wish, e);
	turn_cache(t, p);
	rc = office_prompt(&t->prompt, p, e);
	if (rc == ERR_OK)
		turn_cache_key(t);
	return rc;
}

static enum err_code on_event(void *user, const struct reply_event *ev)
{
	struct turn *t = user;
	enum err_code rc = reply_take(&t->reply, ev, &t->fault);

	if (rc == ERR_OK && (ev->kind == REPLY_TEXT || ev->kind == REPLY_THINKING || ev->kind == REPLY_TOOL_INPUT))
		turn_follow(t, ev->text);
	if (rc == ERR_OK && ev->kind == REPLY_USAGE && ev->usage != NULL && t->reply.stop == STOP_NONE)
		rc = turn_check_hold(t, &t->fault);
	if (ev->kind == REPLY_ERROR)
		t->v->classify_event(ev, &t->trouble);
	turn_show(t);
	return rc;
}

#define HEAD_SOON_US (200 * US_PER_MS)

/* The vendor's id for the call, should we not live to book it. A short call is booked
 * before that is worth a wait for the disk. */
static void note_head(struct turn *t)
{
	struct store *s = t->k->w->h.store;

	t->head_us = 0;
	if (store_begin(s, NULL) != ERR_OK)
		return;
	err_ignore(call_first_byte(s, t->call.id, t->call.epoch, t->call.first_byte_us, NULL));
	if (t->call.request_id[0] != '\0')
		err_ignore(call_request_id(s, t->call.id, t->call.epoch, t->call.request_id, NULL));
	if (store_commit(s, NULL) != ERR_OK)
		store_rollback(s);
}

void turn_heads_look(struct worker *w, int64_t steady_us)
{
	const struct work *k;

	for (k = w->works; k != NULL; k = k->next)
		if (k->turn != NULL && k->turn->head_us != 0 && steady_us - k->turn->head_us >= HEAD_SOON_US)
			note_head(k->turn);
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct turn *t = user;
	struct slice id = wire_answer_get(h, n, t->v->request_id_header);
	struct vendor_limit said[VENDOR_LIMITS];

	t->status = status;
	t->call.first_byte_us = clock_now_us();
	t->head_us = clock_steady_us();
	t->v->limits(h, n, t->call.first_byte_us, said);
	pace_learn(t->k->w, &t->key, t->ticket, said);
	answer_keep(&t->answer, h, n);
	if (id.len > 0)
		vendor_token(id, t->call.request_id, sizeof t->call.request_id);
	if (status == 200)
		t->decoder = t->v->decoder_new(&(struct vendor_asked){.model = t->call.model, .input_tokens = vendor_input_guess(&t->prompt, &t->rules), .is_stream = true,
			.billed = t->at.billed},
		    on_event, t);
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct turn *t = user;
	enum err_code rc;

	if (t->decoder == NULL) {
		buf_add(&t->answer.body, p, n);	/* an error's body; cut at its maximum */
		return ERR_OK;
	}
	rc = t->v->feed(t->decoder, p, n, e);
	if (rc != ERR_OK && t->fault.code == ERR_OK && e != NULL)
		t->fault = *e;
	return rc;
}

static void on_done(void *user, const struct transfer_end *end)
{
	struct turn *t = user;

	t->transfer = NULL;
	t->head_us = 0;
	turn_end(t, end);
}

static const struct transfer_ops call_ops = {.head = on_head, .body = on_body, .done = on_done};

/* --- sending ---------------------------------------------------------------------- */

enum err_code turn_send(struct turn *t, const struct wire_request *req, const struct transfer_ops *ops, struct err *e)
{
	struct worker *w = t->k->w;
	struct header secret = {0};
	struct seal_name name;
	struct sealed *sealed = xmalloc(sizeof *sealed);
	const struct transfer_limits limits = {.first_byte_us = w->o.first_byte_s * US_PER_S, .silence_us = w->o.silence_s * US_PER_S,
		.proxy = t->key.proxy, .ca_file = t->key.ca_file};
	enum err_code rc = hands_sealed_key(&w->h, &t->key, sealed, &name, e);

	if (rc == ERR_OK)
		rc = vault_authorise(w->h.vault, &name, sealed, t->key.host, req, pace_clock(w), &secret, e);
	if (rc == ERR_OK && ops == &call_ops) {
		crash_point("call.held");
		rc = call_sent(w->h.store, t->call.id, t->call.epoch, clock_now_us(), e);
		if (rc == ERR_OK)
			rc = turn_hold_end(t, e);
		t->is_sent = rc == ERR_OK;
		log_line(LOG_DEBUG, "call %lld: sent for task %lld on key %lld version %d, held %lld", (long long)t->call.id, (long long)t->call.task, (long long)t->key.id, t->key.version,
		    (long long)t->call.hold_pd);
		crash_point("call.sent");
	}
	if (rc == ERR_OK)
		rc = transfer_start(w->transport, req, &secret, &limits, ops, t, &t->transfer, e);
	header_release(&secret);
	free(sealed);
	return rc;
}

static enum err_code send_call(struct turn *t, struct err *e)
{
	struct wire_request req;
	enum err_code rc = t->v->encode(&t->at, &t->prompt, &t->rules, true, &req, e);

	if (rc == ERR_OK)
		rc = turn_send(t, &req, &call_ops, e);
	wire_request_release(&req);
	return rc;
}

/* From the hold on; also entered again when a token count has come in. */
void turn_go(struct turn *t)
{
	struct worker *w = t->k->w;
	char why[TITLE_MAX_BYTES] = "";
	struct err e = {0};
	int64_t wait_us = t->is_paced ? 0 : pace_wait(t, why);
	enum err_code rc;

	if (wait_us > 0) {
		turn_wait(t, ON_VENDOR, wait_us, why);
		turn_free(t);
		return;
	}
	t->is_paced = true;	/* a token count on the way comes back here */
	rc = turn_hold(t, why, &e);
	if (rc == ERR_CANCELLED)
		return;
	if (rc == ERR_REFUSED) {
		/* what is held for other calls mostly comes back: then it is no stop, only a wait */
		if (t->is_summary && !t->is_only_held) {
			turn_summary_skip(t, why);
			return;
		}
		if (t->is_only_held)
			turn_wait(t, ON_CAP, HOLDS_RETRY_US, why);
		else
			work_pause(w, t->call.task, ON_CAP, why);
		turn_free(t);
		return;
	}
	if (rc != ERR_OK) {
		work_pause(w, t->call.task, rc == ERR_AUTH ? ON_CAP : ON_ERROR, e.text);
		turn_free(t);
		return;
	}
	turn_take_slot(t);
	rc = send_call(t, &e);
	err_ignore(turn_hold_end(t, NULL));	/* it did not come to sending: the hold is in the books until it is released */
	if (rc != ERR_OK) {
		struct transfer_end end = {.result = TRANSFER_NOT_SENT, .err = e};

		crash_point("call.unsent");
		turn_end(t, &end);
	}
}

enum err_code turn_start(struct work *k, const struct facts *f, struct err *e)
{
	struct turn *t = xcalloc(1, sizeof *t);
	struct reading_matter m;
	char why[TITLE_MAX_BYTES];
	enum err_code rc;

	t->k = k;
	t->slot = -1;
	reply_init(&t->reply);
	buf_init(&t->answer.body, 64 << 10);
	k->turn = t;
	gather(&m, t, f);
	t->is_summary = k->w->o.summaries && shorten_wanted(&m.p, &t->wish);
	fill_call(t, f);
	if (!turn_choose(t, f, why)) {
		if (t->is_summary) {
			turn_summary_skip(t, why);
			return ERR_OK;
		}
		work_pause(k->w, f->task.id, ON_KEY, why);
		turn_free(t);
		return ERR_OK;
	}
	fill_key(t);
	if (t->is_summary)
		turn_summary_begin(t, f);
	rc = build_prompt(t, &m.p, e);
	if (rc != ERR_OK) {
		turn_free(t);
		return rc;
	}
	turn_go(t);
	return ERR_OK;
}

void turn_stop(struct turn *t, const char *why)
{
	if (t->transfer != NULL)
		transfer_cancel(t->transfer, why);
	else
		turn_free(t);
}

void turn_stop_dead(struct worker *w)
{
	struct work *k, *next;
	char why[TITLE_MAX_BYTES];
	struct key now;

	if (!w->key_died)
		return;
	w->key_died = false;
	for (k = w->works; k != NULL; k = next) {
		struct turn *t = k->turn;

		next = k->next;
		if (t == NULL || key_get(w->h.store, t->key.id, &now, NULL) != ERR_OK || now.version != t->key.version || now.state != KEY_REVOKED)
			continue;
		snprintf(why, sizeof why, "key %s: %.180s", now.label, now.why);
		t->stop_on = ON_KEY;
		if (t->transfer == NULL)
			work_pause(w, k->task, ON_KEY, why);
		turn_stop(t, why);
	}
}

void turn_drop_old_seals(struct worker *w, int64_t key)
{
	const struct work *k;
	struct key now;

	if (key_get(w->h.store, key, &now, NULL) != ERR_OK || now.version == 1 || now.state == KEY_UNTESTED)
		return;
	for (k = w->works; k != NULL; k = k->next)
		if (k->turn != NULL && k->turn->key.id == key && k->turn->key.version < now.version)
			return;
	err_ignore(key_drop_old(w->h.store, key, NULL));
}

void turn_free(struct turn *t)
{
	static const struct board_call none;
	struct worker *w = t->k->w;

	if (t->slot >= 0 && w->board != NULL) {
		board_put(w->board, t->slot, &none);
		w->board_dirty = true;
	}
	if (t->is_paced && t->status == 0)
		pace_lost(w, &t->key);
	if (t->decoder != NULL)
		t->v->decoder_free(t->decoder);
	prompt_release(&t->prompt);
	reply_release(&t->reply);
	answer_release(&t->answer);
	t->k->turn = NULL;
	if (t->is_sent)
		turn_drop_old_seals(w, t->key.id);
	free(t);
}
