/* SPDX-License-Identifier: GPL-3.0-or-later */
/* books.h - what the practice vendor would bill, and what it was asked.
 *
 * Thread  any (a lock inside). Money is exact; see prices.h. */
#ifndef PRACTICE_BOOKS_H
#define PRACTICE_BOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "practice/prices.h"

#define BOOKS_REQUESTS 2000			/* the last so many requests are kept */
#define BOOKS_REQUEST_BYTES ((size_t)256 << 20)	/* and at most so many bytes of them */

struct sale {
	char request_id[48], vendor[16], model[64];
	struct usage used;
	struct terms terms;
	bool complete;
	bool is_added;		/* by hand, with a time of its own */
	int64_t at_us;
	struct hash key;	/* SHA-256 of the vendor key */
	int64_t pico;		/* filled in by the books */
	bool priced;
};

struct books;
struct books *books_new(void);
void books_free(struct books *b);
/* Books a sale; the number is its handle. */
size_t books_open(struct books *b, const struct sale *s);
/* More was sent: prices the sale anew. */
void books_grow(struct books *b, size_t sale, int64_t output, int64_t thinking, bool complete);
/* The whole books as JSON, as the contract has it. */
void books_write(struct books *b, struct buf *out);

/* One request, its secrets already replaced. headers is JSON. */
void books_note(struct books *b, const char *request_id, const char *method, const char *path, int status, struct slice headers, struct slice body);
void books_write_requests(struct books *b, struct buf *out);

/* Sales that were not made here but are to stand in the reports: at_us is their own. */
void books_add(struct books *b, const struct sale *s);
/* Days by which the time of every later sale is set back. */
void books_set_back(struct books *b, int days);	/* before the first request */

/* Calls f for every sale while the lock is held: f may not call the books. */
void books_each(struct books *b, void (*f)(void *user, const struct sale *s), void *user);

#endif
