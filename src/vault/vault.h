/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vault.h - secrets sealed at rest, used without being shown.
 *
 * vault.key holds one random root per workspace, wrapped in up to eight named
 * slots, one per person; claviger-vault(5) describes it. Secrets are sealed under
 * a key made from the root and kept by the store; what may be done with one is
 * decided when it is sealed (enum sealed_kind).
 *
 * Owns    vault.key, and the root while open; sealed records are handed in.
 * Thread  worker only. Nothing here may be called from a pane.
 * Errors  ERR_AUTH for a wrong passphrase, a record that was changed or moved, a
 *         MAC that does not match, another host; ERR_PROTO for a damaged file or
 *         record; ERR_LIMIT for sizes, scrypt costs out of bounds, locked memory
 *         full. *e is filled if e is not NULL; it never holds a secret.
 * Memory  keys live in locked memory (memory_secure_init() first), wiped on close. */
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/slice.h"

struct vault;		/* opaque: an open one */
struct wire_request;	/* wire/request.h */

#define VAULT_SLOTS 8
#define VAULT_NAME_MAX 63	/* bytes of a slot's name and of a workspace's id */
#define VAULT_PASS_MAX 1024	/* bytes; an empty one is refused, how strong it must be the faces say */
#define VAULT_FILE_MIN 16	/* bytes of a key file */
#define VAULT_FILE_MAX (SECRET_MAX - 1)
#define VAULT_FINGERPRINT 9	/* 8 hex digits and a NUL */

/* What opens a slot. Borrowed for the call, in locked memory. The whole of a key
 * file counts, every byte as it is; it is looked at only by slots that have one. */
struct vault_pass {
	struct slice text, file;	/* file.len 0: no key file */
};
static inline struct vault_pass vault_pass(const struct secret *text, const struct secret *file)
{
	return (struct vault_pass){slice_make(text->p, text->len), file != NULL ? slice_make(file->p, file->len) : slice_make(NULL, 0)};
}

struct vault_slot {
	int index;			/* 0 to 7 */
	bool has_file;			/* its passphrase needs a key file beside it */
	char name[VAULT_NAME_MAX + 1];	/* of the person */
	int64_t created_us;
};

/* --- the file -------------------------------------------------------------- */

/* Make vault.key with one slot. ERR_CONFLICT if path exists, ERR_USAGE for a
 * name or passphrase that won't do. Slow on purpose, as all that take a passphrase. */
MUST_USE enum err_code vault_create(const char *path, const char *workspace_id, const char *slot_name,
    struct vault_pass p, int64_t now_us, struct err *e);

/* Find the slot that p opens (some hundred ms for each). *out is NULL after a failure. */
MUST_USE enum err_code vault_open(struct vault **out, const char *path, struct vault_pass p, struct err *e);
void vault_close(struct vault *v);	/* NULL is fine; wipes the keys */

bool vault_is_open(const struct vault *v);		/* false for NULL */
struct vault_slot vault_slot(const struct vault *v);	/* whose passphrase opened it */
const char *vault_workspace(const struct vault *v);	/* its id */
uint32_t vault_generation(const struct vault *v);	/* 1, and one more with each rekey */

/* Slots in use, without a passphrase; returns how many through *count. */
MUST_USE enum err_code vault_slot_list(const char *path, struct vault_slot out[VAULT_SLOTS], int *count, struct err *e);
/* ERR_CONFLICT for a name in use, ERR_LIMIT when all eight are. */
MUST_USE enum err_code vault_slot_add(struct vault *v, const char *name, struct vault_pass p, int64_t now_us, struct err *e);
/* ERR_MISSING; ERR_REFUSED for the slot that is open: nobody locks themselves out.
 * A copy of the old file still opens with the old passphrase: rekey if that matters. */
MUST_USE enum err_code vault_slot_remove(struct vault *v, const char *name, struct err *e);
/* Wraps the root anew for the open slot, with p's key file or without one; nothing
 * else changes, and the file that was is overwritten. ERR_AUTH if old is wrong. */
MUST_USE enum err_code vault_change_passphrase(struct vault *v, struct vault_pass old, struct vault_pass p, struct err *e);

/* What the bytes of a vault.key say of it without a passphrase. ERR_PROTO if they are none. */
struct vault_facts {
	char workspace[VAULT_NAME_MAX + 1];
	uint32_t generation;
};
MUST_USE enum err_code vault_facts(struct slice bytes, struct vault_facts *out, struct err *e);
/* Overwrite and unlink the file, the next root's if there is one, and what a killed
 * process left beside them: after that nothing sealed under it opens. A file with a
 * second name loses this one only. Fine if there is none. */
MUST_USE enum err_code vault_destroy(const char *path, struct err *e);

/* --- sealed records --------------------------------------------------------- */

/* What may be done with the secret: nothing but this. */
enum sealed_kind {
	SEALED_X_API_KEY = 1,	/* vault_authorise writes x-api-key */
	SEALED_BEARER = 2,	/* vault_authorise writes authorization: Bearer */
	SEALED_AWS_PAIR = 3,	/* vault_authorise signs (SigV4) */
	SEALED_CONNECTOR = 4,	/* vault_deliver, vault_environ */
	SEALED_API_KEY = 5,	/* vault_authorise writes api-key, as Azure wants it */
	SEALED_GRANT = 6,	/* vault_grant_request, vault_grant_renew: a refresh grant (vault/grant.h) */
	SEALED_KINDS_END
};

#define SEALED_NONCE 12
#define SEALED_TAG 16
#define SEALED_TEXT_MAX (SECRET_MAX + SEALED_TAG)
#define SEALED_HEAD 24		/* bytes in front of the text when encoded */
#define SEALED_BLOB_MAX (SEALED_HEAD + SEALED_TEXT_MAX)

struct sealed {			/* a plain value */
	uint8_t format;		/* 1, or 2 with a route */
	enum sealed_kind kind;
	uint32_t generation;	/* of the root it was sealed under */
	uint8_t nonce[SEALED_NONCE];
	size_t len;		/* of text: the secret's length and the tag's */
	uint8_t text[SEALED_TEXT_MAX];
};

/* Which record it is. All of it is bound: a record that was moved to another
 * workspace, kind, id, version or host does not open. */
struct seal_name {
	const char *workspace;	/* its id, as given to vault_create */
	const char *kind;	/* "key", "connector" ... */
	int64_t id, version;
	const char *host;	/* as in wire_request: lower case, no port; "" if bound to none */
	bool has_route;		/* a hash of how requests get there is bound too */
	struct hash route;
};

MUST_USE enum err_code vault_seal(struct vault *v, const struct seal_name *name, enum sealed_kind kind,
    const struct secret *value, struct sealed *out, struct err *e);

/* As a blob for the store; returns its length. */
size_t sealed_encode(const struct sealed *s, uint8_t out[SEALED_BLOB_MAX]);
MUST_USE enum err_code sealed_decode(struct sealed *out, const void *blob, size_t len, struct err *e);

/* --- use, without showing ---------------------------------------------------- */

/* Up to HEADER_MAX lines for one request, ready to send ("x-api-key: ..."), in
 * locked memory. Hand them to the transport, then release at once. */
#define HEADER_MAX 4
struct header {
	struct secret *line[HEADER_MAX];	/* NULL past count */
	int count;
	struct secret *body;		/* goes as the request's body; NULL: it has its own */
};
void header_release(struct header *h);	/* wipes; the struct is empty again */

/* Write into out what lets req use the sealed key. host is where the request
 * goes: ERR_AUTH, before anything is opened, if it is not the one the key is
 * bound to, if req goes elsewhere, or if req would travel in clear to a host
 * that is not loopback. now_us is for signatures: true time, whatever this
 * computer's clock says. An AWS pair signs for req's sign_service and sign_region,
 * over all of its headers, and adds x-amz-date and the session's token; ERR_AUTH
 * if req names no service. The key itself never leaves. */
MUST_USE enum err_code vault_authorise(struct vault *v, const struct seal_name *name, const struct sealed *key,
    const char *host, const struct wire_request *req, int64_t now_us, struct header *out, struct err *e);

/* Write a connector's secret to its pipe: the value, no newline. */
MUST_USE enum err_code vault_deliver(struct vault *v, const struct seal_name *name, const struct sealed *s, int fd, struct err *e);
/* "VAR=value" as the one line of out, for the one variable a third party's connector was granted. */
MUST_USE enum err_code vault_environ(struct vault *v, const struct seal_name *name, const struct sealed *s,
    const char *var, struct header *out, struct err *e);

/* The request that asks for an access token, with what may not be seen in out. Where it
 * goes is part of what was sealed. */
MUST_USE enum err_code vault_grant_request(struct vault *v, const struct seal_name *name, const struct sealed *grant,
    struct wire_request *req, struct header *out, struct err *e);
/* Which one a person gave it is, or came of by renewals. */
MUST_USE enum err_code vault_grant_line(struct vault *v, const struct seal_name *name, const struct sealed *grant, struct hash *out, struct err *e);
/* What was answered, sealed at once: the access token under its own name and kind, and
 * the grant anew where the server gave another refresh token, which then is to be stored
 * before the access token is used. Errors as grant_answer() has them. */
struct vault_renewal {
	struct sealed access, grant;
	bool has_grant;
	int64_t lives_s;	/* from when it was asked for */
};
MUST_USE enum err_code vault_grant_renew(struct vault *v, const struct seal_name *name, const struct sealed *grant, int status, struct slice body,
    const struct seal_name *access, enum sealed_kind kind, struct vault_renewal *out, struct err *e);

/* A short name for a secret, of no use to guess it: a keyed hash. Same value, same name. */
void vault_fingerprint(const struct vault *v, const struct secret *value, char out[VAULT_FINGERPRINT]);

/* --- signatures over our own records ------------------------------------------ */

enum vault_purpose {	/* each has a key of its own; numbers are never reused */
	VAULT_DECISION,
	VAULT_RULE,
	VAULT_CAP,
	VAULT_PIN,
	VAULT_JOURNAL_HEAD,
	VAULT_CONNECTOR,
	VAULT_IDEMPOTENCY,
	VAULT_AGENT,	/* an agent's tool list */
	VAULT_ANSWER,	/* what a person answered a connector's server */
	VAULT_PURPOSES
};

MUST_USE enum err_code vault_mac(struct vault *v, enum vault_purpose purpose, const void *p, size_t len, struct hash *out, struct err *e);
/* In constant time; ERR_AUTH if it is not ours. ERR_LOCKED (both) if v is NULL. */
MUST_USE enum err_code vault_mac_check(struct vault *v, enum vault_purpose purpose, const void *p, size_t len,
    const struct hash *mac, struct err *e);

/* --- a new root (workspace rekey) ------------------------------------------------
 * begin makes the new file beside the old one; the caller re-seals and re-signs
 * every record with `next` in one database transaction that also stores
 * vault_generation(next); finish puts the new file in place. A crash in between
 * is settled by vault_settle() before the next open, by the stored generation.
 * Only the open slot survives: others are added again with their passphrases. */
MUST_USE enum err_code vault_rekey_begin(struct vault *v, struct vault_pass p, struct vault **next, struct err *e);
MUST_USE enum err_code vault_reseal(struct vault *v, struct vault *next, const struct seal_name *name,
    const struct sealed *old, struct sealed *out, struct err *e);
/* What vault_fingerprint() says of a sealed value: another root gives another name. */
MUST_USE enum err_code vault_sealed_fingerprint(struct vault *v, const struct seal_name *name, const struct sealed *s,
    char out[VAULT_FINGERPRINT], struct err *e);
/* v is closed and *v becomes next. */
MUST_USE enum err_code vault_rekey_finish(struct vault **v, struct vault *next, struct err *e);
void vault_rekey_drop(struct vault *next);	/* closes it and removes its file */
MUST_USE enum err_code vault_settle(const char *path, uint32_t generation, struct err *e);

#endif
