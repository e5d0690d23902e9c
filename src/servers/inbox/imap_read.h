/* SPDX-License-Identifier: GPL-3.0-or-later */
/* imap_read.h - bytes from an IMAP server in, whole responses out. Any split of
 * the same bytes gives the same calls.
 *
 * A response is a line with its literals in their places ("{5}\r\nhello"): what is
 * inside a literal can never be taken for the end of a response, whatever a mail
 * holds. The content of a whole message (BODY[] or BODY[]<0>) goes to the sink in
 * pieces, if there is one, and NIL stands in its place.
 *
 * Errors  ERR_LIMIT over IMAP_RESPONSE_MAX; ERR_PROTO; what emit or sink gave.
 *         After a failure every call fails the same. Pure. */
#ifndef SERVERS_INBOX_IMAP_READ_H
#define SERVERS_INBOX_IMAP_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define IMAP_RESPONSE_MAX ((size_t)16 << 20)	/* bytes of one response, without what the sink got */

typedef enum err_code imap_emit(void *user, struct slice response);	/* without its CRLF; lives in the call only */
typedef enum err_code imap_sink(void *user, struct slice piece);

struct imap_reader;
struct imap_reader *imap_reader_new(imap_emit *emit, void *user);	/* never NULL */
void imap_reader_sink(struct imap_reader *r, imap_sink *sink, void *user);	/* NULL: no more */
MUST_USE enum err_code imap_reader_feed(struct imap_reader *r, const void *p, size_t n, struct err *e);
void imap_reader_free(struct imap_reader *r);

/* --- words of a response ----------------------------------------------------- */
enum imap_kind { IMAP_END, IMAP_OPEN, IMAP_CLOSE, IMAP_ATOM, IMAP_QUOTED, IMAP_LITERAL, IMAP_BAD };
struct imap_word {
	enum imap_kind kind;
	struct slice text;	/* of a quoted one: with its backslashes */
};
/* The next one off *rest. An atom runs on through its [section], blanks included. */
struct imap_word imap_next(struct slice *rest);
/* A value that begins with w is passed over: a whole list if w opens one. False: it never closes. */
bool imap_skip(struct slice *rest, struct imap_word w);
/* The word's own text, appended; NIL gives nothing. */
void imap_text(struct imap_word w, struct buf *out);
bool imap_is(struct imap_word w, const char *atom);	/* without regard to case */
bool imap_number(struct imap_word w, uint64_t *out);

#endif
