/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `spend` and `meter` for people: rows by something, their total, and what the pace comes to. */
#include "cli/private.h"

#include <stdlib.h>

#include "base/memory.h"
#include "money/pico.h"

#define SPEND_COLUMNS "calls=% input_tokens=% cache_read_tokens=% cache_write_tokens=% output_tokens=% cost_usd=+ estimated_usd=+ held_usd=+ saved_usd=+"

/* Rows grouped by something, and their total below. False if the document is none of that kind. */
static bool show_rows_and_total(struct buf *out, const cJSON *doc, const char *figures)
{
	const char *by = json_text(doc, "by");
	cJSON *rows = cJSON_Duplicate(json_array(doc, "rows"), true), *total = cJSON_Duplicate(json_object(doc, "total"), true);
	char *columns;

	if (by == NULL || rows == NULL || total == NULL) {
		cJSON_Delete(rows);
		cJSON_Delete(total);
		return false;
	}
	columns = xasprintf("%s %s", by, figures);
	cJSON_AddStringToObject(total, by, _("total"));
	cJSON_AddItemToArray(rows, total);
	render_table(out, rows, columns, 0);
	free(columns);
	cJSON_Delete(rows);
	return true;
}

void show_spend(struct buf *out, const cJSON *doc, bool color)
{
	(void)color;
	(void)show_rows_and_total(out, doc, SPEND_COLUMNS);
}

static void say_flight(struct buf *out, const cJSON *call)
{
	const char *agent = json_text(call, "agent"), *model = json_text(call, "model"), *least = json_text(call, "at_least_usd"), *most = json_text(call, "at_most_usd");
	int64_t id = 0, tokens = 0;

	(void)json_int(call, "call", &id);
	(void)json_int(call, "output_tokens", &tokens);
	say_addf(out, _("C%lld %s %s: %lld tokens, at least %s%s, at most $%s"), (long long)id, agent != NULL ? agent : "", model != NULL ? model : "", (long long)tokens,
	    least != NULL ? "$" : "", least != NULL ? least : _("unknown (no price)"), most != NULL ? most : "?");
	buf_addc(out, '\n');
}

#define METER_COLUMNS "in_flight=% at_least_usd=+ at_most_usd=+ today_usd=+ month_usd=+ cap_usd=+ calls=% cache_hit_percent=% saved_usd=+"

void show_meter(struct buf *out, const cJSON *doc, bool color)
{
	static const struct { const char *name, *words; } says[] = {{"per_minute_usd", N_("a minute, of the last five")}, {"day_projection_usd", N_("by the end of the day, at this hour's pace")},
		{"month_projection_usd", N_("by the end of the month, at the mean of its days")}};
	const char *from = json_text(doc, "prices_from");
	const cJSON *call;
	char money[PICO_TEXT];
	int64_t pd = 0;

	(void)color;
	if (!show_rows_and_total(out, doc, METER_COLUMNS))
		return;
	cJSON_ArrayForEach(call, json_array(doc, "in_flight"))
		say_flight(out, call);
	for (size_t i = 0; i < LENGTH(says); i++) {
		const char *usd = json_text(doc, says[i].name);

		if (usd == NULL || pico_parse(slice_of(usd), &pd, NULL) != ERR_OK)
			continue;
		pico_format_fine(pd, money);
		say_addf(out, _("about %s %s"), money, _(says[i].words));
		buf_addc(out, '\n');
	}
	if (from != NULL) {
		say_addf(out, _("prices of %s"), from);
		buf_addc(out, '\n');
	}
}
