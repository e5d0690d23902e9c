/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change is looked at when it is proposed (check), and looked at again inside
 * the transaction that makes it: what a person was shown as the old value must be
 * the value there. The receipt is written in that same transaction, so a firing is
 * either whole and known, or it never was. */
#include "servers/crm/change.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "servers/crm/book.h"

/* One kind of change: fill r as it should be afterwards, or say why not. */
typedef enum err_code make_change(struct book *b, const struct mcp_call *call, struct record *r, struct hash_fields *target, struct err *e);
typedef enum err_code write_change(struct book *b, const struct mcp_call *call, struct record *r, struct err *e);

/* --- what is asked ------------------------------------------------------------------ */

static enum err_code find_record(struct book *b, const struct mcp_call *call, struct record *r, struct err *e)
{
	enum record_kind kind;
	int64_t id;

	*r = (struct record){.fields_n = 0};
	if (!record_id_parse(json_text(call->args, "record"), &kind, &id))
		return err_set(e, ERR_USAGE, "`record` must be an id such as contact/12");
	return book_get(b, kind, id, r, e);
}

/* One that is there already is no new one, and two must not become one by name. */
static enum err_code check_twin(struct book *b, const struct record *r, struct err *e)
{
	char id[RECORD_ID_MAX];
	int64_t twin;
	enum err_code code = book_twin(b, r, &twin, e);

	if (code != ERR_OK || twin == 0)
		return code;
	record_id_text(id, r->kind, twin);
	code = err_set(e, ERR_CONFLICT, "there is %s with that %s already", id, r->kind == RECORD_CONTACT && record_get(r, "email") != NULL ? "mail address" : "name");
	return err_mend(e, code, "read it, and change it if need be");
}

static enum err_code make_create(struct book *b, const struct mcp_call *call, struct record *r, struct hash_fields *target, struct err *e)
{
	const char *kind = json_text(call->args, "kind");
	const cJSON *m;
	enum err_code code = ERR_OK;
	int k;

	*r = (struct record){.fields_n = 0};
	for (k = 0; kind != NULL && k < RECORD_KINDS && strcmp(record_kind_names[k], kind) != 0; k++)
		;
	if (kind == NULL || k == RECORD_KINDS || json_object(call->args, "fields") == NULL)
		return err_set(e, ERR_USAGE, "`kind` (contact, company or deal) and `fields` (an object) are needed");
	r->kind = (enum record_kind)k;
	cJSON_ArrayForEach(m, json_object(call->args, "fields")) {
		code = cJSON_IsString(m) ? record_set(r, m->string, m->valuestring, e) : err_set(e, ERR_USAGE, "every value of `fields` must be text");
		if (code != ERR_OK)
			return code;
	}
	hash_field_text(target, kind);
	code = record_check(r, e);
	return code == ERR_OK ? check_twin(b, r, e) : code;
}

/* A member that is a text, or null for "none"; false if it is neither. */
static bool text_or_none(const cJSON *m, const char **out)
{
	*out = cJSON_IsString(m) ? m->valuestring : NULL;
	return cJSON_IsString(m) || cJSON_IsNull(m);
}

static enum err_code take_change(const cJSON *new_value, const cJSON *old_value, struct record *r, struct hash_fields *target, struct err *e)
{
	const char *field = new_value->string, *old, *new, *is = record_get(r, field);
	enum err_code code;

	if (!text_or_none(new_value, &new) || !text_or_none(old_value, &old))
		return err_set(e, ERR_USAGE, "`%.*s` needs a text or null in `fields` and in `before`", FIELD_NAME_MAX, field);
	if ((is == NULL) != (old == NULL) || (is != NULL && strcmp(is, old) != 0)) {
		code = err_set(e, ERR_CONFLICT, "`%.*s` is not what `before` says: the record changed since it was read", FIELD_NAME_MAX, field);
		return err_mend(e, code, "read it again and propose the change from what it holds now");
	}
	if ((is == NULL && new == NULL) || (is != NULL && new != NULL && strcmp(is, new) == 0))
		return err_set(e, ERR_USAGE, "the change of `%.*s` changes nothing", FIELD_NAME_MAX, field);
	hash_field_text(target, field);
	hash_field_text(target, old != NULL ? old : "");
	return record_set(r, field, new, e);
}

static enum err_code make_update(struct book *b, const struct mcp_call *call, struct record *r, struct hash_fields *target, struct err *e)
{
	const cJSON *fields = json_object(call->args, "fields"), *before = json_object(call->args, "before"), *m;
	enum err_code code = find_record(b, call, r, e);

	if (code == ERR_OK && (fields == NULL || before == NULL || cJSON_GetArraySize(fields) < 1 || cJSON_GetArraySize(fields) != cJSON_GetArraySize(before)))
		code = err_set(e, ERR_USAGE, "`fields` and `before` must be objects with the same members, at least one");
	if (code == ERR_OK)
		hash_field_text(target, json_text(call->args, "record"));
	cJSON_ArrayForEach(m, fields)
		if (code == ERR_OK)
			code = take_change(m, json_member(before, m->string), r, target, e);
	if (code == ERR_OK)
		code = record_check(r, e);
	return code == ERR_OK ? check_twin(b, r, e) : code;
}

static enum err_code make_note(struct book *b, const struct mcp_call *call, struct record *r, struct hash_fields *target, struct err *e)
{
	const char *text = json_text(call->args, "text");
	enum err_code code = find_record(b, call, r, e);

	if (code == ERR_OK && (text == NULL || text[0] == '\0' || strlen(text) > NOTE_MAX))
		code = err_set(e, ERR_USAGE, "`text` must be text of 1 to %d bytes", NOTE_MAX);
	if (code == ERR_OK)
		hash_field_text(target, json_text(call->args, "record"));
	return code;
}

/* --- what is done --------------------------------------------------------------------- */

static enum err_code write_create(struct book *b, const struct mcp_call *call, struct record *r, struct err *e)
{
	(void)call;
	return book_add(b, r, clock_now_us(), e);
}

static enum err_code write_update(struct book *b, const struct mcp_call *call, struct record *r, struct err *e)
{
	(void)call;
	return book_put(b, r, clock_now_us(), e);
}

static enum err_code write_note(struct book *b, const struct mcp_call *call, struct record *r, struct err *e)
{
	enum err_code code = book_add_note(b, r->id, json_text(call->args, "text"), call->task, clock_now_us(), e);

	r->revision++;
	return code;
}

/* --- answers ---------------------------------------------------------------------------- */

static void answer_done(struct mcp_reply *reply, const char *receipt, bool again)
{
	buf_add(&reply->structured, receipt, strlen(receipt) - 1);	/* an object of ours: one member more before its end */
	buf_addf(&reply->structured, ",\"already_done\":%s}", again ? "true" : "false");
	buf_adds(&reply->text, again ? "This was done already, and is not done twice: " : "Done: ");
	buf_add_slice(&reply->text, buf_slice(&reply->structured));
}

static void answer_proof(struct mcp_reply *reply, bool fired, const char *receipt)
{
	buf_addf(&reply->structured, fired ? "{\"fired\":true,\"receipt\":%s}" : "{\"fired\":false}", receipt);
	buf_adds(&reply->text, fired ? "It was fired." : "It was not fired.");
}

/* What the record holds now goes beside the proposal, for the person to see. */
static void put_before(struct json_out *j, const struct mcp_call *call, const struct record *now)
{
	const cJSON *fields = json_object(call->args, "fields"), *m;

	json_open(j, "before", '{');
	cJSON_ArrayForEach(m, fields)
		if (now != NULL)
			json_put_text(j, m->string, record_get(now, m->string));
	json_close(j, '}');
	if (now == NULL)
		return;
	json_open(j, "about", '{');
	json_put_text(j, "record", record_get(now, record_titles[now->kind]));
	json_close(j, '}');
}

static void answer_check(struct mcp_reply *reply, const struct mcp_call *call, const struct record *now, struct hash target)
{
	char hex[HASH_HEX];
	struct json_out j;

	hash_to_hex(&target, hex);
	json_start(&j, &reply->structured);
	json_open(&j, NULL, '{');
	json_put_bool(&j, "ok", true);
	json_put_text(&j, "target", hex);
	put_before(&j, call, now);
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

static enum err_code fire(struct book *b, const struct mcp_call *call, make_change *make, write_change *write, struct mcp_reply *reply, struct err *e)
{
	struct hash_fields *target = hash_fields_new("claviger crm target");
	struct record r = {.fields_n = 0};
	struct buf receipt;
	enum err_code code = book_begin(b, e);

	buf_init(&receipt, 4096);
	if (code == ERR_OK) {
		code = make(b, call, &r, target, e);
		if (code == ERR_OK)
			code = write(b, call, &r, e);
		if (code == ERR_OK) {
			put_receipt(&receipt, &r);
			code = book_keep_receipt(b, call->key, buf_text(&receipt), e);
		}
		code = book_end(b, code, e);
	}
	if (code == ERR_OK)
		answer_done(reply, buf_text(&receipt), false);
	(void)hash_fields_end(target);
	buf_release(&receipt);
	record_release(&r);
	return code;
}

static enum err_code check(struct book *b, const struct mcp_call *call, make_change *make, struct mcp_reply *reply, struct err *e)
{
	struct hash_fields *target = hash_fields_new("claviger crm target");
	struct record r = {.fields_n = 0}, now = {.fields_n = 0};
	enum err_code code = make(b, call, &r, target, e);
	struct hash sum = hash_fields_end(target);

	if (code == ERR_OK && r.id > 0)
		code = book_get(b, r.kind, r.id, &now, e);
	if (code == ERR_OK)
		answer_check(reply, call, r.id > 0 ? &now : NULL, sum);
	record_release(&r);
	record_release(&now);
	return code;
}

static enum err_code change(struct book *b, const struct mcp_call *call, make_change *make, write_change *write, struct mcp_reply *reply, struct err *e)
{
	struct buf receipt;
	bool fired;

	if (call->is_check)
		return check(b, call, make, reply, e);
	if (call->key[0] == '\0')
		return err_set(e, ERR_USAGE, "only the office may fire a change: _meta names no idempotency key");
	buf_init(&receipt, 65536);
	fired = book_receipt(b, call->key, &receipt);
	if (call->is_prove)
		answer_proof(reply, fired, buf_text(&receipt));
	else if (fired)
		answer_done(reply, buf_text(&receipt), true);
	buf_release(&receipt);
	return fired || call->is_prove ? ERR_OK : fire(b, call, make, write, reply, e);
}

enum err_code change_create(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, make_create, write_create, reply, e);
}

enum err_code change_update(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, make_update, write_update, reply, e);
}

enum err_code change_note(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	return change(user, call, make_note, write_note, reply, e);
}
