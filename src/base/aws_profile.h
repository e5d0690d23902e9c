/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aws_profile.h - the credentials of a profile in ~/.aws, read and never written.
 *
 * Where the AWS command line looks, in its order: keys in `credentials` or
 * `config`, `credential_process`, and for SSO the command line's own caches
 * (~/.aws/cli/cache, ~/.aws/sso/cache). A profile that takes a role through the
 * network is refused with the command that does it. AWS_SHARED_CREDENTIALS_FILE
 * and AWS_CONFIG_FILE are heeded. Nothing is used unless a person names it.
 *
 * Thread  any; not for pure rooms. Runs the profile's command, which may take time.
 * Errors  ERR_MISSING no such profile or file; ERR_USAGE a profile that will not do,
 *         with what to do; the rest as in secret_source.h. No byte of a credential.
 * Memory  files pass through locked memory only. */
#ifndef BASE_AWS_PROFILE_H
#define BASE_AWS_PROFILE_H

#include "base/err.h"
#include "base/secret.h"

#define AWS_PROFILE_NAME 64
#define AWS_REGION 64

/* *out is JSON: {"access_key_id":..,"secret_access_key":..[,"session_token":..]}, or
 * what the command or the cache holds (AccessKeyId ... Expiration, perhaps inside
 * "Credentials"); vault/pair.h reads either. region is "" if the profile has none. */
MUST_USE enum err_code aws_profile_take(const char *profile, int timeout_ms, struct secret **out, char region[AWS_REGION], struct err *e);

/* The names of the profiles that hold or can get credentials, as many as fit; how many. */
int aws_profile_list(char (*names)[AWS_PROFILE_NAME], int max);

#endif
