/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.h - a role in the office, and a team of them read from a template. */
#ifndef MODEL_AGENT_H
#define MODEL_AGENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/record.h"
#include "model/task.h"

#define AGENT_TOOLS 64

struct agent {
	int64_t id;
	char name[NAME_MAX_BYTES];	/* "Ada"; unique */
	char role[NAME_MAX_BYTES];	/* "engineer", "ceo" ... */
	char title[TITLE_MAX_BYTES];	/* what they do, for the CEO and the person */
	char *prompt;			/* their part of the system text */
	enum tier tier;
	char vendor[NAME_MAX_BYTES];	/* "" : whichever active key comes first */
	char model[MODEL_ID_BYTES];	/* "" : the tier's model */
	char key[NAME_MAX_BYTES];	/* label of the one key they use; "" : the vendor's first */
	char tools[AGENT_TOOLS][NAME_MAX_BYTES * 2];	/* "connector.tool", "type:codebase.*", "*" */
	int tools_n;
	bool tools_narrowed;		/* false: a new connector's tools are offered too */
	bool paused;
	int max_turns;			/* per task */
	int64_t cap_pd;			/* a day; 0: none of its own */
	struct hash mac;		/* vault MAC over agent_bytes() (its tools) */
};
void agent_release(struct agent *a);
struct buf;
void agent_bytes(const char *workspace, const struct agent *a, struct buf *out);

#endif
