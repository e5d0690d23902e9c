/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person pastes as a grant, and what a token server answers: what is taken makes
 * a request, fits a header line, and is the same when it is read again. The first byte says which. */
#include "fuzz/fuzz.h"

#include <stdio.h>

#include "base/memory.h"
#include "vault/grant.h"
#include "vault/vault.h"
#include "wire/request.h"

#define GRANT "{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"r\"}"

static bool is_plain(const struct secret *s)
{
	size_t i;

	for (i = 0; i < s->len; i++)
		if (s->p[i] < ' ' || s->p[i] > '~' || s->p[i] == '"' || s->p[i] == '\\')
			return false;
	return s->len > 0;
}

static void make_request(const struct secret *grant)
{
	struct wire_request r = {.broken = false};
	struct header h;

	if (grant_request(slice_make(grant->p, grant->len), &r, &h, NULL) != ERR_OK || !wire_request_is_sound(&r) || h.body == NULL)
		abort();
	header_release(&h);
	wire_request_release(&r);
}

static void give(struct slice text)
{
	struct secret *given = secret_new(SECRET_MAX), *out, *again;

	if (given == NULL || secret_set(given, text.p, text.len) != 0)
		abort();
	if (grant_canonical(given, &out, NULL) == ERR_OK) {
		make_request(out);
		if (grant_canonical(out, &again, NULL) != ERR_OK || again->len != out->len)
			abort();
		secret_free(again);
		secret_free(out);
	}
	secret_free(given);
}

static void answer(int status, struct slice body)
{
	struct grant_answer a;
	enum err_code rc = grant_answer(slice_of(GRANT), status, body, &a, NULL);

	if (rc == ERR_OK && (status != 200 || !is_plain(a.access) || a.lives_s < 1 || a.lives_s > 86400))
		abort();
	if (rc == ERR_OK && a.grant != NULL)
		make_request(a.grant);
	grant_answer_release(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool is_ready;
	char *copy;

	if (!is_ready && memory_secure_init(NULL) != ERR_OK)
		exit(77);
	is_ready = true;
	if (size < 2 || size > SECRET_MAX)
		return 0;
	copy = xmalloc(size - 1);	/* of its own, so that a read behind its end is seen */
	memcpy(copy, data + 1, size - 1);
	if (data[0] == 'g')
		give(slice_make(copy, size - 1));
	else
		answer(data[0] == 'r' ? 400 : 200, slice_make(copy, size - 1));
	free(copy);
	return 0;
}
