/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/plain_lists.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "console/words.h"
#include "money/pico.h"

static void put(const char *gutter, struct slice raw)
{
	struct buf out;

	buf_init(&out, 0);
	text_line_for_terminal(raw, &out);
	printf("%s%s\n", gutter, buf_text(&out));
	buf_release(&out);
}

void plain_say(const char *fmt, ...)
{
	char line[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	put("", slice_of(line));
}

void plain_prompt(const char *words)
{
	fputs(words, stdout);
	fflush(stdout);
}

void plain_sheet(const struct sheet *sh)
{
	int i;

	for (i = 0; i < sh->n; i++)
		put(sh->v[i].gutter != NULL ? "agent: " : "", slice_of(sh->v[i].text));
}

void plain_status(const struct snapshot *s, bool read_only)
{
	static const char *const worker[] = {N_("nobody works"), N_("this console works"), N_("works elsewhere")};
	char cost[WORDS], cap[WORDS], age[WORDS];

	words_money(s->today_pd, s->today_live_pd, cost);
	words_money(s->today_cap_pd, 0, cap);
	words_age(s->now_us, s->oldest_pending_us, age);
	plain_say(_("Workspace: %s"), s->workspace);
	if (s->pending > 0)
		plain_say(_("Approvals: %d waiting, the oldest since %s"), s->pending, age);
	else
		plain_say("%s", _("Approvals: nothing waits"));
	if (s->today_cap_pd > 0)
		plain_say(_("Today: %s of %s"), cost, cap);
	else
		plain_say(_("Today: %s, no cap"), cost);
	plain_say(_("Worker: %s; %d calls run; vault: %s"), _(worker[s->worker]), s->calls_in_flight, read_only ? _("read-only") : s->unlocked ? _("open") : _("locked"));
}

static void list_tasks(const struct snapshot *s, bool hides)
{
	char cost[WORDS];
	int i;

	plain_say(_("Tasks: %d"), s->tasks_total);
	for (i = 0; i < s->tasks_n; i++) {
		const struct task_row *t = &s->tasks[i];

		words_money(t->cost_pd, t->live_pd, cost);
		plain_say(_("T%lld: %s, %s, %s%s%s"), (long long)t->id, words_task_state(t), t->agent, cost, hides ? "" : ", ", hides ? "" : t->title);
	}
}

static void list_approvals(const struct snapshot *s, bool hides)
{
	char age[WORDS];
	int i;

	plain_say(_("Approvals: %d waiting"), s->pending);
	for (i = 0; i < s->approvals_n; i++) {
		const struct approval_row *a = &s->approvals[i];

		words_age(s->now_us, a->created_us, age);
		plain_say(_("A%lld: %s, %s%s%s%s%s, from %s, since %s%s%s"), (long long)a->id, words_approval_state(a->state), words_effect(a), a->tool[0] != '\0' ? " " : "", a->connector,
			a->connector[0] != '\0' ? "." : "", a->tool, a->agent, age, hides ? "" : ": ", hides ? "" : a->summary);
	}
	if (s->pending > 0)
		plain_say("%s", _("A and its number shows one in full."));
}

static void list_meter(const struct snapshot *s)
{
	char cost[WORDS], cap[WORDS], saved[WORDS], low[PICO_TEXT], high[PICO_TEXT];
	int i;

	for (i = 0; i < s->meter_n; i++) {
		words_money(s->meter[i].cost_pd, s->meter[i].live_pd, cost);
		words_money(s->meter[i].cap_pd, 0, cap);
		words_money(s->meter[i].saved_pd, 0, saved);
		if (s->meter[i].cap_pd > 0)
			plain_say(_("%s: %s of %s, %lld calls, saved %s"), s->meter[i].name, cost, cap, (long long)s->meter[i].calls, saved);
		else
			plain_say(_("%s: %s, %lld calls, saved %s"), s->meter[i].name, cost, (long long)s->meter[i].calls, saved);
	}
	words_money(s->meter_total.cost_pd, s->meter_total.live_pd, cost);
	words_money(s->month_pd, s->today_live_pd, cap);
	plain_say(_("Total: %s; this month %s; prices of %s"), cost, cap, s->price_date);
	if (s->live_n > 0) {
		pico_format_fine(s->meter_total.live_pd, low);
		pico_format_fine(s->meter_total.live_high_pd, high);
		plain_say(ngettext("%d call runs: at least %s, at most %s", "%d calls run: at least %s, at most %s", (unsigned long)s->live_n), s->live_n, low, high);
	}
	pico_format_short(s->per_minute_pd, cost);
	words_money(s->day_projection_pd, 0, cap);
	words_money(s->month_projection_pd, 0, saved);
	plain_say(_("%s a minute; at this pace about %s by the end of the day, %s by the end of the month"), cost, cap, saved);
	if (s->meter_total.estimated_pd > 0) {
		words_money(s->meter_total.estimated_pd, 0, cost);
		plain_say(_("%s of it is estimated"), cost);
	}
	if (s->meter_total.unpriced > 0)
		plain_say(ngettext("%lld call has no price", "%lld calls have no price", (unsigned long)s->meter_total.unpriced), (long long)s->meter_total.unpriced);
}

static void list_keys(const struct snapshot *s)
{
	int i;

	plain_say(_("Keys: %d"), s->keys_total);
	for (i = 0; i < s->keys_n; i++)
		plain_say(_("%s: %s, %s%s%s"), s->keys[i].label, s->keys[i].vendor, words_key_state(s->keys[i].state), s->keys[i].why[0] != '\0' ? ", " : "", s->keys[i].why);
}

static void list_log(const struct snapshot *s)
{
	char age[WORDS];
	int i;

	plain_say(_("Journal: %d entries"), s->log_total);
	for (i = 0; i < s->log_n; i++) {
		words_age(s->now_us, s->log[i].at_us, age);
		plain_say("%s: %s %s, %s", age, s->log[i].kind, s->log[i].ref, s->log[i].who);
	}
}

void plain_list(const struct snapshot *s, char which, bool hides)
{
	switch (which) {
	case '1': list_tasks(s, hides); break;
	case '2': list_approvals(s, hides); break;
	case '3': list_meter(s); break;
	case '4': list_keys(s); break;
	default: list_log(s); break;
	}
}

void plain_back(const struct snapshot *s)
{
	int i;

	if (s->back.n > 0)
		plain_say("%s", _("Since you last looked:"));
	for (i = 0; i < s->back.n; i++)
		put("", slice_of(s->back.v[i].text));
}

void plain_help(void)
{
	plain_say("%s", _("1 tasks, 2 approvals, 3 meter, 4 keys, 5 log, Enter status, u unlock, a WORDS new goal, q quit, ? this help"));
	plain_say("%s", _("A3 shows approval 3; y A3 approves, n A3 REASON rejects, c A3 WORDS asks for changes, z A3 takes back. Or a verb: task show T1, goal list, spend."));
}
