/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script_in.h - a script in memory; between script_load.c and script_run.c only. */
#ifndef PRACTICE_SCRIPT_IN_H
#define PRACTICE_SCRIPT_IN_H

#include <cjson/cJSON.h>
#include <limits.h>
#include <stdbool.h>

#include "practice/pattern.h"
#include "practice/script.h"

struct words {
	char **word;
	size_t n;
};
enum answer { ANSWER_ANY, ANSWER_GOOD, ANSWER_ERROR };
struct when {
	struct words role, model;	/* globs, one must fit; none given is any */
	struct words tools, no_tools;	/* globs over the tools offered; "@" is one connector */
	struct words called, not_called, called_now;
	struct pattern *opening, *user, *system, *result;
	enum answer answer;
	size_t turn_min, turn_max;
};
struct reply_call {
	char *tool;
	cJSON *input;	/* its texts are templates */
};
struct rule {
	char *name;
	struct when when;
	struct {
		char *name;
		struct words value;	/* the first that has an answer */
	} *set;
	size_t sets;
	char *thinking, *text, *stop;
	struct reply_call *call;
	size_t calls;
};
struct script {
	struct rule *rule;
	size_t n;
};

#endif
