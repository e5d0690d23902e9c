/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a child is started: the words of its command and of its environment, what it
 * is granted, and a client that has forgotten the child before. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "connector/inside.h"

#define DEFAULT_PATH "/usr/local/bin:/usr/bin:/bin"

/* Lists of texts that end in NULL. */
struct words {
	const char *w[160];
	size_t n;
	bool over;
};

static void word(struct words *l, const char *w)
{
	if (l->n + 1 < LENGTH(l->w))
		l->w[l->n++] = w;
	else
		l->over = true;
}

static void words_of(struct words *l, const char *option, const char *const *list)
{
	for (; list != NULL && *list != NULL; list++) {
		if (option != NULL)
			word(l, option);
		word(l, *list);
	}
}

static void fill_argv(struct words *a, const struct connector_spec *spec, const char *program, char ports[CONNECTOR_PORTS][8])
{
	int i;

	word(a, spec->confine);
	words_of(a, "--ro", spec->read_paths);
	words_of(a, "--rw", spec->write_paths);
	if (spec->may_network)
		word(a, "--network");
	for (i = 0; spec->ports != NULL && spec->ports[i] != 0 && i < CONNECTOR_PORTS; i++) {
		snprintf(ports[i], sizeof ports[i], "%u", spec->ports[i]);
		word(a, "--port");
		word(a, ports[i]);
	}
	if (spec->may_run_unconfined) {
		word(a, "--require");
		word(a, "none");
	}
	word(a, "--");
	word(a, program);
	words_of(a, NULL, spec->argv + 1);
}

/* NAME=value in locked memory; NULL if there is no room for it. */
static struct secret *granted(const struct connector_spec *spec)
{
	size_t n = strlen(spec->secret_env);
	struct secret *s = secret_new(n + 1 + spec->secret_env_value->len);

	if (s != NULL && (secret_set(s, spec->secret_env, n) != 0 || secret_add(s, "=", 1) != 0 ||
	    secret_add(s, spec->secret_env_value->p, spec->secret_env_value->len) != 0)) {
		secret_free(s);
		s = NULL;
	}
	return s;
}

static enum err_code launch(struct connector *c, const struct connector_spec *spec, const char *program, struct err *e)
{
	struct spawn_spec child = {.path = spec->confine, .folder = spec->folder, .pipes = SPAWN_PIPES, .secret = spec->secret, .secret_fd = spec->secret_fd};
	char ports[CONNECTOR_PORTS][8];
	struct words argv = {.n = 0}, env = {.n = 0};
	struct secret *own = NULL;
	enum err_code code;

	fill_argv(&argv, spec, program, ports);
	word(&env, "PATH=" DEFAULT_PATH);
	word(&env, "LANG=C.UTF-8");
	words_of(&env, NULL, spec->env);
	if (spec->secret_variable != NULL)
		word(&env, spec->secret_variable->p);
	if (spec->secret_env != NULL && spec->secret_env_value != NULL) {
		own = granted(spec);
		if (own == NULL)
			return err_set(e, ERR_MEMORY, "the memory for secrets is full");
		word(&env, own->p);
	}
	child.argv = argv.w;
	child.env = env.w;
	code = argv.over || env.over ? err_set(e, ERR_LIMIT, "the connector's command has too many words") : spawn_start(&c->child, &child, e);
	secret_free(own);
	return code;
}

void connector_forget(struct connector *c)
{
	if (c->carrier != NULL)
		c->carrier->gone(c->carrier_user);
	c->carrier = NULL;
	c->session[0] = c->trouble[0] = '\0';
	c->wants_credential = false;
	spawn_release(&c->child);
	jsonrpc_free(c->frames);
	c->frames = NULL;
	tool_list_release(&c->tools);
	tool_list_release(&c->listing);
	buf_clear(&c->out);
	buf_clear(&c->log);
	c->written = c->unasked = 0;
	c->relists = 0;
	c->stop_us = 0;
	c->is_modern = c->lacks_confinement = c->list_again = c->has_news = false;
	c->protocol[0] = c->reason[0] = '\0';
}

enum err_code connector_start(struct connector *c, const struct connector_spec *spec, int64_t now_us, struct err *e)
{
	struct err own = {0};
	char *program;
	enum err_code code;

	if (c->life != LIFE_STOPPED && c->life != LIFE_FAILING)
		return err_set(e, ERR_ILLEGAL, "the connector is not at rest");
	if (e == NULL)
		e = &own;
	connector_forget(c);
	c->is_ours = spec->is_ours;
	c->now_us = now_us;
	program = spec->argv[0][0] == '/' ? xstrdup(spec->argv[0]) : spawn_find(spec->argv[0], DEFAULT_PATH);
	code = program != NULL ? launch(c, spec, program, e) : err_set(e, ERR_MISSING, "the connector's program is not there");
	free(program);
	c->life = LIFE_STARTING;
	if (code != ERR_OK) {
		connector_fail(c, e->text);
		return code;
	}
	c->frames = jsonrpc_new(CONNECTOR_MESSAGE_MAX, talk_message, c);
	talk_begin(c);
	connector_flush(c);
	return ERR_OK;
}
