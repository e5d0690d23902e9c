/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of `rule add` and `rule revoke`. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"

#define RULE_DAYS 30	/* how long one lives that was given no end */
#define USES_MAX 1000000

/* "C.T" at the first dot: a connector's name holds none. */
static enum err_code read_tool(const char *text, struct op *op, struct err *e)
{
	const char *dot = strchr(text, '.');

	if (dot == NULL || dot == text || dot[1] == '\0' || (size_t)(dot - text) >= sizeof op->connector) {
		err_set(e, ERR_USAGE, "--tool '%.80s' names no tool", text);
		return err_mend(e, ERR_USAGE, "write CONNECTOR.TOOL, as in `claviger connector tools`");
	}
	memcpy(op->connector, text, (size_t)(dot - text));
	op->connector[dot - text] = '\0';
	return verb_copy(op->tool, sizeof op->tool, "--tool", dot + 1, e);
}

/* Each --when FIELD=GLOB as a member of one object; a field twice would be two readings. */
static enum err_code read_patterns(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code rc = ERR_OK;
	struct json_out j;
	struct buf b;
	int i, n = 0;

	buf_init(&b, (size_t)16 << 10);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	for (i = 0; i < w->options && rc == ERR_OK; i++) {
		const char *is = w->option[i].value != NULL ? strchr(w->option[i].value, '=') : NULL;
		char field[NAME_MAX_BYTES * 2];

		if (strcmp(w->option[i].name, "--when") != 0)
			continue;
		if (is == NULL || is == w->option[i].value || (size_t)(is - w->option[i].value) >= sizeof field) {
			err_set(e, ERR_USAGE, "--when '%.80s' is no pattern", w->option[i].value);
			rc = err_mend(e, ERR_USAGE, "write FIELD=GLOB, such as path=docs/*");
			break;
		}
		snprintf(field, sizeof field, "%.*s", (int)(is - w->option[i].value), w->option[i].value);
		json_put_text(&j, field, is + 1);
		n++;
	}
	json_close(&j, '}');
	if (rc == ERR_OK && n > 0) {
		if (json_gate(buf_slice(&b), NULL) != ERR_OK) {
			err_set(e, ERR_USAGE, "a field has two patterns, or one is no text");
			rc = err_mend(e, ERR_USAGE, "give each field one --when");
		} else {
			op->text = buf_take(&b);
		}
	}
	buf_release(&b);
	return rc;
}

static enum err_code read_uses(const char *value, int64_t *out, struct err *e)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno == 0 && end != value && *end == '\0' && n >= 1 && n <= USES_MAX) {
		*out = n;
		return ERR_OK;
	}
	err_set(e, ERR_USAGE, "--uses '%.20s' is no count", value);
	return err_mend(e, ERR_USAGE, "a whole number from 1 on");
}

/* As verb_time(), but "7d" is to come and not ago. */
static enum err_code read_until(const char *value, int64_t *out_us, struct err *e)
{
	int64_t now_us = clock_now_us(), at_us = 0;
	enum err_code rc = verb_time("--until", value, &at_us, e);

	if (rc != ERR_OK)
		return rc;
	if (value[0] != '\0' && strchr("mhd", value[strlen(value) - 1]) != NULL)
		at_us = now_us + (now_us - at_us);
	if (at_us <= now_us) {
		err_set(e, ERR_USAGE, "--until '%.40s' is over already", value);
		return err_mend(e, ERR_USAGE, "name a time to come, or 12h, 7d from now");
	}
	*out_us = at_us;
	return ERR_OK;
}

enum err_code verb_rule_scope(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *uses = verb_value(w, "--uses"), *until = verb_value(w, "--until"), *most = verb_value(w, "--max-usd");
	enum err_code rc = read_patterns(w, op, e);

	op->kind = OP_RULE_ADD;
	if (rc == ERR_OK && uses != NULL)
		rc = read_uses(uses, &op->count, e);
	if (rc == ERR_OK && until != NULL)
		rc = read_until(until, &op->until_us, e);
	if (rc == ERR_OK && most != NULL)
		rc = verb_money("--max-usd", most, &op->money_pd, e);
	if (rc == ERR_OK && most != NULL && op->money_pd == 0) {
		err_set(e, ERR_USAGE, "--max-usd 0 would cover nothing");
		rc = err_mend(e, ERR_USAGE, "leave it out, or name a sum");
	}
	if (rc == ERR_OK && uses == NULL && until == NULL)
		op->until_us = clock_now_us() + RULE_DAYS * US_PER_DAY;
	return rc;
}

enum err_code verb_rule_add(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code rc = verb_copy(op->name, sizeof op->name, "--agent", verb_value(w, "--agent"), e);

	if (rc == ERR_OK)
		rc = read_tool(verb_value(w, "--tool"), op, e);
	return rc == ERR_OK ? verb_rule_scope(w, op, e) : rc;
}

enum err_code verb_rule_revoke(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_RULE_REVOKE;
	return verb_id(w, 0, 'R', &op->id, e);
}
