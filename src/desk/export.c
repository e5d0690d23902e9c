/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `workspace export`: each table as JSON Lines, exact, and as CSV for spreadsheets. */
#include "desk/keep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
#include "base/utf8.h"
#include "desk/desk_private.h"
#include "store/dump.h"
#include "store/store.h"

#define TABLES_MAX 128
#define FLUSH_BYTES ((size_t)256 << 10)

/* A file being written, its sum with it. */
struct sink {
	char *name;
	int fd;
	struct buf out;
	struct hash_stream *sum;
	int64_t bytes;
};

struct export {
	const char *folder;
	struct sink json, csv;
	struct buf sums;		/* of SHA256SUMS */
	struct buf list;		/* the files, as the manifest names them */
	struct json_out files;
	int64_t rows;
	struct kept *kept;
};

/* --- files ---------------------------------------------------------------------- */

static enum err_code sink_open(struct sink *k, const char *folder, const char *table, const char *ending, struct err *e)
{
	char *path;

	k->name = xasprintf("%s%s%s", table, *ending != '\0' ? "." : "", ending);
	k->bytes = 0;
	buf_init(&k->out, 0);
	k->sum = hash_stream_new();
	path = xasprintf("%s/%s", folder, k->name);
	k->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	return k->fd >= 0 ? ERR_OK : err_sys(e, ERR_IO, "cannot make %s in %s", k->name, folder);
}

static enum err_code sink_flush(struct sink *k, size_t least, struct err *e)
{
	if (k->out.over)
		return err_set(e, ERR_LIMIT, "a row of %s is too long", k->name);
	if (k->out.len == 0 || k->out.len < least)
		return ERR_OK;
	hash_stream_add(k->sum, k->out.p, k->out.len);
	k->bytes += (int64_t)k->out.len;
	if (fd_write_all(k->fd, k->out.p, k->out.len) != 0)
		return err_sys(e, ERR_IO, "cannot write %s", k->name);
	buf_clear(&k->out);
	return ERR_OK;
}

/* Ends it, written or not; its line in the sums and in the manifest if it is. */
static enum err_code sink_close(struct export *x, struct sink *k, bool is_listed, enum err_code rc, struct err *e)
{
	char hex[HASH_HEX];
	struct hash sum;

	if (rc == ERR_OK)
		rc = sink_flush(k, 0, e);
	if (rc == ERR_OK && fsync(k->fd) != 0)
		rc = err_sys(e, ERR_IO, "cannot write %s", k->name);
	sum = hash_stream_end(k->sum);
	fd_close(&k->fd);
	if (rc == ERR_OK && is_listed) {
		hash_to_hex(&sum, hex);
		buf_addf(&x->sums, "%s  %s\n", hex, k->name);
		json_open(&x->files, NULL, '{');
		json_put_text(&x->files, "name", k->name);
		json_put_int(&x->files, "bytes", k->bytes);
		json_put_int(&x->files, "rows", x->rows);
		json_put_text(&x->files, "sha256", hex);
		json_close(&x->files, '}');
		x->kept->files++;
		x->kept->bytes += k->bytes;
	}
	buf_release(&k->out);
	free(k->name);
	return rc;
}

/* --- rows ----------------------------------------------------------------------- */

/* Payloads are text that passed the gate; other bytes (hashes, signatures) are hex. */
static bool is_words(const struct dump_value *v)
{
	return v->type == DUMP_TEXT || (strcmp(v->column, "payload") == 0 && utf8_valid(v->bytes));
}

static char *hex_of(struct slice bytes)
{
	char *hex = xcalloc(2 * bytes.len + 1, 1);

	hex_encode(bytes.p, bytes.len, hex);
	return hex;
}

static void put_json(struct buf *out, const struct dump_value *v, int n)
{
	struct json_out j;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	for (int i = 0; i < n; i++) {
		if (v[i].type == DUMP_NULL) {
			json_put_null(&j, v[i].column);
		} else if (v[i].type == DUMP_INT) {
			json_put_int(&j, v[i].column, v[i].n);
		} else if (is_words(&v[i])) {
			json_put_slice(&j, v[i].column, v[i].bytes);
		} else {
			char *hex = hex_of(v[i].bytes);

			json_put_text(&j, v[i].column, hex);
			free(hex);
		}
	}
	json_close(&j, '}');
	buf_addc(out, '\n');
}

/* RFC 4180. What a spreadsheet would take for a formula gets a quote before it. */
static void put_cell(struct buf *out, struct slice s)
{
	bool formula = s.len > 0 && strchr("=+-@\t\r\n", s.p[0]) != NULL && s.p[0] != '\0';

	buf_addc(out, '"');
	if (formula)
		buf_addc(out, '\'');
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"')
			buf_addc(out, '"');
		if (s.p[i] != '\0')
			buf_addc(out, s.p[i]);
	}
	buf_addc(out, '"');
}

static void put_csv(struct buf *out, const struct dump_value *v, int n)
{
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, ',');
		if (v[i].type == DUMP_INT) {
			buf_addf(out, "%lld", (long long)v[i].n);
		} else if (v[i].type != DUMP_NULL && is_words(&v[i])) {
			put_cell(out, v[i].bytes);
		} else if (v[i].type == DUMP_BYTES) {
			char *hex = hex_of(v[i].bytes);

			buf_adds(out, hex);
			free(hex);
		}
	}
	buf_adds(out, "\r\n");
}

static enum err_code on_head(void *user, const struct dump_value *v, int n, struct err *e)
{
	struct export *x = user;

	(void)e;
	for (int i = 0; i < n; i++)
		buf_addf(&x->csv.out, "%s%s", i > 0 ? "," : "", v[i].column);
	buf_adds(&x->csv.out, "\r\n");
	return ERR_OK;
}

static enum err_code on_row(void *user, const struct dump_value *v, int n, struct err *e)
{
	struct export *x = user;
	enum err_code rc;

	put_json(&x->json.out, v, n);
	put_csv(&x->csv.out, v, n);
	x->rows++;
	rc = sink_flush(&x->json, FLUSH_BYTES, e);
	return rc == ERR_OK ? sink_flush(&x->csv, FLUSH_BYTES, e) : rc;
}

static enum err_code export_table(struct export *x, struct store *s, const char *table, struct err *e)
{
	enum err_code rc = sink_open(&x->json, x->folder, table, "jsonl", e);

	x->rows = 0;
	if (rc == ERR_OK) {
		rc = sink_open(&x->csv, x->folder, table, "csv", e);
		if (rc == ERR_OK)
			rc = dump_table(s, table, on_head, on_row, x, e);
		rc = sink_close(x, &x->csv, true, rc, e);
	}
	rc = sink_close(x, &x->json, true, rc, e);
	x->kept->rows += x->rows;
	return rc;
}

/* --- the whole -------------------------------------------------------------------- */

static enum err_code write_file(struct export *x, const char *name, const char *ending, struct slice text, bool is_listed, struct err *e)
{
	struct sink k;
	enum err_code rc = sink_open(&k, x->folder, name, ending, e);

	buf_add_slice(&k.out, text);
	return sink_close(x, &k, is_listed, rc, e);
}

static enum err_code write_manifest(struct export *x, struct store *s, struct err *e)
{
	char when[DATE_TEXT];
	struct json_out j;
	struct buf b;
	enum err_code rc;

	date_rfc3339(clock_now_us(), when);
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "format", "claviger-export/1");
	json_put_text(&j, "claviger", PACKAGE_VERSION);
	json_put_text(&j, "workspace", store_name(s));
	json_put_text(&j, "workspace_id", store_workspace(s));
	json_put_text(&j, "time_zone", store_zone(s));
	json_put_text(&j, "made", when);
	json_put_text(&j, "holds", "everything of the workspace but its secrets: sealed keys stay in the vault");
	json_put_text(&j, "units", "_us: microseconds UTC; _pd: 1e-12 US dollars; hashes and signatures: hexadecimal");
	json_close(&x->files, ']');
	json_put_raw(&j, "files", buf_slice(&x->list));
	json_close(&j, '}');
	buf_addc(&b, '\n');
	rc = write_file(x, "manifest", "json", buf_slice(&b), true, e);
	buf_release(&b);
	return rc;
}

static enum err_code make_empty(const char *folder, struct err *e)
{
	struct dirent *at;
	bool is_empty = true;
	DIR *d;

	if (mkdir(folder, 0700) == 0)
		return ERR_OK;
	if (errno != EEXIST)
		return err_sys(e, ERR_IO, "cannot make the folder %s", folder);
	d = opendir(folder);
	if (d == NULL)
		return err_sys(e, ERR_IO, "cannot open the folder %s", folder);
	while ((at = readdir(d)) != NULL)
		is_empty &= strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0;
	closedir(d);
	if (is_empty)
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "the folder %s is not empty", folder);
	return err_mend(e, ERR_CONFLICT, "name a new one");
}

enum err_code desk_export(struct desk *d, const char *folder, struct kept *out, struct err *e)
{
	char (*tables)[DUMP_NAME] = xcalloc(TABLES_MAX, sizeof *tables);
	struct export x = {.folder = folder, .kept = out};
	int n = 0;
	enum err_code rc;

	*out = (struct kept){.files = 0};
	snprintf(out->name, sizeof out->name, "%s", store_name(d->store));
	buf_init(&x.sums, 0);
	buf_init(&x.list, 0);
	json_start(&x.files, &x.list);
	json_open(&x.files, NULL, '[');
	rc = make_empty(folder, e);
	if (rc == ERR_OK)
		rc = store_view_begin(d->store, e);	/* one state, whoever writes meanwhile */
	if (rc == ERR_OK) {
		rc = dump_tables(d->store, tables, TABLES_MAX, &n, e);
		for (int i = 0; i < n && rc == ERR_OK; i++)
			rc = export_table(&x, d->store, tables[i], e);
		store_view_end(d->store);
	}
	if (rc == ERR_OK)
		rc = write_manifest(&x, d->store, e);
	if (rc == ERR_OK)
		rc = write_file(&x, "SHA256SUMS", "", buf_slice(&x.sums), false, e);
	buf_release(&x.sums);
	buf_release(&x.list);
	free(tables);
	return rc;
}
