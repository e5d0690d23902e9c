/* SPDX-License-Identifier: GPL-3.0-or-later */
/* imap.h - one session with the IMAP server. libcurl connects, checks the
 * certificate, turns TLS on and signs in; the commands are ours (libcurl's own do
 * not take literals for what they are in every version).
 *
 * Owns    the connection. Blocks: each wait is bounded by IMAP_WAIT_MS.
 * Errors  ERR_NET the connection is gone (close it), ERR_AUTH the login or the
 *         certificate, ERR_REFUSED the server said no, ERR_MISSING no such folder
 *         or mail, ERR_LIMIT, ERR_PROTO. No error holds the secret. */
#ifndef SERVERS_INBOX_IMAP_H
#define SERVERS_INBOX_IMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "servers/inbox/config.h"
#include "servers/inbox/imap_read.h"

#define IMAP_CONNECT_MS 20000
#define IMAP_WAIT_MS 25000	/* without a byte from the server */
#define IMAP_ANSWERS_MAX ((size_t)64 << 20)	/* bytes of all answers to one command, without what the sink got */
#define IMAP_TOOL_MS 50000	/* for all that one call of a tool asks: less than the office waits */

struct imap;
MUST_USE enum err_code imap_open(struct imap **out, const struct inbox_config *c, const struct secret *secret, struct err *e);
/* From now on it has IMAP_TOOL_MS, however slowly the server drips. */
void imap_begin(struct imap *m);
void imap_close(struct imap *m);			/* NULL is fine */
bool imap_can(const struct imap *m, const char *capability);

/* --- commands: built in pieces, so that a literal waits for the server's leave --- */
#define IMAP_STOPS 8
struct imap_command {
	struct buf text;
	size_t stop[IMAP_STOPS];	/* offsets behind "{N}\r\n" */
	int stops;
	struct slice tail;	/* borrowed: sent behind the text (a message), as a literal that the text announced */
	bool is_bad;		/* a text that cannot be sent: imap_run() refuses */
};
void imap_command_init(struct imap_command *c, const char *verb);
void imap_command_release(struct imap_command *c);
void imap_say(struct imap_command *c, const char *words);	/* as it is: ours only */
void imap_say_text(struct imap_command *c, const char *text);	/* a blank, and text quoted or as a literal */
void imap_say_folder(struct imap_command *c, const char *utf8);	/* the same for a folder's name */

/* Send it; each untagged response goes to emit (may be NULL). */
MUST_USE enum err_code imap_run(struct imap *m, struct imap_command *c, imap_emit *emit, void *user, struct err *e);
/* What follows "OK" in the answer to the last command, such as "[APPENDUID 1 2] done". */
const char *imap_last_ok(const struct imap *m);
/* Where the content of whole messages goes during the commands that follow; NULL ends it. */
void imap_sink_to(struct imap *m, imap_sink *sink, void *user);

/* --- folders ------------------------------------------------------------------ */
/* Look into a folder; to change it (true) or only to read. validity comes back. */
MUST_USE enum err_code imap_select(struct imap *m, const char *folder, bool to_change, uint64_t *validity, struct err *e);
/* The folder with that use (\Drafts, \Sent) into out, or fallback if the server names none. */
MUST_USE enum err_code imap_folder_for(struct imap *m, const char *use, const char *fallback, struct buf *out, struct err *e);

struct imap_folder {
	char *name;		/* UTF-8 if it could be decoded */
	bool can_open;
};
#define IMAP_FOLDERS_MAX 500
MUST_USE enum err_code imap_folders(struct imap *m, struct imap_folder **out, size_t *n, struct err *e);
void imap_folders_release(struct imap_folder *v, size_t n);

/* UIDs of the selected folder for which the criteria (a command without its verb)
 * hold, lowest first; *out is the caller's to free. */
MUST_USE enum err_code imap_search(struct imap *m, struct imap_command *criteria, uint64_t **out, size_t *n, struct err *e);

#endif
