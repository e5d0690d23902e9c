/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/words.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "money/pico.h"

void words_age(int64_t now_us, int64_t since_us, char out[WORDS])
{
	int64_t minutes = (now_us - since_us) / (60 * US_PER_S);

	if (since_us == 0)
		snprintf(out, WORDS, "-");
	else if (minutes < 1)
		snprintf(out, WORDS, "%s", _("now"));
	else if (minutes < 60)
		snprintf(out, WORDS, _("%dm"), (int)minutes);
	else if (minutes < 48 * 60)
		snprintf(out, WORDS, _("%dh"), (int)(minutes / 60));
	else
		snprintf(out, WORDS, _("%dd"), (int)(minutes / (24 * 60)));
}

void words_money(int64_t cost_pd, int64_t live_pd, char out[WORDS])
{
	char money[PICO_TEXT];

	pico_format_short(pico_add_capped(cost_pd, live_pd), money);
	_Static_assert(PICO_TEXT + 4 <= WORDS, "no room for the sign");
	snprintf(out, WORDS, "%.*s%s", PICO_TEXT, money, live_pd > 0 ? "\xe2\x89\x88" : "");
}

void words_rate(int64_t pd, char out[WORDS])
{
	char money[PICO_TEXT];

	if (pd > 0 && pd < 10 * PICO_CENT)
		pico_format_fine(pd, money);
	else
		pico_format_short(pd, money);
	snprintf(out, WORDS, "%.*s", PICO_TEXT, money);
}

int words_percent(int64_t part, int64_t whole)
{
	if (whole <= 0 || part <= 0)
		return 0;
	return part >= whole ? (int)(part / whole > 9 ? 999 : 100 + (part - whole) / (whole / 100 + 1)) : (int)(part / (whole / 100 + 1));
}

void words_cap(int64_t part, int64_t whole, char out[WORDS])
{
	int percent = words_percent(part, whole);

	if (percent == 0 && part > 0)
		snprintf(out, WORDS, "<1%%");
	else
		snprintf(out, WORDS, percent >= 100 ? "!%d%%" : "%d%%", percent);
}

static const char *const task_words[TASK_STATES] = {N_("blocked"), N_("ready"), N_("RUNNING"), N_("WAITING"), N_("PAUSED"), N_("done"), N_("FAILED"), N_("stopped")};
static const enum role task_roles[TASK_STATES] = {ROLE_DIM, ROLE_NORMAL, ROLE_RUNNING, ROLE_WAITING, ROLE_WAITING, ROLE_DONE, ROLE_FAILED, ROLE_DONE};

const char *words_task_state(const struct task_row *t)
{
	return _(task_words[t->state]);
}

enum role role_task_state(const struct task_row *t)
{
	return t->state == TASK_WAITING && t->on != ON_PERSON ? ROLE_DIM : task_roles[t->state];
}

static const char *const on_words[TASK_ONS] = {"", N_("for you"), N_("for the vendor"), N_("for a connector"), N_("for a task"), N_("by a cap"), N_("by a key"),
	N_("by an error")};

const char *words_on(enum task_on on)
{
	return on == ON_NOTHING ? "" : _(on_words[on]);
}

static const char *const approval_words[APPROVAL_STATES] = {N_("proposed"), N_("pending"), N_("approved"), N_("going out"), N_("FIRING"), N_("fired"), N_("FAILED"),
	N_("UNKNOWN"), N_("not fired"), N_("rejected"), N_("expired"), N_("superseded"), N_("withdrawn"), N_("changes asked")};
static const enum role approval_roles[APPROVAL_STATES] = {ROLE_DIM, ROLE_WAITING, ROLE_RUNNING, ROLE_RUNNING, ROLE_RUNNING, ROLE_DONE, ROLE_FAILED, ROLE_FAILED,
	ROLE_DONE, ROLE_DONE, ROLE_DONE, ROLE_DONE, ROLE_DONE, ROLE_RUNNING};

const char *words_approval_state(enum approval_state s)
{
	return _(approval_words[s]);
}

enum role role_approval_state(enum approval_state s)
{
	return approval_roles[s];
}

const char *words_effect(const struct approval_row *a)
{
	static const char *const kinds[APPROVAL_KINDS] = {"", N_("plan"), N_("cap"), N_("rule")};
	static const char *const effects[EFFECTS] = {N_("read"), N_("write"), N_("send"), N_("DESTROY")};

	return a->kind == APPROVAL_ACTION ? _(effects[a->effect]) : _(kinds[a->kind]);
}

static const char *const key_words[KEY_STATES] = {N_("untested"), N_("ok"), N_("FAILING"), N_("REVOKED"), N_("retired")};
static const enum role key_roles[KEY_STATES] = {ROLE_WAITING, ROLE_CAP_OK, ROLE_FAILED, ROLE_FAILED, ROLE_DONE};

const char *words_key_state(enum key_state s)
{
	return _(key_words[s]);
}

enum role role_key_state(enum key_state s)
{
	return key_roles[s];
}

static const enum role shown_roles[SHOWN_ROLES] = {[SHOWN_PLAIN] = ROLE_NORMAL, [SHOWN_HEAD] = ROLE_HEAD, [SHOWN_ADD] = ROLE_ADD, [SHOWN_DEL] = ROLE_DEL,
	[SHOWN_HUNK] = ROLE_HUNK, [SHOWN_FIELD] = ROLE_FIELD, [SHOWN_NOTE] = ROLE_HINT, [SHOWN_WARN] = ROLE_WAITING, [SHOWN_JSON] = ROLE_NORMAL,
	[SHOWN_PERSON] = ROLE_PERSON, [SHOWN_AGENT] = ROLE_AGENT, [SHOWN_TOOL] = ROLE_TOOL, [SHOWN_ERROR] = ROLE_FAILED};

enum role role_shown(enum shown_role r)
{
	return r < SHOWN_ROLES ? shown_roles[r] : ROLE_NORMAL;
}

enum role role_cap(int percent)
{
	return percent >= 100 ? ROLE_CAP_OVER : percent >= 80 ? ROLE_CAP_NEAR : ROLE_CAP_OK;
}
