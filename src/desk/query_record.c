/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal and incidents. */
#include "desk/query_private.h"

#include "desk/head_words.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "model/call.h"
#include "model/cap.h"
#include "model/incident.h"
#include "model/journal.h"
#include "model/move.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/incident.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/lease.h"
#include "store/spend.h"

#define JOURNAL_MAX 50000
#define INCIDENTS_MAX 1000

static void put_hash(struct json_out *j, const char *name, const struct hash *h)
{
	char text[HASH_TEXT];

	hash_to_text(h, text);
	json_put_text(j, name, text);
}

/* --- the journal ---------------------------------------------------------------- */

static enum err_code page_journal(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e)
{
	enum err_code code = journal_list(a->store, before, rows, room, n, e);
	const struct journal_entry *r = rows;
	int kept;

	/* Newest first: what is too old ends the list, and a short page is the last. */
	for (kept = 0; code == ERR_OK && kept < *n && r[kept].at_us >= a->q->since_us; kept++)
		;
	if (code == ERR_OK)
		*n = kept;
	return code;
}

static void put_entry(struct json_out *j, const struct journal_entry *r)
{
	json_put_int(j, "seq", r->seq);
	put_time(j, "time", r->at_us);
	json_put_text(j, "kind", r->kind);
	json_put_text(j, "who", r->who);
	put_word(j, "ref", r->ref);
	put_hash(j, "what", &r->what);
	put_hash(j, "hash", &r->hash);
	put_hash(j, "prev", &r->prev);
}

enum err_code answer_journal(struct ask *a, struct err *e)
{
	static const struct pages pages = {page_journal, sizeof(struct journal_entry), offsetof(struct journal_entry, seq)};
	const struct journal_entry *rows;
	void *read = NULL;
	int n = 0;
	enum err_code code = read_pages(a, &pages, a->q->limit > 0 ? a->q->limit : JOURNAL_MAX, &read, &n, e);

	rows = read;
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		put_entry(a->j, &rows[i]);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	free(read);
	return code;
}

enum err_code answer_journal_verify(struct ask *a, struct err *e)
{
	struct journal_entry head;
	struct err bad;
	int64_t first = 0;
	enum err_code code = journal_head(a->store, &head, e), verdict;

	if (code != ERR_OK)
		return code;
	verdict = journal_verify(a->store, &first, &bad);
	if (verdict != ERR_OK && verdict != ERR_PROTO) {
		if (e != NULL)
			*e = bad;
		return verdict;
	}
	json_open(a->j, NULL, '{');
	json_put_bool(a->j, "ok", verdict == ERR_OK);
	json_put_int(a->j, "entries", head.seq);
	put_hash(a->j, "head", &head.hash);
	if (verdict != ERR_OK) {
		json_put_int(a->j, "first_broken", first);
		json_put_text(a->j, "problem", bad.text);
		json_put_text(a->j, "mend", bad.mend[0] != '\0' ? bad.mend : "compare with a backup; what follows that entry proves nothing");
	}
	json_close(a->j, '}');
	return ERR_OK;
}

enum err_code answer_journal_head(struct ask *a, struct err *e)
{
	struct journal_entry head;
	struct journal_seal seal;
	char words[HEAD_WORDS];
	enum err_code code = journal_head(a->store, &head, e), sealed;

	if (code != ERR_OK)
		return code;
	sealed = journal_seal_last(a->store, &seal, e);
	if (sealed != ERR_OK && sealed != ERR_MISSING)
		return sealed;
	json_open(a->j, NULL, '{');
	put_entry(a->j, &head);
	head_words(&head.hash, words);
	json_put_text(a->j, "words", head.seq > 0 ? words : NULL);
	if (sealed == ERR_OK) {
		json_open(a->j, "signed", '{');
		json_put_int(a->j, "seq", seal.seq);
		put_time(a->j, "time", seal.at_us);
		put_hash(a->j, "hash", &seal.head);
		json_close(a->j, '}');
	} else {
		json_put_null(a->j, "signed");
	}
	json_close(a->j, '}');
	return ERR_OK;
}

/* --- incidents ----------------------------------------------------------------------- */

enum err_code answer_incidents(struct ask *a, struct err *e)
{
	struct incident *rows = xcalloc(INCIDENTS_MAX, sizeof *rows);
	int n = 0;
	enum err_code code = incident_list(a->store, !a->q->all, rows, INCIDENTS_MAX, &n, e);

	json_open(a->j, NULL, '[');
	for (int i = n - 1; i >= 0; i--) {
		json_open(a->j, NULL, '{');
		json_put_int(a->j, "id", rows[i].id);
		json_put_text(a->j, "kind", rows[i].kind);
		json_put_text(a->j, "state", rows[i].resolved_us > 0 ? "resolved" : "open");
		put_word(a->j, "ref", rows[i].ref);
		json_put_text(a->j, "text", rows[i].text);
		put_time(a->j, "created", rows[i].at_us);
		put_time(a->j, "resolved", rows[i].resolved_us);
		put_word(a->j, "resolution", rows[i].resolution);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}
