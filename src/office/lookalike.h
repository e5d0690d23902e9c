/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookalike.h - words that are not what they seem: letters of several scripts in
 * one word, a word of another script that reads as an ASCII one, punycode. Pure.
 * After Unicode Technical Standard 39; the tables are in lookalike_data.h.
 *
 * A word is what stands between blanks, quotes, brackets and commas. It is a name
 * (an address, a host, a file) if it has one of . @ / : _ inside; of a plain word
 * only a mix that could be read as ASCII is told, as prose may hold a Greek letter. */
#ifndef OFFICE_LOOKALIKE_H
#define OFFICE_LOOKALIKE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

enum look_flag {
	LOOK_MIXED = 1,		/* letters of scripts that are not written together */
	LOOK_ALIKE = 2,		/* reads as the ASCII text in `as` */
	LOOK_PUNYCODE = 4	/* `as` is what it stands for */
};
struct look {
	unsigned flags;
	const char *script[2];	/* of MIXED: two of them */
	char as[200];		/* of ALIKE and PUNYCODE; may hold foreign letters (punycode) */
};
/* What is odd about one word; flags 0: nothing. */
void look_word(struct slice word, struct look *out);
/* Each odd word of a text; the slices point into it. */
typedef void look_emit(void *user, struct slice word, const struct look *l);
void look_text(struct slice text, look_emit *emit, void *user);
/* In words: "paypal.com mixes Latin and Cyrillic letters: it reads as paypal.com". Holds outside text. */
void look_words(struct slice word, const struct look *l, char *out, size_t room);

/* Do two different texts look the same ("rnail.example", "mail.example")? Case aside they must differ. */
bool look_same(struct slice a, struct slice b);
/* "xn--bcher-kva.example" to what it stands for; false if no label is punycode, or one is not well formed. */
bool punycode_decode(struct slice host, struct buf *out);

#endif
