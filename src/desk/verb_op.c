/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verb's words to the operation they ask for. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/slice.h"
#include "model/move.h"
#include "money/pico.h"

#define PAYLOAD_FILE_BYTES ((size_t)4 << 20)

/* --- reading values -------------------------------------------------------- */

enum err_code verb_id(const struct verb_words *w, int n, char letter, int64_t *out, struct err *e)
{
	*out = n < w->words ? id_parse(letter, w->word[n]) : 0;
	if (*out > 0)
		return ERR_OK;
	err_set(e, ERR_USAGE, "'%.40s' is no id here", n < w->words ? w->word[n] : "");
	return err_mend(e, ERR_USAGE, "write a number, with or without %c before it", letter);
}

enum err_code verb_copy(char *out, size_t room, const char *what, const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n == 0 || n >= room) {
		err_set(e, ERR_USAGE, n == 0 ? "%s is empty" : "%s is too long", what);
		return err_mend(e, ERR_USAGE, "give it 1 to %zu bytes", room - 1);
	}
	memcpy(out, value, n + 1);
	return ERR_OK;
}

static enum err_code optional(const struct verb_words *w, const char *option, char *out, size_t room, struct err *e)
{
	const char *value = verb_value(w, option);

	return value != NULL ? verb_copy(out, room, option, value, e) : ERR_OK;
}

enum err_code verb_money(const char *option, const char *value, int64_t *out_pd, struct err *e)
{
	enum err_code code = pico_parse(slice_of(value), out_pd, e);

	if (code == ERR_OK && *out_pd < 0)
		code = err_set(e, ERR_USAGE, "it is below zero");
	if (code == ERR_OK)
		return ERR_OK;
	err_context(e, "%s", option);
	return err_mend(e, ERR_USAGE, "write dollars, such as 5 or 0.25");
}

enum err_code verb_time(const char *option, const char *value, int64_t *out_us, struct err *e)
{
	static const struct { char unit; int64_t us; } units[] = {{'m', 60 * US_PER_S}, {'h', 3600 * US_PER_S}, {'d', US_PER_DAY}};
	char *end;
	long long n;

	if (strcmp(value, "today") == 0) {
		*out_us = clock_day_start(clock_now_us());
		return ERR_OK;
	}
	if (date_parse(value, out_us))
		return ERR_OK;
	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno == 0 && end != value && *end != '\0' && end[1] == '\0' && n > 0 && n < 100000)
		for (size_t i = 0; i < LENGTH(units); i++)
			if (*end == units[i].unit) {
				*out_us = clock_now_us() - n * units[i].us;
				return ERR_OK;
			}
	err_set(e, ERR_USAGE, "%s: '%.40s' is no time", option, value);
	return err_mend(e, ERR_USAGE, "write 2026-11-23, 2026-11-23T09:00:00Z, today, 12h or 7d");
}

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

/* --- the team ---------------------------------------------------------------- */

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

enum err_code verb_agent_set(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *tier = verb_value(w, "--tier");
	enum err_code code = verb_copy(op->name, sizeof op->name, "the agent's name", w->word[0], e);

	op->kind = OP_AGENT_SET;
	if (code == ERR_OK)
		code = optional(w, "--vendor", op->vendor, sizeof op->vendor, e);
	if (code == ERR_OK)
		code = optional(w, "--model", op->model, sizeof op->model, e);
	if (code == ERR_OK)
		code = optional(w, "--key", op->key, sizeof op->key, e);
	if (code == ERR_OK && tier != NULL) {
		op->has_tier = true;
		code = read_tier(tier, &op->tier, e);
	}
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
	const char *tier = verb_value(w, "--tier"), *cap = verb_value(w, "--cap-usd"), *turns = verb_value(w, "--turns");
	enum err_code code = verb_copy(op->name, sizeof op->name, "the agent's name", w->word[0], e);

	op->kind = OP_AGENT_ADD;
	if (code == ERR_OK)
		code = verb_copy(op->region, sizeof op->region, "--role", verb_value(w, "--role"), e);
	if (code == ERR_OK)
		code = optional(w, "--title", op->base_url, sizeof op->base_url, e);
	if (code == ERR_OK)
		code = optional(w, "--vendor", op->vendor, sizeof op->vendor, e);
	if (code == ERR_OK)
		code = optional(w, "--model", op->model, sizeof op->model, e);
	if (code == ERR_OK && tier != NULL) {
		op->has_tier = true;
		code = read_tier(tier, &op->tier, e);
	}
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

/* Kept as a whole path: the worker may run in another folder. */
static enum err_code read_ca_file(const char *file, struct op *op, struct err *e)
{
	char *whole;
	enum err_code code;

	if (file == NULL)
		return ERR_OK;
	whole = realpath(file, NULL);
	if (whole == NULL) {
		err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_USAGE, "the file '%.120s' cannot be used", file);
		return err_mend(e, ERR_USAGE, "give --ca-file a file of certificates in PEM");
	}
	code = verb_copy(op->ca_file, sizeof op->ca_file, "--ca-file", whole, e);
	free(whole);
	return code;
}

enum err_code verb_key_add(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->vendor, sizeof op->vendor, "--vendor", verb_value(w, "--vendor"), e);

	op->kind = OP_KEY_ADD;
	if (code == ERR_OK)
		code = optional(w, "--label", op->name, sizeof op->name, e);
	if (code == ERR_OK)
		code = optional(w, "--base-url", op->base_url, sizeof op->base_url, e);
	if (code == ERR_OK)
		code = optional(w, "--region", op->region, sizeof op->region, e);
	if (code == ERR_OK)
		code = optional(w, "--proxy", op->proxy, sizeof op->proxy, e);
	if (code == ERR_OK)
		code = read_ca_file(verb_value(w, "--ca-file"), op, e);
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
	enum err_code code = optional(w, "--agent", op->name, sizeof op->name, e);

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

static enum err_code read_hash(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *text = verb_value(w, "--hash");

	op->has_hash = text != NULL;
	if (text == NULL || hash_from_text(&op->hash, text))
		return ERR_OK;
	err_set(e, ERR_USAGE, "--hash is no SHA-256");
	return err_mend(e, ERR_USAGE, "copy the whole of it from `claviger approval show`: sha256: and 64 hex digits");
}

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
		code = verb_connector_check(w, op, e);
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
		return code == ERR_OK ? read_hash(w, op, e) : code;
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

/* --- approvals ----------------------------------------------------------------------- */

enum err_code verb_approve(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);

	struct buf said;
	int i;

	op->kind = OP_APPROVE;
	/* Whoever writes the hash of one version out has done more than press a key;
	 * a stranger who would get something is written out too. */
	op->by_hash = true;
	buf_init(&said, (size_t)16 << 10);
	for (i = 0; i < w->options; i++)
		if (strcmp(w->option[i].name, "--yes-to") == 0)
			buf_addf(&said, "%s\n", w->option[i].value);
	op->said = buf_take(&said);
	return code == ERR_OK ? read_hash(w, op, e) : code;
}

enum err_code verb_reject(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);

	op->kind = OP_REJECT;
	op->text = xstrdup(verb_value(w, "--reason"));
	return code == ERR_OK ? read_hash(w, op, e) : code;
}

enum err_code verb_edit(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *file = verb_value(w, "--payload-file") != NULL ? verb_value(w, "--payload-file") : verb_value(w, "--file");
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);
	struct buf b;

	op->kind = OP_EDIT;
	if (code == ERR_OK)
		code = read_hash(w, op, e);
	if (code == ERR_OK && (file != NULL) == (verb_value(w, "--stdin") != NULL)) {
		err_set(e, ERR_USAGE, "one source of the new payload is wanted");
		code = err_mend(e, ERR_USAGE, "--payload-file F or --stdin");
	}
	if (code != ERR_OK)
		return code;
	buf_init(&b, PAYLOAD_FILE_BYTES);
	code = file_read(file != NULL ? file : "/dev/stdin", &b, e);
	if (code == ERR_OK)
		op->text = buf_take(&b);
	buf_release(&b);
	return code;
}

enum err_code verb_undo(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_UNDO;
	return verb_id(w, 0, 'A', &op->id, e);
}

enum err_code verb_settle(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *as = verb_value(w, "--as");

	op->kind = OP_SETTLE;
	op->fired = strcmp(as, "fired") == 0;
	if (!op->fired && strcmp(as, "not-fired") != 0) {
		err_set(e, ERR_USAGE, "--as '%.40s' is neither of the two", as);
		return err_mend(e, ERR_USAGE, "--as fired or --as not-fired");
	}
	return verb_id(w, 0, 'A', &op->id, e);
}

/* --- money ------------------------------------------------------------------------------ */

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
