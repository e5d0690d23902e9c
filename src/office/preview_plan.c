/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdio.h>

#include "base/buf.h"
#include "money/pico.h"
#include "office/plan.h"
#include "office/preview_lines.h"

static void depends_line(struct preview *p, const struct plan *plan, const struct plan_task *t)
{
	struct buf b;
	int k;

	if (t->depends_n == 0)
		return;
	buf_init(&b, 0);
	for (k = 0; k < t->depends_n; k++)
		buf_addf(&b, "%s%s", k > 0 ? ", " : "", plan->tasks[t->depends[k]].key);
	preview_add_field(p, "after", t->level + 1, buf_slice(&b));
	buf_release(&b);
}

static void task_lines(struct preview *p, const struct plan *plan, const struct plan_task *t)
{
	char text[TITLE_MAX_BYTES + NAME_MAX_BYTES + 8];

	snprintf(text, sizeof text, "%s  %s", t->key, t->title);
	preview_add_field(p, "task", t->level, slice_of(text));
	snprintf(text, sizeof text, "%s, %s tier", t->agent, tier_names[t->tier]);
	preview_add_field(p, "agent", t->level + 1, slice_of(text));
	depends_line(p, plan, t);
	if (t->has_cost) {
		snprintf(text, sizeof text, "$%s expected", t->cost_raw);
		preview_add_field(p, "cost", t->level + 1, slice_of(text));
	}
	preview_add_text(p, PREVIEW_PLAIN, t->level + 1, slice_of(t->instructions));
}

/* What can run first stands first; within a level as the CEO wrote it. */
static void all_tasks(struct preview *p, const struct plan *plan)
{
	int level, i, shown = 0;

	for (level = 0; shown < plan->tasks_n; level++)
		for (i = 0; i < plan->tasks_n; i++)
			if (plan->tasks[i].level == level) {
				task_lines(p, plan, &plan->tasks[i]);
				shown++;
			}
}

void preview_plan(struct preview *p, struct slice payload)
{
	/* wider than any worker's bounds: what was accepted once must be shown */
	static const struct office_limits wide = {.tasks_per_goal = 1000, .plan_depth = 1000, .title_bytes = TITLE_MAX_BYTES,
	    .instruction_bytes = (size_t)1 << 20, .summary_bytes = (size_t)1 << 20};
	char money[PICO_TEXT];
	struct err e;
	struct plan plan;

	if (plan_parse(payload, NULL, 0, true, &wide, &plan, &e) != ERR_OK) {
		preview_addf(p, PREVIEW_WARN, "This is no plan that the office can carry out: %s", e.text);
		preview_json(p, NULL, payload);
		return;
	}
	pico_format(plan.cost_pd, money);
	if (plan.costs_n == 0)
		preview_addf(p, PREVIEW_HEAD, "Plan: %d task%s, no expected cost given", plan.tasks_n, plan.tasks_n == 1 ? "" : "s");
	else if (plan.costs_n < plan.tasks_n)
		preview_addf(p, PREVIEW_HEAD, "Plan: %d tasks, expected $%s for %d of them", plan.tasks_n, money, plan.costs_n);
	else
		preview_addf(p, PREVIEW_HEAD, "Plan: %d task%s, expected $%s", plan.tasks_n, plan.tasks_n == 1 ? "" : "s", money);
	preview_add_text(p, PREVIEW_PLAIN, 0, slice_of(plan.summary));
	all_tasks(p, &plan);
	plan_free(&plan);
}
