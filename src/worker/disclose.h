/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disclose.h - what goes to a key's vendor, in words, and what we ask of it about keeping it. */
#ifndef WORKER_DISCLOSE_H
#define WORKER_DISCLOSE_H

#include "model/key.h"

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

#endif
