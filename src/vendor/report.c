/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "vendor/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/json.h"

#define US_A_DAY INT64_C(86400000000)
#define S_A_DAY INT64_C(86400)

static void start_get(struct wire_request *out, const struct vendor_place *at, struct buf *path, const char *page)
{
	if (page[0] != '\0') {
		buf_adds(path, "&page=");
		wire_percent(path, slice_of(page));
	}
	wire_request_init(out, "GET", &at->url, buf_text(path));
	wire_request_header(out, "accept", "application/json");
}

static void anthropic(const struct vendor_place *at, int64_t from, int64_t to, const char *page, struct wire_request *out)
{
	char first[11], last[11];
	struct buf path;

	date_day(from * US_A_DAY, first);
	date_day((to + 1) * US_A_DAY, last);
	buf_init(&path, REPORT_PAGE * 4);
	buf_addf(&path, "/v1/organizations/cost_report?starting_at=%sT00:00:00Z&ending_at=%sT00:00:00Z&limit=31", first, last);
	start_get(out, at, &path, page);
	wire_request_header(out, "anthropic-version", "2023-06-01");
	buf_release(&path);
}

static void openai(const struct vendor_place *at, int64_t from, int64_t to, const char *page, struct wire_request *out)
{
	struct buf path;

	buf_init(&path, REPORT_PAGE * 4);
	buf_addf(&path, "/v1/organization/costs?start_time=%" PRId64 "&end_time=%" PRId64 "&bucket_width=1d&limit=180", from * S_A_DAY, (to + 1) * S_A_DAY);
	start_get(out, at, &path, page);
	buf_release(&path);
}

/* By service: those of Bedrock are picked when it is read, as Marketplace models have names of their own. */
static void aws(const struct vendor_place *at, int64_t from, int64_t to, const char *page, struct wire_request *out)
{
	char first[11], last[11];
	struct json_out j;

	date_day(from * US_A_DAY, first);
	date_day((to + 1) * US_A_DAY, last);
	wire_request_init(out, "POST", &at->url, "/");
	wire_request_header(out, "content-type", "application/x-amz-json-1.1");
	wire_request_header(out, "x-amz-target", "AWSInsightsIndexService.GetCostAndUsage");
	wire_request_sign_for(out, "ce", "us-east-1");
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	json_open(&j, "TimePeriod", '{');
	json_put_text(&j, "Start", first);
	json_put_text(&j, "End", last);
	json_close(&j, '}');
	json_put_text(&j, "Granularity", "DAILY");
	json_open(&j, "Metrics", '[');
	json_put_text(&j, NULL, "UnblendedCost");
	json_close(&j, ']');
	json_open(&j, "GroupBy", '[');
	json_open(&j, NULL, '{');
	json_put_text(&j, "Type", "DIMENSION");
	json_put_text(&j, "Key", "SERVICE");
	json_close(&j, '}');
	json_close(&j, ']');
	if (page[0] != '\0')
		json_put_text(&j, "NextPageToken", page);
	json_close(&j, '}');
}

static const struct {
	const char *vendor, *base_url;
	void (*ask)(const struct vendor_place *at, int64_t from, int64_t to, const char *page, struct wire_request *out);
} reports[] = {
	{"anthropic", "", anthropic}, {"openai", "", openai}, {"bedrock", "https://ce.us-east-1.amazonaws.com", aws},
};

const char *report_base_url(const char *vendor)
{
	size_t i;

	for (i = 0; i < LENGTH(reports); i++)
		if (strcmp(reports[i].vendor, vendor) == 0)
			return reports[i].base_url;
	return "";
}

enum err_code report_request(const char *vendor, const struct vendor_place *at, int64_t from_day, int64_t to_day, const char *page, struct wire_request *out, struct err *e)
{
	size_t i;

	memset(out, 0, sizeof *out);
	for (i = 0; i < LENGTH(reports); i++)
		if (strcmp(reports[i].vendor, vendor) == 0) {
			reports[i].ask(at, from_day, to_day, page, out);
			return ERR_OK;
		}
	return err_set(e, ERR_USAGE, "%.40s has no report of costs that could be asked for", vendor);
}

enum err_code report_next(struct slice body, char next[REPORT_PAGE], struct err *e)
{
	cJSON *t = NULL;
	const char *page;
	enum err_code rc = json_parse(body, &t, e);

	next[0] = '\0';
	if (rc != ERR_OK)
		return rc;
	page = json_text(t, "NextPageToken");
	if (page == NULL && json_bool(t, "has_more", false))
		page = json_text(t, "next_page");
	if (page != NULL && strlen(page) >= REPORT_PAGE)
		rc = err_set(e, ERR_LIMIT, "the name of the report's next page is too long");
	else if (page != NULL)
		snprintf(next, REPORT_PAGE, "%s", page);
	cJSON_Delete(t);
	return rc;
}

bool report_check(const char *vendor, const struct vendor_place *at, int64_t today, struct wire_request *out)
{
	struct buf path;

	memset(out, 0, sizeof *out);
	buf_init(&path, 4096);
	if (strcmp(vendor, "anthropic") == 0) {
		buf_adds(&path, "/v1/organizations/me");
		start_get(out, at, &path, "");
		wire_request_header(out, "anthropic-version", "2023-06-01");
	} else if (strcmp(vendor, "openai") == 0) {
		buf_addf(&path, "/v1/organization/costs?start_time=%" PRId64 "&limit=1", today * S_A_DAY);
		start_get(out, at, &path, "");
	}
	buf_release(&path);
	return out->path != NULL;
}
