/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault/pair.h"

#include <string.h>

#include "base/date.h"
#include "base/json.h"

#define ID_MIN 16	/* as AWS documents access key ids: 16 to 128 */
#define ID_MAX 128
#define SECRET_KEY_MIN 16
#define SECRET_KEY_MAX 256
#define TOKEN_MAX 4096

/* The ways to name a member: ours first. */
static const char *const id_names[] = {"access_key_id", "AccessKeyId"};
static const char *const secret_names[] = {"secret_access_key", "SecretAccessKey"};
static const char *const token_names[] = {"session_token", "SessionToken"};
static const char *const end_names[] = {"expiration", "Expiration"};
#define NAMES 2

bool aws_pair_looks_like(const struct secret *given)
{
	size_t i = 0;

	while (i < given->len && strchr(" \t\r\n", given->p[i]) != NULL)
		i++;
	return i < given->len && given->p[i] == '{';
}

/* A member's text without its quotes, where it lies; false if absent or no text. */
static bool find(struct slice text, const char *const names[NAMES], struct slice *out)
{
	struct slice raw;
	int i;

	for (i = 0; i < NAMES; i++) {
		const char *const plain[] = {names[i], NULL}, *const nested[] = {"Credentials", names[i], NULL};

		if (!json_find(text, plain, &raw) && !json_find(text, nested, &raw))
			continue;
		if (raw.len < 2 || raw.p[0] != '"')
			return false;
		*out = slice_make(raw.p + 1, raw.len - 2);
		return true;
	}
	return false;
}

static bool is_plain(struct slice s, size_t min, size_t max)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.len >= min && s.len <= max;
}

/* The one escape that writers of JSON use in base64 text. */
static void unescape(char *p, size_t *len)
{
	size_t i, n = 0;

	for (i = 0; i < *len; i++) {
		if (p[i] == '\\' && i + 1 < *len && p[i + 1] == '/')
			continue;
		p[n++] = p[i];
	}
	explicit_bzero(p + n, *len - n);
	*len = n;
}

static enum err_code not_a_pair(struct err *e, const char *what)
{
	err_set(e, ERR_USAGE, "%s", what);
	return err_mend(e, ERR_USAGE, "give {\"access_key_id\":..,\"secret_access_key\":..} and, for a session, \"session_token\"");
}

static int add_text(struct secret *s, const char *text)
{
	return secret_add(s, text, strlen(text));
}

static enum err_code write_pair(const struct aws_pair *p, struct secret **out, struct err *e)
{
	struct secret *s = secret_new(p->access_key_id.len + p->secret_access_key.len + p->session_token.len + 80);
	int bad;

	if (s == NULL) {
		err_set(e, ERR_LIMIT, "the memory for secrets is full");
		return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
	}
	bad = add_text(s, "{\"access_key_id\":\"") | secret_add(s, p->access_key_id.p, p->access_key_id.len) |
	    add_text(s, "\",\"secret_access_key\":\"") | secret_add(s, p->secret_access_key.p, p->secret_access_key.len);
	if (p->session_token.len > 0)
		bad |= add_text(s, "\",\"session_token\":\"") | secret_add(s, p->session_token.p, p->session_token.len);
	bad |= add_text(s, "\"}");
	if (bad != 0) {
		secret_free(s);
		return err_set(e, ERR_LIMIT, "the access key pair is too long");
	}
	*out = s;
	return ERR_OK;
}

enum err_code aws_pair_canonical(const struct secret *given, struct secret **out, int64_t *expires_us, struct err *e)
{
	struct secret *copy = secret_new(given->len);
	struct aws_pair p = {.session_token = slice_of("")};
	struct slice end = slice_of("");
	char when[40];
	enum err_code rc = ERR_OK;

	*out = NULL;
	*expires_us = 0;
	if (copy == NULL || secret_set(copy, given->p, given->len) != 0) {
		secret_free(copy);
		return err_set(e, ERR_LIMIT, "the memory for secrets is full");
	}
	unescape(copy->p, &copy->len);
	if (json_gate(slice_make(copy->p, copy->len), NULL) != ERR_OK)
		rc = not_a_pair(e, "the access key pair is not sound JSON");
	else if (!find(slice_make(copy->p, copy->len), id_names, &p.access_key_id) || !is_plain(p.access_key_id, ID_MIN, ID_MAX))
		rc = not_a_pair(e, "the access key pair has no access key id, or none that can be one");
	else if (!find(slice_make(copy->p, copy->len), secret_names, &p.secret_access_key) || !is_plain(p.secret_access_key, SECRET_KEY_MIN, SECRET_KEY_MAX))
		rc = not_a_pair(e, "the access key pair has no secret access key, or none that can be one");
	else if (find(slice_make(copy->p, copy->len), token_names, &p.session_token) && p.session_token.len > 0 && !is_plain(p.session_token, 1, TOKEN_MAX))
		rc = not_a_pair(e, "the session token has a byte that cannot be in one");
	if (rc == ERR_OK && find(slice_make(copy->p, copy->len), end_names, &end) && end.len > 0 && end.len < sizeof when) {
		memcpy(when, end.p, end.len);
		when[end.len] = '\0';
		if (!date_parse(when, expires_us))
			rc = not_a_pair(e, "its expiration is not a time");
	}
	if (rc == ERR_OK)
		rc = write_pair(&p, out, e);
	secret_free(copy);
	return rc;
}

enum err_code aws_pair_read(struct slice sealed_text, struct aws_pair *out, struct err *e)
{
	*out = (struct aws_pair){.session_token = slice_of("")};
	if (json_gate(sealed_text, NULL) != ERR_OK || !find(sealed_text, id_names, &out->access_key_id) || !is_plain(out->access_key_id, 1, ID_MAX) ||
	    !find(sealed_text, secret_names, &out->secret_access_key) || !is_plain(out->secret_access_key, 1, SECRET_KEY_MAX))
		return err_set(e, ERR_PROTO, "the sealed access key pair is damaged");
	if (find(sealed_text, token_names, &out->session_token) && !is_plain(out->session_token, 1, TOKEN_MAX))
		return err_set(e, ERR_PROTO, "the sealed access key pair is damaged");
	return ERR_OK;
}
