/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch.h - one whole mail from the server into a file. */
#ifndef SERVERS_INBOX_FETCH_H
#define SERVERS_INBOX_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "servers/inbox/inbox.h"

#define FETCH_WHOLE_MAX ((uint64_t)64 << 20)	/* bytes; of a larger mail ... */
#define FETCH_START ((uint64_t)1 << 20)		/* ... only so many are fetched */

struct fetched {
	uint64_t bytes;		/* of the mail on the server */
	bool is_seen, is_flagged, is_answered;
	bool is_cut;
};
/* A file without a name in the folder state. */
MUST_USE enum err_code fetch_open_file(const char *state, int *fd, struct err *e);
/* Its flags stay as they are. ERR_MISSING if it is gone. */
MUST_USE enum err_code fetch_mail(struct inbox *in, const struct mail_id *id, int fd, struct fetched *out, struct err *e);

#endif
