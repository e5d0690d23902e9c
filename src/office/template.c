/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "money/pico.h"
#include "office/policy.h"
#include "office/when.h"

#define MAX_TURNS 200

/* The members a place may have; anything else is a typo that would go unseen. */
static enum err_code only(const cJSON *obj, const char *const known[], const char *place, struct err *e)
{
	const cJSON *m;
	int at = 0;

	cJSON_ArrayForEach(m, obj) {
		size_t i;

		at++;
		for (i = 0; known[i] != NULL && strcmp(known[i], m->string) != 0; i++)
			;
		if (known[i] == NULL)
			return err_set(e, ERR_PROTO, "%s: member number %d is none that templates have", place, at);
	}
	return ERR_OK;
}

/* Copy a text member. least 1 means that it must be there. */
static enum err_code take_text(const cJSON *obj, const char *name, char *out, size_t room, size_t least, const char *place, struct err *e)
{
	const char *s = json_text(obj, name);

	out[0] = '\0';
	if (s == NULL && (json_member(obj, name) != NULL || least > 0))
		return err_set(e, ERR_PROTO, "%s.%s: a text is needed here", place, name);
	if (s == NULL)
		return ERR_OK;
	if (strlen(s) < least)
		return err_set(e, ERR_PROTO, "%s.%s: empty", place, name);
	if (strlen(s) >= room || strpbrk(s, "\n\r\t\x1b") != NULL)
		return err_set(e, ERR_LIMIT, "%s.%s: one line of at most %zu bytes is allowed", place, name, room - 1);
	snprintf(out, room, "%s", s);
	return ERR_OK;
}

/* Names and roles are also words on a command line. */
static bool is_word(const char *s)
{
	return s[0] != '\0' && s[0] != '-' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

static enum err_code take_tools(const cJSON *obj, struct agent *a, const char *place, struct err *e)
{
	const cJSON *list = json_member(obj, "tools"), *m;

	if (list != NULL && !cJSON_IsArray(list))
		return err_set(e, ERR_PROTO, "%s.tools: a list is needed here", place);
	cJSON_ArrayForEach(m, list) {
		if (a->tools_n == AGENT_TOOLS)
			return err_set(e, ERR_LIMIT, "%s.tools: more than %d", place, AGENT_TOOLS);
		if (!cJSON_IsString(m) || strlen(m->valuestring) >= sizeof a->tools[0] || !policy_pattern_ok(m->valuestring))
			return err_set(e, ERR_PROTO, "%s.tools[%d]: not CONNECTOR.TOOL, type:TYPE.TOOL or *", place, a->tools_n);
		snprintf(a->tools[a->tools_n++], sizeof a->tools[0], "%s", m->valuestring);
	}
	if (json_member(obj, "only_these_tools") != NULL && !cJSON_IsBool(json_member(obj, "only_these_tools")))
		return err_set(e, ERR_PROTO, "%s.only_these_tools: true or false is needed here", place);
	a->tools_narrowed = json_bool(obj, "only_these_tools", false);
	return ERR_OK;
}

static enum err_code take_money(const cJSON *obj, struct agent *a, const char *place, struct err *e)
{
	char text[PICO_TEXT];
	enum err_code rc = take_text(obj, "cap_usd", text, sizeof text, 0, place, e);

	if (rc != ERR_OK || text[0] == '\0')
		return rc;
	rc = pico_parse(slice_of(text), &a->cap_pd, NULL);
	if (rc != ERR_OK || a->cap_pd <= 0)
		return err_set(e, ERR_PROTO, "%s.cap_usd: a text such as \"2.50\", over 0, is needed here", place);
	return ERR_OK;
}

static enum err_code take_tier(const cJSON *obj, struct agent *a, const char *place, struct err *e)
{
	char word[NAME_MAX_BYTES];
	enum err_code rc = take_text(obj, "tier", word, sizeof word, 1, place, e);
	int i;

	if (rc != ERR_OK)
		return rc;
	for (i = 0; i < TIERS && strcmp(word, tier_names[i]) != 0; i++)
		;
	if (i == TIERS)
		return err_set(e, ERR_PROTO, "%s.tier: routine, standard or top is needed here", place);
	a->tier = (enum tier)i;
	return ERR_OK;
}

static enum err_code take_tasks(const cJSON *obj, int *out, const char *place, struct err *e)
{
	int64_t n = 0;

	if (json_member(obj, "tasks_per_month") == NULL)
		return ERR_OK;
	if (!json_int(obj, "tasks_per_month", &n) || n < 0 || n > TEMPLATE_TASKS)
		return err_set(e, ERR_PROTO, "%s.tasks_per_month: a whole number from 0 to %d is needed here", place, TEMPLATE_TASKS);
	*out = (int)n;
	return ERR_OK;
}

static enum err_code take_turns(const cJSON *obj, struct agent *a, const char *place, struct err *e)
{
	int64_t n = 0;

	if (json_member(obj, "max_turns") == NULL)
		return ERR_OK;
	if (!json_int(obj, "max_turns", &n) || n < 1 || n > MAX_TURNS)
		return err_set(e, ERR_PROTO, "%s.max_turns: a whole number from 1 to %d is needed here", place, MAX_TURNS);
	a->max_turns = (int)n;
	return ERR_OK;
}

static enum err_code check_prompt(struct slice text, const char *place, struct err *e)
{
	if (text.len > PROMPT_FILE_BYTES)
		return err_set(e, ERR_LIMIT, "%s: longer than %zu bytes", place, PROMPT_FILE_BYTES);
	if (text.len == 0 || !utf8_valid(text) || memchr(text.p, '\0', text.len) != NULL)
		return err_set(e, ERR_PROTO, "%s: empty, or no UTF-8 text", place);
	return ERR_OK;
}

static enum err_code take_prompt(const cJSON *obj, struct template *t, int i, const char *place, struct err *e)
{
	const char *text = json_text(obj, "prompt");
	char *file = t->prompt_files[i];
	enum err_code rc = take_text(obj, "prompt_file", file, TITLE_MAX_BYTES, 0, place, e);

	if (rc != ERR_OK)
		return rc;
	if ((text != NULL) == (file[0] != '\0'))
		return err_set(e, ERR_PROTO, "%s: either prompt or prompt_file is needed", place);
	if (text != NULL) {
		char where[NAME_MAX_BYTES];

		snprintf(where, sizeof where, "%s.prompt", place);
		rc = check_prompt(slice_of(text), where, e);
		if (rc == ERR_OK)
			t->agents[i].prompt = xstrdup(text);
		return rc;
	}
	if (file[0] == '/' || strstr(file, "..") != NULL || strchr(file, '\\') != NULL)
		return err_set(e, ERR_PROTO, "%s.prompt_file: a name below the data folder is needed here", place);
	return ERR_OK;
}

static enum err_code take_agent(const cJSON *obj, struct template *t, int i, struct err *e)
{
	static const char *const known[] = {"name", "role", "title", "prompt", "prompt_file", "tier", "tools", "only_these_tools", "max_turns", "cap_usd",
	    "vendor", "model", "tasks_per_month", NULL};
	struct agent *a = &t->agents[i];
	char place[32];
	enum err_code rc = ERR_OK;
	int j;

	snprintf(place, sizeof place, "agents[%d]", i);
	if (!cJSON_IsObject(obj))
		return err_set(e, ERR_PROTO, "%s: an object is needed here", place);
	if ((rc = only(obj, known, place, e)) != ERR_OK ||
	    (rc = take_text(obj, "name", a->name, sizeof a->name, 1, place, e)) != ERR_OK ||
	    (rc = take_text(obj, "role", a->role, sizeof a->role, 1, place, e)) != ERR_OK ||
	    (rc = take_text(obj, "title", a->title, sizeof a->title, 1, place, e)) != ERR_OK ||
	    (rc = take_text(obj, "vendor", a->vendor, sizeof a->vendor, 0, place, e)) != ERR_OK ||
	    (rc = take_text(obj, "model", a->model, sizeof a->model, 0, place, e)) != ERR_OK ||
	    (rc = take_tier(obj, a, place, e)) != ERR_OK ||
	    (rc = take_tools(obj, a, place, e)) != ERR_OK ||
	    (rc = take_turns(obj, a, place, e)) != ERR_OK ||
	    (rc = take_money(obj, a, place, e)) != ERR_OK ||
	    (rc = take_tasks(obj, &t->tasks[i], place, e)) != ERR_OK ||
	    (rc = take_prompt(obj, t, i, place, e)) != ERR_OK)
		return rc;
	if (!is_word(a->name) || !is_word(a->role))
		return err_set(e, ERR_PROTO, "%s: name and role are letters, digits, - and _", place);
	for (j = 0; j < i; j++)
		if (strcasecmp(t->agents[j].name, a->name) == 0)
			return err_set(e, ERR_PROTO, "%s.name: agents[%d] has it already", place, j);
	return ERR_OK;
}

static enum err_code take_agents(const cJSON *root, struct template *t, struct err *e)
{
	const cJSON *list = json_array(root, "agents"), *m;
	int ceos = 0, i;

	if (list == NULL || cJSON_GetArraySize(list) == 0)
		return err_set(e, ERR_PROTO, "template.agents: a list with at least the CEO is needed");
	if (cJSON_GetArraySize(list) > TEMPLATE_AGENTS)
		return err_set(e, ERR_LIMIT, "template.agents: more than %d", TEMPLATE_AGENTS);
	cJSON_ArrayForEach(m, list) {
		enum err_code rc = take_agent(m, t, t->agents_n++, e);

		if (rc != ERR_OK)
			return rc;
	}
	for (i = 0; i < t->agents_n; i++)
		ceos += strcmp(t->agents[i].role, "ceo") == 0;
	return ceos == 1 ? ERR_OK : err_set(e, ERR_PROTO, "template.agents: exactly one must have the role \"ceo\", %d have", ceos);
}

static enum err_code take_goals(const cJSON *root, struct template *t, struct err *e)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, json_array(root, "goals")) {
		if (!cJSON_IsString(m) || m->valuestring[0] == '\0')
			return err_set(e, ERR_PROTO, "goals[%d]: a text is needed here", t->goals_n);
		if (t->goals_n == TEMPLATE_GOALS)
			return err_set(e, ERR_LIMIT, "template.goals: more than %d", TEMPLATE_GOALS);
		t->goals[t->goals_n++] = xstrdup(m->valuestring);
	}
	return ERR_OK;
}

/* Of agents of the same file; all off until a person switches one on. */
static enum err_code take_schedule(const cJSON *obj, struct template *t, struct err *e)
{
	static const char *const known[] = {"agent", "every", "at", "days", "text", NULL};
	struct schedule *s = &t->schedules[t->schedules_n];
	const char *every = json_text(obj, "every"), *text = json_text(obj, "text");
	struct err why = {0};
	char place[32];
	enum err_code rc;
	int i;

	snprintf(place, sizeof place, "schedules[%d]", t->schedules_n++);
	if (!cJSON_IsObject(obj))
		return err_set(e, ERR_PROTO, "%s: an object is needed here", place);
	if ((rc = only(obj, known, place, e)) != ERR_OK || (rc = take_text(obj, "agent", s->agent, sizeof s->agent, 1, place, e)) != ERR_OK)
		return rc;
	for (i = 0; i < t->agents_n && strcmp(t->agents[i].name, s->agent) != 0; i++)
		;
	if (i == t->agents_n)
		return err_set(e, ERR_PROTO, "%s.agent: no agent of this template has that name", place);
	if (text == NULL || text[0] == '\0' || every == NULL)
		return err_set(e, ERR_PROTO, "%s: every and text are needed", place);
	if (when_read(s, every, json_text(obj, "at"), json_text(obj, "days"), &why) != ERR_OK)
		return err_set(e, ERR_PROTO, "%s: %.180s", place, why.text);
	s->text = xstrdup(text);
	return ERR_OK;
}

static enum err_code take_schedules(const cJSON *root, struct template *t, struct err *e)
{
	const cJSON *m;
	enum err_code rc = ERR_OK;

	if (cJSON_GetArraySize(json_array(root, "schedules")) > TEMPLATE_SCHEDULES)
		return err_set(e, ERR_LIMIT, "template.schedules: more than %d", TEMPLATE_SCHEDULES);
	cJSON_ArrayForEach(m, json_array(root, "schedules"))
		if (rc == ERR_OK)
			rc = take_schedule(m, t, e);
	return rc;
}

static enum err_code take_root(const cJSON *root, struct template *t, struct err *e)
{
	static const char *const known[] = {"format", "name", "title", "industry", "agents", "goals", "schedules", NULL};
	static const char *const lists[] = {"goals", "schedules"};
	int64_t format = 0;
	enum err_code rc;
	size_t i;

	if (!cJSON_IsObject(root) || !json_int(root, "format", &format) || format != 1)
		return err_set(e, ERR_PROTO, "template.format: 1 is needed here");
	for (i = 0; i < LENGTH(lists); i++)
		if (json_member(root, lists[i]) != NULL && json_array(root, lists[i]) == NULL)
			return err_set(e, ERR_PROTO, "template.%s: a list is needed here", lists[i]);
	if ((rc = only(root, known, "template", e)) != ERR_OK ||
	    (rc = take_text(root, "name", t->name, sizeof t->name, 1, "template", e)) != ERR_OK ||
	    (rc = take_text(root, "title", t->title, sizeof t->title, 1, "template", e)) != ERR_OK ||
	    (rc = take_text(root, "industry", t->industry, sizeof t->industry, 1, "template", e)) != ERR_OK ||
	    (rc = take_goals(root, t, e)) != ERR_OK)
		return rc;
	if (!is_word(t->name))
		return err_set(e, ERR_PROTO, "template.name: letters, digits, - and _ are allowed");
	rc = take_agents(root, t, e);
	return rc == ERR_OK ? take_schedules(root, t, e) : rc;
}

enum err_code template_parse(struct slice bytes, struct template *out, struct err *e)
{
	cJSON *root = NULL;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	if (bytes.len > TEMPLATE_BYTES)
		return err_set(e, ERR_LIMIT, "template: longer than %zu bytes", TEMPLATE_BYTES);
	rc = json_parse(bytes, &root, e);
	if (rc == ERR_OK)
		rc = take_root(root, out, e);
	cJSON_Delete(root);
	if (rc != ERR_OK)
		template_release(out);
	return rc;
}

enum err_code template_prompt(struct template *t, int i, struct slice text, struct err *e)
{
	char place[32];
	enum err_code rc;

	snprintf(place, sizeof place, "agents[%d].prompt_file", i);
	rc = check_prompt(text, place, e);
	if (rc != ERR_OK)
		return rc;
	free(t->agents[i].prompt);
	t->agents[i].prompt = xstrndup(text.p, text.len);
	return ERR_OK;
}

void template_release(struct template *t)
{
	int i;

	for (i = 0; i < t->agents_n; i++)
		agent_release(&t->agents[i]);
	for (i = 0; i < t->goals_n; i++)
		free(t->goals[i]);
	for (i = 0; i < t->schedules_n; i++)
		schedule_release(&t->schedules[i]);
	memset(t, 0, sizeof *t);
}
