/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words to a verb, its options and its words, by the table in verb_table.c.
 *
 * Two passes. The first finds the verb: one or two words, with only options
 * before it that every verb takes (or the console's own), since of others it is
 * not known yet whether a value follows. The second reads everything else by
 * that verb's options. As with getopt_long(), a value may stand behind "=" or in
 * the next word, long names may be cut as long as they stay unique, and "--"
 * ends the options. */
#include "desk/verb.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"

#define WORD_SHOWN 40	/* bytes of a wrong word that an error repeats */

const struct verb *verb_find(const char *path)
{
	for (const struct verb *v = verb_table; v->path != NULL; v++)
		if (strcmp(v->path, path) == 0)
			return v;
	return NULL;
}

static const struct verb *find_pair(const char *first, const char *second)
{
	char path[64];

	if ((size_t)snprintf(path, sizeof path, "%s %s", first, second) >= sizeof path)
		return NULL;
	return verb_find(path);
}

bool verb_is_family(const char *word)
{
	size_t n = strlen(word);

	for (const struct verb *v = verb_table; v->path != NULL; v++)
		if (strncmp(v->path, word, n) == 0 && v->path[n] == ' ')
			return true;
	return false;
}

/* --- the nearest name ----------------------------------------------------- */

/* Letters to insert, drop, change or swap (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[3][WORD_SHOWN + 1];

	if (n > WORD_SHOWN || m > WORD_SHOWN)
		return WORD_SHOWN;
	for (size_t j = 0; j <= m; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *above = row[(i - 1) % 3], *before = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < best)
				best = above[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < best)
				best = before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

struct nearest {
	const char *wanted, *name;
	size_t far;
};

static void nearest_try(struct nearest *n, const char *name)
{
	size_t far = strncmp(name, n->wanted, strlen(n->wanted)) == 0 ? 1 : distance(n->wanted, name);

	if (far < n->far) {
		n->far = far;
		n->name = name;
	}
}

static enum err_code unknown_verb(const char *first, const char *second, struct err *e)
{
	char both[2 * WORD_SHOWN + 2];
	struct nearest near = {.wanted = both, .far = 4};

	if (second != NULL && verb_is_family(first)) {
		snprintf(both, sizeof both, "%.*s %.*s", WORD_SHOWN, first, WORD_SHOWN, second);
	} else {
		snprintf(both, sizeof both, "%.*s", WORD_SHOWN, first);
		second = NULL;
	}
	for (const struct verb *v = verb_table; v->path != NULL; v++) {
		char word[64];
		size_t n = strcspn(v->path, " ");

		if ((v->flags & VERB_HIDDEN) != 0)
			continue;
		nearest_try(&near, v->path);
		/* "gaol add": the family is what was misspelt. */
		snprintf(word, sizeof word, "%.*s", (int)n, v->path);
		if (second == NULL && v->path[n] == ' ' && distance(both, word) < near.far) {
			near.far = distance(both, word);
			near.name = v->path;
		}
	}
	err_set(e, ERR_USAGE, "'%s' is no verb", both);
	if (near.name != NULL)
		return err_mend(e, ERR_USAGE, "did you mean '%s'? `claviger --help` lists them", near.name);
	return err_mend(e, ERR_USAGE, "`claviger --help` lists the verbs");
}

static enum err_code half_a_verb(const char *family, struct err *e)
{
	struct buf names;
	size_t n = strlen(family);

	buf_init(&names, 256);
	for (const struct verb *v = verb_table; v->path != NULL; v++)
		if (strncmp(v->path, family, n) == 0 && v->path[n] == ' ')
			buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", v->path + n + 1);
	err_set(e, ERR_USAGE, "'%s' needs a word more", family);
	err_mend(e, ERR_USAGE, "one of %.140s", buf_text(&names));
	buf_release(&names);
	return ERR_USAGE;
}

/* --- options --------------------------------------------------------------- */

struct reading {
	int argc;
	char *const *argv;
	int at;
	struct verb_words *out;
	struct err *e;
};

/* Looks a long name of n bytes up: an exact match, else the only one that begins so. */
static const struct verb_option *find_long(const struct verb_option *const tables[], const char *name, size_t n, bool *several)
{
	const struct verb_option *found = NULL;

	*several = false;
	for (int t = 0; t < 2; t++)
		for (const struct verb_option *o = tables[t]; o != NULL && o->name != NULL; o++) {
			if (strncmp(o->name, name, n) != 0)
				continue;
			if (o->name[n] == '\0') {
				*several = false;
				return o;
			}
			*several = *several || found != NULL;
			found = o;
		}
	return n > 3 ? found : NULL;
}

static const struct verb_option *find_short(const struct verb_option *const tables[], char letter)
{
	for (int t = 0; t < 2; t++)
		for (const struct verb_option *o = tables[t]; o != NULL && o->name != NULL; o++)
			if (o->letter == letter)
				return o;
	return NULL;
}

static enum err_code unknown_option(const struct verb_option *const tables[], const char *word, size_t n, struct err *e)
{
	char name[WORD_SHOWN + 1];
	struct nearest near = {.wanted = name, .far = 4};

	snprintf(name, sizeof name, "%.*s", (int)(n < WORD_SHOWN ? n : WORD_SHOWN), word);
	for (int t = 0; t < 2; t++)
		for (const struct verb_option *o = tables[t]; o != NULL && o->name != NULL; o++)
			nearest_try(&near, o->name);
	err_set(e, ERR_USAGE, "'%s' is no option here", name);
	if (near.name != NULL)
		return err_mend(e, ERR_USAGE, "did you mean %s? --help lists them", near.name);
	return err_mend(e, ERR_USAGE, "--help lists them; put -- before words that begin with a dash");
}

static bool is_common(const struct verb_option *o)
{
	for (const struct verb_option *g = verb_globals; g->name != NULL; g++)
		if (g == o)
			return true;
	return false;
}

static enum err_code take_option(struct reading *r, const struct verb_option *o, const char *value)
{
	struct verb_words *w = r->out;

	for (int i = 0; i < w->options; i++) {
		if (strcmp(w->option[i].name, o->name) != 0 || o->many)
			continue;
		if (!is_common(o) && o->value != NULL) {
			err_set(r->e, ERR_USAGE, "%s is given twice", o->name);
			return err_mend(r->e, ERR_USAGE, "give it once");
		}
		w->option[i].value = value;	/* of a common option the last one counts */
		return ERR_OK;
	}
	if (w->options == (int)LENGTH(w->option)) {
		err_set(r->e, ERR_USAGE, "too many options");
		return err_mend(r->e, ERR_USAGE, "at most %d are read", (int)LENGTH(w->option));
	}
	w->option[w->options].name = o->name;
	w->option[w->options++].value = value;
	return ERR_OK;
}

/* The option at r->at; r->at is past it and its value afterwards. */
static enum err_code read_option(struct reading *r, const struct verb_option *const tables[], bool keep)
{
	const char *word = r->argv[r->at++], *value = NULL;
	const struct verb_option *o;
	size_t n;

	if (word[1] == '-') {
		bool several;

		n = strcspn(word, "=");
		value = word[n] == '=' ? word + n + 1 : NULL;
		o = find_long(tables, word, n, &several);
		if (o != NULL && several) {
			err_set(r->e, ERR_USAGE, "'%.*s' begins more than one option", (int)(n < WORD_SHOWN ? n : WORD_SHOWN), word);
			return err_mend(r->e, ERR_USAGE, "write it out; --help lists them");
		}
	} else {
		n = 2;
		o = find_short(tables, word[1]);
		if (o != NULL && word[2] != '\0') {
			if (o->value == NULL) {
				err_set(r->e, ERR_USAGE, "'%.*s' is more than one option", WORD_SHOWN, word);
				return err_mend(r->e, ERR_USAGE, "write them apart: -%c -%c", word[1], word[2]);
			}
			value = word + 2;
		}
	}
	if (o == NULL)
		return unknown_option(tables, word, n, r->e);
	if (o->value == NULL && value != NULL) {
		err_set(r->e, ERR_USAGE, "%s takes no value", o->name);
		return err_mend(r->e, ERR_USAGE, "leave out what is behind the =");
	}
	if (o->value != NULL && value == NULL) {
		if (r->at >= r->argc) {
			err_set(r->e, ERR_USAGE, "%s needs a value", o->name);
			return err_mend(r->e, ERR_USAGE, "%s %s", o->name, o->value);
		}
		value = r->argv[r->at++];
	}
	if (!keep)
		return ERR_OK;
	return take_option(r, o, value != NULL ? value : "");
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0';
}

/* First pass: where the verb's words are. path[] gets their places in argv, -1 where there is none. */
static enum err_code find_verb(struct reading *r, int path[2], const struct verb **verb)
{
	const struct verb *attach = verb_find("attach");
	const struct verb_option *const tables[] = {attach->options, verb_globals};
	int first = -1, second = -1;

	for (r->at = 0; r->at < r->argc;) {
		const char *word = r->argv[r->at];

		if (strcmp(word, "--") == 0)
			break;
		if (is_option(word)) {
			enum err_code code = read_option(r, tables, false);

			if (code != ERR_OK)
				return code;
			continue;
		}
		if (first < 0) {
			first = r->at++;
			if (!verb_is_family(word))
				break;
			continue;
		}
		second = r->at;
		break;
	}
	path[0] = first;
	path[1] = -1;
	*verb = NULL;
	if (first < 0) {
		*verb = attach;
	} else if (second >= 0 && (*verb = find_pair(r->argv[first], r->argv[second])) != NULL) {
		path[1] = second;
	} else if ((*verb = verb_find(r->argv[first])) == NULL) {
		if (second >= 0 || !verb_is_family(r->argv[first]))
			return unknown_verb(r->argv[first], second >= 0 ? r->argv[second] : NULL, r->e);
	}
	return ERR_OK;
}

static enum err_code take_word(struct reading *r, const char *word)
{
	struct verb_words *w = r->out;

	if (w->words == (int)LENGTH(w->word)) {
		err_set(r->e, ERR_USAGE, "too many words for '%s'", w->verb->path);
		return err_mend(r->e, ERR_USAGE, "put a text in quotes");
	}
	w->word[w->words++] = word;
	return ERR_OK;
}

static enum err_code read_rest(struct reading *r, const int path[2])
{
	const struct verb_option *const tables[] = {r->out->verb != NULL ? r->out->verb->options : NULL, verb_globals};
	enum err_code code = ERR_OK;
	bool plain = false;

	for (r->at = 0; code == ERR_OK && r->at < r->argc;) {
		const char *word = r->argv[r->at];

		if (r->at == path[0] || r->at == path[1]) {
			r->at++;
		} else if (!plain && strcmp(word, "--") == 0) {
			r->at++;
			plain = true;
			if (r->out->verb != NULL && (r->out->verb->flags & VERB_REST) != 0) {
				r->out->rest = r->argv + r->at;
				break;
			}
		} else if (!plain && is_option(word)) {
			code = read_option(r, tables, true);
		} else {
			r->at++;
			if (r->out->verb != NULL)
				code = take_word(r, word);
		}
	}
	return code;
}

static enum err_code check_complete(const struct verb_words *w, struct err *e)
{
	const struct verb *v = w->verb;

	if (w->words < v->words_min) {
		err_set(e, ERR_USAGE, "'%s' needs %s", v->path, v->words);
		return err_mend(e, ERR_USAGE, "claviger %s %s", v->path, v->words);
	}
	if (v->words_max >= 0 && w->words > v->words_max) {
		err_set(e, ERR_USAGE, "'%s' does not take '%.*s'", v->path, WORD_SHOWN, w->word[v->words_max]);
		return err_mend(e, ERR_USAGE, "claviger %s%s%s", v->path, v->words[0] != '\0' ? " " : "", v->words);
	}
	for (const struct verb_option *o = v->options; o != NULL && o->name != NULL; o++)
		if (o->required && verb_value(w, o->name) == NULL) {
			err_set(e, ERR_USAGE, "'%s' needs %s", v->path, o->name);
			return err_mend(e, ERR_USAGE, "%s %s: %s", o->name, o->value, o->help);
		}
	return ERR_OK;
}

enum err_code verb_parse(int argc, char *const *argv, struct verb_words *out, struct err *e)
{
	struct reading r = {.argc = argc, .argv = argv, .out = out, .e = e};
	int path[2];
	enum err_code code;

	*out = (struct verb_words){.verb = NULL};
	code = find_verb(&r, path, &out->verb);
	if (code == ERR_OK)
		code = read_rest(&r, path);
	if (code != ERR_OK)
		return code;
	if (verb_value(out, "--help") != NULL || verb_value(out, "--version") != NULL) {
		if (out->verb == NULL)
			out->word[out->words++] = argv[path[0]];
		if (path[0] < 0)
			out->verb = NULL;
		return ERR_OK;
	}
	if (out->verb == NULL)
		return half_a_verb(argv[path[0]], e);
	return check_complete(out, e);
}

const char *verb_value(const struct verb_words *w, const char *name)
{
	for (int i = 0; i < w->options; i++)
		if (strcmp(w->option[i].name, name) == 0)
			return w->option[i].value;
	return NULL;
}

char *verb_text(const struct verb_words *w, int from)
{
	struct buf b;

	buf_init(&b, 0);
	for (int i = from; i < w->words; i++) {
		if (i > from)
			buf_addc(&b, ' ');
		buf_adds(&b, w->word[i]);
	}
	return buf_take(&b);
}
