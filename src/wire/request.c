/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

static bool is_dotted_loopback(const char *host)
{
	size_t dots = 0;

	if (strncmp(host, "127.", 4) != 0)
		return false;
	for (; *host != '\0'; host++) {
		if (*host == '.')
			dots++;
		else if (!isdigit((unsigned char)*host))
			return false;
	}
	return dots == 3;
}

bool wire_host_is_loopback(const char *host)
{
	size_t len = strlen(host);

	if (strcasecmp(host, "localhost") == 0 || strcmp(host, "::1") == 0)
		return true;
	if (len > 10 && strcasecmp(host + len - 10, ".localhost") == 0)
		return true;
	return is_dotted_loopback(host);
}

/* The part after the first label, if that is one of Bedrock's. */
static const char *bedrock_place(const char *host)
{
	static const char *const labels[] = {"bedrock-runtime.", "bedrock."};
	size_t i;

	for (i = 0; i < LENGTH(labels); i++) {
		const char *rest = host + strlen(labels[i]);

		if (strncmp(host, labels[i], strlen(labels[i])) == 0 && strchr(rest, '.') != NULL && strcmp(strchr(rest, '.'), ".amazonaws.com") == 0)
			return rest;
	}
	return NULL;
}

bool wire_host_is_same_service(const char *a, const char *b)
{
	const char *x = bedrock_place(a), *y = bedrock_place(b);

	return strcmp(a, b) == 0 || (x != NULL && y != NULL && strcmp(x, y) == 0);
}

static bool is_url_byte(unsigned char c)
{
	return c > 0x20 && c < 0x7F && strchr("\"<>\\^`{|}", c) == NULL;
}

static enum err_code bad_url(struct err *e, const char *why)
{
	err_set(e, ERR_USAGE, "the base URL %s", why);
	return err_mend(e, ERR_USAGE, "write it like https://api.example.com");
}

/* host[:port] or [v6][:port] between p and end. */
static enum err_code parse_authority(const char *p, const char *end, struct wire_url *out, struct err *e)
{
	const char *host = p, *host_end;
	size_t i;
	long port = 0;

	if (p < end && *p == '[') {
		host = p + 1;
		host_end = memchr(host, ']', (size_t)(end - host));
		if (host_end == NULL)
			return bad_url(e, "has a bracket that is not closed");
		p = host_end + 1;
	} else {
		host_end = memchr(p, ':', (size_t)(end - p));
		if (host_end == NULL)
			host_end = end;
		p = host_end;
	}
	if (host_end == host || (size_t)(host_end - host) >= sizeof out->host)
		return bad_url(e, "has no host, or one that is too long");
	for (i = 0; host + i < host_end; i++) {
		if (!isalnum((unsigned char)host[i]) && strchr(host[-1] == '[' ? ":." : "-._", host[i]) == NULL)
			return bad_url(e, "has a host with a sign that has no place in one");
		out->host[i] = (char)tolower((unsigned char)host[i]);
	}
	out->host[i] = '\0';
	if (p == end)
		return ERR_OK;
	if (*p++ != ':' || p == end)
		return bad_url(e, "has something odd after its host");
	for (; p < end; p++) {
		if (!isdigit((unsigned char)*p) || port > 65535)
			return bad_url(e, "has a port that is no number from 1 to 65535");
		port = port * 10 + (*p - '0');
	}
	if (port < 1 || port > 65535)
		return bad_url(e, "has a port that is no number from 1 to 65535");
	out->port = (uint16_t)port;
	return ERR_OK;
}

static enum err_code parse_prefix(const char *path, struct wire_url *out, struct err *e)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len >= 3 && strncmp(path + len - 3, "/v1", 3) == 0)
		len -= 3;
	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len >= sizeof out->prefix)
		return bad_url(e, "has too long a path");
	memcpy(out->prefix, path, len);
	out->prefix[len] = '\0';
	return ERR_OK;
}

enum err_code wire_url_parse(const char *text, struct wire_url *out, struct err *e)
{
	const char *p, *end, *s;
	enum err_code code;

	memset(out, 0, sizeof *out);
	for (s = text; *s != '\0'; s++)
		if (!is_url_byte((unsigned char)*s))
			return bad_url(e, "has a byte that has no place in a URL");
	if (strncasecmp(text, "https://", 8) == 0) {
		p = text + 8;
		out->port = 443;
	} else if (strncasecmp(text, "http://", 7) == 0) {
		p = text + 7;
		out->port = 80;
		out->is_plain = true;
	} else {
		return bad_url(e, "does not start with https://");
	}
	if (strchr(p, '#') != NULL || strchr(p, '?') != NULL)
		return bad_url(e, "has a query or a fragment");
	end = p + strcspn(p, "/");
	if (memchr(p, '@', (size_t)(end - p)) != NULL)
		return bad_url(e, "has a user name in it; keys belong in the vault");
	code = parse_authority(p, end, out, e);
	if (code == ERR_OK)
		code = parse_prefix(end, out, e);
	if (code == ERR_OK && out->is_plain && !wire_host_is_loopback(out->host))
		code = bad_url(e, "is plain http to another machine, where anyone on the way could read the key");
	if (code != ERR_OK)
		memset(out, 0, sizeof *out);
	return code;
}

void wire_request_init(struct wire_request *r, const char *method, const struct wire_url *to, const char *path)
{
	const char *s;

	memset(r, 0, sizeof *r);
	buf_init(&r->body, WIRE_BODY_MAX);
	if (strlen(method) >= sizeof r->method)
		r->broken = true;
	snprintf(r->method, sizeof r->method, "%s", method);
	r->is_plain = to->is_plain;
	memcpy(r->host, to->host, sizeof r->host);
	r->port = to->port;
	r->path = xasprintf("%s%s", to->prefix, path);
	for (s = r->path; *s != '\0'; s++)
		if (!is_url_byte((unsigned char)*s))
			r->broken = true;
	if (r->path[0] != '/')
		r->broken = true;
}

void wire_request_release(struct wire_request *r)
{
	size_t i;

	for (i = 0; i < r->header_count; i++) {
		free(r->headers[i].name);
		free(r->headers[i].value);
	}
	free(r->headers);
	free(r->path);
	buf_release(&r->body);
	memset(r, 0, sizeof *r);
}

static bool is_header_safe(const char *s, bool is_name)
{
	if (is_name && *s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > 0x7E || c < (is_name ? 0x21 : 0x20) || (is_name && c == ':'))
			return false;
	}
	return true;
}

void wire_request_header(struct wire_request *r, const char *name, const char *value)
{
	size_t i;

	if (!is_header_safe(name, true) || !is_header_safe(value, false)) {
		r->broken = true;
		return;
	}
	for (i = 0; i < r->header_count; i++) {
		if (strcasecmp(r->headers[i].name, name) == 0) {
			free(r->headers[i].value);
			r->headers[i].value = xstrdup(value);
			return;
		}
	}
	if (r->header_count == WIRE_HEADERS_MAX) {
		r->broken = true;
		return;
	}
	r->headers = xreallocarray(r->headers, r->header_count + 1, sizeof *r->headers);
	r->headers[r->header_count++] = (struct wire_header){xstrdup(name), xstrdup(value)};
}

static void copy_name(struct wire_request *r, char out[WIRE_REGION], const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n >= WIRE_REGION || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
		r->broken = true;
	else
		memcpy(out, name, n + 1);
}

void wire_request_sign_for(struct wire_request *r, const char *service, const char *region)
{
	copy_name(r, r->sign_service, service);
	copy_name(r, r->sign_region, region);
}

const char *wire_request_get(const struct wire_request *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->header_count; i++)
		if (strcasecmp(r->headers[i].name, name) == 0)
			return r->headers[i].value;
	return NULL;
}

void wire_request_authority(const struct wire_request *r, char *out, size_t room)
{
	bool is_v6 = strchr(r->host, ':') != NULL;
	bool is_usual = r->port == (r->is_plain ? 80 : 443);
	char port[8] = "";

	if (!is_usual)
		snprintf(port, sizeof port, ":%u", (unsigned)r->port);
	snprintf(out, room, "%s%s%s%s", is_v6 ? "[" : "", r->host, is_v6 ? "]" : "", port);
}

void wire_request_url(const struct wire_request *r, struct buf *out)
{
	char authority[WIRE_HOST + 16];

	wire_request_authority(r, authority, sizeof authority);
	buf_adds(out, r->is_plain ? "http://" : "https://");
	buf_adds(out, authority);
	buf_adds(out, r->path);
}

bool wire_request_is_sound(const struct wire_request *r)
{
	return !r->broken && !r->body.over && r->path != NULL;
}

void wire_percent(struct buf *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (isalnum(c) || (c != '\0' && strchr("-._~", c) != NULL))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}
