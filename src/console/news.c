/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A goal that ends while the console is open is told in the line for what waits,
 * once: its number, how it ended, what it cost, and the person's own words for it. It
 * is held back while somebody types or the screen is locked, and does not talk over
 * what was said just now. R reads what came of it, then and later. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/words.h"
#include "desk/query.h"
#include "money/pico.h"

#define LET_READ_US (3 * US_PER_S)	/* what was said before stands as long */
#define STANDS_US US_PER_S		/* a key that was on its way does not wipe it */
#define TEXT_COLS 12			/* below that the hint gives way */

static bool is_told(const struct face *f, const struct goal_end *g)
{
	int i;

	for (i = 0; i < f->told_n; i++)
		if (f->told[i].id == g->id && f->told[i].ended_us == g->ended_us)
			return true;
	return false;
}

/* What is there now is no news any more; what is gone from it may come again. */
static void note_told(struct face *f)
{
	int i;

	for (i = 0; i < f->snap.ends_n; i++) {
		f->told[i].id = f->snap.ends[i].id;
		f->told[i].ended_us = f->snap.ends[i].ended_us;
	}
	f->told_n = f->snap.ends_n;
}

static const char *how(const struct goal_end *g)
{
	switch (g->state) {
	case GOAL_DONE: return _("done");
	case GOAL_FAILED: return _("failed");
	case GOAL_CANCELLED: return _("stopped");
	default: return _("stuck");
	}
}

/* What ended is the newest first, what is stuck behind it. */
static void tell_one(struct face *f, const struct goal_end *g)
{
	char money[WORDS], head[128];
	const char *hint = _("  R: report");
	int cols = face_cols(f), room;
	struct buf line;

	words_money(g->cost_pd, 0, money);
	snprintf(head, sizeof head, _("G%lld %s (%s%s)"), (long long)g->id, how(g), g->is_estimated ? "~" : "", money);
	buf_init(&line, 0);
	buf_adds(&line, head);
	if (!face_hides(f)) {
		buf_adds(&line, ": ");
		room = cols - text_cols(buf_slice(&line), 0) - text_cols(slice_of(hint), 0);
		if (room < TEXT_COLS) {
			room += text_cols(slice_of(hint), 0);
			hint = "";
		}
		text_cut(&line, slice_of(g->text), room, TEXT_LIST);
		buf_adds(&line, hint);
	}
	face_say(f, g->state == GOAL_DONE ? ROLE_NORMAL : ROLE_WAITING, "%s", buf_text(&line));
	buf_release(&line);
}

static void tell_several(struct face *f, int n)
{
	char list[256] = "", money[WORDS];
	int64_t pd = 0;
	bool is_estimated = false, all_done = true;
	size_t len = 0;
	int i;

	for (i = 0; i < f->snap.ends_n; i++) {
		const struct goal_end *g = &f->snap.ends[i];

		if (is_told(f, g))
			continue;
		if (len < sizeof list - 40)
			len += (size_t)snprintf(list + len, sizeof list - len, "%sG%lld %s", len > 0 ? ", " : "", (long long)g->id, how(g));
		pd = pico_add_capped(pd, g->cost_pd);
		is_estimated |= g->is_estimated;
		all_done &= g->state == GOAL_DONE;
	}
	words_money(pd, 0, money);
	face_say(f, all_done ? ROLE_NORMAL : ROLE_WAITING, ngettext("%d goal (%s%s): %s", "%d goals (%s%s): %s", (unsigned long)n), n, is_estimated ? "~" : "", money, list);
}

static const struct goal_end *first_news(const struct face *f, int *n)
{
	const struct goal_end *first = NULL;
	int i;

	*n = 0;
	for (i = 0; i < f->snap.ends_n; i++)
		if (!is_told(f, &f->snap.ends[i]) && (*n)++ == 0)
			first = &f->snap.ends[i];
	return first;
}

static bool may_tell(const struct face *f)
{
	const struct placed *top = f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL;

	if (f->screen_locked || f->arrangement == ARRANGED_TINY || (top != NULL && top->ops->type != NULL))
		return false;
	return f->said[0] == '\0' || f->steady_us >= f->said_until_us - SAID_US + LET_READ_US;
}

void face_news(struct face *f)
{
	const struct goal_end *first;
	int n;

	if (f->desk == NULL || GENERATION(&f->snap, SNAP_STATUS) == 0)
		return;
	if (!f->told_ready) {	/* what ended before is for who comes back (shown_back.c) */
		f->told_ready = true;
		note_told(f);
	}
	first = first_news(f, &n);
	if (n > 0 && !may_tell(f))
		return;
	if (n > 0) {
		f->reported = first->id;
		if (n == 1)
			tell_one(f, first);
		else
			tell_several(f, n);
		f->said_stands_us = f->steady_us + STANDS_US;
	}
	note_told(f);
}

int64_t face_news_us(const struct face *f)
{
	int n;

	return f->told_ready && f->said[0] != '\0' && first_news(f, &n) != NULL ? f->said_until_us - SAID_US + LET_READ_US : 0;
}

/* --- what came of it --------------------------------------------------------- */

static void write_tasks(const cJSON *tree, struct sheet *sh)
{
	const cJSON *t;

	cJSON_ArrayForEach(t, cJSON_GetObjectItemCaseSensitive(tree, "tasks")) {
		const cJSON *id = cJSON_GetObjectItemCaseSensitive(t, "id");
		const char *title = json_text(t, "title"), *state = json_text(t, "state"), *agent = json_text(t, "agent"), *why = json_text(t, "why");
		struct buf line;

		buf_init(&line, 0);
		buf_addf(&line, "T%d %s  %s: %s%s%s", cJSON_IsNumber(id) ? id->valueint : 0, state != NULL ? state : "", agent != NULL ? agent : "", title != NULL ? title : "",
		    why != NULL && why[0] != '\0' ? " - " : "", why != NULL ? why : "");
		sheet_add(sh, ROLE_NORMAL, NULL, buf_slice(&line));
		buf_release(&line);
	}
}

static void write_report(const cJSON *tree, struct sheet *sh)
{
	const char *text = json_text(tree, "text"), *state = json_text(tree, "state"), *why = json_text(tree, "why"), *report = json_text(tree, "report"),
		*cost = json_text(tree, "cost_usd");
	struct slice rest = slice_of(report != NULL ? report : ""), line;
	char money[WORDS];
	int64_t pd;

	sheet_add(sh, ROLE_HEAD, NULL, slice_of(text != NULL ? text : ""));
	if (cost == NULL || pico_parse(slice_of(cost), &pd, NULL) != ERR_OK)
		pd = 0;
	words_money(pd, 0, money);
	sheet_addf(sh, ROLE_DIM, "%s, %s", state != NULL ? state : "", money);
	if (why != NULL && why[0] != '\0')
		sheet_add(sh, ROLE_WAITING, NULL, slice_of(why));
	sheet_addf(sh, ROLE_NORMAL, "%s", "");
	if (report == NULL)
		write_tasks(tree, sh);
	while (text_line(&rest, &line))
		sheet_add(sh, ROLE_NORMAL, NULL, line);
}

void face_report(struct face *f)
{
	int64_t id = f->reported != 0 ? f->reported : f->snap.ends_n > 0 ? f->snap.ends[0].id : 0;
	struct query q = {.kind = QUERY_GOAL_REPORT, .id = id};
	char title[NAME_MAX_BYTES];
	struct sheet sh = {0};
	cJSON *tree = NULL;
	struct buf out;
	struct err e;

	if (face_hides(f)) {
		face_unlock(f);
		return;
	}
	if (id == 0) {
		face_say(f, ROLE_HINT, _("No goal has come to its end yet."));
		return;
	}
	buf_init(&out, 0);
	if (desk_query(f->desk, f->o->desk, &q, &out, &e) != ERR_OK || json_parse(buf_slice(&out), &tree, &e) != ERR_OK) {
		face_say_err(f, &e);
	} else {
		write_report(tree, &sh);
		snprintf(title, sizeof title, _("What came of G%lld"), (long long)id);
		face_open_text(f, title, &sh);
	}
	cJSON_Delete(tree);
	buf_release(&out);
}
