/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate before JSON that is acted on. What it lets through, cJSON reads too; every
 * member is found by its path, raw; and what is written again passes the gate. */
#include <stdio.h>

#include "fuzz/fuzz.h"

#include "base/json.h"
#include "base/memory.h"

/* Every member and element of an accepted value is at its path. */
static void walk(struct slice text, const cJSON *t, const char *path[], size_t depth)
{
	char number[16];
	const cJSON *m;
	int i = 0;

	if (depth >= 6)
		return;
	cJSON_ArrayForEach(m, t) {
		struct slice raw;

		snprintf(number, sizeof number, "%d", i++);
		path[depth] = m->string != NULL ? m->string : number;
		path[depth + 1] = NULL;
		/* an array's elements are found by number; a member by its name without escapes */
		if (!json_find(text, path, &raw) || raw.len == 0 || json_gate(raw, NULL) != ERR_OK)
			abort();
		walk(text, m, path, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text, rest, name, raw;
	const char *path[16] = {NULL};
	struct json_out j;
	struct buf again;
	cJSON *t = NULL;
	char *copy;

	if (size < 2)
		return 0;
	copy = xmalloc(size);	/* of its own, so that a read behind its end is seen */
	memcpy(copy, data + 1, size - 1);
	text = slice_make(copy, size - 1);
	rest = text;
	while (json_each(&rest, &name, &raw))
		continue;
	rest = text;
	while (json_each(&rest, NULL, &raw))
		continue;
	if (json_gate(text, NULL) == ERR_OK) {
		if (json_parse(text, &t, NULL) != ERR_OK)
			abort();
		walk(text, t, path, 0);
		cJSON_Delete(t);
	}
	/* any bytes but a NUL can be written as a string, and read back by the gate */
	buf_init(&again, 0);
	json_start(&j, &again);
	json_put_slice(&j, NULL, text);
	if (memchr(text.p, '\0', text.len) == NULL && json_gate(buf_slice(&again), NULL) != ERR_OK)
		abort();
	buf_release(&again);
	free(copy);
	return 0;
}
