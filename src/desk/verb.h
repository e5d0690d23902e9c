/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb.h - the table of verbs: names, words, help, and how words become an
 * operation or a query. The command line renders it and parses argv with it;
 * the console's `:` uses the same table; the manual page's list comes from it. */
#ifndef DESK_VERB_H
#define DESK_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "desk/op.h"
#include "desk/query.h"

enum verb_flag {
	VERB_VAULT = 1 << 0,	/* needs the passphrase */
	VERB_NETWORK = 1 << 1,
	VERB_NO_WORKSPACE = 1 << 2,	/* works without one */
	VERB_SECRET = 1 << 3,	/* takes a secret by one of the inputs of `key add` */
	VERB_FACE = 1 << 4,	/* the face itself does it (init, run, demo, attach ...) */
	VERB_HIDDEN = 1 << 5,
	VERB_REST = 1 << 6,	/* what comes after "--" is a command of its own */
	VERB_MAY_WORKSPACE = 1 << 8,	/* works without one, but looks into it if there is one */
	VERB_NEW_PASSPHRASE = 1 << 9,	/* asks for a new one; `workspace passphrase` hands the old one along too */
	VERB_PASSPHRASE = 1 << 10,	/* hands the passphrase that opened along */
	VERB_VAULT_FETCH = 1 << 11,	/* needs the passphrase with --fetch only */
	VERB_VAULT_TOOLS = 1 << 7,	/* needs the passphrase with --tool only */
};

struct verb_words;

struct verb_option {
	const char *name;	/* "--usd" */
	const char *value;	/* "USD", or NULL for a switch */
	const char *help;
	bool many, required;
	char letter;		/* short form, 0: none */
};

struct verb {
	const char *path;	/* "goal add" */
	const char *words;	/* "TEXT": what comes after, as usage shows it */
	int words_min, words_max;	/* -1: any number */
	const char *help;
	unsigned flags;
	char letter;		/* of the record an operation makes or changes: 'G' of G3; 0: none */
	const struct verb_option *options;	/* ends with a NULL name; may be NULL */
	/* Exactly one of the two is set, or none with VERB_FACE. */
	enum err_code (*to_op)(const struct verb_words *w, struct op *op, struct err *e);
	enum err_code (*to_query)(const struct verb_words *w, struct query *q, struct err *e);
	/* How a table of the answer looks (NULL: by its fields): field names, each with
	 * "=" and a form if it has one: a capital letter for an id, '$' money to the
	 * cent, '+' money to the last digit, '@' time, '%' number, '#' the start of a hash. */
	const char *columns;
};

/* A verb's words, parsed. Borrowed from argv. */
struct verb_words {
	const struct verb *verb;
	const char *word[16];
	int words;
	struct { const char *name, *value; } option[32];
	int options;
	char *const *rest;	/* after "--", NULL-terminated; NULL if there was none */
};

extern const struct verb verb_table[];	/* ends with a NULL path */
/* Options that every verb takes, before it or after it. Ends with a NULL name. */
extern const struct verb_option verb_globals[];

/* The verb of that path; NULL if there is none. */
const struct verb *verb_find(const char *path);
/* Is there a verb of two words that begins with this one ("goal")? */
bool verb_is_family(const char *word);

/* Read argv (without the program's name). Common options may stand anywhere and
 * are among the answer's options. No verb at all is `attach`. ERR_USAGE with a
 * sentence that names the nearest verb or option. With --help or --version among
 * the options nothing is missed; then verb may be NULL and word[0] a family. */
MUST_USE enum err_code verb_parse(int argc, char *const *argv, struct verb_words *out, struct err *e);
/* Split a `:` line into words (quotes as in a shell, nothing expands). */
MUST_USE enum err_code verb_split(char *line, char **argv, int max, int *argc, struct err *e);
/* `rule add` without its agent and tool: how far the rule goes. */
MUST_USE enum err_code verb_rule_scope(const struct verb_words *w, struct op *op, struct err *e);
const char *verb_value(const struct verb_words *w, const char *name);	/* NULL: not given; "" for a switch */
/* The words from the nth on with a blank between them (caller frees). */
char *verb_text(const struct verb_words *w, int from);

#endif
