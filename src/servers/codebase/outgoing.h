/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outgoing.h - what a push would make known, for the person who decides on it. */
#ifndef SERVERS_CODEBASE_OUTGOING_H
#define SERVERS_CODEBASE_OUTGOING_H

#include "base/json.h"
#include "servers/codebase/remote.h"

/* Appends {"goes to","commits","changes"}, each some lines for people, as member "about". ERR_IO. */
MUST_USE enum err_code outgoing_put(struct json_out *j, const struct repo *r, const char *branch, const char *commit, const struct remote_heads *heads,
    struct err *e);

#endif
