/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/remote.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "wire/remote.h"

#define LOOK_US (12 * US_PER_S)
#define PUSH_US (40 * US_PER_S)	/* with a look before and one after: within what a caller waits */
#define HEADS_BYTES ((size_t)4 << 20)
#define SAID_LINES 6

/* Asked once a run: the pipe is empty then, and a password that was refused is not offered again. */
#define HELPER "!h() { test \"$1\" = get && cat <&3; }; h"

/* --- the throw-away folder ------------------------------------------------------------ */

static enum err_code put(const char *folder, const char *name, struct slice text, struct err *e)
{
	char *path = xasprintf("%s/%s", folder, name);
	enum err_code code = file_replace(path, text, 0600, e);

	free(path);
	return code;
}

/* A clone that is shallow says so in a file; without it git would look for what is not there. */
static enum err_code copy_shallow(const struct remote *m, struct err *e)
{
	char *path = xasprintf("%s/shallow", m->r->at.common);
	enum err_code code = ERR_OK;
	struct buf b;

	buf_init(&b, (size_t)1 << 20);
	if (file_read(path, &b, NULL) == ERR_OK && b.len > 0)
		code = put(m->scratch.folder, "shallow", buf_slice(&b), e);
	buf_release(&b);
	free(path);
	return code;
}

static enum err_code make_folder(struct remote *m, const char *commit, struct err *e)
{
	static const char *const inside[] = {"refs", "objects"};
	bool is_sha256 = strlen(commit) == 64;
	enum err_code code;
	size_t i;

	code = scratch_open(&m->scratch, m->r->state, e);
	for (i = 0; i < LENGTH(inside) && code == ERR_OK; i++) {
		char *path = xasprintf("%s/%s", m->scratch.folder, inside[i]);

		code = mkdir(path, 0700) == 0 ? ERR_OK : err_sys(e, ERR_IO, "making a work folder");
		free(path);
	}
	if (code == ERR_OK)
		code = put(m->scratch.folder, "HEAD", slice_of("ref: refs/heads/none\n"), e);
	if (code == ERR_OK)
		code = put(m->scratch.folder, "config", slice_of(is_sha256 ? "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n" :
		    "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"), e);
	return code == ERR_OK ? copy_shallow(m, e) : code;
}

/* --- who we are there ------------------------------------------------------------------ */

static enum err_code take_login(struct remote *m, const struct wire_remote *to, struct err *e)
{
	const struct secret *token = m->r->token;
	struct secret *s;

	if (to->is_local || token == NULL)
		return ERR_OK;
	if (memchr(token->p, '\n', token->len) != NULL || token->len + sizeof to->user + 32 > SECRET_MAX)
		return err_set(e, ERR_USAGE, "the token is longer than a token, or has more than one line");
	s = secret_new(token->len + sizeof to->user + 32);
	if (s == NULL)
		return err_set(e, ERR_LIMIT, "the memory for secrets is full");
	m->login = s;
	m->helper = xstrdup(HELPER);
	if (secret_set(s, "username=", 9) != 0 || secret_add(s, to->user, strlen(to->user)) != 0 || secret_add(s, "\npassword=", 10) != 0 ||
	    secret_add(s, token->p, token->len) != 0 || secret_add(s, "\n", 1) != 0)
		return err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return ERR_OK;
}

enum err_code remote_open(struct remote *m, const struct repo *r, const char *commit, struct err *e)
{
	struct wire_remote to;
	enum err_code code;
	char *words;

	*m = (struct remote){.r = r};
	buf_init(&m->said, 16384);
	if (r->push == NULL || r->state == NULL)
		return err_set(e, ERR_USAGE, "this repository is not pushed anywhere: nobody granted it");
	code = wire_remote_parse(r->push, &to, e);
	if (code != ERR_OK)
		return code;
	m->address = xstrdup(to.is_local ? r->push : to.address);
	m->protocol = to.is_local ? "file" : to.url.is_plain ? "http" : "https";
	words = git_shell_words(r, "upload-pack");
	m->upload = xasprintf("--upload-pack=%s", words);
	free(words);
	words = git_shell_words(r, "receive-pack");
	m->receive = xasprintf("--receive-pack=%s", words);
	free(words);
	code = take_login(m, &to, e);
	return code == ERR_OK ? make_folder(m, commit, e) : code;
}

void remote_close(struct remote *m)
{
	scratch_close(&m->scratch);
	free(m->address);
	free(m->upload);
	free(m->receive);
	free(m->helper);
	secret_free(m->login);
	buf_release(&m->said);
	*m = (struct remote){0};
}

/* --- git's words ------------------------------------------------------------------------- */

/* The other end may say what it likes: never the token back to us. */
static bool shows_token(const struct remote *m, const struct buf *said)
{
	const struct secret *t = m->r->token;

	return t != NULL && t->len > 0 && said->len >= t->len && memmem(said->p, said->len, t->p, t->len) != NULL;
}

static void keep_words(struct remote *m, const struct git_run *g)
{
	const char *p = buf_text(&g->out.err);
	int lines = 0;

	buf_clear(&m->said);
	if (shows_token(m, &g->out.err) || shows_token(m, &g->out.out)) {
		buf_adds(&m->said, "what it answered is not shown: it holds the token\n");
		return;
	}
	for (; *p != '\0' && lines < SAID_LINES; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, "fatal: ", 7) == 0 || strncmp(p, "error: ", 7) == 0 || strncmp(p, "remote: ", 8) == 0) {
			size_t n = strcspn(p, "\n");

			buf_add(&m->said, p, n < 300 ? n : 300);
			buf_addc(&m->said, '\n');
			lines++;
		}
}

static enum err_code talk(struct remote *m, struct git_run *g, const char *const *args, int64_t limit_us, struct err *e)
{
	const char *settings[4][2] = {{NULL, NULL}};
	char *objects = xasprintf("%s/objects", m->r->at.common);
	enum err_code code;
	size_t n = 0;

	if (m->helper != NULL) {
		settings[n][0] = "credential.helper";
		settings[n++][1] = m->helper;
	}
	if (m->r->push_ca != NULL) {
		settings[n][0] = "http.sslCAInfo";
		settings[n++][1] = m->r->push_ca;
	}
	settings[n][0] = NULL;
	g->dir = m->scratch.folder;
	g->objects = objects;
	g->protocol = m->protocol;
	g->settings = (const char *const (*)[2])settings;
	g->secret = m->login;
	g->limit_us = limit_us;
	g->out.err.max = 65536;
	code = git_do(m->r, g, args, e);
	if (code != ERR_OK)
		keep_words(m, g);
	free(objects);
	return code;
}

/* --- looking -------------------------------------------------------------------------------- */

static bool take_id(const char *line, size_t n, char id[OBJECT_ID_MAX])
{
	size_t len = strspn(line, "0123456789abcdef");

	if ((len != 40 && len != 64) || len >= n || line[len] != '\t')
		return false;
	memcpy(id, line, len);
	id[len] = '\0';
	return true;
}

static void take_heads(const char *p, const char *end, const char *branch, struct remote_heads *out)
{
	char *ref = xasprintf("refs/heads/%s", branch), id[OBJECT_ID_MAX];
	size_t n, i;

	for (; p < end; p += n + (p + n < end)) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *name;

		n = (size_t)((nl != NULL ? nl : end) - p);
		if (!take_id(p, n, id))
			continue;
		name = p + strlen(id) + 1;
		if ((size_t)(p + n - name) == strlen(ref) && memcmp(name, ref, strlen(ref)) == 0)
			memcpy(out->tip, id, sizeof id);
		out->all++;
		for (i = 0; i < out->n && strcmp(out->id[i], id) != 0; i++)
			;
		if (i == out->n && out->n < REMOTE_HEADS)
			memcpy(out->id[out->n++], id, sizeof id);
	}
	free(ref);
}

enum err_code remote_look(struct remote *m, const char *branch, struct remote_heads *out, struct err *e)
{
	const char *args[] = {"ls-remote", "--quiet", m->upload, "--", m->address, "HEAD", "refs/heads/*", NULL};
	struct git_run g = {.out.out.max = HEADS_BYTES};
	enum err_code code;

	*out = (struct remote_heads){.n = 0};
	code = talk(m, &g, args, LOOK_US, e);
	if (code != ERR_OK)
		code = err_set(e, ERR_NET, "%s cannot be looked at", m->r->push);
	else if (g.out.is_cut)
		code = err_set(e, ERR_LIMIT, "%s has too many branches", m->r->push);
	else
		take_heads(buf_text(&g.out.out), buf_text(&g.out.out) + g.out.out.len, branch, out);
	git_run_release(&g);
	return code;
}

/* --- pushing ---------------------------------------------------------------------------------- */

/* "!\tFROM:TO\t[rejected] (why)": a no. "[remote failure]" is none: nobody said what became of it. */
static bool was_refused(struct remote *m, const struct buf *out)
{
	const char *p = buf_text(out);

	for (; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
		size_t n = strcspn(p, "\n");
		const char *why = n > 2 ? memrchr(p, '\t', n) : NULL;

		if (p[0] != '!' || why == NULL || (strncmp(why, "\t[rejected]", 11) != 0 && strncmp(why, "\t[remote rejected]", 18) != 0))
			continue;
		if (!shows_token(m, out))
			buf_addf(&m->said, "%.*s\n", (int)(p + n - why - 1 < 300 ? p + n - why - 1 : 300), why + 1);
		return true;
	}
	return false;
}

/* git's client over HTTP gave up while it asked what is there, so that nothing was sent: the token may not write, say. */
static bool was_not_begun(const struct buf *err)
{
	static const char *const words[] = {"fatal: unable to access '", "fatal: Authentication failed for '", "fatal: repository '"};
	const char *p = buf_text(err);
	size_t i;

	for (; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
		for (i = 0; i < LENGTH(words); i++)
			if (strncmp(p, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

enum remote_end remote_push(struct remote *m, const char *branch, const char *commit)
{
	char *spec = xasprintf("%s:refs/heads/%s", commit, branch);
	const char *args[] = {"push", "--porcelain", "--no-verify", "--no-signed", "--no-force", "--no-follow-tags", m->receive, "--", m->address, spec, NULL};
	struct git_run g = {.index = NULL};
	enum remote_end end;

	if (talk(m, &g, args, PUSH_US, NULL) == ERR_OK)
		end = REMOTE_DONE;
	else
		end = was_refused(m, &g.out.out) || was_not_begun(&g.out.err) ? REMOTE_REFUSED : REMOTE_UNKNOWN;
	git_run_release(&g);
	free(spec);
	return end;
}
