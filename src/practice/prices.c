/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/prices.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"

#define PICO_PER_DOLLAR INT64_C(1000000000000)

/* Dollars a million tokens, as the vendor publishes them (2026-11-23). */
struct card {
	const char *input, *output, *read, *write_5m, *write_1h;
};
struct listed {
	const char *model;
	struct card card;
	int64_t step;		/* prompt tokens above which the other card holds for the whole request; 0 is none */
	struct card above;
};
static const struct listed list[];

bool rate_parse(const char *text, int64_t *rate)
{
	int64_t n = 0;
	int decimals = -1, dropped = 0;	/* dropped: 0 nothing, 1 below half, 2 half, 3 above half */

	if (*text < '0' || *text > '9')
		return false;
	for (; *text != '\0'; text++) {
		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9')
			return false;
		if (decimals >= 6) {
			if (decimals == 6)
				dropped = *text > '5' ? 3 : *text == '5' ? 2 : *text > '0' ? 1 : 0;
			else if (*text > '0' && (dropped == 0 || dropped == 2))
				dropped++;
			decimals++;
			continue;
		}
		if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *text - '0', &n))
			return false;
		if (decimals >= 0)
			decimals++;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 6; i++)
		if (__builtin_mul_overflow(n, 10, &n))
			return false;
	if (dropped == 3 || (dropped == 2 && n % 2 != 0))
		n++;
	*rate = n;
	return decimals != 0;
}

int64_t rate_scale(int64_t rate, int64_t num, int64_t den)
{
	__int128 whole = (__int128)rate * num, q = whole / den, twice = 2 * (whole % den);

	if (twice > den || (twice == den && q % 2 != 0))
		q++;
	return (int64_t)q;
}

static const struct listed *find(const char *model)
{
	size_t i;

	for (i = 0; list[i].model != NULL; i++)
		if (strcmp(list[i].model, model) == 0)
			return &list[i];
	return NULL;
}

static bool add_line(int64_t *sum, int64_t tokens, const char *text, bool us_only)
{
	int64_t rate, line;

	if (tokens == 0)
		return true;
	if (!rate_parse(text, &rate))
		return false;
	if (us_only)
		rate = rate_scale(rate, 11, 10);
	return !__builtin_mul_overflow(rate, tokens, &line) && !__builtin_add_overflow(*sum, line, sum);
}

bool price_call(const char *model, const struct usage *u, bool us_only, int64_t *pico)
{
	const struct listed *l = find(model);
	const struct card *c;
	int64_t sum = 0;

	*pico = 0;
	if (l == NULL)
		return false;
	c = l->step > 0 && u->input + u->cache_read + u->write_5m + u->write_1h > l->step ? &l->above : &l->card;
	if (!add_line(&sum, u->input, c->input, us_only) || !add_line(&sum, u->cache_read, c->read, us_only) ||
	    !add_line(&sum, u->write_5m, c->write_5m, us_only) || !add_line(&sum, u->write_1h, c->write_1h, us_only) ||
	    !add_line(&sum, u->output, c->output, us_only))
		return false;
	*pico = sum;
	return true;
}

void money_text(int64_t pico, char out[MONEY_TEXT])
{
	uint64_t n = pico < 0 ? -(uint64_t)pico : (uint64_t)pico;
	size_t len;

	snprintf(out, MONEY_TEXT, "%s%" PRIu64 ".%012" PRIu64, pico < 0 ? "-" : "", n / (uint64_t)PICO_PER_DOLLAR, n % (uint64_t)PICO_PER_DOLLAR);
	for (len = strlen(out); out[len - 1] == '0'; len--)
		out[len - 1] = '\0';
	if (out[len - 1] == '.')
		out[len - 1] = '\0';
}

#define FABLE_5_2 {"8", "40", "0.2", "10", "16"}
#define FABLE_5_1 {"10", "50", "0.25", "12.5", "20"}
#define FABLE_5 {"10", "50", "1", "12.5", "20"}
#define OPUS_4_5_AND_LATER {"5", "25", "0.5", "6.25", "10"}
#define SONNET_4 {"3", "15", "0.3", "3.75", "6"}

static const struct listed list[] = {
	{.model = "claude-fable-5-2", .card = FABLE_5_2},
	{.model = "claude-mythos-5-2", .card = FABLE_5_2},
	{.model = "claude-fable-5-1", .card = FABLE_5_1},
	{.model = "claude-mythos-5-1", .card = FABLE_5_1},
	{.model = "claude-fable-5", .card = FABLE_5},
	{.model = "claude-mythos-5", .card = FABLE_5},
	{.model = "claude-opus-5-5", .card = {"4", "20", "0.2", "5", "8"}},
	{.model = "claude-opus-5", .card = OPUS_4_5_AND_LATER},
	{.model = "claude-opus-4-8", .card = OPUS_4_5_AND_LATER},
	{.model = "claude-opus-4-7", .card = OPUS_4_5_AND_LATER},
	{.model = "claude-opus-4-6", .card = OPUS_4_5_AND_LATER},
	{.model = "claude-opus-4-5", .card = OPUS_4_5_AND_LATER},
	{.model = "claude-sonnet-5-5", .card = {"2", "10", "0.1", "2.5", "4"}},
	{.model = "claude-sonnet-5", .card = {"2", "10", "0.2", "2.5", "4"}},
	{.model = "claude-sonnet-4-6", .card = SONNET_4},
	{.model = "claude-sonnet-4-5", .card = SONNET_4},
	{.model = "claude-haiku-5-5", .card = {"0.1", "0.5", "0.01", "0.125", "0.2"}, .step = 100000, .above = {"0.5", "2.5", "0.05", "0.625", "1"}},
	{.model = "claude-haiku-4-5", .card = {"1", "5", "0.1", "1.25", "2"}},
	{.model = NULL},
};
