/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz/fuzz.h"

#include "wire/jsonrpc.h"

static enum err_code note(void *user, const struct jsonrpc_message *m)
{
	struct buf *out = user;

	buf_addf(out, "%d %s ", m->kind, m->method);
	buf_add_slice(out, m->whole);
	buf_addc(out, '\n');
	return ERR_OK;
}

static void run(const struct slice *cut, size_t count, struct buf *out)
{
	struct jsonrpc *p = jsonrpc_new(1024, note, out);
	enum err_code code = ERR_OK;
	size_t i;

	for (i = 0; i < count && code == ERR_OK; i++)
		code = jsonrpc_feed(p, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = jsonrpc_end(p, NULL);
	buf_adds(out, err_name(code));
	jsonrpc_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_same(run, data, size);
	return 0;
}
