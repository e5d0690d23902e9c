/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way of a reply: bytes, decoder, reply, prompt, and out again. */
#include "fuzz/fuzz.h"

#include "base/json.h"
#include "vendor/transcript.h"

static void run_stream(const struct slice *cut, size_t count, struct buf *out)
{
	transcript_run(vendor_find("anthropic"), true, cut, count, out);
}

static void run_body(const struct slice *cut, size_t count, struct buf *out)
{
	transcript_run(vendor_find("anthropic"), false, cut, count, out);
}

static enum err_code take(void *user, const struct reply_event *ev)
{
	return reply_take(user, ev, NULL);
}

/* What was understood can be sent back as JSON that passes the gate. */
static void send_back(const uint8_t *data, size_t size)
{
	static const struct vendor_place base = {.url = {.host = "example.com", .port = 443}};
	static const struct model_rules none = {.tokens_permille = 1000};
	const struct vendor *v = vendor_find("anthropic");
	struct wire_request request;
	struct decoder *d;
	struct prompt p;
	struct reply r;

	reply_init(&r);
	d = v->decoder_new(&(struct vendor_asked){.model = "asked", .is_stream = true}, take, &r);
	if (v->feed(d, data, size, NULL) == ERR_OK)
		(void)!v->end(d, NULL);
	prompt_init(&p, r.model, 10);
	reply_to_prompt(&r, &p);
	if (v->encode(&base, &p, &none, true, &request, NULL) == ERR_OK && json_gate(buf_slice(&request.body), NULL) != ERR_OK)
		abort();
	wire_request_release(&request);
	prompt_release(&p);
	reply_release(&r);
	v->decoder_free(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_same(run_stream, data, size);
	fuzz_same(run_body, data, size);
	if (size > 1)
		send_back(data + 1, size - 1);
	return 0;
}
