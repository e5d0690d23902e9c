/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools move and flag: mails of one folder at a time. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "servers/inbox/effect.h"
#include "servers/common/receipt.h"

#define CHANGE_MAX 50

struct chosen {
	struct mail_id v[CHANGE_MAX];
	size_t n;
};

static void chosen_release(struct chosen *c)
{
	while (c->n > 0)
		mail_id_release(&c->v[--c->n]);
}

static enum err_code choose(const cJSON *args, struct chosen *c, struct err *e)
{
	const cJSON *list = json_array(args, "ids"), *m;
	enum err_code code = ERR_OK;

	*c = (struct chosen){.n = 0};
	cJSON_ArrayForEach(m, list) {
		if (c->n == CHANGE_MAX) {
			code = err_set(e, ERR_USAGE, "at most %d mails at once", CHANGE_MAX);
			break;
		}
		code = mail_id_parse(cJSON_IsString(m) ? m->valuestring : NULL, &c->v[c->n], e);
		if (code != ERR_OK)
			break;
		c->n++;
		if (strcmp(c->v[c->n - 1].folder, c->v[0].folder) != 0 || c->v[c->n - 1].validity != c->v[0].validity) {
			code = err_set(e, ERR_USAGE, "the mails are not of one folder: change those of each folder by themselves");
			break;
		}
	}
	if (code == ERR_OK && c->n == 0)
		code = err_set(e, ERR_USAGE, "ids must be a list of mails' ids");
	if (code != ERR_OK)
		chosen_release(c);
	return code;
}

/* All of them are there still; else nothing is done. about gets each in a few words: an id says nothing to a person. */
static enum err_code look(struct inbox *in, struct imap *m, const struct chosen *c, bool to_change, struct buf *about, struct err *e)
{
	uint64_t uids[CHANGE_MAX];
	struct summary *v = NULL;
	struct json_out j;
	char name[40];
	size_t n = 0, i;
	enum err_code code = mail_id_select(m, &c->v[0], to_change, e);

	for (i = 0; i < c->n; i++)
		uids[i] = c->v[i].uid;
	if (code == ERR_OK)
		code = summaries(in, m, uids, c->n, &v, &n, e);
	if (code == ERR_OK && n != c->n)
		code = err_set(e, ERR_CONFLICT, "%zu of the mails %s not in that folder any more", c->n - n, c->n - n == 1 ? "is" : "are");
	json_start(&j, about);
	json_open(&j, NULL, '{');
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof name, "mail %" PRIu64, v[i].uid);
		effect_put_mail(&j, name, &v[i].head);
	}
	json_close(&j, '}');
	summaries_release(v, n);
	return code;
}

static void say_uids(struct imap_command *c, const struct chosen *chosen)
{
	char number[24];
	size_t i;

	for (i = 0; i < chosen->n; i++) {
		snprintf(number, sizeof number, "%s%" PRIu64, i > 0 ? "," : "", chosen->v[i].uid);
		imap_say(c, number);
	}
}

static enum err_code one_command(struct imap *m, const char *verb, const struct chosen *c, const char *words, const char *folder, struct err *e)
{
	struct imap_command command;
	enum err_code code;

	imap_command_init(&command, verb);
	say_uids(&command, c);
	if (words != NULL)
		imap_say(&command, words);
	if (folder != NULL)
		imap_say_folder(&command, folder);
	code = imap_run(m, &command, NULL, NULL, e);
	imap_command_release(&command);
	return code;
}

/* With MOVE in one step; else copied first, and only then taken away: at worst they are in both. */
static enum err_code move(struct imap *m, const struct chosen *c, const char *folder, struct err *e)
{
	enum err_code code;

	if (imap_can(m, "MOVE"))
		return one_command(m, "UID MOVE ", c, NULL, folder, e);
	if (!imap_can(m, "UIDPLUS"))
		return err_set(e, ERR_REFUSED, "this mail server can move no single mails");
	code = one_command(m, "UID COPY ", c, NULL, folder, e);
	if (code == ERR_OK)
		code = one_command(m, "UID STORE ", c, " +FLAGS.SILENT (\\Deleted)", NULL, e);
	return code == ERR_OK ? one_command(m, "UID EXPUNGE ", c, NULL, NULL, e) : code;
}

/* --- flags: named ones only -------------------------------------------------------- */

static const struct {
	const char *word, *flag;
} flags[] = {{"read", "\\Seen"}, {"flagged", "\\Flagged"}, {"answered", "\\Answered"}};

/* " +FLAGS.SILENT (\Seen \Flagged)", or nothing if the list is empty. */
static enum err_code say_flags(const cJSON *args, const char *name, char sign, struct buf *out, struct err *e)
{
	const cJSON *list = json_array(args, name), *m;
	size_t i, n = 0;

	cJSON_ArrayForEach(m, list) {
		for (i = 0; i < LENGTH(flags); i++)
			if (cJSON_IsString(m) && strcmp(m->valuestring, flags[i].word) == 0)
				break;
		if (i == LENGTH(flags))
			return err_set(e, ERR_USAGE, "%s holds a word that is none of read, flagged, answered", name);
		if (n++ == 0)
			buf_addf(out, " %cFLAGS.SILENT (%s", sign, flags[i].flag);
		else
			buf_addf(out, " %s", flags[i].flag);
	}
	if (n > 0)
		buf_addc(out, ')');
	return ERR_OK;
}

static enum err_code flag(struct imap *m, const struct chosen *c, const cJSON *args, struct err *e)
{
	static const struct {
		const char *name;
		char sign;
	} ways[] = {{"set", '+'}, {"clear", '-'}};
	enum err_code code = ERR_OK;
	struct buf words;
	size_t i;

	for (i = 0; i < LENGTH(ways) && code == ERR_OK; i++) {
		buf_init(&words, 0);
		code = say_flags(args, ways[i].name, ways[i].sign, &words, e);
		if (code == ERR_OK && words.len > 0)
			code = one_command(m, "UID STORE ", c, buf_text(&words), NULL, e);
		buf_release(&words);
	}
	return code;
}

static enum err_code check_flags(const cJSON *args, struct err *e)
{
	struct buf words;
	enum err_code code;

	buf_init(&words, 0);
	code = say_flags(args, "set", '+', &words, e);
	if (code == ERR_OK)
		code = say_flags(args, "clear", '-', &words, e);
	if (code == ERR_OK && words.len == 0)
		code = err_set(e, ERR_USAGE, "say what to set or to clear: read, flagged, answered");
	buf_release(&words);
	return code;
}

/* --- the tools --------------------------------------------------------------------- */

static void done(struct inbox *in, const struct mcp_call *call, const struct chosen *c, const char *folder, struct mcp_reply *r)
{
	struct json_out j;
	struct buf receipt;

	buf_init(&receipt, 0);
	json_start(&j, &receipt);
	json_open(&j, NULL, '{');
	json_put_int(&j, "mails", (int64_t)c->n);
	json_put_text(&j, "from_folder", c->v[0].folder);
	if (folder != NULL)
		json_put_text(&j, "to_folder", folder);
	json_close(&j, '}');
	effect_done(in, call, buf_slice(&receipt), r);
	buf_release(&receipt);
}

/* folder: where to; NULL: flags. Past look() the server may have begun: what breaks then is not known to be undone. */
static enum err_code change(struct inbox *in, const struct mcp_call *call, const struct chosen *c, const char *folder, struct mcp_reply *r, struct err *e)
{
	struct imap *m;
	struct buf about;
	char words[80];
	enum err_code code = inbox_session(in, &m, e);

	buf_init(&about, 0);
	if (code == ERR_OK)
		code = look(in, m, c, !call->is_check, &about, e);
	if (code == ERR_OK && call->is_check) {
		snprintf(words, sizeof words, "%zu mail%s found; it can be done.", c->n, c->n == 1 ? " was" : "s were");
		effect_checked(r, NULL, NULL, buf_slice(&about), words);
	}
	buf_release(&about);
	if (call->is_check)
		return inbox_end(in, code);
	if (code == ERR_OK)
		code = receipt_begin(in->state, call->key, slice_of(""), e);
	if (code != ERR_OK)
		return inbox_end(in, code);
	code = folder != NULL ? move(m, c, folder, e) : flag(m, c, call->args, e);
	if (code == ERR_OK) {
		done(in, call, c, folder, r);
	} else if (code == ERR_REFUSED || code == ERR_USAGE) {
		receipt_undo(in->state, call->key);
	} else {
		effect_unknown(r, e);
		err_ignore(inbox_end(in, code));
		return ERR_OK;
	}
	return inbox_end(in, code);
}

static enum err_code run(struct inbox *in, const struct mcp_call *call, bool moves, struct mcp_reply *r, struct err *e)
{
	const char *folder = moves ? json_text(call->args, "to") : NULL;
	struct chosen c;
	enum err_code code;

	if (effect_known(in, call, NULL, r, &code, e))
		return code;
	code = choose(call->args, &c, e);
	if (code == ERR_OK && moves && (folder == NULL || folder[0] == '\0' || strcmp(folder, c.v[0].folder) == 0))
		code = err_set(e, ERR_USAGE, "to must name another folder");
	if (code == ERR_OK && !moves)
		code = check_flags(call->args, e);
	if (code == ERR_OK)
		code = change(in, call, &c, folder, r, e);
	chosen_release(&c);
	return code;
}

enum err_code inbox_move(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	return run(user, call, true, r, e);
}

enum err_code inbox_flag(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	return run(user, call, false, r, e);
}
