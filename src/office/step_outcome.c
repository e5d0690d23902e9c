/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of a proposal, in words for the agent. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "office/step.h"
#include "office/step_past.h"

static void add_bounded(struct buf *b, const char *text, size_t len, size_t max)
{
	buf_add(b, text, len < max ? len : max);
	if (len > max)
		buf_addf(b, "\n[cut: %zu of %zu bytes shown]", max, len);
}

/* The agent proposed version 1; what was carried out may be another. */
static void add_edit(struct buf *b, const struct approval *a, const struct office_limits *limits)
{
	if (a->version <= 1)
		return;
	buf_adds(b, STEP_EDITED " Take the edited version as what they want from now on and don't propose the original again.");
	if (a->payload == NULL)
		return;
	buf_adds(b, " The edited version:\n");
	add_bounded(b, a->payload, a->payload_len, limits->tool_result_bytes);
}

static void say_fired(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits)
{
	buf_adds(b, STEP_FIRED);
	add_edit(b, a, limits);
	if (receipt != NULL && receipt[0] != '\0') {
		buf_adds(b, "\nThe answer:\n");
		add_bounded(b, receipt, strlen(receipt), limits->tool_result_bytes);
	}
}

static void say_failed(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits)
{
	buf_adds(b, STEP_FAILED);
	add_edit(b, a, limits);
	if (a->reason[0] != '\0')
		buf_addf(b, "\nWhy: %s", a->reason);
	if (receipt != NULL && receipt[0] != '\0') {
		buf_adds(b, "\nThe answer:\n");
		add_bounded(b, receipt, strlen(receipt), limits->tool_result_bytes);
	}
	buf_adds(b, "\nLook at how things stand before you propose it again, mended.");
}

static void say_rejected(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits)
{
	(void)receipt;
	(void)limits;
	if (a->reason[0] != '\0')
		buf_addf(b, STEP_REJECTED ". Their reason: %s\n", a->reason);
	else
		buf_adds(b, STEP_REJECTED ", without a reason.\n");
	if (a->kind == APPROVAL_PLAN)
		buf_adds(b, "Nothing was done; don't submit this plan again. If the reason leaves another way to the goal, submit a whole plan for that; if not, say so and end.");
	else
		buf_adds(b, "Nothing was done, and it is not wanted: don't propose it again, changed or not. Follow the reason, or go on without it.");
}

static void say_changes(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits)
{
	(void)receipt;
	(void)limits;
	buf_addf(b, STEP_CHANGES ". Their words: %s\n", a->reason);
	if (a->kind == APPROVAL_PLAN)
		buf_adds(b, "Nothing was done yet. It is your turn: change the plan as they say and submit the whole plan again.");
	else
		buf_adds(b, "Nothing was done yet. It is your turn: change it as they say and propose the new version with the same tool.");
}

static void say_plain(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits)
{
	static const char *const words[APPROVAL_STATES] = {
		[APPROVAL_NOT_FIRED] = "Approved, but it turned out that it was not carried out. You may propose it again if it is still needed.",
		[APPROVAL_EXPIRED] = "Nobody decided in time, so nothing was done. Go on without it, or say in your report that it is open.",
		[APPROVAL_WITHDRAWN] = "Withdrawn before it was decided; nothing was done.",
	};

	(void)receipt;
	(void)limits;
	buf_adds(b, words[a->state]);
	if (a->reason[0] != '\0')
		buf_addf(b, "\nWhy: %s", a->reason);
}

typedef void say(struct buf *b, const struct approval *a, const char *receipt, const struct office_limits *limits);

void step_outcome(const struct approval *a, const char *receipt, const struct office_limits *limits, struct step_result *out)
{
	static const struct {
		say *say;
		bool is_error;
	} table[APPROVAL_STATES] = {
		[APPROVAL_FIRED] = {say_fired, false},
		[APPROVAL_FAILED] = {say_failed, true},
		[APPROVAL_NOT_FIRED] = {say_plain, true},
		[APPROVAL_REJECTED] = {say_rejected, true},
		[APPROVAL_CHANGES_ASKED] = {say_changes, true},
		[APPROVAL_EXPIRED] = {say_plain, true},
		[APPROVAL_WITHDRAWN] = {say_plain, true},
	};
	struct buf b;

	*out = (struct step_result){0};
	if (a->kind == APPROVAL_PLAN && (a->state == APPROVAL_APPROVED || a->state == APPROVAL_FIRED)) {
		out->has_result = true;
		out->text = xstrdup(a->version > 1 ? "The person edited the plan and approved it. The tasks have been made." :
		    "The plan is approved. The tasks have been made.");
		return;
	}
	if (table[a->state].say == NULL)
		return;
	buf_init(&b, 0);
	table[a->state].say(&b, a, receipt, limits);
	out->has_result = true;
	out->is_error = table[a->state].is_error;
	out->untrusted = receipt != NULL && receipt[0] != '\0' && (a->state == APPROVAL_FIRED || a->state == APPROVAL_FAILED);
	out->text = buf_take(&b);
}

void step_answer(const char *words, struct step_result *out)
{
	*out = (struct step_result){.has_result = true};
	out->text = xasprintf("The person answers:\n%s", words);
}

void step_result_release(struct step_result *r)
{
	free(r->text);
	*r = (struct step_result){0};
}
