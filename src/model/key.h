/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h - a vendor credential as everything but the vault sees it. */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

enum key_state { KEY_UNTESTED, KEY_ACTIVE, KEY_FAILING, KEY_REVOKED, KEY_RETIRED, KEY_STATES };
enum key_kind { KEY_KIND_API, KEY_KIND_ADMIN, KEY_KIND_AWS_PAIR, KEY_KINDS };
extern const char *const key_kind_names[KEY_KINDS];

struct key {
	int64_t id;
	int version;			/* rotation makes the next */
	char label[NAME_MAX_BYTES];
	char vendor[NAME_MAX_BYTES];
	enum key_kind kind;
	char fingerprint[24];		/* keyed; holds no character of the key */
	char base_url[TITLE_MAX_BYTES];
	char host[TITLE_MAX_BYTES];	/* HOST:PORT it is bound to */
	char region[NAME_MAX_BYTES];
	enum key_state state;
	char why[TITLE_MAX_BYTES];
	int64_t created_us, last_used_us, last_check_us;
	int64_t calls, cost_pd;
};

#endif
