/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/hands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"
#include "model/approval.h"
#include "model/cap.h"
#include "model/goal.h"
#include "store/approval.h"
#include "store/goal.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/store.h"
#include "vault/vault.h"
#include "worker/private.h"

static bool is_current(struct hands *h)
{
	uint32_t generation;

	return h->vault == NULL || (store_generation(h->store, &generation, NULL) == ERR_OK && generation == vault_generation(h->vault));
}

/* The head and its number, signed: an old head can't stand for a newer one. */
static int sign_head(void *user, const struct hash *head, int64_t seq, struct hash *out)
{
	struct hands *h = user;
	char text[HASH_HEX + 32];
	char hex[HASH_HEX];
	int n;

	/* asked inside the transaction: nothing is signed with a root that is no more */
	if (!is_current(h))
		return -1;
	hash_to_hex(head, hex);
	n = snprintf(text, sizeof text, "%lld %s", (long long)seq, hex);
	return vault_mac(h->vault, VAULT_JOURNAL_HEAD, text, (size_t)n, out, NULL) == ERR_OK ? 0 : -1;
}

void hands_unlock(struct hands *h, struct vault *v)
{
	if (h->vault != NULL && h->vault != v) {
		if (v == NULL)
			err_ignore(journal_sign_head(h->store, clock_now_us(), NULL));
		vault_close(h->vault);
		if (h->worker != NULL && h->worker->transport != NULL)
			transport_forget(h->worker->transport);
	}
	if (h->vault != v)
		log_line(LOG_NOTE, v != NULL ? "the vault is open" : "the vault is closed");
	h->vault = v;
	journal_set_signer(h->store, v != NULL ? sign_head : NULL, h);
	if (v != NULL) {
		struct vault_slot slot = vault_slot(v);

		snprintf(h->who, sizeof h->who, "%s (%.180s)", slot.name, h->where);
	}
}

bool hands_vault_is_current(struct hands *h)
{
	bool yes = is_current(h);

	if (!yes)
		hands_unlock(h, NULL);
	return yes;
}

enum err_code hands_need_vault(struct hands *h, struct err *e)
{
	if (!hands_vault_is_current(h)) {
		err_set(e, ERR_LOCKED, "the workspace has a new root since you unlocked");
		return err_mend(e, ERR_LOCKED, "unlock again");
	}
	if (h->vault != NULL)
		return ERR_OK;
	err_set(e, ERR_LOCKED, "the vault is locked");
	return err_mend(e, ERR_LOCKED, "give the passphrase");
}

enum err_code hands_verify_cap(void *user, const struct cap *c, struct err *e)
{
	struct hands *h = user;
	struct buf b;
	enum err_code rc;

	buf_init(&b, 4096);
	cap_bytes(h->workspace, c, &b);
	rc = vault_mac_check(h->vault, VAULT_CAP, b.p, b.len, &c->mac, e);
	if (rc == ERR_AUTH) {
		err_set(e, rc, "the cap %lld is not signed by this vault", (long long)c->id);
		err_mend(e, rc, "set it again: claviger cap set");
	}
	buf_release(&b);
	return rc;
}

enum err_code hands_verify_agent(struct hands *h, const struct agent *a, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	agent_bytes(h->workspace, a, &b);
	rc = vault_mac_check(h->vault, VAULT_AGENT, b.p, b.len, &a->mac, e);
	buf_release(&b);
	if (rc == ERR_AUTH)
		err_set(e, rc, "the tool list of %s is not signed by this vault: give it anew with claviger agent set %s --tool ...", a->name, a->name);
	return rc;
}

void hands_write_proposal(struct hands *h, const struct approval *a, struct buf *out)
{
	struct goal g = {0};

	err_ignore(goal_get(h->store, a->goal, &g, NULL));
	proposal_bytes(h->workspace, a, slice_of(g.text != NULL ? g.text : ""), out);
	goal_release(&g);
}

enum err_code hands_sign_proposal(struct hands *h, struct approval *a, struct err *e)
{
	struct buf b;
	enum err_code rc;

	a->is_signed = false;
	if (h->vault == NULL)
		return ERR_OK;
	buf_init(&b, 0);
	hands_write_proposal(h, a, &b);
	rc = vault_mac(h->vault, VAULT_DECISION, b.p, b.len, &a->mac, e);
	buf_release(&b);
	if (rc == ERR_OK)
		rc = approval_set_mac(h->store, a->id, &a->mac, e);
	a->is_signed = rc == ERR_OK;
	return rc;
}

enum err_code hands_verify_proposal(struct hands *h, const struct approval *a, struct err *e)
{
	struct buf b;
	enum err_code rc;

	if (!a->is_signed)
		return ERR_OK;
	buf_init(&b, 0);
	hands_write_proposal(h, a, &b);
	rc = vault_mac_check(h->vault, VAULT_DECISION, b.p, b.len, &a->mac, e);
	buf_release(&b);
	return rc == ERR_AUTH ? err_set(e, ERR_CONFLICT, "what is known of approval A%lld was changed outside Claviger", (long long)a->id) : rc;
}

enum err_code hands_sealed_key(struct hands *h, const struct key *k, struct sealed *out, struct seal_name *name, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, SEALED_BLOB_MAX);
	rc = key_sealed(h->store, k->id, k->version, &b, e);
	if (rc == ERR_OK)
		rc = sealed_decode(out, b.p, b.len, e);
	buf_release(&b);
	*name = (struct seal_name){.workspace = h->workspace, .kind = "key", .id = k->id, .version = k->version, .host = k->host, .has_route = true, .route = key_route(k)};
	/* sealed before routes were bound: good for the plain way only */
	if (rc == ERR_OK && out->format == 1) {
		name->has_route = false;
		if (k->proxy[0] != '\0' || k->ca_file[0] != '\0') {
			err_set(e, ERR_AUTH, "the key %s is not bound to its proxy and certificates", k->label);
			rc = err_mend(e, ERR_AUTH, "add it again: claviger key remove %s, then key add", k->label);
		}
	}
	return rc;
}
