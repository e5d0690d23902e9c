/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mcp.h - the server side of MCP over stdio, for the built-in connectors.
 *
 * Answers `initialize` (2025-11-25 and older), `server/discover` and calls
 * without any handshake (2026-07-28), `ping`, `tools/list`, `tools/call`. One
 * call at a time, in order. A tool's handler fills a reply; a handler's error
 * is an answer to the agent (isError), in plain English.
 *
 * What the office says beside the arguments comes in _meta:
 *   claviger/task             whole number: the task that acts
 *   claviger/idempotency_key  hex: one firing; a second call with it does nothing and gives the same receipt
 *   claviger/check            true: validate and report facts, do nothing
 *   claviger/prove            true: say whether that key was fired, do nothing */
#ifndef SERVERS_COMMON_MCP_H
#define SERVERS_COMMON_MCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#define MCP_KEY_MAX 128

struct mcp_call {
	const cJSON *args;	/* an object; never NULL */
	struct slice args_raw;
	int64_t task;		/* 0 if none */
	char key[MCP_KEY_MAX + 1];	/* "" if none; hex digits */
	bool is_check, is_prove;
};

struct mcp_reply {
	struct buf text;	/* for the agent; made valid UTF-8 when it is sent */
	struct buf structured;	/* a JSON object, or empty */
	bool is_unknown;	/* with ERR_OK: it may or may not have been done; text says why */
};

/* ERR_OK, or an error whose text (and mend) becomes the answer. */
typedef enum err_code mcp_run(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e);

struct mcp_tool {
	const char *name;
	const char *definition;	/* the tool as JSON, as tools/list gives it: name, description, inputSchema, annotations, _meta */
	mcp_run *run;
};

struct mcp_server {
	const char *name, *version;
	const struct mcp_tool *tools;
	size_t count;
	void *user;
};

/* Serve until end of input (ERR_OK). ERR_PROTO on bytes that are no JSON-RPC. */
MUST_USE enum err_code mcp_serve(const struct mcp_server *s, int in_fd, int out_fd, struct err *e);

#endif
