/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands beside the lines: which value comes from where, which word is not
 * what it seems. Done last, over lines of every kind, so that no kind is without. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "office/lookalike.h"
#include "base/memory.h"
#include "office/context.h"
#include "office/preview_lines.h"

#define NOTES_A_LINE 6
#define ODD_WORDS 200	/* of one preview; then it is said that there are more */

struct noting {
	struct preview *p;
	int odd;
	bool said[PROVENANCE_HITS];
};

static void odd_word(void *user, struct slice word, const struct look *l)
{
	struct noting *n = user;
	char text[512];

	if (n->odd++ >= ODD_WORDS)
		return;
	look_words(word, l, text, sizeof text);
	preview_addf(n->p, PREVIEW_WARN, "%s", text);
}

static void origins(struct noting *n, const cJSON *context, struct slice text)
{
	struct context_note notes[NOTES_A_LINE];
	int k = context_notes(context, text, notes, NOTES_A_LINE), i;

	for (i = 0; i < k; i++) {
		if (notes[i].ordinal < PROVENANCE_HITS && n->said[notes[i].ordinal])
			continue;
		if (notes[i].ordinal < PROVENANCE_HITS)
			n->said[notes[i].ordinal] = true;
		preview_addf(n->p, notes[i].in_goal ? PREVIEW_NOTE : PREVIEW_WARN, "%s", notes[i].text);
	}
}

/* Lines of the payload; in a diff only what it adds is news. */
static bool is_payload(const struct preview_line *l)
{
	return l->role == PREVIEW_FIELD || l->role == PREVIEW_ADD || l->role == PREVIEW_JSON || l->role == PREVIEW_PLAIN || l->role == PREVIEW_HUNK;
}

void preview_notes(struct preview *p, const char *context_text)
{
	struct preview_line *old = p->lines;
	struct noting n = {.p = p};
	cJSON *context = NULL;
	size_t count = p->n, i;

	if (context_text != NULL)
		err_ignore(json_parse(slice_of(context_text), &context, NULL));
	preview_start(p);
	for (i = 0; i < count; i++) {
		*preview_add(p, old[i].role, old[i].text) = old[i];
		if (!is_payload(&old[i]))
			continue;
		if (old[i].name != NULL)
			look_text(slice_of(old[i].name), odd_word, &n);
		look_text(old[i].text, odd_word, &n);
		origins(&n, context, old[i].text);
	}
	if (n.odd > ODD_WORDS)
		preview_addf(p, PREVIEW_WARN, "and %d more words that are not what they seem", n.odd - ODD_WORDS);
	cJSON_Delete(context);
	free(old);
}
