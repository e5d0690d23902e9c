/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/policy.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "office/provenance.h"

enum effect policy_effect(enum connector_type type, const char *declared, bool destructive_hint)
{
	int effect = type == CONNECTOR_MCP ? -1 : effect_parse(declared);

	if (destructive_hint)
		return EFFECT_DESTROY;
	return effect < 0 ? EFFECT_SEND : (enum effect)effect;
}

bool policy_calls_itself_destructive(const char *definition)
{
	static const char *const path[] = {"annotations", "destructiveHint", NULL};
	struct slice hint;

	return definition != NULL && json_gate(slice_of(definition), NULL) == ERR_OK && json_find(slice_of(definition), path, &hint) && slice_is(hint, "true");
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
	const char *said;
	const cJSON *verified;
	size_t found;
	struct typed_yes *out;
};

static bool same_address(struct slice a, const char *b)
{
	return a.len == strlen(b) && strncasecmp(a.p, b, a.len) == 0;
}

static bool is_known(const struct recipients *r, struct slice v)
{
	struct slice rest = slice_of(r->said);
	const cJSON *one;
	const char *eol;

	cJSON_ArrayForEach(one, r->verified)
		if (cJSON_IsString(one) && same_address(v, one->valuestring))
			return true;
	while (rest.len > 0) {
		eol = memchr(rest.p, '\n', rest.len);
		if (slice_eq(slice_make(rest.p, eol != NULL ? (size_t)(eol - rest.p) : rest.len), v))
			return true;
		rest = eol != NULL ? slice_of(eol + 1) : slice_of("");
	}
	return value_stands_in(v, r->goal);
}

static void look_at_recipient(void *user, enum value_kind kind, struct slice v)
{
	struct recipients *r = user;

	if (kind != VALUE_ADDRESS && kind != VALUE_URL && kind != VALUE_HOST)
		return;
	r->found++;
	if (is_known(r, v))
		return;
	if (r->out->strangers++ == 0)
		snprintf(r->out->value, sizeof r->out->value, "%.*s", (int)(v.len < TITLE_MAX_BYTES ? v.len : TITLE_MAX_BYTES - 1), v.p);
}

/* What a message says is not where it goes. */
static bool is_content(const char *name)
{
	static const char *const names[] = {"subject", "body", "text", "html", "in_reply_to", "references", "message_id", "thread", "thread_id"};
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void look_at_payload(struct recipients *r, struct slice payload)
{
	cJSON *root = NULL;
	const cJSON *m;

	if (payload.len == 0 || json_parse(payload, &root, NULL) != ERR_OK)
		return;
	if (json_member(root, "to") == NULL)
		values_in_payload(payload, look_at_recipient, r);
	else
		cJSON_ArrayForEach(m, root) {
			const char *path[] = {m->string, NULL};
			struct slice raw;

			if (!is_content(m->string) && json_find(payload, path, &raw))
				values_in_payload(raw, look_at_recipient, r);
		}
	cJSON_Delete(root);
}

static void look_at_all(struct recipients *r, const struct approval *a)
{
	static const char *const recipients[] = {"recipients", NULL};
	struct slice context = slice_of(a->context != NULL ? a->context : ""), raw;
	cJSON *tree = NULL;

	if (context.len > 0 && json_parse(context, &tree, NULL) == ERR_OK) {
		r->verified = a->is_signed ? json_array(tree, "verified") : NULL;
		if (json_find(context, recipients, &raw))
			values_in_payload(raw, look_at_recipient, r);
	}
	look_at_payload(r, slice_make(a->payload, a->payload != NULL ? a->payload_len : 0));
	cJSON_Delete(tree);
}

bool policy_needs_typed_yes(const struct approval *a, struct slice goal_text, const char *said, struct typed_yes *out)
{
	struct recipients r = {.goal = a->is_signed ? goal_text : slice_of(""), .said = said != NULL ? said : "", .out = out};

	*out = (struct typed_yes){.strangers = 0};
	if (a->kind != APPROVAL_ACTION)
		return false;
	if (a->effect == EFFECT_DESTROY) {
		snprintf(out->why, sizeof out->why, "it destroys something");
		return true;
	}
	if (a->effect != EFFECT_SEND)
		return false;
	look_at_all(&r, a);
	if (r.found == 0)
		snprintf(out->why, sizeof out->why, "it sends, and no recipient can be found in it");
	else if (out->strangers > 0 && !a->is_signed)
		snprintf(out->why, sizeof out->why, "%.100s is vouched for by nothing that Claviger has signed", out->value);
	else if (out->strangers > 0)
		snprintf(out->why, sizeof out->why, "%.100s is neither in your goal nor the verified sender being answered", out->value);
	if (out->strangers > 1 && a->is_signed)
		snprintf(out->why, sizeof out->why, "%.100s and %d more are neither in your goal nor the verified sender being answered", out->value, out->strangers - 1);
	return out->why[0] != '\0';
}

struct fetched {
	struct slice goal;
	bool chosen;
};

static void look_at_address(void *user, enum value_kind kind, struct slice v)
{
	struct fetched *f = user;

	if (kind == VALUE_URL && !value_stands_in(v, f->goal))
		f->chosen = true;
}

enum effect policy_effect_of_call(enum effect effect, enum connector_type type, struct slice arguments, struct slice goal_text)
{
	struct fetched f = {.goal = goal_text};

	/* a connector of ours that reads a place of its own fetches nothing */
	if (effect != EFFECT_READ || type != CONNECTOR_MCP)
		return effect;
	values_in_payload(arguments, look_at_address, &f);
	return f.chosen ? EFFECT_SEND : effect;
}

int policy_persons(const struct person_line *line, const struct approval *a)
{
	if (a->kind == APPROVAL_ACTION && line->effect < EFFECTS && a->effect >= line->effect)
		return 2;
	return line->over_pd > 0 && (a->worst_case_pd > line->over_pd || (!a->is_signed && a->kind != APPROVAL_CAP)) ? 2 : 1;
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
