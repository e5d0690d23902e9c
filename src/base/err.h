/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - what a function says when it fails.
 *
 * Functions that can fail return enum err_code and fill an optional struct err
 * (their last argument; NULL is fine). The record is a plain value of fixed
 * size, so it crosses threads whole. The text is one English sentence part
 * without a full stop, written once where the facts are known; mend says what
 * to do. Neither ever holds a secret or bytes from outside. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_code {
	ERR_OK = 0,
	ERR_MEMORY,	/* out of memory where that is survivable */
	ERR_IO,		/* a system call on a file or pipe failed */
	ERR_NET,	/* vendor or network */
	ERR_PROTO,	/* bytes that break the protocol or format */
	ERR_AUTH,	/* wrong passphrase, bad MAC, bound to another host */
	ERR_LOCKED,	/* the vault is locked */
	ERR_LIMIT,	/* over a stated bound */
	ERR_MISSING,	/* no such thing */
	ERR_CONFLICT,	/* stale hash, already decided, another worker */
	ERR_REFUSED,	/* refused by a cap or a rule */
	ERR_USAGE,	/* the person's words are off */
	ERR_CANCELLED,	/* stopped on request */
	ERR_ILLEGAL,	/* a move that the record's state does not allow */
	ERR_CODES
};

struct err {
	enum err_code code;
	int sys;		/* errno, or 0 */
	char text[256];		/* what went wrong */
	char mend[160];		/* what to do about it, or "" */
};

/* Fill *e (if not NULL) and return code. */
enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The same, with errno's own words appended after ": ". */
enum err_code err_sys(struct err *e, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Add what to do. Returns e->code (or code given when e is NULL). */
enum err_code err_mend(struct err *e, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* Put words in front of the text: "reading x: no such file". */
void err_context(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *e);
/* "io", "auth" ...: for logs and JSON. */
const char *err_name(enum err_code code);
/* For the rare place where a failure has no one to tell and nothing to undo. */
static inline void err_ignore(enum err_code code) { (void)code; }
/* Exit status of the command-line contract for this code (1 to 7). */
int err_exit(enum err_code code);

#endif
