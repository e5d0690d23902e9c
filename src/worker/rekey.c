/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each kind of record that bears a signature has one function here, which walks
 * all of them. A record whose old signature does not hold is left alone: signed
 * anew, a forgery would become good. */
#include "worker/rekey.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "model/agent.h"
#include "model/cap.h"
#include "model/connector.h"
#include "model/rule.h"
#include "store/agent.h"
#include "store/approval.h"
#include "store/cap.h"
#include "store/connector.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/rule.h"
#include "store/store.h"
#include "wire/request.h"
#include "worker/link_http.h"

#define ROWS_MAX 4096	/* of one kind */

struct work_rekey {
	struct hands *h;
	struct vault *next;
	int64_t now_us;
	struct rekeyed *done;
	struct buf bytes;	/* of the record at hand */
};

static enum err_code too_many(struct err *e, const char *what)
{
	return err_set(e, ERR_LIMIT, "there are more than %d %s", ROWS_MAX, what);
}

/* --- sealed values ----------------------------------------------------------------- */

/* A key's newest version is the one its row names. */
static enum err_code name_again(struct work_rekey *w, const struct key *k, const struct seal_name *name, const struct sealed *s, struct err *e)
{
	char fingerprint[VAULT_FINGERPRINT];
	enum err_code rc;

	if (k->version != name->version)
		return ERR_OK;
	rc = vault_sealed_fingerprint(w->next, name, s, fingerprint, e);
	return rc == ERR_OK ? key_set_fingerprint(w->h->store, k->id, fingerprint, e) : rc;
}

static enum err_code seal_one(struct work_rekey *w, const struct sealed_row *row, struct slice blob, struct err *e)
{
	struct sealed *old = xmalloc(2 * sizeof *old), *fresh = old + 1;
	uint8_t *out = xmalloc(SEALED_BLOB_MAX);
	struct seal_name name = {.workspace = w->h->workspace, .kind = row->kind, .id = row->owner, .version = row->version, .host = ""};
	bool is_key = strcmp(row->kind, "key") == 0;
	struct connector_record c = {0};
	char host[WIRE_HOST];
	struct key k = {0};
	enum err_code rc = is_key ? key_get(w->h->store, row->owner, &k, e) : ERR_OK;

	if (rc == ERR_OK)
		rc = sealed_decode(old, blob.p, blob.len, e);
	if (rc == ERR_OK && is_key) {
		name.host = k.host;
		name.has_route = old->format != 1;	/* as it was sealed */
		name.route = key_route(&k);
	}
	if (rc == ERR_OK && strcmp(row->kind, "connector") == 0 && connector_get(w->h->store, row->owner, &c, NULL) == ERR_OK) {
		link_remote_host(&c, host, sizeof host);
		name.host = host;
		connector_record_release(&c);
	}
	if (rc == ERR_OK)
		rc = vault_reseal(w->h->vault, w->next, &name, old, fresh, e);
	if (rc == ERR_OK)
		rc = sealed_replace(w->h->store, row->id, slice_make(out, sealed_encode(fresh, out)), e);
	if (rc == ERR_OK && is_key)
		rc = name_again(w, &k, &name, fresh, e);
	if (rc == ERR_OK)
		w->done->sealed++;
	else
		err_context(e, "the sealed %s %" PRId64, row->kind, row->owner);
	free(old);
	free(out);
	return rc;
}

static enum err_code seal_all(struct work_rekey *w, struct err *e)
{
	struct sealed_row row = {.id = 0};
	struct buf blob;
	enum err_code rc;

	buf_init(&blob, SEALED_BLOB_MAX);
	do {
		buf_clear(&blob);
		rc = sealed_next(w->h->store, row.id, &row, &blob, e);
		if (rc == ERR_OK)
			rc = seal_one(w, &row, buf_slice(&blob), e);
		else if (rc == ERR_MISSING)
			break;
	} while (rc == ERR_OK);
	buf_release(&blob);
	if (rc != ERR_MISSING)
		return rc;
	err_clear(e);
	return ERR_OK;
}

/* --- signed records ------------------------------------------------------------------ */

typedef enum err_code set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

/* w->bytes is what the signature covers. */
static enum err_code sign_one(struct work_rekey *w, enum vault_purpose purpose, const struct hash *old, int64_t id, set_mac *set, struct err *e)
{
	struct hash mac;
	enum err_code rc = vault_mac_check(w->h->vault, purpose, w->bytes.p, w->bytes.len, old, NULL);

	if (rc != ERR_OK) {
		w->done->left++;
		return ERR_OK;
	}
	rc = vault_mac(w->next, purpose, w->bytes.p, w->bytes.len, &mac, e);
	if (rc == ERR_OK)
		rc = set(w->h->store, id, &mac, e);
	w->done->signed_again += rc == ERR_OK;
	return rc;
}

/* What waits for a person. What was decided is not fired over a rekey (it is refused then). */
static enum err_code sign_proposals(struct work_rekey *w, struct err *e)
{
	struct approval *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = approval_list(w->h->store, APPROVALS_PENDING, 0, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "questions");
	for (i = 0; i < n; i++) {
		if (rc == ERR_OK && rows[i].is_signed) {
			hands_write_proposal(w->h, &rows[i], &w->bytes);
			rc = sign_one(w, VAULT_DECISION, &rows[i].mac, rows[i].id, approval_set_mac, e);
		}
		approval_release(&rows[i]);
	}
	free(rows);
	return rc;
}

static enum err_code sign_caps(struct work_rekey *w, struct err *e)
{
	struct cap *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = cap_list(w->h->store, w->now_us, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "caps");
	for (i = 0; rc == ERR_OK && i < n; i++) {
		cap_bytes(w->h->workspace, &rows[i], &w->bytes);
		rc = sign_one(w, VAULT_CAP, &rows[i].mac, rows[i].id, cap_set_mac, e);
	}
	free(rows);
	return rc;
}

static enum err_code sign_rules(struct work_rekey *w, struct err *e)
{
	struct rule *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = rule_list(w->h->store, true, w->now_us, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "rules");
	for (i = 0; rc == ERR_OK && i < n; i++) {
		rule_bytes(w->h->workspace, &rows[i], &w->bytes);
		rc = sign_one(w, VAULT_RULE, &rows[i].mac, rows[i].id, rule_set_mac, e);
	}
	for (i = 0; i < n; i++)
		rule_release(&rows[i]);
	free(rows);
	return rc;
}

static enum err_code sign_connectors(struct work_rekey *w, struct err *e)
{
	struct connector_record *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = connector_list(w->h->store, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "connectors");
	for (i = 0; rc == ERR_OK && i < n; i++) {
		connector_bytes(w->h->workspace, &rows[i], &w->bytes);
		rc = sign_one(w, VAULT_CONNECTOR, &rows[i].mac, rows[i].id, connector_set_mac, e);
	}
	for (i = 0; i < n; i++)
		connector_record_release(&rows[i]);
	free(rows);
	return rc;
}

static enum err_code sign_pins(struct work_rekey *w, struct err *e)
{
	struct tool *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = tool_list(w->h->store, 0, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "tools");
	for (i = 0; rc == ERR_OK && i < n; i++) {
		tool_bytes(w->h->workspace, &rows[i], &w->bytes);
		rc = sign_one(w, VAULT_PIN, &rows[i].mac, rows[i].id, tool_set_mac, e);
	}
	for (i = 0; i < n; i++)
		tool_release(&rows[i]);
	free(rows);
	return rc;
}

static enum err_code sign_agents(struct work_rekey *w, struct err *e)
{
	struct agent *rows = xcalloc(ROWS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = agent_list(w->h->store, rows, ROWS_MAX, &n, e);

	if (rc == ERR_OK && n == ROWS_MAX)
		rc = too_many(e, "agents");
	for (i = 0; rc == ERR_OK && i < n; i++) {
		agent_bytes(w->h->workspace, &rows[i], &w->bytes);
		rc = sign_one(w, VAULT_AGENT, &rows[i].mac, rows[i].id, agent_set_mac, e);
	}
	for (i = 0; i < n; i++)
		agent_release(&rows[i]);
	free(rows);
	return rc;
}

/* --- all of it ------------------------------------------------------------------------- */

static enum err_code nothing_armed(struct hands *h, struct err *e)
{
	int n = 0;
	enum err_code rc = approval_count_armed(h->store, &n, e);

	if (rc != ERR_OK || n == 0)
		return rc;
	err_set(e, ERR_REFUSED, "%d approved action%s not gone out yet, and %s signed with the old root", n, n == 1 ? " has" : "s have", n == 1 ? "is" : "are");
	return err_mend(e, ERR_REFUSED, "let it go out (claviger run --until-idle) or take it back (claviger approval undo)");
}

/* The journal's new entry and its head, signed by the next root. */
static enum err_code sign_journal(struct work_rekey *w, struct err *e)
{
	struct vault *old = w->h->vault;
	enum err_code rc = store_set_generation(w->h->store, vault_generation(w->next), e);

	if (rc == ERR_OK)
		rc = journal_add(w->h->store, "rekey", w->h->who, "vault", NULL, w->now_us, e);
	w->h->vault = w->next;
	if (rc == ERR_OK)
		rc = journal_sign_head(w->h->store, w->now_us, e);
	w->h->vault = old;
	return rc;
}

static enum err_code all_again(struct work_rekey *w, struct err *e)
{
	static enum err_code (*const steps[])(struct work_rekey *w, struct err *e) = {seal_all, sign_proposals, sign_caps, sign_rules, sign_connectors, sign_pins, sign_agents, sign_journal};
	enum err_code rc = store_begin(w->h->store, e);
	size_t i;

	if (rc != ERR_OK)
		return rc;
	rc = nothing_armed(w->h, e);
	for (i = 0; rc == ERR_OK && i < LENGTH(steps); i++)
		rc = steps[i](w, e);
	if (rc == ERR_OK)
		return store_commit(w->h->store, e);
	store_rollback(w->h->store);
	return rc;
}

/* The database has the new root. */
static enum err_code put_in_place(struct hands *h, struct vault *next, struct err *e)
{
	enum err_code rc = vault_rekey_finish(&h->vault, next, e);

	if (rc == ERR_OK) {
		hands_unlock(h, h->vault);
		return ERR_OK;
	}
	/* both are closed, the file beside stays for the next unlock */
	vault_close(next);
	hands_unlock(h, NULL);
	return err_mend(e, rc, "unlock again: that puts the new root in its place");
}

enum err_code rekey(struct hands *h, struct vault_pass pass, int64_t now_us, struct rekeyed *out, struct err *e)
{
	struct work_rekey w = {.h = h, .now_us = now_us, .done = out};
	uint32_t stored;
	enum err_code rc = nothing_armed(h, e);	/* said before the slow part too */

	*out = (struct rekeyed){0};
	if (rc == ERR_OK)
		rc = vault_rekey_begin(h->vault, pass, &w.next, e);
	if (rc != ERR_OK)
		return rc;
	buf_init(&w.bytes, 0);
	rc = all_again(&w, e);
	buf_release(&w.bytes);
	if (rc == ERR_OK)
		return put_in_place(h, w.next, e);
	/* a commit that failed may be in the file all the same: then only the next unlock knows which root is meant */
	if (store_generation(h->store, &stored, NULL) == ERR_OK && stored == vault_generation(h->vault))
		vault_rekey_drop(w.next);
	else
		vault_close(w.next);
	return rc;
}
