/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-crm --state DIR [--settings JSON]: contacts, companies and deals as an MCP
 * server on stdio. Settings are hubspot/config.h's, and the token comes on fd 3; without
 * them the records are in DIR. With --import csv|vcard or --export csv|vcard (and --kind K): a file in on
 * standard input, or out on standard output; in says in JSON what came of it. */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"
#include "servers/common/mcp.h"
#include "servers/common/secret_pipe.h"
#include "servers/crm/book/book.h"
#include "servers/crm/book/port.h"
#include "servers/crm/hubspot/hubspot.h"
#include "servers/crm/tools.h"

#define FILE_MAX ((size_t)256 << 20)

struct options {
	const char *state, *settings, *in, *out, *kind;
};

static int complain(const struct err *e, int status)
{
	fprintf(stderr, "claviger-crm: %s%s%s\n", e->text, e->mend[0] != '\0' ? ": " : "", e->mend);
	return status;
}

static bool read_options(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--state") == 0)
			o->state = argv[i + 1];
		else if (strcmp(argv[i], "--settings") == 0)
			o->settings = argv[i + 1];
		else if (strcmp(argv[i], "--import") == 0)
			o->in = argv[i + 1];
		else if (strcmp(argv[i], "--export") == 0)
			o->out = argv[i + 1];
		else if (strcmp(argv[i], "--kind") == 0)
			o->kind = argv[i + 1];
		else
			return false;
	}
	return i == argc && o->state != NULL;
}

static bool kind_of(const char *word, enum record_kind *kind)
{
	int k;

	*kind = RECORD_CONTACT;
	for (k = 0; word != NULL && k < RECORD_KINDS; k++)
		if (strcmp(record_kind_names[k], word) == 0) {
			*kind = (enum record_kind)k;
			return true;
		}
	return word == NULL;
}

static enum err_code read_all(int fd, struct buf *out, struct err *e)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		buf_add(out, bytes, (size_t)n);
	if (n < 0)
		return err_sys(e, ERR_IO, "reading");
	return out->over ? err_set(e, ERR_LIMIT, "the file is too large") : ERR_OK;
}

static void tell(const struct port_count *n)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_int(&j, "added", n->added);
	json_put_int(&j, "there_already", n->there);
	json_put_int(&j, "broken", n->broken);
	if (n->broken > 0) {
		json_put_int(&j, "first_broken", n->first_broken);
		json_put_text(&j, "why", n->why);
	}
	json_close(&j, '}');
	buf_addc(&b, '\n');
	(void)fd_write_all(STDOUT_FILENO, b.p, b.len);
	buf_release(&b);
}

static enum err_code port(struct book *b, const struct options *o, struct err *e)
{
	bool vcard = strcmp(o->in != NULL ? o->in : o->out, "vcard") == 0;
	struct port_count n;
	enum record_kind kind;
	enum err_code code;
	struct buf text;

	if (!kind_of(o->kind, &kind) || (!vcard && strcmp(o->in != NULL ? o->in : o->out, "csv") != 0) || (vcard && kind != RECORD_CONTACT))
		return err_set(e, ERR_USAGE, "csv of contact, company or deal; or vcard, of contacts");
	buf_init(&text, FILE_MAX);
	if (o->in != NULL) {
		code = read_all(STDIN_FILENO, &text, e);
		if (code == ERR_OK)
			code = vcard ? port_vcard_in(b, buf_slice(&text), &n, e) : port_csv_in(b, kind, buf_slice(&text), &n, e);
		if (code == ERR_OK)
			tell(&n);
	} else {
		code = vcard ? port_vcard_out(b, &text, e) : port_csv_out(b, kind, &text, e);
		if (code == ERR_OK && (text.over || fd_write_all(STDOUT_FILENO, text.p, text.len) != 0))
			code = err_set(e, ERR_IO, "the records could not be written");
	}
	buf_release(&text);
	return code;
}

/* --- serving ----------------------------------------------------------------------- */

static enum err_code serve(const struct crm_backend *ops, void *self, struct err *e)
{
	struct crm crm = {ops, self};
	struct mcp_server server = {"claviger-crm", "1", crm_tools, CRM_TOOLS, &crm};

	return mcp_serve(&server, STDIN_FILENO, STDOUT_FILENO, e);
}

static enum err_code serve_book(const struct options *o, struct err *e)
{
	char *path = xasprintf("%s/crm.db", o->state);
	struct book *b = NULL;
	enum err_code code = book_open(&b, path, e);

	free(path);
	if (code == ERR_OK)
		code = o->in != NULL || o->out != NULL ? port(b, o, e) : serve(&book_backend, b, e);
	book_close(b);
	return code;
}

static enum err_code serve_hubspot(const struct options *o, struct err *e)
{
	struct hubspot h = {.state = NULL};
	struct secret *secret = NULL;
	enum err_code code;

	if (o->in != NULL || o->out != NULL)
		return err_set(e, ERR_USAGE, "records at HubSpot are imported and exported there");
	code = memory_secure_init(e);
	if (code == ERR_OK)
		code = secret_pipe_read(&secret, e);
	if (code == ERR_OK && curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		code = err_set(e, ERR_MEMORY, "libcurl cannot be set up");
	if (code == ERR_OK)
		code = hubspot_open(&h, slice_of(o->settings), o->state, secret, e);
	if (code == ERR_OK)
		code = serve(&hubspot_backend, &h, e);
	hubspot_close(&h);
	return code;
}

int main(int argc, char **argv)
{
	struct rlimit no_core = {0, 0};
	struct options o = {.state = NULL};
	struct err e = {0};
	enum err_code code;

	if (!read_options(&o, argc, argv)) {
		fprintf(stderr, "usage: claviger-crm --state DIR [--settings JSON | --import csv|vcard | --export csv|vcard] [--kind contact|company|deal]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &no_core);
	umask(077);
	code = o.settings != NULL ? serve_hubspot(&o, &e) : serve_book(&o, &e);
	return code == ERR_OK ? 0 : complain(&e, code == ERR_USAGE ? 2 : 1);
}
