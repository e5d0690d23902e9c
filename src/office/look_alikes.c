/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each address, link and host of a payload is looked at by itself, and beside
 * those that the person and the history named: "rnail.example" is harmless until
 * "mail.example" is known. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "office/lookalike.h"
#include "base/memory.h"
#include "office/provenance.h"

#define KNOWN_MOST 300
#define FLAGS_MOST 16

struct known {
	struct slice *v;
	size_t n;
	struct json_out *out;
	int flags;
};

static bool is_place(enum value_kind kind)
{
	return kind == VALUE_ADDRESS || kind == VALUE_HOST || kind == VALUE_URL;
}

static void learn(void *user, enum value_kind kind, struct slice v)
{
	struct known *k = user;
	size_t i;

	if ((kind != VALUE_ADDRESS && kind != VALUE_HOST) || k->n == KNOWN_MOST)
		return;
	for (i = 0; i < k->n; i++)
		if (slice_eq(k->v[i], v))
			return;
	k->v[k->n++] = v;
}

static void judge(void *user, enum value_kind kind, struct slice v)
{
	struct known *k = user;
	struct look l;
	char text[600];
	size_t i;

	if (!is_place(kind) || k->flags == FLAGS_MOST)
		return;
	look_word(v, &l);
	if (l.flags != 0) {
		look_words(v, &l, text, sizeof text);
		json_put_text(k->out, NULL, text);
		k->flags++;
	}
	for (i = 0; i < k->n && k->flags < FLAGS_MOST; i++)
		if (look_same(v, k->v[i])) {
			snprintf(text, sizeof text, "%.*s looks like %.*s and is another", (int)(v.len < 200 ? v.len : 200), v.p,
			    (int)(k->v[i].len < 200 ? k->v[i].len : 200), k->v[i].p);
			json_put_text(k->out, NULL, text);
			k->flags++;
			return;
		}
}

int look_alikes(struct slice payload, const struct entry *entries, size_t entries_n, struct slice goal_text, struct json_out *out)
{
	struct known k = {.v = xcalloc(KNOWN_MOST, sizeof *k.v), .out = out};
	size_t i;

	values_in_text(goal_text, learn, &k);
	for (i = 0; i < entries_n; i++)
		if (entries[i].body != NULL && entries[i].kind != ENTRY_ASSISTANT)
			values_in_text(slice_of(entries[i].body), learn, &k);
	values_in_payload(payload, judge, &k);
	free(k.v);
	return k.flags;
}
