/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canonical request -> its hash in the string to sign -> an HMAC under the day's
 * key. Sorting is by bytes of what is written, so each part is written first and
 * its pieces are sorted as slices of one buffer. */
#include "wire/sigv4.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/memory.h"

void sigv4_time(int64_t now_us, char out[SIGV4_TIME])
{
	time_t at = (time_t)(now_us / 1000000);
	struct tm tm;

	if (now_us < 0 || gmtime_r(&at, &tm) == NULL || strftime(out, SIGV4_TIME, "%Y%m%dT%H%M%SZ", &tm) == 0)
		memcpy(out, "19700101T000000Z", SIGV4_TIME);
}

bool sigv4_is_signed(const char *name)
{
	static const char *const left_out[] = {"authorization", "connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding",
		"upgrade", "user-agent", "x-amzn-trace-id"};
	size_t i;

	for (i = 0; i < LENGTH(left_out); i++)
		if (strcasecmp(left_out[i], name) == 0)
			return false;
	return strncasecmp(name, "proxy-", 6) != 0;
}

static bool is_unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

static void put_byte(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789ABCDEF";

	if (is_unreserved(c)) {
		buf_addc(out, (char)c);
		return;
	}
	buf_addc(out, '%');
	buf_addc(out, digits[c >> 4]);
	buf_addc(out, digits[c & 15]);
}

/* --- the path ------------------------------------------------------------- */

static void put_segment(struct buf *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		put_byte(out, (unsigned char)s.p[i]);
}

/* Back to before the last "/name" that was written. */
static void drop_segment(struct buf *out, size_t from)
{
	while (out->len > from && out->p[out->len - 1] != '/')
		out->len--;
	if (out->len > from)
		out->len--;
}

static void put_path(const struct sigv4_ask *a, struct slice path, struct buf *out)
{
	size_t from = out->len, i = 0;
	bool ends_open = true;	/* with a slash */

	while (i < path.len) {
		struct slice s;
		size_t start = ++i;	/* after the slash */

		while (i < path.len && path.p[i] != '/')
			i++;
		s = slice_make(path.p + start, i - start);
		ends_open = s.len == 0 || slice_is(s, ".") || slice_is(s, "..");
		if (a->keep_path || !ends_open) {
			buf_addc(out, '/');
			put_segment(out, s);
			ends_open = false;
		} else if (slice_is(s, "..")) {
			drop_segment(out, from);
		}
	}
	if (ends_open)
		buf_addc(out, '/');
}

/* --- the query ------------------------------------------------------------ */

struct pair {
	size_t key, key_len, value, value_len;	/* places in the text they were written to */
};

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void put_decoded(struct buf *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		int high = s.p[i] == '%' && i + 2 < s.len ? nibble(s.p[i + 1]) : -1, low = high >= 0 ? nibble(s.p[i + 2]) : -1;

		if (low >= 0) {
			put_byte(out, (unsigned char)(high << 4 | low));
			i += 2;
		} else {
			put_byte(out, (unsigned char)s.p[i]);
		}
	}
}

static int compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	return order != 0 ? order : (a_len > b_len) - (a_len < b_len);
}

static int compare_pairs(const char *text, const struct pair *a, const struct pair *b)
{
	int order = compare_bytes(text + a->key, a->key_len, text + b->key, b->key_len);

	return order != 0 ? order : compare_bytes(text + a->value, a->value_len, text + b->value, b->value_len);
}

/* Few pieces, mostly in order already: by insertion. */
static void sort_pairs(const char *text, struct pair *pair, size_t count)
{
	size_t i, k;

	for (i = 1; i < count; i++) {
		struct pair one = pair[i];

		for (k = i; k > 0 && compare_pairs(text, &pair[k - 1], &one) > 0; k--)
			pair[k] = pair[k - 1];
		pair[k] = one;
	}
}

static void put_query(struct slice query, struct buf *out)
{
	struct pair *pair = NULL;
	struct buf text;
	size_t count = 0, i = 0, k;

	buf_init(&text, 0);
	buf_addc(&text, ' ');	/* so that it is never NULL */
	while (i < query.len) {
		size_t start = i, equals;
		struct pair one;

		while (i < query.len && query.p[i] != '&')
			i++;
		for (equals = start; equals < i && query.p[equals] != '='; equals++)
			continue;
		one.key = text.len;
		put_decoded(&text, slice_make(query.p + start, equals - start));
		one.key_len = text.len - one.key;
		one.value = text.len;
		if (equals < i)
			put_decoded(&text, slice_make(query.p + equals + 1, i - equals - 1));
		one.value_len = text.len - one.value;
		if (i++ > start) {
			pair = xreallocarray(pair, count + 1, sizeof *pair);
			pair[count++] = one;
		}
	}
	sort_pairs(text.p, pair, count);
	for (k = 0; k < count; k++) {
		buf_adds(out, k > 0 ? "&" : "");
		buf_add(out, text.p + pair[k].key, pair[k].key_len);
		buf_addc(out, '=');
		buf_add(out, text.p + pair[k].value, pair[k].value_len);
	}
	free(pair);
	buf_release(&text);
}

/* --- headers -------------------------------------------------------------- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int compare_names(struct slice a, struct slice b)
{
	size_t i, n = a.len < b.len ? a.len : b.len;

	for (i = 0; i < n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return (unsigned char)lower(a.p[i]) < (unsigned char)lower(b.p[i]) ? -1 : 1;
	return (a.len > b.len) - (a.len < b.len);
}

/* By name; equal names stay in the order they came in. The caller frees. */
static size_t *sorted(const struct sigv4_ask *a)
{
	size_t *at = xcalloc(a->field_count + 1, sizeof *at), i, k;

	for (i = 0; i < a->field_count; i++) {
		for (k = i; k > 0 && compare_names(a->field[at[k - 1]].name, a->field[i].name) > 0; k--)
			at[k] = at[k - 1];
		at[k] = i;
	}
	return at;
}

static bool is_first(const struct sigv4_ask *a, const size_t *at, size_t i)
{
	return i == 0 || compare_names(a->field[at[i - 1]].name, a->field[at[i]].name) != 0;
}

static void put_name(struct slice name, struct buf *out)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		buf_addc(out, lower(name.p[i]));
}

static void put_value(struct slice v, struct buf *out)
{
	size_t i;

	while (v.len > 0 && is_blank(v.p[v.len - 1]))
		v.len--;
	for (i = 0; i < v.len && is_blank(v.p[i]); i++)
		continue;
	for (; i < v.len; i++) {
		if (!is_blank(v.p[i]))
			buf_addc(out, v.p[i]);
		else if (!is_blank(v.p[i - 1]))
			buf_addc(out, ' ');
	}
}

static void put_signed_names(const struct sigv4_ask *a, const size_t *at, struct buf *out)
{
	size_t i;

	for (i = 0; i < a->field_count; i++) {
		if (!is_first(a, at, i))
			continue;
		buf_adds(out, i > 0 ? ";" : "");
		put_name(a->field[at[i]].name, out);
	}
}

static void put_fields(const struct sigv4_ask *a, const size_t *at, struct buf *out)
{
	size_t i;

	for (i = 0; i < a->field_count; i++) {
		if (is_first(a, at, i)) {
			buf_adds(out, i > 0 ? "\n" : "");
			put_name(a->field[at[i]].name, out);
			buf_addc(out, ':');
		} else {
			buf_addc(out, ',');
		}
		put_value(a->field[at[i]].value, out);
	}
	buf_addc(out, '\n');
}

/* --- the steps ------------------------------------------------------------ */

void sigv4_canonical(const struct sigv4_ask *a, struct buf *out)
{
	const char *mark = a->target.len > 0 ? memchr(a->target.p, '?', a->target.len) : NULL;
	size_t path_len = mark != NULL ? (size_t)(mark - a->target.p) : a->target.len, *at = sorted(a);
	struct hash body = hash_slice(a->body);
	char hex[HASH_HEX];

	buf_add_slice(out, a->method);
	buf_addc(out, '\n');
	put_path(a, slice_make(a->target.p, path_len), out);
	buf_addc(out, '\n');
	if (mark != NULL)
		put_query(slice_make(mark + 1, a->target.len - path_len - 1), out);
	buf_addc(out, '\n');
	put_fields(a, at, out);
	buf_addc(out, '\n');
	put_signed_names(a, at, out);
	buf_addc(out, '\n');
	hash_to_hex(&body, hex);
	buf_adds(out, hex);
	free(at);
}

static void put_scope(const struct sigv4_ask *a, struct buf *out)
{
	buf_addf(out, "%.8s/%s/%s/aws4_request", a->time, a->region, a->service);
}

void sigv4_to_sign(const struct sigv4_ask *a, struct slice canonical, struct buf *out)
{
	struct hash h = hash_slice(canonical);
	char hex[HASH_HEX];

	hash_to_hex(&h, hex);
	buf_addf(out, "AWS4-HMAC-SHA256\n%s\n", a->time);
	put_scope(a, out);
	buf_addf(out, "\n%s", hex);
}

void sigv4_derive(struct slice with_prefix, const struct sigv4_ask *a, uint8_t out[HASH_BYTES])
{
	struct hash day = hmac_sha256(with_prefix.p, with_prefix.len, a->time, 8);
	struct hash region = hmac_sha256(day.b, HASH_BYTES, a->region, strlen(a->region));
	struct hash service = hmac_sha256(region.b, HASH_BYTES, a->service, strlen(a->service));
	struct hash key = hmac_sha256(service.b, HASH_BYTES, "aws4_request", 12);

	memcpy(out, key.b, HASH_BYTES);
	explicit_bzero(&day, sizeof day);
	explicit_bzero(&region, sizeof region);
	explicit_bzero(&service, sizeof service);
	explicit_bzero(&key, sizeof key);
}

void sigv4_authorization(const struct sigv4_ask *a, const uint8_t key[HASH_BYTES], struct slice access_key_id, struct buf *out)
{
	size_t *at = sorted(a);
	struct buf canonical, text;
	struct hash h;
	char hex[HASH_HEX];

	buf_init(&canonical, 0);
	buf_init(&text, 0);
	sigv4_canonical(a, &canonical);
	sigv4_to_sign(a, buf_slice(&canonical), &text);
	h = hmac_sha256(key, HASH_BYTES, text.p, text.len);
	hash_to_hex(&h, hex);
	buf_adds(out, "AWS4-HMAC-SHA256 Credential=");
	buf_add_slice(out, access_key_id);
	buf_addc(out, '/');
	put_scope(a, out);
	buf_adds(out, ", SignedHeaders=");
	put_signed_names(a, at, out);
	buf_addf(out, ", Signature=%s", hex);
	free(at);
	buf_release(&canonical);
	buf_release(&text);
}
