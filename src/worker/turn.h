/* SPDX-License-Identifier: GPL-3.0-or-later */
/* turn.h - a model call from inside: turn.c sends it, turn_end.c books it,
 * turn_count.c asks the vendor how long the prompt is. Only these include it. */
#ifndef WORKER_TURN_H
#define WORKER_TURN_H

#include "base/buf.h"
#include "model/key.h"
#include "model/move.h"
#include "model/reply.h"
#include "office/shorten.h"
#include "store/store.h"
#include "vault/vault.h"
#include "vendor/pacer.h"
#include "vendor/vendor.h"
#include "worker/private.h"

/* What an answer that is no 200 said, kept until it is classified. */
#define ANSWER_HEADERS 48
struct answer {
	struct wire_answer_header header[ANSWER_HEADERS];
	size_t header_n;
	char *bytes;		/* what the headers borrow */
	struct buf body;
};
void answer_keep(struct answer *a, const struct wire_answer_header *h, size_t n);
void answer_release(struct answer *a);

struct turn {
	struct work *k;
	struct transfer *transfer;	/* NULL before and after */
	const struct vendor *v;
	struct vendor_place at;
	struct key key;
	struct model_rules rules;
	int64_t max_tokens;		/* of the tier */
	bool is_sent, is_paced;
	bool is_summary;		/* of wish, for the turn that comes after it */
	struct shorten_wish wish;
	bool is_holding;		/* the transaction of the hold is open: never across a wait */
	int64_t ticket;			/* of the pacer */
	int64_t head_us;		/* steady: when the answer began, while that is not written down; else 0 */
	enum task_on stop_on;		/* what the task waits for after turn_stop(); ON_NOTHING: a person */
	bool is_only_held;		/* the cap would do, were it not for what other calls hold */
	struct call call;
	const struct book *book;	/* the prices and, with call.held_us, the month so far it was held under */
	int64_t month_pd;
	struct prompt prompt;
	struct decoder *decoder;
	struct reply reply;
	struct err fault;		/* of decoding */
	struct vendor_error trouble;	/* of an error event */
	struct answer answer;
	int status;
	/* the board */
	int slot;
	struct board_call live;
	size_t line_len;
	bool line_fresh;
	int64_t text_bytes, shown_us;
};

/* turn_hold.c. What its prices are judged by, from the hold to the books. */
struct price_time turn_when(const struct turn *t);
/* Begin the transaction of the hold. ERR_REFUSED with why filled: it does not fit, whatever is
 * tried. ERR_CANCELLED: a token count is under way, and turn_go() follows when it is in. */
MUST_USE enum err_code turn_hold(struct turn *t, char why[TITLE_MAX_BYTES], struct err *e);
/* Commit it, if it is open: the hold and `sent` at once, durable before a byte leaves. */
MUST_USE enum err_code turn_hold_end(struct turn *t, struct err *e);

/* turn_live.c */
void turn_take_slot(struct turn *t);
void turn_follow(struct turn *t, struct slice text);	/* the last line of the text so far */
void turn_show(struct turn *t);		/* now and then, its running cost */
/* ERR_REFUSED: the vendor reports more than was held. The one case where a stream is cut
 * for money (I3). */
MUST_USE enum err_code turn_check_hold(struct turn *t, struct err *e);

/* turn_summary.c. The turn becomes one; the model is chosen. */
void turn_summary_begin(struct turn *t, const struct facts *f);
/* Within the transaction that books it. */
MUST_USE enum err_code turn_summary_keep(struct turn *t, struct err *e);
/* There is none to be had: the task goes on without. Frees t. */
void turn_summary_skip(struct turn *t, const char *why);

void turn_go(struct turn *t);		/* hold and send; frees t when that can't be */
void turn_end(struct turn *t, const struct transfer_end *end);	/* book, react, free */
void turn_free(struct turn *t);
/* Authorise and start; the call's own request is marked sent first. */
MUST_USE enum err_code turn_send(struct turn *t, const struct wire_request *req, const struct transfer_ops *ops, struct err *e);
/* Ask for the prompt's tokens; turn_go() follows. Any code but ERR_OK: not asked. */
MUST_USE enum err_code turn_count(struct turn *t);

/* turn_choose.c: key, wire, place, model and its rules, by what the agent and the
 * person say. False: there is none, and why says what to do. */
bool turn_choose(struct turn *t, const struct facts *f, char why[TITLE_MAX_BYTES]);	/* a summary's: of the routine tier, not the agent's own */

/* turn_cache.c: what of the prompt is kept at the vendor, and for how long; the word
 * by which OpenAI finds it again. */
void turn_cache(struct turn *t, struct prompt_facts *p);
void turn_cache_key(struct turn *t);

/* pace.c: 0: it may go, and is counted. Else how long it has to wait, and why. */
int64_t pace_wait(struct turn *t, char why[TITLE_MAX_BYTES]);

/* turn_cap.c: in words; written down as incidents, once for each limit. */
struct hold_refusal;
void turn_say_cap(const struct hold_refusal *r, char why[TITLE_MAX_BYTES]);
void turn_cap_stopped(struct turn *t, const struct hold_refusal *r, const char *why);
void turn_cap_changed(struct turn *t, const struct hold_refusal *r, const char *why);
void turn_cap_warn(struct turn *t);	/* after it was booked */

/* The task waits on that, and is taken up again by itself. */
void turn_wait(struct turn *t, enum task_on on, int64_t wait_us, const char *why);
/* What to do about a key, a wait or a task after this trouble. */
void turn_react(struct turn *t, const struct vendor_error *x, bool is_cut);

#endif
