/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a template can call. Each is a row in the table at the end; the manual
 * page describes them in the same order. */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "base/utf8.h"
#include "practice/diff.h"
#include "practice/pattern.h"
#include "practice/shown.h"
#include "practice/template.h"

static bool run_unified_diff(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct shown_file f;
	bool ok;

	(void)args;
	ok = shown_find(v->talk, v->connector, arg[0], &f) && diff_replace(out, arg[0], f.content, f.is_whole, slice_of(arg[1]), slice_of(arg[2]));
	buf_release(&f.own);
	return ok;
}

static bool run_new_file(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	(void)v;
	(void)args;
	return diff_create(out, arg[0], slice_of(arg[1]));
}

static bool run_pick_file(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	size_t i;

	for (i = 0; i < args; i++)
		if (shown_pick(v->talk, v->connector, arg[i], out))
			return true;
	return false;
}

static bool run_mentioned_file(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	(void)args;
	return shown_mentioned(v->talk, v->connector, arg[0], out);
}

static bool run_read_path(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	(void)arg;
	(void)args;
	return shown_read(v->talk, v->connector, out);
}

static bool run_blob(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct shown_file f;
	bool ok;

	(void)args;
	ok = shown_find(v->talk, v->connector, arg[0], &f);
	buf_add_slice(out, f.blob);
	buf_release(&f.own);
	return ok;
}

/* The n-th line of a shown file, its end not included; the first one that is
 * not blank for 'first'. "" for an empty file. */
static bool run_line(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct shown_file f;
	long wanted = args > 1 ? strtol(arg[1], NULL, 10) : 0, n = 0;
	bool ok, done = false;
	size_t at = 0;

	ok = shown_find(v->talk, v->connector, arg[0], &f);
	while (ok && !done && at < f.content.len) {
		const char *nl = memchr(f.content.p + at, '\n', f.content.len - at);
		size_t len = nl != NULL ? (size_t)(nl - f.content.p) - at : f.content.len - at;
		struct slice line = slice_make(f.content.p + at, len);

		at += len + 1;
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		done = wanted > 0 ? ++n == wanted : line.len > 0;
		if (done)
			buf_add_slice(out, line);
	}
	ok = ok && (done || wanted <= 0);
	buf_release(&f.own);
	return ok;
}

static bool run_lines(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct shown_file f;
	size_t i, n = 0;
	bool ok;

	(void)args;
	ok = shown_find(v->talk, v->connector, arg[0], &f);
	for (i = 0; i < f.content.len; i++)
		n += f.content.p[i] == '\n';
	if (f.content.len > 0 && f.content.p[f.content.len - 1] != '\n')
		n++;
	buf_addf(out, "%zu", n);
	buf_release(&f.own);
	return ok;
}

static bool run_files(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	(void)arg;
	(void)args;
	buf_addf(out, "%zu", shown_count(v->talk, v->connector));
	return true;
}

static bool run_first(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	const char *p = arg[0] + strspn(arg[0], " \t\r\n");

	(void)v;
	(void)args;
	buf_add(out, p, strcspn(p, "\r\n"));
	return true;
}

/* At most so many characters. */
static bool run_cut(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct slice s = slice_of(arg[0]);
	long left = strtol(arg[1], NULL, 10);
	size_t n;

	(void)v;
	(void)args;
	for (; s.len > 0 && left > 0; left--) {
		n = utf8_sequence(s);
		n = n == 0 ? 1 : n;
		buf_add(out, s.p, n);
		s.p += n;
		s.len -= n;
	}
	return true;
}

/* lower-case-words, at most 40 bytes. */
static bool run_slug(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	size_t start = out->len;
	const char *p;

	(void)v;
	(void)args;
	for (p = arg[0]; *p != '\0' && out->len - start < 40; p++) {
		if (isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			buf_addc(out, (char)tolower((unsigned char)*p));
		else if (out->len > start && out->p[out->len - 1] != '-')
			buf_addc(out, '-');
	}
	return true;
}

static bool run_or(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	size_t i;

	(void)v;
	for (i = 0; i < args; i++)
		if (arg[i][0] != '\0') {
			buf_adds(out, arg[i]);
			return true;
		}
	return false;
}

/* The first group of a pattern, or all it matched if it has none. */
static bool run_find(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	struct pattern *p;
	bool ok;

	(void)v;
	(void)args;
	if (pattern_new(&p, arg[1], NULL) != ERR_OK)
		return false;
	ok = pattern_first(p, arg[0], out);
	pattern_free(p);
	return ok;
}

/* The first line of a text as a remark in such a file; in prose, a paragraph. */
static bool run_remark(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	static const struct {
		const char *glob, *mark;
	} marks[] = {
		{"*.py", "# "}, {"*.sh", "# "}, {"*.rb", "# "}, {"*.pl", "# "}, {"*.yml", "# "}, {"*.yaml", "# "}, {"*.toml", "# "}, {"*.cfg", "# "},
		{"*.conf", "# "}, {"*.mk", "# "}, {"*.am", "# "}, {"*Makefile", "# "}, {"*Dockerfile", "# "}, {"*.gitignore", "# "}, {"*.c", "// "},
		{"*.h", "// "}, {"*.cc", "// "}, {"*.cpp", "// "}, {"*.hpp", "// "}, {"*.rs", "// "}, {"*.go", "// "}, {"*.js", "// "}, {"*.ts", "// "},
		{"*.tsx", "// "}, {"*.java", "// "}, {"*.kt", "// "}, {"*.swift", "// "}, {"*.php", "// "}, {"*.sql", "-- "}, {"*.lua", "-- "},
		{"*.hs", "-- "}, {"*.ini", "; "}, {"*.el", "; "}, {"*.tex", "% "},
	};
	const char *mark = "\n";
	size_t i;

	(void)v;
	(void)args;
	for (i = 0; i < LENGTH(marks); i++)
		if (glob_match(marks[i].glob, arg[0], strlen(arg[0])))
			mark = marks[i].mark;
	buf_adds(out, mark);
	buf_add(out, arg[1], strcspn(arg[1], "\r\n"));
	return true;
}

/* The word with the usual slip mended: ie after c, ei elsewhere, doubled or
 * single letters of a few well-known words. No answer if it looks right. */
static bool run_respell(const struct vars *v, const char *const arg[], size_t args, struct buf *out)
{
	static const char *const known[][2] = {{"teh", "the"}, {"occured", "occurred"}, {"seperate", "separate"}, {"definately", "definitely"},
	    {"adress", "address"}, {"untill", "until"}, {"wich", "which"}, {"thier", "their"}, {"begining", "beginning"}, {"neccessary", "necessary"},
	    {"existance", "existence"}, {"lenght", "length"}, {"wierd", "weird"}, {"acheive", "achieve"}, {"beleive", "believe"}};
	const char *word = arg[0], *ie;
	size_t i;

	(void)v;
	(void)args;
	for (i = 0; i < LENGTH(known); i++)
		if (strcasecmp(word, known[i][0]) == 0) {
			buf_addc(out, isupper((unsigned char)word[0]) ? (char)toupper((unsigned char)known[i][1][0]) : known[i][1][0]);
			buf_adds(out, known[i][1] + 1);
			return true;
		}
	ie = strstr(word, "cie");
	if (ie == NULL)
		return false;
	buf_addf(out, "%.*scei%s", (int)(ie - word), word, ie + 3);
	return true;
}

const struct function *function_find(struct slice name)
{
	static const struct function all[] = {
		{"unified_diff", 3, 3, run_unified_diff},
		{"new_file", 2, 2, run_new_file},
		{"pick_file", 1, TEMPLATE_ARGS, run_pick_file},
		{"mentioned_file", 1, 1, run_mentioned_file},
		{"read_path", 0, 0, run_read_path},
		{"blob", 1, 1, run_blob},
		{"line", 1, 2, run_line},
		{"lines", 1, 1, run_lines},
		{"files", 0, 0, run_files},
		{"find", 2, 2, run_find},
		{"remark", 2, 2, run_remark},
		{"respell", 1, 1, run_respell},
		{"first", 1, 1, run_first},
		{"cut", 2, 2, run_cut},
		{"slug", 1, 1, run_slug},
		{"or", 1, TEMPLATE_ARGS, run_or},
	};
	size_t i;

	for (i = 0; i < LENGTH(all); i++)
		if (slice_is(name, all[i].name))
			return &all[i];
	return NULL;
}
