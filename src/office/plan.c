/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Members that are not known are refused rather than skipped: the person is
 * shown the plan as this file reads it, and nothing in the payload may stay
 * unseen (design, I8). */
#include "config.h"

#include "office/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "money/pico.h"

struct reading {
	struct slice payload;
	const struct agent *team;
	size_t team_n;
	bool ceo_works;
	const struct office_limits *limits;
	struct plan *plan;
	struct err *e;
};

static bool known(const cJSON *obj, const char *const names[])
{
	const cJSON *m;

	cJSON_ArrayForEach(m, obj) {
		size_t i;

		for (i = 0; names[i] != NULL && strcmp(names[i], m->string) != 0; i++)
			;
		if (names[i] == NULL)
			return false;
	}
	return true;
}

static bool one_line(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7F)
			return false;
	return true;
}

static bool is_word(const char *s)
{
	return s[0] != '\0' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

static int task_by_key(const struct plan *p, const char *key, int below)
{
	int i;

	for (i = 0; i < below; i++)
		if (strcmp(p->tasks[i].key, key) == 0)
			return i;
	return -1;
}

static enum err_code read_key(struct reading *r, const cJSON *obj, int i)
{
	const char *s = json_text(obj, "key");
	struct plan_task *t = &r->plan->tasks[i];

	if (s == NULL || strlen(s) > 32 || !is_word(s))
		return err_set(r->e, ERR_USAGE, "Task number %d needs a `key` of 1 to 32 letters, digits, - or _", i + 1);
	if (task_by_key(r->plan, s, i) >= 0)
		return err_set(r->e, ERR_USAGE, "The key %s is used by two tasks; each task needs its own", s);
	snprintf(t->key, sizeof t->key, "%s", s);
	return ERR_OK;
}

static enum err_code read_texts(struct reading *r, const cJSON *obj, int i)
{
	struct plan_task *t = &r->plan->tasks[i];
	const char *title = json_text(obj, "title"), *text = json_text(obj, "instructions");

	if (title == NULL || title[0] == '\0' || !one_line(title))
		return err_set(r->e, ERR_USAGE, "Task %s needs a `title` of one line", t->key);
	if (strlen(title) > r->limits->title_bytes || strlen(title) >= sizeof t->title)
		return err_set(r->e, ERR_LIMIT, "The title of task %s is longer than %zu bytes", t->key, r->limits->title_bytes);
	if (text == NULL || text[0] == '\0')
		return err_set(r->e, ERR_USAGE, "Task %s needs `instructions` that its agent can work from", t->key);
	if (strlen(text) > r->limits->instruction_bytes)
		return err_set(r->e, ERR_LIMIT, "The instructions of task %s are longer than %zu bytes", t->key, r->limits->instruction_bytes);
	snprintf(t->title, sizeof t->title, "%s", title);
	t->instructions = xstrdup(text);
	return ERR_OK;
}

/* By name first; then the first of that role who is not paused. */
static const struct agent *find_agent(const struct reading *r, const char *word)
{
	const struct agent *paused = NULL;
	size_t i;

	for (i = 0; i < r->team_n; i++)
		if (strcasecmp(r->team[i].name, word) == 0)
			return &r->team[i];
	for (i = 0; i < r->team_n; i++)
		if (strcasecmp(r->team[i].role, word) == 0) {
			if (!r->team[i].paused)
				return &r->team[i];
			paused = &r->team[i];
		}
	return paused;
}

static enum err_code read_agent(struct reading *r, const cJSON *obj, int i)
{
	struct plan_task *t = &r->plan->tasks[i];
	const char *word = json_text(obj, "agent");
	const struct agent *a;

	if (word == NULL || strlen(word) >= sizeof t->agent || !is_word(word))
		return err_set(r->e, ERR_USAGE, "Task %s needs an `agent`: a name or role from the team list", t->key);
	t->tier = TIER_STANDARD;
	snprintf(t->agent, sizeof t->agent, "%s", word);
	if (r->team_n == 0)
		return ERR_OK;
	a = find_agent(r, word);
	if (a == NULL)
		return err_set(r->e, ERR_USAGE, "Task %s names the agent %s, who is not on the team; use a name or role from the team list", t->key, word);
	if (a->paused)
		return err_set(r->e, ERR_USAGE, "Task %s is for %s, who is paused; give it to someone else", t->key, a->name);
	if (!r->ceo_works && strcmp(a->role, "ceo") == 0)
		return err_set(r->e, ERR_USAGE, "Task %s is for yourself; the CEO plans and gives every task to another agent", t->key);
	snprintf(t->agent, sizeof t->agent, "%s", a->name);
	t->tier = a->tier;
	return ERR_OK;
}

static enum err_code read_tier(struct reading *r, const cJSON *obj, int i)
{
	struct plan_task *t = &r->plan->tasks[i];
	const cJSON *m = json_member(obj, "tier");
	int k;

	if (m == NULL || cJSON_IsNull(m))
		return ERR_OK;
	for (k = 0; cJSON_IsString(m) && k < TIERS; k++)
		if (strcmp(m->valuestring, tier_names[k]) == 0) {
			t->tier = (enum tier)k;
			return ERR_OK;
		}
	return err_set(r->e, ERR_USAGE, "The tier of task %s is none of routine, standard, top", t->key);
}

/* From the raw digits: money never passes through a double. */
static enum err_code read_cost(struct reading *r, const cJSON *obj, int i)
{
	struct plan_task *t = &r->plan->tasks[i];
	const cJSON *m = json_member(obj, "expected_cost_usd");
	char index[16];
	const char *path[] = {"tasks", index, "expected_cost_usd", NULL};
	struct slice raw;

	if (m == NULL || cJSON_IsNull(m))
		return ERR_OK;
	snprintf(index, sizeof index, "%d", i);
	if (!json_find(r->payload, path, &raw))
		return err_set(r->e, ERR_USAGE, "The expected cost of task %s can't be read", t->key);
	if (cJSON_IsString(m))
		raw = slice_of(m->valuestring);
	if (raw.len == 0 || raw.len >= sizeof t->cost_raw || pico_parse(raw, &t->cost_pd, NULL) != ERR_OK || t->cost_pd < 0)
		return err_set(r->e, ERR_USAGE, "The expected cost of task %s must be dollars as a plain decimal such as 0.25", t->key);
	if (!pico_add(r->plan->cost_pd, t->cost_pd, &r->plan->cost_pd))
		return err_set(r->e, ERR_LIMIT, "The expected costs add up to more than can be booked");
	memcpy(t->cost_raw, raw.p, raw.len);
	t->has_cost = true;
	r->plan->costs_n++;
	return ERR_OK;
}

static enum err_code read_task(struct reading *r, const cJSON *obj, int i)
{
	static const char *const names[] = {"key", "title", "instructions", "agent", "depends_on", "tier", "expected_cost_usd", NULL};
	enum err_code rc;

	if (!cJSON_IsObject(obj))
		return err_set(r->e, ERR_USAGE, "Task number %d must be an object", i + 1);
	if ((rc = read_key(r, obj, i)) != ERR_OK)
		return rc;
	if (!known(obj, names))
		return err_set(r->e, ERR_USAGE, "Task %s has a member that plans do not have; use key, title, instructions, agent, depends_on, tier and "
		    "expected_cost_usd only", r->plan->tasks[i].key);
	if ((rc = read_texts(r, obj, i)) != ERR_OK || (rc = read_agent(r, obj, i)) != ERR_OK || (rc = read_tier(r, obj, i)) != ERR_OK)
		return rc;
	return read_cost(r, obj, i);
}

/* After all keys are known: a task may depend on one written below it. */
static enum err_code read_depends(struct reading *r, const cJSON *obj, int i)
{
	struct plan_task *t = &r->plan->tasks[i];
	const cJSON *list = json_member(obj, "depends_on"), *m;
	int k;

	if (list == NULL || cJSON_IsNull(list))
		return ERR_OK;
	if (!cJSON_IsArray(list))
		return err_set(r->e, ERR_USAGE, "`depends_on` of task %s must be a list of keys", t->key);
	cJSON_ArrayForEach(m, list) {
		int on = cJSON_IsString(m) ? task_by_key(r->plan, m->valuestring, r->plan->tasks_n) : -1;

		if (on < 0)
			return err_set(r->e, ERR_USAGE, "Task %s depends on %.32s, which is no key of this plan", t->key,
			    cJSON_IsString(m) ? m->valuestring : "something");
		if (on == i)
			return err_set(r->e, ERR_USAGE, "Task %s depends on itself", t->key);
		for (k = 0; k < t->depends_n; k++)
			if (t->depends[k] == on)
				return err_set(r->e, ERR_USAGE, "Task %s depends on %s twice", t->key, r->plan->tasks[on].key);
		if (t->depends_n == PLAN_DEPENDS)
			return err_set(r->e, ERR_LIMIT, "Task %s depends on more than %d others", t->key, PLAN_DEPENDS);
		t->depends[t->depends_n++] = on;
	}
	return ERR_OK;
}

/* The same work twice is work for nothing. */
static enum err_code check_twins(struct reading *r)
{
	const struct plan_task *t = r->plan->tasks;
	int i, k;

	for (i = 0; i < r->plan->tasks_n; i++)
		for (k = 0; k < i; k++)
			if (strcmp(t[i].agent, t[k].agent) == 0 && strcmp(t[i].instructions, t[k].instructions) == 0)
				return err_set(r->e, ERR_USAGE, "Tasks %s and %s are the same: one agent, the same instructions", t[k].key, t[i].key);
	return ERR_OK;
}

/* Each pass raises a task over what it depends on; more passes than tasks mean a circle. */
static enum err_code find_levels(struct reading *r)
{
	struct plan *p = r->plan;
	bool moved = true;
	int pass, i, k;

	for (pass = 0; moved; pass++) {
		moved = false;
		for (i = 0; i < p->tasks_n; i++)
			for (k = 0; k < p->tasks[i].depends_n; k++) {
				int floor = p->tasks[p->tasks[i].depends[k]].level + 1;

				if (p->tasks[i].level >= floor)
					continue;
				if (pass > p->tasks_n)
					return err_set(r->e, ERR_USAGE, "Task %s depends on itself through others; dependencies must not form a circle", p->tasks[i].key);
				p->tasks[i].level = floor;
				moved = true;
			}
	}
	for (i = 0; i < p->tasks_n; i++)
		if (p->tasks[i].level >= r->limits->plan_depth)
			return err_set(r->e, ERR_LIMIT, "Task %s is at the end of a chain of more than %d tasks; make the chain shorter", p->tasks[i].key,
			    r->limits->plan_depth);
	return ERR_OK;
}

static enum err_code read_root(struct reading *r, const cJSON *root)
{
	static const char *const names[] = {"summary", "tasks", NULL};
	const cJSON *list = json_array(root, "tasks"), *m;
	const char *summary = json_text(root, "summary");
	int n = list != NULL ? cJSON_GetArraySize(list) : 0, i;
	enum err_code rc = ERR_OK;

	if (!cJSON_IsObject(root) || !known(root, names))
		return err_set(r->e, ERR_USAGE, "A plan is an object with `summary` and `tasks` and nothing else");
	if (summary == NULL || summary[0] == '\0' || strlen(summary) > r->limits->summary_bytes)
		return err_set(r->e, ERR_USAGE, "The plan needs a `summary` of at most %zu bytes", r->limits->summary_bytes);
	if (n == 0)
		return err_set(r->e, ERR_USAGE, "The plan needs `tasks`: a list with at least one task");
	if (n > r->limits->tasks_per_goal)
		return err_set(r->e, ERR_LIMIT, "The plan has %d tasks; at most %d are allowed", n, r->limits->tasks_per_goal);
	r->plan->summary = xstrdup(summary);
	r->plan->tasks = xcalloc((size_t)n, sizeof *r->plan->tasks);
	cJSON_ArrayForEach(m, list)
		if ((rc = read_task(r, m, r->plan->tasks_n++)) != ERR_OK)
			return rc;
	i = 0;
	cJSON_ArrayForEach(m, list)
		if ((rc = read_depends(r, m, i++)) != ERR_OK)
			return rc;
	rc = check_twins(r);
	return rc == ERR_OK ? find_levels(r) : rc;
}

enum err_code plan_parse(struct slice payload, const struct agent *team, size_t team_n, bool ceo_works, const struct office_limits *limits,
    struct plan *out, struct err *e)
{
	struct reading r = {payload, team, team_n, ceo_works, limits, out, e};
	cJSON *root = NULL;
	enum err_code rc;

	*out = (struct plan){0};
	rc = json_parse(payload, &root, e);
	if (rc == ERR_OK)
		rc = read_root(&r, root);
	cJSON_Delete(root);
	if (rc != ERR_OK)
		plan_free(out);
	return rc;
}

void plan_free(struct plan *p)
{
	int i;

	for (i = 0; i < p->tasks_n; i++)
		free(p->tasks[i].instructions);
	free(p->tasks);
	free(p->summary);
	*p = (struct plan){0};
}

void plan_make_task(const struct plan *p, int i, const struct goal *g, int64_t now_us, struct task *out)
{
	const struct plan_task *t = &p->tasks[i];

	*out = (struct task){.goal = g->id, .kind = TASK_WORK, .state = t->depends_n > 0 ? TASK_BLOCKED : TASK_READY,
	    .on = t->depends_n > 0 ? ON_TASK : ON_NOTHING, .tier = t->tier, .created_us = now_us};
	snprintf(out->agent, sizeof out->agent, "%s", t->agent);
	snprintf(out->title, sizeof out->title, "%s", t->title);
	out->instructions = xstrdup(t->instructions);
}

int64_t plan_cost(struct slice payload)
{
	static const struct office_limits wide = {.tasks_per_goal = 1000, .plan_depth = 1000, .title_bytes = TITLE_MAX_BYTES,
	    .instruction_bytes = (size_t)1 << 20, .summary_bytes = (size_t)1 << 20};
	struct plan p;
	int64_t cost;

	if (plan_parse(payload, NULL, 0, true, &wide, &p, NULL) != ERR_OK)
		return 0;
	cost = p.cost_pd;
	plan_free(&p);
	return cost;
}
