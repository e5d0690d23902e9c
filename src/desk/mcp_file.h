/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcp_file.h - a .mcp.json: {"mcpServers": {NAME: {"command", "args", "env"} or
 * {"type", "url", "headers"}}}. A project's file may name any program, so nothing of it
 * runs before a person has taken that very entry, by its hash. Pure.
 *
 * `${NAME:-default}` gives its default and `${NAME}` nothing: the environment is not
 * looked at. What needs such a value can't be taken, and `missing` says so. */
#ifndef DESK_MCP_FILE_H
#define DESK_MCP_FILE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"

#define MCP_ENTRIES 64

struct mcp_entry {
	char *name;
	struct hash hash;	/* SHA-256 over the name and the entry's bytes as they stand */
	char *command;		/* JSON array of argv; NULL: it has none */
	char *env;		/* JSON array of NAME=value */
	char *url;		/* NULL: it runs here */
	char *missing;		/* why it cannot be taken as it is, in our words; NULL: it can */
};
struct mcp_file {
	struct mcp_entry v[MCP_ENTRIES];
	int n;
};

/* ERR_PROTO or ERR_LIMIT in words; *out is to be released after ERR_OK only. */
MUST_USE enum err_code mcp_file_read(struct slice text, struct mcp_file *out, struct err *e);
void mcp_file_release(struct mcp_file *f);

#endif
