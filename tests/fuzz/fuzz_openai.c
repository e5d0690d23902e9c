/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenAI's Responses, streamed and whole. */
#include "fuzz/fuzz.h"

#include "vendor/transcript.h"

static void run_stream(const struct slice *cut, size_t count, struct buf *out)
{
	transcript_run(vendor_find_api("openai", "responses"), true, cut, count, out);
}

static void run_body(const struct slice *cut, size_t count, struct buf *out)
{
	transcript_run(vendor_find_api("openai", "responses"), false, cut, count, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_same(run_stream, data, size);
	fuzz_same(run_body, data, size);
	return 0;
}
