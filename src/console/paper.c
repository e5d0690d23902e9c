/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An approval in full. Between two rules stands what would go out, line for
 * line, and only those lines count as "the whole payload" of rule 4. The agent's
 * words stand in a column of their own, so that they can't be taken for ours. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/approve.h"
#include "console/words.h"

#define SAYS "\xe2\x94\x82 "

static void add_lines(struct sheet *sh, enum role role, const char *gutter, const char *text)
{
	struct slice rest = slice_of(text), line;

	while (text_line(&rest, &line))
		sheet_add(sh, role, gutter, line);
}

static void add_removed(struct sheet *sh, const struct shown *what)
{
	struct removed r = {0};
	char words[128];
	int i;

	for (i = 0; i < what->n; i++)
		text_count_removed(slice_of(what->v[i].text), &r);
	removed_words(&r, words, sizeof words);
	if (r.all > 0)
		sheet_addf(sh, ROLE_REMOVED, "! %s", words);
}

static void head(struct sheet *sh, const struct scene *sc)
{
	const struct approval_row *d = &sc->s->detail;
	char age[WORDS], version[WORDS] = "";

	words_age(sc->now_us, d->created_us, age);
	if (d->version > 1)
		snprintf(version, sizeof version, _(", version %d"), d->version);
	if (d->kind == APPROVAL_ACTION)
		sheet_addf(sh, ROLE_HEAD, "A%lld  %s  %s.%s%s", (long long)d->id, words_effect(d), d->connector, d->tool, version);
	else
		sheet_addf(sh, ROLE_HEAD, "A%lld  %s%s", (long long)d->id, words_effect(d), version);
	sheet_addf(sh, ROLE_NORMAL, "%s", d->summary);
	if (d->task != 0)
		sheet_addf(sh, ROLE_DIM, _("from %s for T%lld, %s, age %s"), d->agent, (long long)d->task, words_approval_state(d->state), age);
	else
		sheet_addf(sh, ROLE_DIM, _("from %s, %s, age %s"), d->agent, words_approval_state(d->state), age);
	if (d->state == APPROVAL_PENDING && (sc->s->needs_typed_yes || d->effect == EFFECT_DESTROY))
		sheet_addf(sh, ROLE_WAITING, _("! Approving this asks for the word yes."));
}

void paper_write(struct sheet *sh, const struct scene *sc, bool keep)
{
	const struct snapshot *s = sc->s;
	char hex[HASH_HEX];
	int i;

	sheet_clear(sh, keep);
	head(sh, sc);
	for (i = 0; i < s->facts.n; i++)
		sheet_add(sh, role_shown(s->facts.v[i].role), NULL, slice_of(s->facts.v[i].text));
	add_removed(sh, &s->preview);
	sheet_addf(sh, ROLE_HINT, "%s", "");
	sheet_addf(sh, ROLE_HINT, _("-- exactly this --"));
	for (i = 0; i < s->preview.n; i++) {
		/* what goes out is never dim */
		sheet_add(sh, s->preview.v[i].role == SHOWN_FIELD ? ROLE_NORMAL : role_shown(s->preview.v[i].role), NULL, slice_of(s->preview.v[i].text));
		sheet_must_see(sh);
	}
	hash_to_hex(&s->detail.hash, hex);
	sheet_addf(sh, ROLE_HINT, _("-- end --  sha256 %.12s"), hex);
	sheet_must_see(sh);
	if (s->agents_words != NULL && s->agents_words[0] != '\0') {
		sheet_addf(sh, ROLE_HINT, "%s", "");
		sheet_addf(sh, ROLE_HINT, _("Why, in the agent's words (not ours):"));
		add_lines(sh, ROLE_AGENT, SAYS, s->agents_words);
	}
}

void paper_write_raw(struct sheet *sh, const struct scene *sc)
{
	const struct snapshot *s = sc->s;
	char hex[HASH_HEX];
	int i;

	sheet_clear(sh, false);
	hash_to_hex(&s->detail.hash, hex);
	sheet_addf(sh, ROLE_HEAD, _("A%lld, the exact bytes"), (long long)s->detail.id);
	sheet_addf(sh, ROLE_HINT, "sha256 %s", hex);
	add_removed(sh, &s->raw);
	for (i = 0; i < s->raw.n; i++)
		sheet_add(sh, ROLE_NORMAL, NULL, slice_of(s->raw.v[i].text));
}
