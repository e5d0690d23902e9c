/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h - vendor keys as rows, and their sealed bytes, which mean nothing here.
 *
 * A seal names the key's id and version, so: store_begin, key_add (gives the id),
 * seal, key_seal, store_commit. */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/buf.h"
#include "model/key.h"
#include "store/store.h"

/* id and version 1 come back. ERR_CONFLICT if the label is in use. */
MUST_USE enum err_code key_add(struct store *s, struct key *k, const char *who, struct err *e);
MUST_USE enum err_code key_get(struct store *s, int64_t id, struct key *out, struct err *e);
MUST_USE enum err_code key_by_label(struct store *s, const char *label, struct key *out, struct err *e);
MUST_USE enum err_code key_list(struct store *s, struct key *rows, int limit, int *n, struct err *e);	/* in order of id, without removed ones */
MUST_USE enum err_code key_move(struct store *s, int64_t id, enum key_state to, const char *why, int64_t now_us, struct err *e);
/* The next version: *version comes back; state untested, age from now. The old seal stays until key_drop_old(). */
MUST_USE enum err_code key_rotate(struct store *s, int64_t id, const char *fingerprint, enum key_kind kind, int64_t expires_us, const char *who, int64_t now_us, int *version, struct err *e);
MUST_USE enum err_code key_drop_old(struct store *s, int64_t id, struct err *e);
MUST_USE enum err_code key_seal(struct store *s, int64_t id, int version, struct slice sealed, struct err *e);
MUST_USE enum err_code key_sealed(struct store *s, int64_t id, int version, struct buf *out, struct err *e);
/* Time of use, of check; 0 leaves it. */
MUST_USE enum err_code key_touch(struct store *s, int64_t id, int64_t used_us, int64_t checked_us, struct err *e);
/* Deletes the sealed bytes and frees the label; the row stays for the books. Checkpoint with TRUNCATE after. */
MUST_USE enum err_code key_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);

/* Other sealed values (connector secrets, a proxy's password ...): kind, owner's id, field. */
MUST_USE enum err_code sealed_put(struct store *s, const char *kind, int64_t owner, int version, const char *field, struct slice sealed, struct err *e);
MUST_USE enum err_code sealed_get(struct store *s, const char *kind, int64_t owner, int version, const char *field, struct buf *out, struct err *e);
MUST_USE enum err_code sealed_drop(struct store *s, const char *kind, int64_t owner, struct err *e);
/* Every sealed value in turn, for rekey: after_id 0 starts; ERR_MISSING at the end. Vendor keys have kind "key", field "". */
struct sealed_row {
	int64_t id, owner;
	char kind[NAME_MAX_BYTES], field[NAME_MAX_BYTES];
	int version;
};
MUST_USE enum err_code sealed_next(struct store *s, int64_t after_id, struct sealed_row *row, struct buf *sealed, struct err *e);
/* The name of the same value under a new root. */
MUST_USE enum err_code key_set_fingerprint(struct store *s, int64_t id, const char *fingerprint, struct err *e);
MUST_USE enum err_code sealed_replace(struct store *s, int64_t id, struct slice sealed, struct err *e);

#endif
