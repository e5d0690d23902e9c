/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cost that the programs hold to. In a file of its own, so that the program which
 * the end-to-end tests run (tests/e2e/cheap_vault.c) can be linked without it. */
#include "vault/cost.h"

enum err_code vault_create(const char *path, const char *workspace_id, const char *slot_name,
    struct vault_pass p, int64_t now_us, struct err *e)
{
	return vault_create_at_cost(path, workspace_id, slot_name, p, now_us, VAULT_COST, e);
}

enum err_code vault_open(struct vault **out, const char *path, struct vault_pass p, struct err *e)
{
	return vault_open_at_cost(out, path, p, VAULT_COST, e);
}
