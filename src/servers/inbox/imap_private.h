/* SPDX-License-Identifier: GPL-3.0-or-later */
/* imap_private.h - what imap.c and imap_folder.c share. */
#ifndef SERVERS_INBOX_IMAP_PRIVATE_H
#define SERVERS_INBOX_IMAP_PRIVATE_H

#include <curl/curl.h>

#include "servers/inbox/imap.h"

struct imap {
	CURL *curl;
	curl_socket_t fd;
	struct imap_reader *reader;
	unsigned tag_number;
	char tag[16];
	struct buf abilities;	/* " IMAP4rev1 MOVE ... " */
	struct buf ok;		/* of the last command */
	/* the command under way */
	imap_emit *emit;
	void *user;
	size_t answered;	/* bytes of answers to it so far */
	int64_t until_us;	/* steady: by then what is asked must be answered */
	bool is_over, may_go_on;
	enum err_code verdict;
	struct err why;
	/* the folder looked into */
	char *folder;
	bool to_change;
	uint64_t validity;
};

#endif
