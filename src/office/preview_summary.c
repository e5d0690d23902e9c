/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An approval in one line, for lists: what it would do, by the form of its payload. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "money/pico.h"
#include "office/cap_raise.h"
#include "office/plan.h"
#include "office/preview.h"
#include "office/preview_lines.h"

#define ADDRESSES_NAMED 3

static void plan_summary(struct slice payload, char out[TITLE_MAX_BYTES])
{
	static const struct office_limits wide = {.tasks_per_goal = 1000, .plan_depth = 1000, .title_bytes = TITLE_MAX_BYTES,
	    .instruction_bytes = (size_t)1 << 20, .summary_bytes = (size_t)1 << 20};
	char money[PICO_TEXT];
	struct plan plan;

	if (plan_parse(payload, NULL, 0, true, &wide, &plan, NULL) != ERR_OK) {
		snprintf(out, TITLE_MAX_BYTES, "plan that can't be read, %zu bytes", payload.len);
		return;
	}
	pico_format_short(plan.cost_pd, money);
	snprintf(out, TITLE_MAX_BYTES, "%d task%s%s%s", plan.tasks_n, plan.tasks_n == 1 ? "" : "s", plan.costs_n > 0 ? ", expected " : "",
	    plan.costs_n > 0 ? money : "");
	plan_free(&plan);
}

/* The first line of a value, in at most 60 bytes. */
static void add_short(struct buf *b, struct slice v)
{
	size_t n;

	for (n = 0; n < v.len && v.p[n] != '\n' && n < 60; n++)
		;
	while (n > 0 && n < v.len && ((unsigned char)v.p[n] & 0xC0) == 0x80)
		n--;
	buf_add(b, v.p, n);
	if (n < v.len)
		buf_adds(b, "...");
}

static void take_summary(struct buf *b, char out[TITLE_MAX_BYTES])
{
	size_t n = b->len;

	if (n > TITLE_MAX_BYTES - 1) {
		for (n = TITLE_MAX_BYTES - 4; n > 0 && ((unsigned char)b->p[n] & 0xC0) == 0x80; n--)
			;
		snprintf(out, TITLE_MAX_BYTES, "%.*s...", (int)n, b->p);
	} else {
		snprintf(out, TITLE_MAX_BYTES, "%s", buf_text(b));
	}
	buf_release(b);
}

/* A change of a record, or a new one: "contact/2: status lead -> answered". Only texts
 * and nulls are told so; anything else is no such payload. */
static bool is_record(const cJSON *root)
{
	const cJSON *fields = json_object(root, "fields"), *before = json_object(root, "before"), *m;

	if (fields == NULL || fields->child == NULL || (json_text(root, "record") == NULL && json_text(root, "kind") == NULL))
		return false;
	cJSON_ArrayForEach(m, fields)
		if (!cJSON_IsString(m) && !cJSON_IsNull(m))
			return false;
	cJSON_ArrayForEach(m, before)
		if (!cJSON_IsString(m) && !cJSON_IsNull(m))
			return false;
	return true;
}

static void record_summary(const cJSON *root, char out[TITLE_MAX_BYTES])
{
	const cJSON *fields = json_object(root, "fields"), *before = json_object(root, "before"), *m;
	const char *record = json_text(root, "record");
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, record != NULL ? "" : "new ");
	add_short(&b, slice_of(record != NULL ? record : json_text(root, "kind")));
	cJSON_ArrayForEach(m, fields) {
		const char *was = json_text(before, m->string);

		buf_addf(&b, "%s%s ", m == fields->child ? ": " : ", ", m->string);
		if (before != NULL) {
			add_short(&b, slice_of(was != NULL ? was : "(none)"));
			buf_adds(&b, " -> ");
		}
		add_short(&b, slice_of(cJSON_IsString(m) ? m->valuestring : "(none)"));
	}
	take_summary(&b, out);
}

/* "dana@example.com, and 3 more": texts only; anything else is counted. */
static void add_addresses(struct buf *b, const char *lead, const cJSON *v)
{
	const cJSON *one = cJSON_IsArray(v) ? v->child : v;
	int n = 0;

	for (; one != NULL; one = cJSON_IsArray(v) ? one->next : NULL)
		if (n++ < ADDRESSES_NAMED) {
			buf_adds(b, n == 1 ? lead : ", ");
			add_short(b, slice_of(cJSON_IsString(one) ? one->valuestring : "(not a text)"));
		}
	if (n > ADDRESSES_NAMED)
		buf_addf(b, " and %d more", n - ADDRESSES_NAMED);
}

/* "to dana@example.com: Invoice 7". */
static void mail_summary(const cJSON *root, char out[TITLE_MAX_BYTES])
{
	static const char *const names[] = {"to", "cc", "bcc"};
	const char *subject = json_text(root, "subject");
	struct buf b;
	size_t i;

	buf_init(&b, 0);
	for (i = 0; i < LENGTH(names); i++) {
		char lead[8];

		snprintf(lead, sizeof lead, "%s%s ", b.len > 0 ? ", " : "", names[i]);
		add_addresses(&b, lead, json_member(root, names[i]));
	}
	buf_adds(&b, b.len > 0 ? ": " : "mail: ");
	add_short(&b, slice_of(subject != NULL ? subject : "(no subject)"));
	take_summary(&b, out);
}

/* "send_text to=dana n=1 ...": texts and numbers, each bounded. */
static void members_summary(const struct approval *a, struct slice payload, const cJSON *root, char out[TITLE_MAX_BYTES])
{
	struct buf b;
	const cJSON *m;

	buf_init(&b, 0);
	buf_adds(&b, a->tool[0] != '\0' ? a->tool : approval_kind_names[a->kind]);
	cJSON_ArrayForEach(m, root) {
		const char *path[] = {m->string, NULL};
		struct slice v = {0};

		if (cJSON_IsString(m))
			v = slice_of(m->valuestring);
		else if (!json_find(payload, path, &v))
			continue;
		buf_addf(&b, " %s=", m->string);
		add_short(&b, v);
	}
	take_summary(&b, out);
}

void preview_summary(const struct approval *a, char out[TITLE_MAX_BYTES])
{
	struct slice payload = slice_make(a->payload, a->payload != NULL ? a->payload_len : 0);
	cJSON *root = NULL;

	if (a->payload == NULL || payload_gate(payload, NULL) != ERR_OK || json_parse(payload, &root, NULL) != ERR_OK)
		snprintf(out, TITLE_MAX_BYTES, "unreadable payload, %zu bytes", payload.len);
	else if (a->kind == APPROVAL_PLAN)
		plan_summary(payload, out);
	else if (a->kind == APPROVAL_CAP)
		cap_raise_summary(payload, out);
	else if (preview_is_patch(root))
		preview_patch_summary(json_text(root, "diff"), out);
	else if (a->kind == APPROVAL_ACTION && preview_is_mail(root))
		mail_summary(root, out);
	else if (a->kind == APPROVAL_ACTION && is_record(root))
		record_summary(root, out);
	else
		members_summary(a, payload, root, out);
	cJSON_Delete(root);
}
