/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words about agents and tiers. */
#include "desk/verb_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"

static enum err_code read_tier(const char *value, enum tier *out, struct err *e)
{
	for (int i = 0; i < TIERS; i++)
		if (strcmp(tier_names[i], value) == 0) {
			*out = (enum tier)i;
			return ERR_OK;
		}
	err_set(e, ERR_USAGE, "'%.40s' is no tier", value);
	return err_mend(e, ERR_USAGE, "one of routine, standard, top");
}

static void many_to_json(const struct verb_words *w, const char *name, struct buf *b)
{
	struct json_out j;

	json_start(&j, b);
	json_open(&j, NULL, '[');
	for (int i = 0; i < w->options; i++)
		if (strcmp(w->option[i].name, name) == 0)
			json_put_text(&j, NULL, w->option[i].value);
	json_close(&j, ']');
}

static enum err_code read_prompt_and_tools(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *prompt = verb_value(w, "--prompt-file");
	enum err_code code = ERR_OK;
	struct buf b;

	if (prompt != NULL) {
		buf_init(&b, (size_t)64 << 10);
		code = file_read(prompt, &b, e);
		if (code == ERR_OK)
			op->text = buf_take(&b);
		buf_release(&b);
	}
	if (code == ERR_OK && verb_value(w, "--tool") != NULL) {
		buf_init(&b, 0);
		many_to_json(w, "--tool", &b);
		op->tools = buf_take(&b);
	}
	return code;
}

/* Whose model the agent works with: --vendor, --model, --tier. */
static enum err_code read_model(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *tier = verb_value(w, "--tier");
	enum err_code code = verb_optional(w, "--vendor", op->vendor, sizeof op->vendor, e);

	if (code == ERR_OK)
		code = verb_optional(w, "--model", op->model, sizeof op->model, e);
	op->has_tier = tier != NULL;
	return code == ERR_OK && op->has_tier ? read_tier(tier, &op->tier, e) : code;
}

enum err_code verb_agent_set(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->name, sizeof op->name, "the agent's name", w->word[0], e);

	op->kind = OP_AGENT_SET;
	if (code == ERR_OK)
		code = read_model(w, op, e);
	if (code == ERR_OK)
		code = verb_optional(w, "--key", op->key, sizeof op->key, e);
	op->pause = verb_value(w, "--pause") != NULL;
	op->has_pause = op->pause || verb_value(w, "--resume") != NULL;
	if (code == ERR_OK && op->pause && verb_value(w, "--resume") != NULL) {
		err_set(e, ERR_USAGE, "--pause and --resume contradict each other");
		code = err_mend(e, ERR_USAGE, "give one of them");
	}
	return code == ERR_OK ? read_prompt_and_tools(w, op, e) : code;
}

enum err_code verb_agent_add(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *cap = verb_value(w, "--cap-usd"), *turns = verb_value(w, "--turns");
	enum err_code code = verb_copy(op->name, sizeof op->name, "the agent's name", w->word[0], e);

	op->kind = OP_AGENT_ADD;
	if (code == ERR_OK)
		code = verb_copy(op->role, sizeof op->role, "--role", verb_value(w, "--role"), e);
	if (code == ERR_OK)
		code = verb_optional(w, "--title", op->title, sizeof op->title, e);
	if (code == ERR_OK)
		code = read_model(w, op, e);
	if (code == ERR_OK && cap != NULL)
		code = verb_money("--cap-usd", cap, &op->money_pd, e);
	if (code == ERR_OK && turns != NULL) {
		op->count = strtol(turns, NULL, 10);
		if (op->count < 1 || op->count > 200 || turns[strspn(turns, "0123456789")] != '\0')
			code = err_set(e, ERR_USAGE, "--turns is a whole number from 1 to 200");
	}
	return code == ERR_OK ? read_prompt_and_tools(w, op, e) : code;
}

enum err_code verb_agent_remove(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_AGENT_REMOVE;
	return verb_copy(op->name, sizeof op->name, "the agent's name", w->word[0], e);
}

enum err_code verb_tier_set(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->vendor, sizeof op->vendor, "the vendor", w->word[0], e);

	op->kind = OP_TIER_SET;
	op->has_tier = true;
	if (code == ERR_OK)
		code = read_tier(w->word[1], &op->tier, e);
	if (code == ERR_OK)
		code = verb_copy(op->model, sizeof op->model, "the model", w->word[2], e);
	return code;
}
