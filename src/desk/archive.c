/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"

#define BLOCK 512
#define PART ((size_t)64 << 10)

/* Offsets and lengths of POSIX.1-2017, pax, "ustar Interchange Format". */
enum { AT_MODE = 100, AT_UID = 108, AT_GID = 116, AT_SIZE = 124, AT_TIME = 136, AT_SUM = 148, AT_TYPE = 156, AT_MAGIC = 257, AT_PREFIX = 345 };
static const char magic[8] = {'u', 's', 't', 'a', 'r', '\0', '0', '0'};

static unsigned header_sum(const uint8_t h[BLOCK])
{
	unsigned sum = 0;

	for (int i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : h[i];
	return sum;
}

static void put_octal(uint8_t *at, int digits, int64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%0*llo", digits, (unsigned long long)n);
	memcpy(at, text, (size_t)digits);	/* the NUL that ends it is there */
}

static enum err_code put_header(int fd, const char *name, int64_t size, int64_t now_us, struct err *e)
{
	uint8_t h[BLOCK] = {0};

	if (size < 0 || size > ARCHIVE_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "%s is too large for a backup file", name);
	memcpy(h, name, strlen(name) < ARCHIVE_NAME ? strlen(name) : ARCHIVE_NAME - 1);
	put_octal(h + AT_MODE, 7, 0600);
	put_octal(h + AT_UID, 7, 0);
	put_octal(h + AT_GID, 7, 0);
	put_octal(h + AT_SIZE, 11, size);
	put_octal(h + AT_TIME, 11, now_us / US_PER_S);
	h[AT_TYPE] = '0';
	memcpy(h + AT_MAGIC, magic, sizeof magic);
	put_octal(h + AT_SUM, 6, header_sum(h));
	h[AT_SUM + 7] = ' ';
	return fd_write_all(fd, h, sizeof h) == 0 ? ERR_OK : err_sys(e, ERR_IO, "the backup cannot be written");
}

static enum err_code put_padding(int fd, int64_t size, struct err *e)
{
	static const uint8_t zeros[BLOCK];
	size_t rest = (size_t)(size % BLOCK);

	if (rest == 0 || fd_write_all(fd, zeros, BLOCK - rest) == 0)
		return ERR_OK;
	return err_sys(e, ERR_IO, "the backup cannot be written");
}

enum err_code archive_put(int fd, const char *name, struct slice bytes, int64_t now_us, struct err *e)
{
	enum err_code rc = put_header(fd, name, (int64_t)bytes.len, now_us, e);

	if (rc == ERR_OK && fd_write_all(fd, bytes.p, bytes.len) != 0)
		rc = err_sys(e, ERR_IO, "the backup cannot be written");
	return rc == ERR_OK ? put_padding(fd, (int64_t)bytes.len, e) : rc;
}

/* n bytes at most, fewer only at the end of the file; -1 with errno. */
static ssize_t read_some(int fd, void *p, size_t n)
{
	size_t got = 0;

	while (got < n) {
		ssize_t r = read(fd, (char *)p + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* size bytes from one to the other; what comes short is ERR_PROTO. */
static enum err_code copy(int from, int to, int64_t size, struct hash_stream *sum, struct err *e)
{
	char *part = xcalloc(PART, 1);
	enum err_code rc = ERR_OK;

	while (size > 0 && rc == ERR_OK) {
		size_t n = size < (int64_t)PART ? (size_t)size : PART;
		ssize_t got = read_some(from, part, n);

		if (got < 0)
			rc = err_sys(e, ERR_IO, "a file cannot be read");
		else if ((size_t)got < n)
			rc = err_set(e, ERR_PROTO, "a file is cut short");
		else if (fd_write_all(to, part, n) != 0)
			rc = err_sys(e, ERR_IO, "a file cannot be written");
		else if (sum != NULL)
			hash_stream_add(sum, part, n);
		size -= (int64_t)n;
	}
	free(part);
	return rc;
}

enum err_code archive_put_fd(int fd, const char *name, int from, int64_t size, int64_t now_us, struct err *e)
{
	enum err_code rc = put_header(fd, name, size, now_us, e);

	if (rc == ERR_OK)
		rc = copy(from, fd, size, NULL, e);
	return rc == ERR_OK ? put_padding(fd, size, e) : rc;
}

enum err_code archive_end(int fd, struct err *e)
{
	static const uint8_t zeros[2 * BLOCK];

	return fd_write_all(fd, zeros, sizeof zeros) == 0 ? ERR_OK : err_sys(e, ERR_IO, "the backup cannot be written");
}

/* --- reading ---------------------------------------------------------------------- */

/* Digits, then NUL or blanks to the end of the field; -1 if not. */
static int64_t get_octal(const uint8_t *at, int room)
{
	int64_t n = 0;
	int i = 0;

	for (; i < room && at[i] >= '0' && at[i] <= '7'; i++)
		n = n * 8 + (at[i] - '0');
	if (i == 0 || i > 12)
		return -1;
	for (; i < room; i++)
		if (at[i] != '\0' && at[i] != ' ')
			return -1;
	return n;
}

static enum err_code no_archive(struct err *e)
{
	return err_set(e, ERR_PROTO, "that is no backup, or it is damaged");
}

enum err_code archive_next(int fd, struct archive_member *out, struct err *e)
{
	static const uint8_t zeros[BLOCK];
	uint8_t h[BLOCK];
	ssize_t got = read_some(fd, h, sizeof h);

	*out = (struct archive_member){.size = 0};
	if (got < 0)
		return err_sys(e, ERR_IO, "the backup cannot be read");
	if (got != BLOCK)
		return no_archive(e);
	if (memcmp(h, zeros, BLOCK) == 0)
		return ERR_OK;
	if (memcmp(h + AT_MAGIC, magic, sizeof magic) != 0 || get_octal(h + AT_SUM, 8) != (int64_t)header_sum(h) || h[AT_TYPE] != '0' ||
	    h[AT_PREFIX] != '\0' || h[0] == '\0')
		return no_archive(e);
	memcpy(out->name, h, ARCHIVE_NAME - 1);
	out->size = get_octal(h + AT_SIZE, 12);
	return out->size >= 0 ? ERR_OK : no_archive(e);
}

enum err_code archive_take(int fd, const struct archive_member *m, int to, struct hash *sum, struct err *e)
{
	struct hash_stream *h = hash_stream_new();
	size_t rest = (size_t)(m->size % BLOCK);
	uint8_t padding[BLOCK];
	enum err_code rc = copy(fd, to, m->size, h, e);

	*sum = hash_stream_end(h);
	if (rc == ERR_OK && rest > 0 && read_some(fd, padding, BLOCK - rest) != (ssize_t)(BLOCK - rest))
		rc = no_archive(e);
	return rc;
}

enum err_code archive_take_text(int fd, const struct archive_member *m, struct buf *out, struct err *e)
{
	int64_t whole = (m->size + BLOCK - 1) / BLOCK * BLOCK;
	uint8_t block[BLOCK];
	int64_t at;

	for (at = 0; at < whole; at += BLOCK) {
		if (read_some(fd, block, BLOCK) != BLOCK)
			return no_archive(e);
		buf_add(out, block, m->size - at < BLOCK ? (size_t)(m->size - at) : BLOCK);
	}
	return out->over ? no_archive(e) : ERR_OK;
}
