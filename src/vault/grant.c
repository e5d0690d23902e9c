/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault/grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/random.h"
#include "vault/vault.h"
#include "wire/request.h"

#define LIVES_UNSAID_S 300	/* an answer without expires_in */
#define LIVES_MAX_S 86400
#define LINE_BYTES 16
#define POSTED "client_secret_post"

enum field { ENDPOINT, ID, CLIENT_SECRET, REFRESH, SCOPE, RESOURCE, METHOD, LINE, FIELDS };

static const struct {
	const char *name, *other;	/* the other way to write it, or NULL */
	const char *parameter;		/* of the request's body; NULL: not just put there */
	size_t max;
	bool is_needed;
} fields[FIELDS] = {
	[ENDPOINT] = {"token_endpoint", "token_uri", NULL, 512, true},
	[ID] = {"client_id", NULL, NULL, 512, true},
	[CLIENT_SECRET] = {"client_secret", NULL, NULL, 1024, false},
	[REFRESH] = {"refresh_token", NULL, "refresh_token", 4096, true},
	[SCOPE] = {"scope", NULL, "scope", 1024, false},
	[RESOURCE] = {"resource", NULL, "resource", 512, false},
	[METHOD] = {"token_endpoint_auth_method", NULL, NULL, 32, false},
	[LINE] = {"line", NULL, NULL, 2 * LINE_BYTES, false},	/* ours: random, the same through all renewals of what a person gave once */
};

static enum err_code memory_full(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

/* --- texts in JSON, in locked memory ------------------------------------------------- */

/* One character of a JSON text at p; how many bytes it takes there. 0: none that may
 * stand in a token, an id or an address. */
static size_t character(const char *p, size_t left, char *out)
{
	char digits[5] = "", *end;
	long code;

	*out = p[0];
	if (p[0] != '\\')
		return p[0] >= ' ' && p[0] <= '~' && p[0] != '"' ? 1 : 0;
	if (left >= 2 && p[1] == '/') {
		*out = '/';
		return 2;
	}
	if (left < 6 || p[1] != 'u')
		return 0;
	memcpy(digits, p + 2, 4);
	code = strtol(digits, &end, 16);
	explicit_bzero(digits, sizeof digits);
	*out = (char)code;
	return end == digits + 4 && code >= ' ' && code <= '~' && code != '"' && code != '\\' ? 6 : 0;
}

/* A member's text. ERR_MISSING if there is none, ERR_PROTO if it is no such text. */
static enum err_code take_text(struct slice json, const char *name, size_t max, struct secret **out, struct err *e)
{
	const char *const path[] = {name, NULL};
	struct slice raw;
	size_t i, n;
	char c;

	*out = NULL;
	if (name == NULL || !json_find(json, path, &raw) || slice_is(raw, "null") || slice_is(raw, "\"\""))
		return ERR_MISSING;
	if (raw.len < 2 || raw.p[0] != '"' || raw.len > 6 * max)
		return err_set(e, ERR_PROTO, "its %s is no text, or too long", name);
	*out = secret_new(raw.len < SECRET_MAX ? raw.len : SECRET_MAX);
	if (*out == NULL)
		return memory_full(e);
	for (i = 1, n = 1; i + 1 < raw.len && n > 0; i += n) {
		n = character(raw.p + i, raw.len - 1 - i, &c);
		if (n > 0 && ((*out)->len == max || secret_add(*out, &c, 1) != 0))
			n = 0;
	}
	if (n > 0)
		return ERR_OK;
	secret_free(*out);
	*out = NULL;
	return err_set(e, ERR_PROTO, "its %s has a character that cannot be there, or is too long", name);
}

/* A value of the sealed layout, where it lies; empty if it has none. */
static struct slice value_of(struct slice grant, enum field f)
{
	const char *const path[] = {fields[f].name, NULL};
	struct slice raw;

	return json_find(grant, path, &raw) && raw.len > 2 ? slice_make(raw.p + 1, raw.len - 2) : slice_of("");
}

static int add_text(struct secret *s, const char *text)
{
	return secret_add(s, text, strlen(text));
}

static enum err_code write_grant(struct secret *const value[FIELDS], struct secret **out, struct err *e)
{
	struct secret *s = secret_new(SECRET_MAX);
	int bad = 0, f;

	*out = NULL;
	if (s == NULL)
		return memory_full(e);
	for (f = 0; f < FIELDS; f++)
		if (value[f] != NULL)
			bad |= add_text(s, s->len == 0 ? "{\"" : ",\"") | add_text(s, fields[f].name) | add_text(s, "\":\"") | secret_add(s, value[f]->p, value[f]->len) |
			    add_text(s, "\"");
	bad |= add_text(s, "}");
	if (bad != 0) {
		secret_free(s);
		return err_set(e, ERR_LIMIT, "the grant is too long");
	}
	*out = s;
	return ERR_OK;
}

/* --- what a person gives ---------------------------------------------------------------- */

static enum err_code no_grant(struct err *e, const char *what)
{
	err_set(e, ERR_USAGE, "the grant is of no use: %s", what);
	return err_mend(e, ERR_USAGE, "give {\"token_endpoint\":\"https://..\",\"client_id\":..,\"refresh_token\":..} and \"client_secret\" if the client has one");
}

static enum err_code take_fields(struct slice text, struct secret *value[FIELDS], struct err *e)
{
	struct err own = {0};
	enum err_code rc = ERR_OK;
	char missing[60];
	int f;

	for (f = 0; f < FIELDS && rc == ERR_OK; f++) {
		rc = take_text(text, fields[f].name, fields[f].max, &value[f], &own);
		if (rc == ERR_MISSING)
			rc = take_text(text, fields[f].other, fields[f].max, &value[f], &own);
		if (rc == ERR_MISSING && fields[f].is_needed) {
			snprintf(missing, sizeof missing, "it has no %s", fields[f].name);
			return no_grant(e, missing);
		}
		if (rc == ERR_MISSING)
			rc = ERR_OK;
	}
	return rc == ERR_OK || rc == ERR_LIMIT ? rc : no_grant(e, own.text);
}

static enum err_code begin_line(struct secret **out, struct err *e)
{
	uint8_t bytes[LINE_BYTES];
	char text[2 * LINE_BYTES + 1];

	secret_free(*out);
	*out = secret_new(2 * LINE_BYTES);
	random_bytes(bytes, sizeof bytes);
	hex_encode(bytes, sizeof bytes, text);
	return *out != NULL && secret_set(*out, text, 2 * LINE_BYTES) == 0 ? ERR_OK : memory_full(e);
}

enum err_code grant_canonical(const struct secret *given, struct secret **out, struct err *e)
{
	struct secret *value[FIELDS] = {NULL};
	struct slice text = slice_make(given->p, given->len);
	struct wire_request req = {.broken = false};
	struct header secret = {.count = 0};
	struct err own = {0};
	enum err_code rc;
	int f;

	*out = NULL;
	while (text.len > 0 && strchr(" \t\r\n", text.p[0]) != NULL)
		text.p++, text.len--;
	if (text.len == 0 || text.p[0] != '{' || json_gate(text, NULL) != ERR_OK)
		return no_grant(e, "it is no JSON object");
	rc = take_fields(text, value, e);
	if (rc == ERR_OK && value[METHOD] != NULL && strcmp(value[METHOD]->p, POSTED) != 0 && strcmp(value[METHOD]->p, "client_secret_basic") != 0 &&
	    strcmp(value[METHOD]->p, "none") != 0)
		rc = no_grant(e, "its token_endpoint_auth_method is not known here");
	if (rc == ERR_OK)
		rc = begin_line(&value[LINE], e);
	if (rc == ERR_OK)
		rc = write_grant(value, out, e);
	/* whether it makes a request is seen by making one */
	if (rc == ERR_OK && (rc = grant_request(slice_make((*out)->p, (*out)->len), &req, &secret, &own)) == ERR_USAGE)
		rc = no_grant(e, own.text);
	else if (rc != ERR_OK && own.code != ERR_OK && e != NULL)
		*e = own;
	wire_request_release(&req);
	header_release(&secret);
	for (f = 0; f < FIELDS; f++)
		secret_free(value[f]);
	if (rc != ERR_OK) {
		secret_free(*out);
		*out = NULL;
	}
	return rc;
}

/* --- the request -------------------------------------------------------------------------- */

/* As application/x-www-form-urlencoded; a blank too goes as %XX, which every reader takes. */
static int add_encoded(struct secret *s, struct slice value)
{
	static const char hex[] = "0123456789ABCDEF", plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	int bad = 0;
	size_t i;

	for (i = 0; i < value.len && bad == 0; i++) {
		unsigned char c = (unsigned char)value.p[i];
		char out[3] = {'%', hex[c >> 4], hex[c & 15]};

		bad = strchr(plain, c) != NULL ? secret_add(s, &value.p[i], 1) : secret_add(s, out, sizeof out);
	}
	return bad;
}

static int add_parameter(struct secret *s, const char *name, struct slice value)
{
	return value.len == 0 ? 0 : (s->len > 0 ? add_text(s, "&") : 0) | add_text(s, name) | add_text(s, "=") | add_encoded(s, value);
}

static int add_base64(struct secret *s, const struct secret *from)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	int bad = 0;
	size_t i;

	for (i = 0; i < from->len && bad == 0; i += 3) {
		size_t n = from->len - i;
		unsigned char a = (unsigned char)from->p[i], b = n > 1 ? (unsigned char)from->p[i + 1] : 0, c = n > 2 ? (unsigned char)from->p[i + 2] : 0;
		char out[4] = {digits[a >> 2], digits[(a & 3) << 4 | b >> 4], n > 1 ? digits[(b & 15) << 2 | c >> 6] : '=', n > 2 ? digits[c & 63] : '='};

		bad = secret_add(s, out, sizeof out);
		explicit_bzero(out, sizeof out);
	}
	return bad;
}

/* Who asks: HTTP Basic, which every server must take (RFC 6749, 2.3.1), unless the grant says otherwise. */
static int add_client(struct secret *body, struct slice grant, struct header *out)
{
	struct slice id = value_of(grant, ID), key = value_of(grant, CLIENT_SECRET);
	struct secret *pair, *line;
	int bad;

	if (key.len == 0 || slice_is(value_of(grant, METHOD), POSTED))
		return add_parameter(body, "client_id", id) | add_parameter(body, "client_secret", key);
	pair = secret_new(3 * (id.len + key.len) + 1);
	line = secret_new(4 * (id.len + key.len) + 64);
	bad = pair == NULL || line == NULL;
	if (!bad)
		bad = add_encoded(pair, id) | add_text(pair, ":") | add_encoded(pair, key) | add_text(line, "authorization: Basic ") | add_base64(line, pair);
	secret_free(pair);
	if (bad != 0)
		secret_free(line);
	else
		out->line[out->count++] = line;
	return bad;
}

/* wire_url_parse() judges the address; the path is taken as it was given. */
static enum err_code address(struct slice grant, struct wire_request *req, struct err *e)
{
	struct slice at = value_of(grant, ENDPOINT);
	char text[600];
	struct wire_url url;
	const char *path;

	if (at.len == 0 || at.len >= sizeof text)
		return err_set(e, ERR_USAGE, "it has no token_endpoint");
	memcpy(text, at.p, at.len);
	text[at.len] = '\0';
	if (wire_url_parse(text, &url, NULL) != ERR_OK)
		return err_set(e, ERR_USAGE, "its token_endpoint is no https: address (http: only on this machine, and without a query)");
	url.prefix[0] = '\0';
	path = strchr(strstr(text, "://") + 3, '/');
	wire_request_init(req, "POST", &url, path != NULL ? path : "/");
	wire_request_header(req, "Content-Type", "application/x-www-form-urlencoded");
	wire_request_header(req, "Accept", "application/json");
	return ERR_OK;
}

enum err_code grant_request(struct slice grant, struct wire_request *req, struct header *out, struct err *e)
{
	enum err_code rc = json_gate(grant, NULL) == ERR_OK ? address(grant, req, e) : err_set(e, ERR_PROTO, "the sealed grant is damaged");
	int bad = 0, f;

	memset(out, 0, sizeof *out);
	if (rc != ERR_OK)
		return rc;
	out->body = secret_new(SECRET_MAX);
	if (out->body == NULL)
		return memory_full(e);
	bad = add_parameter(out->body, "grant_type", slice_of("refresh_token"));
	for (f = 0; f < FIELDS; f++)
		if (fields[f].parameter != NULL)
			bad |= add_parameter(out->body, fields[f].parameter, value_of(grant, (enum field)f));
	bad |= add_client(out->body, grant, out);
	if (bad == 0)
		return ERR_OK;
	header_release(out);
	return err_set(e, ERR_LIMIT, "the grant is too long for a request");
}

struct hash grant_line(struct slice grant)
{
	return hash_slice(value_of(grant, LINE));
}

/* --- the answer ------------------------------------------------------------------------------ */

static const struct refusal {
	const char *error;	/* RFC 6749, 5.2, and what others add that ends a grant too */
	enum err_code code;
	const char *words;
} refusals[] = {
	{"invalid_grant", ERR_AUTH, "the sign-in has ended or was taken back"},
	{"interaction_required", ERR_AUTH, "the server wants the person there"},
	{"consent_required", ERR_AUTH, "the server wants the person's consent again"},
	{"login_required", ERR_AUTH, "the server wants the person to sign in"},
	{"invalid_client", ERR_NET, "the token server does not take the client id or its secret"},
	{"unauthorized_client", ERR_NET, "the token server does not let this client renew"},
	{"unsupported_grant_type", ERR_NET, "the token server renews nothing"},
	{"invalid_scope", ERR_NET, "the token server does not take the scope"},
	{"invalid_target", ERR_NET, "the token server does not take the resource"},
	{"invalid_request", ERR_NET, "the token server does not understand the request"},
	{"temporarily_unavailable", ERR_NET, "the token server is busy"},
	{"server_error", ERR_NET, "the token server has trouble"},
};

static enum err_code refused(int status, struct slice body, struct err *e)
{
	const char *const path[] = {"error", NULL};
	struct slice raw = slice_of("");
	size_t i;

	if (status >= 400 && status < 500 && json_gate(body, NULL) == ERR_OK)
		(void)json_find(body, path, &raw);
	for (i = 0; raw.len > 2 && i < sizeof refusals / sizeof *refusals; i++)
		if (slice_is(slice_make(raw.p + 1, raw.len - 2), refusals[i].error))
			return err_set(e, refusals[i].code, "%s (%s)", refusals[i].words, refusals[i].error);
	return err_set(e, ERR_NET, "the token server answered with HTTP %d%s", status, status >= 300 && status < 400 ? ", and nobody follows it elsewhere" : "");
}

static int64_t lives(struct slice body)
{
	const char *const path[] = {"expires_in", NULL};
	struct slice raw;
	int64_t s = 0;
	size_t i;

	if (!json_find(body, path, &raw))
		return LIVES_UNSAID_S;
	if (raw.len > 2 && raw.p[0] == '"')	/* some write it as a text */
		raw = slice_make(raw.p + 1, raw.len - 2);
	for (i = 0; i < raw.len && raw.p[i] >= '0' && raw.p[i] <= '9' && s < LIVES_MAX_S; i++)
		s = s * 10 + (raw.p[i] - '0');
	return s < 1 ? 1 : s > LIVES_MAX_S ? LIVES_MAX_S : s;
}

static bool is_bearer(struct slice body)
{
	const char *const path[] = {"token_type", NULL};
	struct slice raw;

	return json_find(body, path, &raw) && raw.len == 8 && strncasecmp(raw.p, "\"bearer\"", 8) == 0;
}

/* The grant with another refresh token in it; NULL if it is the same one. */
static enum err_code rotate(struct slice grant, const struct secret *refresh, struct secret **out, struct err *e)
{
	struct secret *value[FIELDS] = {NULL};
	struct slice old = value_of(grant, REFRESH);
	enum err_code rc = ERR_OK;
	int f;

	*out = NULL;
	if (refresh == NULL || (refresh->len == old.len && memcmp(refresh->p, old.p, old.len) == 0))
		return ERR_OK;
	for (f = 0; f < FIELDS && rc == ERR_OK; f++) {
		struct slice v = f == REFRESH ? slice_make(refresh->p, refresh->len) : value_of(grant, (enum field)f);

		value[f] = v.len > 0 ? secret_new(v.len) : NULL;
		if (v.len > 0 && (value[f] == NULL || secret_set(value[f], v.p, v.len) != 0))
			rc = memory_full(e);
	}
	if (rc == ERR_OK)
		rc = write_grant(value, out, e);
	for (f = 0; f < FIELDS; f++)
		secret_free(value[f]);
	return rc;
}

enum err_code grant_answer(struct slice grant, int status, struct slice body, struct grant_answer *out, struct err *e)
{
	struct secret *refresh = NULL;
	struct err own = {0};
	enum err_code rc;

	*out = (struct grant_answer){.access = NULL};
	if (status != 200)
		return refused(status, body, e);
	if (json_gate(body, NULL) != ERR_OK)
		return err_set(e, ERR_PROTO, "the token server's answer is no sound JSON");
	if (!is_bearer(body))
		return err_set(e, ERR_PROTO, "the token server gives another kind of token than a bearer");
	out->lives_s = lives(body);
	rc = take_text(body, "access_token", SECRET_MAX, &out->access, &own);
	if (rc == ERR_OK)
		rc = take_text(body, "refresh_token", fields[REFRESH].max, &refresh, &own);
	if (rc == ERR_MISSING && out->access != NULL)
		rc = ERR_OK;
	if (rc == ERR_OK)
		rc = rotate(grant, refresh, &out->grant, &own);
	secret_free(refresh);
	if (rc == ERR_OK)
		return ERR_OK;
	grant_answer_release(out);
	if (rc == ERR_LIMIT)
		return err_set(e, rc, "%s", own.text);
	return err_set(e, ERR_PROTO, "the token server's answer cannot be used: %s", rc == ERR_MISSING ? "it has no access_token" : own.text);
}

void grant_answer_release(struct grant_answer *a)
{
	secret_free(a->access);
	secret_free(a->grant);
	*a = (struct grant_answer){.access = NULL};
}
