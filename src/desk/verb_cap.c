/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words about limits, what tripped them, and what a cut call cost. */
#include "desk/verb_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/move.h"

static enum err_code read_scope(const char *text, struct cap *c, struct err *e)
{
	size_t n = strcspn(text, ":");
	const char *ref = text[n] == ':' ? text + n + 1 : "";
	int64_t id;

	for (int i = 0; i < CAP_SCOPES; i++) {
		if (strlen(cap_scope_names[i]) != n || strncmp(cap_scope_names[i], text, n) != 0)
			continue;
		c->scope = (enum cap_scope)i;
		if ((i == SCOPE_WORKSPACE) != (*ref == '\0'))
			break;
		if (i != SCOPE_GOAL && i != SCOPE_TASK)
			return i == SCOPE_WORKSPACE ? ERR_OK : verb_copy(c->ref, sizeof c->ref, "--scope", ref, e);
		id = id_parse(i == SCOPE_GOAL ? 'G' : 'T', ref);
		if (id <= 0)
			break;
		snprintf(c->ref, sizeof c->ref, "%lld", (long long)id);
		return ERR_OK;
	}
	err_set(e, ERR_USAGE, "--scope '%.60s' is none", text);
	return err_mend(e, ERR_USAGE, "workspace, vendor:NAME, key:LABEL, agent:NAME, goal:ID or task:ID");
}

enum err_code verb_cap_set(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *window = verb_value(w, "--window"), *warn = verb_value(w, "--warn");
	enum err_code code = read_scope(verb_value(w, "--scope"), &op->cap, e);
	int i;

	op->kind = OP_CAP_SET;
	op->cap.warn_percent = 80;
	if (code == ERR_OK)
		code = verb_money("--usd", verb_value(w, "--usd"), &op->cap.limit_pd, e);
	if (code != ERR_OK)
		return code;
	for (i = 0; i < CAP_WINDOWS && strcmp(cap_window_names[i], window) != 0; i++)
		;
	if (i == CAP_WINDOWS) {
		err_set(e, ERR_USAGE, "--window '%.40s' is none", window);
		return err_mend(e, ERR_USAGE, "one of day, month, total");
	}
	op->cap.window = (enum cap_window)i;
	if (warn != NULL) {
		char *end;
		long n = strtol(warn, &end, 10);

		if (end == warn || *end != '\0' || n < 1 || n > 100) {
			err_set(e, ERR_USAGE, "--warn '%.20s' is no per cent", warn);
			return err_mend(e, ERR_USAGE, "a whole number from 1 to 100");
		}
		op->cap.warn_percent = (int)n;
	}
	return ERR_OK;
}

enum err_code verb_cap_remove(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_CAP_REMOVE;
	return verb_id(w, 0, 'C', &op->id, e);
}

enum err_code verb_incident_resolve(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *as = verb_value(w, "--as"), *usd = verb_value(w, "--usd");
	enum err_code code = verb_id(w, 0, 'I', &op->id, e);

	op->kind = OP_INCIDENT_RESOLVE;
	if (code == ERR_OK && strcmp(as, "raise") != 0 && strcmp(as, "keep") != 0) {
		err_set(e, ERR_USAGE, "--as '%.40s' is neither of the two", as);
		return err_mend(e, ERR_USAGE, "--as raise or --as keep");
	}
	if (code == ERR_OK)
		code = verb_copy(op->name, sizeof op->name, "--as", as, e);
	return code == ERR_OK && usd != NULL ? verb_money("--usd", usd, &op->money_pd, e) : code;
}

enum err_code verb_call_settle(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_id(w, 0, 'C', &op->id, e);

	op->kind = OP_CALL_SETTLE;
	return code == ERR_OK ? verb_money("--usd", verb_value(w, "--usd"), &op->money_pd, e) : code;
}
