/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - what a person should look at. */
#ifndef MODEL_INCIDENT_H
#define MODEL_INCIDENT_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cap.h"
#include "model/record.h"

struct incident {
	int64_t id;
	char kind[NAME_MAX_BYTES];	/* "cap", "cap_warn", "cap_changed", "over_hold", "unpriced", "forged" ... */
	char ref[NAME_MAX_BYTES];	/* what it is about: "vendor openai day", "C95" */
	char text[TITLE_MAX_BYTES];
	/* the limit that it is about, and how high that would have to be (0: not said) */
	bool has_cap;
	enum cap_scope scope;
	char cap_ref[NAME_MAX_BYTES];
	enum cap_window window;
	int64_t need_pd;
	int64_t at_us, resolved_us;
	char resolution[TITLE_MAX_BYTES];	/* how and by whom, or "" */
};

#endif
