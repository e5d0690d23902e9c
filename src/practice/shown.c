/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/shown.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/blob.h"

/* What is surely no text; everything else is tried, and passed by when reading it fails. */
static const char *const not_text[] = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".pdf", ".zip", ".gz", ".xz", ".zst", ".tar", ".bz2", ".7z", ".jar",
    ".woff", ".woff2", ".ttf", ".otf", ".mp3", ".mp4", ".wav", ".so", ".a", ".o", ".exe", ".dll", ".bin", ".db", ".sqlite", ".pyc", ".class"};

bool glob_match(const char *glob, const char *text, size_t len)
{
	const char *star = NULL, *end = text + len, *again = text;

	while (text < end) {
		if (*glob == '*') {
			star = glob++;
			again = text;
		} else if (*glob == '?' || (*glob != '\0' && tolower((unsigned char)*glob) == tolower((unsigned char)*text))) {
			glob++;
			text++;
		} else if (star != NULL) {
			glob = star + 1;
			text = ++again;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* The call is CONNECTOR__name, answered without an error if good is wanted. */
static bool is_call(const struct talk_call *c, const char *connector, const char *name)
{
	const char *two = strstr(c->tool, "__");

	return two != NULL && strcmp(two + 2, name) == 0 && c->result != NULL &&
	    (connector[0] == '\0' || (strlen(connector) == (size_t)(two - c->tool) && strncmp(connector, c->tool, (size_t)(two - c->tool)) == 0));
}

/* The "path" of a call's input, as an owned string; NULL if it has none. */
static char *path_of(const struct talk_call *c)
{
	cJSON *in;
	char *path = NULL;

	if (json_parse(slice_of(c->input), &in, NULL) != ERR_OK)
		return NULL;
	if (json_text(in, "path") != NULL)
		path = xstrdup(json_text(in, "path"));
	cJSON_Delete(in);
	return path;
}

static bool was_refused(const struct talk *t, const char *connector, struct slice path)
{
	bool refused = false;
	size_t i;

	for (i = 0; i < t->calls && !refused; i++) {
		char *p;

		if (!is_call(&t->call[i], connector, "read_file") || !t->call[i].is_error)
			continue;
		p = path_of(&t->call[i]);
		refused = p != NULL && slice_is(path, p);
		free(p);
	}
	return refused;
}

static bool looks_binary(struct slice path)
{
	size_t i, n;

	for (i = 0; i < LENGTH(not_text); i++) {
		n = strlen(not_text[i]);
		if (path.len > n && strncasecmp(path.p + path.len - n, not_text[i], n) == 0)
			return true;
	}
	return false;
}

static bool fits(const struct talk *t, const char *connector, const char *glob, struct slice path)
{
	const char *last = memrchr(path.p, '/', path.len);
	struct slice name = last != NULL && strchr(glob, '/') == NULL ? slice_make(last + 1, path.len - (size_t)(last + 1 - path.p)) : path;

	return glob_match(glob, name.p, name.len) && !looks_binary(path) && !was_refused(t, connector, path);
}

/* Calls see for each path of one list until it says true. */
typedef bool see_path(void *user, struct slice path);

static bool each_json(const cJSON *list, see_path *see, void *user)
{
	const cJSON *v;

	if (cJSON_IsObject(list)) {
		cJSON_ArrayForEach(v, list)
			if (cJSON_IsArray(v))
				return each_json(v, see, user);
		return false;
	}
	cJSON_ArrayForEach(v, list) {
		const char *path = cJSON_IsString(v) ? v->valuestring : json_text(v, "path");

		if (path != NULL && see(user, slice_of(path)))
			return true;
	}
	return false;
}

/* Words in brackets (about an empty or a cut list) and links are no files. */
static bool is_remark(struct slice line)
{
	static const char link[] = " (symbolic link)";

	return line.len == 0 || line.p[0] == '(' || (line.len > sizeof link && memcmp(line.p + line.len - (sizeof link - 1), link, sizeof link - 1) == 0);
}

/* A path with odd bytes comes as a JSON string. */
static bool see_line(struct slice line, see_path *see, void *user)
{
	cJSON *text = NULL;
	bool done;

	if (is_remark(line))
		return false;
	if (line.p[0] != '"' || json_parse(line, &text, NULL) != ERR_OK)
		return see(user, line);
	done = cJSON_IsString(text) && see(user, slice_of(text->valuestring));
	cJSON_Delete(text);
	return done;
}

static bool each_path(const struct talk_call *c, see_path *see, void *user)
{
	const char *line = c->result;
	cJSON *list = NULL;
	bool done = false;

	if ((*line == '[' || *line == '{') && json_parse(slice_of(line), &list, NULL) == ERR_OK) {
		done = each_json(list, see, user);
		cJSON_Delete(list);
		return done;
	}
	while (!done && *line != '\0') {
		size_t len = strcspn(line, "\n");

		done = see_line(slice_make(line, len), see, user);
		line += len + (line[len] == '\n');
	}
	return done;
}

struct pick {
	const struct talk *t;
	const char *connector, *glob;
	struct buf *path;
	size_t n;
};

static bool pick_one(void *user, struct slice path)
{
	struct pick *p = user;

	if (!fits(p->t, p->connector, p->glob, path))
		return false;
	buf_add_slice(p->path, path);
	return true;
}

static bool count_one(void *user, struct slice path)
{
	(void)path;
	((struct pick *)user)->n++;
	return false;
}

static bool each_list(struct pick *p, see_path *see)
{
	size_t i;

	for (i = 0; i < p->t->calls; i++)
		if (is_call(&p->t->call[i], p->connector, "list_files") && !p->t->call[i].is_error && each_path(&p->t->call[i], see, p))
			return true;
	return false;
}

bool shown_pick(const struct talk *t, const char *connector, const char *glob, struct buf *path)
{
	struct pick p = {.t = t, .connector = connector, .glob = glob, .path = path};

	return each_list(&p, pick_one);
}

static bool is_part(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '/';
}

/* name stands in text as a word of its own. */
static bool names(const char *text, struct slice name)
{
	const char *end = text + strlen(text), *p = text, *at;

	while (name.len > 0 && (at = memmem(p, (size_t)(end - p), name.p, name.len)) != NULL) {
		if ((at == text || !is_part(at[-1])) && !is_part(at[name.len]))
			return true;
		p = at + 1;
	}
	return false;
}

static bool mentioned_path(void *user, struct slice path)
{
	struct pick *p = user;

	if (!names(p->glob, path) || !fits(p->t, p->connector, "*", path))
		return false;
	buf_add_slice(p->path, path);
	return true;
}

static bool mentioned_name(void *user, struct slice path)
{
	const char *last = memrchr(path.p, '/', path.len);
	struct slice name = last != NULL ? slice_make(last + 1, path.len - (size_t)(last + 1 - path.p)) : path;
	struct pick *p = user;

	if (memchr(name.p, '.', name.len) == NULL || !names(p->glob, name) || !fits(p->t, p->connector, "*", path))
		return false;
	buf_add_slice(p->path, path);
	return true;
}

bool shown_mentioned(const struct talk *t, const char *connector, const char *text, struct buf *path)
{
	struct pick p = {.t = t, .connector = connector, .glob = text, .path = path};

	return each_list(&p, mentioned_path) || each_list(&p, mentioned_name);
}

bool shown_read(const struct talk *t, const char *connector, struct buf *path)
{
	size_t i;

	for (i = t->calls; i-- > 0;)
		if (is_call(&t->call[i], connector, "read_file") && !t->call[i].is_error) {
			char *p = path_of(&t->call[i]);

			buf_adds(path, p != NULL ? p : "");
			free(p);
			return path->len > 0;
		}
	return false;
}

size_t shown_count(const struct talk *t, const char *connector)
{
	struct pick p = {.t = t, .connector = connector};

	each_list(&p, count_one);
	return p.n;
}

/* Head lines, an empty line, the content. */
static bool split_text(const char *text, struct shown_file *f)
{
	const char *blob = text + 6, *end;

	if (strncmp(text, "blob: ", 6) != 0)
		return false;
	f->blob = slice_make(blob, strcspn(blob, " \r\n"));
	end = strstr(blob, "\n\n");
	if (end == NULL)
		end = blob + strcspn(blob, "\n");
	else
		end++;
	f->content = slice_of(*end == '\n' ? end + 1 : end);
	f->is_whole = blob_fits(f->blob, f->content);
	if (!f->is_whole && f->content.len > 0 && f->content.p[f->content.len - 1] == '\n') {
		/* The last newline may be the frame's and not the file's. */
		f->content.len--;
		f->is_whole = blob_fits(f->blob, f->content);
		f->content.len += !f->is_whole;
	}
	return true;
}

static bool split_json(const char *text, struct shown_file *f)
{
	cJSON *v;
	bool ok;

	if (*text != '{' || json_parse(slice_of(text), &v, NULL) != ERR_OK)
		return false;
	ok = json_text(v, "blob") != NULL && json_text(v, "content") != NULL;
	if (ok) {
		size_t n = strlen(json_text(v, "blob"));

		buf_adds(&f->own, json_text(v, "blob"));
		buf_adds(&f->own, json_text(v, "content"));
		f->blob = slice_make(buf_text(&f->own), n);
		f->content = slice_of(buf_text(&f->own) + n);
		f->is_whole = blob_fits(f->blob, f->content);
	}
	cJSON_Delete(v);
	return ok;
}

bool shown_find(const struct talk *t, const char *connector, const char *path, struct shown_file *f)
{
	bool found = false;
	size_t i;

	*f = (struct shown_file){0};
	buf_init(&f->own, 0);
	for (i = t->calls; i-- > 0 && !found;) {
		char *p;

		if (!is_call(&t->call[i], connector, "read_file") || t->call[i].is_error)
			continue;
		p = path_of(&t->call[i]);
		found = p != NULL && strcmp(p, path) == 0 && (split_json(t->call[i].result, f) || split_text(t->call[i].result, f));
		free(p);
	}
	return found;
}
