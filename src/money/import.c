/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/import.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "money/import_rows.h"
#include "money/pico.h"

const char *const import_format_names[IMPORT_FORMATS] = {"litellm", "models.dev"};

void import_report_release(struct import_report *r)
{
	int i;

	for (i = 0; i < r->notes_n && i < IMPORT_NOTES; i++)
		free(r->note[i]);
	memset(r, 0, sizeof *r);
}

void import_note(struct importing *in, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (in->report->notes_n < IMPORT_NOTES)
		in->report->note[in->report->notes_n] = xstrdup(text);
	in->report->notes_n++;
}

bool import_name(struct slice raw, char *out, size_t size)
{
	size_t i;

	if (raw.len == 0 || raw.len >= size)
		return false;
	for (i = 0; i < raw.len; i++)
		if (raw.p[i] < ' ' || raw.p[i] > '~' || raw.p[i] == '"' || raw.p[i] == '\\')
			return false;
	memcpy(out, raw.p, raw.len);
	out[raw.len] = '\0';
	return true;
}

/* --- rates ---------------------------------------------------------------- */

/* A number times a million: the exponent of its text is raised by six. */
static void times_a_million(struct slice raw, char out[80])
{
	size_t mark = 0;

	while (mark < raw.len && raw.p[mark] != 'e' && raw.p[mark] != 'E')
		mark++;
	snprintf(out, 80, "%.*se%ld", (int)(mark < 60 ? mark : 60), raw.p, (mark < raw.len ? strtol(raw.p + mark + 1, NULL, 10) : 0) + 6);
}

enum err_code import_rate(struct importing *in, const char *model, struct slice raw, bool for_million, int64_t *rate)
{
	char text[80];
	enum err_code code;

	if (raw.len > 60) {
		err_set(in->e, ERR_USAGE, "the prices of '%.60s' hold a number of over 60 digits", model);
		return err_mend(in->e, ERR_USAGE, "take it out; nothing was imported");
	}
	if (!for_million) {
		times_a_million(raw, text);
		raw = slice_of(text);
	}
	code = pico_rate_parse(raw, rate, NULL);
	if (code == ERR_OK && *rate <= IMPORT_RATE_MAX)
		return ERR_OK;
	err_set(in->e, ERR_USAGE, "a price of '%.60s' is %s", model, code == ERR_OK || code == ERR_LIMIT ? "over $10,000 for a million" : "no number of 0 or more");
	return err_mend(in->e, ERR_USAGE, "mend the file; nothing was imported");
}

enum err_code import_put(struct importing *in, struct import_row *row, const char *model, enum bucket bucket, int64_t over, int64_t rate)
{
	int64_t *at;

	if (row == NULL) {
		err_set(in->e, ERR_LIMIT, "the file prices over %d models", IMPORT_ROWS_MAX);
		return err_mend(in->e, ERR_LIMIT, "leave out what you do not use");
	}
	if (rate == 0 && bucket != BUCKET_WRITE_5M && bucket != BUCKET_WRITE_30M && bucket != BUCKET_WRITE_1H) {
		import_note(in, "%.80s: a price of 0 for %s is not taken", model, bucket_names[bucket]);
		return ERR_OK;
	}
	if (over > 0 && row->step_over > 0 && row->step_over != over) {
		import_note(in, "%.80s: a second price step, over %lld tokens, is not taken", model, (long long)over);
		return ERR_OK;
	}
	if (over > 0)
		row->step_over = over;
	at = over > 0 ? &row->step.rate[bucket] : &row->base.rate[bucket];
	if (*at != RATE_UNKNOWN && *at != rate)
		import_note(in, "%.80s: its names disagree on the price of %s; the dearer stands", row->model, bucket_names[bucket]);
	if (rate > *at)
		*at = rate;
	return ERR_OK;
}

struct import_row *import_row_at(struct importing *in, const char *vendor, const char *model, enum service_tier tier)
{
	struct import_row *r;
	enum region_class region;
	char id[USAGE_MODEL];
	size_t i;

	(void)book_resolve(in->book, vendor, model, id, &region);
	for (i = 0; i < in->count; i++) {
		r = &in->row[i];
		if (r->tier == tier && r->region == region && strcmp(r->model, id) == 0 && strcmp(r->vendor, vendor) == 0)
			return r;
	}
	if (in->count == IMPORT_ROWS_MAX)
		return NULL;
	in->row = xreallocarray(in->row, in->count + 1, sizeof *in->row);
	r = &in->row[in->count++];
	*r = (struct import_row){.vendor = vendor, .tier = tier, .region = region};
	memcpy(r->model, id, sizeof r->model);
	for (i = 0; i < BUCKETS; i++)
		r->base.rate[i] = r->step.rate[i] = RATE_UNKNOWN;
	return r;
}

/* --- the document --------------------------------------------------------- */

/* Does the row say anything that the book does not say? *known: the book has the row. */
static bool differs(const struct importing *in, const struct import_row *row, int64_t at_us, bool *known)
{
	struct rates r;
	bool says = false;
	int i;

	for (i = 0; i < BUCKETS; i++)
		says = says || row->base.rate[i] != RATE_UNKNOWN || row->step.rate[i] != RATE_UNKNOWN;
	*known = book_find(in->book, row->vendor, row->model, row->tier, row->region, (struct price_time){at_us, 0}, &r);
	if (!says)
		return false;
	if (!*known || (row->step_over > 0 && row->step_over != r.step_over))
		return true;
	for (i = 0; i < BUCKETS; i++)
		if ((row->base.rate[i] != RATE_UNKNOWN && row->base.rate[i] != r.base.rate[i]) || (row->step.rate[i] != RATE_UNKNOWN && row->step.rate[i] != r.step.rate[i]))
			return true;
	return false;
}

static void put_card(struct json_out *j, const struct rate_card *card)
{
	char text[PICO_TEXT];
	int i;

	json_open(j, "rates", '{');
	for (i = 0; i < BUCKETS; i++)
		if (card->rate[i] != RATE_UNKNOWN) {
			pico_rate_format(card->rate[i], text);
			json_put_text(j, bucket_names[i], text);
		}
	json_close(j, '}');
}

static void put_row(struct json_out *j, const struct import_row *row, const char *from, const char *title)
{
	json_open(j, NULL, '{');
	json_put_text(j, "vendor", row->vendor);
	json_put_text(j, "model", row->model);
	json_put_text(j, "tier", service_tier_names[row->tier]);
	json_put_text(j, "region", region_class_names[row->region]);
	json_put_text(j, "from", from);
	json_put_text(j, "source", title);
	put_card(j, &row->base);
	if (row->step_over > 0) {
		json_open(j, "step", '{');
		json_put_int(j, "over", row->step_over);
		put_card(j, &row->step);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void write_doc(struct importing *in, int64_t at_us, const char *from, const char *title, struct buf *doc)
{
	struct json_out j;
	char day[11];
	size_t i;

	snprintf(day, sizeof day, "%.10s", from);
	json_start(&j, doc);
	json_open(&j, NULL, '{');
	json_put_int(&j, "schema", 1);
	json_put_text(&j, "kind", price_kind_names[PRICE_IMPORT]);
	json_put_text(&j, "read", day);
	json_open(&j, "prices", '[');
	for (i = 0; i < in->count; i++) {
		bool known;

		if (!differs(in, &in->row[i], at_us, &known)) {
			in->report->same++;
			continue;
		}
		in->report->rows++;
		*(known ? &in->report->changed : &in->report->fresh) += 1;
		put_row(&j, &in->row[i], from, title);
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

enum err_code import_prices(enum import_format format, struct slice text, const struct book *b, int64_t at_us, const char *from, const char *title,
    struct buf *doc, struct import_report *r, struct err *e)
{
	struct importing in = {.book = b, .report = r, .e = e};
	enum err_code code;

	memset(r, 0, sizeof *r);
	buf_clear(doc);
	if (text.len > IMPORT_BYTES) {
		err_set(e, ERR_LIMIT, "a price file of over %zu MiB", IMPORT_BYTES >> 20);
		return err_mend(e, ERR_LIMIT, "leave out the vendors you do not use");
	}
	code = json_gate(text, e);
	if (code == ERR_OK)
		code = format == IMPORT_LITELLM ? import_litellm(&in, text) : import_models_dev(&in, text);
	if (code == ERR_OK && r->models == 0) {
		err_set(e, ERR_USAGE, "the file prices no model of anthropic, openai or bedrock");
		code = err_mend(e, ERR_USAGE, "is it of the format %s?", import_format_names[format]);
	}
	if (code == ERR_OK)
		write_doc(&in, at_us, from, title, doc);
	free(in.row);
	return code;
}
