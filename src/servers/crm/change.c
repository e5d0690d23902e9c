/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change is looked at when it is proposed (check), and looked at again when it is
 * fired, just before it is made: what a person was shown as the old value must be
 * the value there. What became of a key is asked first, so a firing is made once. */
#include "servers/crm/change.h"

#include <inttypes.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "servers/crm/backend.h"

/* --- what is asked ------------------------------------------------------------------ */

static enum err_code ask_create(const struct mcp_call *call, struct crm_change *c, struct err *e)
{
	const char *kind = json_text(call->args, "kind");
	const cJSON *m;
	int k;

	c->fields = json_object(call->args, "fields");
	for (k = 0; kind != NULL && k < RECORD_KINDS && strcmp(record_kind_names[k], kind) != 0; k++)
		;
	if (kind == NULL || k == RECORD_KINDS || c->fields == NULL)
		return err_set(e, ERR_USAGE, "`kind` (contact, company or deal) and `fields` (an object) are needed");
	c->kind = (enum record_kind)k;
	cJSON_ArrayForEach(m, c->fields)
		if (!cJSON_IsString(m))
			return err_set(e, ERR_USAGE, "every value of `fields` must be text");
	return ERR_OK;
}

static enum err_code ask_update(const struct mcp_call *call, struct crm_change *c, struct err *e)
{
	c->fields = json_object(call->args, "fields");
	c->before = json_object(call->args, "before");
	if (c->fields == NULL || c->before == NULL || cJSON_GetArraySize(c->fields) < 1 || cJSON_GetArraySize(c->fields) != cJSON_GetArraySize(c->before))
		return err_set(e, ERR_USAGE, "`fields` and `before` must be objects with the same members, at least one");
	return ERR_OK;
}

static enum err_code ask_note(const struct mcp_call *call, struct crm_change *c, struct err *e)
{
	c->note = json_text(call->args, "text");
	if (c->note == NULL || c->note[0] == '\0' || strlen(c->note) > NOTE_MAX || text_holds_control(c->note))
		return err_set(e, ERR_USAGE, "`text` must be text of 1 to %d bytes", NOTE_MAX);
	return ERR_OK;
}

static enum err_code ask(const struct mcp_call *call, enum crm_what what, struct crm_change *c, struct err *e)
{
	*c = (struct crm_change){.what = what, .task = call->task, .key = call->key};
	if (what == CRM_CREATE)
		return ask_create(call, c, e);
	if (!record_id_parse(json_text(call->args, "record"), &c->kind, &c->id))
		return err_set(e, ERR_USAGE, "`record` must be an id such as contact/12");
	return what == CRM_UPDATE ? ask_update(call, c, e) : ask_note(call, c, e);
}

/* --- against what is there ------------------------------------------------------------ */

/* A member that is a text, or null for "none"; false if it is neither. */
static bool text_or_none(const cJSON *m, bool empty_is_none, const char **out)
{
	*out = cJSON_IsString(m) && !(empty_is_none && m->valuestring[0] == '\0') ? m->valuestring : NULL;
	return cJSON_IsString(m) || cJSON_IsNull(m);
}

static enum err_code take_field(const struct crm *crm, const cJSON *new_value, struct crm_change *c, struct hash_fields *target, struct err *e)
{
	const char *field = new_value->string, *old, *new, *is = record_get(&c->was, field);
	bool empty_is_none = crm->ops->empty_is_none;
	enum err_code code;

	if (!text_or_none(new_value, empty_is_none, &new) || !text_or_none(json_member(c->before, field), empty_is_none, &old))
		return err_set(e, ERR_USAGE, "`%.*s` needs a text or null in `fields` and in `before`", FIELD_NAME_MAX, field);
	if ((is == NULL) != (old == NULL) || (is != NULL && strcmp(is, old) != 0)) {
		code = err_set(e, ERR_CONFLICT, "`%.*s` is not what `before` says: the record changed since it was read", FIELD_NAME_MAX, field);
		return err_mend(e, code, "read it again and propose the change from what it holds now");
	}
	if ((is == NULL && new == NULL) || (is != NULL && new != NULL && strcmp(is, new) == 0))
		return err_set(e, ERR_USAGE, "the change of `%.*s` changes nothing", FIELD_NAME_MAX, field);
	hash_field_text(target, field);
	hash_field_text(target, old != NULL ? old : "");
	return record_set(&c->will, field, new, e);
}

/* One that is there already is no new one, and two must not become one by name. */
static enum err_code check_twin(const struct crm *crm, const struct crm_change *c, struct err *e)
{
	char id[RECORD_ID_MAX];
	int64_t twin;
	enum err_code code = crm->ops->twin(crm->self, c, &twin, e);

	if (code != ERR_OK || twin == 0)
		return code;
	record_id_text(id, c->kind, twin);
	code = err_set(e, ERR_CONFLICT, "there is %s with that %s already", id, c->kind == RECORD_CONTACT && record_get(&c->will, "email") != NULL ? "mail address" : "name");
	return err_mend(e, code, "read it, and change it if need be");
}

/* What a record had when it came from elsewhere it may go without; it may not lose it here. */
static enum err_code check_record(const struct crm_change *c, struct err *e)
{
	if (c->what == CRM_UPDATE && record_check(&c->was, NULL) != ERR_OK)
		return ERR_OK;
	return record_check(&c->will, e);
}

static enum err_code compare(const struct crm *crm, struct crm_change *c, struct hash_fields *target, struct err *e)
{
	char id[RECORD_ID_MAX];
	const cJSON *m;
	enum err_code code = crm->ops->vet != NULL ? crm->ops->vet(crm->self, c, e) : ERR_OK;

	c->will.kind = c->kind;
	if (code == ERR_OK && c->what != CRM_CREATE)
		code = crm->ops->get(crm->self, c->kind, c->id, c->fields, &c->was, e);
	if (code != ERR_OK)
		return code;
	record_id_text(id, c->kind, c->id);
	hash_field_text(target, c->what == CRM_CREATE ? record_kind_names[c->kind] : id);
	if (c->what == CRM_NOTE)
		return ERR_OK;
	if (c->what == CRM_UPDATE)
		record_copy(&c->will, &c->was);
	cJSON_ArrayForEach(m, c->fields) {
		code = c->what == CRM_UPDATE ? take_field(crm, m, c, target, e) : record_set(&c->will, m->string, m->valuestring, e);
		if (code != ERR_OK)
			return code;
	}
	code = check_record(c, e);
	return code == ERR_OK ? check_twin(crm, c, e) : code;
}

/* --- answers ---------------------------------------------------------------------------- */

static void answer_done(struct mcp_reply *reply, const char *receipt, bool again)
{
	buf_add(&reply->structured, receipt, strlen(receipt) - 1);	/* an object of ours: one member more before its end */
	buf_addf(&reply->structured, ",\"already_done\":%s}", again ? "true" : "false");
	buf_adds(&reply->text, again ? "This was done already, and is not done twice: " : "Done: ");
	buf_add_slice(&reply->text, buf_slice(&reply->structured));
}

static void answer_unknown(struct mcp_reply *reply, const char *why)
{
	reply->is_unknown = true;
	buf_addf(&reply->text, "%s.", why);
}

static void answer_proof(struct mcp_reply *reply, enum crm_known known, const char *receipt)
{
	static const char *const words[] = {[CRM_NEVER] = "It was not fired.", [CRM_FIRED] = "It was fired.", [CRM_BEGUN] = "Nothing shows whether it was fired."};

	if (known == CRM_FIRED)
		buf_addf(&reply->structured, "{\"fired\":true,\"receipt\":%s}", receipt);
	else
		buf_addf(&reply->structured, "{\"fired\":%s}", known == CRM_NEVER ? "false" : "null");
	buf_adds(&reply->text, words[known]);
}

/* Elsewhere a record may have no name. */
static void put_title(struct json_out *j, const struct record *r)
{
	const char *title = record_get(r, record_titles[r->kind]), *email = record_get(r, "email");
	char id[RECORD_ID_MAX];

	record_id_text(id, r->kind, r->id);
	json_put_text(j, "record", title != NULL ? title : email != NULL ? email : id);
}

/* What the record holds now goes beside the proposal, for the person to see. */
static void put_before(struct json_out *j, const struct crm_change *c)
{
	const cJSON *m;

	json_open(j, "before", '{');
	cJSON_ArrayForEach(m, c->fields)
		if (c->what == CRM_UPDATE)
			json_put_text(j, m->string, record_get(&c->was, m->string));
	json_close(j, '}');
	if (c->what == CRM_CREATE)
		return;
	json_open(j, "about", '{');
	put_title(j, &c->was);
	json_close(j, '}');
}

static void answer_check(struct mcp_reply *reply, const struct crm_change *c, struct hash target)
{
	char hex[HASH_HEX];
	struct json_out j;

	hash_to_hex(&target, hex);
	json_start(&j, &reply->structured);
	json_open(&j, NULL, '{');
	json_put_bool(&j, "ok", true);
	json_put_text(&j, "target", hex);
	put_before(&j, c);
	json_close(&j, '}');
	buf_adds(&reply->text, "The change can be made.");
}

static void put_receipt(struct buf *b, const struct record *r)
{
	char id[RECORD_ID_MAX];
	struct json_out j;

	record_id_text(id, r->kind, r->id);
	json_start(&j, b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "record", id);
	json_put_int(&j, "revision", r->revision);
	json_close(&j, '}');
}

/* --- the tools ---------------------------------------------------------------------------- */

static enum err_code write_and_keep(const struct crm *crm, const struct crm_change *c, struct mcp_reply *reply, struct buf *receipt, struct err *e)
{
	struct record done = {.fields_n = 0};
	struct err why = {0};

	switch (crm->ops->write(crm->self, c, &done, &why)) {
	case CRM_NOT_DONE:
		if (e != NULL)
			*e = why;
		return why.code;
	case CRM_UNKNOWN:
		answer_unknown(reply, why.text);
		return ERR_OK;
	case CRM_DONE:
		break;
	}
	put_receipt(receipt, &done);
	return crm->ops->keep(crm->self, c->key, buf_text(receipt), e);
}

static enum err_code fire(const struct crm *crm, struct crm_change *c, struct mcp_reply *reply, struct err *e)
{
	struct hash_fields *target = hash_fields_new("claviger crm target");
	struct buf receipt;
	enum err_code code = crm->ops->begin != NULL ? crm->ops->begin(crm->self, e) : ERR_OK;

	buf_init(&receipt, 4096);
	if (code == ERR_OK) {
		code = compare(crm, c, target, e);
		if (code == ERR_OK)
			code = write_and_keep(crm, c, reply, &receipt, e);
		if (crm->ops->end != NULL)
			code = crm->ops->end(crm->self, code, e);
	}
	if (code == ERR_OK && !reply->is_unknown)
		answer_done(reply, buf_text(&receipt), false);
	(void)hash_fields_end(target);
	buf_release(&receipt);
	return code;
}

static enum err_code check(const struct crm *crm, struct crm_change *c, struct mcp_reply *reply, struct err *e)
{
	struct hash_fields *target = hash_fields_new("claviger crm target");
	enum err_code code = compare(crm, c, target, e);
	struct hash sum = hash_fields_end(target);

	if (code == ERR_OK)
		answer_check(reply, c, sum);
	return code;
}

static enum err_code decide(const struct crm *crm, const struct mcp_call *call, struct crm_change *c, struct mcp_reply *reply, struct err *e)
{
	enum err_code code = ERR_OK;
	enum crm_known known;
	struct buf receipt;

	if (call->is_check)
		return check(crm, c, reply, e);
	if (call->key[0] == '\0')
		return err_set(e, ERR_USAGE, "only the office may fire a change: _meta names no idempotency key");
	buf_init(&receipt, 65536);
	known = crm->ops->known(crm->self, c, call->is_prove, &receipt);
	if (call->is_prove)
		answer_proof(reply, known, buf_text(&receipt));
	else if (known == CRM_FIRED)
		answer_done(reply, buf_text(&receipt), true);
	else if (known == CRM_BEGUN)
		answer_unknown(reply, "this was begun before, and nothing shows how it ended");
	else
		code = fire(crm, c, reply, e);
	buf_release(&receipt);
	return code;
}

static enum err_code change(const struct crm *crm, const struct mcp_call *call, enum crm_what what, struct mcp_reply *reply, struct err *e)
{
	struct crm_change c;
	enum err_code code = ask(call, what, &c, e);

	crm_start(crm);
	if (code == ERR_OK)
		code = decide(crm, call, &c, reply, e);
	record_release(&c.was);
	record_release(&c.will);
	return code;
}

enum err_code change_create(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, CRM_CREATE, reply, e);
}

enum err_code change_update(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, CRM_UPDATE, reply, e);
}

enum err_code change_note(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, CRM_NOTE, reply, e);
}
