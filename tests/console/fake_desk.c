/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/query.h"
#include "money/pico.h"

struct fake_desk fake;
static struct task_row tasks[24];
static struct approval_row approvals[16];
static struct meter_row meter[4];
static struct key_row keys[4];
static struct log_row log_rows[6];
static struct shown_line preview[64], raw[4], facts[3], transcript[6];
#define NOW (INT64_C(1795425600) * US_PER_S)

struct desk *fake_desk(void)
{
	return (struct desk *)&fake;
}

void fake_changed(unsigned parts)
{
	int i;

	for (i = 0; i < SNAP_PARTS; i++)
		if (parts & (1u << i))
			fake.world.generation[i]++;
}

static void window(int total, int offset, int rows, int *n, int *from)
{
	*from = offset < total ? offset : total;
	*n = total - *from < rows ? total - *from : rows;
}

enum err_code desk_refresh(struct desk *d, const struct wish *w, struct snapshot *s, struct err *e)
{
	int from, i;

	(void)d, (void)e;
	*s = fake.world;
	s->unlocked = fake.unlocked;
	window(fake.world.tasks_n, w->task_offset, w->task_rows, &s->tasks_n, &from);
	s->tasks = fake.world.tasks + from;
	window(fake.world.approvals_n, w->approval_offset, w->approval_rows, &s->approvals_n, &from);
	s->approvals = fake.world.approvals + from;
	s->detail.id = 0;
	for (i = 0; i < fake.world.approvals_n; i++)
		if (fake.world.approvals[i].id == w->detail_approval)
			s->detail = fake.world.approvals[i];
	return ERR_OK;
}

void snapshot_release(struct snapshot *s) { (void)s; }
void desk_looked(struct desk *d) { (void)d; }
const char *desk_workspace(const struct desk *d) { (void)d; return "acme"; }
const char *desk_folder(const struct desk *d) { (void)d; return "/tmp"; }
void desk_exposure(struct desk *d, char out[TITLE_MAX_BYTES]) { (void)d; snprintf(out, TITLE_MAX_BYTES, "at most $5.18 more today (workspace, day)"); }
bool desk_unlocked(const struct desk *d) { (void)d; return fake.unlocked; }
int desk_wake_fd(const struct desk *d) { (void)d; return fake.wake_fd; }
int desk_store_fd(const struct desk *d) { (void)d; return -1; }
bool desk_has_workspace(const struct desk_options *o) { (void)o; return true; }

uint32_t desk_ask(struct desk *d, struct op *op, struct secret *secret)
{
	(void)d;
	if (fake.asked_n < FAKE_ASKED) {
		fake.asked[fake.asked_n] = *op;
		snprintf(fake.asked_text[fake.asked_n], sizeof fake.asked_text[0], "%s", op->text != NULL ? op->text : "");
		fake.asked_n++;
	}
	free(op->text);
	fake.secret_len = secret != NULL ? secret->len : 0;
	secret_free(secret);
	if (op->kind == OP_UNLOCK) {
		fake.unlocked = true;
		fake.outcome = (struct outcome){.ticket = (uint32_t)fake.asked_n, .kind = OP_UNLOCK};
		fake.has_outcome = true;
	}
	return (uint32_t)fake.asked_n;
}

bool desk_outcome(struct desk *d, struct outcome *out)
{
	(void)d;
	if (!fake.has_outcome)
		return false;
	*out = fake.outcome;
	fake.has_outcome = false;
	return true;
}

enum err_code desk_open(struct desk **out, const struct desk_options *o, struct err *e)
{
	(void)o, (void)e;
	*out = fake_desk();
	return ERR_OK;
}

enum err_code desk_create(const struct desk_options *o, const struct workspace_wish *w, struct secret *pass, struct err *e)
{
	(void)o, (void)w, (void)e;
	secret_free(pass);
	return ERR_OK;
}

enum err_code desk_query(struct desk *d, const struct desk_options *o, const struct query *q, struct buf *out, struct err *e)
{
	(void)d, (void)o, (void)e;
	buf_clear(out);
	if (q->kind == QUERY_TEMPLATE_LIST)
		buf_adds(out, "[{\"name\":\"solo-founder\",\"title\":\"One person and a small office\"},{\"name\":\"agency\",\"title\":\"Client work\"}]");
	else
		buf_adds(out, "[{\"id\":1,\"label\":\"main\",\"vendor\":\"anthropic\",\"state\":\"active\"}]");
	return ERR_OK;
}

void fake_approvals(int n)
{
	static char line[] = "To: dana@example.com", raw_line[] = "{\"to\":\"dana@example.com\"}";
	int i;

	fake.world.now_us = NOW;
	snprintf(fake.world.workspace, sizeof fake.world.workspace, "acme");
	for (i = 0; i < n && i < 16; i++) {
		approvals[i] = (struct approval_row){.id = i + 1, .version = 1, .task = 12, .state = APPROVAL_PENDING, .effect = EFFECT_SEND, .created_us = NOW - (i + 1) * 60 * US_PER_S};
		approvals[i].hash = hash_bytes(&i, sizeof i);
		snprintf(approvals[i].agent, sizeof approvals[i].agent, "Kai");
		snprintf(approvals[i].connector, sizeof approvals[i].connector, "inbox");
		snprintf(approvals[i].tool, sizeof approvals[i].tool, "send_mail");
		snprintf(approvals[i].summary, sizeof approvals[i].summary, "to dana@example.com: the invoice");
	}
	preview[0] = (struct shown_line){SHOWN_FIELD, line};
	raw[0] = (struct shown_line){SHOWN_JSON, raw_line};
	fake.world.preview = (struct shown){preview, 1};
	fake.world.raw = (struct shown){raw, 1};
	fake.world.approvals = approvals;
	fake.world.approvals_n = fake.world.approvals_total = fake.world.pending = n;
	fake.world.oldest_pending_us = NOW - 6 * 60 * US_PER_S;
	fake_changed(SNAP_APPROVALS | SNAP_DETAIL | SNAP_STATUS);
}

static void add_task(int i, int id, enum task_state state, const char *agent, const char *title, int64_t cents, int64_t live)
{
	tasks[i] = (struct task_row){.id = id, .state = state, .cost_pd = cents * PICO_CENT, .live_pd = live * PICO_CENT, .on = state == TASK_WAITING ? ON_PERSON : ON_NOTHING};
	snprintf(tasks[i].agent, sizeof tasks[i].agent, "%s", agent);
	snprintf(tasks[i].title, sizeof tasks[i].title, "%s", title);
	snprintf(tasks[i].model, sizeof tasks[i].model, "sonnet-5.5");
}

static void add_meter(int i, const char *name, int64_t cents, int64_t cap)
{
	meter[i] = (struct meter_row){.cost_pd = cents * PICO_CENT, .cap_pd = cap * PICO_CENT};
	snprintf(meter[i].name, sizeof meter[i].name, "%s", name);
}

static void add_key(int i, const char *label, const char *vendor, enum key_state state)
{
	keys[i] = (struct key_row){.id = i + 1, .state = state, .last_used_us = NOW - (i * 50 + 2) * 60 * US_PER_S};
	snprintf(keys[i].label, sizeof keys[i].label, "%s", label);
	snprintf(keys[i].vendor, sizeof keys[i].vendor, "%s", vendor);
}

void fake_rich(void)
{
	static char t1[] = "You", t2[] = "Answer Dana about her invoice.", t3[] = "Kai", t4[] = "I read mail 123 and drafted an answer.", f1[] = "read: mail 123 (outside text)";
	int i;

	fake_approvals(3);
	approvals[1].effect = EFFECT_WRITE;
	snprintf(approvals[1].connector, sizeof approvals[1].connector, "codebase");
	snprintf(approvals[1].tool, sizeof approvals[1].tool, "patch");
	snprintf(approvals[1].summary, sizeof approvals[1].summary, "docs/api.md +18 -3");
	approvals[0].from_untrusted = true;
	approvals[2].state = APPROVAL_HOLDING;
	approvals[2].fire_us = clock_now_us() + 3 * US_PER_S;
	add_task(0, 14, TASK_WAITING, "Ada", "Fix the API docs", 41, 0);
	add_task(1, 13, TASK_RUNNING, "Sam", "Draft replies to the three open tickets", 118, 2);
	add_task(2, 12, TASK_WAITING, "Kai", "Answer Dana about her invoice", 296, 0);
	add_task(3, 11, TASK_DONE, "Ada", "Read the repository", 3, 0);
	add_task(4, 10, TASK_FAILED, "Sam", "Sort the inbox", 1, 0);
	add_meter(0, "anthropic", 44, 500);
	add_meter(1, "openai", 142, 300);
	add_meter(2, "bedrock", 296, 300);
	add_key(0, "main", "anthropic", KEY_ACTIVE);
	add_key(1, "team", "openai", KEY_ACTIVE);
	add_key(2, "aws", "bedrock", KEY_FAILING);
	for (i = 0; i < 60; i++)
		fake.world.minute_pd[i] = (i * 7 % 13) * PICO_CENT;
	for (i = 0; i < 6; i++) {
		log_rows[i] = (struct log_row){.seq = 90 - i, .at_us = NOW - i * 60 * US_PER_S};
		snprintf(log_rows[i].kind, sizeof log_rows[i].kind, "call_settled");
		snprintf(log_rows[i].ref, sizeof log_rows[i].ref, "C%d", 95 - i);
	}
	transcript[0] = (struct shown_line){SHOWN_PERSON, t1};
	transcript[1] = (struct shown_line){SHOWN_PLAIN, t2};
	transcript[2] = (struct shown_line){SHOWN_HEAD, t3};
	transcript[3] = (struct shown_line){SHOWN_AGENT, t4};
	facts[0] = (struct shown_line){SHOWN_WARN, f1};
	fake.world.facts = (struct shown){facts, 1};
	fake.world.transcript = (struct shown){transcript, 4};
	fake.world.tasks = tasks;
	fake.world.tasks_n = fake.world.tasks_total = 5;
	fake.world.tasks_active = 3;
	fake.world.goals_open = 1;
	fake.world.meter = meter;
	fake.world.meter_n = 3;
	fake.world.keys = keys;
	fake.world.keys_n = fake.world.keys_total = 3;
	fake.world.log = log_rows;
	fake.world.log_n = fake.world.log_total = 6;
	fake.world.today_pd = 482 * PICO_CENT;
	fake.world.today_cap_pd = 10 * PICO_DOLLAR;
	fake.world.per_minute_pd = 6 * PICO_CENT;
	fake.world.day_projection_pd = 610 * PICO_CENT;
	fake.world.meter_total.saved_pd = 190 * PICO_CENT;
	fake.world.worker = WORKER_OURS;
	fake.world.calls_in_flight = 1;
	fake_changed(~0u);
}
