/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vendor/vendor.h"

#include <string.h>

#include "vendor/anthropic.h"

static const struct vendor *const vendors[] = {&anthropic_vendor};

const struct vendor *vendor_at(size_t i)
{
	return i < LENGTH(vendors) ? vendors[i] : NULL;
}

const struct vendor *vendor_find(const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(vendors); i++)
		if (strcmp(vendors[i]->name, name) == 0)
			return vendors[i];
	return NULL;
}

void vendor_token(struct slice text, char *out, size_t room)
{
	size_t i, n = 0;

	for (i = 0; i < text.len && n + 1 < room; i++)
		if (text.p[i] > 0x20 && text.p[i] < 0x7F)
			out[n++] = text.p[i];
	out[n] = '\0';
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
		[TROUBLE_BROKEN] = "the vendor's answer makes no sense",
	};

	return t < TROUBLES ? sentences[t] : "";
}
