/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What limits say about a call, put where a person looks: the reason a task stops,
 * an incident that can be answered with a raise, a warning before it comes to that.
 * And the calls in flight that a lowered limit no longer covers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/incident.h"
#include "money/cap.h"
#include "money/pico.h"
#include "office/cap_raise.h"
#include "office/preview.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/incident.h"
#include "worker/turn.h"

#define COVERING 64

static void words(enum cap_scope scope, const char *ref, enum cap_window window, char out[NAME_MAX_BYTES])
{
	snprintf(out, NAME_MAX_BYTES, "%s%s%.40s, %s", cap_scope_names[scope], ref[0] != '\0' ? " " : "", ref, cap_window_names[window]);
}

void turn_say_cap(const struct hold_refusal *r, char why[TITLE_MAX_BYTES])
{
	char limit[PICO_TEXT], asked[PICO_TEXT], left[PICO_TEXT], name[NAME_MAX_BYTES];

	words(r->scope, r->ref, r->window, name);
	pico_format_cap(r->limit_pd, limit);
	pico_format_fine(r->asked_pd, asked);
	pico_format_fine(cap_left(r->limit_pd, r->spent_pd, r->held_pd), left);
	snprintf(why, TITLE_MAX_BYTES, "cap of %s (%s): the next call may cost %s, %s is left", limit, name, asked, left);
}

static void open_incident(struct worker *w, struct incident *i, bool once)
{
	struct err e = {0};
	enum err_code rc;

	i->at_us = clock_now_us();
	rc = once ? incident_add_once(w->h.store, i, &e) : incident_add(w->h.store, i, &e);
	if (rc != ERR_OK)
		log_line(LOG_ERROR, "an incident could not be written down: %s", e.text);
}

/* One question a limit: what is needed rises, the question with it. */
static enum err_code ask_raise(struct turn *t, const struct hold_refusal *r, int64_t need_pd, const char *why, struct err *e)
{
	struct store *s = t->k->w->h.store;
	struct cap_raise want = {.scope = r->scope, .window = r->window, .limit_pd = r->limit_pd, .need_pd = need_pd, .to_pd = cap_raise_usual(r->limit_pd, need_pd)}, had;
	struct approval a = {.kind = APPROVAL_CAP, .state = APPROVAL_PENDING, .effect = EFFECT_WRITE, .goal = t->call.goal, .created_us = clock_now_us()}, open = {0}, next = {0};
	struct buf b;
	enum err_code rc;

	snprintf(want.ref, sizeof want.ref, "%s", r->ref);
	snprintf(want.why, sizeof want.why, "%s", why);
	snprintf(a.agent, sizeof a.agent, "%s", t->call.agent);
	cap_raise_target(&want, a.target);
	buf_init(&b, 0);
	cap_raise_write(&want, &b);
	a.payload_len = b.len;
	a.payload = buf_take(&b);
	preview_summary(&a, a.summary);
	rc = approval_pending_on(s, APPROVAL_CAP, a.target, &open, NULL);
	if (rc == ERR_MISSING)
		rc = approval_add(s, &a, e);
	else if (rc == ERR_OK && (rc = approval_get(s, open.id, true, &next, e)) == ERR_OK &&
	    (cap_raise_parse(slice_make(next.payload, next.payload_len), &had, NULL) != ERR_OK || had.to_pd < need_pd || had.limit_pd != want.limit_pd)) {
		approval_release(&next);
		rc = approval_new_version(s, open.id, open.version, slice_make(a.payload, a.payload_len), a.summary, NULL, NULL, "worker", a.created_us, &next, e);
	}
	approval_release(&next);
	approval_release(&open);
	approval_release(&a);
	return rc;
}

void turn_cap_stopped(struct turn *t, const struct hold_refusal *r, const char *why)
{
	struct err e = {0};
	struct incident i = {.has_cap = true, .scope = r->scope, .window = r->window,
		.need_pd = pico_add_capped(pico_add_capped(r->spent_pd, r->held_pd), r->asked_pd)};

	snprintf(i.kind, sizeof i.kind, "cap");
	cap_name(r->scope, r->ref, r->window, i.ref);
	snprintf(i.cap_ref, sizeof i.cap_ref, "%s", r->ref);
	snprintf(i.text, sizeof i.text, "%s", why);
	open_incident(t->k->w, &i, false);
	if (ask_raise(t, r, i.need_pd, why, &e) != ERR_OK)
		log_line(LOG_ERROR, "the question about a limit could not be put: %s", e.text);
}

void turn_cap_changed(struct turn *t, const struct hold_refusal *r, const char *why)
{
	struct incident i = {.has_cap = r->limit_pd > 0 || r->ref[0] != '\0', .scope = r->scope, .window = r->window};

	snprintf(i.kind, sizeof i.kind, "cap_changed");
	if (i.has_cap)
		cap_name(r->scope, r->ref, r->window, i.ref);
	snprintf(i.cap_ref, sizeof i.cap_ref, "%s", r->ref);
	snprintf(i.text, sizeof i.text, "%s", why);
	open_incident(t->k->w, &i, false);
}

/* Once for each window: a month's limit warns again next month. */
static void warn(struct worker *w, const struct cap *c, int64_t day_us)
{
	struct incident i = {.has_cap = true, .scope = c->scope, .window = c->window};
	char limit[PICO_TEXT], day[11] = "", name[NAME_MAX_BYTES];

	if (c->window != WINDOW_TOTAL)
		date_day(c->window == WINDOW_DAY ? day_us : clock_month_start(day_us), day);
	words(c->scope, c->ref, c->window, name);
	pico_format_cap(c->limit_pd, limit);
	snprintf(i.kind, sizeof i.kind, "cap_warn");
	snprintf(i.ref, sizeof i.ref, "%s %.24s %s %s", cap_scope_names[c->scope], c->ref, cap_window_names[c->window], day);
	snprintf(i.cap_ref, sizeof i.cap_ref, "%s", c->ref);
	snprintf(i.text, sizeof i.text, "%d%% of the cap of %s (%s) is spent or held", cap_percent(c->limit_pd, c->spent_pd, c->held_pd), limit, name);
	open_incident(w, &i, true);
}

void turn_cap_warn(struct turn *t)
{
	struct worker *w = t->k->w;
	struct cap *rows = xcalloc(COVERING, sizeof *rows);
	int n = 0, i;

	/* of the window in which the call was held */
	if (cap_covering(w->h.store, &t->call, t->call.held_us, rows, COVERING, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++)
		if (cap_warn_level(rows[i].limit_pd, rows[i].spent_pd, rows[i].held_pd, &rows[i].warn_percent, 1) > 0)
			warn(w, &rows[i], t->call.held_us);
	free(rows);
}

static void cut_for(struct turn *t, const struct cap *c)
{
	struct hold_refusal r = {.scope = c->scope, .window = c->window, .limit_pd = c->limit_pd, .spent_pd = c->spent_pd, .held_pd = c->held_pd};
	char why[TITLE_MAX_BYTES], limit[PICO_TEXT], name[NAME_MAX_BYTES];

	memcpy(r.ref, c->ref, sizeof r.ref);
	words(c->scope, c->ref, c->window, name);
	pico_format_cap(c->limit_pd, limit);
	snprintf(why, sizeof why, "the cap of %s (%s) was lowered under calls in flight: they were cut", limit, name);
	turn_cap_stopped(t, &r, why);
}

void turn_caps_look(struct worker *w)
{
	struct cap *rows;
	struct work *k, *next;
	int64_t last = w->caps_seen;

	if (cap_last_change(w->h.store, &last, NULL) != ERR_OK || last == w->caps_seen)
		return;
	w->caps_seen = last;
	rows = xcalloc(COVERING, sizeof *rows);
	/* a cut call keeps its bound, so none of those under the limit can be spared for another */
	for (k = w->works; k != NULL; k = next) {
		struct turn *t = k->turn;
		int n = 0, i;

		next = k->next;
		if (t == NULL || t->transfer == NULL || t->call.id == 0)
			continue;
		if (cap_covering(w->h.store, &t->call, t->call.held_us, rows, COVERING, &n, NULL) != ERR_OK)
			continue;
		for (i = 0; i < n && t->stop_on != ON_CAP; i++)
			if (pico_add_capped(rows[i].spent_pd, rows[i].held_pd) > rows[i].limit_pd) {
				t->stop_on = ON_CAP;
				cut_for(t, &rows[i]);
			}
		if (t->stop_on == ON_CAP)
			turn_stop(t, "a limit was lowered under this call: it was cut, and counts at its bound until it is settled");
	}
	free(rows);
}
