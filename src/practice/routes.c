/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every path the practice vendor knows; a new wire adds its rows here. */
#include "practice/http.h"
#include "practice/own.h"
#include "practice/report.h"
#include "practice/wire_anthropic.h"
#include "practice/wire_bedrock.h"
#include "practice/wire_openai.h"

/* Two vendors have their models at one path: the key tells whose are asked for. */
static void list_models(struct practice *p, const struct request *q, struct reply *r)
{
	(openai_is_asked(q) ? openai_models : anthropic_models)(p, q, r);
}

static void one_model(struct practice *p, const struct request *q, struct reply *r)
{
	(openai_is_asked(q) ? openai_model : anthropic_model)(p, q, r);
}

static void refuse_path(const struct request *q, struct reply *r, int status, const char *type, const char *text)
{
	bool is_openai = headers_get(&q->headers, "authorization") != NULL && openai_is_asked(q);

	headers_add(&r->headers, is_openai ? "x-request-id" : "request-id", q->id);
	if (is_openai)
		openai_error(r, status, "invalid_request_error", NULL, NULL, text);
	else
		anthropic_error(q, r, status, type, text);
}

void not_here(struct practice *p, const struct request *q, struct reply *r)
{
	(void)p;
	refuse_path(q, r, 404, "not_found_error", "The practice vendor does not serve this path.");
}

void too_large(struct practice *p, const struct request *q, struct reply *r)
{
	(void)p;
	refuse_path(q, r, 413, "request_too_large", "Request exceeds the maximum size");
}

const struct route routes[] = {
	{.method = "POST", .path = "/v1/messages", .handle = anthropic_messages},
	{.method = "POST", .path = "/v1/messages/count_tokens", .handle = anthropic_count},
	{.method = "GET", .path = "/v1/models", .handle = list_models},
	{.method = "GET", .path = "/v1/models/*", .handle = one_model},
	{.method = "POST", .path = "/v1/responses", .handle = openai_responses},
	{.method = "POST", .path = "/v1/chat/completions", .handle = openai_chat},
	{.method = "POST", .path = "/model/*", .handle = bedrock_model, .is_aws = true},
	{.method = "POST", .path = "/anthropic/v1/messages", .handle = bedrock_messages, .is_aws = true},
	{.method = "POST", .path = "/anthropic/v1/messages/count_tokens", .handle = bedrock_count, .is_aws = true},
	{.method = "GET", .path = "/foundation-models", .handle = bedrock_models, .is_aws = true},
	{.method = "GET", .path = "/inference-profiles", .handle = bedrock_profiles, .is_aws = true},
	{.method = "GET", .path = "/v1/organizations/usage_report/messages", .handle = report_anthropic_usage},
	{.method = "GET", .path = "/v1/organizations/cost_report", .handle = report_anthropic_cost},
	{.method = "GET", .path = "/v1/organizations/me", .handle = report_anthropic_me},
	{.method = "GET", .path = "/v1/organization/usage/completions", .handle = report_openai_usage},
	{.method = "GET", .path = "/v1/organization/costs", .handle = report_openai_costs},
	{.method = "POST", .path = "/", .handle = report_aws_cost, .is_aws = true},
	{.method = "GET", .path = "/practice/books", .handle = own_books, .is_own = true},
	{.method = "GET", .path = "/practice/requests", .handle = own_requests, .is_own = true},
	{.method = "POST", .path = "/practice/sales", .handle = own_sales, .is_own = true},
	{.method = "POST", .path = "/practice/revoke", .handle = own_revoke, .is_own = true},
	{.method = NULL},
};
