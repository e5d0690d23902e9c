/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anthropic names its headers KIND-FIELD and gives a time (RFC 3339) of reset;
 * OpenAI names them FIELD-KIND and gives a duration ("6m0s"). */
#include <stdio.h>
#include <string.h>

#include "vendor/pace.h"

static bool read_count(struct slice s, int64_t *out)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > INT64_MAX / 10 - 9)
			return false;
		n = n * 10 + (s.p[i] - '0');
	}
	*out = n;
	return s.len > 0;
}

static void read_all(const char *format, const char *const kinds[VENDOR_LIMITS], bool kind_first, const struct wire_answer_header *h, size_t count,
    int64_t now_us, struct vendor_limit out[VENDOR_LIMITS])
{
	static const char *const fields[] = {"limit", "remaining", "reset"};
	int kind, f;

	memset(out, 0, sizeof *out * VENDOR_LIMITS);
	for (kind = 0; kind < VENDOR_LIMITS; kind++) {
		struct slice value[3];
		int64_t wait;

		if (kinds[kind] == NULL)
			continue;
		for (f = 0; f < 3; f++) {
			char name[64];

			snprintf(name, sizeof name, "%s%s-%s", format, kind_first ? kinds[kind] : fields[f], kind_first ? fields[f] : kinds[kind]);
			value[f] = wire_answer_get(h, count, name);
		}
		(void)read_count(value[0], &out[kind].limit);
		out[kind].is_said = read_count(value[1], &out[kind].remaining);
		if (wire_duration_parse(value[2], &wait) || wire_reset_parse(value[2], now_us, &wait))
			out[kind].reset_us = wait;
	}
}

void limits_anthropic(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS])
{
	static const char *const kinds[VENDOR_LIMITS] = {"requests", "tokens", "input-tokens", "output-tokens"};

	read_all("anthropic-ratelimit-", kinds, true, h, count, now_us, out);
}

void limits_openai(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS])
{
	static const char *const kinds[VENDOR_LIMITS] = {"requests", "tokens", NULL, NULL};

	read_all("x-ratelimit-", kinds, false, h, count, now_us, out);
}

void limits_none(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS])
{
	(void)h, (void)count, (void)now_us;
	memset(out, 0, sizeof *out * VENDOR_LIMITS);
}
