/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/script_in.h"
#include "practice/shown.h"
#include "practice/template.h"

/* A word of a rule with its "@" replaced by the bound connector. */
static char *at(const char *word, const char *connector)
{
	return word[0] == '@' ? xasprintf("%s%s", connector, word + 1) : xstrdup(word);
}

static bool any_fits(const struct words *w, const char *text)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		if (glob_match(w->word[i], text, strlen(text)))
			return true;
	return w->n == 0;
}

static bool offered(const struct talk *t, const char *glob)
{
	size_t i;

	for (i = 0; i < t->tools; i++)
		if (glob_match(glob, t->tool[i], strlen(t->tool[i])))
			return true;
	return false;
}

static bool called(const struct talk *t, const char *glob)
{
	size_t i;

	for (i = 0; i < t->calls; i++)
		if (glob_match(glob, t->call[i].tool, strlen(t->call[i].tool)))
			return true;
	return false;
}

static bool called_now(const struct talk *t, const char *glob)
{
	const struct talk_call *last = talk_last(t);

	return last != NULL && glob_match(glob, last->tool, strlen(last->tool));
}

typedef bool fits_talk(const struct talk *t, const char *glob);

/* How many of the words fit. */
static size_t count(const struct words *w, const struct talk *t, const char *connector, fits_talk *fits)
{
	size_t i, n = 0;

	for (i = 0; i < w->n; i++) {
		char *glob = at(w->word[i], connector);

		n += fits(t, glob);
		free(glob);
	}
	return n;
}

/* If the tool belongs to a connector that offers all the rule wants, bind it. */
static bool bind_one(const struct rule *r, const char *tool, struct vars *v)
{
	const char *two = strstr(tool, "__");
	char *name;

	if (two == NULL)
		return false;
	name = xstrndup(tool, (size_t)(two - tool));
	if (count(&r->when.tools, v->talk, name, offered) < r->when.tools.n) {
		free(name);
		return false;
	}
	vars_set(v, "connector", slice_of(name));
	free(v->connector);
	v->connector = name;
	return true;
}

/* "@" is the connector called last that offers every tool wanted, else the
 * first one offered that does. */
static bool bind(const struct rule *r, struct vars *v)
{
	const struct talk *t = v->talk;
	bool wanted = false;
	size_t i;

	for (i = 0; i < r->when.tools.n; i++)
		wanted = wanted || r->when.tools.word[i][0] == '@';
	if (!wanted)
		return count(&r->when.tools, t, "", offered) == r->when.tools.n;
	for (i = t->calls; i-- > 0;)
		if (bind_one(r, t->call[i].tool, v))
			return true;
	for (i = 0; i < t->tools; i++)
		if (bind_one(r, t->tool[i], v))
			return true;
	return false;
}

static bool holds(const struct rule *r, struct vars *v)
{
	const struct when *w = &r->when;
	const struct talk *t = v->talk;
	const struct talk_call *last = talk_last(t);

	if (t->turns < w->turn_min || t->turns > w->turn_max || !any_fits(&w->role, t->role) || !any_fits(&w->model, t->model) || !bind(r, v))
		return false;
	if (count(&w->no_tools, t, v->connector, offered) > 0 || count(&w->called, t, v->connector, called) < w->called.n ||
	    count(&w->not_called, t, v->connector, called) > 0)
		return false;
	if (w->called_now.n > 0 && count(&w->called_now, t, v->connector, called_now) == 0)
		return false;
	if (w->answer != ANSWER_ANY && (last == NULL || last->is_error != (w->answer == ANSWER_ERROR)))
		return false;
	return (w->opening == NULL || pattern_match(w->opening, t->opening, v)) && (w->user == NULL || pattern_match(w->user, t->user, v)) && (w->system == NULL || pattern_match(w->system, t->system, v)) &&
	    (w->result == NULL || (last != NULL && pattern_match(w->result, last->result, v)));
}

static bool render(const char *src, const struct vars *v, char **out)
{
	struct buf b;
	bool ok;

	buf_init(&b, TEMPLATE_MAX);
	ok = src == NULL || template_render(src, v, &b);
	*out = ok ? buf_take(&b) : NULL;
	buf_release(&b);
	return ok;
}

static bool render_input(const cJSON *from, const struct vars *v, struct json_out *j, const char *name)
{
	const cJSON *one;
	char *text;
	bool ok = true;

	if (cJSON_IsString(from)) {
		ok = render(from->valuestring, v, &text);
		if (ok)
			json_put_text(j, name, text);
		free(text);
	} else if (cJSON_IsObject(from) || cJSON_IsArray(from)) {
		json_open(j, name, cJSON_IsObject(from) ? '{' : '[');
		cJSON_ArrayForEach(one, from)
			ok = ok && render_input(one, v, j, one->string);
		json_close(j, cJSON_IsObject(from) ? '}' : ']');
	} else {
		text = cJSON_PrintUnformatted(from);
		json_put_raw(j, name, slice_of(text));
		cJSON_free(text);
	}
	return ok;
}

/* A tool's name may be a glob: the first tool offered that it fits. */
static char *resolve(const struct talk *t, const char *glob)
{
	size_t i;

	for (i = 0; i < t->tools; i++)
		if (glob_match(glob, t->tool[i], strlen(t->tool[i])))
			return xstrdup(t->tool[i]);
	return NULL;
}

static bool render_call(const struct reply_call *c, const struct vars *v, struct scripted_call *out)
{
	struct json_out j;
	struct buf b;
	char *glob = NULL, *word = at(c->tool, v->connector);
	bool ok = render(word, v, &glob) && (out->tool = resolve(v->talk, glob)) != NULL;

	buf_init(&b, TEMPLATE_MAX);
	json_start(&j, &b);
	ok = ok && render_input(c->input, v, &j, NULL) && !b.over;
	out->input = buf_take(&b);
	free(word);
	free(glob);
	return ok;
}

static bool set_one(const struct words *value, const char *name, struct vars *v)
{
	char *text;
	size_t i;

	for (i = 0; i < value->n; i++)
		if (render(value->word[i], v, &text)) {
			vars_set(v, name, slice_of(text));
			free(text);
			return true;
		}
	return false;
}

static bool try_rule(const struct rule *r, const struct talk *t, struct scripted *out)
{
	struct vars v;
	bool ok;
	size_t i;

	vars_init(&v, t);
	ok = holds(r, &v);
	for (i = 0; ok && i < r->sets; i++)
		ok = set_one(&r->set[i].value, r->set[i].name, &v);
	if (ok) {
		*out = (struct scripted){.rule = xstrdup(r->name), .stop = xstrdup(r->stop != NULL ? r->stop : "")};
		out->call = xcalloc(r->calls + 1, sizeof *out->call);
		ok = render(r->thinking, &v, &out->thinking) && render(r->text, &v, &out->text);
		for (i = 0; ok && i < r->calls; i++)
			ok = render_call(&r->call[i], &v, &out->call[out->calls++]);
		if (!ok)
			scripted_release(out);
	}
	vars_release(&v);
	return ok;
}

void script_reply(const struct script *s, const struct talk *t, struct scripted *out)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (try_rule(&s->rule[i], t, out))
			return;
	*out = (struct scripted){.rule = xstrdup(""), .thinking = xstrdup(""), .text = xstrdup("I have nothing to add."), .stop = xstrdup("")};
}

void scripted_release(struct scripted *r)
{
	size_t i;

	for (i = 0; i < r->calls; i++) {
		free(r->call[i].tool);
		free(r->call[i].input);
	}
	free(r->call);
	free(r->rule);
	free(r->thinking);
	free(r->text);
	free(r->stop);
	*r = (struct scripted){0};
}
