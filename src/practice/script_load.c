/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a script. Every member is in a table; one that is not is an error, so
 * that a misspelt condition cannot make a rule hold for everything. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/script_in.h"
#include "practice/template.h"

#define MAX_RULES 2000

/* What a rule's templates may name: the talk's own names, groups, set names. */
struct names {
	char **name;
	size_t n;
	bool at;	/* when.tools binds "@" */
};

static void names_add(void *user, const char *name)
{
	struct names *k = user;

	k->name = xreallocarray(k->name, k->n + 1, sizeof *k->name);
	k->name[k->n++] = xstrdup(name);
}

static bool names_know(void *user, const char *name)
{
	struct names *k = user;
	size_t i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->name[i], name) == 0)
			return true;
	return false;
}

static void names_release(struct names *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		free(k->name[i]);
	free(k->name);
}

/* --- members ----------------------------------------------------------------- */

typedef enum err_code read_member(struct rule *r, const cJSON *v, struct names *k, struct err *e);
struct member {
	const char *name;
	read_member *read;
};

static enum err_code read_words(struct words *w, const cJSON *v, struct err *e)
{
	const cJSON *one;

	if (cJSON_IsString(v)) {
		w->word = xcalloc(1, sizeof *w->word);
		w->word[w->n++] = xstrdup(v->valuestring);
		return ERR_OK;
	}
	if (!cJSON_IsArray(v))
		return err_set(e, ERR_PROTO, "wants a text or an array of texts");
	w->word = xcalloc((size_t)cJSON_GetArraySize(v) + 1, sizeof *w->word);
	cJSON_ArrayForEach(one, v) {
		if (!cJSON_IsString(one))
			return err_set(e, ERR_PROTO, "wants an array of texts");
		w->word[w->n++] = xstrdup(one->valuestring);
	}
	return ERR_OK;
}

static enum err_code check_at(const char *word, const struct names *k, struct err *e)
{
	return word[0] == '@' && !k->at ? err_set(e, ERR_PROTO, "@ needs a tool with @ in when.tools, before it") : ERR_OK;
}

static enum err_code read_tool_words(struct words *w, const cJSON *v, const struct names *k, struct err *e)
{
	enum err_code rc = read_words(w, v, e);
	size_t i;

	for (i = 0; i < w->n && rc == ERR_OK; i++)
		rc = check_at(w->word[i], k, e);
	return rc;
}

static enum err_code when_role(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	(void)k;
	return read_words(&r->when.role, v, e);
}

static enum err_code when_model(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	(void)k;
	return read_words(&r->when.model, v, e);
}

static enum err_code when_tools(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	enum err_code rc = read_words(&r->when.tools, v, e);
	size_t i;

	for (i = 0; i < r->when.tools.n; i++)
		if (r->when.tools.word[i][0] == '@')
			k->at = true;
	return rc;
}

static enum err_code when_no_tools(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_tool_words(&r->when.no_tools, v, k, e);
}

static enum err_code when_called(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_tool_words(&r->when.called, v, k, e);
}

static enum err_code when_not_called(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_tool_words(&r->when.not_called, v, k, e);
}

static enum err_code when_result_of(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_tool_words(&r->when.called_now, v, k, e);
}

static enum err_code read_pattern(struct pattern **p, const cJSON *v, struct names *k, struct err *e)
{
	enum err_code rc;

	if (!cJSON_IsString(v))
		return err_set(e, ERR_PROTO, "wants a regular expression");
	rc = pattern_new(p, v->valuestring, e);
	if (rc == ERR_OK)
		pattern_names(*p, names_add, k);
	return rc;
}

static enum err_code when_user(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_pattern(&r->when.user, v, k, e);
}

static enum err_code when_opening(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_pattern(&r->when.opening, v, k, e);
}

static enum err_code when_system(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_pattern(&r->when.system, v, k, e);
}

static enum err_code when_result(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_pattern(&r->when.result, v, k, e);
}

static enum err_code when_result_error(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	(void)k;
	if (!cJSON_IsBool(v))
		return err_set(e, ERR_PROTO, "wants true or false");
	r->when.answer = cJSON_IsTrue(v) ? ANSWER_ERROR : ANSWER_GOOD;
	return ERR_OK;
}

static enum err_code when_turn(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	int64_t min = 0, max = INT_MAX;
	bool has_min = json_int(v, "min", &min), has_max = json_int(v, "max", &max);

	(void)k;
	if (cJSON_IsNumber(v) && v->valuedouble >= 0 && v->valuedouble <= INT_MAX)
		min = max = (int64_t)v->valuedouble;
	else if (!cJSON_IsObject(v) || (!has_min && !has_max))
		return err_set(e, ERR_PROTO, "wants a number, or {\"min\":N,\"max\":N}");
	if (min < 0 || max < min || max > INT_MAX)
		return err_set(e, ERR_PROTO, "no such turn");
	r->when.turn_min = (size_t)min;
	r->when.turn_max = (size_t)max;
	return ERR_OK;
}

/* tools comes first: it binds "@". */
static const struct member when_members[] = {
	{"tools", when_tools}, {"role", when_role}, {"model", when_model}, {"no_tools", when_no_tools}, {"called", when_called},
	{"not_called", when_not_called}, {"result_of", when_result_of}, {"result_error", when_result_error}, {"opening", when_opening}, {"user", when_user},
	{"system", when_system}, {"result", when_result}, {"turn", when_turn}, {NULL, NULL},
};

static enum err_code read_template(char **out, const cJSON *v, struct names *k, struct err *e)
{
	if (!cJSON_IsString(v))
		return err_set(e, ERR_PROTO, "wants a text");
	*out = xstrdup(v->valuestring);
	return template_check(v->valuestring, names_know, k, e);
}

static enum err_code reply_text(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_template(&r->text, v, k, e);
}

static enum err_code reply_thinking(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	return read_template(&r->thinking, v, k, e);
}

static enum err_code reply_stop(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	static const char *const reasons[] = {"end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"};
	size_t i;

	(void)k;
	for (i = 0; cJSON_IsString(v) && i < LENGTH(reasons); i++)
		if (strcmp(v->valuestring, reasons[i]) == 0) {
			r->stop = xstrdup(reasons[i]);
			return ERR_OK;
		}
	return err_set(e, ERR_PROTO, "wants a stop reason");
}

static enum err_code check_input(const cJSON *v, struct names *k, struct err *e)
{
	const cJSON *one;
	enum err_code rc = ERR_OK;

	if (cJSON_IsString(v))
		return template_check(v->valuestring, names_know, k, e);
	cJSON_ArrayForEach(one, v)
		if (rc == ERR_OK) {
			rc = check_input(one, k, e);
			if (rc != ERR_OK && one->string != NULL && cJSON_IsString(one))
				err_context(e, "%s", one->string);
		}
	return rc;
}

static enum err_code reply_calls(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	const cJSON *one, *m;
	enum err_code rc = ERR_OK;

	if (!cJSON_IsArray(v))
		return err_set(e, ERR_PROTO, "wants an array of {\"tool\",\"input\"}");
	r->call = xcalloc((size_t)cJSON_GetArraySize(v) + 1, sizeof *r->call);
	cJSON_ArrayForEach(one, v) {
		struct reply_call *c = &r->call[r->calls++];

		cJSON_ArrayForEach(m, one)
			if (m->string == NULL || (strcmp(m->string, "tool") != 0 && strcmp(m->string, "input") != 0))
				return err_set(e, ERR_PROTO, "call %zu: no member %.40s", r->calls, m->string != NULL ? m->string : "without a name");
		if (json_text(one, "tool") == NULL || json_object(one, "input") == NULL)
			return err_set(e, ERR_PROTO, "call %zu wants a tool and an input object", r->calls);
		c->tool = xstrdup(json_text(one, "tool"));
		c->input = cJSON_Duplicate(json_object(one, "input"), true);
		rc = check_at(c->tool, k, e);
		if (rc == ERR_OK)
			rc = template_check(c->tool, names_know, k, e);
		if (rc == ERR_OK)
			rc = check_input(c->input, k, e);
		if (rc != ERR_OK) {
			err_context(e, "call %zu", r->calls);
			return rc;
		}
	}
	return ERR_OK;
}

static const struct member reply_members[] = {{"thinking", reply_thinking}, {"text", reply_text}, {"calls", reply_calls}, {"stop", reply_stop}, {NULL, NULL}};

/* Reads the members in the table's order, after a look that there are no others. */
static enum err_code read_members(struct rule *r, const cJSON *obj, const struct member *table, struct names *k, const char *where, struct err *e)
{
	const struct member *m;
	const cJSON *v;
	enum err_code rc;

	if (!cJSON_IsObject(obj))
		return err_set(e, ERR_PROTO, "%s wants an object", where);
	cJSON_ArrayForEach(v, obj) {
		for (m = table; m->name != NULL && strcmp(m->name, v->string) != 0; m++)
			;
		if (m->name == NULL)
			return err_set(e, ERR_PROTO, "%s.%.40s: no such member", where, v->string);
	}
	for (m = table; m->name != NULL; m++) {
		v = json_member(obj, m->name);
		rc = v != NULL ? m->read(r, v, k, e) : ERR_OK;
		if (rc != ERR_OK) {
			err_context(e, "%s.%s", where, m->name);
			return rc;
		}
	}
	return ERR_OK;
}

static enum err_code read_set(struct rule *r, const cJSON *v, struct names *k, struct err *e)
{
	const cJSON *one;
	enum err_code rc;
	size_t i;

	if (!cJSON_IsObject(v))
		return err_set(e, ERR_PROTO, "set wants an object");
	r->set = xcalloc((size_t)cJSON_GetArraySize(v) + 1, sizeof *r->set);
	cJSON_ArrayForEach(one, v) {
		struct words *w = &r->set[r->sets].value;

		r->set[r->sets++].name = xstrdup(one->string);
		rc = read_words(w, one, e);
		for (i = 0; i < w->n && rc == ERR_OK; i++)
			rc = template_check(w->word[i], names_know, k, e);
		if (rc != ERR_OK) {
			err_context(e, "set.%.40s", one->string);
			return rc;
		}
		names_add(k, one->string);
	}
	return ERR_OK;
}

static enum err_code read_rule(struct rule *r, const cJSON *v, struct err *e)
{
	static const char *const own[] = {"role", "model", "opening", "user", "system", "result", "tool", "turn", "connector"};
	static const char *const members[] = {"name", "when", "set", "reply", "about"};
	struct names k = {0};
	enum err_code rc = ERR_OK;
	const cJSON *m;
	size_t i;

	r->when.turn_max = INT_MAX;
	r->name = xstrdup(json_text(v, "name") != NULL ? json_text(v, "name") : "");
	if (!cJSON_IsObject(v) || json_member(v, "reply") == NULL)
		return err_set(e, ERR_PROTO, "wants an object with a reply");
	cJSON_ArrayForEach(m, v) {
		for (i = 0; i < LENGTH(members) && strcmp(members[i], m->string) != 0; i++)
			;
		if (i == LENGTH(members))
			return err_set(e, ERR_PROTO, "%.40s: no such member", m->string);
	}
	for (i = 0; i < LENGTH(own); i++)
		names_add(&k, own[i]);
	if (json_member(v, "when") != NULL)
		rc = read_members(r, json_member(v, "when"), when_members, &k, "when", e);
	if (rc == ERR_OK && json_member(v, "set") != NULL)
		rc = read_set(r, json_member(v, "set"), &k, e);
	if (rc == ERR_OK)
		rc = read_members(r, json_member(v, "reply"), reply_members, &k, "reply", e);
	names_release(&k);
	return rc;
}

enum err_code script_new(struct script **out, struct slice text, struct err *e)
{
	struct script *s = NULL;
	const cJSON *rules, *v;
	cJSON *doc = NULL;
	int64_t format = 0;
	enum err_code rc = json_parse(text, &doc, e);

	*out = NULL;
	if (rc != ERR_OK)
		return rc;
	rules = json_array(doc, "rules");
	if (!json_int(doc, "format", &format) || format != 1 || rules == NULL || cJSON_GetArraySize(rules) > MAX_RULES) {
		rc = err_set(e, ERR_PROTO, "a script wants \"format\": 1 and an array \"rules\" of at most %d", MAX_RULES);
		goto out;
	}
	s = xcalloc(1, sizeof *s);
	s->rule = xcalloc((size_t)cJSON_GetArraySize(rules) + 1, sizeof *s->rule);
	cJSON_ArrayForEach(v, rules) {
		rc = read_rule(&s->rule[s->n++], v, e);
		if (rc != ERR_OK) {
			if (s->rule[s->n - 1].name[0] != '\0')
				err_context(e, "rules[%zu] (%.60s)", s->n - 1, s->rule[s->n - 1].name);
			else
				err_context(e, "rules[%zu]", s->n - 1);
			goto out;
		}
	}
	*out = s;
	s = NULL;
out:
	script_free(s);
	cJSON_Delete(doc);
	return rc;
}

static void free_words(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->word[i]);
	free(w->word);
}

static void free_rule(struct rule *r)
{
	struct words *w[] = {&r->when.role, &r->when.model, &r->when.tools, &r->when.no_tools, &r->when.called, &r->when.not_called, &r->when.called_now};
	size_t i;

	for (i = 0; i < LENGTH(w); i++)
		free_words(w[i]);
	pattern_free(r->when.opening);
	pattern_free(r->when.user);
	pattern_free(r->when.system);
	pattern_free(r->when.result);
	for (i = 0; i < r->sets; i++) {
		free(r->set[i].name);
		free_words(&r->set[i].value);
	}
	free(r->set);
	for (i = 0; i < r->calls; i++) {
		free(r->call[i].tool);
		cJSON_Delete(r->call[i].input);
	}
	free(r->call);
	free(r->name);
	free(r->thinking);
	free(r->text);
	free(r->stop);
}

void script_free(struct script *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		free_rule(&s->rule[i]);
	free(s->rule);
	free(s);
}
