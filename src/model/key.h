/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key.h - a vendor credential as everything but the vault sees it. */
#ifndef MODEL_KEY_H
#define MODEL_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/record.h"

enum key_state { KEY_UNTESTED, KEY_ACTIVE, KEY_FAILING, KEY_REVOKED, KEY_RETIRED, KEY_STATES };
enum key_kind { KEY_KIND_API, KEY_KIND_ADMIN, KEY_KIND_AWS_PAIR, KEY_KINDS };
extern const char *const key_kind_names[KEY_KINDS];
/* Which of a vendor's wires; KEY_API_USUAL is the vendor's own choice. */
enum key_api { KEY_API_USUAL, KEY_API_RESPONSES, KEY_API_CHAT, KEY_API_CONVERSE, KEY_API_MESSAGES, KEY_APIS };
extern const char *const key_api_names[KEY_APIS];	/* "", "responses", "chat", "converse", "messages" */

#define KEY_AGE_REMIND_US (INT64_C(90) * 86400 * 1000000)	/* from then on a key is called old */
#define KEY_EXPIRY_NEAR_US (INT64_C(3600) * 1000000)		/* the end of a session is near */

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
	enum key_api api;
	char proxy[TITLE_MAX_BYTES];	/* "" takes the setting */
	char ca_file[TITLE_MAX_BYTES];
	int64_t rotated_us;		/* when the present version came in; 0: it is the first */
	int64_t expires_us;		/* when its session token ends; 0: never */
};

/* How requests of the key get to its vendor: vendor, API, base URL, region, proxy, CA
 * file. The sealed value is bound to it (model/bytes.c). */
struct hash key_route(const struct key *k);

/* When the value in use came in. */
static inline int64_t key_since_us(const struct key *k)
{
	return k->rotated_us > 0 ? k->rotated_us : k->created_us;
}

static inline bool key_is_old(const struct key *k, int64_t now_us)
{
	return k->state != KEY_RETIRED && k->expires_us == 0 && now_us - key_since_us(k) >= KEY_AGE_REMIND_US;
}

static inline bool key_has_expired(const struct key *k, int64_t now_us)
{
	return k->expires_us > 0 && k->expires_us <= now_us;
}

#endif
