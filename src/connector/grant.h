/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - which folders a connector of ours may see.
 *
 * A root is a folder a person opens to a connector. It may neither contain the
 * Claviger home nor lie in it: a connector must never read the vault.
 *
 * What a server of others is granted is kept with its record as JSON, each member
 * optional: {"read":["/folder"], "write":["/folder"], "env":["NAME=value"],
 * "secret_env":"NAME", "network":true}. Nothing else is in its environment but
 * PATH, LANG, HOME and TMPDIR; the last two are its own folder. */
#ifndef CONNECTOR_GRANT_H
#define CONNECTOR_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Both resolved by realpath(). ERR_MISSING no such folder, ERR_REFUSED it holds the home or lies in it. */
MUST_USE enum err_code connector_root_check(const char *root, const char *home, struct err *e);

#define GRANT_PATHS 16
#define GRANT_WORDS 64
#define GRANT_PORTS 8
/* What a server is started with. */
struct grant {
	char *argv[GRANT_WORDS];	/* ends with NULL */
	char *env[GRANT_PATHS];		/* "NAME=value"; ends with NULL */
	char *secret_env;		/* the variable that gets the connector's secret, or NULL */
	bool may_network;
	uint16_t ports[GRANT_PORTS];	/* with it: the only ones; ends with 0 */
	char *read_paths[GRANT_PATHS];	/* ends with NULL */
	char *write_paths[GRANT_PATHS];	/* ends with NULL */
};
/* program: absolute path of claviger-codebase; root: the repository; state: its
 * own connectors/NAME/ folder (made if missing). The working tree is not
 * granted at all: the server reads objects, and writes objects and branches. */
MUST_USE enum err_code grant_codebase(struct grant *g, const char *program, const char *root, const char *home, const char *state,
    struct err *e);
/* After grant_codebase(): settings {"check":"CMD"} name the person's command for trying a patch; NULL or
 * without it nothing is added. confine: absolute path of claviger-confine; state as there. */
MUST_USE enum err_code grant_codebase_check(struct grant *g, const char *settings, const char *confine, const char *state, struct err *e);
/* After grant_codebase(): settings {"push":REMOTE} let it push branches there (wire/remote.h), NULL or without it nothing
 * is added. A folder must be a repository apart from home; its objects and branches may be written. An address opens its port
 * of the network, and "ca_file" its certificates. ERR_USAGE, ERR_REFUSED. */
MUST_USE enum err_code grant_codebase_push(struct grant *g, const char *settings, const char *home, struct err *e);
/* program: absolute path of claviger-crm; settings: NULL for records in its own folder, which
 * reach no network, or those of servers/crm/hubspot/config.h: then it reaches the port of that
 * host and of name service, and no others. */
MUST_USE enum err_code grant_crm(struct grant *g, const char *program, const char *settings, const char *state, struct err *e);
/* program: absolute path of claviger-inbox; settings: those of servers/inbox/config.h.
 * It reaches the ports of its two servers and of name service, and no others. */
MUST_USE enum err_code grant_inbox(struct grant *g, const char *program, const char *settings, const char *state, struct err *e);
/* command: JSON array of argv; settings: as above, or NULL. ERR_USAGE in words if
 * either is not what it should be, ERR_MISSING, ERR_REFUSED as for a root. */
MUST_USE enum err_code grant_mcp(struct grant *g, const char *command, const char *settings, const char *home, const char *state, struct err *e);
void grant_release(struct grant *g);

#endif
