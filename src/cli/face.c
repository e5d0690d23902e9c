/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs that are neither an operation nor a question: init, run, config. */
#include "cli/private.h"

#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/env.h"
#include "base/path.h"
#include "desk/config.h"
#include "money/pico.h"

#define DEFAULT_WORKSPACE "main"
#define DEFAULT_TEMPLATE "solo-founder"

/* --- init ---------------------------------------------------------------------- */

static const char *login_name(void)
{
	const struct passwd *p = getpwuid(getuid());

	return p != NULL && p->pw_name[0] != '\0' ? p->pw_name : "owner";
}

static int say_made(const struct cli *c, const char *name)
{
	struct paths p;
	struct workspace_paths w;
	struct buf out;
	struct err e;
	struct json_out j;
	int status = 0;

	if (c->quiet)
		return 0;
	if (paths_find(&p, c->desk.home, &e) != ERR_OK)
		return cli_fail(&e);
	if (workspace_paths_find(&w, &p, name, &e) != ERR_OK) {
		paths_release(&p);
		return cli_fail(&e);
	}
	buf_init(&out, 0);
	if (c->json) {
		json_start(&j, &out);
		json_open(&j, NULL, '{');
		json_put_text(&j, "workspace", name);
		json_put_text(&j, "folder", w.folder);
		json_close(&j, '}');
		status = say_json(c, buf_slice(&out));
	} else {
		say_addf(&out, _("workspace %s is made in %s"), name, w.folder);
		buf_addc(&out, '\n');
		buf_adds(&out, _("next: claviger cap set --scope workspace --window day --usd 5\n"
		    "      claviger key add --vendor anthropic\n"
		    "      claviger goal add \"what you want done\"\n"));
		status = say_out(&out);
	}
	buf_release(&out);
	workspace_paths_release(&w);
	paths_release(&p);
	return status;
}

int face_make(struct cli *c)
{
	const char *template = verb_value(&c->words, "--template"), *person = verb_value(&c->words, "--person"), *fallback = getenv("CLAVIGER_WORKSPACE");
	struct workspace_wish wish = {
		.name = c->desk.workspace != NULL ? c->desk.workspace : fallback != NULL && *fallback != '\0' ? fallback : DEFAULT_WORKSPACE,
		.template_name = template != NULL ? template : DEFAULT_TEMPLATE,
		.zone = verb_value(&c->words, "--timezone"),
		.person = person != NULL ? person : login_name(),
		.key_file = verb_value(&c->words, "--key-file"),
	};
	struct secret *pass = NULL;
	struct paths p;
	struct workspace_paths w;
	struct err e;

	err_clear(&e);
	/* What can be known to fail is said before anybody types a passphrase. */
	if (paths_find(&p, c->desk.home, &e) != ERR_OK)
		return cli_fail(&e);
	if (workspace_paths_find(&w, &p, wish.name, &e) != ERR_OK) {
		paths_release(&p);
		return cli_fail(&e);
	}
	if (access(w.folder, F_OK) == 0) {
		err_set(&e, ERR_CONFLICT, _("the workspace '%s' exists already"), wish.name);
		err_mend(&e, ERR_CONFLICT, "%s", _("use it, or give another name with --workspace"));
	}
	workspace_paths_release(&w);
	paths_release(&p);
	if (e.code != ERR_OK)
		return cli_fail(&e);
	if (source_passphrase(c, true, &pass, &e) != ERR_OK || desk_create(&c->desk, &wish, pass, &e) != ERR_OK)
		return cli_fail(&e);
	return say_made(c, wish.name);
}

/* --- run -------------------------------------------------------------------------- */

struct running {
	struct cli *cli;
	bool is_broken;		/* standard output went away */
};

static void print_event(void *user, const char *json_line)
{
	struct running *r = user;

	if (!r->is_broken)
		r->is_broken = say_json(r->cli, slice_of(json_line)) != 0;
}

static void print_trouble(void *user, const struct err *e)
{
	(void)user;
	(void)cli_fail(e);
}

static int print_result(struct cli *c, const struct run_result *r)
{
	char money[PICO_TEXT];
	struct buf out;
	struct json_out j;
	int status;

	if (c->quiet)
		return 0;
	pico_format(r->cost_pd, money);
	buf_init(&out, 0);
	if (c->json) {
		json_start(&j, &out);
		json_open(&j, NULL, '{');
		json_put_text(&j, "stopped", r->stopped);
		json_put_int(&j, "calls", r->calls);
		json_put_text(&j, "cost_usd", money);
		json_put_int(&j, "pending_approvals", r->pending_approvals);
		json_close(&j, '}');
		status = say_json(c, buf_slice(&out));
	} else {
		buf_addf(&out, _("stopped: %s; calls: %lld; cost: $%s; approvals waiting: %lld\n"), r->stopped, (long long)r->calls, money, (long long)r->pending_approvals);
		if (r->pending_approvals > 0)
			buf_adds(&out, _("next: claviger approval list\n"));
		status = say_out(&out);
	}
	buf_release(&out);
	return status;
}

static enum err_code read_options(const struct cli *c, struct run_options *o, struct err *e)
{
	const char *seconds = verb_value(&c->words, "--for");
	char *end;

	o->until_idle = verb_value(&c->words, "--until-idle") != NULL;
	o->events = verb_value(&c->words, "--events") != NULL;
	if (seconds == NULL)
		return ERR_OK;
	errno = 0;
	o->for_s = strtoll(seconds, &end, 10);
	if (errno == 0 && end != seconds && *end == '\0' && o->for_s > 0 && o->for_s <= INT64_C(366) * 86400)
		return ERR_OK;
	err_set(e, ERR_USAGE, "--for '%.20s' is no time", seconds);
	return err_mend(e, ERR_USAGE, "write whole seconds, such as 600");
}

int face_run(struct cli *c)
{
	struct running r = {.cli = c};
	struct run_options o = {.stop_fd = -1, .event = print_event, .trouble = print_trouble, .user = &r};
	struct run_result result = {.stopped = "idle"};
	struct desk *desk = NULL;
	struct err e;
	sigset_t set;
	int status;
	enum err_code code;

	err_clear(&e);
	code = read_options(c, &o, &e);
	env_forget();
	if (code == ERR_OK)
		code = cli_open(c, true, &desk, NULL, &e);
	if (code == ERR_OK) {
		/* A stop is a request: calls in flight are booked first. */
		sigemptyset(&set);
		sigaddset(&set, SIGINT);
		sigaddset(&set, SIGTERM);
		sigaddset(&set, SIGHUP);
		sigprocmask(SIG_BLOCK, &set, NULL);
		o.stop_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
		code = desk_run(desk, &o, &result, &e);
	}
	status = code == ERR_OK ? print_result(c, &result) : cli_fail(&e);
	fd_close(&o.stop_fd);
	desk_close(desk);
	return status;
}

/* --- config -------------------------------------------------------------------------- */

int face_config(struct cli *c)
{
	const struct verb_words *w = &c->words;
	struct paths p;
	struct buf out;
	struct err e;
	char *value = NULL;
	int status = 0;
	enum err_code code;

	err_clear(&e);
	if (paths_find(&p, c->desk.home, &e) != ERR_OK)
		return cli_fail(&e);
	if (strcmp(w->verb->path, "config path") == 0)
		value = strdup(p.config), code = ERR_OK;
	else if (strcmp(w->verb->path, "config set") == 0)
		code = config_set(p.config, w->word[0], w->word[1], &e);
	else
		code = config_get(p.config, w->word[0], &value, &e);
	paths_release(&p);
	if (code != ERR_OK)
		return cli_fail(&e);
	buf_init(&out, 0);
	if (c->json && value != NULL) {
		json_quote(&out, slice_of(value));
		status = say_json(c, buf_slice(&out));
	} else if (value != NULL) {
		say_add(&out, value);
		buf_addc(&out, '\n');
		status = say_out(&out);
	}
	buf_release(&out);
	free(value);
	return status;
}
