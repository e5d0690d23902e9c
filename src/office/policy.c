/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/policy.h"

#include <stdio.h>
#include <string.h>

#include "office/provenance.h"

enum effect policy_effect(enum connector_type type, const char *declared, bool destructive_hint)
{
	int effect = type == CONNECTOR_MCP ? -1 : effect_parse(declared);

	if (destructive_hint)
		return EFFECT_DESTROY;
	return effect < 0 ? EFFECT_SEND : (enum effect)effect;
}

bool policy_needs_decision(enum effect effect)
{
	return effect != EFFECT_READ;
}

/* --- grants ---------------------------------------------------------------- */

/* "HEAD.TAIL" at the first dot; a connector's name holds none, a tool's may. */
static bool halves(const char *pattern, struct slice *head, struct slice *tail)
{
	const char *dot = strchr(pattern, '.');

	if (dot == NULL || dot == pattern || dot[1] == '\0')
		return false;
	*head = slice_make(pattern, (size_t)(dot - pattern));
	*tail = slice_of(dot + 1);
	return true;
}

static bool is_typed(const char *pattern)
{
	return strncmp(pattern, "type:", 5) == 0;
}

static bool type_known(struct slice word)
{
	int i;

	for (i = 0; i < CONNECTOR_TYPES; i++)
		if (slice_is(word, connector_type_names[i]))
			return true;
	return false;
}

bool policy_pattern_ok(const char *pattern)
{
	struct slice head, tail;
	size_t i;

	if (strcmp(pattern, "*") == 0)
		return true;
	if (!halves(is_typed(pattern) ? pattern + 5 : pattern, &head, &tail) || (is_typed(pattern) && !type_known(head)))
		return false;
	if (slice_is(tail, "*"))
		tail.len = 0;
	for (i = 0; i < head.len; i++)
		if (strchr("*?: \t\n", head.p[i]) != NULL)
			return false;
	for (i = 0; i < tail.len; i++)
		if (strchr("*? \t\n", tail.p[i]) != NULL)
			return false;
	return true;
}

bool policy_pattern_covers(const char *pattern, enum connector_type type, const char *connector, const char *tool)
{
	struct slice head, tail;

	if (!policy_pattern_ok(pattern))
		return false;
	if (strcmp(pattern, "*") == 0)
		return true;
	if (is_typed(pattern)) {
		halves(pattern + 5, &head, &tail);
		if (!slice_is(head, connector_type_names[type]))
			return false;
	} else {
		halves(pattern, &head, &tail);
		if (!slice_is(head, connector))
			return false;
	}
	return slice_is(tail, "*") || slice_is(tail, tool);
}

bool policy_granted(const struct agent *a, enum connector_type type, const char *connector, const char *tool)
{
	int i;

	if (!a->tools_narrowed)
		return true;
	for (i = 0; i < a->tools_n; i++)
		if (policy_pattern_covers(a->tools[i], type, connector, tool))
			return true;
	return false;
}

/* --- the typed yes ----------------------------------------------------------- */

struct recipients {
	struct slice goal;
	const char *const *verified;
	size_t verified_n, found;
	char stranger[100];
};

static bool same_address(struct slice a, const char *b)
{
	return a.len == strlen(b) && strncasecmp(a.p, b, a.len) == 0;
}

static void look_at_recipient(void *user, enum value_kind kind, struct slice v)
{
	struct recipients *r = user;
	size_t i;

	if (kind != VALUE_ADDRESS && kind != VALUE_URL && kind != VALUE_HOST)
		return;
	r->found++;
	if (value_stands_in(v, r->goal))
		return;
	for (i = 0; i < r->verified_n; i++)
		if (same_address(v, r->verified[i]))
			return;
	if (r->stranger[0] == '\0')
		snprintf(r->stranger, sizeof r->stranger, "%.*s", (int)(v.len < 80 ? v.len : 80), v.p);
}

bool policy_needs_typed_yes(const struct approval *a, struct slice goal_text, const char *const verified[], size_t verified_n, char why[TITLE_MAX_BYTES])
{
	struct recipients r = {.goal = goal_text, .verified = verified, .verified_n = verified_n};
	char unused[TITLE_MAX_BYTES];

	if (why == NULL)
		why = unused;
	why[0] = '\0';
	if (a->kind != APPROVAL_ACTION)
		return false;
	if (a->effect == EFFECT_DESTROY) {
		snprintf(why, TITLE_MAX_BYTES, "it destroys something");
		return true;
	}
	if (a->effect != EFFECT_SEND)
		return false;
	values_in_payload(slice_make(a->payload, a->payload != NULL ? a->payload_len : 0), look_at_recipient, &r);
	if (r.found == 0)
		snprintf(why, TITLE_MAX_BYTES, "it sends, and no recipient can be found in it");
	else if (r.stranger[0] != '\0')
		snprintf(why, TITLE_MAX_BYTES, "%s is neither in your goal nor the verified sender being answered", r.stranger);
	return why[0] != '\0';
}

/* --- standing rules ------------------------------------------------------------ */

bool policy_rule_may_decide(const struct approval *a, bool read_untrusted)
{
	if (a->kind != APPROVAL_ACTION || a->effect == EFFECT_DESTROY)
		return false;
	return !(a->effect == EFFECT_SEND && read_untrusted);
}

/* With one point to go back to: linear in practice, n*m at worst. */
bool policy_glob(const char *pattern, struct slice text)
{
	const char *star = NULL;
	size_t i = 0, back = 0;

	while (i < text.len) {
		if (*pattern == '*') {
			star = ++pattern;
			back = i;
		} else if (*pattern != '\0' && (*pattern == '?' || *pattern == text.p[i])) {
			pattern++;
			i++;
		} else if (star != NULL) {
			pattern = star;
			i = ++back;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
