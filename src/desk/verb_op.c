/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verb's words to the operation they ask for. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/move.h"

/* --- locks ------------------------------------------------------------------ */

static void take_key_file(const struct verb_words *w, struct op *op)
{
	const char *file = verb_value(w, "--key-file");

	op->root = file != NULL ? xstrdup(file) : NULL;
}

enum err_code verb_person(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = strcmp(w->verb->path, "person add") == 0 ? OP_PERSON_ADD : OP_PERSON_REMOVE;
	take_key_file(w, op);
	return verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);
}

enum err_code verb_passphrase(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_PASSPHRASE;
	op->no_key_file = verb_value(w, "--no-key-file") != NULL;
	take_key_file(w, op);
	if (op->root == NULL || !op->no_key_file)
		return ERR_OK;
	err_set(e, ERR_USAGE, "--key-file and --no-key-file do not go together");
	return err_mend(e, ERR_USAGE, "give one of them");
}

enum err_code verb_rekey(const struct verb_words *w, struct op *op, struct err *e)
{
	(void)w;
	(void)e;
	op->kind = OP_REKEY;
	return ERR_OK;
}

enum err_code verb_lock(const struct verb_words *w, struct op *op, struct err *e)
{
	(void)w;
	(void)e;
	op->kind = OP_LOCK_KEYS;
	return ERR_OK;
}

enum err_code verb_panic(const struct verb_words *w, struct op *op, struct err *e)
{
	(void)w;
	(void)e;
	op->kind = OP_PANIC;
	return ERR_OK;
}

/* --- keys --------------------------------------------------------------------- */

static enum err_code read_api(const char *wire, enum key_api *out, struct err *e)
{
	int i;

	*out = KEY_API_USUAL;
	if (wire == NULL)
		return ERR_OK;
	for (i = KEY_API_USUAL + 1; i < KEY_APIS && strcmp(key_api_names[i], wire) != 0; i++)
		continue;
	if (i == KEY_APIS) {
		err_set(e, ERR_USAGE, "--api '%.20s' is none", wire);
		return err_mend(e, ERR_USAGE, "one of responses, chat (OpenAI and compatible), converse, messages (Bedrock)");
	}
	*out = (enum key_api)i;
	return ERR_OK;
}

static enum err_code read_ca_file(const struct verb_words *w, struct op *op, struct err *e)
{
	char *whole = NULL;
	enum err_code code = verb_ca_file(w, &whole, e);

	if (code == ERR_OK && whole != NULL)
		code = verb_copy(op->ca_file, sizeof op->ca_file, "--ca-file", whole, e);
	free(whole);
	return code;
}

enum err_code verb_key_add(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->vendor, sizeof op->vendor, "--vendor", verb_value(w, "--vendor"), e);

	op->kind = OP_KEY_ADD;
	if (code == ERR_OK)
		code = verb_optional(w, "--label", op->name, sizeof op->name, e);
	if (code == ERR_OK)
		code = verb_optional(w, "--base-url", op->base_url, sizeof op->base_url, e);
	if (code == ERR_OK)
		code = verb_optional(w, "--region", op->region, sizeof op->region, e);
	if (code == ERR_OK)
		code = verb_optional(w, "--proxy", op->proxy, sizeof op->proxy, e);
	if (code == ERR_OK)
		code = read_ca_file(w, op, e);
	if (code == ERR_OK)
		code = read_api(verb_value(w, "--api"), &op->api, e);
	op->admin = verb_value(w, "--admin") != NULL;
	return code;
}

enum err_code verb_key_rotate(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_KEY_ROTATE;
	return verb_copy(op->name, sizeof op->name, "the label", w->word[0], e);
}

struct word_kind {
	const char *path;
	enum op_kind kind;
};

static enum op_kind kind_of(const struct verb_words *w, const struct word_kind *table, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].path, w->verb->path) == 0)
			return table[i].kind;
	return OP_NONE;
}

enum err_code verb_key_named(const struct verb_words *w, struct op *op, struct err *e)
{
	static const struct word_kind kinds[] = {{"key test", OP_KEY_TEST}, {"key models", OP_KEY_MODELS}, {"key retire", OP_KEY_RETIRE}, {"key remove", OP_KEY_REMOVE}};

	op->kind = kind_of(w, kinds, LENGTH(kinds));
	return verb_copy(op->name, sizeof op->name, "the label", w->word[0], e);
}

/* --- goals and tasks ------------------------------------------------------------ */

enum err_code verb_goal_add(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *cap = verb_value(w, "--cap");
	enum err_code code = verb_optional(w, "--agent", op->name, sizeof op->name, e);

	op->kind = OP_GOAL_ADD;
	if (code == ERR_OK)
		code = verb_attached(w, op, e);
	op->no_plan = verb_value(w, "--no-plan") != NULL;
	if (code == ERR_OK && cap != NULL)
		code = verb_money("--cap", cap, &op->money_pd, e);
	if (code == ERR_OK && op->no_plan && op->name[0] == '\0') {
		err_set(e, ERR_USAGE, "--no-plan does not say who is to do it");
		code = err_mend(e, ERR_USAGE, "add --agent NAME");
	}
	if (code != ERR_OK)
		return code;
	op->text = verb_text(w, 0);
	if (op->text[strspn(op->text, " \t\r\n")] != '\0')
		return ERR_OK;
	err_set(e, ERR_USAGE, "the goal is empty");
	return err_mend(e, ERR_USAGE, "say in words what is to be reached");
}

enum err_code verb_goal_change(const struct verb_words *w, struct op *op, struct err *e)
{
	static const struct word_kind kinds[] = {{"goal pause", OP_GOAL_PAUSE}, {"goal resume", OP_GOAL_RESUME}, {"goal cancel", OP_GOAL_CANCEL}};

	op->kind = kind_of(w, kinds, LENGTH(kinds));
	return verb_id(w, 0, 'G', &op->id, e);
}

enum err_code verb_task_say(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_TASK_SAY;
	op->text = verb_text(w, 1);
	return verb_id(w, 0, 'T', &op->id, e);
}

enum err_code verb_task_change(const struct verb_words *w, struct op *op, struct err *e)
{
	static const struct word_kind kinds[] = {{"task cancel", OP_TASK_CANCEL}, {"task retry", OP_TASK_RETRY}};

	op->kind = kind_of(w, kinds, LENGTH(kinds));
	return verb_id(w, 0, 'T', &op->id, e);
}

/* --- connectors ------------------------------------------------------------------- */

static enum err_code read_root(const char *root, struct op *op, struct err *e)
{
	op->root = realpath(root, NULL);
	if (op->root != NULL)
		return ERR_OK;
	err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_USAGE, "the folder '%.120s' cannot be used", root);
	return err_mend(e, ERR_USAGE, "give --root a folder that is there");
}

/* The program by its whole path, if it was given by any path. */
static void put_word_of_command(struct json_out *j, const char *word, bool is_program)
{
	char *whole = is_program && strchr(word, '/') != NULL ? realpath(word, NULL) : NULL;

	json_put_text(j, NULL, whole != NULL ? whole : word);
	free(whole);
}

enum err_code verb_connector_add(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *type = verb_value(w, "--type"), *root = verb_value(w, "--root");
	enum err_code code = verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);
	int t;

	op->kind = OP_CONNECTOR_ADD;
	if (code != ERR_OK)
		return code;
	for (t = 0; t < CONNECTOR_TYPES; t++)
		if (strcmp(connector_type_names[t], type) == 0)
			break;
	if (t == CONNECTOR_TYPES) {
		err_set(e, ERR_USAGE, "'%.40s' is no type of connector", type);
		return err_mend(e, ERR_USAGE, "one of codebase, inbox, crm, mcp");
	}
	op->connector_type = (enum connector_type)t;
	if (t == CONNECTOR_CODEBASE && root == NULL) {
		err_set(e, ERR_USAGE, "a codebase needs --root");
		return err_mend(e, ERR_USAGE, "--root DIR: the folder of the git repository");
	}
	if ((t == CONNECTOR_MCP && verb_value(w, "--url") == NULL) != (w->rest != NULL && w->rest[0] != NULL)) {
		err_set(e, ERR_USAGE, t == CONNECTOR_MCP ? "an mcp connector needs a command, or --url" : "only an mcp connector takes a command, and none beside --url");
		return err_mend(e, ERR_USAGE, "claviger connector add NAME --type mcp -- CMD ARG...");
	}
	if (w->rest != NULL) {
		struct buf b;
		struct json_out j;

		buf_init(&b, 0);
		json_start(&j, &b);
		json_open(&j, NULL, '[');
		for (char *const *p = w->rest; *p != NULL; p++)
			put_word_of_command(&j, *p, p == w->rest);
		json_close(&j, ']');
		op->command = buf_take(&b);
	}
	code = verb_connector_grants(w, op, e);
	if (code == ERR_OK && op->settings != NULL && t != CONNECTOR_MCP) {
		err_set(e, ERR_USAGE, "only an mcp connector is granted folders, variables or the network");
		return err_mend(e, ERR_USAGE, "those of this house are granted what they need");
	}
	if (code == ERR_OK)
		code = verb_connector_mailbox(w, op, e);
	if (code == ERR_OK)
		code = verb_connector_crm(w, op, e);
	if (code == ERR_OK)
		code = verb_connector_codebase(w, op, e);
	return code == ERR_OK && root != NULL ? read_root(root, op, e) : code;
}

enum err_code verb_connector_named(const struct verb_words *w, struct op *op, struct err *e)
{
	static const struct word_kind kinds[] = {{"connector test", OP_CONNECTOR_TEST}, {"connector remove", OP_CONNECTOR_REMOVE}};

	op->kind = kind_of(w, kinds, LENGTH(kinds));
	return verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);
}

enum err_code verb_connector_tool(const struct verb_words *w, struct op *op, struct err *e)
{
	bool is_effect = strcmp(w->verb->path, "connector effect") == 0;
	enum err_code code = verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);
	struct json_out j;
	struct buf b;
	int effect;

	op->kind = is_effect ? OP_CONNECTOR_EFFECT : OP_CONNECTOR_RELEASE;
	if (code == ERR_OK && !is_effect)
		code = verb_copy(op->tool, sizeof op->tool, "the tool", w->word[1], e);
	if (code != ERR_OK || !is_effect)
		return code == ERR_OK ? verb_hash(w, op, e) : code;
	effect = effect_parse(w->word[w->words - 1]);
	if (effect < 0) {
		err_set(e, ERR_USAGE, "'%.40s' is no effect", w->word[w->words - 1]);
		return err_mend(e, ERR_USAGE, "one of read, write, send, destroy");
	}
	op->effect = (enum effect)effect;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	for (int i = 1; i < w->words - 1; i++)
		json_put_text(&j, NULL, w->word[i]);
	json_close(&j, ']');
	op->tools = buf_take(&b);
	return ERR_OK;
}
