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
#include "vault/vault.h"
#include "wire/request.h"
#include "worker/hands.h"
#include "worker/link_http.h"

#define SECRET_KIND "connector"
#define SECRET_VERSION 1	/* a new secret takes the place of the old one */
#define SECRET_FIELD "secret"	/* a server has one */

static struct seal_name name_of(struct hands *h, int64_t connector)
{
	return (struct seal_name){.workspace = h->workspace, .kind = SECRET_KIND, .id = connector, .version = SECRET_VERSION, .host = ""};
}

/* Of a server over HTTP it is a bearer token, and goes to that host only. */
static enum err_code seal(struct hands *h, const struct connector_record *c, const struct secret *secret, struct sealed *out, struct err *e)
{
	struct seal_name name = name_of(h, c->id);
	char host[WIRE_HOST];

	link_remote_host(c, host, sizeof host);
	name.host = host;
	return vault_seal(h->vault, &name, host[0] != '\0' ? SEALED_BEARER : SEALED_CONNECTOR, secret, out, e);
}

static enum err_code put(struct hands *h, const struct connector_record *c, const struct secret *secret, struct err *e)
{
	struct sealed *sealed = xmalloc(sizeof *sealed);
	uint8_t *blob = xmalloc(SEALED_BLOB_MAX);
	char fingerprint[VAULT_FINGERPRINT];
	struct hash what;
	enum err_code rc = seal(h, c, secret, sealed, e);

	if (rc == ERR_OK)
		rc = sealed_put(h->store, SECRET_KIND, c->id, SECRET_VERSION, SECRET_FIELD, slice_make(blob, sealed_encode(sealed, blob)), e);
	if (rc == ERR_OK) {
		vault_fingerprint(h->vault, secret, fingerprint);
		what = hash_slice(slice_of(fingerprint));
		rc = journal_add(h->store, "connector_secret", h->who, c->name, &what, clock_now_us(), e);
	}
	free(sealed);
	free(blob);
	return rc;
}

enum err_code link_secret_put(struct hands *h, const struct connector_record *c, const struct secret *secret, struct err *e)
{
	bool done = true;
	enum err_code rc = store_begin(h->store, e);

	if (rc != ERR_OK)
		return rc;
	rc = put(h, c, secret, e);
	if (rc == ERR_OK)
		rc = store_commit(h->store, e);
	else
		store_rollback(h->store);
	/* what it replaced stays readable in the write-ahead log until that is cut */
	if (rc == ERR_OK)
		rc = store_checkpoint(h->store, CHECKPOINT_TRUNCATE, &done, e);
	return rc;
}

static enum err_code deliver(struct hands *h, int64_t connector, struct slice blob, int *fd, struct err *e)
{
	struct seal_name name = name_of(h, connector);
	struct sealed *sealed = xmalloc(sizeof *sealed);
	int ends[2] = {-1, -1};
	enum err_code rc = sealed_decode(sealed, blob.p, blob.len, e);

	if (rc == ERR_OK && pipe2(ends, O_CLOEXEC) != 0)
		rc = err_sys(e, ERR_IO, "a pipe for the connector's secret");
	/* A pipe takes SECRET_MAX bytes at once: nobody waits. */
	if (rc == ERR_OK)
		rc = vault_deliver(h->vault, &name, sealed, ends[1], e);
	fd_close(&ends[1]);
	if (rc == ERR_OK)
		*fd = ends[0];
	else
		fd_close(&ends[0]);
	free(sealed);
	return rc;
}

enum err_code link_secret_pipe(struct hands *h, int64_t connector, int *fd, struct err *e)
{
	struct err own = {0};
	struct buf blob;
	enum err_code rc;

	*fd = -1;
	if (connector == 0)
		return ERR_OK;
	buf_init(&blob, SEALED_BLOB_MAX);
	rc = sealed_get(h->store, SECRET_KIND, connector, SECRET_VERSION, SECRET_FIELD, &blob, &own);
	if (rc == ERR_OK)
		rc = hands_need_vault(h, &own);
	if (rc == ERR_OK)
		rc = deliver(h, connector, buf_slice(&blob), fd, &own);
	buf_release(&blob);
	if (rc == ERR_MISSING)
		return ERR_OK;
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

/* The sealed bytes, read back; *out is the caller's to free. ERR_MISSING: it has none. */
static enum err_code get(struct hands *h, int64_t connector, struct sealed **out, struct err *e)
{
	struct buf blob;
	enum err_code rc;

	*out = xmalloc(sizeof **out);
	buf_init(&blob, SEALED_BLOB_MAX);
	rc = connector != 0 ? sealed_get(h->store, SECRET_KIND, connector, SECRET_VERSION, SECRET_FIELD, &blob, e) : err_set(e, ERR_MISSING, "no secret");
	if (rc == ERR_OK)
		rc = hands_need_vault(h, e);
	if (rc == ERR_OK)
		rc = sealed_decode(*out, blob.p, blob.len, e);
	buf_release(&blob);
	return rc;
}

enum err_code link_secret_header(struct hands *h, int64_t connector, const char *host, const struct wire_request *req, struct header *out, struct err *e)
{
	struct seal_name name = name_of(h, connector);
	struct err own = {0};
	struct sealed *sealed;
	enum err_code rc = get(h, connector, &sealed, &own);

	name.host = host;
	if (rc == ERR_OK)
		rc = vault_authorise(h->vault, &name, sealed, host, req, clock_now_us(), out, &own);
	free(sealed);
	if (rc == ERR_MISSING)
		return ERR_OK;
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

enum err_code link_secret_variable(struct hands *h, int64_t connector, const char *variable, struct header *out, struct err *e)
{
	struct seal_name name = name_of(h, connector);
	struct err own = {0};
	struct sealed *sealed;
	enum err_code rc;

	if (variable == NULL)
		return ERR_OK;
	rc = get(h, connector, &sealed, &own);
	if (rc == ERR_OK)
		rc = vault_environ(h->vault, &name, sealed, variable, out, &own);
	free(sealed);
	if (rc == ERR_MISSING)
		return ERR_OK;
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

struct hash link_secret_mark(struct hands *h, int64_t connector)
{
	struct hash mark = {{0}};
	struct buf blob;

	buf_init(&blob, SEALED_BLOB_MAX);
	if (sealed_get(h->store, SECRET_KIND, connector, SECRET_VERSION, SECRET_FIELD, &blob, NULL) == ERR_OK)
		mark = hash_slice(buf_slice(&blob));
	buf_release(&blob);
	return mark;
}
