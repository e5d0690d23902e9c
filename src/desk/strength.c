/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counted like a guesser would: a character is worth the size of the alphabet it
 * comes from, one that follows from those before it (repeated, next in the
 * alphabet or on the keyboard row) next to nothing, and a word no more than a
 * word of a dictionary. */
#include "desk/strength.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>

/* Tenths of a bit. */
#define FOLLOWS 5
#define WORD 120	/* one of some 4000 words */
#define FAIR_BITS 45	/* at 2^17 scrypt a guess costs about half a second of one core */
#define GOOD_BITS 60

static const char *const rows[] = {"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890"};
/* What lists of leaked passphrases begin with, and what the page itself suggests. */
static const char *const known[] = {"password", "passphrase", "passwort", "letmein", "welcome", "iloveyou", "monkey", "dragon", "admin", "secret", "claviger", "qwerty"};

static bool on_a_row(char a, char b)
{
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		const char *p = strchr(rows[i], a);

		if (a != '\0' && p != NULL && (p[1] == b || (p > rows[i] && p[-1] == b)) && b != '\0')
			return true;
	}
	return false;
}

static bool follows(struct slice s, size_t i)
{
	char a, b;

	if (i == 0)
		return false;
	a = (char)tolower((unsigned char)s.p[i - 1]);
	b = (char)tolower((unsigned char)s.p[i]);
	return a == b || a + 1 == b || a - 1 == b || on_a_row(a, b) || (i >= 2 && s.p[i] == s.p[i - 2]);
}

/* A character of the alphabets that occur: lower, upper, digits, the rest of ASCII, beyond. */
static int per_character(struct slice s)
{
	static const int sizes[] = {26, 26, 10, 33, 100};
	bool has[5] = {false};
	int pool = 0, tenths = 0;
	int64_t reach = 1024;	/* 2^(tenths/10), in fixed point */
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		has[c >= 0x80 ? 4 : islower(c) ? 0 : isupper(c) ? 1 : isdigit(c) ? 2 : 3] = true;
	}
	for (i = 0; i < LENGTH(sizes); i++)
		pool += has[i] ? sizes[i] : 0;
	for (; reach < (int64_t)pool * 1024; tenths++)
		reach = reach * 1072 / 1000;	/* the tenth root of two */
	return tenths;
}

/* Letters in a row, at least three: how many of them, from i on. */
static size_t word_at(struct slice s, size_t i)
{
	size_t n = 0;

	while (i + n < s.len && isalpha((unsigned char)s.p[i + n]))
		n++;
	return n >= 3 ? n : 0;
}

static bool is_known(struct slice s, size_t at, size_t n)
{
	size_t i, k;

	for (i = 0; i < LENGTH(known); i++) {
		for (k = 0; k < n && known[i][k] != '\0' && tolower((unsigned char)s.p[at + k]) == known[i][k]; k++)
			;
		if (k == n && known[i][k] == '\0')
			return true;
	}
	return false;
}

int strength_bits(struct slice s)
{
	int each = per_character(s), tenths = 0;
	size_t i = 0, end;

	while (i < s.len && tenths < 9990) {
		int before = tenths, most;
		size_t n = word_at(s, i);

		end = n > 0 ? i + n : i + 1;
		most = n == 0 ? each : is_known(s, i, n) ? 2 * FOLLOWS : WORD;
		for (; i < end && tenths < 9990; i++)
			tenths += follows(s, i) ? FOLLOWS : each;
		/* letters in a row are a word unless they are many: nobody's dictionary has those */
		if (tenths - before > most && n <= 10)
			tenths = before + most;
	}
	return tenths < 9990 ? tenths / 10 : 999;
}

enum strength strength_of(struct slice s)
{
	int bits = strength_bits(s);

	if (s.len == 0)
		return STRENGTH_NONE;
	return bits < FAIR_BITS ? STRENGTH_WEAK : bits < GOOD_BITS ? STRENGTH_FAIR : STRENGTH_GOOD;
}
