/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/page.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "money/pico.h"

#define REPORT_BYTES ((size_t)12 << 10)	/* of the agents' own words */
#define LINES_MAX 40			/* of one section */

/* As much as fits, never half a character. */
static void add_cut(struct buf *b, const char *text, size_t most)
{
	size_t n = strlen(text);

	if (n <= most) {
		buf_add(b, text, n);
		return;
	}
	while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
		most--;
	buf_add(b, text, most);
	buf_adds(b, "\n[cut: the whole stands with the tasks]");
}

enum section { CARRIED_OUT, REFUSED, NOT_DONE, NOT_KNOWN, SECTIONS };

static int section_of(const struct approval *a)
{
	if (a->kind == APPROVAL_PLAN)
		return a->state == APPROVAL_REJECTED ? REFUSED : -1;
	switch (a->state) {
	case APPROVAL_FIRED:
		return CARRIED_OUT;
	case APPROVAL_REJECTED:
		return REFUSED;
	case APPROVAL_UNKNOWN:
		return NOT_KNOWN;
	case APPROVAL_FAILED:
	case APPROVAL_NOT_FIRED:
	case APPROVAL_EXPIRED:
	case APPROVAL_WITHDRAWN:
		return NOT_DONE;
	default:
		return -1;
	}
}

static void add_line(struct buf *b, const struct approval *a, enum section s)
{
	size_t n = strlen(a->tool);
	bool named = n > 0 && strncmp(a->summary, a->tool, n) == 0 && a->summary[n] == ' ';

	buf_addf(b, "  A%" PRId64 " ", a->id);
	if (a->kind == APPROVAL_PLAN)
		buf_adds(b, "plan: ");
	if (a->connector[0] != '\0')
		buf_addf(b, "%s.%s: ", a->connector, a->tool);
	buf_adds(b, a->summary + (named ? n + 1 : 0));
	if (s == CARRIED_OUT && a->decided_by[0] != '\0')
		buf_addf(b, " (approved by %s)", a->decided_by);
	else if (s != CARRIED_OUT && a->reason[0] != '\0')
		buf_addf(b, " (%.*s)", (int)(strcspn(a->reason, "\n") < 200 ? strcspn(a->reason, "\n") : 200), a->reason);
	buf_addc(b, '\n');
}

static void add_section(struct buf *b, enum section s, const char *title, const struct approval *v, size_t n)
{
	size_t i, shown = 0, all = 0;

	for (i = 0; i < n; i++) {
		if (section_of(&v[i]) != (int)s)
			continue;
		if (all++ == 0)
			buf_addf(b, "\n%s\n", title);
		if (shown < LINES_MAX) {
			add_line(b, &v[i], s);
			shown++;
		}
	}
	if (all > shown)
		buf_addf(b, "  and %zu more\n", all - shown);
}

static void add_money(struct buf *b, int64_t pd)
{
	char text[PICO_TEXT];

	pico_format_fine(pd, text);
	buf_adds(b, text);
}

/* Each agent once, in the order of their first task. */
static void add_cost(struct buf *b, const struct task *t, size_t n)
{
	int64_t all = 0, turns = 0;
	size_t i, k;

	for (i = 0; i < n; i++) {
		all += t[i].cost_pd;
		turns += t[i].turns;
	}
	buf_adds(b, "\nCost: ");
	add_money(b, all);
	buf_addf(b, " over %" PRId64 " call%s", turns, turns == 1 ? "" : "s");
	for (i = 0; i < n; i++) {
		int64_t own = 0;

		for (k = 0; k < i && strcmp(t[k].agent, t[i].agent) != 0; k++)
			;
		if (k < i)
			continue;
		for (; k < n; k++)
			own += strcmp(t[k].agent, t[i].agent) == 0 ? t[k].cost_pd : 0;
		buf_addf(b, "%s%s ", i == 0 ? ": " : ", ", t[i].agent);
		add_money(b, own);
	}
	buf_addc(b, '\n');
}

char *goal_page(const char *report, const struct task *tasks, size_t tasks_n, const struct approval *approvals, size_t approvals_n)
{
	static const char *const titles[SECTIONS] = {"Approved and carried out:", "Refused:", "Approved or proposed, and not done:", "Not known whether it was done; look, then settle it:"};
	struct buf b;
	int s;

	buf_init(&b, 0);
	if (report != NULL && report[0] != '\0') {
		add_cut(&b, report, REPORT_BYTES);
		if (b.p[b.len - 1] != '\n')
			buf_addc(&b, '\n');
	}
	for (s = 0; s < SECTIONS; s++)
		add_section(&b, (enum section)s, titles[s], approvals, approvals_n);
	add_cost(&b, tasks, tasks_n);
	return buf_take(&b);
}
