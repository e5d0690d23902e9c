/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

#define GIT_PATH "/usr/local/bin:/usr/bin:/bin"
#define ENV_PATH "PATH=" GIT_PATH
#define GIT_LIMIT_US (60 * US_PER_S)
#define ENV_MAX 96
#define ARGS_MAX 2048

/* Settings that win over the repository's own (command scope). */
static const char *const settings[][2] = {
	{"core.hooksPath", "/dev/null"},
	{"core.fsmonitor", "false"},
	{"core.untrackedCache", "false"},
	{"core.splitIndex", "false"},
	{"core.sparseCheckout", "false"},
	{"index.sparse", "false"},
	{"core.attributesFile", "/dev/null"},
	{"core.excludesFile", "/dev/null"},
	{"core.pager", "cat"},
	{"core.editor", "false"},
	{"core.askPass", "false"},
	{"core.sshCommand", "false"},
	{"core.alternateRefsCommand", "false"},
	{"core.autocrlf", "false"},
	{"core.safecrlf", "false"},
	{"core.protectHFS", "true"},
	{"core.protectNTFS", "true"},
	{"core.logAllRefUpdates", "false"},
	{"core.quotePath", "true"},
	{"core.fsync", "committed,loose-object"},
	{"core.commitGraph", "false"},
	{"protocol.allow", "never"},
	{"apply.whitespace", "nowarn"},
	{"apply.ignoreWhitespace", "no"},
	{"diff.noprefix", "false"},
	{"diff.mnemonicPrefix", "false"},
	{"diff.ignoreSubmodules", "all"},
	{"submodule.recurse", "false"},
	{"grep.column", "false"},
	{"grep.fullName", "true"},
	{"grep.fallbackToNoIndex", "false"},
	{"color.ui", "never"},
	{"color.grep", "never"},
	{"commit.gpgSign", "false"},
	{"gpg.program", "false"},
	{"i18n.commitEncoding", "UTF-8"},
	{"i18n.logOutputEncoding", "UTF-8"},
	{"log.showSignature", "false"},
	{"log.mailmap", "false"},
	{"trace2.eventTarget", "0"},
	{"gc.auto", "0"},
	{"maintenance.auto", "false"},
	{"safe.directory", "*"},
	{"credential.helper", ""},
	{"http.followRedirects", "false"},
	{"http.sslVerify", "true"},
	{"push.followTags", "false"},
	{"push.gpgSign", "false"},
	{"push.recurseSubmodules", "no"},
	{"receive.autogc", "false"},
	{"receive.denyCurrentBranch", "refuse"},
	{"receive.denyDeletes", "true"},
	{"receive.denyNonFastForwards", "true"},
	{"receive.updateServerInfo", "false"},
};

static const char *const fixed_env[] = {
	ENV_PATH,
	"HOME=/nonexistent",
	"XDG_CONFIG_HOME=/nonexistent",
	"LC_ALL=C",
	"TZ=UTC0",
	"GIT_CONFIG_NOSYSTEM=1",
	"GIT_CONFIG_SYSTEM=/dev/null",
	"GIT_CONFIG_GLOBAL=/dev/null",
	"GIT_ATTR_NOSYSTEM=1",
	"GIT_TERMINAL_PROMPT=0",
	"GIT_OPTIONAL_LOCKS=0",
	"GIT_NO_REPLACE_OBJECTS=1",
	"GIT_NO_LAZY_FETCH=1",
	"GIT_LITERAL_PATHSPECS=1",
	"GIT_IMPLICIT_WORK_TREE=0",
	"GIT_ASKPASS=false",
	"GIT_PAGER=cat",
	"GIT_EDITOR=false",
	"GIT_SSH_COMMAND=false",
	"GIT_AUTHOR_NAME=Claviger",
	"GIT_AUTHOR_EMAIL=claviger@localhost",
	"GIT_COMMITTER_NAME=Claviger",
	"GIT_COMMITTER_EMAIL=claviger@localhost",
};

enum err_code repo_open(struct repo *r, const char *root, const char *state, struct err *e)
{
	enum err_code code;

	*r = (struct repo){0};
	r->git = spawn_find("git", GIT_PATH);
	if (r->git == NULL) {
		code = err_set(e, ERR_MISSING, "git is not installed");
		return err_mend(e, code, "install the package git");
	}
	if (state != NULL)
		r->state = xstrdup(state);
	return gitdir_find(&r->at, root, e);
}

void repo_release(struct repo *r)
{
	gitdir_release(&r->at);
	free(r->git);
	free(r->state);
	*r = (struct repo){0};
}

void git_run_release(struct git_run *g)
{
	buf_release(&g->out.out);
	buf_release(&g->out.err);
}

/* Strings that end with the list itself. */
struct list {
	char *own[ENV_MAX + 1];
	size_t n;
};

static void list_add(struct list *l, char *text)
{
	if (l->n < ENV_MAX)
		l->own[l->n++] = text;
	else
		free(text);
}

static void list_release(struct list *l)
{
	while (l->n > 0)
		free(l->own[--l->n]);
}

/* Where to look for objects that are not where new ones are written: the
 * repository's own and those it borrows. A path with a colon or a quote would
 * need quoting; it is refused at start. */
static char *alternates_of(const struct repo *r)
{
	struct buf b;
	size_t i;

	buf_init(&b, 65536);
	buf_addf(&b, "GIT_ALTERNATE_OBJECT_DIRECTORIES=%s/objects", r->at.common);
	for (i = 0; r->at.alternates[i] != NULL; i++)
		buf_addf(&b, ":%s", r->at.alternates[i]);
	return buf_take(&b);
}

static void env_fill(struct list *env, const struct repo *r, const struct git_run *g)
{
	size_t i;

	for (i = 0; i < LENGTH(fixed_env); i++)
		list_add(env, xstrdup(fixed_env[i]));
	list_add(env, xasprintf("GIT_DIR=%s", g->dir != NULL ? g->dir : r->at.dir));
	list_add(env, xasprintf("GIT_ALLOW_PROTOCOL=%s", g->protocol != NULL ? g->protocol : "none"));
	list_add(env, xasprintf("GIT_INDEX_FILE=%s", g->index != NULL ? g->index : "/nonexistent"));
	if (g->objects != NULL) {
		list_add(env, xasprintf("GIT_OBJECT_DIRECTORY=%s", g->objects));
		list_add(env, alternates_of(r));
	}
}

static void quote(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(b, "'\\'");
		buf_addc(b, *s);
	}
	buf_addc(b, '\'');
}

/* GIT_CONFIG_PARAMETERS is git's own form of -c; one variable instead of two a setting. */
static void settings_fill(struct list *env, const char *const (*more)[2])
{
	struct buf b;
	size_t i;

	buf_init(&b, 16384);
	buf_adds(&b, "GIT_CONFIG_PARAMETERS=");
	for (i = 0; i < LENGTH(settings); i++)
		buf_addf(&b, "%s'%s'='%s'", i > 0 ? " " : "", settings[i][0], settings[i][1]);
	for (; more != NULL && (*more)[0] != NULL; more++) {
		buf_addc(&b, ' ');
		quote(&b, (*more)[0]);
		buf_addc(&b, '=');
		quote(&b, (*more)[1]);
	}
	list_add(env, buf_take(&b));
}

char *git_shell_words(const struct repo *r, const char *word)
{
	struct buf b;
	size_t i;

	buf_init(&b, 16384);
	quote(&b, r->git);
	for (i = 0; i < LENGTH(settings); i++)
		buf_addf(&b, " -c '%s=%s'", settings[i][0], settings[i][1]);
	buf_addf(&b, " %s", word);
	return buf_take(&b);
}

enum err_code git_do(const struct repo *r, struct git_run *g, const char *const *args, struct err *e)
{
	const char *argv[ARGS_MAX + 2], *env[ENV_MAX + 1];
	struct list own = {.n = 0};
	struct spawn_spec spec = {.path = r->git, .argv = argv, .env = env, .secret = g->secret};
	enum err_code code;
	size_t i;

	argv[0] = "git";
	for (i = 0; args[i] != NULL && i < ARGS_MAX; i++)
		argv[i + 1] = args[i];
	argv[i + 1] = NULL;
	if (args[i] != NULL)
		return err_set(e, ERR_LIMIT, "too many paths at once");
	env_fill(&own, r, g);
	settings_fill(&own, g->settings);
	for (i = 0; i < own.n; i++)
		env[i] = own.own[i];
	env[i] = NULL;
	buf_clear(&g->out.out);
	buf_clear(&g->out.err);
	code = spawn_run(&spec, g->input, &g->out, g->limit_us > 0 ? g->limit_us : GIT_LIMIT_US, e);
	list_release(&own);
	if (code == ERR_OK && g->out.status != 0 && !g->out.is_cut)
		code = err_set(e, ERR_IO, "git %s failed with status %d", args[0], g->out.status);
	return code;
}

bool git_line(const struct repo *r, const char *const *args, char *out, size_t max)
{
	struct git_run g = {.index = NULL};
	struct err ignored;
	size_t n;
	bool ok;

	ok = git_do(r, &g, args, &ignored) == ERR_OK && g.out.out.len > 0;
	if (ok) {
		n = strcspn(g.out.out.p, "\n");
		ok = n > 0 && n < max;
		if (ok) {
			memcpy(out, g.out.out.p, n);
			out[n] = '\0';
		}
	}
	git_run_release(&g);
	return ok;
}

bool git_is_ancestor(const struct repo *r, const char *older, const char *newer)
{
	const char *args[] = {"merge-base", "--is-ancestor", older, newer, NULL};
	struct git_run g = {.index = NULL};
	bool yes = git_do(r, &g, args, NULL) == ERR_OK;

	git_run_release(&g);
	return yes;
}
