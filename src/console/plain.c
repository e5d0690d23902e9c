/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A decision here is two lines: `A3` prints the whole of it, then `y A3` asks for
 * the word yes with what was typed ahead thrown away. It carries the hash of
 * what was printed. Input is read byte by byte, so that a passphrase goes from
 * the terminal straight into locked memory. */
#include "console/plain.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "console/approve.h"
#include "console/plain_lists.h"
#include "console/table.h"
#include "desk/query.h"
#include "desk/verb.h"

#define LINE_BYTES 4096

struct plain {
	struct desk *desk;
	const struct console_options *o;
	struct snapshot snap;
	struct wish wish;
	struct shown_item shown;	/* the last approval printed whole */
	int told_pending;
	int64_t told_question;
	bool is_over;
};

static void say_err(const struct err *e)
{
	plain_say("! %s%s%s", e->text, e->mend[0] != '\0' ? ". " : "", e->mend);
}

static void take_outcomes(struct plain *p)
{
	struct outcome o;

	while (desk_outcome(p->desk, &o)) {
		if (o.kind == OP_UNLOCK && o.err.code == ERR_OK) {
			struct op op = {.kind = OP_WORKER_START, .has_pause = true};

			desk_ask(p->desk, &op, NULL);
			plain_say("%s", _("Open."));
		} else if (o.err.code != ERR_OK && !(o.kind == OP_WORKER_START && o.err.code == ERR_CONFLICT)) {
			say_err(&o.err);
		} else if (o.kind != OP_WORKER_START) {
			plain_say("%s", o.text[0] != '\0' ? o.text : _("Done."));
		}
		outcome_release(&o);
	}
}

static void refresh(struct plain *p)
{
	struct err e;

	if (desk_refresh(p->desk, &p->wish, &p->snap, &e) != ERR_OK)
		say_err(&e);
	if (p->snap.pending > p->told_pending)
		plain_say(ngettext("Notice: %d approval waits. 2 lists.", "Notice: %d approvals wait. 2 lists.", (unsigned long)p->snap.pending), p->snap.pending);
	p->told_pending = p->snap.pending;
	if (p->snap.question > p->told_question) {
		plain_say(_("Notice: the server of connector %.40s asks you something: connector question %lld shows it."), p->snap.question_of, (long long)p->snap.question);
		p->told_question = p->snap.question;
	}
}

/* The desk's news are told while we wait. False at the end of input. */
static bool wait_for_input(struct plain *p)
{
	char events[4096];

	for (;;) {
		struct pollfd fds[3] = {{STDIN_FILENO, POLLIN, 0}, {desk_wake_fd(p->desk), POLLIN, 0}, {desk_store_fd(p->desk), POLLIN, 0}};

		fflush(stdout);
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			return false;
		if (fds[1].revents != 0 || fds[2].revents != 0) {
			while (fds[2].revents != 0 && read(fds[2].fd, events, sizeof events) > 0)
				;
			take_outcomes(p);
			refresh(p);
		}
		if (fds[0].revents != 0)
			return true;
	}
}

static bool read_line(struct plain *p, char line[LINE_BYTES])
{
	size_t n = 0;
	char c;

	while (n < LINE_BYTES - 1 && wait_for_input(p)) {
		if (read(STDIN_FILENO, &c, 1) != 1)
			return false;	/* what is not ended by a newline says nothing */
		if (c == '\n') {
			while (n > 0 && isspace((unsigned char)line[n - 1]))
				n--;
			line[n] = '\0';
			return true;
		}
		if (c != '\0')
			line[n++] = c;
	}
	return false;
}

static void unlock(struct plain *p)
{
	struct secret *pass = secret_new(SECRET_MAX);
	struct op op = {.kind = OP_UNLOCK};
	struct termios before, dumb;
	bool is_terminal = tcgetattr(STDIN_FILENO, &before) == 0, is_whole = false;

	if (pass == NULL) {
		plain_say("%s", _("! Memory for secrets cannot be locked: ulimit -l 8192 helps."));
		return;
	}
	plain_prompt(_("Passphrase (not shown): "));
	if (is_terminal) {
		dumb = before;
		dumb.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &dumb);
	}
	while (!is_whole && pass->len < SECRET_MAX - 1 && wait_for_input(p) && read(STDIN_FILENO, pass->p + pass->len, 1) == 1) {
		if (pass->p[pass->len] == '\n')
			is_whole = true;
		else
			pass->len++;
	}
	if (is_terminal)
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	plain_say("%s", "");
	if (is_whole) {
		secret_trim(pass);
		desk_ask(p->desk, &op, pass);
	} else {
		secret_free(pass);
		p->is_over = true;
	}
}

/* --- approvals --------------------------------------------------------------- */

static bool hides(const struct plain *p)
{
	return p->o->hides != HIDES_NOTHING && !p->o->read_only && !desk_unlocked(p->desk);
}

static bool fetch(struct plain *p, int64_t id)
{
	p->wish.detail_approval = id;
	refresh(p);
	return p->snap.detail.id == id && id != 0;
}

static void show_approval(struct plain *p, int64_t id)
{
	struct scene sc = {.s = &p->snap, .now_us = p->snap.now_us, .read_only = p->o->read_only};
	struct sheet sh = {0};

	if (hides(p)) {
		plain_say("%s", _("Locked: u unlocks."));
	} else if (!fetch(p, id)) {
		plain_say("%s", _("! There is no such approval."));
	} else {
		paper_write(&sh, &sc, false);
		plain_sheet(&sh);
		sheet_release(&sh);
		p->shown = (struct shown_item){p->snap.detail.id, p->snap.detail.version, p->snap.detail.hash, true, clock_steady_us()};
		if (p->snap.detail.state == APPROVAL_PENDING)
			plain_say(_("y A%lld approves, n A%lld REASON rejects, c A%lld WORDS asks for changes."), (long long)id, (long long)id, (long long)id);
	}
}

static bool may_decide(struct plain *p, int64_t id)
{
	if (p->o->read_only)
		plain_say("%s", _("! This console only looks (--read-only)."));
	else if (!desk_unlocked(p->desk))
		plain_say("%s", _("Locked: u unlocks."));
	else if (!fetch(p, id))
		plain_say("%s", _("! There is no such approval."));
	else if (p->snap.detail.state != APPROVAL_PENDING)
		plain_say("%s", _("! It does not wait for you."));
	else
		return true;
	return false;
}

static void approve(struct plain *p, int64_t id)
{
	struct op op = {.kind = OP_APPROVE, .id = id, .has_hash = true, .typed_yes = true};
	char line[LINE_BYTES];

	if (!may_decide(p, id))
		return;
	if (p->shown.id != id || !hash_same(&p->shown.hash, &p->snap.detail.hash)) {
		show_approval(p, id);
		return;
	}
	tcflush(STDIN_FILENO, TCIFLUSH);	/* nothing typed ahead decides */
	plain_prompt(_("Type yes to approve it: "));
	if (!read_line(p, line)) {
		p->is_over = true;
	} else if (strcmp(line, "yes") != 0) {
		plain_say("%s", _("Not approved: the word was not yes."));
	} else {
		op.hash = p->shown.hash;
		op.shown_ms = (clock_steady_us() - p->shown.since_us) / US_PER_MS;
		desk_ask(p->desk, &op, NULL);
	}
}

static void send_back(struct plain *p, enum op_kind how, int64_t id, const char *reason)
{
	struct op op = {.kind = how, .id = id};

	if (!may_decide(p, id))
		return;
	op.text = xstrdup(reason);
	desk_ask(p->desk, &op, NULL);
}

/* --- verbs ------------------------------------------------------------------- */

static void run_query(struct plain *p, const struct verb_words *w)
{
	struct sheet sh = {0};
	struct query q = {0};
	struct buf out;
	struct err e;

	buf_init(&out, 0);
	if (w->verb->to_query(w, &q, &e) != ERR_OK || desk_query(p->desk, p->o->desk, &q, &out, &e) != ERR_OK ||
	    table_write(&sh, buf_slice(&out), w->verb->columns, 0, &e) != ERR_OK)
		say_err(&e);
	else
		plain_sheet(&sh);
	sheet_release(&sh);
	buf_release(&out);
}

static void run_op(struct plain *p, const struct verb_words *w)
{
	struct op op = {0};
	struct err e;

	if (w->verb->to_op(w, &op, &e) != ERR_OK) {
		say_err(&e);
	} else if (op.kind == OP_APPROVE || op.kind == OP_REJECT || op.kind == OP_ASK_CHANGES || op.kind == OP_EDIT) {
		plain_say("%s", _("Here: A3 shows it, y A3 approves, n A3 REASON rejects, c A3 WORDS asks for changes."));
	} else if (op.kind == OP_KEY_ADD || op.kind == OP_KEY_ROTATE) {
		plain_say("%s", _("Keys are given in the full console, or by the shell: claviger key add --stdin"));
	} else if ((w->verb->flags & (VERB_NEW_PASSPHRASE | VERB_PASSPHRASE | VERB_SECRET)) != 0) {
		plain_say(_("That is for the shell: claviger %s"), w->verb->path);
	} else if (p->o->read_only) {
		plain_say("%s", _("! This console only looks (--read-only)."));
	} else {
		desk_ask(p->desk, &op, NULL);
		return;
	}
	op_release(&op);
}

static void run_verb(struct plain *p, char *line)
{
	struct verb_words w;
	char *argv[32];
	struct err e;
	int argc;

	if (verb_split(line, argv, (int)LENGTH(argv), &argc, &e) != ERR_OK || verb_parse(argc, argv, &w, &e) != ERR_OK)
		say_err(&e);
	else if (w.verb != NULL && w.verb->to_query != NULL)
		run_query(p, &w);
	else if (w.verb != NULL && w.verb->to_op != NULL)
		run_op(p, &w);
	else
		plain_say("%s", _("! That is for the shell. ? lists what can be said here."));
}

/* --- lines --------------------------------------------------------------------- */

/* "A12" or "12"; 0 if it is no id. */
static int64_t id_of(const char *s, char letter, const char **rest)
{
	char *end;
	long long id;

	while (*s == ' ')
		s++;
	if (toupper((unsigned char)*s) == letter)
		s++;
	id = isdigit((unsigned char)*s) ? strtoll(s, &end, 10) : 0;
	if (id <= 0 || (*end != '\0' && *end != ' '))
		return 0;
	*rest = end + strspn(end, " ");
	return id;
}

static void by_letter(struct plain *p, char letter, const char *words)
{
	const char *rest = "";
	int64_t id = id_of(words, 'A', &rest);
	struct op op = {.kind = letter == 'a' ? OP_GOAL_ADD : OP_UNDO, .id = letter == 'a' ? 0 : id};

	if (letter != 'a' && id == 0) {
		plain_say("%s", _("! Say which: its number, like A3."));
	} else if (letter == 'y') {
		approve(p, id);
	} else if (letter == 'n') {
		send_back(p, OP_REJECT, id, rest);
	} else if (letter == 'c') {
		send_back(p, OP_ASK_CHANGES, id, rest);
	} else if (p->o->read_only) {
		plain_say("%s", _("! This console only looks (--read-only)."));
	} else {
		if (letter == 'a')
			op.text = xstrdup(words);
		desk_ask(p->desk, &op, NULL);
	}
}

static void obey(struct plain *p, char *line)
{
	const char *rest = "";
	int64_t id;

	if (line[0] == '\0') {
		refresh(p);
		plain_status(&p->snap, p->o->read_only);
	} else if (strcmp(line, "q") == 0 || strcmp(line, "quit") == 0) {
		p->is_over = true;
	} else if (strcmp(line, "?") == 0 || strcmp(line, "help") == 0) {
		plain_help();
	} else if (strcmp(line, "u") == 0) {
		unlock(p);
	} else if (line[0] >= '1' && line[0] <= '5' && line[1] == '\0') {
		refresh(p);
		plain_list(&p->snap, line[0], hides(p));
	} else if (line[0] == 'A' && (id = id_of(line, 'A', &rest)) != 0) {
		show_approval(p, id);
	} else if (strchr("yncza", line[0]) != NULL && line[1] == ' ') {
		by_letter(p, line[0], line + 2);
	} else if (hides(p)) {
		plain_say("%s", _("Locked: u unlocks."));
	} else {
		run_verb(p, line);
	}
}

enum err_code plain_run(struct desk *d, const struct console_options *o, struct err *e)
{
	struct plain p = {.desk = d, .o = o, .wish = {.task_rows = 50, .approval_rows = 50, .key_rows = 50, .log_rows = 30}};
	char line[LINE_BYTES];

	if (d == NULL) {
		err_set(e, ERR_MISSING, "there is no workspace yet");
		return err_mend(e, ERR_MISSING, "claviger init --workspace NAME makes one");
	}
	refresh(&p);
	plain_status(&p.snap, o->read_only);
	plain_back(&p.snap);
	plain_help();
	do {
		plain_prompt("> ");
		if (!read_line(&p, line))
			break;
		obey(&p, line);
	} while (!p.is_over);
	desk_looked(d);
	snapshot_release(&p.snap);
	return ERR_OK;
}
