/* SPDX-License-Identifier: GPL-3.0-or-later */
/* env.h - the environment: scrubbed on entry, handed on only as granted.
 *
 * What steers libraries (proxies, OPENSSL_CONF, SSLKEYLOGFILE, CURL_*, NETRC ...)
 * is removed; model-vendor keys are removed and their bytes overwritten where the
 * kernel put them, so that /proc/PID/environ does not show them either.
 *
 * Thread  main, before any other thread starts (the environment has no lock).
 * Order   memory_harden(), memory_secure_init(), env_scrub(); then the rest of main. */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct secret;

#define ENV_STRAY_MAX 32

/* First thing in main. Values of vendor keys move to locked memory if there is
 * any by then (for `key import` and `--from-env`), else they are gone. */
void env_scrub(void);

/* Names of the vendor keys that env_scrub() found: never their values. Ends with NULL. */
const char *const *env_stray_keys(void);

/* Whether such a key's value is still there to be taken. */
bool env_has_stray(const char *name);

/* Take a variable's value out of the environment, scrubbed or not: the bytes are
 * overwritten in place, and a second call finds nothing. ERR_MISSING if it is
 * not set or empty, ERR_LIMIT if too long or locked memory is full. */
MUST_USE enum err_code env_take_secret(const char *name, struct secret **out, struct err *e);

/* Wipe the values that env_scrub() kept: every start that imports nothing does. */
void env_forget(void);

/* The environment of a child: PATH (absolute folders only), LANG, LC_*, TZ, the
 * variables named in copy (from ours; may be NULL; vendor keys are refused), and
 * the "NAME=VALUE" texts of set (may be NULL). Both end with NULL. */
char **env_minimal(const char *const copy[], const char *const set[]);
void env_free(char **env);	/* wipes the values; NULL is fine */

/* What env_scrub() does with a variable of that name (for doctor and tests). */
enum env_fate { ENV_KEPT, ENV_REMOVED, ENV_VENDOR_KEY };
enum env_fate env_fate_of(const char *name, size_t len);

#endif
