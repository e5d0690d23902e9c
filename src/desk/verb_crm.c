/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that say where a CRM's records are, and those that take records in and out. */
#include "desk/verb_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#define CRM_FILE_MAX ((size_t)256 << 20)

/* --- where they are ----------------------------------------------------------------- */

static enum err_code check_backend(const struct op *op, const char *backend, bool any, struct err *e)
{
	if ((backend != NULL || any) && op->connector_type != CONNECTOR_CRM)
		err_set(e, ERR_USAGE, "only a crm takes --backend, --base-url and --property");
	else if (backend != NULL && strcmp(backend, "embedded") != 0 && strcmp(backend, "hubspot") != 0)
		err_set(e, ERR_USAGE, "'%.40s' is no place for the records of a crm", backend);
	else if (any && (backend == NULL || strcmp(backend, "hubspot") != 0))
		err_set(e, ERR_USAGE, "--base-url, --property and --ca-file are of records at hubspot");
	else
		return ERR_OK;
	return err_mend(e, ERR_USAGE, "claviger connector add NAME --type crm [--backend hubspot [--property NAME]...]");
}

/* What the server itself would refuse, which at its start nobody reads: nothing beside host and port, TLS but to this machine. */
static enum err_code check_base_url(const char *url, struct err *e)
{
	bool is_https = strncmp(url, "https://", 8) == 0, is_near = strncmp(url, "http://127.0.0.1", 16) == 0 || strncmp(url, "http://localhost", 16) == 0;

	if ((is_https || is_near) && strpbrk(url + 8, "/?#@ ") == NULL)
		return ERR_OK;
	err_set(e, ERR_USAGE, "--base-url '%.80s' is no address of such a server", url);
	return err_mend(e, ERR_USAGE, "write https://HOST[:PORT]; http:// goes to this machine only");
}

enum err_code verb_connector_crm(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *backend = verb_value(w, "--backend"), *url = verb_value(w, "--base-url");
	bool ca_file = verb_value(w, "--ca-file") != NULL && op->connector_type == CONNECTOR_CRM;
	enum err_code code = check_backend(op, backend, url != NULL || ca_file || verb_value(w, "--property") != NULL, e);
	struct json_out j;
	struct buf b;

	if (code == ERR_OK && url != NULL)
		code = check_base_url(url, e);
	if (code != ERR_OK || backend == NULL || strcmp(backend, "hubspot") != 0)
		return code;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "backend", backend);
	if (url != NULL)
		json_put_text(&j, "base_url", url);
	code = verb_put_ca_file(&j, w, e);
	json_open(&j, "properties", '[');
	for (int i = 0; i < w->options; i++)
		if (strcmp(w->option[i].name, "--property") == 0)
			json_put_text(&j, NULL, w->option[i].value);
	json_close(&j, ']');
	json_close(&j, '}');
	if (code == ERR_OK) {
		free(op->settings);
		op->settings = buf_take(&b);
	}
	buf_release(&b);
	return code;
}

/* --- in and out ------------------------------------------------------------------------ */

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcasecmp(text + n - m, end) == 0;
}

enum err_code verb_crm(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *file = w->word[1], *format = verb_value(w, "--format"), *kind = verb_value(w, "--kind");
	enum err_code code = verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);
	struct buf b;

	op->kind = strcmp(w->verb->path, "crm import") == 0 ? OP_CRM_IMPORT : OP_CRM_EXPORT;
	if (format == NULL)
		format = ends_in(file, ".vcf") || ends_in(file, ".vcard") ? "vcard" : "csv";
	if (code == ERR_OK)
		code = verb_copy(op->format, sizeof op->format, "--format", format, e);
	if (code == ERR_OK)
		code = verb_copy(op->records, sizeof op->records, "--kind", kind != NULL ? kind : "contact", e);
	if (code == ERR_OK && op->kind == OP_CRM_EXPORT) {
		op->text = xstrdup(file);
	} else if (code == ERR_OK) {
		buf_init(&b, CRM_FILE_MAX);
		code = file_read(file, &b, e);
		if (code == ERR_OK && b.p != NULL && memchr(b.p, '\0', b.len) != NULL)
			code = err_set(e, ERR_PROTO, "the file is no text");
		op->text = b.len > 0 ? buf_take(&b) : xstrdup("");
		buf_release(&b);
	}
	return code;
}
