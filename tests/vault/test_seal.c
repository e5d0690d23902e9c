/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "fixture.h"
#include "wire/request.h"

#define KEY "sk-practice-0123456789abcdef"

static const struct seal_name one = {.workspace = WORKSPACE, .kind = "key", .id = 1, .version = 1, .host = "api.example.com"};

static struct sealed seal(struct vault *v, const struct seal_name *name, enum sealed_kind kind, const char *text)
{
	struct secret *s = fixture_secret(text);
	struct sealed out;
	struct err e = {0};

	check_ok(vault_seal(v, name, kind, s, &out, &e), &e);
	secret_free(s);
	return out;
}

static void make_request(struct wire_request *r, const char *url)
{
	struct wire_url to;
	struct err e = {0};

	check_ok(wire_url_parse(url, &to, &e), &e);
	wire_request_init(r, "POST", &to, "/v1/messages");
}

/* Authorise for api.example.com; the line that came out is compared, if any. */
static enum err_code authorise(struct vault *v, const struct seal_name *name, const struct sealed *s, const char *wanted)
{
	struct wire_request r;
	struct header h;
	struct err e = {0};
	enum err_code rc;

	make_request(&r, "https://api.example.com");
	rc = vault_authorise(v, name, s, "api.example.com", &r, BORN, &h, &e);
	if (rc == ERR_OK) {
		assert_int_equal(h.count, 1);
		assert_true(memory_secure_holds(h.line[0]->p));
		if (wanted != NULL)
			assert_string_equal(h.line[0]->p, wanted);
	} else {
		assert_int_equal(h.count, 0);
		assert_null(strstr(e.text, KEY));
	}
	header_release(&h);
	assert_null(h.line[0]);
	wire_request_release(&r);
	return rc;
}

static void test_a_key_becomes_its_header(void **state)
{
	struct fixture *f = *state;
	struct sealed a = seal(f->v, &one, SEALED_X_API_KEY, KEY), b = seal(f->v, &one, SEALED_BEARER, KEY), c = seal(f->v, &one, SEALED_API_KEY, KEY);

	assert_int_equal(authorise(f->v, &one, &a, "x-api-key: " KEY), ERR_OK);
	assert_int_equal(authorise(f->v, &one, &b, "authorization: Bearer " KEY), ERR_OK);
	assert_int_equal(authorise(f->v, &one, &c, "api-key: " KEY), ERR_OK);
}

static void test_I5_what_is_sealed_does_not_show(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY), again = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	uint8_t blob[SEALED_BLOB_MAX];
	size_t n = sealed_encode(&s, blob), i;

	for (i = 0; i + 4 <= strlen(KEY); i++)
		assert_null(memmem(blob, n, &KEY[i], 4));
	/* a new nonce each time */
	assert_memory_not_equal(s.nonce, again.nonce, SEALED_NONCE);
	assert_memory_not_equal(s.text, again.text, s.len);
}

static void test_a_blob_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_BEARER, KEY), back;
	uint8_t blob[SEALED_BLOB_MAX];
	struct err e = {0};
	size_t n = sealed_encode(&s, blob);

	check_ok(sealed_decode(&back, blob, n, &e), &e);
	assert_int_equal(authorise(f->v, &one, &back, "authorization: Bearer " KEY), ERR_OK);
}

static void test_R11_every_flipped_bit_of_a_record_is_refused(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY), back;
	uint8_t blob[SEALED_BLOB_MAX];
	struct err e = {0};
	size_t n = sealed_encode(&s, blob), bit;

	for (bit = 0; bit < 8 * n; bit++) {
		enum err_code rc;

		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		rc = sealed_decode(&back, blob, n, &e);
		if (rc == ERR_OK)
			rc = authorise(f->v, &one, &back, NULL);
		if (rc != ERR_PROTO && rc != ERR_AUTH)
			fail_msg("bit %zu gave %s", bit, err_name(rc));
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (bit = 0; bit < n; bit++)
		check_code(sealed_decode(&back, blob, bit, &e), ERR_PROTO, &e);
}

static void test_R12_a_record_does_not_open_as_another(void **state)
{
	static const struct seal_name others[] = {
		{.workspace = "w-other", .kind = "key", .id = 1, .version = 1, .host = "api.example.com"},
		{.workspace = WORKSPACE, .kind = "connector", .id = 1, .version = 1, .host = "api.example.com"},
		{.workspace = WORKSPACE, .kind = "ke", .id = 1, .version = 1, .host = "api.example.com"},
		{.workspace = WORKSPACE, .kind = "key", .id = 2, .version = 1, .host = "api.example.com"},
		{.workspace = WORKSPACE, .kind = "key", .id = 1, .version = 2, .host = "api.example.com"},
		{.workspace = WORKSPACE, .kind = "key", .id = -1, .version = 1, .host = "api.example.com"},
	};
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	size_t i;

	for (i = 0; i < LENGTH(others); i++)
		assert_int_equal(authorise(f->v, &others[i], &s, NULL), ERR_AUTH);
	assert_int_equal(authorise(f->v, &one, &s, NULL), ERR_OK);
}

static void test_R12_thousands_of_swapped_rows_stay_shut(void **state)
{
	struct fixture *f = *state;
	struct seal_name here = one, there = one;
	int i, j;

	for (i = 0; i < 40; i++) {
		struct sealed s;

		here.id = i / 5;
		here.version = i % 5;
		s = seal(f->v, &here, SEALED_BEARER, KEY);
		for (j = 0; j < 40; j++) {
			there.id = j / 5;
			there.version = j % 5;
			assert_int_equal(authorise(f->v, &there, &s, NULL), i == j ? ERR_OK : ERR_AUTH);
		}
	}
}

static void test_R12_another_workspaces_vault_opens_nothing(void **state)
{
	struct fixture *f = *state;
	char *path = xasprintf("%s/other.key", f->folder);
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	struct vault *v = NULL;
	struct err e = {0};

	/* the same name, id and passphrase, but another root */
	check_ok(vault_create_at_cost(path, WORKSPACE, "ana", TEXT(PASS), BORN, VAULT_COST_TEST, &e), &e);
	check_ok(vault_open_at_cost(&v, path, TEXT(PASS), VAULT_COST_TEST, &e), &e);
	assert_int_equal(authorise(v, &one, &s, NULL), ERR_AUTH);
	vault_close(v);
	unlink(path);
	free(path);
}

static void test_I5_a_key_goes_to_its_own_host_only(void **state)
{
	static const struct {
		const char *bound, *asked, *url;
		enum err_code wanted;
	} cases[] = {
		{"api.example.com", "api.example.com", "https://api.example.com", ERR_OK},
		{"api.example.com", "evil.example.net", "https://evil.example.net", ERR_AUTH},	/* the base URL was changed */
		{"api.example.com", "api.example.com", "https://evil.example.net", ERR_AUTH},	/* the request was */
		{"evil.example.net", "evil.example.net", "https://evil.example.net", ERR_AUTH},	/* and the row too: the seal says no */
		{"api.example.com", "api.example.com", "https://api.example.com.evil.example.net", ERR_AUTH},
		{"", "", "https://api.example.com", ERR_AUTH},
	};
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	size_t i;

	for (i = 0; i < LENGTH(cases); i++) {
		struct seal_name name = one;
		struct wire_request r;
		struct header h;
		struct err e = {0};

		name.host = cases[i].bound;
		make_request(&r, cases[i].url);
		check_code(vault_authorise(f->v, &name, &s, cases[i].asked, &r, BORN, &h, &e), cases[i].wanted, &e);
		assert_int_equal(h.count, cases[i].wanted == ERR_OK);
		header_release(&h);
		wire_request_release(&r);
	}
}

static void test_I5_a_key_travels_in_clear_to_loopback_only(void **state)
{
	static const struct seal_name home = {.workspace = WORKSPACE, .kind = "key", .id = 1, .version = 1, .host = "127.0.0.1"};
	struct fixture *f = *state;
	struct sealed near = seal(f->v, &home, SEALED_X_API_KEY, KEY), far = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	struct wire_request r;
	struct header h;
	struct err e = {0};

	make_request(&r, "http://127.0.0.1:8080");
	check_ok(vault_authorise(f->v, &home, &near, "127.0.0.1", &r, BORN, &h, &e), &e);
	header_release(&h);
	wire_request_release(&r);

	make_request(&r, "https://api.example.com");
	r.is_plain = true;	/* what no parser lets through, had somebody set it */
	check_code(vault_authorise(f->v, &one, &far, "api.example.com", &r, BORN, &h, &e), ERR_AUTH, &e);
	wire_request_release(&r);
}

static void test_a_key_with_a_line_break_is_not_taken(void **state)
{
	static const char *const bad[] = {"sk-a\r\nx-evil: 1", "sk a", "sk-\x7f", "sk-\xc3\xa9", ""};
	struct fixture *f = *state;
	struct err e = {0};
	size_t i;

	for (i = 0; i < LENGTH(bad); i++) {
		struct secret *s = fixture_secret(bad[i]);
		struct sealed out;

		check_code(vault_seal(f->v, &one, SEALED_X_API_KEY, s, &out, &e), ERR_USAGE, &e);
		check_code(vault_seal(f->v, &one, SEALED_BEARER, s, &out, &e), ERR_USAGE, &e);
		secret_free(s);
	}
}

/* R7: the way to the vendor (proxy, certificates, base URL) is bound as the host is. */
static void test_R7_a_key_does_not_open_for_another_route(void **state)
{
	struct fixture *f = *state;
	struct seal_name routed = one, other;
	struct secret *s = fixture_secret(KEY);
	char fingerprint[VAULT_FINGERPRINT];
	struct sealed sealed, plain;
	struct err e = {0};

	routed.has_route = true;
	routed.route = hash_slice(slice_of("https://api.example.com, no proxy"));
	check_ok(vault_seal(f->v, &routed, SEALED_X_API_KEY, s, &sealed, &e), &e);
	check_ok(vault_sealed_fingerprint(f->v, &routed, &sealed, fingerprint, &e), &e);
	other = routed;
	other.route = hash_slice(slice_of("https://api.example.com, http://127.0.0.1:1"));
	check_code(vault_sealed_fingerprint(f->v, &other, &sealed, fingerprint, &e), ERR_AUTH, &e);
	/* neither may be taken for the other, whatever the caller or the record says */
	check_code(vault_sealed_fingerprint(f->v, &one, &sealed, fingerprint, &e), ERR_AUTH, &e);
	sealed.format = 1;
	check_code(vault_sealed_fingerprint(f->v, &one, &sealed, fingerprint, &e), ERR_AUTH, &e);
	check_ok(vault_seal(f->v, &one, SEALED_X_API_KEY, s, &plain, &e), &e);
	plain.format = 2;
	check_code(vault_sealed_fingerprint(f->v, &routed, &plain, fingerprint, &e), ERR_AUTH, &e);
	secret_free(s);
}

static void test_a_key_without_a_host_is_not_taken(void **state)
{
	struct fixture *f = *state;
	struct seal_name nowhere = one;
	struct secret *s = fixture_secret(KEY);
	struct sealed out;
	struct err e = {0};

	nowhere.host = "";
	check_code(vault_seal(f->v, &nowhere, SEALED_X_API_KEY, s, &out, &e), ERR_USAGE, &e);
	secret_free(s);
}

/* --- connectors' secrets ----------------------------------------------------- */

static const struct seal_name mail = {.workspace = WORKSPACE, .kind = "connector", .id = 4, .version = 1, .host = ""};

static void test_a_connectors_secret_goes_down_its_pipe(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &mail, SEALED_CONNECTOR, "imap pass\nword");
	struct err e = {0};
	char got[64] = "";
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	check_ok(vault_deliver(f->v, &mail, &s, ends[1], &e), &e);
	close(ends[1]);
	assert_int_equal(read(ends[0], got, sizeof got), 14);
	assert_memory_equal(got, "imap pass\nword", 14);
	close(ends[0]);
}

static void test_I5_no_vendor_key_is_ever_delivered(void **state)
{
	static const enum sealed_kind kinds[] = {SEALED_X_API_KEY, SEALED_BEARER, SEALED_AWS_PAIR, SEALED_API_KEY};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < LENGTH(kinds); i++) {
		struct sealed s = seal(f->v, &one, kinds[i], KEY);
		struct header h;
		struct err e = {0};
		char got[8];
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		check_code(vault_deliver(f->v, &one, &s, ends[1], &e), ERR_AUTH, &e);
		check_code(vault_environ(f->v, &one, &s, "TOKEN", &h, &e), ERR_AUTH, &e);
		/* nor when the row's kind is changed: it is part of the seal */
		s.kind = SEALED_CONNECTOR;
		check_code(vault_deliver(f->v, &one, &s, ends[1], &e), ERR_AUTH, &e);
		close(ends[1]);
		assert_int_equal(read(ends[0], got, sizeof got), 0);
		close(ends[0]);
	}
}

#include "data/sigv4/own.inc"

static enum err_code sign(struct vault *v, const char *pair, size_t i, bool has_service, struct header *h, struct err *e)
{
	static const struct seal_name aws = {.workspace = WORKSPACE, .kind = "key", .id = 9, .version = 1, .host = "bedrock-runtime.eu-west-3.amazonaws.com"};
	struct sealed s = seal(v, &aws, SEALED_AWS_PAIR, pair);
	struct wire_request r;
	struct wire_url to;
	enum err_code rc;

	check_ok(wire_url_parse("https://bedrock-runtime.eu-west-3.amazonaws.com", &to, e), e);
	wire_request_init(&r, "POST", &to, own[i].target);
	wire_request_header(&r, "content-type", "application/json");
	wire_request_header(&r, "user-agent", "not signed");
	buf_adds(&r.body, own[i].body);
	if (has_service)
		wire_request_sign_for(&r, "bedrock", "eu-west-3");
	rc = vault_authorise(v, &aws, &s, aws.host, &r, INT64_C(1795425300) * 1000000, h, e);
	wire_request_release(&r);
	return rc;
}

static void test_a_pair_signs_the_request(void **state)
{
	static const char *const pairs[] = {
		"{\"access_key_id\":\"AKIAOWNCASE123456789\",\"secret_access_key\":\"ownsecret/0123456789+abcdefghijklmnopq\"}",
		"{\"access_key_id\":\"AKIAOWNCASE123456789\",\"secret_access_key\":\"ownsecret/0123456789+abcdefghijklmnopq\",\"session_token\":\"own-token/1+2==\"}"};
	struct fixture *f = *state;
	struct header h;
	struct err e = {0};
	size_t i;

	for (i = 0; i < 2 * LENGTH(own); i++) {		/* the second time with the key of the day that was kept */
		size_t k = i % LENGTH(own);

		check_ok(sign(f->v, pairs[own[k].has_token], k, true, &h, &e), &e);
		assert_int_equal(h.count, own[k].has_token ? 3 : 2);
		assert_int_equal(strncmp(h.line[0]->p, "authorization: ", 15), 0);
		assert_string_equal(h.line[0]->p + 15, own[k].wanted);
		assert_string_equal(h.line[1]->p, "x-amz-date: 20261123T091500Z");
		if (own[k].has_token)
			assert_string_equal(h.line[2]->p, "x-amz-security-token: own-token/1+2==");
		header_release(&h);
	}
	/* another secret is another signature, whatever was kept */
	check_ok(sign(f->v, "{\"access_key_id\":\"AKIAOWNCASE123456789\",\"secret_access_key\":\"other\"}", 0, true, &h, &e), &e);
	assert_string_not_equal(h.line[0]->p + 15, own[0].wanted);
	header_release(&h);
	check_code(sign(f->v, pairs[0], 0, false, &h, &e), ERR_AUTH, &e);
	check_code(sign(f->v, "{\"access_key_id\":\"A\"}", 0, true, &h, &e), ERR_PROTO, &e);
	check_code(sign(f->v, "no json", 0, true, &h, &e), ERR_PROTO, &e);
	assert_int_equal(h.count, 0);
}

static void test_a_connectors_secret_is_no_header(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_CONNECTOR, KEY);

	assert_int_equal(authorise(f->v, &one, &s, NULL), ERR_AUTH);
}

static void test_a_granted_variable_is_one_line(void **state)
{
	static const char *const bad[] = {"", "A=B", "1A", "A B", "LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_LONG_"};
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &mail, SEALED_CONNECTOR, "t0ken");
	struct header h;
	struct err e = {0};
	size_t i;

	check_ok(vault_environ(f->v, &mail, &s, "SERVICE_TOKEN", &h, &e), &e);
	assert_string_equal(h.line[0]->p, "SERVICE_TOKEN=t0ken");
	header_release(&h);
	for (i = 0; i < LENGTH(bad); i++)
		check_code(vault_environ(f->v, &mail, &s, bad[i], &h, &e), ERR_USAGE, &e);
}

/* --- fingerprints and MACs ----------------------------------------------------- */

static void test_a_fingerprint_names_a_key_without_a_character_of_it(void **state)
{
	struct fixture *f = *state;
	struct secret *a = fixture_secret("aaaaaaaa"), *b = fixture_secret("aaaaaaab");
	char one_print[VAULT_FINGERPRINT], same[VAULT_FINGERPRINT], other[VAULT_FINGERPRINT];
	struct hash plain = hash_bytes("aaaaaaaa", 8);
	char hex[HASH_HEX];

	vault_fingerprint(f->v, a, one_print);
	vault_fingerprint(f->v, a, same);
	vault_fingerprint(f->v, b, other);
	assert_int_equal(strlen(one_print), 8);
	assert_string_equal(one_print, same);
	assert_string_not_equal(one_print, other);
	/* keyed: not what anybody could compute from a guess */
	hash_to_hex(&plain, hex);
	assert_memory_not_equal(one_print, hex, 8);
	secret_free(a);
	secret_free(b);
}

static void test_I1_a_signature_holds_for_its_bytes_and_purpose_only(void **state)
{
	struct fixture *f = *state;
	struct hash mac;
	struct err e = {0};
	int p, bit;

	check_ok(vault_mac(f->v, VAULT_DECISION, "approve A7", 10, &mac, &e), &e);
	check_ok(vault_mac_check(f->v, VAULT_DECISION, "approve A7", 10, &mac, &e), &e);
	check_code(vault_mac_check(f->v, VAULT_DECISION, "approve A8", 10, &mac, &e), ERR_AUTH, &e);
	check_code(vault_mac_check(f->v, VAULT_DECISION, "approve A7", 9, &mac, &e), ERR_AUTH, &e);
	for (p = 0; p < VAULT_PURPOSES; p++)
		check_code(vault_mac_check(f->v, (enum vault_purpose)p, "approve A7", 10, &mac, &e), p == VAULT_DECISION ? ERR_OK : ERR_AUTH, &e);
	for (bit = 0; bit < HASH_BYTES * 8; bit++) {
		struct hash bad = mac;

		bad.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		check_code(vault_mac_check(f->v, VAULT_DECISION, "approve A7", 10, &bad, &e), ERR_AUTH, &e);
	}
}

static void test_I1_signatures_survive_closing_and_opening(void **state)
{
	struct fixture *f = *state;
	struct vault *v = fixture_open(f->path, PASS, ERR_OK);
	struct hash mac;
	struct err e = {0};

	check_ok(vault_mac(f->v, VAULT_RULE, "r", 1, &mac, &e), &e);
	check_ok(vault_mac_check(v, VAULT_RULE, "r", 1, &mac, &e), &e);
	vault_close(v);
}

static void test_a_locked_vault_does_nothing(void **state)
{
	struct fixture *f = *state;
	struct sealed s = seal(f->v, &one, SEALED_X_API_KEY, KEY);
	struct secret *value = fixture_secret(KEY);
	struct hash mac;
	struct err e = {0};

	assert_int_equal(authorise(NULL, &one, &s, NULL), ERR_LOCKED);
	check_code(vault_seal(NULL, &one, SEALED_X_API_KEY, value, &s, &e), ERR_LOCKED, &e);
	check_code(vault_deliver(NULL, &mail, &s, -1, &e), ERR_AUTH, &e);
	check_code(vault_mac(NULL, VAULT_PIN, "x", 1, &mac, &e), ERR_LOCKED, &e);
	check_code(vault_mac_check(NULL, VAULT_PIN, "x", 1, &mac, &e), ERR_LOCKED, &e);
	secret_free(value);
}

#define with_vault(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_vault(test_a_key_becomes_its_header),
		with_vault(test_I5_what_is_sealed_does_not_show),
		with_vault(test_a_blob_comes_back_as_it_was),
		with_vault(test_R11_every_flipped_bit_of_a_record_is_refused),
		with_vault(test_R12_a_record_does_not_open_as_another),
		with_vault(test_R12_thousands_of_swapped_rows_stay_shut),
		with_vault(test_R12_another_workspaces_vault_opens_nothing),
		with_vault(test_I5_a_key_goes_to_its_own_host_only),
		with_vault(test_I5_a_key_travels_in_clear_to_loopback_only),
		with_vault(test_a_key_with_a_line_break_is_not_taken),
		with_vault(test_R7_a_key_does_not_open_for_another_route),
		with_vault(test_a_key_without_a_host_is_not_taken),
		with_vault(test_a_connectors_secret_goes_down_its_pipe),
		with_vault(test_a_pair_signs_the_request),
		with_vault(test_I5_no_vendor_key_is_ever_delivered),
		with_vault(test_a_connectors_secret_is_no_header),
		with_vault(test_a_granted_variable_is_one_line),
		with_vault(test_a_fingerprint_names_a_key_without_a_character_of_it),
		with_vault(test_I1_a_signature_holds_for_its_bytes_and_purpose_only),
		with_vault(test_I1_signatures_survive_closing_and_opening),
		with_vault(test_a_locked_vault_does_nothing),
	};

	return cmocka_run_group_tests(tests, fixture_lock_memory, NULL);
}
