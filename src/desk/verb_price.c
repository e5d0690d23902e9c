/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of `price set`, `price import` and `price remove`. An own rate or a
 * discount becomes the members of a price book's row in op->text; op_price.c
 * puts vendor, model and region to them. */
#include "desk/verb_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/slice.h"
#include "money/book.h"
#include "money/import.h"
#include "money/statement.h"
#include "money/pico.h"
#include "money/usage.h"

static const struct {
	const char *option, *long_option;
	enum bucket bucket;
} rates[] = {
	{"--input", "--long-input", BUCKET_INPUT}, {"--cache-read", "--long-cache-read", BUCKET_CACHE_READ},
	{"--cache-write-5m", "--long-cache-write-5m", BUCKET_WRITE_5M}, {"--cache-write-30m", "--long-cache-write-30m", BUCKET_WRITE_30M},
	{"--cache-write-1h", "--long-cache-write-1h", BUCKET_WRITE_1H}, {"--cache-write-12h", "--long-cache-write-12h", BUCKET_WRITE_12H},
	{"--output", "--long-output", BUCKET_OUTPUT}, {"--web-search", NULL, BUCKET_WEB_SEARCH},
};

static enum err_code put_rates(const struct verb_words *w, struct json_out *j, bool is_long, int *n, struct err *e)
{
	enum err_code code = ERR_OK;

	*n = 0;
	json_open(j, is_long ? "long" : "rates", '{');
	for (size_t i = 0; i < LENGTH(rates) && code == ERR_OK; i++) {
		const char *option = is_long ? rates[i].long_option : rates[i].option, *value = option != NULL ? verb_value(w, option) : NULL;
		char text[PICO_TEXT];
		int64_t rate;

		if (value == NULL)
			continue;
		code = pico_rate_parse(slice_of(value), &rate, e);
		/* searches are sold by the thousand, the book counts by the million */
		if (code == ERR_OK && rates[i].bucket == BUCKET_WEB_SEARCH)
			rate = pico_mul_capped(rate, 1000);
		if (code == ERR_OK && rate > 10000 * PICO_DOLLAR / 1000000 * (rates[i].bucket == BUCKET_WEB_SEARCH ? 1000 : 1))
			code = err_set(e, ERR_USAGE, "it is over $10,000");
		if (code != ERR_OK) {
			err_context(e, "%s", option);
			return err_mend(e, ERR_USAGE, "write dollars for a million tokens (a thousand searches), such as 3 or 0.075");
		}
		pico_rate_format(rate, text);
		json_put_text(j, bucket_names[rates[i].bucket], text);
		*n += 1;
	}
	json_close(j, '}');
	return code;
}

/* --from, or today: a day, or a second of UTC. */
static enum err_code read_from(const struct verb_words *w, char out[BOOK_DATE], struct err *e)
{
	const char *value = verb_value(w, "--from");
	char text[DATE_TEXT];
	int64_t at = clock_now_us();
	enum err_code code = value != NULL ? verb_time("--from", value, &at, e) : ERR_OK;

	if (code != ERR_OK)
		return code;
	date_rfc3339(at, text);
	if (value == NULL || (strlen(value) == 10 && value[4] == '-'))
		snprintf(out, BOOK_DATE, "%.10s", text);
	else
		snprintf(out, BOOK_DATE, "%.19sZ", text);
	return ERR_OK;
}

static enum err_code put_percent(const struct verb_words *w, struct json_out *j, struct err *e)
{
	const char *value = verb_value(w, "--percent");
	char text[PICO_TEXT];
	int64_t percent;

	if (pico_parse(slice_of(value), &percent, NULL) != ERR_OK || percent < 0 || percent > 100 * PICO_DOLLAR || percent % (PICO_DOLLAR / 10000) != 0) {
		err_set(e, ERR_USAGE, "--percent '%.40s' is none", value);
		return err_mend(e, ERR_USAGE, "write 0 to 100, with at most four decimals");
	}
	pico_format(percent, text);
	json_put_text(j, "percent", text);
	return ERR_OK;
}

static enum err_code put_kind(const struct verb_words *w, struct json_out *j, struct err *e)
{
	const char *tier = verb_value(w, "--service-tier"), *region = verb_value(w, "--region-class"), *over = verb_value(w, "--over");
	enum service_tier t;
	char text[PICO_TEXT];
	int64_t pd;
	enum err_code code = ERR_OK;

	if (tier != NULL && !service_tier_from_name(tier, &t)) {
		err_set(e, ERR_USAGE, "--service-tier '%.40s' is none", tier);
		return err_mend(e, ERR_USAGE, "one of standard, batch, flex, priority, fast");
	}
	if (region != NULL && strcmp(region, "global") != 0 && strcmp(region, "regional") != 0) {
		err_set(e, ERR_USAGE, "--region-class '%.40s' is none", region);
		return err_mend(e, ERR_USAGE, "global or regional");
	}
	if (tier != NULL)
		json_put_text(j, "tier", tier);
	if (region != NULL)
		json_put_text(j, "region", region);
	if (over != NULL) {
		code = verb_money("--over", over, &pd, e);
		pico_format(code == ERR_OK ? pd : 0, text);
		json_put_text(j, "over_usd", text);
	}
	return code;
}

static enum err_code put_long(const struct verb_words *w, struct json_out *j, struct err *e)
{
	const char *over = verb_value(w, "--long-over");
	int64_t tokens = over != NULL ? strtoll(over, NULL, 10) : 0;
	int n = 0;
	enum err_code code = put_rates(w, j, true, &n, e);

	if (code == ERR_OK && (n > 0) != (tokens > 0)) {
		err_set(e, ERR_USAGE, "long prompts need their size and their rates");
		return err_mend(e, ERR_USAGE, "--long-over TOKENS with --long-input USD, --long-output USD ...");
	}
	if (code == ERR_OK && tokens > 0)
		json_put_int(j, "long_over", tokens);
	return code;
}

static enum err_code check_words(const struct verb_words *w, struct op *op, bool is_percent, struct err *e)
{
	enum err_code code = verb_copy(op->vendor, sizeof op->vendor, "--vendor", verb_value(w, "--vendor"), e);

	if (code == ERR_OK && w->words > 0)
		code = verb_copy(op->model, sizeof op->model, "the model", w->word[0], e);
	if (code == ERR_OK && w->words == 0 && !is_percent) {
		err_set(e, ERR_USAGE, "a rate is of one model");
		return err_mend(e, ERR_USAGE, "name the model, or give --percent for all of the vendor's");
	}
	if (code == ERR_OK && is_percent && (verb_value(w, "--service-tier") != NULL || verb_value(w, "--region-class") != NULL || verb_value(w, "--long-over") != NULL)) {
		err_set(e, ERR_USAGE, "a percentage is taken off every tier, region and size of prompt");
		return err_mend(e, ERR_USAGE, "leave out the other options, or give rates");
	}
	return code;
}

enum err_code verb_price_set(const struct verb_words *w, struct op *op, struct err *e)
{
	bool is_percent = verb_value(w, "--percent") != NULL;
	char from[BOOK_DATE];
	struct json_out j;
	struct buf b;
	int n = 0;
	enum err_code code = check_words(w, op, is_percent, e);

	op->kind = OP_PRICE_SET;
	if (code == ERR_OK)
		code = read_from(w, from, e);
	if (code != ERR_OK)
		return code;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "from", from);
	code = put_kind(w, &j, e);
	if (code == ERR_OK && is_percent)
		code = put_percent(w, &j, e);
	if (code == ERR_OK)
		code = put_rates(w, &j, false, &n, e);
	if (code == ERR_OK && !is_percent)
		code = put_long(w, &j, e);
	json_close(&j, '}');
	if (code == ERR_OK && is_percent == (n > 0)) {
		err_set(e, ERR_USAGE, is_percent ? "a percentage and rates contradict each other" : "no rate is given");
		code = err_mend(e, ERR_USAGE, "give --percent, or --input USD, --output USD ... for a million tokens");
	}
	op->text = buf_take(&b);
	return code;
}

enum err_code verb_price_import(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *format = verb_value(w, "--format"), *name = strrchr(w->word[0], '/');
	struct buf b;
	size_t i;
	enum err_code code;

	op->kind = OP_PRICE_IMPORT;
	for (i = 0; i < IMPORT_FORMATS && strcmp(import_format_names[i], format) != 0; i++)
		;
	if (i == IMPORT_FORMATS) {
		err_set(e, ERR_USAGE, "--format '%.40s' is none", format);
		return err_mend(e, ERR_USAGE, "litellm or models.dev");
	}
	op->id = (int64_t)i;
	snprintf(op->name, sizeof op->name, "%.*s", (int)sizeof op->name - 1, name != NULL ? name + 1 : w->word[0]);
	code = read_from(w, op->from, e);
	if (verb_value(w, "--from") == NULL)
		op->from[0] = '\0';		/* from this second on */
	if (code != ERR_OK)
		return code;
	buf_init(&b, IMPORT_BYTES);
	code = file_read(w->word[0], &b, e);
	if (code == ERR_LIMIT)
		code = err_mend(e, ERR_LIMIT, "a price file has at most %zu MiB: leave out the vendors you do not use", IMPORT_BYTES >> 20);
	if (code == ERR_OK && memchr(b.p, '\0', b.len) != NULL)
		code = err_set(e, ERR_PROTO, "the file holds a NUL byte and is no JSON");
	if (code == ERR_OK)
		op->text = buf_take(&b);
	buf_release(&b);
	return code;
}

enum err_code verb_price_remove(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_PRICE_REMOVE;
	return verb_id(w, 0, 'P', &op->id, e);
}

enum err_code verb_statement_import(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->vendor, sizeof op->vendor, "--vendor", verb_value(w, "--vendor"), e);
	struct buf b;

	op->kind = OP_STATEMENT_IMPORT;
	if (code == ERR_OK)
		code = verb_utc_day(w, "--from", &op->since_us, e);
	if (code == ERR_OK)
		code = verb_utc_day(w, "--to", &op->until_us, e);
	op->fetch = verb_value(w, "--fetch") != NULL;
	if (code == ERR_OK && op->fetch == (verb_value(w, "--file") != NULL)) {
		err_set(e, ERR_USAGE, "a statement comes from --file F or by --fetch");
		code = err_mend(e, ERR_USAGE, "give one of them");
	}
	if (code != ERR_OK || op->fetch)
		return code;
	buf_init(&b, STATEMENT_BYTES);
	code = file_read(verb_value(w, "--file"), &b, e);
	if (code == ERR_OK && memchr(b.p, '\0', b.len) != NULL)
		code = err_set(e, ERR_PROTO, "the file holds a NUL byte and is no statement");
	if (code == ERR_OK)
		op->text = buf_take(&b);
	buf_release(&b);
	return code;
}
