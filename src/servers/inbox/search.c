/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools that look for mails: folders, search, threads. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "servers/inbox/inbox.h"
#include "servers/inbox/line.h"
#include "servers/inbox/seen.h"

#define LIMIT_USUAL 20
#define LIMIT_MAX 100
#define THREAD_MAILS_USUAL 100
#define THREAD_MAILS_MAX 300

/* --- folders ------------------------------------------------------------------------ */

enum err_code inbox_folders(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	struct inbox *in = user;
	struct imap *m;
	struct imap_folder *v = NULL;
	size_t n = 0, i;
	enum err_code code = inbox_session(in, &m, e);

	(void)call;
	if (code == ERR_OK)
		code = imap_folders(m, &v, &n, e);
	for (i = 0; i < n && code == ERR_OK; i++) {
		line_add(&r->text, v[i].name, 200);
		buf_adds(&r->text, v[i].can_open ? "\n" : " (holds no mail)\n");
	}
	imap_folders_release(v, n);
	return inbox_end(in, code);
}

/* --- what to look for ------------------------------------------------------------------ */

/* 2026-11-02 as IMAP has it: 2-Nov-2026 */
static bool imap_date(const char *s, char out[16])
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	unsigned y, m, d;
	char end;

	if (strlen(s) != 10 || sscanf(s, "%4u-%2u-%2u%c", &y, &m, &d, &end) != 3 || m < 1 || m > 12 || d < 1 || d > 31 || y < 1970 || y > 9999)
		return false;
	snprintf(out, 16, "%u-%s-%u", d, months[m - 1], y);
	return true;
}

static enum err_code say_date(struct imap_command *c, const cJSON *args, const char *name, const char *criterion, struct err *e)
{
	const char *value = json_text(args, name);
	char date[16];

	if (json_member(args, name) == NULL)
		return ERR_OK;
	if (value == NULL || !imap_date(value, date))
		return err_set(e, ERR_USAGE, "%s must be a date such as 2026-11-02", name);
	imap_say(c, criterion);
	imap_say(c, date);
	return ERR_OK;
}

static enum err_code criteria(const cJSON *args, struct imap_command *c, struct err *e)
{
	static const struct {
		const char *name, *criterion;
	} texts[] = {{"text", " TEXT"}, {"from", " FROM"}, {"to", " TO"}, {"subject", " SUBJECT"}};
	static const struct {
		const char *name, *yes, *no;
	} flags[] = {{"unread", " UNSEEN", " SEEN"}, {"flagged", " FLAGGED", " UNFLAGGED"}};
	enum err_code code;
	size_t i;

	imap_command_init(c, " UNDELETED");
	for (i = 0; i < LENGTH(texts); i++) {
		const char *value = json_text(args, texts[i].name);

		if (json_member(args, texts[i].name) == NULL)
			continue;
		if (value == NULL || value[0] == '\0' || strlen(value) > 200)
			return err_set(e, ERR_USAGE, "%s must be a text of 1 to 200 bytes", texts[i].name);
		imap_say(c, texts[i].criterion);
		imap_say_text(c, value);
	}
	for (i = 0; i < LENGTH(flags); i++)
		if (cJSON_IsBool(json_member(args, flags[i].name)))
			imap_say(c, json_bool(args, flags[i].name, false) ? flags[i].yes : flags[i].no);
	code = say_date(c, args, "since", " SINCE ", e);
	return code == ERR_OK ? say_date(c, args, "before", " BEFORE ", e) : code;
}

static const char *folder_of(const cJSON *args)
{
	const char *f = json_text(args, "folder");

	return f != NULL && f[0] != '\0' ? f : "INBOX";
}

static enum err_code limit_of(const cJSON *args, int64_t usual, int64_t most, int64_t *out, struct err *e)
{
	if (!json_int(args, "limit", out))
		*out = usual;
	return *out >= 1 && *out <= most ? ERR_OK : err_set(e, ERR_USAGE, "limit must be 1 to %" PRId64, most);
}

/* The highest numbers below a cursor; they are the newest. *out is the caller's. */
static size_t newest(const uint64_t *uids, size_t n, uint64_t below, size_t limit, uint64_t **out, size_t *more)
{
	size_t from, count;

	while (n > 0 && below > 0 && uids[n - 1] >= below)
		n--;
	count = n < limit ? n : limit;
	from = n - count;
	*out = xcalloc(count + 1, sizeof **out);
	if (count > 0)
		memcpy(*out, uids + from, count * sizeof **out);
	*more = from;
	return count;
}

static int newest_first(const void *a, const void *b)
{
	const struct summary *x = a, *y = b;

	return (x->uid < y->uid) - (x->uid > y->uid);
}

struct found {
	struct imap *m;
	struct summary *v;
	size_t n, more;
	uint64_t validity;
};

/* Only what no task before this one was given, of the same search. */
static enum err_code drop_seen(struct inbox *in, const struct mcp_call *call, const struct imap_command *c, uint64_t validity, uint64_t *uids, size_t *n, struct err *e)
{
	struct buf search;
	uint64_t floor = 0;
	size_t from = 0;
	enum err_code code;

	buf_init(&search, 0);
	buf_addf(&search, "%s\n", folder_of(call->args));
	buf_add_slice(&search, buf_slice(&c->text));
	code = seen_floor(in->state, buf_slice(&search), validity, call->task, *n > 0 ? uids[*n - 1] : 0, &floor, e);
	buf_release(&search);
	while (from < *n && uids[from] <= floor)
		from++;
	*n -= from;
	if (*n > 0)
		memmove(uids, uids + from, *n * sizeof *uids);
	return code;
}

static enum err_code find(struct inbox *in, const struct mcp_call *call, uint64_t below, int64_t limit, struct found *f, struct err *e)
{
	const cJSON *args = call->args;
	struct imap_command c;
	uint64_t *all = NULL, *some = NULL;
	size_t n = 0, count;
	enum err_code code = criteria(args, &c, e);

	*f = (struct found){.m = NULL};
	if (code == ERR_OK)
		code = inbox_session(in, &f->m, e);
	if (code == ERR_OK)
		code = imap_select(f->m, folder_of(args), false, &f->validity, e);
	if (code == ERR_OK)
		code = imap_search(f->m, &c, &all, &n, e);
	if (code == ERR_OK && json_bool(args, "new", false))
		code = drop_seen(in, call, &c, f->validity, all, &n, e);
	imap_command_release(&c);
	if (code == ERR_OK) {
		count = newest(all, n, below, (size_t)limit, &some, &f->more);
		code = summaries(in, f->m, some, count, &f->v, &f->n, e);
	}
	if (f->n > 1)
		qsort(f->v, f->n, sizeof *f->v, newest_first);
	free(all);
	free(some);
	return inbox_end(in, code);
}

enum err_code inbox_search(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	const char *cursor = json_text(call->args, "cursor");
	uint64_t below = 0;
	struct found f = {.m = NULL};
	int64_t limit;
	size_t i;
	enum err_code code = limit_of(call->args, LIMIT_USUAL, LIMIT_MAX, &limit, e);

	if (code == ERR_OK && cursor != NULL && !imap_number((struct imap_word){IMAP_ATOM, slice_of(cursor)}, &below))
		code = err_set(e, ERR_USAGE, "cursor must be the word that the answer before ended with");
	if (code == ERR_OK)
		code = find(user, call, below, limit, &f, e);
	if (code == ERR_OK && f.n == 0)
		buf_adds(&r->text, "No mail was found.\n");
	for (i = 0; i < f.n; i++)
		summary_put(&r->text, &f.v[i], folder_of(call->args), f.validity);
	if (code == ERR_OK && f.more > 0 && f.n > 0)
		buf_addf(&r->text, "%zu more, older: go on with cursor %" PRIu64 "\n", f.more, f.v[f.n - 1].uid);
	summaries_release(f.v, f.n);
	return code;
}

/* --- threads ------------------------------------------------------------------------------ */

/* Mails that name each other, or the same third one, are of one thread: each mail
 * points to another of its thread, or to itself. */
static size_t root_of(size_t *up, size_t i)
{
	while (up[i] != i)
		i = up[i] = up[up[i]];
	return i;
}

struct named {
	const char *id;
	size_t len, mail;
};

static int by_id(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int d = memcmp(x->id, y->id, x->len < y->len ? x->len : y->len);

	return d != 0 ? d : (x->len > y->len) - (x->len < y->len);
}

static void add_ids(struct named **v, size_t *n, const char *ids, size_t mail)
{
	while (*ids != '\0') {
		size_t len = strcspn(ids, " ");

		*v = xreallocarray(*v, *n + 1, sizeof **v);
		(*v)[(*n)++] = (struct named){ids, len, mail};
		ids += len + strspn(ids + len, " ");
	}
}

static size_t *join(const struct summary *v, size_t n)
{
	size_t *up = xcalloc(n + 1, sizeof *up), count = 0, i;
	struct named *ids = NULL;

	for (i = 0; i < n; i++) {
		up[i] = i;
		add_ids(&ids, &count, v[i].head.message_id, i);
		add_ids(&ids, &count, v[i].head.in_reply_to, i);
		add_ids(&ids, &count, v[i].head.references, i);
	}
	if (count > 1)
		qsort(ids, count, sizeof *ids, by_id);
	for (i = 1; i < count; i++)
		if (by_id(&ids[i - 1], &ids[i]) == 0)
			up[root_of(up, ids[i].mail)] = root_of(up, ids[i - 1].mail);
	free(ids);
	return up;
}

/* One thread, its newest mail first; v is in that order. */
static void put_thread(struct buf *out, const struct found *f, size_t *up, size_t newest_mail, const char *folder)
{
	size_t i, count = 0;

	for (i = 0; i < f->n; i++)
		count += root_of(up, i) == root_of(up, newest_mail);
	buf_addf(out, "thread of %zu: %s\n", count, f->v[newest_mail].head.subject);
	for (i = newest_mail; i < f->n; i++)
		if (root_of(up, i) == root_of(up, newest_mail)) {
			buf_adds(out, "  ");
			summary_put(out, &f->v[i], folder, f->validity);
		}
}

enum err_code inbox_threads(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	struct found f = {.m = NULL};
	int64_t limit;
	size_t *up, i, k;
	enum err_code code = limit_of(call->args, THREAD_MAILS_USUAL, THREAD_MAILS_MAX, &limit, e);

	if (code == ERR_OK)
		code = find(user, call, 0, limit, &f, e);
	up = join(f.v, f.n);
	for (i = 0; i < f.n; i++) {
		for (k = 0; k < i && root_of(up, k) != root_of(up, i); k++)
			continue;
		if (k == i)
			put_thread(&r->text, &f, up, i, folder_of(call->args));
	}
	if (code == ERR_OK && f.n == 0)
		buf_adds(&r->text, "No mail was found.\n");
	if (code == ERR_OK && f.more > 0)
		buf_addf(&r->text, "%zu older mails were not looked at: narrow it with since, or raise limit\n", f.more);
	free(up);
	summaries_release(f.v, f.n);
	return code;
}
