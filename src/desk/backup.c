/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `workspace backup` and `restore`: the database and the wrapped root in one file. */
#include "desk/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "desk/archive.h"
#include "desk/desk_private.h"
#include "desk/workspace.h"
#include "store/adopt.h"
#include "store/store.h"
#include "vault/vault.h"

#define FORMAT "claviger-backup/1"
#define MANIFEST_BYTES ((int64_t)64 << 10)
#define VAULT_BYTES ((int64_t)64 << 10)

static const char manifest_name[] = "manifest.json", database_name[] = "claviger.db", vault_name[] = "vault.key";

/* --- making one ------------------------------------------------------------------ */

struct parts {
	struct buf vault;	/* vault.key as it is: the root in it is wrapped */
	char *copy;		/* the database's, beside the file to be made */
	int copy_fd;
	int64_t size;
	struct hash sum;
};

/* A rekey changes the database first and vault.key after: only a pair of one generation opens again. */
static enum err_code read_vault(struct desk *d, struct buf *out, struct err *e)
{
	struct vault_facts facts;
	uint32_t generation = 0;
	enum err_code rc = store_generation(d->store, &generation, e);

	buf_clear(out);
	if (rc == ERR_OK)
		rc = file_read(d->where.vault, out, e);
	if (rc == ERR_OK)
		rc = vault_facts(buf_slice(out), &facts, e);
	if (rc == ERR_OK && (facts.generation != generation || strcmp(facts.workspace, store_workspace(d->store)) != 0)) {
		rc = err_set(e, ERR_CONFLICT, "vault.key and the database are not of one make");
		err_mend(e, rc, "let the rekey end, or unlock once (claviger key list with a passphrase), then try again");
	}
	return rc;
}

static enum err_code sum_of(int fd, struct hash *out, int64_t *size, struct err *e)
{
	struct hash_stream *h = hash_stream_new();
	char part[16384];
	ssize_t n;

	*size = 0;
	while ((n = read(fd, part, sizeof part)) != 0) {
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			hash_stream_add(h, part, (size_t)n);
		*size += n > 0 ? n : 0;
	}
	*out = hash_stream_end(h);
	return n == 0 && lseek(fd, 0, SEEK_SET) == 0 ? ERR_OK : err_sys(e, ERR_IO, "the copy of the database cannot be read");
}

static enum err_code take_parts(struct desk *d, struct parts *p, struct err *e)
{
	enum err_code rc;

	/* one state of the database for all of it */
	rc = store_view_begin(d->store, e);
	if (rc != ERR_OK)
		return rc;
	rc = read_vault(d, &p->vault, e);
	if (rc == ERR_OK)
		rc = store_backup(d->store, p->copy, e);
	store_view_end(d->store);
	if (rc != ERR_OK)
		return rc;
	p->copy_fd = open(p->copy, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->copy_fd < 0)
		return err_sys(e, ERR_IO, "the copy of the database cannot be read");
	return sum_of(p->copy_fd, &p->sum, &p->size, e);
}

static void put_part(struct json_out *j, const char *name, int64_t bytes, const struct hash *sum)
{
	char hex[HASH_HEX];

	hash_to_hex(sum, hex);
	json_open(j, name, '{');
	json_put_int(j, "bytes", bytes);
	json_put_text(j, "sha256", hex);
	json_close(j, '}');
}

static void write_manifest(struct desk *d, const struct parts *p, struct buf *out)
{
	struct hash vault = hash_slice(buf_slice(&p->vault));
	struct json_out j;
	char when[DATE_TEXT];

	date_rfc3339(clock_now_us(), when);
	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_put_text(&j, "format", FORMAT);
	json_put_text(&j, "claviger", PACKAGE_VERSION);
	json_put_text(&j, "workspace", d->name);
	json_put_text(&j, "workspace_id", store_workspace(d->store));
	json_put_text(&j, "made", when);
	json_put_text(&j, "holds", "the database with sealed secrets, and the wrapped root that a passphrase of a slot opens");
	json_open(&j, "files", '{');
	put_part(&j, database_name, p->size, &p->sum);
	put_part(&j, vault_name, (int64_t)p->vault.len, &vault);
	json_close(&j, '}');
	json_close(&j, '}');
	buf_addc(out, '\n');
}

static enum err_code write_archive(int fd, struct desk *d, const struct parts *p, struct kept *out, struct err *e)
{
	int64_t now = clock_now_us();
	struct buf manifest;
	enum err_code rc;

	buf_init(&manifest, (size_t)MANIFEST_BYTES);
	write_manifest(d, p, &manifest);
	rc = archive_put(fd, manifest_name, buf_slice(&manifest), now, e);
	if (rc == ERR_OK)
		rc = archive_put_fd(fd, database_name, p->copy_fd, p->size, now, e);
	if (rc == ERR_OK)
		rc = archive_put(fd, vault_name, buf_slice(&p->vault), now, e);
	if (rc == ERR_OK)
		rc = archive_end(fd, e);
	if (rc == ERR_OK && fsync(fd) != 0)
		rc = err_sys(e, ERR_IO, "the backup cannot be written");
	out->files = 3;
	out->bytes = (int64_t)manifest.len + p->size + (int64_t)p->vault.len;
	buf_release(&manifest);
	return rc;
}

enum err_code desk_backup(struct desk *d, const char *path, struct kept *out, struct err *e)
{
	char *part = xasprintf("%s.part", path);
	struct parts p = {.copy = xasprintf("%s.db.part", path), .copy_fd = -1};
	bool is_made;
	int fd;
	enum err_code rc = ERR_OK;

	*out = (struct kept){.files = 0};
	snprintf(out->name, sizeof out->name, "%s", d->name);
	buf_init(&p.vault, (size_t)VAULT_BYTES);
	if (file_exists(path)) {
		err_set(e, ERR_CONFLICT, "%s is there already", path);
		rc = err_mend(e, ERR_CONFLICT, "name another file");
	}
	fd = rc == ERR_OK ? open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	is_made = fd >= 0;
	if (rc == ERR_OK && fd < 0)
		rc = err_sys(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "cannot make %s", part);
	if (rc == ERR_OK) {
		rc = take_parts(d, &p, e);
		if (rc == ERR_OK)
			rc = write_archive(fd, d, &p, out, e);
		if (rc != ERR_CONFLICT || p.copy_fd >= 0)
			unlink(p.copy);
	}
	/* link() does not replace what came to be there meanwhile */
	if (rc == ERR_OK && link(part, path) != 0)
		rc = err_sys(e, errno == EEXIST ? ERR_CONFLICT : ERR_IO, "cannot make %s", path);
	if (is_made)
		unlink(part);
	fd_close(&fd);
	fd_close(&p.copy_fd);
	buf_release(&p.vault);
	free(p.copy);
	free(part);
	return rc;
}
