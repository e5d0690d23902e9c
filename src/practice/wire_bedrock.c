/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's wires: /model/ID/converse, converse-stream and count-tokens, the Messages
 * API under /anthropic, and the lists of models and inference profiles. */
#include "practice/wire_bedrock.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/bedrock.h"
#include "practice/wire_anthropic.h"

#define SHORT_KEY "bedrock-api-key-"
#define LONG_KEY "ABSK"

void aws_error(struct reply *r, int status, const char *type, const char *text)
{
	struct json_out j;
	char *name = xasprintf("%s:http://internal.amazon.com/coral/com.amazon.bedrock/", type);

	r->status = status;
	buf_clear(&r->body);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "message", text);
	json_close(&j, '}');
	headers_add(&r->headers, "x-amzn-errortype", name);
	free(name);
}

static void put_no(struct reply *r, const struct aws_no *n)
{
	aws_error(r, n->status, n->type, n->text);
}

/* --- who asks --------------------------------------------------------------------- */

static bool admit_bearer(struct practice *p, const char *key, struct reply *r, struct aws_caller *who)
{
	enum key_state state = keys_judge(p->keys, key, strncmp(key, LONG_KEY, strlen(LONG_KEY)) == 0 ? LONG_KEY : SHORT_KEY);
	struct hash h = hash_bytes(key, strlen(key));
	char hex[HASH_HEX];

	hash_to_hex(&h, hex);
	snprintf(who->id, sizeof who->id, "%.63s", hex);
	if (state == KEY_BAD || state == KEY_REVOKED)
		aws_error(r, 403, "AccessDeniedException", "Authentication failed: Please make sure your API Key is valid.");
	else if (state == KEY_NO_CREDIT)
		aws_error(r, 403, "AccessDeniedException", "INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.");
	return state == KEY_GOOD;
}

bool aws_admit(struct practice *p, const struct request *q, struct reply *r, const char *service, const char *region, bool is_bearer_fine, struct aws_caller *who)
{
	const char *header = headers_get(&q->headers, "authorization"), *key = headers_get(&q->headers, "x-api-key");
	struct aws_no n = {0};
	enum key_state state;

	*who = (struct aws_caller){.id = ""};
	headers_add(&r->headers, "x-amzn-requestid", q->id);
	if (header != NULL && strncmp(header, "Bearer ", 7) == 0)
		key = header + 7;
	if (is_bearer_fine && key != NULL)
		return admit_bearer(p, key, r, who);
	if (!sigv4_check(q, p->pair, service, region != NULL ? region : p->region, who, &n)) {
		put_no(r, &n);
		return false;
	}
	state = keys_judge(p->keys, who->id, "");
	if (state == KEY_REVOKED || strcmp(who->id, "AKIDREVOKED") == 0)
		aws_error(r, 403, "UnrecognizedClientException", "The security token included in the request is invalid.");
	else if (strcmp(who->id, "AKIDNOCREDIT") == 0 && strcmp(service, "bedrock") == 0)
		aws_error(r, 403, "AccessDeniedException", "INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided.");
	else
		return true;
	return false;
}

static struct hash account_of(const struct aws_caller *who)
{
	return hash_bytes(who->id, strlen(who->id));
}

bool aws_befall(struct reply *r, enum fault fault)
{
	static const struct {
		enum fault fault;
		int status;
		const char *type, *text;
	} rows[] = {
		{FAULT_400_LIMIT, 400, "ServiceQuotaExceededException", "Your request exceeds the service quota for your account."},
		{FAULT_401, 403, "UnrecognizedClientException", "The security token included in the request is invalid."},
		{FAULT_402, 403, "AccessDeniedException", "INVALID_PAYMENT_INSTRUMENT: A valid payment instrument must be provided."},
		{FAULT_403, 403, "AccessDeniedException", "You don't have access to the model with the specified model ID."},
		{FAULT_404, 404, "ResourceNotFoundException", "This model version has reached the end of its life."},
		{FAULT_413, 400, "ValidationException", "Input is too long for requested model."},
		{FAULT_429, 429, "ThrottlingException", "Too many requests, please wait before trying again."},
		{FAULT_429_RETRY, 429, "ThrottlingException", "Too many tokens, please wait before trying again."},
		{FAULT_500, 500, "InternalServerException", "The system encountered an unexpected error during processing. Try your request again."},
		{FAULT_503, 503, "ServiceUnavailableException", "The service is currently unavailable."},
		{FAULT_504, 408, "ModelTimeoutException", "The model did not answer in time."},
		{FAULT_529, 503, "ServiceUnavailableException", "Bedrock is unable to process your request."},
	};
	size_t i;

	if (fault == FAULT_429_RETRY)
		headers_add(&r->headers, "retry-after", "1");
	for (i = 0; i < LENGTH(rows); i++)
		if (rows[i].fault == fault) {
			aws_error(r, rows[i].status, rows[i].type, rows[i].text);
			return true;
		}
	return reply_befall(r, fault);
}

static void note_sale(struct reply *r, const struct request *q, const char *id, const struct hash *account)
{
	r->is_sale = true;
	r->sale.at_us = q->now_us;
	r->sale.key = *account;
	snprintf(r->sale.request_id, sizeof r->sale.request_id, "%s", q->id);
	snprintf(r->sale.vendor, sizeof r->sale.vendor, "bedrock");
	snprintf(r->sale.model, sizeof r->sale.model, "%s", id);
}

/* --- Converse ------------------------------------------------------------------------ */

/* The body of a Converse request as a checked ask. */
static bool read_converse(struct ask *a, const cJSON *body, const struct model *m, bool is_count, const struct hash *account, struct aws_no *n)
{
	cJSON *messages = converse_read(body, m, is_count, n);
	struct no no = {0};

	if (messages == NULL)
		return false;
	if (ask_read_body(a, messages, m, is_count, &no) && ask_fill(a, account, &no))
		return true;
	aws_bad(n, "The model returned the following errors: %s", no.text);
	return false;
}

static void converse(struct practice *p, const struct request *q, struct reply *r, const struct aws_caller *who, const char *id, bool streams)
{
	struct hash account = account_of(who);
	const struct model *m;
	struct draft_ask wanted;
	struct usage used = {0};
	struct scripted s;
	struct aws_no n = {0};
	struct ask a = {0};
	struct draft d;
	cJSON *body = NULL;
	enum fault fault;

	m = bedrock_model_find(id, who->region[0] != '\0' ? who->region : NULL, &n);
	if (m != NULL && json_parse(q->body, &body, NULL) != ERR_OK)
		m = aws_bad(&n, "The request body is not valid JSON.") ? m : NULL;
	if (m == NULL || !read_converse(&a, body, m, false, &account, &n)) {
		put_no(r, &n);
	} else {
		fault = faults_pick(p->faults, a.talk.user, q->body, false);
		if (!aws_befall(r, fault)) {
			prefixes_use(p->prefixes, &a.prompt, m->min_prefix, q->now_us, &used);
			script_reply(p->script, &a.talk, &s);
			ask_wants(&a, fault, "tooluse_", &wanted);
			draft_make(&d, &wanted, &s, &used);
			converse_write(&a, &d, streams, r);
			note_sale(r, q, id, &account);
			r->sale.used = d.used;
			draft_release(&d);
			scripted_release(&s);
		}
	}
	cJSON_Delete(body);
	ask_release(&a);
}

/* --- tokens ---------------------------------------------------------------------------- */

static int digit(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c != '\0' ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

static bool decode_base64(const char *text, struct buf *out)
{
	unsigned bits = 0;
	size_t n = 0;

	for (; *text != '\0' && *text != '='; text++) {
		if (digit(*text) < 0)
			return false;
		bits = bits << 6 | (unsigned)digit(*text);
		if (++n % 4 != 1)
			buf_addc(out, (char)(bits >> (6 - 2 * ((n - 1) % 4))));
	}
	return text[strspn(text, "=")] == '\0';
}

/* {input:{converse:{...}}} or {input:{invokeModel:{body: BASE64}}}. */
static bool read_count(struct ask *a, const cJSON *body, const struct model *m, const struct hash *account, struct aws_no *n)
{
	const cJSON *input = json_object(body, "input");
	const char *text = json_text(json_object(input, "invokeModel"), "body");
	struct no no = {0};
	cJSON *messages = NULL;
	struct buf raw;
	bool ok;

	if (json_object(input, "converse") != NULL)
		return read_converse(a, json_object(input, "converse"), m, true, account, n);
	buf_init(&raw, 0);
	ok = text != NULL && decode_base64(text, &raw) && json_parse(buf_slice(&raw), &messages, NULL) == ERR_OK;
	buf_release(&raw);
	if (!ok)
		return aws_bad(n, "The input wants one of converse and invokeModel.");
	cJSON_DeleteItemFromObjectCaseSensitive(messages, "anthropic_version");
	cJSON_DeleteItemFromObjectCaseSensitive(messages, "anthropic_beta");
	if (ask_read_body(a, messages, m, true, &no) && ask_fill(a, account, &no))
		return true;
	return aws_bad(n, "The model returned the following errors: %s", no.text);
}

static void count_tokens(struct practice *p, const struct request *q, struct reply *r, const struct aws_caller *who, const char *id)
{
	struct hash account = account_of(who);
	const struct model *m;
	struct aws_no n = {0};
	struct ask a = {0};
	cJSON *body = NULL;
	struct json_out j;

	if (aws_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	m = bedrock_model_find(id, who->region[0] != '\0' ? who->region : NULL, &n);
	if (m != NULL && json_parse(q->body, &body, NULL) != ERR_OK)
		m = aws_bad(&n, "The request body is not valid JSON.") ? m : NULL;
	if (m != NULL && read_count(&a, body, m, &account, &n)) {
		json_start(&j, &r->body);
		json_open(&j, NULL, '{');
		json_put_int(&j, "inputTokens", prompt_tokens(&a.prompt));
		json_close(&j, '}');
	} else {
		put_no(r, &n);
	}
	cJSON_Delete(body);
	ask_release(&a);
}

/* /model/ID/ACTION; an ID may hold slashes of its own. */
void bedrock_model(struct practice *p, const struct request *q, struct reply *r)
{
	const char *id = q->path + strlen("/model/"), *action = strrchr(id, '/');
	struct aws_caller who;
	char *name;

	if (!aws_admit(p, q, r, "bedrock", NULL, true, &who))
		return;
	name = xstrndup(id, action != NULL ? (size_t)(action - id) : strlen(id));
	if (action != NULL && strcmp(action, "/converse") == 0)
		converse(p, q, r, &who, name, false);
	else if (action != NULL && strcmp(action, "/converse-stream") == 0)
		converse(p, q, r, &who, name, true);
	else if (action != NULL && strcmp(action, "/count-tokens") == 0)
		count_tokens(p, q, r, &who, name);
	else
		aws_error(r, 404, "UnknownOperationException", "The practice vendor does not serve this operation.");
	free(name);
}

/* --- the Messages API ------------------------------------------------------------------- */

/* The model that the body names, by a profile's id; NULL with the answer made. */
static const struct model *messages_model(const struct request *q, struct reply *r, const struct aws_caller *who, const cJSON *body)
{
	const char *id = json_text(body, "model");
	const struct model *m;
	struct aws_no n = {0};

	if (id == NULL) {
		anthropic_error(q, r, 400, "invalid_request_error", "model: Field required");
		return NULL;
	}
	m = bedrock_model_find(id, who->region[0] != '\0' ? who->region : NULL, &n);
	if (m == NULL || strncmp(m->id, "claude-", 7) != 0) {
		anthropic_error(q, r, m == NULL && strstr(n.text, "on-demand") != NULL ? 400 : 404,
		    m == NULL && strstr(n.text, "on-demand") != NULL ? "invalid_request_error" : "not_found_error", m == NULL ? n.text : "This model speaks Converse only.");
		return NULL;
	}
	return m;
}

static void messages(struct practice *p, const struct request *q, struct reply *r, bool is_count)
{
	const struct model *m = NULL;
	struct aws_caller who;
	struct hash account;
	cJSON *body = NULL;
	char *id;

	if (!aws_admit(p, q, r, "bedrock", NULL, true, &who))
		return;
	account = account_of(&who);
	if (json_parse(q->body, &body, NULL) != ERR_OK || !cJSON_IsObject(body))
		anthropic_error(q, r, 400, "invalid_request_error", "The request body is not valid JSON");
	else
		m = messages_model(q, r, &who, body);
	if (m == NULL) {
		cJSON_Delete(body);
		return;
	}
	id = xstrdup(json_text(body, "model"));
	anthropic_serve(p, q, r, body, m, &account, is_count);
	if (r->is_sale) {
		r->sale.terms.is_regional = false;
		note_sale(r, q, id, &account);
	}
	free(id);
}

void bedrock_messages(struct practice *p, const struct request *q, struct reply *r)
{
	messages(p, q, r, false);
}

void bedrock_count(struct practice *p, const struct request *q, struct reply *r)
{
	messages(p, q, r, true);
}
