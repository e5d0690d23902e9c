/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `claviger demo`: the whole loop, done by ordinary verbs as children.
 *
 * It is the one place in the program that says yes without a person, and it can
 * do so only as a person would: by running `claviger approval approve` with the
 * hash it was shown, on a workspace that it made itself a moment ago. */
#include "cli/private.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/memory.h"
#include "base/secret_source.h"
#include "cli/stage.h"
#include "money/pico.h"

#define STEP_US (120 * US_PER_S)
#define ROUNDS 12
#define ARGS 24

struct demo {
	struct cli *cli;
	struct stage stage;
	char program[4096];
	struct buf out;		/* of the last child */
	struct err err;
	int approved, status;
};

/* --- printing --------------------------------------------------------------------- */

static void print(struct demo *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void print(struct demo *d, const char *fmt, ...)
{
	char *text = NULL;
	struct buf line;
	va_list ap;

	buf_init(&line, 0);
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		render_text(&line, text, "");
	va_end(ap);
	if (d->status == 0)
		d->status = say_out(&line);
	free(text);
	buf_release(&line);
}

/* A child's own output, set in. It is clean already, and is cleaned again. */
static void print_output(struct demo *d)
{
	struct buf text;

	buf_init(&text, 0);
	render_text(&text, buf_text(&d->out), "    ");
	if (d->status == 0)
		d->status = say_out(&text);
	buf_release(&text);
}

static void title(struct demo *d, const char *words)
{
	print(d, "\n== %s", words);
}

/* The command as a person would type it. */
static void print_command(struct demo *d, const char *const *args)
{
	struct buf line;

	buf_init(&line, 0);
	buf_adds(&line, "$ claviger");
	for (; *args != NULL; args++) {
		if (strpbrk(*args, " \"'$") == NULL) {
			buf_addf(&line, " %s", *args);
			continue;
		}
		buf_adds(&line, " '");
		for (const char *p = *args; *p != '\0'; p++)
			buf_adds(&line, *p == '\'' ? "'\\''" : (char[]){*p, '\0'});
		buf_addc(&line, '\'');
	}
	print(d, "%s", buf_text(&line));
	buf_release(&line);
}

/* --- running verbs ------------------------------------------------------------------- */

static bool was_stopped(struct demo *d)
{
	struct timespec none = {.tv_sec = 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	if (sigtimedwait(&set, NULL, &none) < 0)
		return false;
	err_set(&d->err, ERR_CANCELLED, "%s", _("stopped"));
	return true;
}

/* Run one verb. input goes to its standard input. ERR_IO if it does not end well. */
static enum err_code run_verb(struct demo *d, const char *input, const char *const *args)
{
	char *home = xasprintf("HOME=%s", d->stage.folder), *own = xasprintf("CLAVIGER_HOME=%s", d->stage.home), *pass = xasprintf("CLAVIGER_PASSPHRASE_FILE=%s", d->stage.pass_file);
	const char *const set[] = {home, own, pass, NULL}, *const copy[] = {"TMPDIR", "TERM", NULL};
	char **env = env_minimal(copy, set);
	const char *argv[ARGS + 2] = {"claviger"};
	struct spawn_spec spec = {.path = d->program, .argv = argv, .env = (const char *const *)env, .folder = d->stage.folder};
	struct spawn_result r = {.status = 0};
	enum err_code code;

	for (int i = 0; args[i] != NULL && i < ARGS; i++)
		argv[i + 1] = args[i];
	buf_init(&r.out, (size_t)16 << 20);
	buf_init(&r.err, 4096);
	print_command(d, args);
	code = spawn_run(&spec, slice_of(input != NULL ? input : ""), &r, STEP_US, &d->err);
	if (code == ERR_OK && r.status != 0) {
		const char *said = buf_text(&r.err), *colon = strncmp(said, "claviger: ", 10) == 0 ? said + 10 : said;

		code = err_set(&d->err, ERR_IO, "`claviger %s` ended with status %d: %.*s", args[0], r.status, (int)strcspn(colon, "\n"), colon);
	}
	if (code == ERR_OK && was_stopped(d))
		code = ERR_CANCELLED;
	buf_release(&d->out);
	d->out = r.out;
	buf_release(&r.err);
	env_free(env);
	free(home);
	free(own);
	free(pass);
	return code;
}

#define RUN(d, ...) run_verb((d), NULL, (const char *const[]){__VA_ARGS__, NULL})

/* The last answer as JSON; NULL with the error said. The caller deletes it. */
static cJSON *answer(struct demo *d)
{
	cJSON *doc = NULL;

	if (json_parse(buf_slice(&d->out), &doc, &d->err) != ERR_OK)
		err_context(&d->err, "an answer cannot be read: ");
	return doc;
}

static enum err_code set_up(struct demo *d)
{
	const char *const add_key[] = {"key", "add", "--vendor", "anthropic", "--label", "practice", "--base-url", d->stage.url, "--stdin", NULL};
	enum err_code code = RUN(d, "init", "--quiet");

	if (code == ERR_OK)
		code = RUN(d, "cap", "set", "--scope", "workspace", "--window", "day", "--usd", "5");
	if (code == ERR_OK)
		print_output(d), code = run_verb(d, d->stage.key, add_key);
	if (code == ERR_OK)
		print_output(d), code = RUN(d, "connector", "add", "repo", "--type", "codebase", "--root", d->stage.repo);
	if (code == ERR_OK)
		print_output(d), code = RUN(d, "goal", "add", STAGE_GOAL);
	if (code == ERR_OK)
		print_output(d);
	return code;
}

/* --- the loop ----------------------------------------------------------------------------- */

static enum err_code work(struct demo *d)
{
	cJSON *doc;
	int64_t calls = 0, waiting = 0;
	enum err_code code = RUN(d, "run", "--until-idle", "--json");

	if (code != ERR_OK || (doc = answer(d)) == NULL)
		return d->err.code;
	(void)json_int(doc, "calls", &calls);
	(void)json_int(doc, "pending_approvals", &waiting);
	print(d, _("    the office worked: %lld calls for $%s; it stopped: %s; %lld waiting for a word"), (long long)calls,
	    json_text(doc, "cost_usd") != NULL ? json_text(doc, "cost_usd") : "?", json_text(doc, "stopped") != NULL ? json_text(doc, "stopped") : "?", (long long)waiting);
	cJSON_Delete(doc);
	return ERR_OK;
}

static enum err_code approve(struct demo *d, const cJSON *one)
{
	const char *hash = json_text(one, "hash"), *kind = json_text(one, "kind"), *summary = json_text(one, "summary");
	char id[24];
	int64_t n = 0;
	enum err_code code;

	if (!json_int(one, "id", &n) || hash == NULL)
		return err_set(&d->err, ERR_PROTO, "an approval has no id or no hash");
	snprintf(id, sizeof id, "A%lld", (long long)n);
	print(d, _("    the office asks (%s): %s"), kind != NULL ? kind : "?", summary != NULL ? summary : "");
	code = RUN(d, "approval", "show", id);
	if (code != ERR_OK)
		return code;
	print_output(d);
	code = RUN(d, "approval", "approve", id, "--hash", hash);
	if (code == ERR_OK)
		print_output(d);
	d->approved += code == ERR_OK;
	return code;
}

static enum err_code answer_all(struct demo *d)
{
	const cJSON *one;
	cJSON *doc;
	enum err_code code = RUN(d, "approval", "list", "--json");

	if (code != ERR_OK || (doc = answer(d)) == NULL)
		return d->err.code;
	print(d, _("    %d waiting"), cJSON_GetArraySize(doc));
	cJSON_ArrayForEach(one, doc) {
		const char *state = json_text(one, "state");

		if (code == ERR_OK && state != NULL && strcmp(state, "pending") == 0)
			code = approve(d, one);
	}
	cJSON_Delete(doc);
	return code;
}

/* "done", "active" ...; "" if it cannot be known. */
static enum err_code goal_state(struct demo *d, char state[32])
{
	cJSON *doc;
	enum err_code code = RUN(d, "goal", "show", "1", "--json");

	state[0] = '\0';
	if (code != ERR_OK || (doc = answer(d)) == NULL)
		return d->err.code;
	snprintf(state, 32, "%s", json_text(doc, "state") != NULL ? json_text(doc, "state") : "");
	print(d, _("    the goal is %s"), state);
	cJSON_Delete(doc);
	return ERR_OK;
}

static enum err_code loop(struct demo *d)
{
	char state[32] = "";
	enum err_code code = ERR_OK;

	for (int round = 0; code == ERR_OK && round < ROUNDS; round++) {
		code = work(d);
		if (code == ERR_OK)
			code = goal_state(d, state);
		if (code != ERR_OK || strcmp(state, "done") == 0)
			return code;
		if (strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0)
			break;
		code = answer_all(d);
	}
	return code != ERR_OK ? code : err_set(&d->err, ERR_IO, "the goal did not get done: it is %s", state);
}

/* --- what came of it -------------------------------------------------------------------------- */

static enum err_code show_branches(struct demo *d)
{
	const char *const list[] = {"for-each-ref", "--format=%(refname:short)  %(subject)", "refs/heads", NULL};
	const char *const names[] = {"for-each-ref", "--format=%(refname:short)", "refs/heads/claviger", NULL};
	struct buf out;
	char branch[128];
	enum err_code code;

	buf_init(&out, 0);
	code = stage_git(&d->stage, list, &out, &d->err);
	print(d, "$ git branch");
	if (code == ERR_OK)
		print(d, "%s", buf_text(&out));
	if (code == ERR_OK)
		code = stage_git(&d->stage, names, &out, &d->err);
	snprintf(branch, sizeof branch, "%.*s", (int)strcspn(buf_text(&out), "\n"), buf_text(&out));
	if (code == ERR_OK && branch[0] != '\0') {
		print(d, "$ git diff main %s", branch);
		code = stage_git(&d->stage, (const char *const[]){"diff", "main", branch, NULL}, &out, &d->err);
		if (code == ERR_OK)
			print(d, "%s", buf_text(&out));
	}
	buf_release(&out);
	return code;
}

static enum err_code money_of(const cJSON *doc, const char *name, int64_t *pd, struct err *e)
{
	const char *text = json_text(doc, name);

	return text != NULL ? pico_parse(slice_of(text), pd, e) : err_set(e, ERR_PROTO, "the books name no %s", name);
}

/* Ours against theirs, to the last pico-dollar. */
static enum err_code compare_books(struct demo *d)
{
	cJSON *ours = NULL, *theirs = NULL;
	struct buf books;
	int64_t our_pd = 0, their_pd = 0, calls = 0;
	enum err_code code = RUN(d, "spend", "--json");

	if (code != ERR_OK || (ours = answer(d)) == NULL)
		return d->err.code;
	buf_init(&books, 0);
	code = stage_fetch(&d->stage, "/practice/books", &books, &d->err);
	if (code == ERR_OK)
		code = json_parse(buf_slice(&books), &theirs, &d->err);
	if (code == ERR_OK)
		code = money_of(json_object(ours, "total"), "cost_usd", &our_pd, &d->err);
	if (code == ERR_OK)
		code = money_of(theirs, "total_usd", &their_pd, &d->err);
	if (code == ERR_OK) {
		char our_text[PICO_TEXT], their_text[PICO_TEXT];

		pico_format(our_pd, our_text);
		pico_format(their_pd, their_text);
		(void)json_int(json_object(ours, "total"), "calls", &calls);
		print(d, _("    our books:       $%s over %lld calls"), our_text, (long long)calls);
		print(d, _("    the vendor's:    $%s over %d calls (GET %s/practice/books)"), their_text, cJSON_GetArraySize(json_array(theirs, "calls")), d->stage.url);
		if (our_pd == their_pd && their_pd > 0)
			print(d, "%s", _("    equal to the last pico-dollar"));
		else
			code = err_set(&d->err, ERR_IO, "the books differ: ours $%s, the vendor's $%s", our_text, their_text);
	}
	cJSON_Delete(ours);
	cJSON_Delete(theirs);
	buf_release(&books);
	return code;
}

static enum err_code sum_up(struct demo *d)
{
	enum err_code code;

	title(d, _("The plan and what became of it"));
	code = RUN(d, "task", "list");
	if (code == ERR_OK) {
		print_output(d);
		code = RUN(d, "goal", "report", "1");
	}
	if (code == ERR_OK) {
		print_output(d);
		title(d, _("Actions, and who allowed them"));
		code = RUN(d, "approval", "list", "--all");
	}
	if (code == ERR_OK) {
		print_output(d);
		code = show_branches(d);
	}
	if (code == ERR_OK) {
		title(d, _("The books"));
		code = RUN(d, "call", "list");
	}
	if (code == ERR_OK) {
		print_output(d);
		code = compare_books(d);
	}
	if (code == ERR_OK) {
		title(d, _("The record"));
		code = RUN(d, "journal", "verify");
	}
	if (code == ERR_OK)
		print_output(d);
	return code;
}

/* --- on a terminal ------------------------------------------------------------------------------- */

static enum err_code open_console(struct demo *d, cli_console *console, void *user)
{
	struct desk_options o = {.home = d->stage.home};
	struct desk *desk = NULL;
	struct secret *pass = NULL;
	struct op op = {.kind = OP_UNLOCK};
	struct outcome done = {.ticket = 0};
	enum err_code code = desk_open(&desk, &o, &d->err);

	if (code == ERR_OK)
		code = secret_from_file(d->stage.pass_file, &pass, &d->err);
	if (code == ERR_OK) {
		code = desk_do(desk, &op, pass, &done);
		d->err = done.err;
	}
	outcome_release(&done);
	if (code == ERR_OK)
		d->status = console(user, &desk);
	desk_close(desk);
	return code;
}

static enum err_code find_program(struct demo *d)
{
	ssize_t n = readlink("/proc/self/exe", d->program, sizeof d->program - 1);

	if (n <= 0)
		return err_sys(&d->err, ERR_IO, "the program cannot find itself");
	d->program[n] = '\0';
	return ERR_OK;
}

int face_demo(struct cli *c, cli_console *console, void *user)
{
	bool plain = verb_value(&c->words, "--plain") != NULL || console == NULL || !c->out_is_terminal || !isatty(STDIN_FILENO);
	struct demo *d = xcalloc(1, sizeof *d);
	sigset_t set, old;
	int status;
	enum err_code code;

	d->cli = c;
	buf_init(&d->out, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &old);
	code = find_program(d);
	if (code == ERR_OK)
		code = stage_make(&d->stage, plain ? NULL : "40", &d->err);
	if (code == ERR_OK) {
		print(d, _("A throw-away office in %s, with a practice vendor at %s.\nEvery command below is an ordinary verb; CLAVIGER_HOME and CLAVIGER_PASSPHRASE_FILE point there."),
		    d->stage.folder, d->stage.url);
		title(d, _("Setting up"));
		code = set_up(d);
	}
	if (code == ERR_OK && !plain) {
		sigprocmask(SIG_SETMASK, &old, NULL);
		code = open_console(d, console, user);
	} else if (code == ERR_OK) {
		title(d, _("The loop: it works, it asks, it is answered"));
		code = loop(d);
		if (code == ERR_OK)
			code = sum_up(d);
		if (code == ERR_OK)
			print(d, _("\nDone: %d approvals given, the folder is gone again."), d->approved);
	}
	stage_clear(&d->stage);
	status = code != ERR_OK ? cli_fail(&d->err) : d->status;
	sigprocmask(SIG_SETMASK, &old, NULL);
	buf_release(&d->out);
	free(d);
	return status;
}
