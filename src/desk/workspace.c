/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/config.h"
#include "desk/workspace.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret_source.h"
#include "desk/data.h"
#include "desk/desk.h"
#include "office/template.h"
#include "store/agent.h"
#include "store/schedule.h"
#include "store/store.h"
#include "vault/vault.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_workspace(const struct paths *p, const char *name)
{
	struct workspace_paths w;
	bool yes;

	if (!path_workspace_name_ok(name) || workspace_paths_find(&w, p, name, NULL) != ERR_OK)
		return false;
	yes = file_exists(w.database);
	workspace_paths_release(&w);
	return yes;
}

char **workspace_names(const struct paths *p, int *n)
{
	DIR *dir = opendir(p->workspaces);
	char **names = xcalloc(1, sizeof *names);
	struct dirent *entry;

	*n = 0;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (is_workspace(p, entry->d_name)) {
			names = xreallocarray(names, (size_t)*n + 2, sizeof *names);
			names[(*n)++] = xstrdup(entry->d_name);
			names[*n] = NULL;
		}
	if (dir != NULL)
		closedir(dir);
	qsort(names, (size_t)*n, sizeof *names, by_name);
	return names;
}

static void names_free(char **names, int n)
{
	int i;

	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* The setting, if there is one and the file can be read: `config` says what is wrong with it. */
static void workspace_setting(const struct paths *p, char name[NAME_MAX_BYTES])
{
	struct config *c = NULL;

	name[0] = '\0';
	if (config_open(&c, p->config, NULL) == ERR_OK)
		snprintf(name, NAME_MAX_BYTES, "%s", config_text(c, "workspace"));
	config_free(c);
}

enum err_code workspace_choose(const struct paths *p, const char *wanted, char name[NAME_MAX_BYTES], struct err *e)
{
	enum err_code rc = ERR_OK;
	char **names, set[NAME_MAX_BYTES];
	int n;

	if (wanted == NULL || wanted[0] == '\0')
		wanted = getenv("CLAVIGER_WORKSPACE");
	if (wanted == NULL || wanted[0] == '\0') {
		workspace_setting(p, set);
		wanted = set;
	}
	if (wanted != NULL && wanted[0] != '\0') {
		if (!path_workspace_name_ok(wanted))
			return err_set(e, ERR_USAGE, "a workspace's name is letters, digits and -_.");
		snprintf(name, NAME_MAX_BYTES, "%s", wanted);
		if (is_workspace(p, wanted))
			return ERR_OK;
		err_set(e, ERR_MISSING, "no workspace is called %.60s", wanted);
		return err_mend(e, ERR_MISSING, "make it: claviger init --workspace %.60s", wanted);
	}
	names = workspace_names(p, &n);
	if (n == 1) {
		snprintf(name, NAME_MAX_BYTES, "%s", names[0]);
	} else if (n == 0) {
		rc = err_set(e, ERR_MISSING, "there is no workspace yet");
		err_mend(e, rc, "make one: claviger init");
	} else {
		rc = err_set(e, ERR_USAGE, "there are %d workspaces", n);
		err_mend(e, rc, "say which: --workspace NAME");
	}
	names_free(names, n);
	return rc;
}

enum err_code workspace_check_home(const struct paths *p, struct err *e)
{
	char *real = realpath(p->home, NULL);
	enum err_code rc = real != NULL ? path_check_private(real, e) : ERR_OK;

	free(real);
	return rc;
}

bool desk_has_workspace(const struct desk_options *o)
{
	struct paths p;
	char **names;
	int n;

	if (paths_find(&p, o->home, NULL) != ERR_OK)
		return false;
	names = workspace_names(&p, &n);
	names_free(names, n);
	paths_release(&p);
	return n > 0;
}

/* --- making one ------------------------------------------------------------------ */

static enum err_code add_team(struct store *s, struct vault *v, const char *home, const char *template_name, struct err *e)
{
	struct template *t;
	struct buf b;
	int i;
	enum err_code rc = data_template(home, template_name, &t, e);

	if (rc != ERR_OK)
		return rc;
	buf_init(&b, 0);
	for (i = 0; i < t->agents_n && rc == ERR_OK; i++) {
		rc = agent_add(s, &t->agents[i], e);	/* gives the id, which is signed too */
		if (rc != ERR_OK)
			break;
		agent_bytes(store_workspace(s), &t->agents[i], &b);
		rc = vault_mac(v, VAULT_AGENT, b.p, b.len, &t->agents[i].mac, e);
		if (rc == ERR_OK)
			rc = agent_set(s, &t->agents[i], e);
	}
	buf_release(&b);
	for (i = 0; i < t->schedules_n && rc == ERR_OK; i++) {	/* off: they have no next time */
		t->schedules[i].created_us = clock_now_us();
		rc = schedule_add(s, &t->schedules[i], "template", t->schedules[i].created_us, e);
	}
	if (rc == ERR_OK)
		rc = store_setting_set(s, "template", template_name, e);
	template_release(t);
	free(t);
	return rc;
}

static enum err_code fill(const struct paths *p, const struct workspace_paths *w, const struct workspace_wish *wish, struct vault_pass pass, struct err *e)
{
	struct store *s;
	struct vault *v = NULL;
	enum err_code rc = store_open(&s, w->folder, STORE_CREATE, e);

	if (rc != ERR_OK)
		return rc;
	rc = vault_create(w->vault, store_workspace(s), wish->person != NULL ? wish->person : "owner", pass, clock_now_us(), e);
	if (rc == ERR_OK)
		rc = vault_open(&v, w->vault, pass, e);
	if (rc == ERR_OK)
		rc = store_begin(s, e);
	if (rc == ERR_OK) {
		rc = store_set_name(s, wish->name, e);
		if (rc == ERR_OK && wish->zone != NULL && wish->zone[0] != '\0')
			rc = store_set_zone(s, wish->zone, e);
		if (rc == ERR_OK)
			rc = add_team(s, v, p->home, wish->template_name != NULL ? wish->template_name : "solo-founder", e);
		if (rc == ERR_OK)
			rc = store_commit(s, e);
		else
			store_rollback(s);
	}
	vault_close(v);
	store_close(s);
	return rc;
}

static void undo(const struct workspace_paths *w)
{
	static const char *const made[] = {"claviger.db", "claviger.db-wal", "claviger.db-shm", "gate", "tick", "worker.lock", "vault.key"};
	size_t i;

	for (i = 0; i < LENGTH(made); i++) {
		char *path = xasprintf("%s/%s", w->folder, made[i]);

		unlink(path);
		free(path);
	}
	rmdir(w->folder);
}

enum err_code desk_create(const struct desk_options *o, const struct workspace_wish *wish, struct secret *pass, struct err *e)
{
	struct paths p = {0};
	struct workspace_paths w = {0};
	struct secret *file = NULL;
	enum err_code rc = paths_find(&p, o->home, e);

	if (rc == ERR_OK)
		rc = workspace_check_home(&p, e);
	if (rc == ERR_OK)
		rc = workspace_paths_find(&w, &p, wish->name, e);
	if (rc == ERR_OK && (file_exists(w.database) || file_exists(w.vault))) {
		rc = err_set(e, ERR_CONFLICT, "workspace %s exists", wish->name);
		err_mend(e, rc, "choose another name with --workspace");
	} else if (rc == ERR_OK && wish->key_file != NULL) {
		rc = secret_from_file_whole(wish->key_file, &file, e);
	}
	if (rc == ERR_OK) {
		rc = path_make_private(w.folder, e);
		if (rc == ERR_OK)
			rc = fill(&p, &w, wish, vault_pass(pass, file), e);
		if (rc != ERR_OK)
			undo(&w);
	}
	secret_free(pass);
	secret_free(file);
	workspace_paths_release(&w);
	paths_release(&p);
	return rc;
}
