/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file is an array of 64-bit words: a header of four (magic, epoch,
 * sequence, layout) and then the slots. Every word is moved with a relaxed
 * atomic load or store, the sequence word orders them: odd while a write is
 * under way (C11 has no sequence lock of its own; the fences are those of
 * Boehm, "Can seqlocks get along with programming language memory models?"). */
#include "worker/board.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"

#define MAGIC UINT64_C(0x324452414f42564c)	/* "LVBOARD2" */
#define CALL_WORDS ((sizeof(struct board_call) + 7) / 8)

enum { WORD_MAGIC, WORD_EPOCH, WORD_SEQUENCE, WORD_LAYOUT, WORD_SLOTS };
#define WORDS (WORD_SLOTS + BOARD_SLOTS * CALL_WORDS)
#define BYTES (WORDS * 8)

typedef _Atomic uint64_t word;

struct board {
	word *map;
	bool taken[BOARD_SLOTS];
};

static void put_words(word *to, const void *from, size_t bytes)
{
	size_t i;

	for (i = 0; i * 8 < bytes; i++) {
		uint64_t v = 0;
		size_t n = bytes - i * 8 < 8 ? bytes - i * 8 : 8;

		memcpy(&v, (const char *)from + i * 8, n);
		atomic_store_explicit(&to[i], v, memory_order_relaxed);
	}
}

static void get_words(void *to, const word *from, size_t bytes)
{
	size_t i;

	for (i = 0; i * 8 < bytes; i++) {
		uint64_t v = atomic_load_explicit(&from[i], memory_order_relaxed);
		size_t n = bytes - i * 8 < 8 ? bytes - i * 8 : 8;

		memcpy((char *)to + i * 8, &v, n);
	}
}

enum err_code board_make(struct board **out, const char *path, int64_t epoch, struct err *e)
{
	char *beside = xasprintf("%s.new", path);
	struct board *b = NULL;
	void *map = MAP_FAILED;
	int fd;

	*out = NULL;
	unlink(beside);
	fd = open(beside, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && ftruncate(fd, BYTES) == 0)
		map = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map != MAP_FAILED) {
		b = xcalloc(1, sizeof *b);
		b->map = map;
		atomic_store(&b->map[WORD_EPOCH], (uint64_t)epoch);
		atomic_store(&b->map[WORD_LAYOUT], (uint64_t)BYTES);
		atomic_store(&b->map[WORD_MAGIC], MAGIC);
	}
	if (b == NULL || rename(beside, path) != 0) {
		err_sys(e, ERR_IO, "cannot make the live board");
		unlink(beside);
		board_free(b);
		b = NULL;
	}
	fd_close(&fd);
	free(beside);
	*out = b;
	return b != NULL ? ERR_OK : ERR_IO;
}

int board_take_slot(struct board *b)
{
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		if (!b->taken[i]) {
			b->taken[i] = true;
			return i;
		}
	return -1;
}

void board_put(struct board *b, int slot, const struct board_call *c)
{
	uint64_t seq;

	if (slot < 0 || slot >= BOARD_SLOTS)
		return;
	seq = atomic_load_explicit(&b->map[WORD_SEQUENCE], memory_order_relaxed);
	atomic_store_explicit(&b->map[WORD_SEQUENCE], seq + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_release);
	put_words(&b->map[WORD_SLOTS + (size_t)slot * CALL_WORDS], c, sizeof *c);
	atomic_store_explicit(&b->map[WORD_SEQUENCE], seq + 2, memory_order_release);
	if (c->call == 0)
		b->taken[slot] = false;
}

void board_blank(struct board *b)
{
	static const struct board_call none;
	int i;

	for (i = 0; i < BOARD_SLOTS; i++)
		board_put(b, i, &none);
}

void board_free(struct board *b)
{
	if (b == NULL)
		return;
	board_blank(b);
	munmap(b->map, BYTES);
	free(b);
}

/* --- the reader's end ----------------------------------------------------- */

struct board_reader {
	char *path;
	const word *map;
	dev_t device;
	ino_t inode;
};

struct board_reader *board_reader_new(const char *path)
{
	struct board_reader *r = xcalloc(1, sizeof *r);

	r->path = xstrdup(path);
	return r;
}

static void unmap(struct board_reader *r)
{
	if (r->map != NULL)
		munmap((void *)(uintptr_t)r->map, BYTES);
	r->map = NULL;
}

/* Follow the name: a new worker has put a new file there. */
static void follow(struct board_reader *r)
{
	struct stat st;
	void *map;
	int fd;

	if (stat(r->path, &st) != 0) {
		unmap(r);
		return;
	}
	if (r->map != NULL && st.st_dev == r->device && st.st_ino == r->inode)
		return;
	unmap(r);
	fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)BYTES) {
		map = mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fd, 0);
		if (map != MAP_FAILED) {
			r->map = map;
			r->device = st.st_dev;
			r->inode = st.st_ino;
		}
	}
	close(fd);
}

static void end_text(char *s, size_t room)
{
	s[room - 1] = '\0';
}

bool board_read(struct board_reader *r, struct board_view *view)
{
	struct board_view fresh;
	int tries, i;

	follow(r);
	if (r->map == NULL || atomic_load(&r->map[WORD_MAGIC]) != MAGIC || atomic_load(&r->map[WORD_LAYOUT]) != BYTES)
		return false;
	fresh.epoch = (int64_t)atomic_load(&r->map[WORD_EPOCH]);
	for (tries = 0; tries < 3; tries++) {
		uint64_t before = atomic_load_explicit(&r->map[WORD_SEQUENCE], memory_order_acquire);

		if (before == view->generation && fresh.epoch == view->epoch)
			return false;
		if (before % 2 != 0)
			continue;
		for (i = 0; i < BOARD_SLOTS; i++)
			get_words(&fresh.call[i], &r->map[WORD_SLOTS + (size_t)i * CALL_WORDS], sizeof fresh.call[i]);
		atomic_thread_fence(memory_order_acquire);
		if (atomic_load_explicit(&r->map[WORD_SEQUENCE], memory_order_relaxed) != before)
			continue;
		fresh.generation = before;
		for (i = 0; i < BOARD_SLOTS; i++) {
			/* another process wrote these: trust no terminator */
			end_text(fresh.call[i].agent, sizeof fresh.call[i].agent);
			end_text(fresh.call[i].vendor, sizeof fresh.call[i].vendor);
			end_text(fresh.call[i].model, sizeof fresh.call[i].model);
			end_text(fresh.call[i].line, sizeof fresh.call[i].line);
		}
		*view = fresh;
		return true;
	}
	return false;
}

void board_reader_free(struct board_reader *r)
{
	if (r == NULL)
		return;
	unmap(r);
	free(r->path);
	free(r);
}
