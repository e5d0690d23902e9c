/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/sigv4.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"

#define ALGORITHM "AWS4-HMAC-SHA256"
#define TIME_LEN 16	/* 20261126T120000Z */

static bool no(struct aws_no *n, int status, const char *type, const char *fmt, ...) PRINTF_LIKE(4, 5);
static bool no(struct aws_no *n, int status, const char *type, const char *fmt, ...)
{
	va_list ap;

	n->status = status;
	n->type = type;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	return false;
}

/* --- the canonical request --------------------------------------------------------- */

static void add_encoded(struct buf *out, struct slice s, const char *kept)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c != 0 && (strchr(plain, c) != NULL || strchr(kept, c) != NULL))
			buf_addc(out, (char)c);
		else
			buf_addf(out, "%%%02X", c);
	}
}

/* "." and ".." and empty parts are taken out; what is left is encoded as it stands. */
static void add_path(struct buf *out, struct slice path)
{
	struct slice part[256];
	size_t n = 0, i = 0, start;

	while (i < path.len && n < LENGTH(part)) {
		while (i < path.len && path.p[i] == '/')
			i++;
		for (start = i; i < path.len && path.p[i] != '/'; i++)
			;
		part[n] = slice_make(path.p + start, i - start);
		if (slice_is(part[n], ".."))
			n = n > 0 ? n - 1 : 0;
		else if (part[n].len > 0 && !slice_is(part[n], "."))
			n++;
	}
	for (i = 0; i < n; i++) {
		buf_addc(out, '/');
		add_encoded(out, part[i], "");
	}
	if (n == 0 || path.p[path.len - 1] == '/')
		buf_addc(out, '/');
}

static void add_decoded(struct buf *out, struct slice s)
{
	size_t i, n;
	char c;

	for (i = 0; i < s.len; i++)
		if (s.p[i] == '%' && i + 2 < s.len && hex_decode(slice_make(s.p + i + 1, 2), &c, 1, &n)) {
			buf_addc(out, c);
			i += 2;
		} else {
			buf_addc(out, s.p[i]);
		}
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "key=value", both decoded and encoded anew; sorted. A byte below every other
 * stands for "=" while sorting, so that keys are compared before values. */
static void add_query(struct buf *out, struct slice query)
{
	char *pair[256];
	size_t n = 0, i = 0, start, eq, k;

	while (i < query.len && n < LENGTH(pair)) {
		struct buf one, plain;

		for (start = i; i < query.len && query.p[i] != '&'; i++)
			;
		for (eq = start; eq < i && query.p[eq] != '='; eq++)
			;
		buf_init(&one, 0);
		buf_init(&plain, 0);
		add_decoded(&plain, slice_make(query.p + start, eq - start));
		add_encoded(&one, buf_slice(&plain), "");
		buf_addc(&one, '\1');
		buf_clear(&plain);
		add_decoded(&plain, eq < i ? slice_make(query.p + eq + 1, i - eq - 1) : slice_of(""));
		add_encoded(&one, buf_slice(&plain), "");
		buf_release(&plain);
		if (i > start)
			pair[n++] = buf_take(&one);
		buf_release(&one);
		i++;
	}
	qsort(pair, n, sizeof *pair, by_bytes);
	for (k = 0; k < n; k++) {
		*strchr(pair[k], '\1') = '=';
		buf_addf(out, "%s%s", k > 0 ? "&" : "", pair[k]);
		free(pair[k]);
	}
}

/* Outer blanks go, inner runs become one. */
static void add_value(struct buf *out, const char *value)
{
	size_t start = out->len;

	for (; *value != '\0'; value++)
		if (*value != ' ' && *value != '\t')
			buf_addc(out, *value);
		else if (out->len > start && value[1 + strspn(value + 1, " \t")] != '\0' && value[1] != ' ' && value[1] != '\t')
			buf_addc(out, ' ');
}

static void add_headers(const struct request *q, const char *names, struct buf *out)
{
	const char *p = names;
	size_t n, i;

	for (; *p != '\0'; p += n + (p[n] == ';')) {
		bool is_first = true;

		n = strcspn(p, ";");
		buf_addf(out, "%.*s:", (int)n, p);
		for (i = 0; i < q->headers.n; i++)
			if (strlen(q->headers.h[i].name) == n && strncasecmp(q->headers.h[i].name, p, n) == 0) {
				if (!is_first)
					buf_addc(out, ',');
				add_value(out, q->headers.h[i].value);
				is_first = false;
			}
		buf_addc(out, '\n');
	}
}

void sigv4_canonical(const struct request *q, const char *names, struct buf *out)
{
	size_t path = strcspn(q->target, "?");
	struct hash body = hash_slice(q->body);
	char hex[HASH_HEX];

	buf_addf(out, "%s\n", q->method);
	add_path(out, slice_make(q->target, path));
	buf_addc(out, '\n');
	if (q->target[path] == '?')
		add_query(out, slice_of(q->target + path + 1));
	buf_addc(out, '\n');
	add_headers(q, names, out);
	hash_to_hex(&body, hex);
	buf_addf(out, "\n%s\n%s", names, hex);
}

/* --- the header --------------------------------------------------------------------- */

struct claim {
	char id[64], day[9], region[32], service[32], names[1024], signature[HASH_HEX];
};

static bool take(char *to, size_t room, const char *from, size_t n)
{
	if (n == 0 || n >= room)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

static bool take_member(const char *header, const char *name, char *to, size_t room)
{
	const char *p = strstr(header, name);

	return p != NULL && take(to, room, p + strlen(name), strcspn(p + strlen(name), ", "));
}

static bool read_claim(const char *header, struct claim *c)
{
	char scope[256], *part[5], *p = scope;
	size_t i;

	if (strncmp(header, ALGORITHM " ", sizeof ALGORITHM) != 0 || !take_member(header, "Credential=", scope, sizeof scope) ||
	    !take_member(header, "SignedHeaders=", c->names, sizeof c->names) || !take_member(header, "Signature=", c->signature, sizeof c->signature))
		return false;
	for (i = 0; i < 5; i++)
		part[i] = strsep(&p, "/");
	return p == NULL && part[4] != NULL && strcmp(part[4], "aws4_request") == 0 && take(c->id, sizeof c->id, part[0], strlen(part[0])) &&
	    take(c->day, sizeof c->day, part[1], strlen(part[1])) && take(c->region, sizeof c->region, part[2], strlen(part[2])) &&
	    take(c->service, sizeof c->service, part[3], strlen(part[3]));
}

static bool is_signed(const char *names, const char *name)
{
	size_t n = strlen(name);
	const char *p;

	for (p = names; (p = strstr(p, name)) != NULL; p += n)
		if ((p == names || p[-1] == ';') && (p[n] == ';' || p[n] == '\0'))
			return true;
	return false;
}

/* Names in lower case and in order; host and all of x-amz-* among them. */
static bool check_names(const struct request *q, const struct claim *c, struct aws_no *n)
{
	const char *last = NULL, *p;
	size_t last_len = 0, len, i;

	for (p = c->names; *p != '\0'; p += len + (p[len] == ';')) {
		len = strcspn(p, ";");
		if (last != NULL && slice_make(last, last_len).len > 0) {
			int order = strncmp(last, p, last_len < len ? last_len : len);

			if (order > 0 || (order == 0 && last_len >= len))
				return no(n, 403, "InvalidSignatureException", "SignedHeaders must be sorted and must not repeat a name.");
		}
		last = p;
		last_len = len;
	}
	if (!is_signed(c->names, "host"))
		return no(n, 403, "InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
	for (i = 0; i < q->headers.n; i++) {
		char *name = xstrdup(q->headers.h[i].name), *u;
		bool is_bad;

		for (u = name; *u != '\0'; u++)
			*u = (char)(*u >= 'A' && *u <= 'Z' ? *u + 32 : *u);
		is_bad = strncmp(name, "x-amz-", 6) == 0 && !is_signed(c->names, name);
		if (is_bad)
			no(n, 403, "InvalidSignatureException", "'%.60s' must be a 'SignedHeader' in the AWS Authorization.", name);
		free(name);
		if (is_bad)
			return false;
	}
	return true;
}

/* --- the time and the signature ------------------------------------------------------------ */

static bool read_time(const char *text, int64_t *out_us)
{
	char iso[32];

	if (text == NULL || strlen(text) != TIME_LEN || text[8] != 'T' || text[15] != 'Z')
		return false;
	snprintf(iso, sizeof iso, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6, text + 9, text + 11, text + 13);
	return date_parse(iso, out_us);
}

static void write_time(int64_t at_us, char out[TIME_LEN + 1])
{
	char iso[DATE_TEXT];

	date_rfc3339(at_us, iso);
	snprintf(out, TIME_LEN + 1, "%.4s%.2s%.2sT%.2s%.2s%.2sZ", iso, iso + 5, iso + 8, iso + 11, iso + 14, iso + 17);
}

static bool check_time(const struct request *q, const struct claim *c, struct aws_no *n)
{
	const char *text = headers_get(&q->headers, "x-amz-date");
	char now[TIME_LEN + 1], edge[TIME_LEN + 1];
	int64_t at;

	if (!read_time(text, &at))
		return no(n, 403, "IncompleteSignatureException", "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
	if (strncmp(text, c->day, 8) != 0)
		return no(n, 403, "InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.");
	write_time(q->now_us, now);
	write_time(at < q->now_us ? q->now_us - SIGV4_SKEW_US : q->now_us + SIGV4_SKEW_US, edge);
	if (at < q->now_us - SIGV4_SKEW_US)
		return no(n, 403, "InvalidSignatureException", "Signature expired: %s is now earlier than %s (%s - 5 min.)", text, edge, now);
	if (at > q->now_us + SIGV4_SKEW_US)
		return no(n, 403, "InvalidSignatureException", "Signature not yet current: %s is still later than %s (%s + 5 min.)", text, edge, now);
	return true;
}

static void sign(const struct claim *c, const char *secret, const char *time, struct slice canonical, char hex[HASH_HEX])
{
	const char *const steps[] = {c->day, c->region, c->service, "aws4_request"};
	char *first = xasprintf("AWS4%s", secret), *text, sum[HASH_HEX];
	struct hash h = hash_slice(canonical), k;
	size_t i;

	hash_to_hex(&h, sum);
	text = xasprintf(ALGORITHM "\n%s\n%s/%s/%s/aws4_request\n%s", time, c->day, c->region, c->service, sum);
	k = hmac_sha256(first, strlen(first), steps[0], strlen(steps[0]));
	for (i = 1; i < LENGTH(steps); i++)
		k = hmac_sha256(k.b, sizeof k.b, steps[i], strlen(steps[i]));
	k = hmac_sha256(k.b, sizeof k.b, text, strlen(text));
	hash_to_hex(&k, hex);
	free(text);
	free(first);
}

static const char *secret_of(const struct aws_pair *pair, const char *id)
{
	for (; pair->id != NULL; pair++)
		if (strcmp(pair->id, id) == 0)
			return pair->secret;
	return NULL;
}

static bool check_signature(const struct request *q, const struct claim *c, const char *secret, struct aws_no *n)
{
	const char *sum = headers_get(&q->headers, "x-amz-content-sha256");
	struct hash body = hash_slice(q->body);
	char hex[HASH_HEX];
	struct buf canonical;
	bool ok;

	hash_to_hex(&body, hex);
	if (sum != NULL && strcmp(sum, hex) != 0)
		return no(n, 403, "InvalidSignatureException", "The value of x-amz-content-sha256 is not the hash of the body.");
	buf_init(&canonical, 0);
	sigv4_canonical(q, c->names, &canonical);
	sign(c, secret, headers_get(&q->headers, "x-amz-date"), buf_slice(&canonical), hex);
	ok = strcmp(hex, c->signature) == 0;
	if (!ok)
		no(n, 403, "InvalidSignatureException",
		    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
		    "Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'%.400s'\n", buf_text(&canonical));
	buf_release(&canonical);
	return ok;
}

bool sigv4_check(const struct request *q, const struct aws_pair *pair, const char *service, const char *region, struct aws_caller *who, struct aws_no *n)
{
	const char *header = headers_get(&q->headers, "authorization"), *token = headers_get(&q->headers, "x-amz-security-token"), *secret;
	struct claim c = {0};

	if (header == NULL)
		return no(n, 403, "MissingAuthenticationTokenException", "Missing Authentication Token");
	if (!read_claim(header, &c))
		return no(n, 403, "IncompleteSignatureException", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.");
	if (strcmp(c.service, service) != 0)
		return no(n, 403, "InvalidSignatureException", "Credential should be scoped to correct service: '%s'.", service);
	if (region != NULL && strcmp(c.region, region) != 0)
		return no(n, 403, "InvalidSignatureException", "Credential should be scoped to a valid region.");
	secret = secret_of(pair, c.id);
	if (secret == NULL)
		return no(n, 403, "UnrecognizedClientException", "The security token included in the request is invalid.");
	if (token != NULL && strlen(token) >= 8 && strcmp(token + strlen(token) - 8, "-expired") == 0)
		return no(n, 403, "ExpiredTokenException", "The security token included in the request is expired");
	if (!check_names(q, &c, n) || !check_time(q, &c, n) || !check_signature(q, &c, secret, n))
		return false;
	snprintf(who->id, sizeof who->id, "%s", c.id);
	snprintf(who->region, sizeof who->region, "%s", c.region);
	snprintf(who->service, sizeof who->service, "%s", c.service);
	return true;
}
