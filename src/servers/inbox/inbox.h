/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbox.h - one mailbox: what the tools share.
 *
 * Owns    the IMAP session, opened when first needed and looked after between calls.
 * Errors  as in imap.h. A tool that fails ends with inbox_end(), which closes a
 *         session that can no longer be trusted to be in step. */
#ifndef SERVERS_INBOX_INBOX_H
#define SERVERS_INBOX_INBOX_H

#include <stdint.h>

#include "base/secret.h"
#include "servers/common/mcp.h"
#include "servers/inbox/config.h"
#include "servers/inbox/imap.h"
#include "servers/inbox/mail.h"

struct inbox {
	struct inbox_config config;
	struct secret *secret;	/* NULL: none was handed over */
	const char *state;	/* its own folder */
	struct imap *imap;
	int64_t used_us;	/* steady: when the session last answered */
};

/* A session that answers, in *out (borrowed). */
MUST_USE enum err_code inbox_session(struct inbox *in, struct imap **out, struct err *e);
enum err_code inbox_end(struct inbox *in, enum err_code code);	/* returns code */
void inbox_release(struct inbox *in);

/* --- which mail: "FOLDER/UID@UIDVALIDITY" ---------------------------------------- */
struct mail_id {
	char *folder;
	uint64_t uid, validity;
};
MUST_USE enum err_code mail_id_parse(const char *text, struct mail_id *out, struct err *e);
void mail_id_release(struct mail_id *id);
void mail_id_put(struct buf *out, const char *folder, uint64_t uid, uint64_t validity);
/* Look into its folder; ERR_CONFLICT if the folder was made anew, so that the number means another mail. */
MUST_USE enum err_code mail_id_select(struct imap *m, const struct mail_id *id, bool to_change, struct err *e);

/* --- heads ------------------------------------------------------------------------- */
struct summary {
	uint64_t uid, bytes;
	bool is_seen, is_flagged, is_answered;
	struct mail_head head;
};
/* Of those UIDs of the selected folder, in no certain order; gone ones are missing. */
MUST_USE enum err_code summaries(struct inbox *in, struct imap *m, const uint64_t *uids, size_t n, struct summary **out, size_t *count, struct err *e);
void summaries_release(struct summary *v, size_t n);
/* "INBOX/4@7 | date | unread | verified | from | subject\n" */
void summary_put(struct buf *out, const struct summary *s, const char *folder, uint64_t validity);

/* --- the tools ------------------------------------------------------------------------ */
mcp_run inbox_folders, inbox_search, inbox_read, inbox_threads, inbox_send_mail, inbox_draft, inbox_move, inbox_flag;

#endif
