/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbered migrations (NNN-name.sql), each in a transaction of its own, and what
 * looks at or copies the whole file. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/memory.h"
#include "store/sql.h"

static int number(const struct builtin *m)
{
	return (int)strtol(m->name, NULL, 10);
}

int schema_last(const struct builtin *table)
{
	int last = 0;

	for (; table->name != NULL; table++)
		if (number(table) > last)
			last = number(table);
	return last;
}

static enum err_code user_version(struct store *s, int64_t *version, struct err *e)
{
	return sql_int(s, version, e, "PRAGMA user_version", "");
}

static enum err_code apply(struct store *s, const struct builtin *m, struct err *e)
{
	char mark[96];
	enum err_code rc = store_begin(s, e);
	int64_t at = 0;

	if (rc != ERR_OK)
		return rc;
	rc = user_version(s, &at, e);
	if (rc == ERR_OK && at < number(m)) {	/* else another process was here first */
		snprintf(mark, sizeof mark, "PRAGMA user_version=%d; PRAGMA application_id=0x434c4156", number(m));
		rc = sql_script(s, m->bytes, e);
		crash_point("migrate.applied");
		if (rc == ERR_OK)
			rc = sql_script(s, mark, e);
	}
	return store_end(s, rc, e);
}

/* Kept until a person removes it: claviger.db.before-N. Made beside and renamed, so
 * that a crash leaves no half of one; one that is there already is the true one. */
static enum err_code back_up_before(struct store *s, int to, struct err *e)
{
	char *path = xasprintf("%s/claviger.db.before-%d", s->folder, to);
	char *part = xasprintf("%s.part", path);
	enum err_code rc = ERR_OK;

	if (access(path, F_OK) != 0) {
		unlink(part);
		rc = store_backup(s, part, e);
		if (rc == ERR_OK && rename(part, path) != 0)
			rc = err_sys(e, ERR_IO, "cannot keep a copy of the database before its upgrade");
		if (rc != ERR_OK)
			unlink(part);
	}
	free(part);
	free(path);
	return rc;
}

enum err_code schema_bring(struct store *s, const struct builtin *table, bool fresh, struct err *e)
{
	enum err_code rc = ERR_OK;
	int64_t at = 0;
	const struct builtin *m;

	rc = user_version(s, &at, e);
	if (rc == ERR_OK && !fresh && at < schema_last(table))
		rc = back_up_before(s, schema_last(table), e);
	crash_point("migrate.backed_up");
	for (m = table; rc == ERR_OK && m->name != NULL; m++)	/* the table is in order of name */
		if (number(m) > at)
			rc = apply(s, m, e);
	return rc;
}

enum err_code store_backup(struct store *s, const char *path, struct err *e)
{
	enum err_code rc = ERR_OK;
	sqlite3 *to = NULL;
	sqlite3_backup *b;
	int got;
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return err_sys(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "cannot make %s", path);
	got = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (got == SQLITE_OK) {
		b = sqlite3_backup_init(to, "main", s->db, "main");
		got = b != NULL ? sqlite3_backup_step(b, -1) : sqlite3_errcode(to);
		if (b != NULL)
			sqlite3_backup_finish(b);
		if (got == SQLITE_DONE)
			got = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
	}
	if (got != SQLITE_OK)
		rc = sql_error(s, got, e);
	sqlite3_close(to);
	if (rc == ERR_OK && fsync(fd) != 0)
		rc = err_sys(e, ERR_IO, "cannot write %s", path);
	close(fd);
	if (rc != ERR_OK)
		unlink(path);
	return rc;
}

enum err_code store_check(struct store *s, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "PRAGMA integrity_check(1)", "");
	const unsigned char *word;
	bool good;
	int got;

	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, e);
	if (got != 1)
		return sql_damaged(e);
	word = sqlite3_column_text(st, 0);
	good = word != NULL && word[0] == 'o' && word[1] == 'k' && word[2] == '\0';
	sql_done(st);
	if (!good)
		return sql_damaged(e);
	rc = sql_query(s, &st, e, "PRAGMA foreign_key_check", "");
	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, e);
	if (got == 1)
		sql_done(st);
	return got == 0 ? ERR_OK : err_set(e, ERR_PROTO, "the database holds records that refer to records that are not there");
}
