/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I1, I10, I11: every field that decides what happens is under the hash or the MAC,
 * and no two different records give the same bytes. */
#include <string.h>

#include "base/buf.h"
#include "check.h"
#include "model/agent.h"
#include "model/approval.h"
#include "model/cap.h"
#include "model/connector.h"
#include "model/journal.h"
#include "model/rule.h"

static struct hash of(struct buf *b)
{
	struct hash h = hash_slice(buf_slice(b));

	buf_release(b);
	return h;
}

static struct hash decision_of(const char *workspace, const struct decision *d)
{
	struct buf b;

	buf_init(&b, 0);
	decision_bytes(workspace, d, &b);
	return of(&b);
}

/* Changes one field, sees that the hash follows, changes it back. */
#define check_follows(record, field, other, hash_call)                                 \
	do {                                                                     \
		struct hash before_ = hash_call, after_;                         \
		__typeof__(record) kept_ = record;                               \
		memset(&record.field, other, 1);                                 \
		after_ = hash_call;                                              \
		if (hash_same(&before_, &after_))                                \
			fail_msg(#field " is not covered");                      \
		record = kept_;                                                  \
	} while (0)

static void test_i1_bind_follows_every_field_that_decides(void **state)
{
	struct approval a = {.id = 5, .version = 1, .kind = APPROVAL_ACTION, .connector = "mail", .tool = "send", .effect = EFFECT_SEND, .target = "t"};
	struct hash one, two;

	(void)state;
	check_follows(a, id, 9, approval_bind("w", &a));
	check_follows(a, version, 9, approval_bind("w", &a));
	check_follows(a, kind, 2, approval_bind("w", &a));
	check_follows(a, nonce, 9, approval_bind("w", &a));
	check_follows(a, connector, 'x', approval_bind("w", &a));
	check_follows(a, tool, 'x', approval_bind("w", &a));
	check_follows(a, definition, 9, approval_bind("w", &a));
	check_follows(a, effect, 1, approval_bind("w", &a));
	check_follows(a, credential, 9, approval_bind("w", &a));
	check_follows(a, target, 'x', approval_bind("w", &a));
	check_follows(a, hash, 9, approval_bind("w", &a));
	one = approval_bind("w", &a);
	two = approval_bind("v", &a);
	assert_false(hash_same(&one, &two));	/* another workspace */
}

static void test_i1_bytes_do_not_run_into_each_other(void **state)
{
	struct approval a = {.connector = "ab", .tool = "c"}, b = {.connector = "a", .tool = "bc"};
	struct hash one = approval_bind("w", &a), two = approval_bind("w", &b);

	(void)state;
	assert_false(hash_same(&one, &two));
}

static void test_i1_decision_mac_covers_every_field(void **state)
{
	struct decision d = {.approval = 5, .version = 1, .verdict = VERDICT_APPROVE, .person = "kim", .where = "host", .reason = "r", .at_us = 1};

	(void)state;
	check_follows(d, approval, 9, decision_of("w", &d));
	check_follows(d, version, 9, decision_of("w", &d));
	check_follows(d, verdict, 1, decision_of("w", &d));
	check_follows(d, hash, 9, decision_of("w", &d));
	check_follows(d, bind, 9, decision_of("w", &d));
	check_follows(d, slot, 9, decision_of("w", &d));
	check_follows(d, person, 'x', decision_of("w", &d));
	check_follows(d, where, 'x', decision_of("w", &d));
	check_follows(d, reason, 'x', decision_of("w", &d));
	check_follows(d, rule, 9, decision_of("w", &d));
	check_follows(d, at_us, 9, decision_of("w", &d));
}

static struct hash cap_of(const struct cap *c)
{
	struct buf b;

	buf_init(&b, 0);
	cap_bytes("w", c, &b);
	return of(&b);
}

static struct hash rule_of(const struct rule *r)
{
	struct buf b;

	buf_init(&b, 0);
	rule_bytes("w", r, &b);
	return of(&b);
}

static void test_i1_cap_and_rule_macs_cover_what_they_allow(void **state)
{
	struct cap c = {.scope = SCOPE_VENDOR, .ref = "openai", .window = WINDOW_DAY, .limit_pd = 5, .warn_percent = 80};
	struct rule r = {.agent = "Ada", .tool = "mail.send", .effect = EFFECT_SEND, .uses = 3, .max_pd = 4, .until_us = 5, .person = "kim"};
	struct hash one, two;
	char empty[] = "";

	(void)state;
	check_follows(c, scope, 2, cap_of(&c));
	check_follows(c, ref, 'x', cap_of(&c));
	check_follows(c, window, 1, cap_of(&c));
	check_follows(c, limit_pd, 9, cap_of(&c));
	check_follows(r, agent, 'x', rule_of(&r));
	check_follows(r, tool, 'x', rule_of(&r));
	check_follows(r, definition, 9, rule_of(&r));
	check_follows(r, effect, 1, rule_of(&r));
	check_follows(r, uses, 9, rule_of(&r));
	check_follows(r, max_pd, 9, rule_of(&r));
	check_follows(r, until_us, 9, rule_of(&r));
	one = rule_of(&r);
	r.patterns = empty;
	two = rule_of(&r);
	assert_false(hash_same(&one, &two));
	r.used = 2;	/* counted, not signed */
	one = rule_of(&r);
	assert_true(hash_same(&one, &two));
}

static struct hash tool_of(const struct tool *t)
{
	struct buf b;

	buf_init(&b, 0);
	tool_bytes("w", t, &b);
	return of(&b);
}

static struct hash agent_of(const struct agent *a)
{
	struct buf b;

	buf_init(&b, 0);
	agent_bytes("w", a, &b);
	return of(&b);
}

static struct hash connector_of(const struct connector_record *c)
{
	struct buf b;

	buf_init(&b, 0);
	connector_bytes("w", c, &b);
	return of(&b);
}

static void test_i11_pins_commands_and_tool_lists_are_covered(void **state)
{
	struct tool t = {.connector_name = "mail", .name = "send", .effect = EFFECT_SEND};
	struct agent a = {.name = "Ada", .tools = {"mail.send"}, .tools_n = 1};
	struct connector_record c = {.name = "mail", .type = CONNECTOR_MCP};
	struct hash one, two;
	char command[] = "[\"x\"]";
	int64_t before;

	(void)state;
	check_follows(t, connector_name, 'x', tool_of(&t));
	check_follows(t, name, 'x', tool_of(&t));
	check_follows(t, effect, 1, tool_of(&t));
	check_follows(t, pinned, 9, tool_of(&t));
	check_follows(a, name, 'x', agent_of(&a));
	check_follows(a, tools, 'x', agent_of(&a));
	check_follows(a, tools_n, 2, agent_of(&a));
	check_follows(a, tools_narrowed, 1, agent_of(&a));
	check_follows(c, name, 'x', connector_of(&c));
	check_follows(c, type, 1, connector_of(&c));
	check_follows(c, unconfined_ok, 1, connector_of(&c));
	one = connector_of(&c);
	before = connector_identity("w", &c);
	c.command = command;
	two = connector_of(&c);
	assert_false(hash_same(&one, &two));
	assert_true(before > 0 && connector_identity("w", &c) > 0);
	assert_int_not_equal(before, connector_identity("w", &c));
}

static void test_i10_entry_hash_covers_every_field(void **state)
{
	struct journal_entry j = {.seq = 1, .at_us = 2, .kind = "call", .who = "kim", .ref = "C1"};

	(void)state;
	check_follows(j, seq, 9, journal_hash(&j));
	check_follows(j, at_us, 9, journal_hash(&j));
	check_follows(j, kind, 'x', journal_hash(&j));
	check_follows(j, who, 'x', journal_hash(&j));
	check_follows(j, ref, 'x', journal_hash(&j));
	check_follows(j, what, 9, journal_hash(&j));
	check_follows(j, prev, 9, journal_hash(&j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_i1_bind_follows_every_field_that_decides),
		cmocka_unit_test(test_i1_bytes_do_not_run_into_each_other),
		cmocka_unit_test(test_i1_decision_mac_covers_every_field),
		cmocka_unit_test(test_i1_cap_and_rule_macs_cover_what_they_allow),
		cmocka_unit_test(test_i11_pins_commands_and_tool_lists_are_covered),
		cmocka_unit_test(test_i10_entry_hash_covers_every_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
