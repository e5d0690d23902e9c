/* SPDX-License-Identifier: GPL-3.0-or-later */
/* head_words.h - the journal's head as four words, shown when the vault is locked and
 * unlocked: who locked in the evening and sees other words in the morning knows that
 * something was written in between, or taken away. */
#ifndef DESK_HEAD_WORDS_H
#define DESK_HEAD_WORDS_H

#include "base/hash.h"

#define HEAD_WORDS 40
void head_words(const struct hash *head, char out[HEAD_WORDS]);

#endif
