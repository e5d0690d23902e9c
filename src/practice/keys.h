/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - which vendor keys the practice vendor takes. Any thread. */
#ifndef PRACTICE_KEYS_H
#define PRACTICE_KEYS_H

#include <stdbool.h>

#include "base/hash.h"

enum key_state { KEY_GOOD, KEY_BAD, KEY_REVOKED, KEY_NO_CREDIT };

struct keys;
struct keys *keys_new(void);
void keys_free(struct keys *k);
/* From now on only accepted keys are good. */
void keys_accept(struct keys *k, const char *key);
void keys_revoke(struct keys *k, const struct hash *key);
/* key may be NULL; prefix is how the vendor's keys start. */
enum key_state keys_judge(struct keys *k, const char *key, const char *prefix);

#endif
