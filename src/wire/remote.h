/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remote.h - where a branch is pushed to: "/folder", or "https://[USER@]HOST[:PORT]/PATH"
 * (plain http only to this machine). Pure; nothing is looked up. */
#ifndef WIRE_REMOTE_H
#define WIRE_REMOTE_H

#include "wire/request.h"

#define REMOTE_MAX 500	/* bytes of it as text */
#define REMOTE_USER 64

struct wire_remote {
	bool is_local;		/* a folder: nothing else is set */
	struct wire_url url;
	char user[REMOTE_USER];	/* the login its token goes with */
	char address[REMOTE_MAX + 1];	/* without that */
};

/* ERR_USAGE with a mend: what wire_url_parse() refuses, ssh and other transports, a password in it. */
MUST_USE enum err_code wire_remote_parse(const char *text, struct wire_remote *out, struct err *e);

#endif
