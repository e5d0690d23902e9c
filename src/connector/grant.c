/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector/grant.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/gitdir.h"
#include "base/json.h"
#include "base/memory.h"
#include "wire/remote.h"

/* Both resolved. A folder holds itself. */
static bool holds(const char *outer, const char *inner)
{
	size_t n = strlen(outer);

	if (n == 1)
		return true;	/* "/" */
	return strncmp(outer, inner, n) == 0 && (inner[n] == '\0' || inner[n] == '/');
}

static enum err_code check_resolved(const char *folder, const char *home, struct err *e)
{
	enum err_code code;

	if (!holds(folder, home) && !holds(home, folder))
		return ERR_OK;
	code = err_set(e, ERR_REFUSED, "that folder holds the Claviger home or lies in it");
	return err_mend(e, code, "give a folder apart from it: a connector must never reach the vault");
}

enum err_code connector_root_check(const char *root, const char *home, struct err *e)
{
	char r[PATH_MAX], h[PATH_MAX];
	struct stat st;

	if (realpath(root, r) == NULL || stat(r, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_MISSING, "there is no such folder");
	if (realpath(home, h) == NULL)
		return err_sys(e, ERR_MISSING, "the Claviger home");
	return check_resolved(r, h, e);
}

/* False if the list of room texts (the last is NULL) was full. */
static bool add_to(char **list, size_t room, char *text)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	if (n + 1 < room) {
		list[n] = text;
		return true;
	}
	free(text);
	return false;
}

static void add(char **list, char *path)
{
	(void)add_to(list, GRANT_PATHS, path);
}

/* A repository that lies elsewhere (a root deep in a worktree, a linked worktree,
 * borrowed objects, one to push to) must not reach the home either. */
static enum err_code check_outside(const struct gitdir *at, const char *home, struct err *e)
{
	char h[PATH_MAX];
	enum err_code code;
	size_t i;

	if (realpath(home, h) == NULL)
		return err_sys(e, ERR_MISSING, "the Claviger home");
	code = check_resolved(at->common, h, e);
	for (i = 0; code == ERR_OK && at->alternates[i] != NULL; i++)
		code = check_resolved(at->alternates[i], h, e);
	return code;
}

enum err_code grant_codebase(struct grant *g, const char *program, const char *root, const char *home, const char *state, struct err *e)
{
	struct gitdir at;
	enum err_code code;
	size_t i;

	*g = (struct grant){.argv = {NULL}};
	code = connector_root_check(root, home, e);
	if (code == ERR_OK)
		code = file_make_folders(state, 0700, e);
	if (code == ERR_OK)
		code = gitdir_find(&at, root, e);
	if (code != ERR_OK)
		return code;
	code = check_outside(&at, home, e);
	if (code == ERR_OK) {
		add(g->argv, xstrdup(program));
		add(g->argv, xstrdup("--root"));
		add(g->argv, xstrdup(at.root));
		add(g->argv, xstrdup("--state"));
		add(g->argv, xstrdup(state));
		add(g->read_paths, xstrdup(at.common));
		if (strcmp(at.common, at.dir) != 0)
			add(g->read_paths, xstrdup(at.dir));
		if (!at.is_bare && strcmp(at.common, at.dir) != 0)	/* the `.git` file of a linked worktree */
			add(g->read_paths, xasprintf("%.*s/.git", (int)(strlen(at.root) - strlen(at.prefix)), at.root));
		for (i = 0; at.alternates[i] != NULL; i++)
			add(g->read_paths, xstrdup(at.alternates[i]));
		add(g->write_paths, xasprintf("%s/objects", at.common));
		add(g->write_paths, xasprintf("%s/refs", at.common));
		add(g->write_paths, xstrdup(state));
	}
	gitdir_release(&at);
	if (code != ERR_OK)
		grant_release(g);
	return code;
}

enum err_code grant_codebase_check(struct grant *g, const char *settings, const char *confine, const char *state, struct err *e)
{
	cJSON *tree = NULL;
	const char *check;
	char *checks;
	enum err_code code = settings != NULL ? json_parse(slice_of(settings), &tree, e) : ERR_OK;

	check = json_text(tree, "check");
	if (code == ERR_OK && check != NULL) {
		if (!add_to(g->argv, GRANT_WORDS, xstrdup("--check")) || !add_to(g->argv, GRANT_WORDS, xstrdup(check)) ||
		    !add_to(g->argv, GRANT_WORDS, xstrdup("--confine")) || !add_to(g->argv, GRANT_WORDS, xstrdup(confine)))
			code = err_set(e, ERR_LIMIT, "too many words");
		add(g->read_paths, xstrdup(confine));
		/* beside --rw of what is above it: what a check builds there may be run */
		checks = xasprintf("%s/checks", state);
		code = code == ERR_OK ? file_make_folders(checks, 0700, e) : code;
		add(g->read_paths, checks);
	}
	cJSON_Delete(tree);
	return code;
}

static enum err_code add_words(struct grant *g, const char *one, const char *two, struct err *e)
{
	return add_to(g->argv, GRANT_WORDS, xstrdup(one)) && add_to(g->argv, GRANT_WORDS, xstrdup(two)) ? ERR_OK : err_set(e, ERR_LIMIT, "too many words");
}

/* A repository in another folder: what a push writes there, and no more. */
static enum err_code push_to_folder(struct grant *g, const char *folder, const char *home, struct err *e)
{
	struct gitdir at;
	enum err_code code = gitdir_find(&at, folder, e);
	size_t i;

	if (code != ERR_OK)
		return code;
	code = check_outside(&at, home, e);
	if (code == ERR_OK && (at.prefix[0] != '\0' || strcmp(at.common, at.dir) != 0))
		code = err_set(e, ERR_USAGE, "the folder to push to lies inside a repository; give the repository itself");
	if (code == ERR_OK) {
		code = add_words(g, "--push", at.root, e);
		add(g->read_paths, xstrdup(at.common));
		for (i = 0; at.alternates[i] != NULL; i++)
			add(g->read_paths, xstrdup(at.alternates[i]));
		add(g->write_paths, xasprintf("%s/objects", at.common));
		add(g->write_paths, xasprintf("%s/refs", at.common));
	}
	gitdir_release(&at);
	return code;
}

static enum err_code push_to_host(struct grant *g, const char *address, const struct wire_url *url, const char *ca_file, struct err *e)
{
	enum err_code code = add_words(g, "--push", address, e);

	if (code == ERR_OK && ca_file != NULL) {
		code = add_words(g, "--push-ca", ca_file, e);
		add(g->read_paths, xstrdup(ca_file));
	}
	g->may_network = true;
	g->ports[0] = 53;
	g->ports[1] = url->port;
	return code;
}

enum err_code grant_codebase_push(struct grant *g, const char *settings, const char *home, struct err *e)
{
	cJSON *tree = NULL;
	struct wire_remote to;
	const char *push;
	enum err_code code = settings != NULL ? json_parse(slice_of(settings), &tree, e) : ERR_OK;

	push = json_text(tree, "push");
	if (code == ERR_OK && push != NULL) {
		code = wire_remote_parse(push, &to, e);
		if (code == ERR_OK)
			code = to.is_local ? push_to_folder(g, push, home, e) : push_to_host(g, push, &to.url, json_text(tree, "ca_file"), e);
	}
	cJSON_Delete(tree);
	return code;
}

/* --- what is far away: mailboxes, and records that others keep ------------------------ */

/* SCHEME://HOST[:PORT]: 0 if it is none of these. What else must hold the server itself says. */
static uint16_t port_of(const char *url)
{
	static const struct {
		const char *scheme;
		uint16_t port;
	} usual[] = {{"imaps://", 993}, {"imap://", 143}, {"smtps://", 465}, {"smtp://", 587}, {"https://", 443}, {"http://", 80}};
	const char *colon;
	size_t i;

	for (i = 0; url != NULL && i < LENGTH(usual); i++)
		if (strncmp(url, usual[i].scheme, strlen(usual[i].scheme)) == 0) {
			colon = strchr(url + strlen(usual[i].scheme), ':');
			return colon != NULL ? (uint16_t)strtoul(colon + 1, NULL, 10) : usual[i].port;
		}
	return 0;
}

enum err_code grant_inbox(struct grant *g, const char *program, const char *settings, const char *state, struct err *e)
{
	cJSON *tree = NULL;
	const char *ca_file;
	enum err_code code = file_make_folders(state, 0700, e);

	*g = (struct grant){.argv = {NULL}};
	if (code == ERR_OK)
		code = json_parse(slice_of(settings != NULL ? settings : ""), &tree, e);
	if (code != ERR_OK)
		return code;
	add(g->argv, xstrdup(program));
	add(g->argv, xstrdup("--settings"));
	add(g->argv, xstrdup(settings));
	add(g->argv, xstrdup("--state"));
	add(g->argv, xstrdup(state));
	add(g->write_paths, xstrdup(state));
	ca_file = json_text(tree, "ca_file");
	if (ca_file != NULL)
		add(g->read_paths, xstrdup(ca_file));
	g->may_network = true;
	g->ports[0] = 53;
	g->ports[1] = port_of(json_text(tree, "imap"));
	g->ports[2] = port_of(json_text(tree, "smtp"));
	if (g->ports[1] == 0 || g->ports[2] == 0) {
		code = err_set(e, ERR_USAGE, "an inbox needs an imap: and an smtp: address");
		grant_release(g);
	}
	cJSON_Delete(tree);
	return code;
}

static enum err_code reach_crm(struct grant *g, const char *settings, struct err *e)
{
	const char *ca_file, *url;
	cJSON *tree = NULL;
	enum err_code code = json_parse(slice_of(settings), &tree, e);

	if (code != ERR_OK)
		return code;
	add(g->argv, xstrdup("--settings"));
	add(g->argv, xstrdup(settings));
	ca_file = json_text(tree, "ca_file");
	if (ca_file != NULL)
		add(g->read_paths, xstrdup(ca_file));
	url = json_text(tree, "base_url");
	g->may_network = true;
	g->ports[0] = 53;
	g->ports[1] = url != NULL ? port_of(url) : 443;
	if (g->ports[1] == 0)
		code = err_set(e, ERR_USAGE, "the base URL is no https://HOST[:PORT]");
	cJSON_Delete(tree);
	return code;
}

enum err_code grant_crm(struct grant *g, const char *program, const char *settings, const char *state, struct err *e)
{
	enum err_code code = file_make_folders(state, 0700, e);

	*g = (struct grant){.argv = {NULL}};
	if (code != ERR_OK)
		return code;
	add(g->argv, xstrdup(program));
	add(g->argv, xstrdup("--state"));
	add(g->argv, xstrdup(state));
	add(g->write_paths, xstrdup(state));
	if (settings != NULL)
		code = reach_crm(g, settings, e);
	if (code != ERR_OK)
		grant_release(g);
	return code;
}

/* --- servers of others -------------------------------------------------------- */

static enum err_code take_argv(struct grant *g, const char *command, struct err *e)
{
	cJSON *list = NULL;
	const cJSON *w;
	enum err_code code = json_parse(slice_of(command), &list, e);

	cJSON_ArrayForEach(w, list)
		if (code == ERR_OK && (!cJSON_IsString(w) || !add_to(g->argv, GRANT_WORDS, xstrdup(w->valuestring))))
			code = err_set(e, ERR_USAGE, "a command is at most %d words", GRANT_WORDS - 1);
	if (code == ERR_OK && (!cJSON_IsArray(list) || g->argv[0] == NULL || g->argv[0][0] == '\0'))
		code = err_set(e, ERR_USAGE, "the connector has no command");
	cJSON_Delete(list);
	return code;
}

static enum err_code take_folders(const cJSON *settings, const char *name, char **list, const char *home, struct err *e)
{
	char resolved[PATH_MAX], h[PATH_MAX];
	const cJSON *m;
	enum err_code code;

	if (realpath(home, h) == NULL)
		return err_sys(e, ERR_MISSING, "the Claviger home");
	cJSON_ArrayForEach(m, json_array(settings, name)) {
		if (!cJSON_IsString(m) || m->valuestring[0] != '/')
			return err_set(e, ERR_USAGE, "what is granted is named by whole paths");
		if (realpath(m->valuestring, resolved) == NULL)
			return err_set(e, ERR_MISSING, "there is no '%.120s' to grant", m->valuestring);
		code = check_resolved(resolved, h, e);
		if (code != ERR_OK)
			return code;
		if (!add_to(list, GRANT_PATHS, xstrdup(resolved)))
			return err_set(e, ERR_LIMIT, "at most %d folders can be granted", GRANT_PATHS - 2);
	}
	return ERR_OK;
}

/* What would change how a program is loaded is nobody's setting. */
static bool may_be_set(const char *assignment)
{
	static const char *const never[] = {"LD_", "DYLD_", "GLIBC_", "MALLOC_", "HOME=", "TMPDIR=", "PATH="};
	size_t n = strspn(assignment, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"), i;

	for (i = 0; i < LENGTH(never); i++)
		if (strncmp(assignment, never[i], strlen(never[i])) == 0)
			return false;
	return n > 0 && (assignment[n] == '=' || assignment[n] == '\0') && !(assignment[0] >= '0' && assignment[0] <= '9');
}

static enum err_code take_env(struct grant *g, const cJSON *settings, struct err *e)
{
	const char *secret = json_text(settings, "secret_env");
	const cJSON *m;

	cJSON_ArrayForEach(m, json_array(settings, "env")) {
		if (!cJSON_IsString(m) || strchr(m->valuestring, '=') == NULL || !may_be_set(m->valuestring))
			return err_set(e, ERR_USAGE, "a variable is granted as NAME=value, and some names never are");
		if (!add_to(g->env, GRANT_PATHS, xstrdup(m->valuestring)))
			return err_set(e, ERR_LIMIT, "at most %d variables can be granted", GRANT_PATHS - 3);
	}
	if (secret == NULL)
		return ERR_OK;
	if (strchr(secret, '=') != NULL || !may_be_set(secret))
		return err_set(e, ERR_USAGE, "'%.60s' can be no granted variable", secret);
	g->secret_env = xstrdup(secret);
	return ERR_OK;
}

enum err_code grant_mcp(struct grant *g, const char *command, const char *settings, const char *home, const char *state, struct err *e)
{
	cJSON *tree = NULL;
	enum err_code code;

	*g = (struct grant){.argv = {NULL}};
	code = settings != NULL ? json_parse(slice_of(settings), &tree, e) : ERR_OK;
	if (code == ERR_OK)
		code = file_make_folders(state, 0700, e);
	if (code == ERR_OK)
		code = take_argv(g, command != NULL ? command : "[]", e);
	add(g->env, xasprintf("HOME=%s", state));
	add(g->env, xasprintf("TMPDIR=%s", state));
	add(g->write_paths, xstrdup(state));
	add(g->read_paths, xstrdup(state));	/* both together: what it put there may be run, as package runners do */
	if (code == ERR_OK)
		code = take_folders(tree, "read", g->read_paths, home, e);
	if (code == ERR_OK)
		code = take_folders(tree, "write", g->write_paths, home, e);
	if (code == ERR_OK)
		code = take_env(g, tree, e);
	g->may_network = json_bool(tree, "network", false);
	cJSON_Delete(tree);
	if (code != ERR_OK)
		grant_release(g);
	return code;
}

void grant_release(struct grant *g)
{
	size_t i;

	for (i = 0; i < GRANT_WORDS; i++)
		free(g->argv[i]);
	free(g->secret_env);

	for (i = 0; i < GRANT_PATHS; i++) {
		free(g->env[i]);
		free(g->read_paths[i]);
		free(g->write_paths[i]);
	}
	*g = (struct grant){.argv = {NULL}};
}
