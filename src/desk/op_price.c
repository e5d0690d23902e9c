/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on what a workspace lays over the published prices. Each becomes a
 * document in the price book's own schema, which the book itself must accept before
 * it is stored. The worker looks for it before its next hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "desk/job.h"
#include "money/import.h"
#include "money/pico.h"
#include "store/price.h"

/* The book takes the document, and what it says then. */
static enum err_code try_document(const struct book *b, struct slice doc, struct book **out, struct err *e)
{
	enum err_code rc;

	*out = book_copy(b);
	rc = book_parse(*out, doc, e);
	if (rc != ERR_OK) {
		book_free(*out);
		*out = NULL;
	}
	return rc;
}

static enum err_code current_book(struct hands *h, enum price_kind upto, struct book **out, struct err *e)
{
	return price_book(h->store, h->published, upto, out, e);
}

static enum err_code keep(struct hands *h, struct desk_job *j, enum price_kind kind, const char *title, struct buf *doc, struct err *e)
{
	struct price_record r = {.kind = kind, .added_us = clock_now_us()};
	enum err_code rc;

	buf_addc(doc, '\n');
	(void)buf_text(doc);	/* ends it with a NUL */
	r.body = doc->p;

	snprintf(r.title, sizeof r.title, "%.*s", (int)sizeof r.title - 1, title);
	snprintf(r.who, sizeof r.who, "%s", h->who);
	rc = price_add(h->store, &r, e);	/* body stays the buffer's */
	j->out.id = r.id;
	return rc;
}

/* --- own rates and discounts ----------------------------------------------- */

static void copy_member(struct json_out *j, struct slice from, const char *name, const char *as)
{
	const char *const path[] = {name, NULL};
	struct slice raw;

	if (json_find(from, path, &raw))
		json_put_raw(j, as, raw);
}

static void open_document(struct json_out *j, struct buf *doc, const char *from)
{
	char day[11];

	snprintf(day, sizeof day, "%.10s", from);
	json_start(j, doc);
	json_open(j, NULL, '{');
	json_put_int(j, "schema", 1);
	json_put_text(j, "kind", price_kind_names[PRICE_OWN]);
	json_put_text(j, "read", day);
}

static void put_row(struct json_out *j, const struct op *op, const char *model, const char *region, struct slice words, const cJSON *said)
{
	json_open(j, NULL, '{');
	json_put_text(j, "vendor", op->vendor);
	if (model[0] != '\0')
		json_put_text(j, "model", model);
	json_put_text(j, "source", "set by a person");
	copy_member(j, words, "from", "from");
	copy_member(j, words, "over_usd", "over_usd");
	copy_member(j, words, "percent", "percent");
	copy_member(j, words, "tier", "tier");
	if (region != NULL)
		json_put_text(j, "region", region);
	if (json_text(said, "percent") == NULL)
		copy_member(j, words, "rates", "rates");
	if (json_member(said, "long_over") != NULL) {
		json_open(j, "step", '{');
		copy_member(j, words, "long_over", "over");
		copy_member(j, words, "long", "rates");
		json_close(j, '}');
	}
	json_close(j, '}');
}

/* A region in the model's name (a Bedrock profile) counts as one that was asked for. */
static const char *region_said(const struct book *b, const struct op *op, const cJSON *said, char id[USAGE_MODEL])
{
	enum region_class region;

	(void)book_resolve(b, op->vendor, op->model, id, &region);
	if (json_text(said, "region") != NULL)
		return json_text(said, "region");
	return strstr(op->model, id) > op->model ? region_class_names[region] : NULL;
}

static void say_title(const struct op *op, const char *id, const cJSON *said, char title[TITLE_MAX_BYTES])
{
	const char *percent = json_text(said, "percent"), *over = json_text(said, "over_usd"), *from = json_text(said, "from");
	const char *what = id[0] != '\0' ? id : op->vendor;
	char rates[160] = "";
	const cJSON *m;

	cJSON_ArrayForEach(m, json_object(said, "rates"))
		snprintf(rates + strlen(rates), sizeof rates - strlen(rates), "%s%s %s", rates[0] != '\0' ? ", " : "", m->string, m->valuestring);
	if (percent != NULL)
		snprintf(title, TITLE_MAX_BYTES, "%s%% off %.80s", percent, what);
	else
		snprintf(title, TITLE_MAX_BYTES, "%.60s: %s", what, rates);
	snprintf(title + strlen(title), TITLE_MAX_BYTES - strlen(title), "%s%s%s from %s", over != NULL ? " over $" : "", over != NULL ? over : "",
	    over != NULL ? " a month" : "", from);
}

/* What a rate leaves open, in words; "" if nothing. */
static void say_gap(const struct book *b, const struct op *op, const char *id, const cJSON *said, char out[200])
{
	enum service_tier tier = SERVICE_STANDARD;
	struct rates r;
	int64_t at = 0;
	int i;

	out[0] = '\0';
	(void)service_tier_from_name(json_text(said, "tier"), &tier);
	(void)date_parse(json_text(said, "from"), &at);
	if (id[0] == '\0' || !book_find(b, op->vendor, id, tier, REGION_GLOBAL, (struct price_time){at, PICO_MAX}, &r) || r.step_over == 0)
		return;
	for (i = 0; i < BUCKETS; i++)
		if (r.base.rate[i] != RATE_UNKNOWN && r.step.rate[i] == RATE_UNKNOWN) {
			snprintf(out, 200, "; prompts of over %lld tokens have no price now: add --long-over and --long-input, --long-output", (long long)r.step_over);
			return;
		}
}

enum err_code op_price_set(struct hands *h, struct desk_job *j, struct err *e)
{
	struct slice words = slice_of(j->op.text);
	char id[USAGE_MODEL] = "", title[TITLE_MAX_BYTES], gap[200];
	const char *region = NULL;
	struct book *now = NULL, *then = NULL;
	struct json_out out;
	struct buf doc;
	cJSON *said = NULL;
	enum err_code rc = json_parse(words, &said, e);

	buf_init(&doc, 0);
	if (rc == ERR_OK)
		rc = current_book(h, PRICE_OWN, &now, e);
	if (rc == ERR_OK) {
		bool is_percent = json_text(said, "percent") != NULL;

		if (j->op.model[0] != '\0')
			region = region_said(now, &j->op, said, id);
		open_document(&out, &doc, json_text(said, "from"));
		json_open(&out, is_percent ? "discounts" : "prices", '[');
		put_row(&out, &j->op, id, is_percent ? NULL : region, words, said);
		json_close(&out, ']');
		if (is_percent) {
			json_open(&out, "prices", '[');
			json_close(&out, ']');
		}
		json_close(&out, '}');
		say_title(&j->op, id, said, title);
		rc = try_document(now, buf_slice(&doc), &then, e);
	}
	if (rc == ERR_OK)
		rc = keep(h, j, PRICE_OWN, title, &doc, e);
	if (rc == ERR_OK) {
		say_gap(then, &j->op, id, said, gap);
		snprintf(j->out.text, sizeof j->out.text, "%s%s", title, gap);
	}
	book_free(now);
	book_free(then);
	cJSON_Delete(said);
	buf_release(&doc);
	return rc;
}

/* --- imports ----------------------------------------------------------------- */

static void say_report(const struct import_report *r, int64_t id, struct desk_job *j)
{
	struct json_out o;
	struct buf b;
	int i;

	buf_init(&b, 0);
	json_start(&o, &b);
	json_open(&o, NULL, '{');
	if (id > 0)
		json_put_int(&o, "id", id);
	json_put_int(&o, "models", r->models);
	json_put_int(&o, "new_prices", r->fresh);
	json_put_int(&o, "changed_prices", r->changed);
	json_put_int(&o, "same_prices", r->same);
	json_put_int(&o, "not_ours", r->others);
	json_put_int(&o, "not_taken", r->notes_n);
	json_open(&o, "notes", '[');
	for (i = 0; i < r->notes_n && i < IMPORT_NOTES; i++)
		json_put_text(&o, NULL, r->note[i]);
	json_close(&o, ']');
	json_close(&o, '}');
	j->out.json = buf_take(&b);
}

enum err_code op_price_import(struct hands *h, struct desk_job *j, struct err *e)
{
	char from[DATE_TEXT], title[TITLE_MAX_BYTES];
	int64_t now_us = clock_now_us(), at_us = now_us;
	struct import_report r = {.models = 0};
	struct book *b = NULL, *then = NULL;
	enum import_format format = (enum import_format)j->op.id;
	struct buf doc;
	enum err_code rc = current_book(h, PRICE_IMPORT, &b, e);

	buf_init(&doc, PRICE_BODY_MAX);
	if (j->op.from[0] != '\0') {
		snprintf(from, sizeof from, "%.20s", j->op.from);
		(void)date_parse(from, &at_us);
	} else {
		date_rfc3339(now_us, title);
		snprintf(from, sizeof from, "%.19sZ", title);
	}
	snprintf(title, sizeof title, "%s: %.80s", import_format_names[format], j->op.name);
	if (rc == ERR_OK)
		rc = import_prices(format, slice_of(j->op.text), b, at_us, from, title, &doc, &r, e);
	if (rc == ERR_OK && doc.over)
		rc = err_set(e, ERR_LIMIT, "the file prices too many models");
	if (rc == ERR_OK && r.rows > 0)
		rc = try_document(b, buf_slice(&doc), &then, e);
	if (rc == ERR_OK && r.rows > 0) {
		snprintf(title + strlen(title), sizeof title - strlen(title), ", %d prices from %s", r.rows, from);
		rc = keep(h, j, PRICE_IMPORT, title, &doc, e);
	}
	if (rc == ERR_OK) {
		snprintf(j->out.text, sizeof j->out.text, "%d models read: %d new prices, %d that differ, %d as before; %d names are not ours, %d notes (--json has them)", r.models, r.fresh, r.changed, r.same,
		    r.others, r.notes_n);
		say_report(&r, j->out.id, j);
	}
	import_report_release(&r);
	book_free(b);
	book_free(then);
	buf_release(&doc);
	return rc;
}

enum err_code op_price_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	return price_remove(h->store, j->op.id, h->who, clock_now_us(), e);
}
