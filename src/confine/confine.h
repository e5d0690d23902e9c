/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confine.h - the parts of claviger-confine: limits, Landlock or namespaces,
 * system-call filter, then exec. Each works on this process, for good. */
#ifndef CONFINE_CONFINE_H
#define CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {	/* exit statuses of its own; the connector room knows the first */
	CONFINE_NOTHING = 120,	/* the kernel offers neither mechanism, or not the one required */
	CONFINE_BROKEN = 121,	/* it offers one, and setting it up failed */
};

#define CONFINE_PATHS 48
#define CONFINE_PORTS 9

struct confine {
	const char *ro[CONFINE_PATHS], *rw[CONFINE_PATHS];	/* granted; end with NULL */
	const char *program;	/* absolute */
	bool may_network;
	uint16_t ports[CONFINE_PORTS];	/* with it: the only TCP ports that may be connected to (Landlock, ABI 4); ends with 0, none is any */
	uint64_t data_bytes, file_bytes;	/* 0 is no limit */
};

/* What every program needs to start: ends with NULL. Those that are not there are left out. */
extern const char *const confine_system_ro[], *const confine_system_rw[];

/* limits.c: no core files, bounded files and memory, no new privileges, dies with its parent. */
MUST_USE enum err_code limits_set(const struct confine *c, struct err *e);

/* landlock.c */
int landlock_abi(void);		/* 0 if there is none */
MUST_USE enum err_code landlock_enter(const struct confine *c, struct err *e);

/* namespace.c: a user and a mount namespace whose root holds only what is granted. */
bool namespace_works(void);	/* tries it: this process is in one afterwards */
MUST_USE enum err_code namespace_enter(const struct confine *c, struct err *e);

/* filter.c: seccomp. Needs no_new_privs. */
bool filter_works(void);
MUST_USE enum err_code filter_enter(bool may_network, struct err *e);

#endif
