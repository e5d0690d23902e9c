/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on the vault and the worker itself. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret_source.h"
#include "desk/head_words.h"
#include "desk/job.h"
#include "model/request.h"
#include "store/journal.h"
#include "store/lease.h"
#include "store/request.h"
#include "store/store.h"
#include "vault/vault.h"
#include "worker/rekey.h"

/* The file that this person's passphrase needs. One that is named but not there is
 * no error yet: their slot may not need it, and the vault says so if it does. */
static enum err_code read_key_file(const struct hands *h, struct secret **out, struct err *e)
{
	enum err_code rc;

	*out = NULL;
	if (h->key_file == NULL || h->key_file[0] == '\0')
		return ERR_OK;
	rc = secret_from_file_whole(h->key_file, out, e);
	if (rc == ERR_MISSING)
		return err_clear(e), ERR_OK;
	if (rc != ERR_OK)
		err_context(e, "the key file");
	return rc;
}

static enum err_code open_current(struct hands *h, struct vault_pass pass, struct vault **out, struct err *e)
{
	uint32_t generation = 0;
	enum err_code rc = store_generation(h->store, &generation, e);

	*out = NULL;
	if (rc == ERR_OK)
		rc = vault_settle(h->paths->vault, generation, e);
	if (rc == ERR_OK)
		rc = vault_open(out, h->paths->vault, pass, e);
	if (rc != ERR_OK)
		return rc;
	if (strcmp(vault_workspace(*out), h->workspace) != 0)
		rc = err_set(e, ERR_AUTH, "the vault belongs to another workspace");
	else if (vault_generation(*out) != generation)
		rc = err_set(e, ERR_CONFLICT, "the workspace is given a new root just now: try again");
	if (rc != ERR_OK) {
		vault_close(*out);
		*out = NULL;
	}
	return rc;
}

/* The same words in the morning as in the evening: nothing was written in between. */
static void say_head(struct hands *h, const char *what, char *out, size_t room)
{
	struct journal_entry head;
	char words[HEAD_WORDS];

	snprintf(out, room, "%s", what);
	if (journal_head(h->store, &head, NULL) != ERR_OK || head.seq == 0)
		return;
	head_words(&head.hash, words);
	snprintf(out, room, "%s; the journal ends with %s (entry %lld)", what, words, (long long)head.seq);
}

enum err_code op_unlock(struct hands *h, struct desk_job *j, struct err *e)
{
	struct secret *file = NULL;
	struct vault *v = NULL;
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_LOCKED, "no passphrase was given");
	rc = read_key_file(h, &file, e);
	if (rc == ERR_OK)
		rc = open_current(h, vault_pass(j->secret, file), &v, e);
	if (rc == ERR_OK)
		hands_unlock(h, v);
	if (rc == ERR_OK)
		say_head(h, "The vault is open", j->out.text, sizeof j->out.text);
	secret_free(file);
	return rc;
}

/* --- persons -------------------------------------------------------------------- */

static enum err_code read_named_file(const struct desk_job *j, struct secret **out, struct err *e)
{
	*out = NULL;
	return j->op.root != NULL ? secret_from_file_whole(j->op.root, out, e) : ERR_OK;
}

static enum err_code note(struct hands *h, const char *kind, const char *person, struct err *e)
{
	return journal_add(h->store, kind, h->who, person, NULL, clock_now_us(), e);
}

enum err_code op_person_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct secret *file = NULL;
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_USAGE, "no passphrase was given for %.60s", j->op.name);
	rc = read_named_file(j, &file, e);
	if (rc == ERR_OK)
		rc = vault_slot_add(h->vault, j->op.name, vault_pass(j->secret, file), clock_now_us(), e);
	secret_free(file);
	if (rc != ERR_OK)
		return rc;
	snprintf(j->out.text, sizeof j->out.text, "%s has a slot in the vault and opens it with their own passphrase%s", j->op.name,
	    j->op.root != NULL ? " and that key file" : "");
	return note(h, "person_added", j->op.name, e);
}

enum err_code op_person_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	enum err_code rc = vault_slot_remove(h->vault, j->op.name, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(j->out.text, sizeof j->out.text, "%s no longer opens the vault; a copy of vault.key that they kept still opens with their passphrase: "
	    "claviger workspace rekey makes such copies worthless for what is sealed from then on", j->op.name);
	return note(h, "person_removed", j->op.name, e);
}

/* secret: the old passphrase, and at op.split the new one. The key file stays the
 * same one unless another is named, or none is wanted. */
enum err_code op_passphrase(struct hands *h, struct desk_job *j, struct err *e)
{
	struct secret *mine = NULL, *other = NULL;
	struct vault_pass old, fresh;
	enum err_code rc;

	if (j->secret == NULL || j->op.split > j->secret->len)
		return err_set(e, ERR_USAGE, "no new passphrase was given");
	rc = read_key_file(h, &mine, e);
	if (rc == ERR_OK)
		rc = read_named_file(j, &other, e);
	if (rc == ERR_OK) {
		bool keeps = vault_slot(h->vault).has_file && !j->op.no_key_file;
		const struct secret *file = other != NULL ? other : keeps ? mine : NULL;

		old = (struct vault_pass){.text = slice_make(j->secret->p, j->op.split), .file = vault_pass(j->secret, mine).file};
		fresh = (struct vault_pass){.text = slice_make(j->secret->p + j->op.split, j->secret->len - j->op.split), .file = vault_pass(j->secret, file).file};
		rc = vault_change_passphrase(h->vault, old, fresh, e);
	}
	secret_free(mine);
	secret_free(other);
	if (rc != ERR_OK)
		return rc;
	snprintf(j->out.text, sizeof j->out.text, "your passphrase is changed; backups of vault.key still open with the old one");
	return note(h, "passphrase_changed", vault_slot(h->vault).name, e);
}

/* --- a new root ------------------------------------------------------------------- */

static int lost_slots(const struct hands *h)
{
	struct vault_slot slots[VAULT_SLOTS];
	int n = 1;

	return vault_slot_list(h->paths->vault, slots, &n, NULL) == ERR_OK ? n - 1 : 0;
}

static void say_rekeyed(struct desk_job *j, const struct rekeyed *r, int lost, bool is_cut)
{
	struct buf b;

	buf_init(&b, sizeof j->out.text);
	buf_addf(&b, "the workspace has a new root: %d sealed again, %d signed again", r->sealed, r->signed_again);
	if (r->left > 0)
		buf_addf(&b, "; %d record%s not signed by this vault and stay%s so: claviger doctor", r->left, r->left == 1 ? " was" : "s were", r->left == 1 ? "s" : "");
	if (lost > 0)
		buf_addf(&b, "; %d other slot%s gone: claviger person add", lost, lost == 1 ? " is" : "s are");
	if (!is_cut)
		buf_adds(&b, "; another console holds the log open: what was sealed before leaves it when that ends");
	snprintf(j->out.text, sizeof j->out.text, "%s", buf_text(&b));
	buf_release(&b);
}

/* Nobody may work meanwhile: the lease is taken for as long. */
enum err_code op_rekey(struct hands *h, struct desk_job *j, struct err *e)
{
	struct secret *file = NULL;
	struct worker_status status;
	struct rekeyed done;
	int64_t epoch;
	int lost = lost_slots(h);
	bool is_cut = true;
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_USAGE, "no passphrase was given");
	worker_status(h->worker, &status);
	if (status.holds_lease) {
		err_set(e, ERR_CONFLICT, "this console is at work");
		return err_mend(e, ERR_CONFLICT, "end it, then: claviger workspace rekey");
	}
	rc = lease_take(h->store, "workspace rekey", clock_now_us(), &epoch, e);
	if (rc != ERR_OK)
		return rc;
	rc = read_key_file(h, &file, e);
	if (rc == ERR_OK)
		rc = rekey(h, vault_pass(j->secret, file), clock_now_us(), &done, e);
	if (rc == ERR_OK)
		rc = store_checkpoint(h->store, CHECKPOINT_TRUNCATE, &is_cut, e);
	err_ignore(lease_release(h->store, NULL));
	secret_free(file);
	if (rc == ERR_OK)
		say_rekeyed(j, &done, lost, is_cut);
	return rc;
}

/* --- locking -------------------------------------------------------------------------- */

/* Does another process hold the lease? Then it must hear of it too. */
static bool is_elsewhere(struct hands *h)
{
	struct worker_status s;
	struct lease l;

	worker_status(h->worker, &s);
	return !s.holds_lease && lease_show(h->store, &l, NULL) == ERR_OK && l.alive;
}

static enum err_code ask_elsewhere(struct hands *h, struct desk_job *j, enum request_kind kind, struct err *e)
{
	return request_ask(h->store, kind, 0, "", clock_now_us(), &j->request, e);
}

enum err_code op_lock_keys(struct hands *h, struct desk_job *j, struct err *e)
{
	struct worker_status s;

	worker_status(h->worker, &s);
	if (s.holds_lease)
		worker_panic(h->worker);	/* calls are cut and booked, the vault closed */
	hands_unlock(h, NULL);
	say_head(h, "The vault is locked", j->out.text, sizeof j->out.text);
	return is_elsewhere(h) ? ask_elsewhere(h, j, REQUEST_LOCK_KEYS, e) : ERR_OK;
}

enum err_code op_panic(struct hands *h, struct desk_job *j, struct err *e)
{
	int n = worker_panic(h->worker);

	snprintf(j->out.text, sizeof j->out.text, "stopped %d call%s; nothing new starts; the vault is locked", n, n == 1 ? "" : "s");
	return is_elsewhere(h) ? ask_elsewhere(h, j, REQUEST_PANIC, e) : ERR_OK;
}

enum err_code op_worker_start(struct hands *h, struct desk_job *j, struct err *e)
{
	enum err_code rc = worker_set_mode(h->worker, WORKER_RUN, 0, e);

	/* a console stays attached and takes over when the other one goes */
	worker_take_over_when_free(h->worker, j->op.has_pause);
	return rc;
}

enum err_code op_worker_stop(struct hands *h, struct desk_job *j, struct err *e)
{
	worker_take_over_when_free(h->worker, false);
	return worker_set_mode(h->worker, WORKER_JOBS, j->op.money_pd, e);
}
