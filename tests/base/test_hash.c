/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known answers: FIPS 180-4's examples, RFC 4231. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

static void check_hash(struct hash h, const char *wanted)
{
	char hex[HASH_HEX];

	hash_to_hex(&h, hex);
	assert_string_equal(hex, wanted);
}

static void test_sha256_known_answers(void **state)
{
	size_t n = 1000000;
	char *million = xmalloc(n);

	(void)state;
	check_hash(hash_bytes("", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_hash(hash_bytes(NULL, 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	check_hash(hash_bytes("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	check_hash(hash_slice(slice_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', n);
	check_hash(hash_bytes(million, n), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(million);
}

static void test_hmac_answers_of_rfc_4231(void **state)
{
	uint8_t key[131], data[50];

	(void)state;
	memset(key, 0x0b, 20);
	check_hash(hmac_sha256(key, 20, "Hi There", 8), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	check_hash(hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	memset(data, 0xdd, sizeof data);
	check_hash(hmac_sha256(key, 20, data, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
	check_hash(hmac_sha256(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First", 54),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static struct hash fields(const char *domain, const char *a, const char *b)
{
	struct hash_fields *h = hash_fields_new(domain);

	hash_field_text(h, a);
	hash_field_text(h, b);
	return hash_fields_end(h);
}

static void test_no_two_lists_of_fields_hash_alike(void **state)
{
	struct hash ab_c = fields("d", "ab", "c"), a_bc = fields("d", "a", "bc"), again = fields("d", "ab", "c"), other = fields("e", "ab", "c"),
		    empty = fields("d", "abc", "");

	(void)state;
	assert_true(hash_same(&ab_c, &again));
	assert_false(hash_same(&ab_c, &a_bc));
	assert_false(hash_same(&ab_c, &other));
	assert_false(hash_same(&ab_c, &empty));
}

/* Lists longer than what is gathered at once: the same framing. */
static void test_long_lists_of_fields_are_framed_alike(void **state)
{
	static const size_t sizes[] = {0, 1, 200, 255, 256, 480, 503, 504, 505, 520, 2000};
	uint8_t all[8192], part[2048];

	(void)state;
	memset(part, 'p', sizeof part);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct hash_fields *h = hash_fields_new("d");
		struct hash got, want;
		size_t n = 0;

		memset(all, 0, 8);
		all[7] = 1;
		all[8] = 'd';
		n = 9;
		for (int k = 0; k < 3; k++) {
			memset(all + n, 0, 8);
			all[n + 6] = (uint8_t)(sizes[i] >> 8);
			all[n + 7] = (uint8_t)sizes[i];
			memcpy(all + n + 8, part, sizes[i]);
			n += 8 + sizes[i];
			hash_field(h, part, sizes[i]);
		}
		got = hash_fields_end(h);
		want = hash_bytes(all, n);
		assert_memory_equal(got.b, want.b, HASH_BYTES);
	}
}

static void test_fields_are_framed_as_documented(void **state)
{
	static const uint8_t framed[] = {0, 0, 0, 0, 0, 0, 0, 1, 'd', 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 8,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe};
	struct hash_fields *h = hash_fields_new("d");
	struct hash got, wanted = hash_bytes(framed, sizeof framed);

	(void)state;
	hash_field(h, "ab", 2);
	hash_field_int(h, -2);
	got = hash_fields_end(h);
	assert_true(hash_same(&got, &wanted));
}

static void test_every_bit_counts_when_hashes_are_compared(void **state)
{
	struct hash a = hash_bytes("x", 1), b = a;
	int bit;

	(void)state;
	assert_true(hash_same(&a, &b));
	for (bit = 0; bit < HASH_BYTES * 8; bit++) {
		b = a;
		b.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_false(hash_same(&a, &b));
	}
}

static void test_text_forms_come_back(void **state)
{
	static const char *const bad[] = {"", "sha256:", "sha256:00", "sha512:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
		"g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};
	struct hash h = hash_bytes("", 0), back;
	char text[HASH_TEXT];
	size_t i;

	(void)state;
	hash_to_text(&h, text);
	assert_string_equal(text, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_true(hash_from_text(&back, text));
	assert_true(hash_same(&h, &back));
	assert_true(hash_from_text(&back, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"));
	assert_true(hash_same(&h, &back));
	for (i = 0; i < LENGTH(bad); i++)
		assert_false(hash_from_text(&back, bad[i]));
	assert_false(hash_from_text(&back, NULL));
}

static void test_hex_refuses_what_does_not_fit(void **state)
{
	uint8_t out[4];
	size_t n = 99;

	(void)state;
	assert_true(hex_decode(slice_of("00ffA5"), out, sizeof out, &n));
	assert_int_equal(n, 3);
	assert_int_equal(out[2], 0xa5);
	assert_false(hex_decode(slice_of("0"), out, sizeof out, &n));
	assert_false(hex_decode(slice_of("0x"), out, sizeof out, &n));
	assert_false(hex_decode(slice_of("0011223344"), out, sizeof out, &n));
	assert_true(hex_decode(slice_of(""), out, sizeof out, &n));
	assert_int_equal(n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256_known_answers),
		cmocka_unit_test(test_hmac_answers_of_rfc_4231),
		cmocka_unit_test(test_long_lists_of_fields_are_framed_alike),
		cmocka_unit_test(test_no_two_lists_of_fields_hash_alike),
		cmocka_unit_test(test_fields_are_framed_as_documented),
		cmocka_unit_test(test_every_bit_counts_when_hashes_are_compared),
		cmocka_unit_test(test_text_forms_come_back),
		cmocka_unit_test(test_hex_refuses_what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
