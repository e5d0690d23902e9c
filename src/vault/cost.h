/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cost.h - what trying a passphrase costs. For the vault itself and for tests.
 *
 * The programs use vault_create() and vault_open(), which hold to VAULT_COST: a
 * file that asks for less is refused by them. Unit tests that are not about the
 * cost may make and open cheap vaults here; nothing under src/ but the vault
 * includes this header (tests/vault/vault_cost.sh looks). */
#ifndef VAULT_COST_H
#define VAULT_COST_H

#include "vault/crypto.h"
#include "vault/vault.h"

/* 128 MiB and about half a second: the least that is accepted, and what is made. */
#define VAULT_COST ((struct scrypt_cost){.log2_n = 17, .r = 8, .p = 1})
#define VAULT_COST_TEST ((struct scrypt_cost){.log2_n = 4, .r = 8, .p = 1})

MUST_USE enum err_code vault_create_at_cost(const char *path, const char *workspace_id, const char *slot_name,
    struct vault_pass p, int64_t now_us, struct scrypt_cost cost, struct err *e);
/* cost is the least that a slot may ask for, and what new slots get. */
MUST_USE enum err_code vault_open_at_cost(struct vault **out, const char *path, struct vault_pass p,
    struct scrypt_cost cost, struct err *e);

#endif
