/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/call.h"

#define PAGE 512

static bool is_in(const struct ledger_span *span, const struct call *c)
{
	if (c->held_us < span->since_us || (span->until_us > 0 && c->held_us > span->until_us) || (span->task > 0 && c->task != span->task))
		return false;
	return span->all_states || c->state == CALL_SETTLED || c->state == CALL_REFUSED || c->state == CALL_CUT;
}

enum err_code ledger_walk(struct store *s, const struct ledger_span *span, ledger_each *each, void *user, struct err *e)
{
	struct call *page = xcalloc(PAGE, sizeof *page);
	int64_t after = 0, last = INT64_MAX;
	int n = 0;
	enum err_code rc = ERR_OK;

	if (span->since_us > 0 || span->until_us > 0) {
		rc = call_span(s, span->since_us, span->until_us > 0 ? span->until_us : INT64_MAX, &after, &last, e);
		after -= after > 0;	/* the one before the first */
	}
	do {
		if (rc == ERR_OK)
			rc = call_walk(s, after, page, PAGE, &n, e);
		for (int i = 0; rc == ERR_OK && i < n; i++) {
			after = page[i].id;
			if (after > last) {
				n = 0;
				break;
			}
			if (is_in(span, &page[i]))
				rc = each(user, &page[i], e);
		}
	} while (rc == ERR_OK && n == PAGE);
	free(page);
	return rc;
}

void ledger_usage(const struct call *c, const char *model, struct usage_list *out)
{
	const struct call_tokens *t = &c->tokens;
	struct usage_line line = {.tier = SERVICE_STANDARD, .region = REGION_GLOBAL, .u = {{
		[BUCKET_INPUT] = t->input, [BUCKET_CACHE_READ] = t->cache_read, [BUCKET_WRITE_5M] = t->write_5m, [BUCKET_WRITE_30M] = t->write_30m,
		[BUCKET_WRITE_1H] = t->write_1h, [BUCKET_WRITE_12H] = t->write_12h, [BUCKET_OUTPUT] = t->output, [BUCKET_WEB_SEARCH] = t->tool_uses,
	}}};

	(void)service_tier_from_name(c->service_tier, &line.tier);
	if (strcmp(c->region_class, region_class_names[REGION_LOCAL]) == 0)
		line.region = REGION_LOCAL;
	usage_line_set_model(&line, model, strlen(model));
	*out = (struct usage_list){.count = 0};
	usage_list_add(out, &line);
}

void ledger_price(const struct book *b, const struct call *c, int64_t month_pd, struct quote *out)
{
	struct usage_list list;

	ledger_usage(c, c->model, &list);
	price_usage(b, c->vendor, &list, (struct price_time){c->held_us, month_pd}, out);
}

int64_t ledger_tokens(const struct call *c)
{
	const struct call_tokens *t = &c->tokens;

	return t->input + t->cache_read + t->write_5m + t->write_30m + t->write_1h + t->write_12h + t->output;
}
