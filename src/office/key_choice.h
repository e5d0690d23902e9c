/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key_choice.h - which of the person's own keys a call goes out on. Pure.
 *
 * One key stands first for an agent: the one it was given, else the oldest of its
 * vendor that works or did work. Another steps in for it only if the person said so. */
#ifndef OFFICE_KEY_CHOICE_H
#define OFFICE_KEY_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#include "model/key.h"

enum failover { FAILOVER_OFF, FAILOVER_VENDOR, FAILOVER_ANY, FAILOVERS };	/* another of the same vendor, of any vendor */
extern const char *const failover_names[FAILOVERS];	/* "off", "vendor", "any" */
enum failover failover_parse(const char *name);		/* OFF for what is none */

struct key_choice {
	int key;	/* index of the one to use; -1: none */
	int first;	/* the one that stands first, whether usable or not; -1: there is none */
	bool steps_in;	/* key stands in for first */
};
/* rows: in the order they came in. vendor, label: what the agent was given, "" if nothing. */
struct key_choice key_choose(const struct key *rows, size_t n, const char *vendor, const char *label, enum failover f, int64_t now_us);

/* Words for a person: why there is no key to use. */
void key_choice_why(const struct key *rows, const struct key_choice *c, const char *vendor, const char *label, int64_t now_us, char why[TITLE_MAX_BYTES]);

#endif
