/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `workspace restore`: unpacked into a hidden folder beside, judged there, and only
 * then given its name, so that a kill leaves no half of a workspace. */
#include "desk/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/path.h"
#include "desk/archive.h"
#include "desk/workspace.h"
#include "store/adopt.h"
#include "store/store.h"
#include "vault/vault.h"

#define FORMAT "claviger-backup/1"
#define MANIFEST_BYTES ((int64_t)64 << 10)
#define VAULT_BYTES ((int64_t)64 << 10)

struct wanted {
	const char *name;
	int64_t most;
	struct hash sum;	/* as the manifest says */
	int64_t bytes;
	bool is_there;
};

struct restore {
	int fd;
	char *folder;		/* workspaces/.NAME.restore-XXXXXX */
	char name[NAME_MAX_BYTES], id[VAULT_NAME_MAX + 1];
	struct wanted part[2];
};

static enum err_code no_backup(struct err *e)
{
	err_set(e, ERR_PROTO, "that is no backup of a workspace, or it is damaged");
	return err_mend(e, ERR_PROTO, "give a file that `claviger workspace backup` made");
}

static bool read_part(const cJSON *files, struct wanted *w)
{
	const cJSON *part = json_object(files, w->name);
	const char *sum = json_text(part, "sha256");

	return sum != NULL && hash_from_text(&w->sum, sum) && json_int(part, "bytes", &w->bytes) && w->bytes > 0 && w->bytes <= w->most;
}

static enum err_code read_manifest(struct restore *r, struct slice text, struct err *e)
{
	cJSON *doc = NULL;
	const char *format, *name, *id;
	bool good;

	if (json_parse(text, &doc, NULL) != ERR_OK)
		return no_backup(e);
	format = json_text(doc, "format");
	name = json_text(doc, "workspace");
	id = json_text(doc, "workspace_id");
	good = format != NULL && strcmp(format, FORMAT) == 0 && path_workspace_name_ok(name) && id != NULL && strlen(id) < sizeof r->id;
	if (good) {
		snprintf(r->name, sizeof r->name, "%s", name);
		snprintf(r->id, sizeof r->id, "%s", id);
		for (size_t i = 0; i < LENGTH(r->part); i++)
			good = good && read_part(json_object(doc, "files"), &r->part[i]);
	}
	cJSON_Delete(doc);
	return good ? ERR_OK : no_backup(e);
}

/* The first member says what the others have to be. */
static enum err_code take_manifest(struct restore *r, struct err *e)
{
	struct archive_member m;
	struct buf text;
	enum err_code rc = archive_next(r->fd, &m, e);

	if (rc != ERR_OK)
		return rc;
	if (strcmp(m.name, "manifest.json") != 0 || m.size <= 0 || m.size > MANIFEST_BYTES)
		return no_backup(e);
	buf_init(&text, (size_t)MANIFEST_BYTES);
	rc = archive_take_text(r->fd, &m, &text, e);
	if (rc == ERR_OK)
		rc = read_manifest(r, buf_slice(&text), e);
	buf_release(&text);
	return rc;
}

static enum err_code take_part(struct restore *r, const struct archive_member *m, struct err *e)
{
	struct wanted *w = NULL;
	struct hash sum;
	char *path;
	int fd;
	enum err_code rc;

	for (size_t i = 0; i < LENGTH(r->part); i++)
		if (strcmp(r->part[i].name, m->name) == 0)
			w = &r->part[i];
	if (w == NULL || w->is_there || w->bytes != m->size)
		return no_backup(e);
	path = xasprintf("%s/%s", r->folder, w->name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (fd < 0)
		return err_sys(e, ERR_IO, "cannot write in %s", r->folder);
	rc = archive_take(r->fd, m, fd, &sum, e);
	if (rc == ERR_OK && !hash_same(&sum, &w->sum))
		rc = no_backup(e);
	if (rc == ERR_OK && fsync(fd) != 0)
		rc = err_sys(e, ERR_IO, "cannot write in %s", r->folder);
	close(fd);
	w->is_there = rc == ERR_OK;
	return rc;
}

static enum err_code unpack(struct restore *r, struct err *e)
{
	struct archive_member m;
	enum err_code rc;

	while ((rc = archive_next(r->fd, &m, e)) == ERR_OK && m.name[0] != '\0') {
		rc = take_part(r, &m, e);
		if (rc != ERR_OK)
			return rc;
	}
	for (size_t i = 0; rc == ERR_OK && i < LENGTH(r->part); i++)
		if (!r->part[i].is_there)
			rc = no_backup(e);
	return rc;
}

/* --- is it one, and not here already? -------------------------------------------- */

static enum err_code judge(struct restore *r, struct kept *out, struct err *e)
{
	struct workspace_paths w = {.folder = r->folder};
	char *vault = xasprintf("%s/vault.key", w.folder);
	struct adopted done = {0};
	struct vault_facts facts;
	struct store *s = NULL;
	uint32_t generation = 0;
	bool is_cut;
	struct buf b;
	enum err_code rc;

	buf_init(&b, (size_t)VAULT_BYTES);
	rc = file_read(vault, &b, e);
	if (rc == ERR_OK)
		rc = vault_facts(buf_slice(&b), &facts, e);
	if (rc == ERR_OK)
		rc = store_open(&s, r->folder, STORE_WRITE, e);
	if (rc == ERR_OK)
		rc = store_check(s, e);
	if (rc == ERR_OK)
		rc = store_generation(s, &generation, e);
	if (rc == ERR_OK && (strcmp(facts.workspace, store_workspace(s)) != 0 || facts.generation != generation || strcmp(r->id, facts.workspace) != 0))
		rc = no_backup(e);
	if (rc == ERR_OK)
		rc = store_adopt(s, r->name, "a person, by workspace restore", clock_now_us(), &done, e);
	if (rc == ERR_OK)
		rc = store_checkpoint(s, CHECKPOINT_TRUNCATE, &is_cut, e);
	store_close(s);
	out->taken_back = done.taken_back;
	out->unknown = done.unknown;
	out->paused = done.paused;
	buf_release(&b);
	free(vault);
	return rc;
}

/* Two of one would carry out the same approvals twice. */
static enum err_code check_twin(const struct paths *p, const char *id, struct err *e)
{
	int n;
	char **names = workspace_names(p, &n);
	enum err_code rc = ERR_OK;

	for (int i = 0; i < n; i++) {
		struct workspace_paths w;
		struct store *s = NULL;

		if (rc == ERR_OK && workspace_paths_find(&w, p, names[i], NULL) == ERR_OK) {
			if (store_open(&s, w.folder, STORE_READ, NULL) == ERR_OK && strcmp(store_workspace(s), id) == 0) {
				rc = err_set(e, ERR_CONFLICT, "the workspace %s is the very one of this backup", names[i]);
				err_mend(e, rc, "restore into another --home, or first: claviger workspace destroy %s", names[i]);
			}
			store_close(s);
			workspace_paths_release(&w);
		}
		free(names[i]);
	}
	free(names);
	return rc;
}

static enum err_code put_in_place(const struct paths *p, struct restore *r, struct err *e)
{
	struct workspace_paths w;
	char *path;
	enum err_code rc = workspace_paths_find(&w, p, r->name, e);

	if (rc != ERR_OK)
		return rc;
	path = xasprintf("%s/" WORKSPACE_HOLD, r->folder);
	unlink(path);
	free(path);
	if (renameat2(AT_FDCWD, r->folder, AT_FDCWD, w.folder, RENAME_NOREPLACE) != 0) {
		rc = err_sys(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "the workspace %s", r->name);
		err_mend(e, rc, "give another name with --workspace");
	}
	workspace_paths_release(&w);
	return rc;
}

enum err_code desk_restore(const struct desk_options *o, const char *path, struct kept *out, struct err *e)
{
	struct restore r = {.fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), .part = {{.name = "claviger.db", .most = ARCHIVE_SIZE_MAX}, {.name = "vault.key", .most = VAULT_BYTES}}};
	struct paths p = {0};
	int held = -1;
	enum err_code rc = r.fd >= 0 ? paths_find(&p, o->home, e) : err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot open %s", path);

	*out = (struct kept){.files = 0};
	if (rc == ERR_OK)
		rc = take_manifest(&r, e);
	if (rc == ERR_OK && o->workspace != NULL) {
		if (path_workspace_name_ok(o->workspace))
			snprintf(r.name, sizeof r.name, "%s", o->workspace);
		else
			rc = err_set(e, ERR_USAGE, "a workspace's name is letters, digits and -_.");
	}
	if (rc == ERR_OK)
		rc = check_twin(&p, r.id, e);
	if (rc == ERR_OK)
		rc = workspace_check_home(&p, e);
	if (rc == ERR_OK)
		rc = path_make_private(p.workspaces, e);
	if (rc == ERR_OK) {
		r.folder = xasprintf("%s/.%s" WORKSPACE_COMING "XXXXXX", p.workspaces, r.name);
		workspace_sweep(&p);
		if (mkdtemp(r.folder) == NULL || (held = workspace_hold(r.folder)) < 0)
			rc = err_sys(e, ERR_IO, "cannot make a folder in %s", p.workspaces);
		if (rc == ERR_OK)
			rc = unpack(&r, e);
		if (rc == ERR_OK)
			rc = judge(&r, out, e);
		if (rc == ERR_OK)
			rc = put_in_place(&p, &r, e);
		if (rc != ERR_OK)
			workspace_remove(r.folder);
	}
	snprintf(out->name, sizeof out->name, "%s", r.name);
	out->files = 2;
	out->bytes = r.part[0].bytes + r.part[1].bytes;
	fd_close(&held);
	fd_close(&r.fd);
	free(r.folder);
	paths_release(&p);
	return rc;
}
