/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a call shows on the board while it streams, and where it is cut for money. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "money/book.h"
#include "vendor/rules.h"
#include "worker/turn.h"

#define BOARD_EVERY_US (50 * US_PER_MS)

void turn_follow(struct turn *t, struct slice text)
{
	size_t i;

	t->text_bytes += (int64_t)text.len;
	for (i = 0; i < text.len; i++) {
		if (text.p[i] == '\n') {
			t->line_fresh = false;
			continue;
		}
		if (!t->line_fresh) {
			t->line_len = 0;
			t->line_fresh = true;
		}
		if (t->line_len + 1 < sizeof t->live.line)
			t->live.line[t->line_len++] = text.p[i];
	}
	t->live.line[t->line_len] = '\0';
}

/* At least: what the vendor has reported, or what came in at four bytes a token. */
static void estimate(struct turn *t, struct quote *q)
{
	struct usage_list u = t->reply.usage;
	int64_t guess = (t->text_bytes + 3) / 4;

	if (u.count == 0) {
		struct usage_line line = {.is_estimated = true, .region = t->at.billed};

		usage_line_set_model(&line, t->call.model, strlen(t->call.model));
		/* "at least": as if all of it came from the cache */
		line.u.n[BUCKET_CACHE_READ] = vendor_input_guess(&t->prompt, &t->rules);
		usage_list_add(&u, &line);
	}
	if (u.line[u.count - 1].u.n[BUCKET_OUTPUT] < guess)
		u.line[u.count - 1].u.n[BUCKET_OUTPUT] = guess;
	t->live.output_tokens = u.line[u.count - 1].u.n[BUCKET_OUTPUT];
	price_usage(t->book, t->call.vendor, &u, turn_when(t), q);
}

/* At most: once the vendor has said what the prompt was, only the answer is open. */
static int64_t at_most(const struct turn *t)
{
	struct usage_list u = t->reply.usage;
	struct quote q;

	if (u.count == 0)
		return t->call.hold_pd;
	u.line[u.count - 1].u.n[BUCKET_OUTPUT] = t->prompt.max_tokens;
	price_usage(t->book, t->call.vendor, &u, turn_when(t), &q);
	return q.is_unpriced || q.total_pico > t->call.hold_pd ? t->call.hold_pd : q.total_pico;
}

void turn_show(struct turn *t)
{
	struct worker *w = t->k->w;
	int64_t now = clock_steady_us();
	struct quote q;

	if (now - t->shown_us < BOARD_EVERY_US || w->board == NULL)
		return;
	t->shown_us = now;
	estimate(t, &q);
	t->live.cost_high_pd = at_most(t);
	t->live.cost_low_pd = q.total_pico < t->live.cost_high_pd ? q.total_pico : t->live.cost_high_pd;
	board_put(w->board, t->slot, &t->live);
	w->board_dirty = true;
}

enum err_code turn_check_hold(struct turn *t, struct err *e)
{
	struct quote q;

	price_usage(t->book, t->call.vendor, &t->reply.usage, turn_when(t), &q);
	if (q.is_unpriced || q.total_pico <= t->call.hold_pd)
		return ERR_OK;
	return err_set(e, ERR_REFUSED, "the vendor reports more than was held for this call");
}

void turn_take_slot(struct turn *t)
{
	struct worker *w = t->k->w;

	t->live = (struct board_call){.call = t->call.id, .task = t->call.task, .goal = t->call.goal, .hold_pd = t->call.hold_pd, .cost_high_pd = t->call.hold_pd, .is_unpriced = t->call.unpriced,
		.started_us = clock_now_us()};
	snprintf(t->live.agent, sizeof t->live.agent, "%s", t->call.agent);
	snprintf(t->live.vendor, sizeof t->live.vendor, "%.31s", t->call.vendor);
	snprintf(t->live.model, sizeof t->live.model, "%.63s", t->call.model);
	snprintf(t->live.key, sizeof t->live.key, "%.63s", t->call.key_label);
	t->slot = w->board != NULL ? board_take_slot(w->board) : -1;
	t->shown_us = 0;
	turn_show(t);
}
