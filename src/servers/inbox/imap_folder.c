/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders: which there are, which one is looked into, and what is found there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "servers/inbox/imap_private.h"
#include "servers/inbox/mutf7.h"

#define SEARCH_MAX 1000000	/* UIDs of one search: 8 MB */

/* --- looking into one ------------------------------------------------------------- */

/* "OK [UIDVALIDITY 3857529045] ..." */
static enum err_code on_select(void *user, struct slice response)
{
	struct imap *m = user;
	struct imap_word w = imap_next(&response);
	char text[32];

	if (!imap_is(w, "OK"))
		return ERR_OK;
	w = imap_next(&response);
	if (w.kind == IMAP_ATOM && w.text.len > 13 && w.text.len < sizeof text && strncasecmp(w.text.p, "[UIDVALIDITY ", 13) == 0) {
		memcpy(text, w.text.p + 13, w.text.len - 13);
		text[w.text.len - 13] = '\0';
		m->validity = strtoull(text, NULL, 10);
	}
	return ERR_OK;
}

enum err_code imap_select(struct imap *m, const char *folder, bool to_change, uint64_t *validity, struct err *e)
{
	struct imap_command c;
	enum err_code code;

	if (m->folder != NULL && strcmp(m->folder, folder) == 0 && m->to_change == to_change) {
		*validity = m->validity;
		imap_command_init(&c, "NOOP");	/* what came since is told in answer to it */
		code = imap_run(m, &c, NULL, NULL, e);
		imap_command_release(&c);
		return code;
	}
	free(m->folder);
	m->folder = NULL;
	m->validity = 0;
	imap_command_init(&c, to_change ? "SELECT" : "EXAMINE");
	imap_say_folder(&c, folder);
	code = imap_run(m, &c, on_select, m, e);
	imap_command_release(&c);
	if (code == ERR_REFUSED) {
		code = err_set(e, ERR_MISSING, "there is no folder %.60s, or it cannot be opened", utf8_valid(slice_of(folder)) ? folder : "of that name");
		return err_mend(e, code, "see the folders with the tool folders");
	}
	if (code != ERR_OK)
		return code;
	m->folder = xstrdup(folder);
	m->to_change = to_change;
	*validity = m->validity;
	return ERR_OK;
}

/* --- all of them --------------------------------------------------------------------- */

struct listing {
	struct imap_folder *v;
	size_t n;
	const char *use;	/* look for this one only ... */
	struct buf *found;	/* ... and put its name here */
};

static char *folder_name(struct imap_word w)
{
	struct buf raw, name;
	char *out;

	buf_init(&raw, 4096);
	buf_init(&name, 4096);
	imap_text(w, &raw);
	mutf7_decode(buf_slice(&raw), &name);
	out = buf_take(utf8_valid(buf_slice(&name)) ? &name : &raw);
	buf_release(&raw);
	buf_release(&name);
	return out;
}

/* LIST (\HasNoChildren \Sent) "/" "Sent" */
static enum err_code on_list(void *user, struct slice response)
{
	struct listing *l = user;
	struct imap_word w = imap_next(&response);
	bool has_use = false, can_open = true;

	if (!imap_is(w, "LIST") || imap_next(&response).kind != IMAP_OPEN)
		return ERR_OK;
	for (w = imap_next(&response); w.kind == IMAP_ATOM; w = imap_next(&response)) {
		has_use = has_use || (l->use != NULL && imap_is(w, l->use));
		can_open = can_open && !imap_is(w, "\\Noselect") && !imap_is(w, "\\NonExistent");
	}
	if (w.kind != IMAP_CLOSE)
		return ERR_PROTO;
	(void)imap_next(&response);	/* the separator */
	w = imap_next(&response);
	if (w.kind == IMAP_END || w.kind == IMAP_BAD)
		return ERR_PROTO;
	if (l->use != NULL) {
		if (has_use && l->found->len == 0) {
			char *name = folder_name(w);

			buf_adds(l->found, name);
			free(name);
		}
	} else if (l->n < IMAP_FOLDERS_MAX) {
		l->v = xreallocarray(l->v, l->n + 1, sizeof *l->v);
		l->v[l->n++] = (struct imap_folder){folder_name(w), can_open};
	}
	return ERR_OK;
}

static enum err_code list(struct imap *m, struct listing *l, struct err *e)
{
	struct imap_command c;
	enum err_code code;

	imap_command_init(&c, "LIST \"\" \"*\"");
	code = imap_run(m, &c, on_list, l, e);
	imap_command_release(&c);
	return code;
}

enum err_code imap_folder_for(struct imap *m, const char *use, const char *fallback, struct buf *out, struct err *e)
{
	struct listing l = {.use = use, .found = out};
	enum err_code code = list(m, &l, e);

	if (code == ERR_OK && out->len == 0)
		buf_adds(out, fallback);
	return code;
}

enum err_code imap_folders(struct imap *m, struct imap_folder **out, size_t *n, struct err *e)
{
	struct listing l = {.v = NULL};
	enum err_code code = list(m, &l, e);

	*out = l.v;
	*n = l.n;
	return code;
}

void imap_folders_release(struct imap_folder *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(v[i].name);
	free(v);
}

/* --- what is in it ---------------------------------------------------------------------- */

struct found {
	uint64_t *v;
	size_t n, room;
};

static enum err_code on_search(void *user, struct slice response)
{
	struct found *f = user;
	struct imap_word w = imap_next(&response);
	uint64_t uid;

	if (!imap_is(w, "SEARCH"))
		return ERR_OK;
	for (w = imap_next(&response); imap_number(w, &uid); w = imap_next(&response)) {
		if (f->n == SEARCH_MAX)
			return ERR_LIMIT;
		if (f->n == f->room) {
			f->room = f->room > 0 ? f->room * 2 : 256;
			f->v = xreallocarray(f->v, f->room, sizeof *f->v);
		}
		f->v[f->n++] = uid;
	}
	return ERR_OK;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

enum err_code imap_search(struct imap *m, struct imap_command *criteria, uint64_t **out, size_t *n, struct err *e)
{
	struct imap_command c = *criteria;
	struct found f = {NULL, 0, 0};
	enum err_code code;
	int i;

	/* A charset is named only where it matters: some servers know none. */
	buf_init(&c.text, (size_t)1 << 20);
	buf_adds(&c.text, criteria->stops > 0 ? "UID SEARCH CHARSET UTF-8" : "UID SEARCH");
	for (i = 0; i < c.stops; i++)
		c.stop[i] += c.text.len;
	buf_add_slice(&c.text, buf_slice(&criteria->text));
	code = imap_run(m, &c, on_search, &f, e);
	imap_command_release(&c);
	if (code == ERR_OK && f.n > 1)
		qsort(f.v, f.n, sizeof *f.v, by_number);
	if (code != ERR_OK) {
		free(f.v);
		f = (struct found){NULL, 0, 0};
	}
	*out = f.v;
	*n = f.n;
	return code;
}
