/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

#define US INT64_C(1000000)
#define WORDS_COLS 140

static cJSON *parse(struct slice body)
{
	cJSON *t = NULL;

	return json_parse(body, &t, NULL) == ERR_OK ? t : NULL;
}

/* --- waiting ---------------------------------------------------------------------------- */

static bool is_policy(const cJSON *t, const char *word)
{
	const char *policy = json_text(t, "policyName");

	return policy != NULL && strstr(policy, word) != NULL;
}

static int64_t interval_us(const struct wire_answer_header *h, size_t n)
{
	struct slice s = wire_answer_get(h, n, "x-hubspot-ratelimit-interval-milliseconds");
	int64_t us;

	return wire_seconds_parse(s, &us) ? us / 1000 : 10 * US;
}

struct hubspot_wait hubspot_wait_read(int status, struct slice body, const struct wire_answer_header *headers, size_t n, int64_t now_us)
{
	struct wire_retry said = wire_retry_read(headers, n, now_us);
	struct hubspot_wait w = {.has_wait = status == 429, .wait_us = US};
	cJSON *t = parse(body);

	/* 477: the account is being moved, and says for how long; 503: short of something */
	if (said.has_wait && (status == 429 || status == 477 || status == 503))
		w = (struct hubspot_wait){true, said.wait_us};
	else if (is_policy(t, "DAILY"))
		w.has_wait = false;
	else if (is_policy(t, "TEN_SECONDLY"))
		w.wait_us = interval_us(headers, n);
	cJSON_Delete(t);
	return w;
}

/* --- words --------------------------------------------------------------------------------- */

/* HubSpot's own words, fit for a line of ours. */
static void words_of(const cJSON *t, char *out, size_t room)
{
	const char *message = json_text(t, "message");
	struct buf b;

	buf_init(&b, 0);
	if (message != NULL)
		text_cut(&b, slice_of(message), WORDS_COLS, TEXT_LIST);
	snprintf(out, room, "%s", b.len > 0 ? buf_text(&b) : "it gives no reason");
	buf_release(&b);
}

static void add_scopes(const cJSON *list, struct buf *out)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, list)
		if (cJSON_IsString(m) && out->len < 120) {
			if (out->len > 0)
				buf_adds(out, ", ");
			text_cut(out, slice_of(m->valuestring), 60, TEXT_LIST);
		}
}

static enum err_code forbidden(const cJSON *t, struct err *e)
{
	char words[160];
	const cJSON *m;
	struct buf scopes;

	buf_init(&scopes, 0);
	cJSON_ArrayForEach(m, json_array(t, "errors")) {
		add_scopes(json_array(json_object(m, "context"), "requiredGranularScopes"), &scopes);
		add_scopes(json_array(json_object(m, "context"), "requiredScopes"), &scopes);
	}
	words_of(t, words, sizeof words);
	if (scopes.len > 0)
		err_set(e, ERR_REFUSED, "HubSpot does not let this token do that: it lacks %.180s", buf_text(&scopes));
	else
		err_set(e, ERR_REFUSED, "HubSpot does not let this token do that: %s", words);
	buf_release(&scopes);
	return err_mend(e, ERR_REFUSED, "give the private app that scope in HubSpot");
}

static enum err_code conflict(const cJSON *t, enum record_kind kind, struct err *e)
{
	const char *message = json_text(t, "message"), *id = message != NULL ? strstr(message, "Existing ID: ") : NULL;
	char words[160];
	size_t n = id != NULL ? strspn(id + 13, "0123456789") : 0;
	enum err_code code;

	if (n == 0 || n > 15) {
		words_of(t, words, sizeof words);
		return err_set(e, ERR_CONFLICT, "HubSpot says that it conflicts with what is there: %s", words);
	}
	code = err_set(e, ERR_CONFLICT, "there is %s/%.*s with that %s already", record_kind_names[kind], (int)n, id + 13, kind == RECORD_CONTACT ? "mail address" : "name");
	return err_mend(e, code, "read it, and change it if need be");
}

static enum err_code too_many(const cJSON *t, struct err *e)
{
	if (is_policy(t, "DAILY"))
		return err_set(e, ERR_LIMIT, "HubSpot's limit for the day is reached: it opens again at midnight of the account's time zone");
	return err_set(e, ERR_LIMIT, "HubSpot takes no more requests just now: try again in a minute");
}

enum err_code hubspot_fault(int status, struct slice body, enum record_kind kind, int64_t id, struct err *e)
{
	cJSON *t = parse(body);
	char words[160], about[RECORD_ID_MAX];
	enum err_code code;

	words_of(t, words, sizeof words);
	record_id_text(about, kind, id);
	if (status == 401) {
		err_set(e, ERR_AUTH, "HubSpot does not take this token");
		code = err_mend(e, ERR_AUTH, "a person gives another: claviger connector secret NAME token");
	} else if (status == 403) {
		code = forbidden(t, e);
	} else if (status == 404 && id > 0) {
		code = err_set(e, ERR_MISSING, "there is no %s", about);
	} else if (status == 409) {
		code = conflict(t, kind, e);
	} else if (status == 429) {
		code = too_many(t, e);
	} else if (status >= 400 && status < 500) {
		code = err_set(e, ERR_USAGE, "HubSpot refuses it (%d): %s", status, words);
	} else if (status >= 500) {
		code = err_set(e, ERR_NET, "HubSpot failed (%d): %s", status, words);
	} else {
		code = err_set(e, ERR_PROTO, "HubSpot's answer leads elsewhere (%d), and is not followed", status);
	}
	cJSON_Delete(t);
	return code;
}
