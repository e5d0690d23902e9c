/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Known answers: RFC 7914 (scrypt), RFC 5869 (HKDF), the GCM submission's AES-256 cases. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "vault/crypto.h"

/* Hex to bytes; the caller frees. */
static struct slice unhex(const char *hex)
{
	size_t n = strlen(hex) / 2;
	char *p = xmalloc(n + 1);

	assert_true(hex_decode(slice_of(hex), p, n, NULL));
	return (struct slice){p, n};
}

static void drop(struct slice s)
{
	union {
		const char *from;
		char *to;
	} p = {.from = s.p};

	free(p.to);
}

static void check_hex(const uint8_t *got, const char *wanted)
{
	char text[512];

	assert_true(strlen(wanted) < sizeof text);
	hex_encode(got, strlen(wanted) / 2, text);
	assert_string_equal(text, wanted);
}

static void test_scrypt_answers_of_rfc_7914(void **state)
{
	static const struct {
		const char *pass, *salt;
		struct scrypt_cost cost;
		const char *out;
	} known[] = {
		{"", "", {4, 1, 1}, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
				    "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"password", "NaCl", {10, 8, 16}, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
						  "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
		{"pleaseletmein", "SodiumChloride", {14, 8, 1}, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
								"d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	};
	uint8_t out[64];
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		check_ok(crypto_scrypt(slice_of(known[i].pass), slice_of(known[i].salt), &known[i].cost, out, sizeof out, &e), &e);
		check_hex(out, known[i].out);
	}
}

static void test_scrypt_runs_at_the_cost_of_the_programs(void **state)
{
	/* the library's own default memory bound fails here in silence */
	struct scrypt_cost cost = {17, 8, 1};
	uint8_t out[32], zero[32] = {0};
	struct err e = {0};

	(void)state;
	check_ok(crypto_scrypt(slice_of("x"), slice_of("y"), &cost, out, sizeof out, &e), &e);
	assert_memory_not_equal(out, zero, sizeof out);
}

static void test_scrypt_refuses_costs_out_of_bounds(void **state)
{
	static const struct scrypt_cost bad[] = {
		{0, 8, 1}, {63, 8, 1}, {23, 1, 1}, {22, 8, 1}, {17, 0, 1}, {17, 8, 0}, {17, 8, 17},
		{17, UINT32_MAX, 1}, {1, UINT32_MAX, UINT32_MAX}, {255, UINT32_MAX, UINT32_MAX}, {17, 65, 1},
	};
	uint8_t out[32];
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(crypto_scrypt(slice_of("x"), slice_of("y"), &bad[i], out, sizeof out, &e), ERR_LIMIT, &e);
	check_ok(crypto_scrypt_bounded(&(struct scrypt_cost){20, 8, 1}, &e), &e);
}

static void test_hkdf_answers_of_rfc_5869(void **state)
{
	static const struct {
		const char *key, *salt, *info, *out;
	} known[] = {
		{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		 "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
		{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
		 "303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		 "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f"
		 "909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		 "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf"
		 "e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		 "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
		 "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
		{"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
		 "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
	};
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++) {
		struct slice key = unhex(known[i].key), salt = unhex(known[i].salt), info = unhex(known[i].info);
		uint8_t out[128];

		check_ok(crypto_hkdf(key, salt, info, out, strlen(known[i].out) / 2, &e), &e);
		check_hex(out, known[i].out);
		drop(key);
		drop(salt);
		drop(info);
	}
}

static const struct gcm_case {
	const char *key, *nonce, *aad, *plain, *sealed;	/* sealed ends in the tag */
} gcm_cases[] = {
	{"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "",
	 "530f8afbc74536b9a963b4f1c4cb738b"},
	{"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
	 "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
	{"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
	 "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	 "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	 "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
	 "76fc6ece0f4e1768cddf8853bb2d551b"},
};

static void test_gcm_answers_both_ways(void **state)
{
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(gcm_cases); i++) {
		const struct gcm_case *c = &gcm_cases[i];
		struct slice key = unhex(c->key), nonce = unhex(c->nonce), aad = unhex(c->aad), plain = unhex(c->plain), sealed = unhex(c->sealed);
		uint8_t out[128];

		check_ok(crypto_seal((const uint8_t *)key.p, (const uint8_t *)nonce.p, aad, plain, out, &e), &e);
		check_hex(out, c->sealed);
		check_ok(crypto_open((const uint8_t *)key.p, (const uint8_t *)nonce.p, aad, sealed, out, &e), &e);
		assert_memory_equal(out, plain.p, plain.len);
		drop(key);
		drop(nonce);
		drop(aad);
		drop(plain);
		drop(sealed);
	}
}

/* Flip every bit of one input of the last case; each must be refused and leave no text. */
static void flip_every_bit(int which)
{
	const struct gcm_case *c = &gcm_cases[LENGTH(gcm_cases) - 1];
	struct slice in[4] = {unhex(c->key), unhex(c->nonce), unhex(c->aad), unhex(c->sealed)};
	uint8_t out[128], zero[128] = {0};
	uint8_t *bytes = xmalloc(in[which].len);
	struct err e = {0};
	size_t bit;
	int i;

	memcpy(bytes, in[which].p, in[which].len);
	for (bit = 0; bit < in[which].len * 8; bit++) {
		struct slice was = in[which];

		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		in[which] = slice_make(bytes, was.len);
		memset(out, 0xaa, sizeof out);
		check_code(crypto_open((const uint8_t *)in[0].p, (const uint8_t *)in[1].p, in[2], in[3], out, &e), ERR_AUTH, &e);
		assert_memory_equal(out, zero, in[3].len - CRYPTO_TAG);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		in[which] = was;
	}
	free(bytes);
	for (i = 0; i < 4; i++)
		drop(in[i]);
}

static void test_gcm_refuses_every_flipped_bit(void **state)
{
	int which;

	(void)state;
	for (which = 0; which < 4; which++)
		flip_every_bit(which);
	assert_int_equal(which, 4);
}

static void test_gcm_refuses_every_shorter_record(void **state)
{
	const struct gcm_case *c = &gcm_cases[LENGTH(gcm_cases) - 1];
	struct slice key = unhex(c->key), nonce = unhex(c->nonce), aad = unhex(c->aad), sealed = unhex(c->sealed);
	uint8_t out[128];
	struct err e = {0};
	size_t n;

	(void)state;
	for (n = 0; n < sealed.len; n++)
		check_code(crypto_open((const uint8_t *)key.p, (const uint8_t *)nonce.p, aad, slice_make(sealed.p, n), out, &e),
		    n < CRYPTO_TAG ? ERR_PROTO : ERR_AUTH, &e);
	drop(key);
	drop(nonce);
	drop(aad);
	drop(sealed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scrypt_answers_of_rfc_7914),
		cmocka_unit_test(test_scrypt_runs_at_the_cost_of_the_programs),
		cmocka_unit_test(test_scrypt_refuses_costs_out_of_bounds),
		cmocka_unit_test(test_hkdf_answers_of_rfc_5869),
		cmocka_unit_test(test_gcm_answers_both_ways),
		cmocka_unit_test(test_gcm_refuses_every_flipped_bit),
		cmocka_unit_test(test_gcm_refuses_every_shorter_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
