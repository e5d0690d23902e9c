/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/team.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

#define TEAM_MAX 64	/* a team has fewer (op_agent.c) */

static enum err_code ambiguous(const struct agent *rows, int n, const char *role, struct err *e)
{
	struct buf names;
	int i, k = 0, of = 0;

	for (i = 0; i < n; i++)
		of += strcmp(rows[i].role, role) == 0;
	buf_init(&names, 0);
	for (i = 0; i < n; i++)
		if (strcmp(rows[i].role, role) == 0) {
			buf_addf(&names, "%s%s", k == 0 ? "" : k == of - 1 ? " and " : ", ", rows[i].name);
			k++;
		}
	err_set(e, ERR_USAGE, "%d agents are %.32s: %.160s", of, role, buf_text(&names));
	buf_release(&names);
	return err_mend(e, ERR_USAGE, "name one of them");
}

static enum err_code find_by_role(struct store *s, const char *role, struct agent *a, struct err *e)
{
	struct agent *rows = xcalloc(TEAM_MAX, sizeof *rows);
	int n = 0, i, found = 0, at = 0;
	enum err_code rc = agent_list(s, rows, TEAM_MAX, &n, e);

	for (i = 0; i < n; i++)
		if (strcmp(rows[i].role, role) == 0 && found++ == 0)
			at = i;
	if (rc == ERR_OK && found == 0) {
		err_set(e, ERR_MISSING, "no agent or role is called %.60s", role);
		rc = err_mend(e, ERR_MISSING, "see: claviger agent list");
	} else if (rc == ERR_OK && found > 1) {
		rc = ambiguous(rows, n, role, e);
	} else if (rc == ERR_OK) {
		*a = rows[at];
		rows[at] = (struct agent){0};
	}
	for (i = 0; i < n; i++)
		agent_release(&rows[i]);
	free(rows);
	return rc;
}

enum err_code team_find(struct store *s, const char *word, struct agent *a, struct err *e)
{
	enum err_code rc = agent_get(s, word, a, e);

	if (rc != ERR_MISSING)
		return rc;
	*a = (struct agent){0};
	return find_by_role(s, word, a, e);
}
