/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disclose.h - what goes to a key's vendor, in words, and what we ask of it about keeping it. */
#ifndef WORKER_DISCLOSE_H
#define WORKER_DISCLOSE_H

#include "model/key.h"
#include "store/store.h"
#include "vendor/rules.h"

struct disclosure {
	char title[NAME_MAX_BYTES];	/* "OpenAI" */
	char api[NAME_MAX_BYTES];
	char host[TITLE_MAX_BYTES];	/* where calls go */
	char place[TITLE_MAX_BYTES];	/* where they are worked on, as far as we decide it */
	char retention[TITLE_MAX_BYTES];	/* what we send about keeping it */
	char metadata[TITLE_MAX_BYTES];	/* what is sent besides the prompt */
	bool is_home;			/* the vendor's own host */
};
/* False for a key this version cannot call with. */
bool disclose(const struct key *k, struct disclosure *out);
/* Who reads, before an agent that calls with this key, what is too long to be shown to it (the setting
 * summaries): the routine tier's model, by the same key. "" if there is none, and it is left out. */
void disclose_reader(struct store *s, const struct rules *rules, const struct key *k, char model[MODEL_ID_BYTES]);

#endif
