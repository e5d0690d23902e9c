/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/prices.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "practice/bedrock_id.h"

#define PICO_PER_DOLLAR INT64_C(1000000000000)

int64_t usage_bucket(const struct usage *u, enum bucket b)
{
	const int64_t n[BUCKETS] = {u->input, u->cache_read, u->write_5m, u->write_1h, u->write_30m, u->write_12h, u->output};

	return n[b];
}

int64_t usage_prompt(const struct usage *u)
{
	return u->input + u->cache_read + u->write_5m + u->write_1h + u->write_30m + u->write_12h;
}

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

static const struct listed *find(const char *vendor, const char *model)
{
	size_t i;

	for (i = 0; price_list[i].model != NULL; i++)
		if (strcmp(price_list[i].vendor, vendor) == 0 && strcmp(price_list[i].model, model) == 0)
			return &price_list[i];
	return NULL;
}

/* Claude costs on Bedrock what it costs at Anthropic, and a tenth more in a
 * region from the 4.5 generation on; all else is listed under Bedrock's name. */
static const struct listed *find_bedrock(const char *id, bool *is_dearer)
{
	struct bedrock_id b;

	if (!bedrock_id_read(id, &b))
		return NULL;
	*is_dearer = b.is_regional && (b.is_claude || strcmp(b.model, "nova-2-lite") == 0);
	return b.is_claude ? find("anthropic", b.model) : find("bedrock", b.model);
}

static const char *rate_text(const struct listed *l, bool is_above, enum bucket b)
{
	return is_above && l->above.rate[BUCKET_INPUT] != NULL ? l->above.rate[b] : l->card.rate[b];
}

static bool rate_of(const struct listed *l, const struct terms *t, bool is_above, enum bucket b, int64_t *rate)
{
	const char *text = rate_text(l, is_above, b);

	if (text == NULL || !rate_parse(text, rate))
		return false;
	if (is_above && l->above.rate[BUCKET_INPUT] == NULL)
		*rate = b == BUCKET_OUTPUT ? rate_scale(*rate, 3, 2) : *rate * 2;
	if (t->service == SERVICE_FLEX)
		*rate = rate_scale(*rate, 1, 2);
	else if (t->service == SERVICE_PRIORITY)
		*rate = l->priority_num > 0 ? rate_scale(*rate, l->priority_num, l->priority_den) : *rate * 2;
	if (t->is_regional)
		*rate = rate_scale(*rate, 11, 10);
	return true;
}

bool price_lines(const char *vendor, const char *model, const struct usage *u, const struct terms *t, int64_t line[BUCKETS], int64_t *pico)
{
	struct terms terms = *t;
	bool is_bedrock = strcmp(vendor, "bedrock") == 0;
	const struct listed *l = is_bedrock ? find_bedrock(model, &terms.is_regional) : find(vendor, model);
	int64_t sum = 0, rate, n;
	bool is_above;

	*pico = 0;
	memset(line, 0, BUCKETS * sizeof *line);
	if (l == NULL || (t->service != SERVICE_DEFAULT && !(l->offers & 1U << t->service)))
		return false;
	is_above = l->step > 0 && usage_prompt(u) > l->step;
	if (is_above && t->service == SERVICE_PRIORITY && !l->priority_above)
		return false;
	for (enum bucket b = 0; b < BUCKETS; b++) {
		n = usage_bucket(u, b);
		if (n == 0)
			continue;
		if (!rate_of(l, &terms, is_above, b, &rate) || __builtin_mul_overflow(rate, n, &line[b]) || __builtin_add_overflow(sum, line[b], &sum))
			return false;
	}
	*pico = sum;
	return true;
}

bool price_call(const char *vendor, const char *model, const struct usage *u, const struct terms *t, int64_t *pico)
{
	int64_t line[BUCKETS];

	return price_lines(vendor, model, u, t, line, pico);
}

bool price_offers(const char *model, enum service service)
{
	const struct listed *l = find("openai", model);

	return l != NULL && (service == SERVICE_DEFAULT || (l->offers & 1U << service) != 0);
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
