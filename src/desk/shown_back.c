/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One screen for who comes back, after a night or after a crash: what ended, what
 * was done and by whose word, what was not, what nobody knows and where to look,
 * what waits, what it cost. Read off the journal's newest entries, so that it
 * costs the same however long the history is. */
#include "desk/shown.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/meter.h"
#include "model/incident.h"
#include "model/move.h"
#include "money/pico.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/incident.h"
#include "store/journal.h"
#include "store/store.h"
#include "store/task.h"

#define ENTRIES_MOST 2000	/* of the journal, newest first */
#define PAGE 200
#define LINES_MOST 12		/* of each kind; then "and N more" */
#define CALLS_MOST 1000

struct back {
	struct store *s;
	struct shown *out;
	int64_t since_us;
	int64_t ends[LINES_MOST];	/* approvals that came to an end, the newest first */
	int ends_n, ends_more, decisions, calls;
};

static bool is_end(const char *kind)
{
	static const char *const kinds[] = {"fired", "failed", "unfired", "proved_fired", "proved_not_fired", "settled_fired", "settled_not_fired", "expired"};
	size_t i;

	for (i = 0; i < LENGTH(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

static void note_end(struct back *b, const struct journal_entry *j)
{
	long long id = j->ref[0] == 'A' ? strtoll(j->ref + 1, NULL, 10) : 0;
	int i;

	for (i = 0; i < b->ends_n; i++)
		if (b->ends[i] == id)
			return;
	if (id <= 0)
		return;
	if (b->ends_n == LINES_MOST)
		b->ends_more++;
	else
		b->ends[b->ends_n++] = id;
}

static void read_journal(struct back *b)
{
	struct journal_entry *rows = xcalloc(PAGE, sizeof *rows);
	int64_t before = 0;
	int n = 0, i, total = 0;
	bool more = true;

	while (more && total < ENTRIES_MOST && journal_list(b->s, before, rows, PAGE, &n, NULL) == ERR_OK && n > 0) {
		for (i = 0; i < n && more; i++) {
			more = rows[i].at_us > b->since_us;
			if (!more)
				break;
			b->calls += strcmp(rows[i].kind, "call") == 0;
			b->decisions += strcmp(rows[i].kind, "decision") == 0;
			if (is_end(rows[i].kind))
				note_end(b, &rows[i]);
		}
		before = rows[n - 1].seq;
		more = more && n == PAGE;
		total += n;
	}
	free(rows);
}

static void say_cost(struct back *b)
{
	struct call_filter filter = {.since_us = b->since_us};
	struct call *rows = xcalloc(CALLS_MOST, sizeof *rows);
	int64_t pd = 0;
	char money[PICO_TEXT];
	int n = 0, i;

	if (call_list(b->s, &filter, rows, CALLS_MOST, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++)
		pd = pico_add_capped(pd, rows[i].cost_pd);
	free(rows);
	pico_format_short(pd, money);
	if (n > 0)
		shown_addf(b->out, SHOWN_FIELD, "cost: %s%s for %d%s call%s", n == CALLS_MOST ? "over " : "", money, n, n == CALLS_MOST ? " and more" : "", n == 1 ? "" : "s");
}

static bool any_goal(struct back *b)
{
	struct goal g = {0};
	int n = 0;

	if (goal_ended(b->s, b->since_us, &g, 1, &n, NULL) != ERR_OK)
		n = 0;
	goal_release(&g);
	return n > 0;
}

static void say_goals(struct back *b)
{
	struct goal goals[LINES_MOST + 1];
	char money[PICO_TEXT];
	bool is_estimated;
	int n = 0, i;

	memset(goals, 0, sizeof goals);
	if (goal_ended(b->s, b->since_us, goals, LINES_MOST + 1, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		if (i < LINES_MOST) {
			pico_format_short(goal_cost(b->s, goals[i].id, &is_estimated), money);
			shown_addf(b->out, goals[i].state == GOAL_FAILED ? SHOWN_ERROR : SHOWN_PLAIN, "G%lld %s (%s%s): %.180s", (long long)goals[i].id,
			    life_name(&goal_life, goals[i].state), is_estimated ? "~" : "", money, goals[i].text != NULL ? goals[i].text : "");
		} else {
			shown_addf(b->out, SHOWN_PLAIN, "and more: claviger goal list");
		}
		goal_release(&goals[i]);
	}
}

/* Done, or not, and by whose word. */
static void say_end(struct back *b, int64_t id)
{
	static const char *const words[APPROVAL_STATES] = {
		[APPROVAL_FIRED] = "done", [APPROVAL_FAILED] = "NOT done", [APPROVAL_NOT_FIRED] = "not done", [APPROVAL_APPROVED] = "not done yet: it had not left, and goes out again",
		[APPROVAL_HOLDING] = "not done yet: it had not left, and goes out again", [APPROVAL_FIRING] = "going out", [APPROVAL_PENDING] = "not done: it waits for you again",
		[APPROVAL_EXPIRED] = "not done: nobody decided in time", [APPROVAL_CHANGES_ASKED] = "not done: you asked for changes",
	};
	struct approval a = {0};

	if (approval_get(b->s, id, false, &a, NULL) != ERR_OK)
		return;
	if (words[a.state] != NULL)
		shown_addf(b->out, a.state == APPROVAL_FAILED ? SHOWN_ERROR : SHOWN_PLAIN, "A%lld %s: %.160s%s%.100s%s%.200s", (long long)a.id, words[a.state], a.summary,
		    a.decided_by[0] != '\0' ? ", by the word of " : "", a.decided_by, a.state == APPROVAL_FAILED && a.reason[0] != '\0' ? ": " : "",
		    a.state == APPROVAL_FAILED ? a.reason : "");
	approval_release(&a);
}

/* What nobody knows stays here until somebody says. */
static int say_unknown(struct back *b)
{
	struct approval rows[LINES_MOST];
	struct firing f;
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (approval_list_unknown(b->s, rows, LINES_MOST, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		memset(&f, 0, sizeof f);
		shown_addf(b->out, SHOWN_WARN, "! A%lld UNKNOWN: %.160s", (long long)rows[i].id, rows[i].summary);
		if (firing_of(b->s, rows[i].id, rows[i].version, &f, NULL) == ERR_OK)
			shown_addf(b->out, SHOWN_NOTE, "  it was on its way to %s.%s when the line or the program broke; look there for %.16s, then", rows[i].connector, rows[i].tool,
			    f.idempotency_key);
		shown_addf(b->out, SHOWN_NOTE, "  w on it in the approvals, or: claviger approval settle A%lld --as fired|not-fired   (it is never tried again)", (long long)rows[i].id);
		firing_release(&f);
		approval_release(&rows[i]);
	}
	return n;
}

static void say_waits(struct back *b)
{
	struct approval rows[LINES_MOST];
	struct incident open[LINES_MOST];
	int64_t oldest = 0;
	int n = 0, i, count = 0;

	memset(rows, 0, sizeof rows);
	if (approval_count_pending(b->s, &count, &oldest, NULL) == ERR_OK && count > 0)
		shown_addf(b->out, SHOWN_WARN, "%d wait%s for your word:", count, count == 1 ? "s" : "");
	if (approval_list(b->s, APPROVALS_PENDING, 0, rows, LINES_MOST, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		shown_addf(b->out, SHOWN_PLAIN, "  A%lld %.180s", (long long)rows[i].id, rows[i].summary);
		approval_release(&rows[i]);
	}
	if (count > n)
		shown_addf(b->out, SHOWN_PLAIN, "  and %d more", count - n);
	memset(open, 0, sizeof open);
	n = 0;
	if (incident_list(b->s, true, open, LINES_MOST, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++)
		shown_addf(b->out, SHOWN_ERROR, "I%lld %s: %.200s", (long long)open[i].id, open[i].kind, open[i].text);
}

static void say_stopped(struct back *b)
{
	struct task *rows = xcalloc(PAGE, sizeof *rows);
	int n = 0, i;

	if (task_list(b->s, 0, TASKS_OPEN, 0, rows, PAGE, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		if (rows[i].state == TASK_PAUSED)
			shown_addf(b->out, SHOWN_ERROR, "T%lld paused: %.200s", (long long)rows[i].id, rows[i].why);
		task_release(&rows[i]);
	}
	free(rows);
}

void shown_back(struct store *s, int64_t since_us, struct shown *out)
{
	struct back b = {.s = s, .out = out, .since_us = since_us};
	int head, i;

	shown_clear(out);
	if (since_us > 0)
		read_journal(&b);
	shown_addf(out, SHOWN_HEAD, "%d call%s booked, %d decision%s, %d action%s come to an end", b.calls, b.calls == 1 ? "" : "s", b.decisions, b.decisions == 1 ? "" : "s",
	    b.ends_n + b.ends_more, b.ends_n + b.ends_more == 1 ? "" : "s");
	head = out->n;
	if (say_unknown(&b) == 0 && b.calls + b.decisions + b.ends_n == 0 && (since_us <= 0 || !any_goal(&b))) {
		shown_clear(out);	/* nothing happened, and nothing is open */
		return;
	}
	if (out->n > head)
		shown_add(out, SHOWN_PLAIN, "", 0);
	say_goals(&b);
	for (i = 0; i < b.ends_n; i++)
		say_end(&b, b.ends[i]);
	if (b.ends_more > 0)
		shown_addf(out, SHOWN_PLAIN, "and %d more: claviger approval list --all", b.ends_more);
	say_stopped(&b);
	say_waits(&b);
	if (since_us > 0)
		say_cost(&b);
}
