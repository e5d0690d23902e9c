/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From argv to an exit status. */
#include "cli/cli.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/env.h"
#include "base/memory.h"
#include "base/slice.h"
#include "cli/private.h"

#define WATCH_PAUSE_NS 200000000L	/* between two looks at most five a second */

static int show_help(const struct cli *c)
{
	const struct verb_words *w = &c->words;
	struct buf out;
	int status;

	buf_init(&out, 0);
	if (verb_value(w, "--version") != NULL)
		help_version(&out);
	else if (w->verb != NULL)
		help_verb(&out, w->verb);
	else if (w->words > 0)
		help_family(&out, w->word[0]);
	else
		help_program(&out);
	status = say_out(&out);
	buf_release(&out);
	return status;
}

enum err_code cli_read_fd(const char *option, const char *value, int *out, struct err *e)
{
	char *end;
	long n = strtol(value, &end, 10);

	if (end != value && *end == '\0' && n >= 0 && n < 1 << 20) {
		*out = (int)n;
		return ERR_OK;
	}
	err_set(e, ERR_USAGE, "%s '%.20s' is no file descriptor", option, value);
	return err_mend(e, ERR_USAGE, "write its number; a passphrase is never an argument");
}

int cli_begin(struct cli *c, int argc, char *const *argv)
{
	struct err e;
	const char *fd, *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*c = (struct cli){.passphrase_fd = -1};
	signal(SIGPIPE, SIG_IGN);
	if (verb_parse(argc > 0 ? argc - 1 : 0, argv + (argc > 0), &c->words, &e) != ERR_OK)
		return cli_fail(&e);
	if (verb_value(&c->words, "--help") != NULL || verb_value(&c->words, "--version") != NULL)
		return show_help(c);
	c->desk.home = verb_value(&c->words, "--home");
	c->desk.workspace = verb_value(&c->words, "--workspace");
	c->json = verb_value(&c->words, "--json") != NULL;
	c->quiet = verb_value(&c->words, "--quiet") != NULL;
	c->out_is_terminal = isatty(STDOUT_FILENO);
	c->has_color = c->out_is_terminal && verb_value(&c->words, "--no-color") == NULL && (no_color == NULL || *no_color == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
	fd = verb_value(&c->words, "--passphrase-fd");
	if (fd != NULL && cli_read_fd("--passphrase-fd", fd, &c->passphrase_fd, &e) != ERR_OK)
		return cli_fail(&e);
	return CLI_GO_ON;
}

bool cli_wants_console(const struct cli *c)
{
	return strcmp(c->words.verb->path, "attach") == 0;
}

static int terminal_cols(const struct cli *c)
{
	struct winsize size;

	if (!c->out_is_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

static enum err_code copy_secret(const struct secret *s, struct secret **out, struct err *e)
{
	*out = secret_new(s->len);
	if (*out == NULL)
		return err_set(e, ERR_LIMIT, "the memory for secrets is full");
	(void)secret_set(*out, s->p, s->len);
	return ERR_OK;
}

enum err_code cli_open(struct cli *c, bool needs_vault, struct desk **out, struct secret **kept, struct err *e)
{
	enum err_code code = desk_open(out, &c->desk, e);
	struct secret *pass = NULL;
	struct op op = {.kind = OP_UNLOCK};
	struct outcome done = {.ticket = 0};

	if (code != ERR_OK || !needs_vault)
		return code;
	code = source_passphrase(c, false, &pass, e);
	if (code == ERR_OK && kept != NULL)
		code = copy_secret(pass, kept, e);
	if (code == ERR_OK) {
		code = desk_do(*out, &op, pass, &done);
		if (code != ERR_OK && e != NULL)
			*e = done.err;
	} else {
		secret_free(pass);
	}
	outcome_release(&done);
	if (code != ERR_OK) {
		desk_close(*out);
		*out = NULL;
	}
	return code;
}

/* --- questions -------------------------------------------------------------------- */

static int print_answer(struct cli *c, struct slice json)
{
	const struct verb *v = c->words.verb;
	show_fn *show = show_find(v->path);
	cJSON *doc = NULL;
	struct buf out;
	struct err e;
	int status = 0;

	if (c->json && !c->quiet)
		status = say_json(c, json);
	if (json_parse(json, &doc, &e) != ERR_OK)
		return cli_fail(&e);
	buf_init(&out, 0);
	if (verb_value(&c->words, "--jsonl") != NULL)
		show_lines(c, &out, json);
	else if (verb_value(&c->words, "--csv") != NULL || verb_value(&c->words, "--focus") != NULL)
		show_csv(&out, doc);
	else if (show != NULL)
		show(&out, doc, c->has_color);
	else
		render_document(&out, doc, v->columns, terminal_cols(c));
	if (!c->json && !c->quiet)
		status = say_out(&out);
	/* A check that did not pass: the document says so itself. */
	if (status == 0 && cJSON_IsObject(doc) && !json_bool(doc, "ok", true)) {
		const char *problem = json_text(doc, "problem"), *mend = json_text(doc, "mend");

		err_set(&e, ERR_IO, "%.200s", problem != NULL ? problem : _("something is wrong"));
		status = err_mend(&e, ERR_IO, "%.150s", mend != NULL ? mend : _("see what the answer names")) == ERR_IO ? cli_fail(&e) : 1;
	}
	buf_release(&out);
	cJSON_Delete(doc);
	return status;
}

static bool flies(struct slice answer)
{
	static const char *const path[] = {"in_flight", NULL};
	struct slice n;

	return json_find(answer, path, &n) && !slice_is(n, "0");
}

/* A line whenever it has changed, until standard output goes away or a signal ends us. */
static int watch(struct cli *c, struct desk *desk, const struct query *q)
{
	struct buf now, last;
	struct err e;
	char drain[4096];
	int status = 0;

	buf_init(&now, 0);
	buf_init(&last, 0);
	while (status == 0) {
		struct pollfd at = {.fd = desk_store_fd(desk), .events = POLLIN};
		const struct timespec pause = {.tv_nsec = WATCH_PAUSE_NS};
		enum err_code code = desk_query(desk, &c->desk, q, &now, &e);

		/* Somebody writes just now: look again. */
		if (code != ERR_OK && code != ERR_CONFLICT)
			status = cli_fail(&e);
		if (code == ERR_OK && !slice_eq(buf_slice(&now), buf_slice(&last))) {
			status = print_answer(c, buf_slice(&now));
			buf_clear(&last);
			buf_add_slice(&last, buf_slice(&now));
		}
		/* calls in flight move without a commit, and minutes pass */
		(void)poll(&at, 1, at.fd < 0 || code == ERR_CONFLICT || flies(buf_slice(&now)) ? 1000 : 60000);
		while (at.fd >= 0 && read(at.fd, drain, sizeof drain) > 0)
			;
		nanosleep(&pause, NULL);
	}
	buf_release(&now);
	buf_release(&last);
	return status;
}

static int run_query(struct cli *c)
{
	const struct verb *v = c->words.verb;
	struct query q = {.id = 0};
	struct desk *desk = NULL;
	struct buf answer;
	struct err e;
	int status;
	enum err_code code;

	buf_init(&answer, 0);
	err_clear(&e);
	code = v->to_query(&c->words, &q, &e);
	if (code == ERR_OK && (v->flags & VERB_NO_WORKSPACE) == 0)
		code = cli_open(c, false, &desk, NULL, &e);
	if (code == ERR_OK && (v->flags & VERB_MAY_WORKSPACE) != 0) {
		code = cli_open(c, false, &desk, NULL, &e);
		if (code == ERR_MISSING && c->desk.workspace == NULL) {
			err_clear(&e);
			code = ERR_OK;
		}
	}
	if (code == ERR_OK && q.kind == QUERY_WATCH && verb_value(&c->words, "--once") == NULL) {
		status = watch(c, desk, &q);
	} else {
		if (code == ERR_OK)
			code = desk_query(desk, &c->desk, &q, &answer, &e);
		status = code == ERR_OK ? print_answer(c, buf_slice(&answer)) : cli_fail(&e);
	}
	desk_close(desk);
	buf_release(&answer);
	return status;
}

/* --- operations --------------------------------------------------------------------- */

static void outcome_json(const struct cli *c, const struct outcome *done, struct buf *out)
{
	struct json_out j;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	if (done->id > 0)
		json_put_int(&j, done->kind == OP_GOAL_ADD ? "goal" : "id", done->id);
	if (done->version > 0)
		json_put_int(&j, "version", done->version);
	if (done->text[0] != '\0')
		json_put_text(&j, "text", done->text);
	json_close(&j, '}');
	(void)c;
}

static int print_outcome(struct cli *c, const struct outcome *done)
{
	const struct verb *v = c->words.verb;
	struct buf out;
	int status;

	if (c->quiet)
		return 0;
	buf_init(&out, 0);
	if (c->json) {
		if (done->json != NULL)
			buf_adds(&out, done->json);
		else
			outcome_json(c, done, &out);
		status = say_json(c, buf_slice(&out));
		buf_release(&out);
		return status;
	}
	if (v->letter != 0 && done->id > 0)
		buf_addf(&out, "%c%lld%s", v->letter, (long long)done->id, done->text[0] != '\0' ? ": " : "\n");
	if (done->text[0] != '\0') {
		say_add(&out, done->text);
		buf_addc(&out, '\n');
	} else if (done->json != NULL && (v->letter == 0 || done->id == 0)) {
		cJSON *doc = NULL;

		if (json_parse(slice_of(done->json), &doc, NULL) == ERR_OK)
			render_document(&out, doc, v->columns, terminal_cols(c));
		cJSON_Delete(doc);
	}
	if (out.len == 0)
		buf_addf(&out, _("done: %s\n"), v->path);
	status = say_out(&out);
	buf_release(&out);
	return status;
}

/* What the operation is handed: the passphrase that opened, a new one, or both, the
 * old one in front. */
static enum err_code passphrase_for(struct cli *c, struct op *op, struct secret **kept, struct secret **out, struct err *e)
{
	struct secret *fresh = NULL, *both;
	enum err_code code;

	if ((c->words.verb->flags & VERB_PASSPHRASE) != 0) {
		*out = *kept;
		*kept = NULL;
		return ERR_OK;
	}
	code = source_new_passphrase(c, op->kind == OP_PERSON_ADD ? op->name : NULL, &fresh, e);
	if (code != ERR_OK || op->kind == OP_PERSON_ADD) {
		*out = fresh;
		return code;
	}
	both = secret_new((*kept)->len + fresh->len);
	if (both != NULL) {
		(void)secret_set(both, (*kept)->p, (*kept)->len);
		(void)secret_add(both, fresh->p, fresh->len);
		op->split = (*kept)->len;
	} else {
		code = err_set(e, ERR_LIMIT, "the passphrase is too long");
	}
	secret_free(fresh);
	*out = both;
	return code;
}

static int run_op(struct cli *c)
{
	const struct verb *v = c->words.verb;
	bool needs_vault = (v->flags & VERB_VAULT) != 0 || ((v->flags & VERB_VAULT_TOOLS) != 0 && verb_value(&c->words, "--tool") != NULL) ||
	    ((v->flags & VERB_VAULT_FETCH) != 0 && verb_value(&c->words, "--fetch") != NULL);
	struct op op = {.kind = OP_NONE};
	struct outcome done = {.ticket = 0};
	struct secret *secret = NULL, *kept = NULL;
	struct desk *desk = NULL;
	struct err e;
	int status;
	enum err_code code;

	err_clear(&e);
	code = v->to_op(&c->words, &op, &e);
	if (code == ERR_OK && (v->flags & VERB_SECRET) != 0)
		code = source_key(c, &op, &secret, &e);
	env_forget();
	if (code == ERR_OK)
		code = cli_open(c, needs_vault, &desk, (v->flags & (VERB_NEW_PASSPHRASE | VERB_PASSPHRASE)) != 0 ? &kept : NULL, &e);
	if (code == ERR_OK && kept != NULL)
		code = passphrase_for(c, &op, &kept, &secret, &e);
	if (code == ERR_OK) {
		/* What op and secret held is the desk's from here on. */
		code = desk_do(desk, &op, secret, &done);
		op = (struct op){.kind = OP_NONE};
		secret = NULL;
		e = done.err;
	}
	if (code == ERR_OK) {
		status = print_outcome(c, &done);
	} else {
		/* Done all the same, but not as hoped: a key that is stored and fails its test. */
		if (done.id > 0 || done.json != NULL)
			(void)print_outcome(c, &done);
		status = cli_fail(&e);
	}
	secret_free(secret);
	secret_free(kept);
	op_release(&op);
	outcome_release(&done);
	desk_close(desk);
	return status;
}

int cli_run(struct cli *c, cli_console *console, void *user)
{
	static const struct {
		const char *path;
		int (*face)(struct cli *c);
	} faces[] = {{"init", face_make}, {"config get", face_config}, {"config set", face_config}, {"config path", face_config}, {"run", face_run},
		{"workspace export", face_export}, {"workspace backup", face_backup}, {"workspace restore", face_restore}, {"workspace destroy", face_destroy}, {"key import", face_import}};
	const struct verb *v = c->words.verb;

	for (size_t i = 0; i < LENGTH(faces); i++)
		if (strcmp(faces[i].path, v->path) == 0)
			return faces[i].face(c);
	if (strcmp(v->path, "demo") == 0)
		return face_demo(c, console, user);
	return v->to_op != NULL ? run_op(c) : run_query(c);
}
