/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - what a person should look at. */
#ifndef MODEL_INCIDENT_H
#define MODEL_INCIDENT_H

#include <stdint.h>

#include "model/record.h"

struct incident {
	int64_t id;
	char kind[NAME_MAX_BYTES];	/* "cap", "over_hold", "key_revoked" ... */
	char ref[NAME_MAX_BYTES];	/* what it is about: "vendor openai day", "C95" */
	char text[TITLE_MAX_BYTES];
	int64_t at_us, resolved_us;
	char resolution[TITLE_MAX_BYTES];	/* how and by whom, or "" */
};

#endif
