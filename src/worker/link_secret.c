/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/link_secret.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/store.h"
#include "vault/grant.h"
#include "vault/vault.h"
#include "wire/request.h"
#include "worker/hands.h"
#include "worker/link_http.h"
#include "worker/link_token.h"
#include "worker/links.h"
#include "worker/private.h"

#define SECRET_KIND "connector"
#define SECRET_VERSION 1	/* a new secret takes the place of the old one */
#define SECRET_FIELD "secret"	/* a server has one */

struct seal_name link_secret_name(const struct hands *h, int64_t connector)
{
	return (struct seal_name){.workspace = h->workspace, .kind = SECRET_KIND, .id = connector, .version = SECRET_VERSION, .host = ""};
}

/* Of a server over HTTP it is a bearer token, and goes to that host only; a grant stands for one. */
static enum err_code seal(struct hands *h, const struct connector_record *c, const struct secret *secret, bool is_grant, struct sealed *out, struct err *e)
{
	struct seal_name name = link_secret_name(h, c->id);
	char host[WIRE_HOST];

	link_remote_host(c, host, sizeof host);
	name.host = host;
	return vault_seal(h->vault, &name, is_grant ? SEALED_GRANT : host[0] != '\0' ? SEALED_BEARER : SEALED_CONNECTOR, secret, out, e);
}

static enum err_code store_it(struct hands *h, int64_t connector, const struct sealed *sealed, struct err *e)
{
	uint8_t *blob = xmalloc(SEALED_BLOB_MAX);
	enum err_code rc = sealed_put(h->store, SECRET_KIND, connector, SECRET_VERSION, SECRET_FIELD, slice_make(blob, sealed_encode(sealed, blob)), e);

	free(blob);
	return rc;
}

static enum err_code put(struct hands *h, const struct connector_record *c, const struct secret *secret, bool is_grant, struct err *e)
{
	struct sealed *sealed = xmalloc(sizeof *sealed);
	char fingerprint[VAULT_FINGERPRINT];
	struct hash what;
	enum err_code rc = seal(h, c, secret, is_grant, sealed, e);

	if (rc == ERR_OK)
		rc = store_it(h, c->id, sealed, e);
	if (rc == ERR_OK) {
		vault_fingerprint(h->vault, secret, fingerprint);
		what = hash_slice(slice_of(fingerprint));
		rc = journal_add(h->store, "connector_secret", h->who, c->name, &what, clock_now_us(), e);
	}
	free(sealed);
	return rc;
}

/* What it replaced stays readable in the write-ahead log until that is cut. */
static enum err_code cut_log(struct hands *h, struct err *e)
{
	bool done = true;

	return store_checkpoint(h->store, CHECKPOINT_TRUNCATE, &done, e);
}

enum err_code link_secret_put(struct hands *h, const struct connector_record *c, const struct secret *secret, bool is_grant, struct err *e)
{
	struct secret *grant = NULL;
	enum err_code rc = is_grant ? grant_canonical(secret, &grant, e) : ERR_OK;

	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		rc = put(h, c, is_grant ? grant : secret, is_grant, e);
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	secret_free(grant);
	return rc == ERR_OK ? cut_log(h, e) : rc;
}

enum err_code link_secret_keep(struct hands *h, int64_t connector, const struct sealed *sealed, struct err *e)
{
	enum err_code rc = store_it(h, connector, sealed, e);

	return rc == ERR_OK ? cut_log(h, e) : rc;
}

enum err_code link_secret_stored(struct hands *h, int64_t connector, struct sealed **out, struct hash *mark, struct err *e)
{
	struct buf blob;
	enum err_code rc;

	*out = NULL;
	if (connector == 0)
		return err_set(e, ERR_MISSING, "no secret");
	buf_init(&blob, SEALED_BLOB_MAX);
	rc = sealed_get(h->store, SECRET_KIND, connector, SECRET_VERSION, SECRET_FIELD, &blob, e);
	if (rc == ERR_OK) {
		*out = xmalloc(sizeof **out);
		*mark = hash_slice(buf_slice(&blob));
		rc = sealed_decode(*out, blob.p, blob.len, e);
	}
	buf_release(&blob);
	return rc;
}

/* What its server is given, sealed, and its name; *out is the caller's to free. Of a grant
 * it is the access token. ERR_MISSING: it has no secret. */
static enum err_code get(struct hands *h, int64_t connector, struct sealed **out, struct seal_name *name, struct err *e)
{
	const struct sealed *access;
	struct hash mark;
	enum err_code rc = link_secret_stored(h, connector, out, &mark, e);

	*name = link_secret_name(h, connector);
	if (rc == ERR_OK)
		rc = hands_need_vault(h, e);
	if (rc != ERR_OK || (*out)->kind != SEALED_GRANT)
		return rc;
	access = tokens_get(links_tokens(h->worker->links), connector);
	if (access == NULL)
		return err_set(e, ERR_NET, "there is no access token");
	**out = *access;
	name->kind = TOKEN_KIND;
	return ERR_OK;
}

/* Errors but ERR_MISSING are told. */
static enum err_code or_none(enum err_code rc, const struct err *own, struct err *e)
{
	if (rc != ERR_OK && rc != ERR_MISSING && e != NULL)
		*e = *own;
	return rc == ERR_MISSING ? ERR_OK : rc;
}

static enum err_code deliver(struct hands *h, const struct seal_name *name, const struct sealed *sealed, int *fd, struct err *e)
{
	int ends[2] = {-1, -1};
	enum err_code rc = pipe2(ends, O_CLOEXEC) != 0 ? err_sys(e, ERR_IO, "a pipe for the connector's secret") : ERR_OK;

	/* A pipe takes SECRET_MAX bytes at once: nobody waits. */
	if (rc == ERR_OK)
		rc = vault_deliver(h->vault, name, sealed, ends[1], e);
	fd_close(&ends[1]);
	if (rc == ERR_OK)
		*fd = ends[0];
	else
		fd_close(&ends[0]);
	return rc;
}

enum err_code link_secret_pipe(struct hands *h, int64_t connector, int *fd, struct err *e)
{
	struct err own = {0};
	struct seal_name name;
	struct sealed *sealed;
	enum err_code rc = get(h, connector, &sealed, &name, &own);

	*fd = -1;
	if (rc == ERR_OK)
		rc = deliver(h, &name, sealed, fd, &own);
	free(sealed);
	return or_none(rc, &own, e);
}

enum err_code link_secret_header(struct hands *h, int64_t connector, const char *host, const struct wire_request *req, struct header *out, struct err *e)
{
	struct seal_name name;
	struct err own = {0};
	struct sealed *sealed;
	enum err_code rc = get(h, connector, &sealed, &name, &own);

	name.host = host;
	if (rc == ERR_OK)
		rc = vault_authorise(h->vault, &name, sealed, host, req, clock_now_us(), out, &own);
	free(sealed);
	return or_none(rc, &own, e);
}

enum err_code link_secret_variable(struct hands *h, int64_t connector, const char *variable, struct header *out, struct err *e)
{
	struct seal_name name;
	struct err own = {0};
	struct sealed *sealed;
	enum err_code rc;

	if (variable == NULL)
		return ERR_OK;
	rc = get(h, connector, &sealed, &name, &own);
	if (rc == ERR_OK)
		rc = vault_environ(h->vault, &name, sealed, variable, out, &own);
	free(sealed);
	return or_none(rc, &own, e);
}

struct hash link_secret_mark(struct hands *h, int64_t connector)
{
	struct hash mark = {{0}};
	struct sealed *sealed;

	if (link_secret_stored(h, connector, &sealed, &mark, NULL) == ERR_OK && sealed->kind == SEALED_GRANT)
		mark = tokens_mark(links_tokens(h->worker->links), connector);
	free(sealed);
	return mark;
}

bool link_secret_is_grant(struct hands *h, int64_t connector)
{
	struct hash mark;
	struct sealed *sealed;
	bool is_grant = link_secret_stored(h, connector, &sealed, &mark, NULL) == ERR_OK && sealed->kind == SEALED_GRANT;

	free(sealed);
	return is_grant;
}
