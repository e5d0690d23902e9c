/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of a model call: what it cost, what is stored, what follows.
 *
 * settled: a whole reply with the vendor's usage. refused: the vendor said no
 * and billed nothing. released: it never left. cut: it may have been billed and
 * we can't know how much, so it counts at its bound until somebody says. Only
 * what cannot have been billed is tried again by itself, at the vendor's pace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/incident.h"
#include "money/book.h"
#include "store/call.h"
#include "store/incident.h"
#include "store/key.h"
#include "store/key_report.h"
#include "store/task.h"
#include "worker/turn.h"

#define TRIES_MAX 5

/* --- an answer that is no 200 ---------------------------------------------------- */

void answer_keep(struct answer *a, const struct wire_answer_header *h, size_t n)
{
	size_t i, room = 1;
	char *at;

	answer_release(a);
	if (n > ANSWER_HEADERS)
		n = ANSWER_HEADERS;
	for (i = 0; i < n; i++)
		room += h[i].name.len + h[i].value.len;
	at = a->bytes = xmalloc(room);
	for (i = 0; i < n; i++) {
		a->header[i].name = slice_make(at, h[i].name.len);
		memcpy(at, h[i].name.p, h[i].name.len);
		at += h[i].name.len;
		a->header[i].value = slice_make(at, h[i].value.len);
		memcpy(at, h[i].value.p, h[i].value.len);
		at += h[i].value.len;
	}
	a->header_n = n;
}

void answer_release(struct answer *a)
{
	free(a->bytes);
	a->bytes = NULL;
	a->header_n = 0;
	buf_release(&a->body);
}

/* --- the books ------------------------------------------------------------------- */

static void fill_tokens(struct call *c, const struct usage_list *u)
{
	struct usage s = usage_list_sum(u);

	c->tokens = (struct call_tokens){.input = s.n[BUCKET_INPUT], .cache_read = s.n[BUCKET_CACHE_READ], .write_5m = s.n[BUCKET_WRITE_5M],
		.write_30m = s.n[BUCKET_WRITE_30M], .write_1h = s.n[BUCKET_WRITE_1H], .write_12h = s.n[BUCKET_WRITE_12H],
		.output = s.n[BUCKET_OUTPUT], .tool_uses = s.n[BUCKET_WEB_SEARCH]};
	if (u->count > 0) {	/* lines of one answer are billed alike, but for their models */
		snprintf(c->service_tier, sizeof c->service_tier, "%s", service_tier_names[u->line[0].tier]);
		snprintf(c->region_class, sizeof c->region_class, "%s", region_class_names[u->line[0].region]);
	}
}

/* What caching saved: the same call with every prompt token fresh. May be below
 * zero: a write that was never read costs more than it saves. */
static int64_t saved(const struct turn *t, int64_t cost_pd)
{
	struct usage_list plain = t->reply.usage;
	struct quote q;
	size_t i;
	int b;

	for (i = 0; i < plain.count; i++)
		for (b = BUCKET_CACHE_READ; b <= BUCKET_WRITE_12H; b++) {
			plain.line[i].u.n[BUCKET_INPUT] += plain.line[i].u.n[b];
			plain.line[i].u.n[b] = 0;
		}
	price_usage(t->book, t->call.vendor, &plain, turn_when(t), &q);
	return q.is_unpriced || q.is_over ? 0 : q.total_pico - cost_pd;
}

/* The dearest that this usage can cost: for a model without a price. */
static int64_t dearest(const struct turn *t)
{
	struct usage s = usage_list_sum(&t->reply.usage);
	struct bound_query q = {.vendor = t->call.vendor, .model = t->call.model, .input_tokens = usage_prompt_tokens(&s),
		.max_output_tokens = s.n[BUCKET_OUTPUT], .may_cache = true, .web_searches = s.n[BUCKET_WEB_SEARCH]};
	struct price_bound b;

	price_bound(t->book, &q, turn_when(t), &b);
	return b.total_pico;
}

static void price(struct turn *t, enum call_state state)
{
	struct call *c = &t->call;
	struct quote q;

	price_usage(t->book, c->vendor, &t->reply.usage, turn_when(t), &q);
	fill_tokens(c, &t->reply.usage);
	c->unpriced = q.is_unpriced && t->reply.has_usage;
	c->estimated = q.is_estimated;
	price_from_text(&q, c->price_from);
	c->cost_pd = c->estimate_pd = c->saved_pd = 0;
	if (state == CALL_SETTLED) {
		c->cost_pd = c->unpriced || q.is_over ? dearest(t) : q.total_pico;
		c->saved_pd = c->unpriced ? 0 : saved(t, c->cost_pd);
	} else if (state == CALL_CUT) {
		c->estimate_pd = c->unpriced ? dearest(t) : q.total_pico;
		if (t->reply.usage.count == 0)	/* nothing was reported: the prompt at least was read */
			c->estimate_pd = t->live.cost_low_pd;
		c->cost_pd = c->estimate_pd > c->hold_pd ? c->estimate_pd : c->hold_pd;
		c->estimated = true;
	}
}

/* Nothing is hidden: it counts at the dearest known rate, and a person hears of it once. */
static void no_price(struct turn *t)
{
	struct incident i = {.at_us = clock_now_us()};

	snprintf(i.kind, sizeof i.kind, "unpriced");
	snprintf(i.ref, sizeof i.ref, "%.63s", t->call.model);
	snprintf(i.text, sizeof i.text, "no price is known for %.80s: its calls count at the dearest known rate. Set one: claviger price set", t->call.model);
	err_ignore(incident_add_once(t->k->w->h.store, &i, NULL));
}

static enum err_code book(struct turn *t, enum call_state state, const char *error, struct err *e)
{
	struct worker *w = t->k->w;
	struct call *c = &t->call;
	enum err_code rc;

	c->state = state;
	c->http_status = t->status;
	price(t, state);
	snprintf(c->error, sizeof c->error, "%s", error);
	if (t->reply.stop != STOP_NONE)
		snprintf(c->stop_reason, sizeof c->stop_reason, "%s", stop_reason_names[t->reply.stop]);
	crash_point("call.settling");
	rc = call_settle(w->h.store, c, clock_now_us(), e);
	log_line(LOG_DEBUG, "call %lld: %s, http %d, %lld", (long long)c->id, life_name(&call_life, (int)c->state), c->http_status, (long long)c->cost_pd);
	if (rc == ERR_OK) {
		w->calls += state == CALL_SETTLED || state == CALL_CUT || state == CALL_REFUSED;
		w->cost_pd += c->cost_pd;
		turn_cap_warn(t);
		if (t->reply.usage.count > 0 && !t->reply.usage.line[0].is_estimated)
			pace_service(w, &t->key, t->reply.usage.line[0].tier);
		if (c->unpriced)
			no_price(t);
	}
	return rc;
}

/* A vendor that bills more than its bound: booked in full, written up, the key pauses. */
static void over_hold(struct turn *t)
{
	struct worker *w = t->k->w;
	struct incident i = {.at_us = clock_now_us()};

	if (t->call.cost_pd <= t->call.hold_pd)
		return;
	snprintf(i.kind, sizeof i.kind, "over_hold");
	snprintf(i.ref, sizeof i.ref, "C%lld", (long long)t->call.id);
	snprintf(i.text, sizeof i.text, "the vendor billed more than was held for call C%lld on key %s", (long long)t->call.id, t->call.key_label);
	err_ignore(incident_add(w->h.store, &i, NULL));
	err_ignore(key_move(w->h.store, t->key.id, KEY_FAILING, "the vendor billed more than its bound; look at the incident, then test the key", clock_now_us(), NULL));
}

/* --- what follows ---------------------------------------------------------------- */

void turn_wait(struct turn *t, enum task_on on, int64_t wait_us, const char *why)
{
	struct store *s = t->k->w->h.store;
	int64_t task = t->call.task, now = clock_now_us();

	if (store_begin(s, NULL) != ERR_OK)
		return;
	if (task_move(s, task, TASK_WAITING, on, why, now, NULL) == ERR_OK && task_set_retry(s, task, now + wait_us, NULL) == ERR_OK)
		err_ignore(store_commit(s, NULL));
	else
		store_rollback(s);
}

/* What a trouble does to the key; KEY_STATES: nothing. */
static enum key_state key_after(enum trouble x)
{
	switch (x) {
	case TROUBLE_BAD_KEY:
		return KEY_REVOKED;
	case TROUBLE_NO_PERMISSION:
	case TROUBLE_NO_CREDIT:
	case TROUBLE_OWN_LIMIT:
		return KEY_FAILING;
	default:
		return KEY_STATES;
	}
}

/* Rotated meanwhile: what the vendor says is about the old version. */
static bool is_replaced(const struct turn *t)
{
	struct key now;

	return key_get(t->k->w->h.store, t->key.id, &now, NULL) == ERR_OK && now.version != t->key.version;
}

/* Only what went wrong on the way or at the vendor: a refusal would come again. */
static bool may_risk(const struct turn *t, const struct vendor_error *x)
{
	return t->k->w->o.retry_at_risk && x->is_retryable;
}

void turn_react(struct turn *t, const struct vendor_error *x, bool is_cut)
{
	struct worker *w = t->k->w;
	enum key_state key = key_after(x->meaning);
	int64_t now = clock_now_us();
	char why[TITLE_MAX_BYTES];
	int tries;

	if (key != KEY_STATES || x->meaning == TROUBLE_SLOW_DOWN)
		err_ignore(key_report_trouble(w->h.store, t->key.id, trouble_names[x->meaning], x->message[0] != '\0' ? x->message : x->sentence, now, NULL));
	if (!is_cut && pace_correct(w, x)) {
		turn_wait(t, ON_VENDOR, 0, x->sentence);
		return;
	}
	if (x->has_wait && (x->meaning == TROUBLE_SLOW_DOWN || x->meaning == TROUBLE_OVERLOADED))
		pace_hold_off(w, &t->key, x->wait_us);
	if (key != KEY_STATES && !is_cut && is_replaced(t)) {
		turn_wait(t, ON_VENDOR, 0, "its key was replaced meanwhile");
		return;
	}
	if (key != KEY_STATES && !is_replaced(t)) {
		vendor_own_words(x, why, sizeof why);
		err_ignore(key_move(w->h.store, t->key.id, key, why, now, NULL));
		w->key_died |= key == KEY_REVOKED;
		w->look = true;
		snprintf(why, sizeof why, "key %s: %.180s", t->key.label, x->sentence);
		work_pause(w, t->call.task, ON_KEY, why);
		return;
	}
	/* what was cut may have been billed: a second one could double it, and is the person's to allow */
	if (is_cut ? !may_risk(t, x) : !x->is_retryable) {
		snprintf(why, sizeof why, "%.120s%s%.120s", x->sentence, x->mend[0] != '\0' ? ": " : "", x->mend);
		work_pause(w, t->call.task, ON_ERROR, why);
		return;
	}
	tries = ++t->k->tries;
	if (tries >= TRIES_MAX) {
		snprintf(why, sizeof why, "%.180s (tried %d times)", x->sentence, tries);
		work_pause(w, t->call.task, ON_ERROR, why);
		return;
	}
	turn_wait(t, ON_VENDOR, x->has_wait ? x->wait_us : wire_backoff_us((unsigned)tries - 1, (uint32_t)t->call.id * 2654435761u), x->sentence);
}

static void trouble_of_line(const struct transfer_end *end, struct vendor_error *x)
{
	*x = (struct vendor_error){.meaning = TROUBLE_SERVER, .is_retryable = end->result == TRANSFER_NOT_SENT && end->err.code == ERR_NET};
	snprintf(x->sentence, sizeof x->sentence, "%.199s", end->err.text);
	snprintf(x->mend, sizeof x->mend, "%s", end->err.mend);
}

/* A whole answer came; was it a whole reply? */
static enum err_code finish_decoding(struct turn *t, struct err *e)
{
	enum err_code rc = t->decoder != NULL ? t->v->end(t->decoder, e) : ERR_PROTO;

	if (t->fault.code != ERR_OK && e != NULL)
		*e = t->fault;
	return t->fault.code != ERR_OK ? t->fault.code : rc;
}

static enum err_code keep_reply(struct turn *t, struct err *e)
{
	struct store *s = t->k->w->h.store;
	struct entry n = {.task = t->call.task, .kind = ENTRY_ASSISTANT, .call = t->call.id, .created_us = clock_now_us()};
	struct buf body;
	enum err_code rc;

	if (t->is_summary)
		return turn_summary_keep(t, e);
	buf_init(&body, 0);
	parts_to_json(t->reply.part, t->reply.count, &body);
	n.body = buf_take(&body);
	rc = entry_add(s, &n, e);
	if (rc == ERR_OK)
		rc = task_count_turn(s, t->call.task, e);
	entry_release(&n);
	return rc;
}

/* What follows is on the disk before anything acts on it; over_hold() writes at once. */
static bool store_reply(struct turn *t, struct err *e)
{
	struct store *s = t->k->w->h.store;

	if (store_begin_soon(s, e) != ERR_OK)
		return false;
	if (book(t, CALL_SETTLED, "", e) == ERR_OK && keep_reply(t, e) == ERR_OK)
		return store_commit(s, e) == ERR_OK;
	store_rollback(s);
	return false;
}

/* It would come again, or has come often enough; what is about the key is about the task's call, too. */
static bool is_no_summary(const struct turn *t, const struct vendor_error *x)
{
	return t->is_summary && key_after(x->meaning) == KEY_STATES && (!x->is_retryable || t->k->tries + 1 >= TRIES_MAX);
}

/* True: t is freed, and its task goes on. */
static bool end_refused(struct turn *t)
{
	struct vendor_error x;
	struct err e = {0};

	vendor_classify(t->v, t->status, t->answer.header, t->answer.header_n, buf_slice(&t->answer.body), clock_now_us(), &x);
	if (t->call.request_id[0] == '\0')
		snprintf(t->call.request_id, sizeof t->call.request_id, "%.127s", x.request_id);
	if (book(t, CALL_REFUSED, x.sentence, &e) != ERR_OK)
		log_line(LOG_ERROR, "call %lld could not be booked: %s", (long long)t->call.id, e.text);
	if (is_no_summary(t, &x)) {
		turn_summary_skip(t, x.sentence);
		return true;
	}
	turn_react(t, &x, false);
	return false;
}

/* is_line: the network's fault, or the vendor's silence. */
static bool end_cut(struct turn *t, const char *why, const char *mend, bool is_line)
{
	struct vendor_error x = {.meaning = TROUBLE_BROKEN, .is_retryable = is_line};
	struct err e = {0};

	if (t->trouble.meaning != TROUBLE_NONE) {
		x = t->trouble;
	} else {
		snprintf(x.sentence, sizeof x.sentence, "%.199s", why);
		snprintf(x.mend, sizeof x.mend, "%.159s", mend[0] != '\0' ? mend : "it may have been billed; retry the task when you want to");
	}
	if (book(t, CALL_CUT, x.sentence, &e) != ERR_OK)
		log_line(LOG_ERROR, "call %lld could not be booked: %s", (long long)t->call.id, e.text);
	over_hold(t);
	if (t->is_summary && key_after(x.meaning) == KEY_STATES) {	/* it counts in full: not a second time */
		turn_summary_skip(t, x.sentence);
		return true;
	}
	turn_react(t, &x, true);
	return false;
}

/* An answer that came and cannot be taken for a whole reply. */
static bool end_unread(struct turn *t, const struct err *why)
{
	char text[200];

	if (why->code == ERR_PROTO)
		snprintf(text, sizeof text, "the vendor's answer could not be read (%.120s)", why->text);
	else
		snprintf(text, sizeof text, "%.190s", why->code != ERR_OK ? why->text : "the vendor's answer had no usage");
	return end_cut(t, text, why->mend, why->code == ERR_NET);
}

static void end_not_sent(struct turn *t, const struct transfer_end *end)
{
	struct vendor_error x;
	struct err e = {0};

	trouble_of_line(end, &x);
	/* marked sent, yet no byte left: the vendor can't have billed it */
	if (book(t, t->is_sent ? CALL_REFUSED : CALL_RELEASED, x.sentence, &e) != ERR_OK)
		log_line(LOG_ERROR, "call %lld could not be booked: %s", (long long)t->call.id, e.text);
	if (end->err.code == ERR_AUTH || end->err.code == ERR_LOCKED || end->err.code == ERR_MISSING)
		work_pause(t->k->w, t->call.task, ON_KEY, end->err.text);
	else
		turn_react(t, &x, false);
}

void turn_end(struct turn *t, const struct transfer_end *end)
{
	struct work *k = t->k;
	struct err e = {0};
	bool gone = false;

	if (end->cancelled && end->result == TRANSFER_NOT_SENT) {
		if (book(t, t->is_sent ? CALL_CUT : CALL_RELEASED, end->err.text, &e) != ERR_OK)
			log_line(LOG_ERROR, "call %lld could not be booked: %s", (long long)t->call.id, e.text);
		work_pause(k->w, t->call.task, t->stop_on != ON_NOTHING ? t->stop_on : ON_PERSON, end->err.text);
	} else if (end->result == TRANSFER_NOT_SENT) {
		end_not_sent(t, end);
	} else if (end->status != 0 && end->status != 200) {
		gone = end_refused(t);
	} else if (end->result == TRANSFER_CUT && end->cancelled) {
		if (book(t, CALL_CUT, end->err.text, &e) != ERR_OK)
			log_line(LOG_ERROR, "call %lld could not be booked: %s", (long long)t->call.id, e.text);
		work_pause(k->w, t->call.task, t->stop_on != ON_NOTHING ? t->stop_on : ON_PERSON, end->err.text);
	} else if (end->result == TRANSFER_CUT && t->fault.code == ERR_OK) {
		gone = end_cut(t, end->err.text, end->err.code == ERR_NET ? "" : end->err.mend, end->err.code == ERR_NET);
	} else if (end->result == TRANSFER_CUT || finish_decoding(t, &e) != ERR_OK || t->trouble.meaning != TROUBLE_NONE || !t->reply.has_usage) {
		gone = end_unread(t, e.text[0] != '\0' ? &e : &t->fault);
	} else if (!store_reply(t, &e)) {
		/* the vendor billed it: it stays `sent` and is swept to `cut` */
		log_line(LOG_ERROR, "call %lld could not be stored: %s", (long long)t->call.id, e.text);
		work_pause(k->w, t->call.task, ON_ERROR, e.text);
	} else {
		over_hold(t);
		k->tries = 0;
		k->counted = 0;
		if (!t->is_summary)
			k->cached = t->call.tokens.cache_read + t->call.tokens.write_5m + t->call.tokens.write_30m + t->call.tokens.write_1h + t->call.tokens.write_12h;
		turn_free(t);
		work_reply(k);
		return;
	}
	if (gone)
		return;
	turn_free(t);
	k->w->look = true;
}
