/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vendor/vendor.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "vendor/anthropic.h"
#include "vendor/bedrock.h"
#include "vendor/openai.h"

static const struct vendor *const vendors[] = {&anthropic_vendor, &openai_responses, &openai_chat, &bedrock_converse, &bedrock_messages};	/* the usual API of each first */

const struct vendor *vendor_at(size_t i)
{
	return i < LENGTH(vendors) ? vendors[i] : NULL;
}

const struct vendor *vendor_find_api(const char *name, const char *api)
{
	size_t i;

	for (i = 0; i < LENGTH(vendors); i++)
		if (strcmp(vendors[i]->name, name) == 0 && (api == NULL || *api == '\0' || strcmp(vendors[i]->api, api) == 0))
			return vendors[i];
	return NULL;
}

const struct vendor *vendor_find(const char *name)
{
	return vendor_find_api(name, NULL);
}

/* --- where calls go ------------------------------------------------------- */

static bool is_region(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n < WIRE_REGION && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && s[0] != '-' && s[n - 1] != '-';
}

enum err_code vendor_base_url(const struct vendor *v, const char *region, struct buf *out, struct err *e)
{
	const char *hole = strstr(v->base_url, "{region}");

	if (region == NULL || *region == '\0')
		region = v->region;
	if (hole == NULL) {
		buf_adds(out, v->base_url);
		return ERR_OK;
	}
	if (!is_region(region)) {
		err_set(e, ERR_USAGE, "that is no region");
		return err_mend(e, ERR_USAGE, "name one like us-east-1");
	}
	buf_add(out, v->base_url, (size_t)(hole - v->base_url));
	buf_adds(out, region);
	buf_adds(out, hole + strlen("{region}"));
	return ERR_OK;
}

/* "bedrock-runtime.eu-west-1.amazonaws.com": the second label. */
static bool region_of_host(const char *host, char out[WIRE_REGION])
{
	const char *from = strchr(host, '.'), *to = from != NULL ? strchr(from + 1, '.') : NULL;

	if (strncmp(host, "bedrock", 7) != 0 || to == NULL || (size_t)(to - from) > WIRE_REGION ||
	    (strcmp(to, ".amazonaws.com") != 0 && strcmp(to, ".api.aws") != 0))
		return false;
	memcpy(out, from + 1, (size_t)(to - from) - 1);
	out[to - from - 1] = '\0';
	return is_region(out);
}

/* "eu.api.openai.com" for "api.openai.com": one label more. */
static bool is_regional_host(const char *host, const char *home)
{
	size_t n = strlen(host), h = strlen(home);
	char label[WIRE_REGION];

	if (n < h + 2 || n - h - 1 >= sizeof label || host[n - h - 1] != '.' || strcmp(host + n - h, home) != 0)
		return false;
	memcpy(label, host, n - h - 1);
	label[n - h - 1] = '\0';
	return is_region(label);
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n > t && strcmp(s + n - t, tail) == 0;
}

static bool is_azure_host(const char *host)
{
	return ends_with(host, ".openai.azure.com") || ends_with(host, ".cognitiveservices.azure.com") || ends_with(host, ".services.ai.azure.com");
}

static void know_host(const struct vendor *v, const char *home, struct vendor_place *out)
{
	out->key_header = v->key_header;
	out->is_home = strcmp(out->url.host, home) == 0;
	if (v->has_regional_hosts && is_regional_host(out->url.host, home)) {
		out->is_home = true;
		out->billed = REGION_LOCAL;
	}
	if (v->has_azure && is_azure_host(out->url.host)) {
		out->is_azure = true;
		out->key_header = KEY_API_KEY;
	}
}

enum err_code vendor_place_make(const struct vendor *v, const char *base_url, const char *region, struct vendor_place *out, struct err *e)
{
	bool has_region = region != NULL && *region != '\0';
	struct wire_url home;
	struct buf usual;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	buf_init(&usual, WIRE_HOST + WIRE_PREFIX);
	if (v->region[0] != '\0' && has_region && !is_region(region)) {
		err_set(e, ERR_USAGE, "that is no region");
		return err_mend(e, ERR_USAGE, "name one like us-east-1");
	}
	if (v->region[0] != '\0')
		snprintf(out->region, sizeof out->region, "%s", has_region ? region : v->region);
	rc = vendor_base_url(v, out->region, &usual, e);
	if (rc == ERR_OK)
		rc = wire_url_parse(base_url != NULL && *base_url != '\0' ? base_url : buf_text(&usual), &out->url, e);
	if (rc == ERR_OK && v->region[0] != '\0' && !has_region && !region_of_host(out->url.host, out->region))
		snprintf(out->region, sizeof out->region, "%s", v->region);
	if (rc == ERR_OK && wire_url_parse(buf_text(&usual), &home, NULL) == ERR_OK)
		know_host(v, home.host, out);
	buf_release(&usual);
	if (rc != ERR_OK)
		memset(out, 0, sizeof *out);
	return rc;
}

void vendor_classify(const struct vendor *v, int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out)
{
	v->classify(status, headers, header_count, body, now_us, out);
	if (status < 300 || status > 399)
		return;
	out->meaning = TROUBLE_BROKEN;
	out->is_retryable = false;
	snprintf(out->sentence, sizeof out->sentence, "what answered wants the request sent elsewhere (a redirect): a key is never sent on");
	snprintf(out->mend, sizeof out->mend, "check the base URL");
}

/* Compatible servers make ids such as "functions.read:0", which Anthropic and AWS refuse. */
const char *vendor_call_id(const char *id, char out[VENDOR_CALL_ID])
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
	char hex[HASH_HEX];
	struct hash h;
	size_t n;

	id = id != NULL ? id : "";
	n = strlen(id);
	if (n > 0 && n < VENDOR_CALL_ID && strspn(id, ok) == n) {
		memcpy(out, id, n + 1);
		return out;
	}
	h = hash_slice(slice_of(id));
	hash_to_hex(&h, hex);
	snprintf(out, VENDOR_CALL_ID, "call_%.32s", hex);
	return out;
}

void vendor_token(struct slice text, char *out, size_t room)
{
	size_t i, n = 0;

	for (i = 0; i < text.len && n + 1 < room; i++)
		if (text.p[i] > 0x20 && text.p[i] < 0x7F)
			out[n++] = text.p[i];
	out[n] = '\0';
}

static bool is_key_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("-_+/=*", c) != NULL);
}

/* How a vendor's keys begin; or long, with capitals, small letters and digits: no
 * word of a sentence, no name of a model. */
static bool looks_secret(const char *p, size_t n)
{
	static const char *const starts[] = {"sk-", "sk_", "ABSK", "bedrock-api-key-", "AKIA", "ASIA"};
	bool upper = false, lower = false, digit = false;
	size_t i;

	for (i = 0; i < LENGTH(starts); i++)
		if (n > strlen(starts[i]) && strncmp(p, starts[i], strlen(starts[i])) == 0)
			return true;
	for (i = 0; i < n; i++) {
		upper |= p[i] >= 'A' && p[i] <= 'Z';
		lower |= p[i] >= 'a' && p[i] <= 'z';
		digit |= p[i] >= '0' && p[i] <= '9';
	}
	return n >= 24 && (upper + lower + digit == 3 || n >= 40);
}

void vendor_words(const char *said, char *out, size_t room)
{
	const char *p = said != NULL ? said : "";
	size_t n = 0;

	while (*p != '\0' && n + 6 < room) {
		size_t len = 0;

		while (is_key_byte(p[len]))
			len++;
		if (len > 0 && looks_secret(p, len)) {
			memcpy(out + n, "[key]", 5);
			n += 5;
			p += len;
			continue;
		}
		for (len += len == 0; len > 0 && n + 1 < room; len--, p++)
			out[n++] = *p == '\n' || *p == '\r' || *p == '\t' ? ' ' : *p;
	}
	out[n] = '\0';
}

void vendor_own_words(const struct vendor_error *v, char *out, size_t room)
{
	snprintf(out, room, "%s%s%s", v->sentence, v->message[0] != '\0' ? "; in its own words: " : "", v->message);
}

/* --- how many tokens at most ---------------------------------------------- */

/* Tokens that a vendor adds round what we send: the frame of the prompt, of a
 * message, of a part, of a tool, and the text that explains tools to the model. */
#define FRAME_TOKENS 64
#define MESSAGE_TOKENS 32
#define PART_TOKENS 16
#define TOOL_TOKENS 64
#define TOOLS_TOKENS 1024

/* Bytes of text as JSON has it: never fewer than the text's own bytes, and no
 * tokenizer makes more than one token of a byte. */
static int64_t json_bytes(struct slice s)
{
	size_t i;
	int64_t n = (int64_t)s.len;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == 0x7F)
			n += 5;
		else if (c == '"' || c == '\\')
			n++;
		else if (c >= 0x80)
			n += 2;		/* should it be no UTF-8, U+FFFD takes three bytes */
	}
	return n;
}

static int64_t text_bytes(const char *s)
{
	return s != NULL ? json_bytes(slice_of(s)) : 0;
}

static int64_t walk(const struct prompt *p, bool with_frames)
{
	int64_t n = with_frames ? FRAME_TOKENS : 0, part = with_frames ? PART_TOKENS : 0;
	size_t i, k;

	for (i = 0; i < p->system_count; i++)
		n += json_bytes(slice_make(p->system[i].text, p->system[i].len)) + part;
	for (i = 0; i < p->tool_count; i++)
		n += text_bytes(p->tool[i].name) + text_bytes(p->tool[i].description) + text_bytes(p->tool[i].schema) + (with_frames ? TOOL_TOKENS : 0);
	if (p->tool_count > 0 && with_frames)
		n += TOOLS_TOKENS;
	for (i = 0; i < p->message_count; i++) {
		const struct prompt_message *m = &p->message[i];

		n += with_frames ? MESSAGE_TOKENS : 0;
		for (k = 0; k < m->count; k++)
			n += json_bytes(slice_make(m->part[k].bytes, m->part[k].len)) + text_bytes(m->part[k].id) + text_bytes(m->part[k].name) + part;
	}
	return n;
}

int64_t vendor_input_bound(const struct prompt *p)
{
	int64_t n = walk(p, true);

	return n < USAGE_TOKENS_MAX ? n : USAGE_TOKENS_MAX;
}

int64_t vendor_count_bound(int64_t counted_tokens)
{
	int64_t n = counted_tokens < 0 ? 0 : counted_tokens;

	if (n > USAGE_TOKENS_MAX / 2)
		return USAGE_TOKENS_MAX;
	return n + n / 50 + 64;
}

int64_t vendor_input_guess(const struct prompt *p, const struct model_rules *rules)
{
	return walk(p, false) / 4 * rules->tokens_permille / 1000 + 1;
}

void vendor_usage_estimate(const char *model, int64_t input_tokens, int64_t reply_bytes, struct usage_list *out)
{
	struct usage_line line = {.is_estimated = true};

	memset(out, 0, sizeof *out);
	usage_line_set_model(&line, model, strlen(model));
	line.is_estimated = true;
	line.u.n[BUCKET_INPUT] = input_tokens > 0 ? input_tokens : 1;
	line.u.n[BUCKET_OUTPUT] = (reply_bytes + 3) / 4;
	usage_list_add(out, &line);
}

/* --- words ---------------------------------------------------------------- */

const char *trouble_sentence(enum trouble t)
{
	static const char *const sentences[TROUBLES] = {
		[TROUBLE_NONE] = "",
		[TROUBLE_BAD_KEY] = "the vendor does not accept this key",
		[TROUBLE_NO_PERMISSION] = "this key may not use that model or call",
		[TROUBLE_NO_CREDIT] = "the account at the vendor has no credit left",
		[TROUBLE_OWN_LIMIT] = "a spending limit set at the vendor is reached",
		[TROUBLE_SLOW_DOWN] = "the vendor asks to slow down",
		[TROUBLE_OVERLOADED] = "the vendor is overloaded",
		[TROUBLE_TOO_LONG] = "the request is too long for the model",
		[TROUBLE_REFUSED] = "the vendor refused the request for its content",
		[TROUBLE_MODEL_GONE] = "the vendor does not know this model, or not for this account",
		[TROUBLE_INVALID] = "the vendor found the request invalid",
		[TROUBLE_SERVER] = "the vendor's service failed",
		[TROUBLE_CLOCK] = "this computer's clock is too far from the vendor's",
		[TROUBLE_BROKEN] = "the vendor's answer makes no sense",
	};

	return t < TROUBLES ? sentences[t] : "";
}

const char *trouble_mend(enum trouble t)
{
	static const char *const mends[TROUBLES] = {
		[TROUBLE_BAD_KEY] = "put in a new key, or check it in the vendor's console",
		[TROUBLE_NO_PERMISSION] = "give the key that right in the vendor's console, or choose another model",
		[TROUBLE_NO_CREDIT] = "add credit in the vendor's console",
		[TROUBLE_OWN_LIMIT] = "raise the limit in the vendor's console, or wait for its next period",
		[TROUBLE_TOO_LONG] = "give the task less to read",
		[TROUBLE_MODEL_GONE] = "choose another model",
		[TROUBLE_CLOCK] = "set this computer's clock",
	};

	return t < TROUBLES && mends[t] != NULL ? mends[t] : "";
}
