/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bedrock's lists: foundation models, and the inference profiles that lead to them. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/bedrock.h"
#include "practice/wire_bedrock.h"

#define ACCOUNT "123456789012"

static void put_words(struct json_out *j, const char *name, const char *one, const char *two)
{
	json_open(j, name, '[');
	json_put_text(j, NULL, one);
	if (two != NULL)
		json_put_text(j, NULL, two);
	json_close(j, ']');
}

void bedrock_models(struct practice *p, const struct request *q, struct reply *r)
{
	const char *by = headers_get(&q->query, "byProvider"), *region = p->region != NULL ? p->region : "us-east-1";
	const struct offered *o;
	struct aws_caller who;
	struct json_out j;
	char *arn;

	if (!aws_admit(p, q, r, "bedrock", NULL, true, &who) || aws_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "modelSummaries", '[');
	for (o = offered; o->bare != NULL; o++) {
		if (by != NULL && strcasecmp(by, o->maker) != 0)
			continue;
		arn = xasprintf("arn:aws:bedrock:%s::foundation-model/%s", who.region[0] != '\0' ? who.region : region, o->bare);
		json_open(&j, NULL, '{');
		json_put_text(&j, "modelArn", arn);
		json_put_text(&j, "modelId", o->bare);
		json_put_text(&j, "modelName", o->name);
		json_put_text(&j, "providerName", o->maker);
		put_words(&j, "inputModalities", "TEXT", "IMAGE");
		put_words(&j, "outputModalities", "TEXT", NULL);
		json_put_bool(&j, "responseStreamingSupported", true);
		json_open(&j, "customizationsSupported", '[');
		json_close(&j, ']');
		put_words(&j, "inferenceTypesSupported", o->is_bare ? "ON_DEMAND" : "INFERENCE_PROFILE", o->is_bare && o->is_local ? "INFERENCE_PROFILE" : NULL);
		json_open(&j, "modelLifecycle", '{');
		json_put_text(&j, "status", "ACTIVE");
		json_close(&j, '}');
		json_close(&j, '}');
		free(arn);
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

static void put_profile(struct json_out *j, const struct offered *o, const char *prefix, const char *region)
{
	char *id = xasprintf("%s.%s", prefix, o->bare), *name = xasprintf("%s %s (profile)", o->name, prefix);
	char *arn = xasprintf("arn:aws:bedrock:%s:" ACCOUNT ":inference-profile/%s", region, id);
	char *model = xasprintf("arn:aws:bedrock:%s::foundation-model/%s", strcmp(prefix, "global") == 0 ? "" : region, o->bare);

	json_open(j, NULL, '{');
	json_put_text(j, "inferenceProfileName", name);
	json_put_text(j, "inferenceProfileArn", arn);
	json_put_text(j, "inferenceProfileId", id);
	json_open(j, "models", '[');
	json_open(j, NULL, '{');
	json_put_text(j, "modelArn", model);
	json_close(j, '}');
	json_close(j, ']');
	json_put_text(j, "status", "ACTIVE");
	json_put_text(j, "type", "SYSTEM_DEFINED");
	json_close(j, '}');
	free(id);
	free(name);
	free(arn);
	free(model);
}

/* The geography's own prefix for a region. */
static const char *local_prefix(const char *region)
{
	static const char *const rows[][2] = {{"us-gov-", "us-gov"}, {"us-", "us"}, {"eu-", "eu"}, {"ap-southeast-2", "au"}, {"ap-northeast-", "jp"}, {"ap-", "apac"}};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		if (strncmp(region, rows[i][0], strlen(rows[i][0])) == 0)
			return rows[i][1];
	return "us";
}

/* Profiles in a row: each model's global one, then its local one. */
void bedrock_profiles(struct practice *p, const struct request *q, struct reply *r)
{
	const char *type = headers_get(&q->query, "type"), *max = headers_get(&q->query, "maxResults"), *token = headers_get(&q->query, "nextToken");
	long from = token != NULL ? strtol(token, NULL, 10) : 0, most = max != NULL ? strtol(max, NULL, 10) : 1000, i = 0;
	const struct offered *o;
	struct aws_caller who;
	struct json_out j;
	const char *region;
	char next[24];

	if (!aws_admit(p, q, r, "bedrock", NULL, true, &who) || aws_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	if (most < 1 || most > 1000 || from < 0) {
		aws_error(r, 400, "ValidationException", "maxResults or nextToken is out of its range.");
		return;
	}
	region = who.region[0] != '\0' ? who.region : p->region != NULL ? p->region : "us-east-1";
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "inferenceProfileSummaries", '[');
	for (o = offered; o->bare != NULL && (type == NULL || strcmp(type, "SYSTEM_DEFINED") == 0); o++) {
		if (o->is_global && i++ >= from && i <= from + most)
			put_profile(&j, o, "global", region);
		if (o->is_local && i++ >= from && i <= from + most)
			put_profile(&j, o, local_prefix(region), region);
	}
	json_close(&j, ']');
	if (i > from + most) {
		snprintf(next, sizeof next, "%ld", from + most);
		json_put_text(&j, "nextToken", next);
	}
	json_close(&j, '}');
}
