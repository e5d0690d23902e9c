/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that name files and folders: what a server of others is granted, what is put
 * to a goal. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

#define MCP_FILE_MAX ((size_t)1 << 20)
#define CHECK_MAX 500
#define ATTACHED_MAX ((size_t)256 << 10)	/* of one file: what a prompt shows of all together */
#define ATTACHMENTS 16

static enum err_code put_folder(struct json_out *j, const char *option, const char *folder, struct err *e)
{
	char *whole = realpath(folder, NULL);

	if (whole == NULL) {
		err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_USAGE, "the folder '%.120s' cannot be used", folder);
		return err_mend(e, ERR_USAGE, "give %s a folder or file that is there", option);
	}
	json_put_text(j, NULL, whole);
	free(whole);
	return ERR_OK;
}

/* All values of an option that may stand several times, as one list. */
static enum err_code put_all(struct json_out *j, const struct verb_words *w, const char *option, const char *member, struct err *e)
{
	bool is_folder = strcmp(option, "--env") != 0;
	enum err_code code = ERR_OK;

	json_open(j, member, '[');
	for (int i = 0; i < w->options && code == ERR_OK; i++) {
		if (strcmp(w->option[i].name, option) != 0)
			continue;
		if (is_folder) {
			code = put_folder(j, option, w->option[i].value, e);
		} else if (strchr(w->option[i].value, '=') != NULL) {
			json_put_text(j, NULL, w->option[i].value);
		}
	}
	json_close(j, ']');
	return code;
}

/* `--env NAME` alone is the one variable that gets the connector's secret. */
static enum err_code put_secret_variable(struct json_out *j, const struct verb_words *w, struct err *e)
{
	const char *name = NULL;

	for (int i = 0; i < w->options; i++) {
		if (strcmp(w->option[i].name, "--env") != 0 || strchr(w->option[i].value, '=') != NULL)
			continue;
		if (name != NULL) {
			err_set(e, ERR_USAGE, "a server is granted one secret, and two variables without a value are named");
			return err_mend(e, ERR_USAGE, "write NAME=VALUE for what is no secret");
		}
		name = w->option[i].value;
		json_put_text(j, "secret_env", name);
	}
	return ERR_OK;
}

static enum err_code put_address(struct json_out *j, const struct verb_words *w, struct err *e)
{
	const char *url = verb_value(w, "--url"), *ca_file = verb_value(w, "--ca-file");
	char *whole;

	if (url == NULL)
		return ERR_OK;
	json_put_text(j, "url", url);
	if (ca_file == NULL)
		return ERR_OK;
	whole = realpath(ca_file, NULL);
	if (whole == NULL)
		return err_sys(e, ERR_USAGE, "the file '%.120s' cannot be used", ca_file);
	json_put_text(j, "ca_file", whole);
	free(whole);
	return ERR_OK;
}

enum err_code verb_connector_grants(const struct verb_words *w, struct op *op, struct err *e)
{
	static const struct {
		const char *option, *member;
	} lists[] = {{"--read", "read"}, {"--write", "write"}, {"--env", "env"}};
	bool network = verb_value(w, "--network") != NULL, any = network;
	enum err_code code = ERR_OK;
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	for (size_t i = 0; i < LENGTH(lists) && code == ERR_OK; i++)
		if (verb_value(w, lists[i].option) != NULL) {
			any = true;
			code = put_all(&j, w, lists[i].option, lists[i].member, e);
		}
	any = any || verb_value(w, "--url") != NULL;
	if (network)
		json_put_bool(&j, "network", true);
	if (code == ERR_OK)
		code = put_secret_variable(&j, w, e);
	if (code == ERR_OK)
		code = put_address(&j, w, e);
	json_close(&j, '}');
	if (code == ERR_OK && any)
		op->settings = buf_take(&b);
	buf_release(&b);
	return code;
}

/* A folder by its whole path; what is no address and no folder is refused when it is tried. */
static enum err_code put_push(struct json_out *j, const struct verb_words *w, struct err *e)
{
	const char *push = verb_value(w, "--push");
	char *whole = strstr(push, "://") == NULL ? realpath(push, NULL) : NULL;

	json_put_text(j, "push", whole != NULL ? whole : push);
	free(whole);
	return verb_put_ca_file(j, w, e);
}

enum err_code verb_connector_codebase(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *check = verb_value(w, "--check"), *push = verb_value(w, "--push");
	enum err_code code = ERR_OK;
	struct json_out j;
	struct buf b;

	if (check == NULL && push == NULL)
		return ERR_OK;
	if (push != NULL && (op->connector_type != CONNECTOR_CODEBASE || push[0] == '\0')) {
		err_set(e, ERR_USAGE, "--push goes with a codebase, and names where to");
		return err_mend(e, ERR_USAGE, "--push https://HOST/PATH");
	}
	if (check != NULL && (op->connector_type != CONNECTOR_CODEBASE || check[0] == '\0' || strlen(check) > CHECK_MAX)) {
		err_set(e, ERR_USAGE, "--check goes with a codebase, and is a command of at most %d bytes", CHECK_MAX);
		return err_mend(e, ERR_USAGE, "--check 'make check'");
	}
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	if (check != NULL)
		json_put_text(&j, "check", check);
	if (push != NULL)
		code = put_push(&j, w, e);
	json_close(&j, '}');
	free(op->settings);
	op->settings = buf_take(&b);
	return code;
}

enum err_code verb_connector_import(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *entry = verb_value(w, "--entry"), *as = verb_value(w, "--as"), *hash = verb_value(w, "--hash");
	enum err_code code;
	struct buf b;

	op->kind = OP_CONNECTOR_IMPORT;
	if ((entry == NULL) != (hash == NULL)) {
		err_set(e, ERR_USAGE, "an entry is taken by its name and its hash");
		return err_mend(e, ERR_USAGE, "see them first: claviger connector import FILE");
	}
	buf_init(&b, MCP_FILE_MAX);
	code = file_read(w->word[0], &b, e);
	op->text = buf_take(&b);
	if (code != ERR_OK || entry == NULL)
		return code;
	code = verb_copy(op->name, sizeof op->name, "the entry", entry, e);
	if (code == ERR_OK)
		code = verb_copy(op->connector, sizeof op->connector, "the name", as != NULL ? as : entry, e);
	if (code == ERR_OK && !hash_from_text(&op->hash, hash))
		code = err_set(e, ERR_USAGE, "--hash is no sha256:HEX");
	op->has_hash = true;
	return code == ERR_OK ? verb_connector_grants(w, op, e) : code;
}

/* --- reading matter ---------------------------------------------------------------- */

static enum err_code put_attached(struct json_out *j, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	struct buf b;
	enum err_code code;

	buf_init(&b, ATTACHED_MAX);
	code = file_read(path, &b, e);
	if (code == ERR_OK && (!utf8_valid(buf_slice(&b)) || (b.len > 0 && memchr(b.p, '\0', b.len) != NULL))) {
		code = err_set(e, ERR_USAGE, "'%.120s' is no UTF-8 text", path);
		code = err_mend(e, code, "turn it into text first");
	}
	if (code == ERR_OK) {
		json_open(j, NULL, '{');
		json_put_text(j, "name", name);
		json_put_slice(j, "text", buf_slice(&b));
		json_close(j, '}');
	}
	buf_release(&b);
	return code;
}

enum err_code verb_attached(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = ERR_OK;
	struct json_out j;
	struct buf b;
	int n = 0;

	if (verb_value(w, "--attach") == NULL)
		return ERR_OK;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	for (int i = 0; i < w->options && code == ERR_OK; i++)
		if (strcmp(w->option[i].name, "--attach") == 0)
			code = n++ < ATTACHMENTS ? put_attached(&j, w->option[i].value, e) : err_set(e, ERR_LIMIT, "at most %d files can be attached", ATTACHMENTS);
	json_close(&j, ']');
	if (code == ERR_OK)
		op->tools = buf_take(&b);
	buf_release(&b);
	return code;
}
