/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order is all: what stays the same for longest stands first. Marks are set
 * while building, since a mark goes to the piece that was added last: on the
 * tools, on the system text, and at the end of the last two runs of user
 * messages, so that this turn reads what the last one wrote and writes what the
 * next one will read. */
#include "config.h"

#include "office/prompt.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/reply.h"
#include "money/pico.h"
#include "office/shorten.h"

static const char plan_schema[] = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"summary\",\"tasks\"],\"properties\":{"
    "\"summary\":{\"type\":\"string\",\"description\":\"The plan in two or three sentences, for the person who decides on it.\"},"
    "\"tasks\":{\"type\":\"array\",\"minItems\":1,\"items\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"key\",\"title\",\"instructions\",\"agent\",\"depends_on\"],\"properties\":{"
    "\"key\":{\"type\":\"string\",\"description\":\"A short word of its own: letters, digits, - or _.\"},"
    "\"title\":{\"type\":\"string\",\"description\":\"One line.\"},"
    "\"instructions\":{\"type\":\"string\",\"description\":\"All that the agent needs: it sees the goal, this text and the results of the tasks it depends on, "
    "nothing else.\"},"
    "\"agent\":{\"type\":\"string\",\"description\":\"Name or role from the team list.\"},"
    "\"depends_on\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"description\":\"Keys of tasks whose results it needs; empty if none.\"},"
    "\"tier\":{\"type\":\"string\",\"enum\":[\"routine\",\"standard\",\"top\"],\"description\":\"Leave out for the agent's own.\"},"
    "\"expected_cost_usd\":{\"type\":\"string\",\"description\":\"Dollars as a decimal, such as 0.25.\"}}}}}}";
static const char ask_schema[] = "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"question\"],\"properties\":{"
    "\"question\":{\"type\":\"string\",\"description\":\"One question, with the choices you see and the one you would take.\"}}}";
#define TEAM_TOOLS 40	/* of one kind, named for one agent */
static const char any_schema[] = "{\"type\":\"object\"}";

/* --- frames ----------------------------------------------------------------------- */

static size_t whole_characters(struct slice text, size_t max)
{
	if (text.len <= max)
		return text.len;
	while (max > 0 && ((unsigned char)text.p[max] & 0xC0) == 0x80)
		max--;
	return max;
}

void prompt_frame(struct buf *out, struct slice text, const char *source, size_t max)
{
	struct hash_fields *h = hash_fields_new("claviger frame");
	size_t n = whole_characters(text, max), i;
	char hex[HASH_HEX];
	struct hash sum;

	hash_field_text(h, source);
	hash_field(h, text.p, text.len);
	sum = hash_fields_end(h);
	hash_to_hex(&sum, hex);
	hex[12] = '\0';
	buf_addf(out, "<data id=\"%s\" from=\"", hex);
	for (i = 0; source[i] != '\0'; i++)
		buf_addc(out, (unsigned char)source[i] < 0x20 || strchr("\"<>\x7F", source[i]) != NULL ? '_' : source[i]);
	buf_adds(out, "\">\n");
	buf_add(out, text.p, n);
	if (n == 0 || text.p[n - 1] != '\n')
		buf_addc(out, '\n');
	buf_addf(out, "</data %s>", hex);
	if (n < text.len)
		buf_addf(out, "\n[cut: the first %zu of %zu bytes are shown]", n, text.len);
}

/* --- marks -------------------------------------------------------------------------- */

/* Four bytes a token is on the safe side: a prefix that is too short is written at
 * a higher price and never read. */
static enum cache_mark mark(const struct prompt_facts *f, enum cache_mark what, size_t bytes)
{
	return f->cache_min_tokens > 0 && bytes / 4 >= (size_t)f->cache_min_tokens ? what : CACHE_NONE;
}

/* --- tools ----------------------------------------------------------------------------- */

static void describe(const struct offer *o, const struct office_limits *l, struct buf *out, struct slice *schema)
{
	static const char *const effects[EFFECTS] = {
		[EFFECT_READ] = "Reads only; runs at once.",
		[EFFECT_WRITE] = "Changes something; carried out only after a person approves this very call.",
		[EFFECT_SEND] = "Sends something out and can't be undone; carried out only after a person approves this very call.",
		[EFFECT_DESTROY] = "Destroys something; carried out only after a person approves this very call.",
	};

	if (o->kind == OFFER_SUBMIT_PLAN) {
		buf_addf(out, "Submit the plan for the goal: the whole plan each time. It is checked at once, and the answer names what to correct; then a person approves it or "
		    "sends it back with a reason. Nothing is done before that. Bounds: at most %d tasks, no chain of dependencies longer than %d, titles of at most %zu bytes, "
		    "instructions of at most %zu, a summary of at most %zu.", l->tasks_per_goal, l->plan_depth, l->title_bytes, l->instruction_bytes, l->summary_bytes);
		*schema = slice_of(plan_schema);
	} else if (o->kind == OFFER_ASK_PERSON) {
		buf_adds(out, "Ask the person one question and wait for the answer. Only for what you can't find out yourself and can't do without.");
		*schema = slice_of(ask_schema);
	} else {
		const struct tool *t = o->tool;

		if (t->description != NULL && t->description[0] != '\0')
			buf_addf(out, "%s\n", t->description);
		buf_adds(out, effects[t->effect]);
		*schema = slice_of(t->schema != NULL && t->schema[0] != '\0' ? t->schema : any_schema);
	}
}

static size_t last_open(const struct offers *o)
{
	size_t i, last = 0;

	for (i = 0; i < o->n; i++)
		if (o->v[i].state == OFFER_OPEN)
			last = i;
	return last;
}

static void add_tools(struct prompt *p, const struct prompt_facts *f)
{
	size_t last = last_open(f->offers), i;

	for (i = 0; i < f->offers->n; i++) {
		const struct offer *o = &f->offers->v[i];
		struct slice schema;
		struct buf text;

		if (o->state != OFFER_OPEN)
			continue;
		buf_init(&text, 0);
		describe(o, f->limits, &text, &schema);
		prompt_add_tool(p, o->name, buf_text(&text), schema,
		    i == last ? mark(f, f->prefix_cache, p->bytes + text.len + schema.len + strlen(o->name)) : CACHE_NONE);
		buf_release(&text);
	}
}

/* --- system -------------------------------------------------------------------------------- */

/* What an agent may use of what is connected, by the names it will see. */
static void tools_text(struct buf *b, const struct offers *offers, const struct agent *a, bool reads, const char *lead)
{
	size_t i;
	int n = 0;

	for (i = 0; i < offers->n; i++) {
		const struct offer *o = &offers->v[i];

		if (o->tool == NULL || (o->tool->effect == EFFECT_READ) != reads || !offer_meant(a, o))
			continue;
		if (n++ < TEAM_TOOLS)
			buf_addf(b, "%s%s", n == 1 ? lead : ", ", o->name);
	}
	if (n > TEAM_TOOLS)
		buf_addf(b, " and %d more", n - TEAM_TOOLS);
	else if (n == 0 && reads)
		buf_addf(b, "%snone", lead);
}

static void team_text(struct buf *b, const struct prompt_facts *f)
{
	size_t i;

	buf_adds(b, "The team. Give every task to one of them, by name or role. The tools listed are all that there are:\n");
	for (i = 0; i < f->team_n; i++) {
		const struct agent *a = &f->team[i];

		if (a->paused || (strcmp(a->name, f->agent->name) == 0 && f->team_n > 1))
			continue;
		buf_addf(b, "- %s, role %s: %s. Tier %s. ", a->name, a->role, a->title, tier_names[a->tier]);
		tools_text(b, f->offers, a, true, "Tools that read: ");
		tools_text(b, f->offers, a, false, "; that need approval: ");
		buf_adds(b, a->tools_narrowed || a->tools_n == 0 ? "\n" : "; any other tool of this list if need be\n");
	}
}

static void add_system(struct prompt *p, const struct prompt_facts *f)
{
	bool with_team = f->task->kind == TASK_PLAN && f->team_n > 0;
	struct buf who, team;

	buf_init(&who, 0);
	buf_init(&team, 0);
	buf_addf(&who, "You are %s.\nrole: %s\ntitle: %s\noffice: %s\n\n%s", f->agent->name, f->agent->role, f->agent->title,
	    f->workspace, f->agent->prompt != NULL ? f->agent->prompt : "");
	if (with_team)
		team_text(&team, f);
	prompt_add_system(p, f->rules, CACHE_NONE);
	prompt_add_system(p, buf_slice(&who), with_team ? CACHE_NONE : mark(f, f->prefix_cache, p->bytes + who.len));
	if (with_team)
		prompt_add_system(p, buf_slice(&team), mark(f, f->prefix_cache, p->bytes + team.len));
	buf_release(&who);
	buf_release(&team);
}

/* --- messages -------------------------------------------------------------------------------- */

static void plan_words(struct buf *b, const struct prompt_facts *f)
{
	char most[PICO_TEXT];

	buf_addf(b, "\nPlan this goal: look at what you need to see, then submit the plan with submit_plan. At most %d tasks", f->limits->tasks_per_goal);
	if (f->goal->cap_pd > 0) {
		pico_format_cap(f->goal->cap_pd, most);
		buf_addf(b, ", and at most %s for all of it, this planning included", most);
	}
	buf_adds(b, ".\n");
}

static void opening(struct prompt *p, const struct prompt_facts *f)
{
	const struct task *t = f->task;
	const struct entry *summary;
	size_t i, left = f->limits->attachment_bytes;
	struct buf b;
	char day[11];

	buf_init(&b, 0);
	date_day(t->started_us != 0 ? t->started_us : t->created_us, day);
	buf_addf(&b, "Today is %s.\n\nThe person's goal G%" PRId64 ":\n%s\n", day, f->goal->id, f->goal->text);
	if (t->kind == TASK_PLAN && t->instructions != NULL && strcmp(t->instructions, f->goal->text) != 0)
		buf_addf(&b, "\n%s\n", t->instructions);	/* it is planned again */
	if (t->kind == TASK_PLAN)
		plan_words(&b, f);
	else
		buf_addf(&b, "\nYour task T%" PRId64 ", a part of that goal: %s\n%s\n", t->id, t->title, t->instructions != NULL ? t->instructions : "");
	for (i = 0; i < f->needed_n; i++) {
		char source[TITLE_MAX_BYTES];
		const struct task *n = &f->needed[i];

		snprintf(source, sizeof source, "result of T%" PRId64 " (%s): %.120s", n->id, n->agent, n->title);
		buf_adds(&b, "\n");
		prompt_frame(&b, slice_of(n->result != NULL ? n->result : ""), source, f->limits->tool_result_bytes);
		buf_adds(&b, "\n");
	}
	for (i = 0; i < f->attachments_n; i++) {
		const struct attachment *a = &f->attachments[i];
		char source[TITLE_MAX_BYTES];

		snprintf(source, sizeof source, "attachment %.200s", a->name);
		buf_adds(&b, "\n");
		prompt_frame(&b, a->text, source, left);
		buf_adds(&b, "\n");
		left -= a->text.len < left ? a->text.len : left;
	}
	summary = shorten_found(f, SHORTEN_ATTACHMENTS, 0);
	if (summary != NULL) {
		shorten_show(&b, summary, f->limits->tool_result_bytes);
		buf_adds(&b, "\n");
	}
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, buf_slice(&b));
	buf_release(&b);
}

static const struct entry *result_of(const struct prompt_facts *f, size_t from, const char *id)
{
	size_t i;

	for (i = from; i < f->entries_n && f->entries[i].kind != ENTRY_ASSISTANT; i++)
		if (f->entries[i].kind == ENTRY_TOOL_RESULT && strcmp(f->entries[i].tool_use_id, id) == 0)
			return &f->entries[i];
	return NULL;
}

/* at: the result's entry. first: of those left out with it; 0 if it is shown, else 1 + its index. */
static void add_result(struct prompt *p, const struct prompt_facts *f, const char *id, size_t at, size_t first)
{
	const struct entry *n = &f->entries[at], *summary = first == at + 1 ? shorten_found(f, SHORTEN_LEFT_OUT, at) : NULL;
	struct slice body = slice_of(n->body != NULL ? n->body : "");
	size_t most = f->limits->tool_result_bytes;
	struct buf b;

	buf_init(&b, 0);
	if (first > 0) {
		buf_addf(&b, "[left out to keep this short: %zu bytes that you have read before; call again if you need them]", body.len);
	} else if (n->untrusted) {
		prompt_frame(&b, body, n->source[0] != '\0' ? n->source : "a tool", most);
	} else {
		most = whole_characters(body, most);
		buf_add(&b, body.p, most);
		if (most < body.len)
			buf_addf(&b, "\n[cut: the first %zu of %zu bytes are shown]", most, body.len);
	}
	if (summary == NULL)
		summary = shorten_found(f, SHORTEN_RESULT, at);
	if (summary != NULL)
		shorten_show(&b, summary, f->limits->tool_result_bytes);
	prompt_add_tool_result(p, id, buf_slice(&b), n->is_error);
	buf_release(&b);
}

/* The user message behind an assistant entry: a result for each of its calls, in
 * their order (vendors want them first, and all of them), then what people said. */
static void add_answers(struct prompt *p, const struct prompt_facts *f, const size_t *left_out, size_t from, char *const ids[], size_t ids_n)
{
	size_t i;

	if (ids_n > 0)
		prompt_add_message(p, ROLE_USER);
	for (i = 0; i < ids_n; i++) {
		const struct entry *n = result_of(f, from, ids[i]);

		if (n != NULL)
			add_result(p, f, ids[i], (size_t)(n - f->entries), left_out[n - f->entries]);
		else
			prompt_add_tool_result(p, ids[i], slice_of("There is no result: the office was stopped before this was done."), true);
	}
	for (i = from; i < f->entries_n && f->entries[i].kind != ENTRY_ASSISTANT; i++)
		if (f->entries[i].kind == ENTRY_USER && f->entries[i].body != NULL) {
			prompt_add_message(p, ROLE_USER);
			prompt_add_text(p, slice_of(f->entries[i].body));
		}
}

/* Inputs that did not pass the gate can't be sent back as JSON: an empty object
 * stands for them (the call was refused, and its result says why). Ids of the
 * calls go to ids. */
static size_t mend_calls(struct prompt_message *m, char *ids[])
{
	size_t i, n = 0;

	for (i = 0; i < m->count; i++) {
		struct prompt_part *c = &m->part[i];

		if (c->kind != PART_TOOL_USE)
			continue;
		if (json_gate(slice_make(c->bytes, c->len), NULL) != ERR_OK || c->bytes[strspn(c->bytes, " \t\r\n")] != '{') {
			free(c->bytes);
			c->bytes = xstrdup("{}");
			c->len = 2;
		}
		ids[n++] = c->id;
	}
	return n;
}

static enum err_code add_history(struct prompt *p, const struct prompt_facts *f, const size_t *left_out, struct err *e)
{
	size_t i, turns = 0, seen = 0, ids_n;
	char *ids[PROMPT_PARTS_MAX];
	bool has_tools = f->offers->n > 0 && f->offers->v[last_open(f->offers)].kind == OFFER_TOOL;

	for (i = 0; i < f->entries_n; i++)
		turns += f->entries[i].kind == ENTRY_ASSISTANT;
	opening(p, f);
	add_answers(p, f, left_out, 0, NULL, 0);
	for (i = 0; i < f->entries_n; i++) {
		enum err_code rc;

		if (f->entries[i].kind != ENTRY_ASSISTANT)
			continue;
		if (seen + 1 == turns)	/* the end of what the last turn sent */
			prompt_mark_last(p, mark(f, f->history_cache, p->bytes));
		seen++;
		prompt_add_message(p, ROLE_ASSISTANT);
		rc = parts_from_json(slice_of(f->entries[i].body != NULL ? f->entries[i].body : ""), p, e);
		if (rc != ERR_OK) {
			err_context(e, "entry %d of task T%" PRId64, f->entries[i].seq, f->task->id);
			return rc;
		}
		if (p->over)
			break;
		ids_n = mend_calls(&p->message[p->message_count - 1], ids);
		add_answers(p, f, left_out, i + 1, ids, ids_n);
	}
	/* a task without tools ends with its first reply: nothing would be read back */
	if (has_tools || turns > 0)
		prompt_mark_last(p, mark(f, f->history_cache, p->bytes));
	return ERR_OK;
}

enum err_code office_prompt(struct prompt *out, const struct prompt_facts *f, struct err *e)
{
	enum err_code rc;
	size_t *left_out;

	prompt_init(out, f->model, f->max_tokens);
	add_tools(out, f);
	add_system(out, f);
	left_out = history_left_out(f);
	rc = add_history(out, f, left_out, e);
	free(left_out);
	if (rc == ERR_OK && out->over)
		rc = err_set(e, ERR_LIMIT, "the prompt of task T%" PRId64 " is larger than its bounds", f->task->id);
	if (rc != ERR_OK)
		prompt_release(out);
	return rc;
}
