/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/data.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "money/book.h"
#include "office/template.h"

#define DATA_BYTES ((size_t)8 << 20)
#define NAMES_MAX 256
#define PREFIX "templates/"
#define SUFFIX ".json"

/* The home's own file: ERR_MISSING if there is none. */
static enum err_code read_own(const char *home, const char *name, struct buf *out, struct err *e)
{
	struct paths p;
	char *path;
	enum err_code code = paths_find(&p, home, e);

	if (code != ERR_OK)
		return code;
	path = xasprintf("%s/data/%s", p.home, name);
	code = file_read(path, out, e);
	free(path);
	paths_release(&p);
	return code;
}

static void fresh(struct buf *out)
{
	buf_clear(out);
	out->max = DATA_BYTES;
}

enum err_code data_read(const char *home, const char *name, struct buf *out, struct err *e)
{
	const struct builtin *in;
	enum err_code code;

	fresh(out);
	code = read_own(home, name, out, e);
	if (code != ERR_MISSING)
		return code;
	in = builtin_find(data_files, name);
	if (in == NULL)
		return err_set(e, ERR_MISSING, "there is no data file %s", name);
	err_clear(e);
	buf_add(out, in->bytes, in->len);
	return ERR_OK;
}

enum err_code data_book(const char *home, struct book **out, struct err *e)
{
	const struct builtin *in = builtin_find(data_files, "prices.json");
	struct book *b = book_new();
	struct buf own;
	enum err_code code = in != NULL ? book_parse(b, slice_make(in->bytes, in->len), e) : err_set(e, ERR_MISSING, "no prices are compiled in");

	*out = NULL;
	buf_init(&own, DATA_BYTES);
	if (code == ERR_OK) {
		code = read_own(home, "prices.json", &own, e);
		if (code == ERR_OK)
			code = book_parse(b, buf_slice(&own), e);
		else if (code == ERR_MISSING)
			code = ERR_OK;
		if (code != ERR_OK)
			err_context(e, "data/prices.json of the home");
	}
	buf_release(&own);
	if (code != ERR_OK) {
		book_free(b);
		return code;
	}
	err_clear(e);
	*out = b;
	return ERR_OK;
}

enum err_code data_template(const char *home, const char *name, struct template **out, struct err *e)
{
	struct template *t = xcalloc(1, sizeof *t);
	struct buf bytes;
	char *path = NULL;
	enum err_code code = ERR_MISSING;

	*out = NULL;
	buf_init(&bytes, DATA_BYTES);
	if (path_workspace_name_ok(name)) {
		path = xasprintf(PREFIX "%s" SUFFIX, name);
		code = data_read(home, path, &bytes, e);
	}
	if (code == ERR_MISSING) {
		err_set(e, ERR_MISSING, "there is no template '%.60s'", name);
		err_mend(e, ERR_MISSING, "`claviger template list` lists them");
	}
	if (code == ERR_OK)
		code = template_parse(buf_slice(&bytes), t, e);
	for (int i = 0; code == ERR_OK && i < t->agents_n; i++) {
		if (t->prompt_files[i][0] == '\0')
			continue;
		code = data_read(home, t->prompt_files[i], &bytes, e);
		if (code == ERR_OK)
			code = template_prompt(t, i, buf_slice(&bytes), e);
	}
	if (code == ERR_OK) {
		*out = t;
	} else {
		if (code != ERR_MISSING)
			err_context(e, "%.80s", path);
		template_release(t);
		free(t);
	}
	buf_release(&bytes);
	free(path);
	return code;
}

static bool is_template_name(const char *file, char name[NAME_MAX_BYTES])
{
	size_t n = strlen(file), end = sizeof SUFFIX - 1;

	if (n <= end || n - end >= NAME_MAX_BYTES || strcmp(file + n - end, SUFFIX) != 0)
		return false;
	memcpy(name, file, n - end);
	name[n - end] = '\0';
	return path_workspace_name_ok(name);
}

static void add_name(char **names, int *n, const char *file)
{
	char name[NAME_MAX_BYTES];

	if (*n == NAMES_MAX || !is_template_name(file, name))
		return;
	for (int i = 0; i < *n; i++)
		if (strcmp(names[i], name) == 0)
			return;
	names[(*n)++] = xstrdup(name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **data_templates(const char *home)
{
	char **names = xcalloc(NAMES_MAX + 1, sizeof *names);
	struct paths p;
	int n = 0;

	for (const struct builtin *in = data_files; in->name != NULL; in++)
		if (strncmp(in->name, PREFIX, sizeof PREFIX - 1) == 0)
			add_name(names, &n, in->name + sizeof PREFIX - 1);
	if (paths_find(&p, home, NULL) == ERR_OK) {
		char *folder = xasprintf("%s/data/" PREFIX, p.home);
		DIR *d = opendir(folder);
		struct dirent *entry;

		while (d != NULL && (entry = readdir(d)) != NULL)
			add_name(names, &n, entry->d_name);
		if (d != NULL)
			closedir(d);
		free(folder);
		paths_release(&p);
	}
	qsort(names, (size_t)n, sizeof *names, by_name);
	return names;
}

void data_names_free(char **names)
{
	for (char **p = names; p != NULL && *p != NULL; p++)
		free(*p);
	free(names);
}
