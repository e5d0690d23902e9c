/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be wrong with this home and this machine, each with its mend.
 *
 * A check is ok, a note (worth knowing, nothing is wrong) or bad. Nothing here
 * stops at the first fault, and a workspace that cannot be opened is a finding. */
#include "desk/query_private.h"

#include <dirent.h>
#include <gnu/libc-version.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/file.h"
#include "base/path.h"
#include "base/spawn.h"
#include "model/move.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/spend.h"

#define DISK_LOW_BYTES ((uint64_t)256 << 20)
#define MEMLOCK_NEED_BYTES ((rlim_t)1 << 20)
#define CONFINE_LIMIT_US INT64_C(10000000)

enum verdict_of { CHECK_OK, CHECK_NOTE, CHECK_BAD };
static const char *const verdict_names[] = {"ok", "note", "bad"};

struct doctor {
	struct json_out *j;
	int bad;
	bool is_report;		/* names, paths and words of the person's stay out */
	int nth;		/* of the workspaces */
};

/* What may be pasted where anybody reads it: a path becomes the last of its names. */
static const char *path_for(const struct doctor *d, const char *path)
{
	const char *slash = strrchr(path, '/');

	return d->is_report && slash != NULL ? slash + 1 : path;
}

static void say(struct doctor *d, enum verdict_of v, const char *name, const char *text, const char *mend)
{
	json_open(d->j, NULL, '{');
	json_put_text(d->j, "check", name);
	json_put_text(d->j, "state", verdict_names[v]);
	put_word(d->j, "text", text);
	put_word(d->j, "mend", v == CHECK_OK ? NULL : mend);
	json_close(d->j, '}');
	d->bad += v == CHECK_BAD;
}

static void say_result(struct doctor *d, enum err_code code, const struct err *e, const char *name, const char *fine, const char *mend)
{
	if (code == ERR_OK)
		say(d, CHECK_OK, name, fine, NULL);
	else
		say(d, CHECK_BAD, name, e->text, e->mend[0] != '\0' ? e->mend : mend);
}

/* --- a workspace -------------------------------------------------------------------- */

static void check_modes(struct doctor *d, const struct workspace_paths *w)
{
	const char *const files[] = {w->database, w->vault, w->lock, w->board};
	struct err e;
	struct stat st;
	enum err_code code = path_check_private(w->folder, &e);

	if (d->is_report && code != ERR_OK)
		say(d, CHECK_BAD, "folder", "is not closed to others, or no place for a workspace", NULL);
	else
		say_result(d, code, &e, "folder", d->is_report ? "closed to others" : w->folder, "chmod 700 the folder, and let it be yours");
	for (size_t i = 0; i < LENGTH(files); i++) {
		char text[512], mend[512];

		if (stat(files[i], &st) != 0 || (st.st_uid == getuid() && (st.st_mode & 077) == 0))
			continue;
		snprintf(text, sizeof text, "others may read or write %s", path_for(d, files[i]));
		snprintf(mend, sizeof mend, "chmod 600 %s", path_for(d, files[i]));
		say(d, CHECK_BAD, "permissions", text, mend);
	}
	if (!file_exists(w->vault))
		say(d, CHECK_BAD, "vault", "vault.key is missing", "put it back from a backup; without it the keys are lost");
}

/* Keys that want something of a person: state, age, the end of a session. */
static void check_keys(struct doctor *d, struct store *s)
{
	struct key rows[64];
	char text[512], mend[160], note[KEY_NOTE];
	int64_t now = clock_now_us();
	int n = 0, said = 0;

	if (key_list(s, rows, LENGTH(rows), &n, NULL) != ERR_OK)
		return;	/* the database's own check says why */
	for (int i = 0; i < n; i++) {
		const struct key *k = &rows[i];
		bool is_bad = k->state == KEY_FAILING || k->state == KEY_REVOKED;

		if (k->state == KEY_RETIRED || (key_note(k, now, note)[0] == '\0' && !is_bad))
			continue;
		if (d->is_report) {	/* its label and the vendor's words are the person's */
			snprintf(text, sizeof text, "K%lld (%.40s, version %d) is %s%s%s", (long long)k->id, k->vendor, k->version, life_name(&key_life, k->state), note[0] != '\0' ? ": " : "", note);
			say(d, CHECK_NOTE, "key", text, NULL);
			said++;
			continue;
		}
		if (is_bad)
			snprintf(text, sizeof text, "%s is %s: %.200s", k->label, life_name(&key_life, k->state), k->why);
		else
			snprintf(text, sizeof text, "%s: %s", k->label, note);
		snprintf(mend, sizeof mend, k->state == KEY_FAILING ? "mend it at the vendor, then: claviger key test %s" : "claviger key rotate %s", k->label);
		say(d, CHECK_NOTE, "key", text, mend);
		said++;
	}
	if (said == 0 && n > 0)
		say(d, CHECK_OK, "keys", "none is refused, old or about to end", NULL);
}

static void check_workspace(struct doctor *d, const char *name, const struct workspace_paths *w)
{
	struct store *s = NULL;
	struct err e;
	int64_t first = 0;
	char nth[32];
	enum err_code code;

	if (d->is_report)
		snprintf(nth, sizeof nth, "number %d", ++d->nth);
	say(d, CHECK_OK, "workspace", d->is_report ? nth : name, NULL);
	check_modes(d, w);
	err_clear(&e);
	code = store_open(&s, w->folder, STORE_READ, &e);
	if (code != ERR_OK) {
		if (d->is_report)
			snprintf(e.text, sizeof e.text, "cannot be opened: %s", err_name(code));	/* the words name its folder */
		say_result(d, code, &e, "database", NULL, "put the database back from a backup");
		return;
	}
	code = store_check(s, &e);
	say_result(d, code, &e, "database", "whole", "put the database back from a backup");
	code = spend_verify(s, &e);
	say_result(d, code, &e, "sums", "every roll-up equals its rows", "put the database back from a backup, and report it");
	code = journal_verify(s, &first, &e);
	say_result(d, code, &e, "journal", "the chain is whole", "compare with a backup; what follows the broken entry proves nothing");
	check_keys(d, s);
	store_close(s);
}

static void check_workspaces(struct doctor *d, const struct desk_options *o)
{
	struct paths p;
	struct err e;
	struct dirent *entry;
	int seen = 0;
	DIR *dir;

	if (paths_find(&p, o->home, &e) != ERR_OK) {
		say(d, CHECK_BAD, "home", e.text, e.mend);
		return;
	}
	dir = opendir(p.workspaces);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct workspace_paths w;

		if (!path_workspace_name_ok(entry->d_name) || (o->workspace != NULL && strcmp(o->workspace, entry->d_name) != 0))
			continue;
		if (workspace_paths_find(&w, &p, entry->d_name, &e) != ERR_OK)
			continue;
		check_workspace(d, entry->d_name, &w);
		workspace_paths_release(&w);
		seen++;
	}
	if (dir != NULL)
		closedir(dir);
	if (seen == 0)
		say(d, o->workspace != NULL ? CHECK_BAD : CHECK_NOTE, "workspace", o->workspace != NULL ? "there is no workspace of that name" : "there is none yet",
		    "claviger init makes one");
	else
		say(d, CHECK_OK, "home", d->is_report ? "closed to others" : p.home, NULL);
	paths_release(&p);
}

/* --- the machine ----------------------------------------------------------------------- */

static void check_disk(struct doctor *d, const struct desk_options *o)
{
	struct paths p;
	struct statvfs fs;
	char text[128];

	if (paths_find(&p, o->home, NULL) != ERR_OK)
		return;
	if (statvfs(p.home, &fs) == 0) {
		uint64_t left = (uint64_t)fs.f_bavail * fs.f_frsize;

		snprintf(text, sizeof text, "%llu MiB free", (unsigned long long)(left >> 20));
		say(d, left < DISK_LOW_BYTES ? CHECK_BAD : CHECK_OK, "disk", text, "make room: nothing can be booked on a full disk");
	}
	paths_release(&p);
}

static void check_locale(struct doctor *d)
{
	const char *set = nl_langinfo(CODESET), *term = getenv("TERM");

	if (strcmp(set, "UTF-8") == 0)
		say(d, CHECK_OK, "locale", "UTF-8", NULL);
	else
		say(d, CHECK_NOTE, "locale", "not UTF-8: everything is shown in ASCII", "set LANG, such as C.UTF-8");
	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0)
		say(d, CHECK_NOTE, "terminal", "TERM names no terminal the console can draw on", "use claviger --plain, or set TERM");
	else
		say(d, CHECK_OK, "terminal", term, NULL);
}

static void check_locked_memory(struct doctor *d)
{
	struct rlimit r;
	char text[96];

	if (getrlimit(RLIMIT_MEMLOCK, &r) != 0)
		return;
	if (r.rlim_cur == RLIM_INFINITY) {
		say(d, CHECK_OK, "locked memory", "no limit", NULL);
		return;
	}
	snprintf(text, sizeof text, "limit %llu KiB", (unsigned long long)(r.rlim_cur >> 10));
	say(d, r.rlim_cur < MEMLOCK_NEED_BYTES ? CHECK_BAD : CHECK_OK, "locked memory", text, "raise it: ulimit -l 8192, or LimitMEMLOCK= in the unit");
}

static void check_confinement(struct doctor *d)
{
	char *helper = path_helper("claviger-confine");
	const char *argv[] = {helper, "--check", NULL};
	struct spawn_spec spec = {.path = helper, .argv = argv};
	struct spawn_result r = {.status = 0};
	struct err e;

	if (helper == NULL) {
		say(d, CHECK_BAD, "confinement", "claviger-confine is not installed beside the program", "install it again");
		return;
	}
	buf_init(&r.out, 4096);
	buf_init(&r.err, 4096);
	if (spawn_run(&spec, slice_of(""), &r, CONFINE_LIMIT_US, &e) != ERR_OK) {
		say(d, CHECK_BAD, "confinement", e.text, e.mend);
	} else {
		char *text = xstrdup(buf_text(r.out.len > 0 ? &r.out : &r.err));

		for (char *p = text; *p != '\0'; p++)
			if (*p == '\n')
				*p = p[1] == '\0' ? '\0' : ';';
		say(d, r.status == 0 ? CHECK_OK : CHECK_BAD, "confinement", text, "use a kernel with Landlock or user namespaces; until then each connector has to be accepted unconfined");
		free(text);
	}
	buf_release(&r.out);
	buf_release(&r.err);
	free(helper);
}

static void check_environment(struct doctor *d)
{
	const char *const *stray = env_stray_keys();

	if (*stray == NULL)
		say(d, CHECK_OK, "environment", "no vendor keys in it", NULL);
	for (; *stray != NULL; stray++) {
		char text[256];

		snprintf(text, sizeof text, "%s is set, and ignored", *stray);
		say(d, CHECK_NOTE, "environment", text, "claviger key import offers it; then remove it from your profile");
	}
}

static void put_program(struct json_out *j)
{
	struct utsname u;
	char text[512];

	json_open(j, "program", '{');
	json_put_text(j, "claviger", PACKAGE_VERSION);
	json_put_text(j, "database", store_engine());
	json_put_text(j, "transport", worker_transport_engine());
	snprintf(text, sizeof text, "%s", gnu_get_libc_version());
	json_put_text(j, "libc", text);
	if (uname(&u) == 0) {
		snprintf(text, sizeof text, "%.80s %.80s %.40s", u.sysname, u.release, u.machine);	/* nodename is the person's */
		json_put_text(j, "kernel", text);
	}
	json_close(j, '}');
}

enum err_code answer_doctor(struct ask *a, struct err *e)
{
	struct doctor d = {.j = a->j, .is_report = a->q->all};
	char problem[64];

	(void)e;
	json_open(a->j, NULL, '{');
	if (d.is_report)
		put_program(a->j);
	json_open(a->j, "checks", '[');
	check_workspaces(&d, a->options);
	check_disk(&d, a->options);
	check_locale(&d);
	check_locked_memory(&d);
	check_confinement(&d);
	check_environment(&d);
	json_close(a->j, ']');
	json_put_bool(a->j, "ok", d.bad == 0);
	if (d.bad > 0) {
		snprintf(problem, sizeof problem, d.bad == 1 ? "%d check is bad" : "%d checks are bad", d.bad);
		json_put_text(a->j, "problem", problem);
		json_put_text(a->j, "mend", "each says how");
	}
	json_close(a->j, '}');
	return ERR_OK;
}
