/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Binary event streams. */
#include "fuzz/fuzz.h"

#include "base/json.h"
#include "wire/evs.h"

static enum err_code note(void *user, const struct evs_message *m)
{
	size_t i;

	for (i = 0; i < m->header_count; i++) {
		json_quote(user, m->header[i].name);
		json_quote(user, m->header[i].bytes);
		buf_addf(user, "%lld ", (long long)m->header[i].number);
	}
	json_quote(user, m->payload);
	return ERR_OK;
}

static void run(const struct slice *cut, size_t count, struct buf *out)
{
	struct evs *p = evs_new(1 << 16, note, out);
	enum err_code code = ERR_OK;
	size_t i;

	for (i = 0; i < count && code == ERR_OK; i++)
		code = evs_feed(p, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = evs_end(p, NULL);
	buf_addf(out, "%d", (int)code);
	evs_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_same(run, data, size);
	return 0;
}
