/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "servers/codebase/diff.h"

static bool resolve(const struct repo *r, const char *name, char out[OBJECT_ID_MAX])
{
	char *spec = xasprintf("%s^{commit}", name);
	const char *args[] = {"rev-parse", "--verify", "--quiet", "--end-of-options", spec, NULL};
	bool ok = git_line(r, args, out, OBJECT_ID_MAX);

	if (!ok)
		out[0] = '\0';
	free(spec);
	return ok;
}

void view_pick(const struct repo *r, int64_t task, struct view *v)
{
	char ref[96];

	*v = (struct view){.is_branch = false};
	resolve(r, "HEAD", v->commit);
	if (task <= 0)
		return;
	snprintf(v->branch, sizeof v->branch, "claviger/T%" PRId64, task);
	snprintf(ref, sizeof ref, "refs/heads/%s", v->branch);
	if (!resolve(r, ref, v->tip) || (v->commit[0] != '\0' && git_is_ancestor(r, v->tip, v->commit)))
		return;
	memcpy(v->commit, v->tip, sizeof v->commit);
	v->is_branch = true;
}

char *view_full_path(const struct repo *r, const char *path)
{
	return xasprintf("%s%s", r->at.prefix, path);
}

enum err_code view_entry(const struct repo *r, const struct view *v, const char *path, struct entry *out, struct err *e)
{
	const char *fault = diff_path_fault(path), *tab, *p;
	struct git_run g = {.index = NULL};
	char *full;
	enum err_code code;

	*out = (struct entry){.mode = ""};
	if (fault != NULL)
		return err_set(e, ERR_REFUSED, "that path %s", fault);
	if (v->commit[0] == '\0')
		return ERR_OK;
	full = view_full_path(r, path);
	code = git_do(r, &g, (const char *const[]){"ls-tree", "-z", "--full-tree", v->commit, "--", full, NULL}, e);
	p = g.out.out.p;
	/* "MODE TYPE ID\tPATH\0" */
	if (code == ERR_OK && g.out.out.len > 0 && (tab = strchr(p, '\t')) != NULL && strcmp(tab + 1, full) == 0) {
		size_t mode = strcspn(p, " "), type = strcspn(p + mode + 1, " "), id = (size_t)(tab - p) - mode - type - 2;

		if (mode < sizeof out->mode && id < sizeof out->id) {
			memcpy(out->mode, p, mode);
			memcpy(out->id, p + mode + type + 2, id);
		}
	}
	git_run_release(&g);
	free(full);
	return code;
}
