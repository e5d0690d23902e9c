/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger in others' words: FinOps FOCUS rows (1.2's columns and 1.3's two names of
 * providers; an estimate, since we are not who bills), and calls with the names of
 * OpenTelemetry's GenAI conventions where there is one. Both walk the calls of the
 * time asked for, so they grow with it. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "desk/ledger.h"
#include "model/call.h"
#include "model/move.h"
#include "money/book.h"

/* --- FOCUS: one row a day, task, model, key and kind of token ------------------- */

#define KIND_MIXED BUCKETS	/* what cannot be told apart: bounds, and prices that are gone */
#define FOCUS_ROWS_MAX 200000

enum cost_source { SOURCE_EXACT, SOURCE_ESTIMATED, SOURCE_UNPRICED };
static const char *const source_names[] = {"vendor usage at the price book's rates", "estimate: a bound, or usage that was not reported in full", "unpriced: the dearest known rate"};

struct focus_row {
	int64_t day, task, quantity, requests;
	int64_t cost_pd, list_pd;
	char vendor[NAME_MAX_BYTES], key[NAME_MAX_BYTES], model[MODEL_ID_BYTES], agent[NAME_MAX_BYTES];
	char service[16], region[16];
	int kind;		/* enum bucket or KIND_MIXED */
	enum cost_source source;
};

struct focus {
	struct focus_row *row;
	size_t count, room;
	const struct book *book, *published;
};

/* Days come in order, so the rows of a day stand at the end. */
static struct focus_row *row_at(struct focus *f, const struct call *c, int kind, enum cost_source source)
{
	struct focus_row *r;
	size_t i;

	for (i = f->count; i-- > 0 && f->row[i].day == c->day;) {
		r = &f->row[i];
		if (r->task == c->task && r->kind == kind && r->source == source && strcmp(r->model, c->model) == 0 && strcmp(r->key, c->key_label) == 0 &&
		    strcmp(r->agent, c->agent) == 0 && strcmp(r->vendor, c->vendor) == 0 && strcmp(r->service, c->service_tier) == 0 && strcmp(r->region, c->region_class) == 0)
			return r;
	}
	if (f->count == f->room) {
		if (f->count == FOCUS_ROWS_MAX)
			return NULL;
		f->room = f->room > 0 ? f->room * 2 : 256;
		f->row = xreallocarray(f->row, f->room, sizeof *f->row);
	}
	r = &f->row[f->count++];
	*r = (struct focus_row){.day = c->day, .task = c->task, .kind = kind, .source = source};
	memcpy(r->vendor, c->vendor, sizeof r->vendor);
	memcpy(r->key, c->key_label, sizeof r->key);
	memcpy(r->model, c->model, sizeof r->model);
	memcpy(r->agent, c->agent, sizeof r->agent);
	memcpy(r->service, c->service_tier, sizeof r->service);
	memcpy(r->region, c->region_class, sizeof r->region);
	return r;
}

static enum cost_source source_of(const struct call *c)
{
	return c->unpriced ? SOURCE_UNPRICED : c->estimated || c->state == CALL_CUT ? SOURCE_ESTIMATED : SOURCE_EXACT;
}

/* Find the prices under which the call comes to what was booked: today's, the
 * published ones, or today's with every volume tier reached. Then its buckets' parts are known. */
static bool find_parts(const struct focus *f, const struct call *c, struct quote *out)
{
	const struct {
		const struct book *book;
		int64_t month_pd;
	} tries[] = {{f->book, 0}, {f->published, 0}, {f->book, PICO_MAX}};

	for (size_t i = 0; i < LENGTH(tries); i++) {
		ledger_price(tries[i].book, c, tries[i].month_pd, out);
		if (!out->is_unpriced && !out->is_over && out->total_pico == c->cost_pd)
			return true;
	}
	return false;
}

static enum err_code add_call(void *user, const struct call *c, struct err *e)
{
	struct focus *f = user;
	enum cost_source source = source_of(c);
	struct quote ours, list;
	struct focus_row *r;
	bool first = true;

	ledger_price(f->published, c, 0, &list);
	if (source != SOURCE_EXACT || !find_parts(f, c, &ours)) {
		r = row_at(f, c, KIND_MIXED, source);
		if (r == NULL)
			return err_set(e, ERR_LIMIT, "over %d rows: ask for less with --since and --until", FOCUS_ROWS_MAX);
		r->quantity += ledger_tokens(c);
		r->cost_pd += c->cost_pd;
		r->list_pd += list.is_unpriced || list.is_over || source != SOURCE_EXACT ? c->cost_pd : list.total_pico;
		r->requests++;
		return ERR_OK;
	}
	for (int b = 0; b < BUCKETS; b++) {
		if (ours.line[0].u.n[b] == 0)
			continue;
		r = row_at(f, c, b, source);
		if (r == NULL)
			return err_set(e, ERR_LIMIT, "over %d rows: ask for less with --since and --until", FOCUS_ROWS_MAX);
		r->quantity += ours.line[0].u.n[b];
		r->cost_pd += ours.line[0].pico[b];
		r->list_pd += list.is_unpriced || list.is_over ? ours.line[0].pico[b] : list.line[0].pico[b];
		r->requests += first;
		first = false;
	}
	return ERR_OK;
}

static const char *vendor_title(const char *vendor)
{
	static const char *const titles[][2] = {{"anthropic", "Anthropic"}, {"openai", "OpenAI"}, {"bedrock", "AWS"}};

	for (size_t i = 0; i < LENGTH(titles); i++)
		if (strcmp(titles[i][0], vendor) == 0)
			return titles[i][1];
	return vendor;
}

static void put_second(struct json_out *j, const char *name, int64_t at_us)
{
	char text[DATE_TEXT], whole[24];

	date_rfc3339(at_us, text);
	snprintf(whole, sizeof whole, "%.19sZ", text);
	json_put_text(j, name, whole);
}

static bool is_usual(const char *name, enum service_tier usual)
{
	return name[0] == '\0' || strcmp(name, service_tier_names[usual]) == 0;
}

static void put_focus(struct ask *a, const struct focus_row *r)
{
	int64_t from = query_day_start(r->day), noon = from + US_PER_DAY / 2;
	const char *kind = r->kind < BUCKETS ? bucket_names[r->kind] : "tokens", *maker = vendor_title(r->vendor);
	bool is_requests = r->kind == BUCKET_WEB_SEARCH;
	struct json_out *j = a->j;
	char text[MODEL_ID_BYTES + 80];

	json_open(j, NULL, '{');
	put_money(j, "BilledCost", r->cost_pd);
	json_put_text(j, "BillingAccountId", store_workspace(a->store));
	json_put_text(j, "BillingAccountName", store_name(a->store));
	json_put_text(j, "BillingCurrency", "USD");
	put_second(j, "BillingPeriodEnd", clock_month_end(noon));
	put_second(j, "BillingPeriodStart", clock_month_start(noon));
	json_put_text(j, "ChargeCategory", "Usage");
	json_put_text(j, "ChargeClass", "");
	snprintf(text, sizeof text, "Estimate, no invoice: %s of %s", kind, r->model);
	json_put_text(j, "ChargeDescription", text);
	json_put_text(j, "ChargeFrequency", "Usage-Based");
	put_second(j, "ChargePeriodEnd", query_day_start(r->day + 1));
	put_second(j, "ChargePeriodStart", from);
	json_put_int(j, "ConsumedQuantity", r->quantity);
	json_put_text(j, "ConsumedUnit", is_requests ? "Requests" : "Tokens");
	put_money(j, "ContractedCost", r->cost_pd);
	put_money(j, "EffectiveCost", r->cost_pd);
	json_put_text(j, "HostProviderName", maker);
	json_put_text(j, "InvoiceIssuerName", maker);
	put_money(j, "ListCost", r->list_pd);
	json_put_int(j, "PricingQuantity", r->quantity);
	json_put_text(j, "PricingUnit", is_requests ? "Requests" : "Tokens");
	json_put_text(j, "ProviderName", maker);
	json_put_text(j, "PublisherName", maker);
	json_put_text(j, "ResourceId", r->key);
	json_put_text(j, "ServiceCategory", "AI and Machine Learning");
	json_put_text(j, "ServiceName", strcmp(r->vendor, "bedrock") == 0 ? "Amazon Bedrock" : maker);
	json_put_text(j, "ServiceProviderName", maker);
	snprintf(text, sizeof text, "%s/%s%s%s%s%s", r->model, kind, is_usual(r->service, SERVICE_STANDARD) ? "" : "/", is_usual(r->service, SERVICE_STANDARD) ? "" : r->service,
	    strcmp(r->region, "regional") == 0 ? "/" : "", strcmp(r->region, "regional") == 0 ? r->region : "");
	json_put_text(j, "SkuId", text);
	json_put_text(j, "SkuMeter", kind);
	json_put_text(j, "x_Model", r->model);
	json_put_text(j, "x_ServiceTier", r->service);
	json_put_text(j, "x_RegionClass", r->region);
	json_put_text(j, "x_Agent", r->agent);
	json_put_int(j, "x_TaskId", r->task);
	json_put_int(j, "x_RequestCount", r->requests);
	json_put_text(j, "x_CostSource", source_names[r->source]);
	json_close(j, '}');
}

enum err_code answer_focus(struct ask *a, struct err *e)
{
	struct focus f = {.book = desk_book(a->desk), .published = desk_published(a->desk)};
	struct focus_row none = {.day = clock_day_number(clock_now_us()), .kind = KIND_MIXED};
	struct ledger_span span = {.since_us = a->q->since_us, .until_us = a->q->until_us};
	enum err_code code = ledger_walk(a->store, &span, add_call, &f, e);

	json_open(a->j, NULL, '{');
	json_open(a->j, "rows", '[');
	for (size_t i = 0; code == ERR_OK && i < f.count; i++)
		put_focus(a, &f.row[i]);
	json_close(a->j, ']');
	if (f.count == 0) {	/* no charges: the columns alone */
		json_open(a->j, "columns_of", '[');
		put_focus(a, &none);
		json_close(a->j, ']');
	}
	json_close(a->j, '}');
	free(f.row);
	return code;
}

/* --- OpenTelemetry ---------------------------------------------------------------- */

static void put_ms_as_seconds(struct json_out *j, const char *name, int64_t us)
{
	char text[32];

	if (us < 0)
		return;
	snprintf(text, sizeof text, "%lld.%06lld", (long long)(us / US_PER_S), (long long)(us % US_PER_S));
	json_put_raw(j, name, slice_of(text));
}

static const char *otel_provider(const char *vendor)
{
	return strcmp(vendor, "bedrock") == 0 ? "aws.bedrock" : vendor;
}

static void put_otel_usage(struct json_out *j, const struct call_tokens *t)
{
	int64_t written = t->write_5m + t->write_30m + t->write_1h + t->write_12h;

	json_put_int(j, "gen_ai.usage.input_tokens", t->input + t->cache_read + written);	/* theirs counts the cached ones in */
	json_put_int(j, "gen_ai.usage.cache_read.input_tokens", t->cache_read);
	json_put_int(j, "gen_ai.usage.cache_creation.input_tokens", written);
	json_put_int(j, "gen_ai.usage.output_tokens", t->output);
}

static enum err_code put_otel(void *user, const struct call *c, struct err *e)
{
	struct json_out *j = user;

	(void)e;
	json_open(j, NULL, '{');
	put_time(j, "start_time", c->sent_us > 0 ? c->sent_us : c->held_us);
	put_time(j, "end_time", c->ended_us);
	json_put_text(j, "gen_ai.operation.name", "chat");
	json_put_text(j, "gen_ai.provider.name", otel_provider(c->vendor));
	json_put_text(j, "gen_ai.request.model", c->model);
	if (c->stop_reason[0] != '\0') {
		json_open(j, "gen_ai.response.finish_reasons", '[');
		json_put_text(j, NULL, c->stop_reason);
		json_close(j, ']');
	}
	if (c->agent[0] != '\0')
		json_put_text(j, "gen_ai.agent.name", c->agent);
	if (c->task > 0)
		json_put_int(j, "gen_ai.conversation.id", c->task);
	put_otel_usage(j, &c->tokens);
	if (c->first_byte_us > 0)
		put_ms_as_seconds(j, "gen_ai.response.time_to_first_chunk", c->first_byte_us - c->sent_us);
	if (c->sent_us > 0 && c->ended_us > 0)
		put_ms_as_seconds(j, "gen_ai.client.operation.duration", c->ended_us - c->sent_us);
	if (c->state != CALL_SETTLED)
		json_put_text(j, "error.type", c->http_status >= 400 ? "http" : life_name(&call_life, (int)c->state));
	if (c->http_status > 0)
		json_put_int(j, "http.response.status_code", c->http_status);
	/* no accepted names for money yet */
	json_put_int(j, "claviger.call.id", c->id);
	json_put_int(j, "claviger.goal.id", c->goal);
	put_word(j, "claviger.request_id", c->request_id);
	put_word(j, "claviger.service_tier", c->service_tier);
	put_word(j, "claviger.region_class", c->region_class);
	json_put_text(j, "claviger.key", c->key_label);
	json_put_text(j, "claviger.state", life_name(&call_life, (int)c->state));
	if (c->unpriced)
		json_put_null(j, "claviger.cost.amount");
	else
		put_money(j, "claviger.cost.amount", c->cost_pd);
	json_put_text(j, "claviger.cost.currency", "USD");
	json_put_text(j, "claviger.cost.source", "local");
	put_word(j, "claviger.cost.price_from", c->price_from);
	json_close(j, '}');
	return ERR_OK;
}

enum err_code answer_call_export(struct ask *a, struct err *e)
{
	struct ledger_span span = {.since_us = a->q->since_us, .until_us = a->q->until_us, .task = a->q->id, .all_states = true};
	enum err_code code;

	json_open(a->j, NULL, '[');
	code = ledger_walk(a->store, &span, put_otel, a->j, e);
	json_close(a->j, ']');
	return code;
}
