/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/statement.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "money/pico.h"

#define US_A_DAY INT64_C(86400000000)

__extension__ typedef __int128 wide;

void statement_release(struct statement *s)
{
	free(s->day);
	memset(s, 0, sizeof *s);
}

/* --- gathering ------------------------------------------------------------- */

/* A day in order; one that is there already must be the same (pages overlap). */
static enum err_code put_day(struct statement *s, const struct statement_day *d, struct err *e)
{
	char date[11];
	size_t at = s->count;

	while (at > 0 && s->day[at - 1].day > d->day)
		at--;
	date_day(d->day * US_A_DAY, date);
	if (at > 0 && s->day[at - 1].day == d->day) {
		if (s->day[at - 1].pico == d->pico)
			return ERR_OK;
		err_set(e, ERR_PROTO, "two pages of the statement disagree about %s", date);
		return err_mend(e, ERR_PROTO, "fetch it again in one go");
	}
	if (s->count == STATEMENT_DAYS)
		return err_set(e, ERR_LIMIT, "a statement of more than %d days", STATEMENT_DAYS);
	s->day = xrealloc(s->day, (s->count + 1) * sizeof *s->day);
	memmove(&s->day[at + 1], &s->day[at], (s->count - at) * sizeof *s->day);
	s->day[at] = *d;
	s->count++;
	return ERR_OK;
}

static enum err_code whole_day(int64_t from_us, int64_t to_us, int64_t *day, struct err *e)
{
	if (from_us % US_A_DAY != 0 || to_us - from_us != US_A_DAY) {
		err_set(e, ERR_USAGE, "the statement does not go by whole days of UTC");
		return err_mend(e, ERR_USAGE, "ask the vendor for daily buckets");
	}
	*day = from_us / US_A_DAY;
	return ERR_OK;
}

static enum err_code check_currency(const char *code, struct err *e)
{
	if (code == NULL || strcmp(code, "USD") == 0 || strcmp(code, "usd") == 0)
		return ERR_OK;
	err_set(e, ERR_USAGE, "the statement is in %.12s, not in US dollars", code);
	return err_mend(e, ERR_USAGE, "our books are in dollars: ask for a statement in USD");
}

static enum err_code add_to(int64_t *sum, int64_t more, struct err *e)
{
	return pico_add(*sum, more, sum) ? ERR_OK : err_set(e, ERR_LIMIT, "the statement's sum is out of range");
}

static struct slice unquoted(struct slice raw)
{
	return raw.len >= 2 && raw.p[0] == '"' ? slice_make(raw.p + 1, raw.len - 2) : raw;
}

static bool raw_of(struct slice text, const char *a, const char *b, struct slice *out)
{
	const char *const path[] = {a, b, NULL};

	if (!json_find(text, path, out))
		return false;
	*out = unquoted(*out);
	return true;
}

/* A short text of the document, for dates and currencies; NULL if it is not there or long. */
static const char *word(struct slice text, const char *a, const char *b, char out[40])
{
	struct slice raw;

	if (!raw_of(text, a, b, &raw) || raw.len >= 40)
		return NULL;
	memcpy(out, raw.p, raw.len);
	out[raw.len] = '\0';
	return strcmp(out, "null") == 0 ? NULL : out;
}

/* --- the vendors' pages ------------------------------------------------------ */

static enum err_code no_amount(struct err *e)
{
	return err_set(e, ERR_PROTO, "a row of the statement has no amount that could be read");
}

/* {"currency":"USD","amount":"123.45"}: cents */
static enum err_code anthropic_row(struct slice row, int64_t *sum, struct err *e)
{
	char code[40];
	struct slice amount;
	int64_t pico;
	enum err_code rc = check_currency(word(row, "currency", NULL, code), e);

	if (rc != ERR_OK)
		return rc;
	if (!raw_of(row, "amount", NULL, &amount) || pico_cents_parse(amount, &pico, NULL) != ERR_OK)
		return no_amount(e);
	return add_to(sum, pico, e);
}

/* {"amount":{"value":0.06,"currency":"usd"}}: dollars */
static enum err_code openai_row(struct slice row, int64_t *sum, struct err *e)
{
	char code[40];
	struct slice amount;
	int64_t pico;
	enum err_code rc = check_currency(word(row, "amount", "currency", code), e);

	if (rc != ERR_OK)
		return rc;
	if (!raw_of(row, "amount", "value", &amount) || pico_parse_rounded(amount, &pico, NULL) != ERR_OK)
		return no_amount(e);
	return add_to(sum, pico, e);
}

typedef enum err_code row_fn(struct slice row, int64_t *sum, struct err *e);

static enum err_code rows_of(struct slice bucket, const char *name, row_fn *one, int64_t *sum, struct err *e)
{
	const char *const path[] = {name, NULL};
	struct slice rest, row;
	enum err_code rc = ERR_OK;

	if (!json_find(bucket, path, &rest))
		return err_set(e, ERR_PROTO, "a day of the statement has no %s", name);
	while (rc == ERR_OK && json_each(&rest, NULL, &row))
		rc = one(row, sum, e);
	return rc;
}

static enum err_code anthropic_bucket(struct slice b, struct statement_day *d, struct err *e)
{
	char from[40], to[40];
	int64_t from_us, to_us;
	enum err_code rc;

	if (word(b, "starting_at", NULL, from) == NULL || word(b, "ending_at", NULL, to) == NULL || !date_parse(from, &from_us) || !date_parse(to, &to_us))
		return err_set(e, ERR_PROTO, "a day of the statement has no dates");
	rc = whole_day(from_us, to_us, &d->day, e);
	return rc == ERR_OK ? rows_of(b, "results", anthropic_row, &d->pico, e) : rc;
}

static enum err_code openai_bucket(struct slice b, struct statement_day *d, struct err *e)
{
	char from[40], to[40];
	enum err_code rc;

	if (word(b, "start_time", NULL, from) == NULL || word(b, "end_time", NULL, to) == NULL || strlen(from) > 12 || strlen(to) > 12)
		return err_set(e, ERR_PROTO, "a day of the statement has no times");
	rc = whole_day(strtoll(from, NULL, 10) * 1000000, strtoll(to, NULL, 10) * 1000000, &d->day, e);
	return rc == ERR_OK ? rows_of(b, "results", openai_row, &d->pico, e) : rc;
}

static enum err_code aws_cost(struct slice of, struct slice in, int64_t *sum, struct err *e)
{
	const char *const amount_path[] = {"UnblendedCost", "Amount", NULL};
	char code[40];
	struct slice amount;
	int64_t pico;
	enum err_code rc = check_currency(word(in, "UnblendedCost", "Unit", code), e);

	(void)of;
	if (rc != ERR_OK)
		return rc;
	if (!json_find(in, amount_path, &amount) || pico_parse_rounded(unquoted(amount), &pico, NULL) != ERR_OK)
		return no_amount(e);
	return add_to(sum, pico, e);
}

static enum err_code aws_group(struct slice row, int64_t *sum, struct err *e)
{
	const char *const path[] = {"Metrics", NULL};
	struct slice metrics;

	return json_find(row, path, &metrics) ? aws_cost(row, metrics, sum, e) : no_amount(e);
}

/* By service all of the account is in it: Bedrock, and models of others that it sells by their names. */
static enum err_code aws_service(struct slice row, int64_t *sum, struct err *e)
{
	const char *const path[] = {"Keys", NULL};
	struct slice keys;

	if (!json_find(row, path, &keys))
		return err_set(e, ERR_PROTO, "a row of the statement does not say of which service it is");
	return memmem(keys.p, keys.len, "Bedrock", 7) != NULL ? aws_group(row, sum, e) : ERR_OK;
}

static enum err_code aws_day(struct slice b, row_fn *group, struct statement_day *d, struct err *e)
{
	const char *const total_path[] = {"Total", NULL}, *const groups_path[] = {"Groups", NULL};
	char from[40], to[40], said[40];
	struct slice total, groups, first;
	int64_t from_us, to_us;
	enum err_code rc;

	if (word(b, "TimePeriod", "Start", from) == NULL || word(b, "TimePeriod", "End", to) == NULL || !date_parse(from, &from_us) || !date_parse(to, &to_us))
		return err_set(e, ERR_PROTO, "a day of the statement has no dates");
	rc = whole_day(from_us, to_us, &d->day, e);
	d->is_estimate = word(b, "Estimated", NULL, said) != NULL && strcmp(said, "true") == 0;
	if (rc != ERR_OK)
		return rc;
	/* grouped answers have an empty Total */
	if (json_find(b, groups_path, &groups) && (first = groups, json_each(&first, NULL, &total)))
		return rows_of(b, "Groups", group, &d->pico, e);
	if (group == aws_service && json_find(b, groups_path, &groups))
		return ERR_OK;	/* nothing was used that day */
	return json_find(b, total_path, &total) ? aws_cost(b, total, &d->pico, e) : no_amount(e);
}

static enum err_code aws_bucket(struct slice b, struct statement_day *d, struct err *e)
{
	return aws_day(b, aws_group, d, e);
}

static enum err_code aws_services(struct slice b, struct statement_day *d, struct err *e)
{
	return aws_day(b, aws_service, d, e);
}

static bool is_by_service(struct slice page)
{
	const char *const path[] = {"GroupDefinitions", NULL};
	struct slice groups;

	return json_find(page, path, &groups) && memmem(groups.p, groups.len, "\"SERVICE\"", 9) != NULL;
}

/* --- pages --------------------------------------------------------------------- */

static enum err_code buckets(struct slice list, enum err_code (*one)(struct slice, struct statement_day *, struct err *), struct statement *out, struct err *e)
{
	struct slice bucket;
	enum err_code rc = ERR_OK;

	while (rc == ERR_OK && json_each(&list, NULL, &bucket)) {
		struct statement_day d = {0};

		rc = one(bucket, &d, e);
		if (rc == ERR_OK)
			rc = put_day(out, &d, e);
	}
	return rc;
}

static enum err_code page(struct slice text, struct statement *out, struct err *e)
{
	const char *const data_path[] = {"data", NULL}, *const aws_path[] = {"ResultsByTime", NULL};
	char said[40];
	struct slice list, first, none;

	if (json_find(text, aws_path, &list)) {
		out->has_more = word(text, "NextPageToken", NULL, said) != NULL || (raw_of(text, "NextPageToken", NULL, &none) && none.len >= 40);
		return buckets(list, is_by_service(text) ? aws_services : aws_bucket, out, e);
	}
	if (!json_find(text, data_path, &list))
		return err_set(e, ERR_PROTO, "this is no cost report of a vendor that is known here");
	out->has_more = word(text, "has_more", NULL, said) != NULL && strcmp(said, "true") == 0;
	first = list;
	if (!json_each(&first, NULL, &none))
		return ERR_OK;
	return buckets(list, raw_of(none, "start_time", NULL, &first) ? openai_bucket : anthropic_bucket, out, e);
}

/* --- CSV ------------------------------------------------------------------------ */

struct columns {
	int date, cost, currency;
};

static bool any_of(struct slice s, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strlen(*names) == s.len && strncasecmp(*names, s.p, s.len) == 0)
			return true;
	return false;
}

/* The next field of a line, without its quotes; a quote inside one is more than this reads. */
static bool field(struct slice *line, struct slice *out)
{
	size_t n = 0;

	if (line->p == NULL)
		return false;
	if (line->len > 0 && line->p[0] == '"') {
		for (n = 1; n < line->len && line->p[n] != '"'; n++)
			;
		*out = slice_make(line->p + 1, n - 1);
		n += n < line->len;
	} else {
		while (n < line->len && line->p[n] != ',')
			n++;
		*out = slice_make(line->p, n);
	}
	*line = n < line->len ? slice_make(line->p + n + 1, line->len - n - 1) : (struct slice){0};
	return true;
}

static bool next_line(struct slice *text, struct slice *line)
{
	size_t n = 0;

	if (text->len == 0)
		return false;
	while (n < text->len && text->p[n] != '\n')
		n++;
	*line = slice_make(text->p, n > 0 && text->p[n - 1] == '\r' ? n - 1 : n);
	*text = slice_make(text->p + (n < text->len ? n + 1 : n), text->len - (n < text->len ? n + 1 : n));
	return true;
}

static enum err_code csv_row(struct slice line, const struct columns *c, int line_no, struct statement_day *d, struct err *e)
{
	char date[40] = "", code[16] = "";
	struct slice f;
	bool has_cost = false;
	int64_t at;
	int i;

	for (i = 0; field(&line, &f); i++) {
		if (i == c->date && f.len >= 10 && f.len < sizeof date)
			snprintf(date, sizeof date, "%.10s", f.p);
		else if (i == c->cost)
			has_cost = pico_parse_rounded(f, &d->pico, NULL) == ERR_OK;
		else if (i == c->currency)
			snprintf(code, sizeof code, "%.*s", (int)(f.len < 15 ? f.len : 15), f.p);
	}
	if (!date_parse(date, &at) || !has_cost)
		return err_set(e, ERR_PROTO, "line %d of the statement has no date or no amount", line_no);
	d->day = at / US_A_DAY;
	return c->currency >= 0 ? check_currency(code, e) : ERR_OK;
}

static enum err_code csv(struct slice text, struct statement *out, struct err *e)
{
	static const char *const dates[] = {"date", "day", "start", "UsageStartDate", "ChargePeriodStart", "lineItem/UsageStartDate", NULL};
	static const char *const costs[] = {"cost", "usd", "amount", "cost_usd", "UnblendedCost", "BilledCost", "lineItem/UnblendedCost", NULL};
	static const char *const codes[] = {"currency", "BillingCurrency", "lineItem/CurrencyCode", NULL};
	struct columns c = {-1, -1, -1};
	struct slice line = {0}, f;
	enum err_code rc = ERR_OK;
	int i, line_no = 1;

	(void)next_line(&text, &line);
	for (i = 0; field(&line, &f); i++) {
		c.date = c.date < 0 && any_of(f, dates) ? i : c.date;
		c.cost = c.cost < 0 && any_of(f, costs) ? i : c.cost;
		c.currency = c.currency < 0 && any_of(f, codes) ? i : c.currency;
	}
	if (c.date < 0 || c.cost < 0) {
		err_set(e, ERR_PROTO, "the statement is neither a vendor's cost report nor CSV with a date and a cost");
		return err_mend(e, ERR_PROTO, "its first line names the columns: date,cost");
	}
	while (rc == ERR_OK && next_line(&text, &line)) {
		struct statement_day d = {0};
		size_t k;

		line_no++;
		if (line.len == 0)
			continue;
		rc = csv_row(line, &c, line_no, &d, e);
		/* many lines make a day here: they are added up */
		for (k = 0; rc == ERR_OK && k < out->count && out->day[k].day != d.day; k++)
			;
		if (rc == ERR_OK)
			rc = k < out->count ? add_to(&out->day[k].pico, d.pico, e) : put_day(out, &d, e);
	}
	return rc;
}

enum err_code statement_parse(struct slice text, struct statement *out, struct err *e)
{
	struct slice one, rest;
	size_t i = 0;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	if (text.len > STATEMENT_BYTES)
		return err_set(e, ERR_LIMIT, "a statement of more than %zu MiB", STATEMENT_BYTES >> 20);
	while (i < text.len && isspace((unsigned char)text.p[i]))
		i++;
	text = slice_make(text.p + i, text.len - i);
	if (text.len == 0 || (text.p[0] != '{' && text.p[0] != '['))
		return csv(text, out, e);
	rc = json_gate(text, e);
	if (rc != ERR_OK)
		return rc;
	if (text.p[0] == '{')
		return page(text, out, e);
	for (rest = text; rc == ERR_OK && json_each(&rest, NULL, &one); )
		rc = page(one, out, e);
	return rc;
}

int64_t statement_gap_permille(int64_t ours, int64_t theirs)
{
	wide gap = (wide)theirs - ours;

	if (theirs <= 0)
		return -1;
	if (gap < 0)
		gap = -gap;
	return (int64_t)((gap * 2000 + theirs) / ((wide)2 * theirs));
}
