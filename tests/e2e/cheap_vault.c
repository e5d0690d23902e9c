/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In place of src/vault/cost.c in tests/claviger-cheap: the whole program, but with a
 * scrypt of no time and no memory, since each of some hundred verbs in the end-to-end
 * tests opens a vault. What is about the cost itself runs bin/claviger (full_cost in
 * tests/e2e/lib.sh), which refuses the vaults made here. Never installed. */
#include "vault/cost.h"

enum err_code vault_create(const char *path, const char *workspace_id, const char *slot_name,
    struct vault_pass p, int64_t now_us, struct err *e)
{
	return vault_create_at_cost(path, workspace_id, slot_name, p, now_us, VAULT_COST_TEST, e);
}

enum err_code vault_open(struct vault **out, const char *path, struct vault_pass p, struct err *e)
{
	return vault_open_at_cost(out, path, p, VAULT_COST_TEST, e);
}
