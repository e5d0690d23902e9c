/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way in: no core files and no stray secrets first, then which face. */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/env.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/text.h"
#include "cli/cli.h"
#include "console/console.h"
#include "desk/config.h"
#include "desk/desk.h"

/* What the C library takes a character for: asked, since it is what the terminal's own side was built with. */
static int width_of(uint32_t cp)
{
	return wcwidth((wchar_t)cp);
}

static void use_locale(void)
{
	bool is_utf8;

	setlocale(LC_ALL, "");
	/* Numbers are read and written as in C. */
	setlocale(LC_NUMERIC, "C");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);
	is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	text_use_locale(is_utf8 ? width_of : NULL, !is_utf8);
}

/* --- the console ---------------------------------------------------------------- */

struct practice {
	struct cli_practice *made;
};

static enum err_code start_practice(void *user, struct desk *d, struct err *e)
{
	return cli_practice(&((struct practice *)user)->made, d, e);
}

static enum console_hides hides_of(const char *name)
{
	return strcmp(name, "all") == 0 ? HIDES_ALL : strcmp(name, "nothing") == 0 ? HIDES_NOTHING : HIDES_CONTENT;
}

static enum err_code read_color(const struct cli *c, const struct config *config, enum console_colour *out, struct err *e)
{
	const char *when = verb_value(&c->words, "--color"), *no_color = getenv("NO_COLOR");

	if (when == NULL)
		when = config_text(config, "color");
	*out = COLOUR_AUTO;
	if (strcmp(when, "never") == 0 || verb_value(&c->words, "--no-color") != NULL || (strcmp(when, "auto") == 0 && no_color != NULL && *no_color != '\0')) {
		*out = COLOUR_NEVER;
	} else if (strcmp(when, "always") == 0) {
		*out = COLOUR_256;
	} else if (strcmp(when, "auto") != 0) {
		err_set(e, ERR_USAGE, "--color '%.20s' is none", when);
		return err_mend(e, ERR_USAGE, "one of auto, always, never");
	}
	return ERR_OK;
}

static enum err_code open_config(const struct cli *c, struct config **out, struct err *e)
{
	struct paths p;
	enum err_code code = paths_find(&p, c->desk.home, e);

	if (code != ERR_OK)
		return code;
	code = config_open(out, p.config, e);
	paths_release(&p);
	return code;
}

/* *d may be NULL: opened here, or made by the first run. The caller closes it. */
static int run_console(struct cli *c, struct desk **d)
{
	struct practice practice = {.made = NULL};
	struct config *config = NULL;
	struct console_options o = {.desk = &c->desk, .practice = start_practice, .practice_user = &practice};
	struct err e;
	int status = 0;
	enum err_code code;

	err_clear(&e);
	code = open_config(c, &config, &e);
	if (code == ERR_OK)
		code = read_color(c, config, &o.colour, &e);
	if (code == ERR_OK) {
		const char *theme = verb_value(&c->words, "--theme");

		o.read_only = c->desk.read_only;
		o.plain = verb_value(&c->words, "--plain") != NULL || config_bool(config, "plain");
		o.ascii = verb_value(&c->words, "--ascii") != NULL || config_bool(config, "ascii");
		o.theme = theme != NULL ? theme : config_text(config, "theme");
		o.hides = hides_of(config_text(config, "lock_hides"));
		o.idle_lock_s = config_count(config, "lock_after_s");
		o.idle_close_s = config_count(config, "close_after_s");
		o.arm_delay_ms = config_count(config, "arm_delay_ms");
		o.no_bell = !config_bool(config, "bell");
		o.no_title = !config_bool(config, "title");
		o.bindings = config_list(config, "keys");
		if (!o.plain && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))) {
			err_set(&e, ERR_USAGE, "%s", _("there is no terminal for the console"));
			code = err_mend(&e, ERR_USAGE, "%s", _("use claviger --plain, or a verb: claviger --help lists them"));
		}
	}
	if (code == ERR_OK && *d == NULL) {
		code = desk_open(d, &c->desk, &e);
		if (code == ERR_MISSING && c->desk.workspace == NULL && !desk_has_workspace(&c->desk))
			code = ERR_OK;
	}
	if (*d != NULL)		/* the first run offers to take them */
		env_forget();
	if (code == ERR_OK)
		code = console_run(d, &o, &e);
	env_forget();
	if (code != ERR_OK)
		status = cli_fail(&e);
	cli_practice_end(practice.made);
	config_free(config);
	return status;
}

static int demo_console(void *user, struct desk **d)
{
	return run_console(user, d);
}

int main(int argc, char **argv)
{
	struct cli c;
	struct desk *d = NULL;
	struct err e;
	int status;

	memory_harden();
	if (memory_secure_init(&e) != ERR_OK) {
		env_scrub();
		return cli_fail(&e);
	}
	env_scrub();
	use_locale();
	status = cli_begin(&c, argc, argv);
	if (status != CLI_GO_ON)
		return status;
	if (!cli_wants_console(&c))
		return cli_run(&c, demo_console, &c);
	c.desk.read_only = verb_value(&c.words, "--read-only") != NULL;
	status = run_console(&c, &d);
	desk_close(d);
	return status;
}
