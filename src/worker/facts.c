/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "connector/connector.h"
#include "store/agent.h"
#include "store/attachment.h"
#include "store/connector.h"
#include "store/goal.h"
#include "store/task.h"
#include "worker/private.h"

#define TOOLS_MAX CONNECTOR_TOOLS_MAX
#define CONNECTORS_MAX 32
#define ENTRIES_PAGE 32

/* The finished tasks this one depended on: their results are reading matter. */
static void load_needed(struct worker *w, struct facts *f)
{
	struct task *all = xcalloc(64, sizeof *all);
	int i, n = 0;

	if (task_needed(w->h.store, f->task.id, all, 64, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++)
		if (f->needed_n < (int)LENGTH(f->needed))
			f->needed[f->needed_n++] = all[i];
		else
			task_release(&all[i]);
	free(all);
}

/* The history, page by page: most are short. */
static enum err_code load_entries(struct store *s, int64_t task, struct facts *f, struct err *e)
{
	enum err_code rc = ERR_OK;
	int n = ENTRIES_PAGE;

	while (rc == ERR_OK && n == ENTRIES_PAGE && f->entries_n < ENTRIES_MAX) {
		f->entries = xreallocarray(f->entries, (size_t)f->entries_n + ENTRIES_PAGE, sizeof *f->entries);
		rc = entry_list(s, task, f->entries_n > 0 ? f->entries[f->entries_n - 1].seq : 0, f->entries + f->entries_n, ENTRIES_PAGE, &n, e);
		if (rc == ERR_OK)
			f->entries_n += n;
	}
	return rc;
}

enum err_code facts_load(struct worker *w, int64_t task, struct facts *f, struct err *e)
{
	struct store *s = w->h.store;
	enum err_code rc;

	memset(f, 0, sizeof *f);
	rc = task_get(s, task, &f->task, e);
	if (rc == ERR_OK)
		rc = goal_get(s, f->task.goal, &f->goal, e);
	if (rc == ERR_OK)
		rc = agent_get(s, f->task.agent, &f->agent, e);
	if (rc != ERR_OK)
		return rc;
	f->team = xcalloc(TEAM_MAX, sizeof *f->team);
	f->connectors = xcalloc(CONNECTORS_MAX, sizeof *f->connectors);
	f->tools = xcalloc(TOOLS_MAX, sizeof *f->tools);
	rc = agent_list(s, f->team, TEAM_MAX, &f->team_n, e);
	if (rc == ERR_OK)
		rc = connector_list(s, f->connectors, CONNECTORS_MAX, &f->connectors_n, e);
	if (rc == ERR_OK)
		rc = tool_list(s, 0, f->tools, TOOLS_MAX, &f->tools_n, e);
	if (rc == ERR_OK)
		rc = load_entries(s, task, f, e);
	if (rc != ERR_OK)
		return rc;
	load_needed(w, f);
	f->attached = xcalloc(ATTACHMENTS_MAX, sizeof *f->attached);
	rc = attachment_list(s, f->task.goal, f->attached, ATTACHMENTS_MAX, &f->attached_n, e);
	if (rc != ERR_OK)
		return rc;
	offers_make(&f->offers, &f->agent, &f->task, f->tools, (size_t)f->tools_n, f->connectors, (size_t)f->connectors_n);
	return ERR_OK;
}

void facts_release(struct facts *f)
{
	int i;

	goal_release(&f->goal);
	task_release(&f->task);
	agent_release(&f->agent);
	for (i = 0; i < f->team_n; i++)
		agent_release(&f->team[i]);
	for (i = 0; i < f->tools_n; i++)
		tool_release(&f->tools[i]);
	for (i = 0; i < f->connectors_n; i++)
		connector_record_release(&f->connectors[i]);
	for (i = 0; i < f->entries_n; i++)
		entry_release(&f->entries[i]);
	for (i = 0; i < f->needed_n; i++)
		task_release(&f->needed[i]);
	for (i = 0; i < f->attached_n; i++)
		goal_attachment_release(&f->attached[i]);
	offers_release(&f->offers);
	free(f->attached);
	free(f->team);
	free(f->tools);
	free(f->connectors);
	free(f->entries);
	memset(f, 0, sizeof *f);
}
