/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/disclose.h"

#include <stdio.h>
#include <string.h>

#include "vendor/vendor.h"
#include "worker/tier_model.h"

/* As the encoders do it; a change there is a change here. */
static const struct {
	const char *vendor, *retention, *metadata;
} sent[] = {
	{"anthropic", "nothing can be said per call: your agreement with Anthropic decides", "none: no user id, no names"},
	{"openai", "store: false with every call, so nothing is kept to be fetched again; your agreement decides on the rest",
	    "a cache key that is a hash of workspace and agent; no user id, no names"},
	{"bedrock", "nothing can be said per call: model invocation logging is a setting of your AWS account", "none: no request metadata, no names"},
};

static void say_place(const struct vendor *v, const struct vendor_place *at, struct disclosure *out)
{
	if (at->region[0] != '\0')
		snprintf(out->place, sizeof out->place, "region %s; a profile such as eu.MODEL stays in its geography, global.MODEL may be worked on anywhere", at->region);
	else if (at->billed == REGION_LOCAL)
		snprintf(out->place, sizeof out->place, "the region that the host %.200s stands for", at->url.host);
	else if (!at->is_home)
		snprintf(out->place, sizeof out->place, "wherever %.200s is", at->url.host);
	else
		snprintf(out->place, sizeof out->place, "wherever %s works (no region is asked for)", v->title);
}

bool disclose(const struct key *k, struct disclosure *out)
{
	const struct vendor *v = vendor_find_api(k->vendor, key_api_names[k->api]);
	struct vendor_place at;
	size_t i;

	memset(out, 0, sizeof *out);
	if (v == NULL || vendor_place_make(v, k->base_url, k->region, &at, NULL) != ERR_OK)
		return false;
	snprintf(out->title, sizeof out->title, "%s", v->title);
	snprintf(out->api, sizeof out->api, "%s", v->api);
	snprintf(out->host, sizeof out->host, "%.250s", at.url.host);
	out->is_home = at.is_home;
	say_place(v, &at, out);
	for (i = 0; i < LENGTH(sent); i++)
		if (strcmp(sent[i].vendor, v->name) == 0) {
			snprintf(out->retention, sizeof out->retention, "%s", sent[i].retention);
			snprintf(out->metadata, sizeof out->metadata, "%s", sent[i].metadata);
		}
	if (strcmp(v->name, "openai") == 0 && !at.is_home) {	/* they refuse what is OpenAI's own */
		snprintf(out->retention, sizeof out->retention, "nothing is said: what %.100s keeps is for its owner to say", at.url.host);
		snprintf(out->metadata, sizeof out->metadata, "none: no user id, no names");
	}
	return true;
}

void disclose_reader(struct store *s, const struct rules *rules, const struct key *k, char model[MODEL_ID_BYTES])
{
	const struct vendor *v = vendor_find_api(k->vendor, key_api_names[k->api]);
	int64_t max_tokens = 0;

	model[0] = '\0';
	if (v != NULL)
		tier_model(s, rules, v, TIER_ROUTINE, model, &max_tokens);
}
