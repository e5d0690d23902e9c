/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/template.h"

#include <stdlib.h>

#include "base/memory.h"
#include "practice/pattern.h"

/* One piece of a template: plain text, or what stands in braces. */
struct piece {
	struct slice text;		/* plain */
	const struct function *call;	/* NULL for a name */
	struct slice name;
	struct {
		struct slice text;
		bool quoted;
	} arg[TEMPLATE_ARGS];
	size_t args;
};

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static const char *blanks(const char *p)
{
	return p + strspn(p, " \t\n");
}

static struct slice word(const char **p)
{
	const char *start = *p;

	while (is_name(**p))
		(*p)++;
	return slice_make(start, (size_t)(*p - start));
}

/* 'text' with '' for a quote inside; the slice still holds the doubled ones. */
static bool quoted(const char **p, struct slice *out)
{
	const char *start = ++*p;

	for (; **p != '\0'; (*p)++)
		if (**p == '\'') {
			if ((*p)[1] != '\'') {
				*out = slice_make(start, (size_t)(*p - start));
				(*p)++;
				return true;
			}
			(*p)++;
		}
	return false;
}

static enum err_code arguments(const char **p, struct piece *x, struct err *e)
{
	*p = blanks(*p + 1);
	while (**p != ')') {
		bool q = **p == '\'';
		struct slice text = {0};

		if (x->args == TEMPLATE_ARGS)
			return err_set(e, ERR_PROTO, "more than %d arguments", TEMPLATE_ARGS);
		if (q ? !quoted(p, &text) : (text = word(p)).len == 0)
			return err_set(e, ERR_PROTO, "an argument is neither a name nor a text in single quotes");
		x->arg[x->args].text = text;
		x->arg[x->args++].quoted = q;
		*p = blanks(*p);
		if (**p == ',')
			*p = blanks(*p + 1);
		else if (**p != ')')
			return err_set(e, ERR_PROTO, "a comma or ) is missing");
	}
	*p = blanks(*p + 1);
	if (x->args < x->call->least || x->args > x->call->most)
		return err_set(e, ERR_PROTO, "%s takes %zu to %zu arguments", x->call->name, x->call->least, x->call->most);
	return ERR_OK;
}

/* Take the next piece off *src. */
static enum err_code next(const char **src, struct piece *x, struct err *e)
{
	const char *p = *src, *open = strstr(p, "{{");
	enum err_code rc = ERR_OK;

	*x = (struct piece){0};
	if (open != p) {
		x->text = open != NULL ? slice_make(p, (size_t)(open - p)) : slice_of(p);
		*src = p + x->text.len;
		return ERR_OK;
	}
	p = blanks(p + 2);
	x->name = word(&p);
	if (x->name.len == 0)
		return err_set(e, ERR_PROTO, "no name after {{");
	p = blanks(p);
	if (*p == '(') {
		x->call = function_find(x->name);
		if (x->call == NULL)
			return err_set(e, ERR_PROTO, "no function %.*s", (int)x->name.len, x->name.p);
		rc = arguments(&p, x, e);
	}
	if (rc == ERR_OK && strncmp(p, "}}", 2) != 0)
		rc = err_set(e, ERR_PROTO, "}} is missing after %.*s", (int)x->name.len, x->name.p);
	*src = p + 2;
	return rc;
}

static enum err_code check_name(struct slice name, bool (*known)(void *user, const char *name), void *user, struct err *e)
{
	char *text = xstrndup(name.p, name.len);
	bool ok = known(user, text);

	free(text);
	return ok ? ERR_OK : err_set(e, ERR_PROTO, "no group or variable %.*s", (int)name.len, name.p);
}

static char *value(const struct piece *x, size_t i, const struct vars *v);

/* A pattern written out is looked at when the script is read, not in the middle of a talk. */
static enum err_code check_pattern(const struct piece *x, struct err *e)
{
	struct pattern *p = NULL;
	char *text = value(x, 1, NULL);
	enum err_code rc = pattern_new(&p, text, e);

	pattern_free(p);
	free(text);
	return rc;
}

enum err_code template_check(const char *src, bool (*known)(void *user, const char *name), void *user, struct err *e)
{
	struct piece x;
	enum err_code rc = ERR_OK;
	size_t i;

	while (*src != '\0' && rc == ERR_OK) {
		rc = next(&src, &x, e);
		if (rc == ERR_OK && x.name.len > 0 && x.call == NULL)
			rc = check_name(x.name, known, user, e);
		for (i = 0; i < x.args && rc == ERR_OK; i++)
			if (!x.arg[i].quoted)
				rc = check_name(x.arg[i].text, known, user, e);
		if (rc == ERR_OK && x.call != NULL && strcmp(x.call->name, "find") == 0 && x.arg[1].quoted)
			rc = check_pattern(&x, e);
	}
	return rc;
}

static char *value(const struct piece *x, size_t i, const struct vars *v)
{
	char *text = xstrndup(x->arg[i].text.p, x->arg[i].text.len), *to = text;
	const char *from, *got;

	if (!x->arg[i].quoted) {
		got = vars_get(v, text);
		free(text);
		return xstrdup(got != NULL ? got : "");
	}
	for (from = text; *from != '\0'; from++) {
		*to++ = *from;
		if (*from == '\'')
			from++;
	}
	*to = '\0';
	return text;
}

static bool run(const struct piece *x, const struct vars *v, struct buf *out)
{
	char *arg[TEMPLATE_ARGS] = {0};
	const char *given[TEMPLATE_ARGS] = {0};
	bool ok;
	size_t i;

	for (i = 0; i < x->args; i++)
		given[i] = arg[i] = value(x, i, v);
	ok = x->call->run(v, given, x->args, out);
	for (i = 0; i < x->args; i++)
		free(arg[i]);
	return ok;
}

bool template_render(const char *src, const struct vars *v, struct buf *out)
{
	struct piece x;
	bool ok = true;

	while (*src != '\0' && ok) {
		if (next(&src, &x, NULL) != ERR_OK)
			return false;
		if (x.call != NULL) {
			ok = run(&x, v, out);
		} else if (x.name.len > 0) {
			char *name = xstrndup(x.name.p, x.name.len);
			const char *got = vars_get(v, name);

			buf_adds(out, got != NULL ? got : "");
			free(name);
		} else {
			buf_add_slice(out, x.text);
		}
	}
	return ok && !out->over;
}
