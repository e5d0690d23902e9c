/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening, transactions and settings. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "store/lease.h"
#include "store/sql.h"

#define BUSY_MS 5000	/* how long a writer waits for another process's transaction */

/* WAL needs shared memory between the processes that use the file. */
static const uint32_t network_filesystems[] = {0x6969 /* NFS */, 0x517b /* SMB */, 0xfe534d42 /* SMB2 */, 0xff534d42 /* CIFS */, 0x01021997 /* 9P */, 0x5346414f /* AFS */, 0x00c36400 /* Ceph */};

static enum err_code check_filesystem(const char *folder, struct err *e)
{
	struct statfs fs;
	size_t i;

	if (statfs(folder, &fs) != 0)
		return err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot open the workspace folder %s", folder);
	for (i = 0; i < LENGTH(network_filesystems); i++)
		if ((uint32_t)fs.f_type == network_filesystems[i]) {
			err_set(e, ERR_IO, "%s is on a network filesystem, which cannot hold a workspace", folder);
			return err_mend(e, ERR_IO, "put it on a local disk (--home)");
		}
	return ERR_OK;
}

static int beside(const struct store *s, const char *name, int flags)
{
	char *path = xasprintf("%s/%s", s->folder, name);
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(path);
	return fd;
}

/* The files beside the database; a reader makes none. */
static enum err_code open_files(struct store *s, struct err *e)
{
	int make = s->mode == STORE_READ ? 0 : O_CREAT;

	s->gate_fd = beside(s, "gate", make | O_RDWR);
	s->tick_fd = beside(s, "tick", make | O_RDWR);
	if ((s->gate_fd < 0 || s->tick_fd < 0) && make != 0)
		return err_sys(e, ERR_IO, "cannot write in %s", s->folder);
	return ERR_OK;
}

static enum err_code open_database(struct store *s, struct err *e)
{
	static const char settings[] =
		"PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
		"PRAGMA wal_autocheckpoint=0; PRAGMA cell_size_check=ON;";
	char *path = xasprintf("%s/claviger.db", s->folder);
	int flags = s->mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	enum err_code rc = ERR_OK;
	int got;

	if (s->mode == STORE_CREATE) {
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);	/* before SQLite, for the mode */

		if (fd < 0 || fchmod(fd, 0600) != 0)
			rc = err_sys(e, ERR_IO, "cannot make the database in %s", s->folder);
		if (fd >= 0)
			close(fd);
	} else if (!file_exists(path)) {
		rc = err_set(e, ERR_MISSING, "there is no workspace in %s", s->folder);
	}
	if (rc == ERR_OK) {
		got = sqlite3_open_v2(path, &s->db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL);
		if (got != SQLITE_OK)
			rc = sql_error(s, got, e);
	}
	free(path);
	if (rc != ERR_OK)
		return rc;
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_limit(s->db, SQLITE_LIMIT_ATTACHED, 0);	/* one workspace's connection never sees another's file */
	/* to open it one may have to wait for the recovery of what a kill left; after that readers never wait */
	sqlite3_busy_timeout(s->db, BUSY_MS);
	return sql_script(s, settings, e);
}

static enum err_code pragma(struct store *s, const char *text, int64_t *out, struct err *e)
{
	sqlite3_stmt *st;
	int rc = sqlite3_prepare_v2(s->db, text, -1, &st, NULL);

	if (rc == SQLITE_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(st);
	return rc == SQLITE_OK ? ERR_OK : sql_error(s, rc, e);
}

#define APPLICATION INT64_C(0x434c4156)	/* "CLAV" */

/* What kind of file it is, by two numbers in its header. */
static enum err_code check_version(struct store *s, int64_t *version, struct err *e)
{
	int64_t application = 0;
	enum err_code rc = pragma(s, "PRAGMA application_id", &application, e);

	if (rc == ERR_OK)
		rc = pragma(s, "PRAGMA user_version", version, e);
	if (rc != ERR_OK)
		return rc;
	if (*version == 0 && application == 0)
		return s->mode == STORE_CREATE ? ERR_OK : err_set(e, ERR_MISSING, "there is no finished workspace in %s", s->folder);
	if (application != APPLICATION)
		return sql_damaged(e);
	if (*version > schema_last(store_sql)) {
		err_set(e, ERR_PROTO, "the workspace was written by a newer Claviger (format %d, this one knows %d)", (int)*version, schema_last(store_sql));
		return err_mend(e, ERR_PROTO, "install that version or a later one");
	}
	return s->mode == STORE_CREATE ? err_set(e, ERR_CONFLICT, "there is a workspace in %s already", s->folder) : ERR_OK;
}

/* Runs inside the transaction of the first migration. */
static enum err_code fill_new(struct store *s, struct err *e)
{
	unsigned char id[16];

	random_bytes(id, sizeof id);
	hex_encode(id, sizeof id, s->workspace);
	return store_setting_set(s, "workspace", s->workspace, e);
}

static enum err_code load_names(struct store *s, struct err *e)
{
	static const char *const names[] = {"workspace", "name", "zone"};
	char *const out[] = {s->workspace, s->name, s->zone};
	const size_t room[] = {sizeof s->workspace, sizeof s->name, sizeof s->zone};
	enum err_code rc = ERR_OK;
	size_t i;

	for (i = 0; i < LENGTH(names) && rc == ERR_OK; i++) {
		char *value = NULL;

		rc = store_setting_get(s, names[i], &value, e);
		if (value != NULL)
			snprintf(out[i], room[i], "%s", value);
		free(value);
	}
	if (rc == ERR_OK && s->workspace[0] == '\0')
		rc = sql_damaged(e);
	return rc;
}

static enum err_code make_or_upgrade(struct store *s, int64_t version, struct err *e)
{
	enum err_code rc = ERR_OK;

	if (s->mode == STORE_CREATE) {
		rc = sql_script(s, "PRAGMA journal_mode=WAL", e);
		if (rc == ERR_OK)
			rc = store_begin(s, e);
		if (rc == ERR_OK)
			rc = schema_bring(s, store_sql, true, e);
		if (rc == ERR_OK)
			rc = fill_new(s, e);
		crash_point("create.filled");
		return s->depth > 0 ? store_end(s, rc, e) : rc;
	}
	if (version < schema_last(store_sql) && s->mode == STORE_READ) {
		err_set(e, ERR_CONFLICT, "the workspace is of an older Claviger and not upgraded yet");
		return err_mend(e, ERR_CONFLICT, "run any verb that may write, without --read-only");
	}
	return version < schema_last(store_sql) ? schema_bring(s, store_sql, false, e) : ERR_OK;
}

enum err_code store_open(struct store **out, const char *folder, enum store_mode mode, struct err *e)
{
	struct store *s = xcalloc(1, sizeof *s);
	enum err_code rc = ERR_OK;
	int64_t version = 0;

	*out = NULL;
	s->folder = xstrdup(folder);
	s->mode = mode;
	s->gate_fd = s->tick_fd = s->watch_fd = s->lease_fd = -1;
	if (mode == STORE_CREATE)
		rc = file_make_folders(folder, 0700, e);
	if (rc == ERR_OK)
		rc = check_filesystem(folder, e);
	if (rc == ERR_OK)
		rc = open_database(s, e);
	if (rc == ERR_OK)
		rc = check_version(s, &version, e);
	if (rc == ERR_OK)
		rc = open_files(s, e);
	if (rc == ERR_OK)
		rc = make_or_upgrade(s, version, e);
	if (rc == ERR_OK && mode == STORE_READ)
		rc = sql_script(s, "PRAGMA query_only=ON", e);
	if (rc == ERR_OK)
		rc = load_names(s, e);
	if (rc == ERR_OK)
		rc = pragma(s, "PRAGMA data_version", &s->seen, e);
	if (rc == ERR_OK && mode == STORE_READ)
		sqlite3_busy_timeout(s->db, 0);
	if (rc != ERR_OK)
		store_close(s);
	else
		*out = s;
	return rc;
}

void store_close(struct store *s)
{
	size_t i;

	if (s == NULL)
		return;
	while (s->depth > 0)
		store_rollback(s);
	err_ignore(store_sync(s, NULL));
	for (i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(s->cache[i].st);
	sqlite3_close_v2(s->db);
	fd_close(&s->watch_fd);
	fd_close(&s->tick_fd);
	fd_close(&s->gate_fd);
	fd_close(&s->lease_fd);
	free(s->folder);
	free(s);
}

/* --- transactions -------------------------------------------------------- */

/* Kept statements are found by their text's address. */
#define DEPTH_MAX 8
static const char *const savepoints[DEPTH_MAX] = {"SAVEPOINT d0", "SAVEPOINT d1", "SAVEPOINT d2", "SAVEPOINT d3", "SAVEPOINT d4", "SAVEPOINT d5", "SAVEPOINT d6", "SAVEPOINT d7"};
static const char *const releases[DEPTH_MAX] = {"RELEASE d0", "RELEASE d1", "RELEASE d2", "RELEASE d3", "RELEASE d4", "RELEASE d5", "RELEASE d6", "RELEASE d7"};

/* Outside a transaction only: SQLite refuses to change it within one. */
static enum err_code keep_soon(struct store *s, bool soon, struct err *e)
{
	enum err_code rc = s->is_soon == soon ? ERR_OK : sql_script(s, soon ? "PRAGMA synchronous=NORMAL" : "PRAGMA synchronous=FULL", e);

	if (rc == ERR_OK)
		s->is_soon = soon;
	return rc;
}

static enum err_code begin_outermost(struct store *s, bool soon, struct err *e)
{
	enum err_code rc = keep_soon(s, soon, e);

	s->changes = sqlite3_total_changes(s->db);
	return rc == ERR_OK ? sql_run(s, e, "BEGIN IMMEDIATE", "") : rc;
}

static enum err_code begin_at(struct store *s, bool soon, struct err *e)
{
	enum err_code rc;

	if (s->mode == STORE_READ)
		return err_set(e, ERR_ILLEGAL, "this connection only reads");
	if (s->disk_failed) {
		err_set(e, ERR_IO, "the disk did not take what was written before");
		return err_mend(e, ERR_IO, "look at the disk, then start again");
	}
	if (s->depth > 0) {
		if (sqlite3_get_autocommit(s->db))
			return err_set(e, ERR_IO, "the database took the transaction back");
		rc = s->depth < DEPTH_MAX ? sql_run(s, e, savepoints[s->depth], "") : err_set(e, ERR_LIMIT, "transactions are nested too deeply");
	} else {
		rc = gate_enter(s, e);
		if (rc == ERR_OK && (rc = begin_outermost(s, soon, e)) != ERR_OK)
			gate_leave(s);
	}
	if (rc == ERR_OK)
		s->depth++;
	return rc;
}

static enum err_code begin(struct store *s, bool soon, struct err *e)
{
	struct err own = {0};
	enum err_code rc = begin_at(s, soon, &own);

	if (rc != ERR_OK && s->depth == 0 && s->mode != STORE_READ)
		s->fault = own;
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

enum err_code store_begin(struct store *s, struct err *e) { return begin(s, false, e); }
enum err_code store_begin_soon(struct store *s, struct err *e) { return begin(s, true, e); }

void store_rollback(struct store *s)
{
	char back[64];

	if (s->depth == 0)
		return;
	s->depth--;
	if (s->depth > 0) {
		snprintf(back, sizeof back, "ROLLBACK TO d%d; RELEASE d%d", s->depth, s->depth);
		if (!sqlite3_get_autocommit(s->db))
			sqlite3_exec(s->db, back, NULL, NULL, NULL);
		return;
	}
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	gate_leave(s);
}

enum err_code store_commit(struct store *s, struct err *e)
{
	enum err_code rc;

	if (s->depth == 0)
		return err_set(e, ERR_ILLEGAL, "no transaction is open");
	if (sqlite3_get_autocommit(s->db)) {	/* a full disk ends the whole transaction */
		store_rollback(s);
		return err_set(e, ERR_IO, "the database took the transaction back");
	}
	rc = sql_run(s, e, s->depth > 1 ? releases[s->depth - 1] : "COMMIT", "");
	if (rc != ERR_OK) {
		store_rollback(s);
		return rc;
	}
	if (--s->depth == 0) {
		if (sqlite3_total_changes(s->db) != s->changes) {	/* else nothing was written, and nothing synced */
			s->behind = s->is_soon;
			err_clear(&s->fault);
		}
		gate_leave(s);
		futimens(s->tick_fd, NULL);	/* a lost tick is a late screen, nothing worse */
	}
	return ERR_OK;
}

enum err_code store_end(struct store *s, enum err_code rc, struct err *e)
{
	if (rc == ERR_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

/* The log itself, as a FULL commit would. */
enum err_code store_sync(struct store *s, struct err *e)
{
	sqlite3_file *log = NULL;

	if (!s->behind || s->depth > 0)
		return ERR_OK;
	if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL && log->pMethods != NULL &&
	    log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) == SQLITE_OK) {
		s->behind = false;
		return ERR_OK;
	}
	s->disk_failed = true;
	err_set(&s->fault, ERR_IO, "the disk did not take what was written");
	err_mend(&s->fault, ERR_IO, "look at the disk, then start again");
	if (e != NULL)
		*e = s->fault;
	return ERR_IO;
}

enum err_code store_fault(const struct store *s, struct err *e)
{
	if (e != NULL)
		*e = s->fault;
	return s->fault.code;
}

bool store_stumbled(struct store *s)
{
	bool did = s->stumbled;

	s->stumbled = false;
	return did;
}

enum err_code store_try(struct store *s, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	return store_end(s, sql_run(s, e, "UPDATE setting SET value = value WHERE name = 'workspace'", ""), e);
}

enum err_code store_view_begin(struct store *s, struct err *e)
{
	return sql_run(s, e, "BEGIN DEFERRED", "");
}

void store_view_end(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db) && s->depth == 0)
		sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
}

/* --- names and settings -------------------------------------------------- */

const char *store_engine(void) { return "SQLite " SQLITE_VERSION; }
const char *store_folder(const struct store *s) { return s->folder; }
const char *store_workspace(const struct store *s) { return s->workspace; }
const char *store_name(const struct store *s) { return s->name; }
const char *store_zone(const struct store *s) { return s->zone; }

static enum err_code set_name(struct store *s, const char *which, const char *value, char *copy, size_t room, struct err *e)
{
	enum err_code rc;

	if (strlen(value) >= room)
		return err_set(e, ERR_USAGE, "the %s is too long", which);
	rc = store_setting_set(s, which, value, e);
	if (rc == ERR_OK)
		snprintf(copy, room, "%s", value);
	return rc;
}

enum err_code store_set_name(struct store *s, const char *name, struct err *e) { return set_name(s, "name", name, s->name, sizeof s->name, e); }
enum err_code store_set_zone(struct store *s, const char *zone, struct err *e) { return set_name(s, "zone", zone, s->zone, sizeof s->zone, e); }

enum err_code store_setting_get(struct store *s, const char *name, char **out, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	int got;

	*out = NULL;
	rc = sql_query(s, &st, e, "SELECT value FROM setting WHERE name = ?", "t", name);
	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, &own);
	if (got == 1) {
		*out = col_dup(st, 0);
		sql_done(st);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code store_setting_set(struct store *s, const char *name, const char *value, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = value != NULL ? sql_run(s, e, "INSERT INTO setting VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", "tt", name, value)
		: sql_run(s, e, "DELETE FROM setting WHERE name = ?", "t", name);
	return store_end(s, rc, e);
}

enum err_code store_generation(struct store *s, uint32_t *out, struct err *e)
{
	char *text = NULL;
	enum err_code rc = store_setting_get(s, "vault_generation", &text, e);
	long long n = text != NULL ? strtoll(text, NULL, 10) : 1;

	*out = n >= 1 && n <= UINT32_MAX ? (uint32_t)n : 0;
	free(text);
	return rc == ERR_OK && *out == 0 ? sql_damaged(e) : rc;
}

enum err_code store_set_generation(struct store *s, uint32_t generation, struct err *e)
{
	char text[16];

	snprintf(text, sizeof text, "%u", (unsigned)generation);
	return store_setting_set(s, "vault_generation", text, e);
}
