/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/shown.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "desk/exposure.h"
#include "model/move.h"
#include "model/reply.h"
#include "money/cap.h"
#include "money/pico.h"
#include "office/plan.h"
#include "office/policy.h"
#include "office/preview.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/connector.h"
#include "store/goal.h"
#include "store/rule.h"
#include "store/store.h"
#include "store/task.h"

#define OFFER_AFTER 5	/* approvals in a row before a rule is offered */
#define CAPS_SHOWN 64
#define DECISIONS_SHOWN 16
#define ENTRIES_SHOWN 400
#define TOOL_LINES_SHOWN 12

void shown_clear(struct shown *s)
{
	int i;

	for (i = 0; i < s->n; i++)
		free(s->v[i].text);
	free(s->v);
	*s = (struct shown){0};
}

static void add_line(struct shown *s, enum shown_role role, const char *p, size_t len)
{
	if ((s->n & (s->n - 1)) == 0)	/* a power of two: full */
		s->v = xreallocarray(s->v, s->n > 0 ? (size_t)s->n * 2 : 1, sizeof *s->v);
	s->v[s->n].role = role;
	s->v[s->n++].text = xstrndup(p, len);
}

void shown_add(struct shown *s, enum shown_role role, const char *text, size_t len)
{
	const char *at = text, *end = text + len;

	do {
		const char *eol = memchr(at, '\n', (size_t)(end - at));
		const char *stop = eol != NULL ? eol : end;

		add_line(s, role, at, (size_t)(stop - at));
		at = eol != NULL ? eol + 1 : end;
	} while (at < end);
}

void shown_addf(struct shown *s, enum shown_role role, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	shown_add(s, role, line, strlen(line));
}

/* --- a transcript ---------------------------------------------------------------- */

static void show_reply(const struct entry *n, struct shown *out)
{
	struct prompt p;
	size_t i;

	prompt_init(&p, "", 1);
	prompt_add_message(&p, ROLE_ASSISTANT);
	if (n->body == NULL) {
		shown_addf(out, SHOWN_NOTE, "(purged)");
	} else if (parts_from_json(slice_of(n->body), &p, NULL) == ERR_OK) {
		for (i = 0; i < p.message[0].count; i++) {
			const struct prompt_part *part = &p.message[0].part[i];

			if (part->kind == PART_TEXT)
				shown_add(out, SHOWN_AGENT, part->bytes, part->len);
			else if (part->kind == PART_TOOL_USE)
				shown_addf(out, SHOWN_TOOL, "> %s %.600s", part->name, part->bytes);
		}
	}
	prompt_release(&p);
}

/* The head of a tool's answer: the whole of it is in `task show`. */
static void show_result(const struct entry *n, struct shown *out)
{
	const char *at = n->body != NULL ? n->body : "(purged)";
	int lines = 0;

	if (n->kind == ENTRY_SUMMARY && n->body != NULL && n->body[0] == '\0') {
		shown_addf(out, SHOWN_NOTE, "%s: there was none to be had", n->source);
		return;
	}
	shown_addf(out, n->is_error ? SHOWN_ERROR : SHOWN_NOTE, "%s%s", n->is_error ? "refused: " : n->kind == ENTRY_SUMMARY ? "" : "answer: ", n->source);
	while (*at != '\0' && lines++ < TOOL_LINES_SHOWN) {
		size_t len = strcspn(at, "\n");

		add_line(out, n->is_error ? SHOWN_ERROR : SHOWN_PLAIN, at, len);
		at += len + (at[len] == '\n');
	}
	if (*at != '\0')
		shown_addf(out, SHOWN_NOTE, "(%zu more bytes)", strlen(at));
}

/* The planning of a goal that has ended ends with what came of the goal. */
static void show_page(struct store *s, const struct task *t, struct shown *out)
{
	struct goal g = {0};

	if (t->kind == TASK_PLAN && goal_get(s, t->goal, &g, NULL) == ERR_OK && g.report != NULL) {
		shown_addf(out, SHOWN_HEAD, "G%lld is %s", (long long)g.id, life_name(&goal_life, g.state));
		shown_add(out, SHOWN_PLAIN, g.report, strlen(g.report));
	}
	goal_release(&g);
}

void shown_transcript(struct store *s, int64_t task, struct shown *out)
{
	struct entry *rows = xcalloc(ENTRIES_SHOWN, sizeof *rows);
	struct task t = {0};
	int n = 0, i;

	shown_clear(out);
	if (task_get(s, task, &t, NULL) == ERR_OK) {
		shown_addf(out, SHOWN_HEAD, "T%lld %s", (long long)t.id, t.title);
		if (t.instructions != NULL)
			shown_add(out, SHOWN_PERSON, t.instructions, strlen(t.instructions));
	}
	if (entry_tail(s, task, rows, ENTRIES_SHOWN, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		switch (rows[i].kind) {
		case ENTRY_USER:
			shown_add(out, SHOWN_PERSON, rows[i].body != NULL ? rows[i].body : "(purged)", strlen(rows[i].body != NULL ? rows[i].body : "(purged)"));
			break;
		case ENTRY_ASSISTANT:
			show_reply(&rows[i], out);
			break;
		case ENTRY_TOOL_RESULT:
		case ENTRY_SUMMARY:
			show_result(&rows[i], out);
			break;
		case ENTRY_NOTE:
			shown_add(out, SHOWN_NOTE, rows[i].body != NULL ? rows[i].body : "", rows[i].body != NULL ? strlen(rows[i].body) : 0);
			break;
		}
		entry_release(&rows[i]);
	}
	if (t.why[0] != '\0')
		shown_addf(out, t.state == TASK_FAILED || t.state == TASK_PAUSED ? SHOWN_ERROR : SHOWN_NOTE, "%s: %s", life_name(&task_life, t.state), t.why);
	if (t.result != NULL)
		shown_add(out, SHOWN_HEAD, t.result, strlen(t.result));
	show_page(s, &t, out);
	task_release(&t);
	free(rows);
}

/* --- an approval ------------------------------------------------------------------- */

static void show_preview(const struct approval *a, struct shown *out)
{
	static const enum shown_role roles[PREVIEW_ROLES] = {
		[PREVIEW_HEAD] = SHOWN_HEAD, [PREVIEW_PLAIN] = SHOWN_PLAIN, [PREVIEW_ADD] = SHOWN_ADD, [PREVIEW_DEL] = SHOWN_DEL,
		[PREVIEW_HUNK] = SHOWN_HUNK, [PREVIEW_FIELD] = SHOWN_FIELD, [PREVIEW_NOTE] = SHOWN_NOTE, [PREVIEW_WARN] = SHOWN_WARN,
		[PREVIEW_JSON] = SHOWN_JSON};
	struct preview p;
	struct err e = {0};
	size_t i;

	if (preview_make(a, &p, &e) != ERR_OK) {
		shown_addf(out, SHOWN_ERROR, "this cannot be shown, so it cannot be approved: %s", e.text);
		return;
	}
	for (i = 0; i < p.n; i++) {
		const struct preview_line *l = &p.lines[i];

		char *line = xasprintf("%*s%s%s%.*s", 2 * l->depth, "", l->name != NULL ? l->name : "", l->name != NULL ? ": " : "", (int)l->text.len,
		    l->text.len > 0 ? l->text.p : "");

		add_line(out, roles[l->role], line, strlen(line));
		free(line);
	}
	preview_release(&p);
}

static void show_list(const char *json, enum shown_role role, const char *before, struct shown *out)
{
	cJSON *list = NULL, *item;

	if (json == NULL || json_parse(slice_of(json), &list, NULL) != ERR_OK)
		return;
	cJSON_ArrayForEach(item, list) {
		if (cJSON_IsString(item))
			shown_addf(out, role, "%s%s", before, item->valuestring);
	}
	cJSON_Delete(list);
}

static void put_change(void *user, enum preview_role role, struct slice text)
{
	struct shown *out = user;

	shown_addf(out, role == PREVIEW_DEL ? SHOWN_DEL : SHOWN_ADD, "%s %.*s", role == PREVIEW_DEL ? "-" : "+", (int)(text.len < 900 ? text.len : 900), text.p);
}

static void show_changes(struct store *s, const struct approval *a, const char *head, int64_t before, int version, struct shown *out)
{
	struct approval first = {0};

	if (a->payload == NULL || approval_get_version(s, before, version, &first, NULL) != ERR_OK)
		return;
	if (first.payload != NULL) {
		shown_addf(out, SHOWN_HEAD, "%s", head);
		err_ignore(preview_changes(&first, a, put_change, out, NULL));
	}
	approval_release(&first);
}

/* The new version that a person asked for: their words, and what the agent made of them. */
static void show_asked(struct store *s, const struct approval *a, struct shown *out)
{
	struct approval before = {0};
	struct decision d;
	char head[64];

	if (a->replaces == 0 || approval_get(s, a->replaces, false, &before, NULL) != ERR_OK)
		return;
	if (decision_get(s, before.id, before.version, &d, NULL) == ERR_OK)
		shown_addf(out, SHOWN_NOTE, "%s asked for changes to A%lld: %.600s", d.person, (long long)before.id, d.reason);
	snprintf(head, sizeof head, "changed since A%lld:", (long long)before.id);
	show_changes(s, a, head, before.id, before.version, out);
	approval_release(&before);
}

static void show_decisions(struct store *s, const struct approval *a, struct shown *out)
{
	struct decision rows[DECISIONS_SHOWN];
	char at[DATE_TEXT], screen[48];
	int n = 0, i;

	if (decision_list(s, a->id, rows, DECISIONS_SHOWN, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		const struct decision *d = &rows[i];

		date_rfc3339(d->at_us, at);
		screen[0] = '\0';
		if (d->shown_ms > 0)
			snprintf(screen, sizeof screen, ", on the screen for %lld s", (long long)((d->shown_ms + 999) / 1000));
		shown_addf(out, SHOWN_NOTE, "%s by %s (%.100s), version %d, %.16sZ%s%s%.100s%s%.200s", verdict_words[d->verdict], d->person, d->where,
		    d->version, at, screen, d->said[0] != '\0' ? ", typed: " : "", d->said, d->reason[0] != '\0' ? ": " : "", d->reason);
	}
	if (a->state == APPROVAL_PENDING && a->decided_by[0] != '\0')
		shown_addf(out, SHOWN_WARN, "! one of two persons has said yes: %s", a->decided_by);
}

/* Who pays for going on, and what the tightest limit leaves. */
static void show_money(struct store *s, const struct approval *a, struct shown *out)
{
	struct call_filter filter = {.task = a->task};
	struct cap *caps = xcalloc(CAPS_SHOWN, sizeof *caps);
	const struct cap *tightest = NULL;
	char money[PICO_TEXT], left[PICO_TEXT], name[NAME_MAX_BYTES];
	struct call c = {0};
	int n = 0, i;

	pico_format_fine(a->worst_case_pd, money);
	/* of a plan it is what its steps expect, if that is more than the next call's bound */
	shown_addf(out, SHOWN_FIELD, a->kind == APPROVAL_PLAN && a->payload != NULL && plan_cost(slice_make(a->payload, a->payload_len)) == a->worst_case_pd
		? "the plan expects to cost: %s" : "going on costs at most: %s", money);
	if (a->task != 0 && call_list(s, &filter, &c, 1, &n, NULL) == ERR_OK && n == 1) {
		shown_addf(out, SHOWN_FIELD, "paid with: key %s (%s)", c.key_label, c.vendor);
		n = 0;
		if (cap_covering(s, &c, clock_now_us(), caps, CAPS_SHOWN, &n, NULL) != ERR_OK)
			n = 0;
	}
	for (i = 0; i < n; i++)
		if (tightest == NULL || cap_left(caps[i].limit_pd, caps[i].spent_pd, caps[i].held_pd) < cap_left(tightest->limit_pd, tightest->spent_pd, tightest->held_pd))
			tightest = &caps[i];
	if (tightest != NULL) {
		int64_t over = cap_left(tightest->limit_pd, tightest->spent_pd, tightest->held_pd);

		snprintf(name, sizeof name, "%s%s%.40s %s", cap_scope_names[tightest->scope], tightest->ref[0] != '\0' ? " " : "", tightest->ref, cap_window_names[tightest->window]);
		pico_format_fine(over > a->worst_case_pd ? over - a->worst_case_pd : 0, left);
		shown_addf(out, over < a->worst_case_pd ? SHOWN_WARN : SHOWN_FIELD, "left of the %s cap after it: %s%s", name, left,
		    over < a->worst_case_pd ? ", so going on will ask you to raise it" : "");
	}
	free(caps);
}

/* What a yes may lead to at the very most. */
static void show_exposure(struct store *s, const struct approval *a, struct shown *out)
{
	char words[TITLE_MAX_BYTES];
	struct exposure x;

	exposure_of(s, a->goal, clock_now_us(), &x);
	exposure_words(&x, words);
	shown_addf(out, x.has_today ? SHOWN_FIELD : SHOWN_WARN, "all its work: %s", words);
}

/* Nobody knows whether it was done: when it left, whom to ask, what to look for. */
static void show_unknown(struct store *s, const struct approval *a, struct shown *out)
{
	struct connector_record c = {0};
	struct firing f = {0};
	char at[DATE_TEXT];
	bool ours = connector_by_name(s, a->connector, &c, NULL) == ERR_OK && c.type != CONNECTOR_MCP;

	shown_addf(out, SHOWN_WARN, "! nobody knows whether this was done: w says what became of it");
	if (firing_of(s, a->id, a->version, &f, NULL) == ERR_OK) {
		date_rfc3339(f.begun_us, at);
		shown_addf(out, SHOWN_FIELD, "it left: %.16sZ for %s.%s, by the word of %.200s", at, a->connector, a->tool, a->decided_by);
		shown_addf(out, SHOWN_FIELD, "look there for: what stands below%s%.16s", ours ? ", or the mark " : "", ours ? f.idempotency_key : "");
	}
	shown_addf(out, SHOWN_NOTE, ours ? "its connector is asked by itself when a worker is there, and settles it if it can tell" : "its connector is not one of ours and cannot be asked: only you can find out");
	firing_release(&f);
	connector_record_release(&c);
}

static void show_facts(struct store *s, const struct approval *a, const struct goal *g, struct shown *out)
{
	struct decision last;
	int streak = 0;
	char hash[HASH_TEXT];

	if (a->state == APPROVAL_UNKNOWN)
		show_unknown(s, a, out);
	if (a->kind == APPROVAL_ACTION)
		shown_addf(out, SHOWN_FIELD, "where: %s.%s (%s)", a->connector, a->tool, effect_names[a->effect]);
	shown_addf(out, SHOWN_FIELD, "for: G%lld %.200s", (long long)a->goal, g->text != NULL ? g->text : "");
	show_list(a->flags, SHOWN_WARN, "! ", out);
	show_list(a->provenance, SHOWN_NOTE, "read before: ", out);
	show_money(s, a, out);
	show_exposure(s, a, out);
	if (a->kind == APPROVAL_ACTION && decision_last_like(s, a->connector, a->tool, &last, NULL) == ERR_OK)
		shown_addf(out, SHOWN_FIELD, "the last like it: %s by %s", verdict_words[last.verdict], last.person);
	if (a->kind == APPROVAL_ACTION && a->effect != EFFECT_DESTROY && rule_streak(s, a->agent, a->connector, a->tool, &streak, NULL) == ERR_OK && streak >= OFFER_AFTER)
		shown_addf(out, SHOWN_NOTE, "you approved the last %d like it unchanged: Y makes a standing rule", streak);
	hash_to_text(&a->hash, hash);
	shown_addf(out, SHOWN_NOTE, "%s", hash);
	if (a->reason[0] != '\0')
		shown_addf(out, SHOWN_NOTE, "%s", a->reason);
	show_decisions(s, a, out);
	if (a->state == APPROVAL_CHANGES_ASKED)
		shown_addf(out, SHOWN_NOTE, "it is %s's turn: its new version will be put to you", a->agent);
	if (a->version > 1)
		show_changes(s, a, "changed since the agent proposed it:", a->id, 1, out);
	show_asked(s, a, out);
}

/* What the agent said in the turn that proposed it. */
static char *agents_words(struct store *s, const struct approval *a)
{
	struct entry *rows = xcalloc(64, sizeof *rows);
	struct prompt p;
	struct buf words;
	int n = 0, i;
	size_t k;

	buf_init(&words, 16 << 10);
	if (entry_tail(s, a->task, rows, 64, &n, NULL) != ERR_OK)
		n = 0;
	for (i = n - 1; i >= 0; i--) {
		bool here = false;

		if (rows[i].kind != ENTRY_ASSISTANT || rows[i].body == NULL || words.len > 0)
			continue;
		prompt_init(&p, "", 1);
		prompt_add_message(&p, ROLE_ASSISTANT);
		if (parts_from_json(slice_of(rows[i].body), &p, NULL) == ERR_OK)
			for (k = 0; k < p.message[0].count; k++)
				here |= p.message[0].part[k].kind == PART_TOOL_USE && strcmp(p.message[0].part[k].id, a->tool_use_id) == 0;
		for (k = 0; here && k < p.message[0].count; k++)
			if (p.message[0].part[k].kind == PART_TEXT)
				buf_add(&words, p.message[0].part[k].bytes, p.message[0].part[k].len);
		prompt_release(&p);
	}
	for (i = 0; i < n; i++)
		entry_release(&rows[i]);
	free(rows);
	if (words.len == 0) {
		buf_release(&words);
		return NULL;
	}
	return buf_take(&words);
}

void shown_approval(struct store *s, int64_t id, struct snapshot *out)
{
	struct approval a = {0};
	struct goal g = {0};
	struct typed_yes need;

	shown_clear(&out->preview);
	shown_clear(&out->raw);
	shown_clear(&out->facts);
	free(out->agents_words);
	out->agents_words = NULL;
	out->detail.id = 0;
	if (approval_get(s, id, true, &a, NULL) == ERR_OK) {
		err_ignore(goal_get(s, a.goal, &g, NULL));
		if (a.payload != NULL) {
			show_preview(&a, &out->preview);
			shown_add(&out->raw, SHOWN_PLAIN, a.payload, a.payload_len);
		} else {
			shown_addf(&out->preview, SHOWN_NOTE, "its content was purged");
		}
		show_facts(s, &a, &g, &out->facts);
		out->agents_words = agents_words(s, &a);
		out->needs_typed_yes = a.payload != NULL && policy_needs_typed_yes(&a, slice_of(g.text != NULL ? g.text : ""), NULL, &need);
		if (out->needs_typed_yes && a.state == APPROVAL_PENDING)
			shown_addf(&out->facts, SHOWN_WARN, "! asks for the word yes: %s", need.why);
		out->detail = (struct approval_row){.id = a.id, .version = a.version, .task = a.task, .goal = a.goal, .created_us = a.created_us, .fire_us = a.fire_us,
			.worst_case_pd = a.worst_case_pd, .kind = a.kind, .state = a.state, .effect = a.effect, .hash = a.hash};
		snprintf(out->detail.agent, sizeof out->detail.agent, "%s", a.agent);
		snprintf(out->detail.connector, sizeof out->detail.connector, "%s", a.connector);
		snprintf(out->detail.tool, sizeof out->detail.tool, "%s", a.tool);
		snprintf(out->detail.summary, sizeof out->detail.summary, "%s", a.summary);
	}
	goal_release(&g);
	approval_release(&a);
}
