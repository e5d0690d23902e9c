/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions put to a person, with the exact bytes they are about. */
#include "desk/query_private.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "desk/exposure.h"
#include "model/approval.h"
#include "model/move.h"
#include "office/policy.h"
#include "office/preview.h"
#include "store/approval.h"
#include "store/goal.h"

#define APPROVALS_MAX 5000
#define STRANGERS_SHOWN 64
#define HISTORY_SHOWN 64

static void put_hash(struct json_out *j, const char *name, const struct hash *h)
{
	char text[HASH_TEXT];

	hash_to_text(h, text);
	json_put_text(j, name, text);
}

/* Whose move it is. */
static const char *next_owner(const struct approval *p)
{
	static const char *const owners[APPROVAL_STATES] = {
		[APPROVAL_PROPOSED] = "worker", [APPROVAL_PENDING] = "person", [APPROVAL_APPROVED] = "worker", [APPROVAL_HOLDING] = "worker", [APPROVAL_FIRING] = "worker",
		[APPROVAL_UNKNOWN] = "person", [APPROVAL_CHANGES_ASKED] = "agent"};

	return owners[p->state] != NULL ? owners[p->state] : "";
}

static void put_approval(struct json_out *j, const struct approval *p)
{
	json_put_int(j, "id", p->id);
	json_put_int(j, "version", p->version);
	json_put_text(j, "kind", approval_kind_names[p->kind]);
	json_put_text(j, "state", life_name(&approval_life, (int)p->state));
	if (p->goal > 0)
		json_put_int(j, "goal", p->goal);
	else
		json_put_null(j, "goal");
	if (p->task > 0)
		json_put_int(j, "task", p->task);
	else
		json_put_null(j, "task");
	put_word(j, "agent", p->agent);
	put_word(j, "next", next_owner(p));
	if (p->replaces > 0)
		json_put_int(j, "replaces", p->replaces);
	else
		json_put_null(j, "replaces");
	put_word(j, "connector", p->connector);
	put_word(j, "tool", p->tool);
	json_put_text(j, "effect", p->kind == APPROVAL_ACTION ? effect_names[p->effect] : NULL);
	json_put_text(j, "summary", p->summary);
	put_hash(j, "hash", &p->hash);
	put_hash(j, "bind", &p->bind);
	put_time(j, "created", p->created_us);
	put_time(j, "expires", p->expires_us);
	put_raw(j, "provenance", p->provenance, "[]");
	put_raw(j, "flags", p->flags, "[]");
	put_money(j, "worst_case_usd", p->worst_case_pd);
	put_word(j, "decided_by", p->decided_by);
	put_time(j, "decided_at", p->decided_us);
	put_time(j, "fires_at", p->state == APPROVAL_HOLDING ? p->fire_us : 0);
	put_word(j, "reason", p->reason);
}

static enum err_code page_approvals(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e)
{
	return approval_list(a->store, a->q->all ? APPROVALS_ALL : APPROVALS_OPEN, before, rows, room, n, e);
}

enum err_code answer_approvals(struct ask *a, struct err *e)
{
	static const struct pages pages = {page_approvals, sizeof(struct approval), offsetof(struct approval, id)};
	struct approval *rows;
	void *read = NULL;
	int n = 0;
	enum err_code code = read_pages(a, &pages, a->q->limit > 0 ? a->q->limit : APPROVALS_MAX, &read, &n, e);

	rows = read;
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		/* Without --all: what a person has to do something about, or has asked to come again. */
		if (a->q->all || rows[i].state == APPROVAL_PENDING || rows[i].state == APPROVAL_UNKNOWN || rows[i].state == APPROVAL_CHANGES_ASKED) {
			json_open(a->j, NULL, '{');
			put_approval(a->j, &rows[i]);
			json_close(a->j, '}');
		}
		approval_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

/* Whom it would go to that nobody named: what --yes-to has to say. */
static void put_strangers(struct ask *a, const struct approval *p)
{
	struct goal g = {0};
	struct typed_yes need;
	struct buf said;
	int i;

	if (p->payload == NULL || p->state != APPROVAL_PENDING)
		return;
	err_ignore(goal_get(a->store, p->goal, &g, NULL));
	buf_init(&said, (size_t)64 << 10);
	json_open(a->j, "yes_to", '[');
	for (i = 0; i < STRANGERS_SHOWN; i++) {
		if (!policy_needs_typed_yes(p, slice_of(g.text != NULL ? g.text : ""), buf_text(&said), &need) || need.value[0] == '\0')
			break;
		json_put_text(a->j, NULL, need.value);
		buf_addf(&said, "%s\n", need.value);
	}
	json_close(a->j, ']');
	buf_release(&said);
	goal_release(&g);
}

static void put_change(void *user, enum preview_role role, struct slice text)
{
	struct json_out *j = user;

	json_open(j, NULL, '{');
	json_put_text(j, "role", preview_role_names[role]);
	json_put_slice(j, "text", text);
	json_close(j, '}');
}

static void put_changes(struct ask *a, const struct approval *p, const char *name, int64_t before, int version)
{
	struct approval first = {0};

	if (p->payload == NULL || approval_get_version(a->store, before, version, &first, NULL) != ERR_OK)
		return;
	if (first.payload != NULL) {
		json_open(a->j, name, '[');
		err_ignore(preview_changes(&first, p, put_change, a->j, NULL));
		json_close(a->j, ']');
	}
	approval_release(&first);
}

/* What a person changed in what the agent had proposed; and what the agent did, asked for changes. */
static void put_both_changes(struct ask *a, const struct approval *p)
{
	struct approval before = {0};
	struct decision d;

	if (p->version > 1)
		put_changes(a, p, "changes", p->id, 1);
	if (p->replaces == 0 || approval_get(a->store, p->replaces, false, &before, NULL) != ERR_OK)
		return;
	if (decision_get(a->store, before.id, before.version, &d, NULL) == ERR_OK)
		json_put_text(a->j, "asked_for", d.reason);
	put_changes(a, p, "changes_asked", before.id, before.version);
	approval_release(&before);
}

/* Who said what, where, when, and how long it had been on their screen. */
static void put_history(struct ask *a, const struct approval *p)
{
	struct decision rows[HISTORY_SHOWN];
	int n = 0;

	if (decision_list(a->store, p->id, rows, HISTORY_SHOWN, &n, NULL) != ERR_OK)
		n = 0;
	json_open(a->j, "history", '[');
	for (int i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "verdict", verdict_words[rows[i].verdict]);
		json_put_int(a->j, "version", rows[i].version);
		json_put_text(a->j, "person", rows[i].person);
		json_put_text(a->j, "where", rows[i].where);
		put_time(a->j, "at", rows[i].at_us);
		if (rows[i].rule > 0)
			json_put_int(a->j, "rule", rows[i].rule);
		if (rows[i].shown_ms > 0)
			json_put_int(a->j, "shown_ms", rows[i].shown_ms);
		put_word(a->j, "said", rows[i].said);
		put_word(a->j, "reason", rows[i].reason);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
}

static void put_preview(struct json_out *j, const struct approval *p)
{
	struct preview v;
	struct err e;

	json_open(j, "preview", '[');
	if (p->payload != NULL && preview_make(p, &v, &e) == ERR_OK) {
		for (size_t i = 0; i < v.n; i++) {
			json_open(j, NULL, '{');
			json_put_text(j, "role", preview_role_names[v.lines[i].role]);
			if (v.lines[i].name != NULL)
				json_put_text(j, "name", v.lines[i].name);
			if (v.lines[i].depth > 0)
				json_put_int(j, "depth", v.lines[i].depth);
			json_put_slice(j, "text", v.lines[i].text);
			json_close(j, '}');
		}
		preview_release(&v);
	} else {
		json_open(j, NULL, '{');
		json_put_text(j, "role", preview_role_names[PREVIEW_WARN]);
		json_put_text(j, "text", p->payload == NULL ? "the payload was purged" : e.text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_exposure(struct ask *a, const struct approval *p)
{
	struct exposure x;
	char words[TITLE_MAX_BYTES];

	exposure_of(a->store, p->goal, clock_now_us(), &x);
	exposure_words(&x, words);
	json_put_text(a->j, "exposure", words);
	if (x.has_today)
		put_money(a->j, "exposure_today_usd", x.today_pd);
	else
		json_put_null(a->j, "exposure_today_usd");
	if (x.has_total)
		put_money(a->j, "exposure_total_usd", x.total_pd);
	else
		json_put_null(a->j, "exposure_total_usd");
}

enum err_code answer_approval(struct ask *a, struct err *e)
{
	struct approval p;
	struct firing f = {.id = 0};
	enum err_code code = approval_get(a->store, a->q->id, true, &p, e);

	if (code != ERR_OK)
		return code;
	code = firing_of(a->store, p.id, p.version, &f, e);
	if (code != ERR_OK && code != ERR_MISSING) {
		approval_release(&p);
		return code;
	}
	json_open(a->j, NULL, '{');
	put_approval(a->j, &p);
	put_strangers(a, &p);
	put_exposure(a, &p);
	if (p.payload != NULL)
		json_put_slice(a->j, "payload", slice_make(p.payload, p.payload_len));
	else
		json_put_null(a->j, "payload");
	put_word(a->j, "receipt", code == ERR_OK ? f.receipt : NULL);
	put_preview(a->j, &p);
	put_both_changes(a, &p);
	put_history(a, &p);
	json_close(a->j, '}');
	if (code == ERR_OK)
		firing_release(&f);
	approval_release(&p);
	return ERR_OK;
}
