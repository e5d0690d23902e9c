/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "office/plan.h"
#include "office/preview.h"

/* The preview as text: "role depth name=text {marks}" a line. */
static char *drawn(const struct preview *p)
{
	struct buf b;
	size_t i;

	buf_init(&b, 0);
	for (i = 0; i < p->n; i++) {
		const struct preview_line *l = &p->lines[i];

		buf_addf(&b, "%s %d ", preview_role_names[l->role], l->depth);
		if (l->name != NULL)
			buf_addf(&b, "%s=", l->name);
		buf_add_slice(&b, l->text);
		if (l->marks != 0)
			buf_addf(&b, " {%u}", l->marks);
		buf_addc(&b, '\n');
	}
	return buf_take(&b);
}

static void set_payload(struct approval *a, const char *text)
{
	free(a->payload);
	a->payload = xstrdup(text);
	a->payload_len = strlen(text);
}

static void check_drawn(enum approval_kind kind, const char *payload, const char *wanted)
{
	struct approval a = {.kind = kind, .effect = EFFECT_WRITE, .connector = "repo", .tool = "propose_patch"};
	struct preview p;
	struct err e = {0};
	char *text;

	set_payload(&a, payload);
	check_ok(preview_make(&a, &p, &e), &e);
	text = drawn(&p);
	assert_string_equal(text, wanted);
	free(text);
	preview_release(&p);
	approval_release(&a);
}

static void check_summary(enum approval_kind kind, const char *payload, const char *wanted)
{
	struct approval a = {.kind = kind, .effect = EFFECT_WRITE, .connector = "repo", .tool = "the_tool"};
	char out[TITLE_MAX_BYTES];

	set_payload(&a, payload);
	preview_summary(&a, out);
	assert_string_equal(out, wanted);
	approval_release(&a);
}

/* A patch payload around a diff. */
static char *patch(const char *diff)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "title", "docs: fix a word");
	json_put_text(&j, "diff", diff);
	json_close(&j, '}');
	return buf_take(&b);
}

static void check_patch(const char *diff, const char *wanted)
{
	char *payload = patch(diff);

	check_drawn(APPROVAL_ACTION, payload, wanted);
	free(payload);
}

static void test_a_patch_is_drawn_as_a_diff(void **state)
{
	(void)state;
	check_patch("--- a/docs/api.md\n+++ b/docs/api.md\n@@ -1,3 +1,3 @@ # API\n one\n-two\n+2\n three\n",
	    "head 0 docs/api.md +1 -1\nfield 0 title=docs: fix a word\nhunk 0 --- a/docs/api.md\nhunk 0 +++ b/docs/api.md\nhunk 0 @@ -1,3 +1,3 @@ # API\n"
	    "plain 0  one\ndel 0 -two\nadd 0 +2\nplain 0  three\n");
}

static void test_removed_lines_that_look_like_heads_stay_removed(void **state)
{
	(void)state;
	check_patch("--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n--- a/y\n-++ b/y\n+@@ -1 +1 @@\n",
	    "head 0 x +1 -2\nfield 0 title=docs: fix a word\nhunk 0 --- a/x\nhunk 0 +++ b/x\nhunk 0 @@ -1,2 +1 @@\ndel 0 --- a/y\ndel 0 -++ b/y\nadd 0 +@@ -1 +1 @@\n");
}

static void test_new_deleted_and_several_files_are_counted(void **state)
{
	char *payload = patch("--- /dev/null\n+++ b/new.txt\n@@ -0,0 +1 @@\n+x\ndiff --git a/old.txt b/old.txt\ndeleted file mode 100644\n--- a/old.txt\n+++ /dev/null\n"
	    "@@ -1 +0,0 @@\n-y\n");

	(void)state;
	check_summary(APPROVAL_ACTION, payload, "2 files +1 -1");
	check_drawn(APPROVAL_ACTION, payload,
	    "head 0 2 files +1 -1\nfield 0 title=docs: fix a word\nhunk 0 --- /dev/null\nhunk 0 +++ b/new.txt\nhunk 0 @@ -0,0 +1 @@\nadd 0 +x\n"
	    "hunk 0 diff --git a/old.txt b/old.txt\nhunk 0 deleted file mode 100644\nwarn 0 this deletes the file\nhunk 0 --- a/old.txt\nhunk 0 +++ /dev/null\n"
	    "hunk 0 @@ -1 +0,0 @@\ndel 0 -y\n");
	free(payload);
	payload = patch("--- a/old.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n");
	check_summary(APPROVAL_ACTION, payload, "old.txt +0 -1");
	free(payload);
}

static void test_what_a_terminal_hides_is_marked(void **state)
{
	(void)state;
	check_patch("--- a/x\n+++ b/x\n@@ -1 +1,4 @@\n-a \n+a\t\n+\tb\n+c\r\n+d\xE2\x80\xAE""e\n\\ No newline at end of file\n",
	    "head 0 x +4 -1\nfield 0 title=docs: fix a word\nhunk 0 --- a/x\nhunk 0 +++ b/x\nhunk 0 @@ -1 +1,4 @@\n"
	    "del 0 -a  {1}\nnote 0 the line above ends in blanks\n"
	    "add 0 +a\t {3}\nnote 0 the line above ends in blanks\n"
	    "add 0 +\tb {2}\n"
	    "add 0 +c\r {4}\nnote 0 the line above ends in a carriage return\n"
	    "add 0 +d\xE2\x80\xAE""e {40}\nwarn 0 the line above holds characters that can't be seen or that turn text around\n"
	    "note 0 \\ No newline at end of file\n");
}

static void test_long_lines_are_kept_whole(void **state)
{
	struct approval a = {.kind = APPROVAL_ACTION};
	struct preview p;
	struct err e = {0};
	struct buf diff;
	char *payload;
	size_t i;

	(void)state;
	buf_init(&diff, 0);
	buf_adds(&diff, "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+");
	for (i = 0; i < 5000; i++)
		buf_addc(&diff, 'x');
	buf_adds(&diff, "END\n");
	payload = patch(buf_text(&diff));
	set_payload(&a, payload);
	check_ok(preview_make(&a, &p, &e), &e);
	for (i = 0; i < p.n && p.lines[i].role != PREVIEW_ADD; i++)
		;
	assert_true(i + 1 < p.n);
	assert_int_equal(p.lines[i].text.len, 5004);
	assert_memory_equal(p.lines[i].text.p + 5001, "END", 3);
	assert_int_equal(p.lines[i].marks, MARK_LONG);
	assert_int_equal(p.lines[i + 1].role, PREVIEW_NOTE);
	assert_true(slice_is(p.lines[i + 1].text, "the line above is 5004 bytes long"));
	preview_release(&p);
	approval_release(&a);
	free(payload);
	buf_release(&diff);
}

static void test_diffs_that_git_would_refuse_are_shown_with_a_warning(void **state)
{
	(void)state;
	check_patch("--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n one\n",
	    "head 0 x +0 -0\nfield 0 title=docs: fix a word\nhunk 0 --- a/x\nhunk 0 +++ b/x\nhunk 0 @@ -1,5 +1,5 @@\nplain 0  one\n"
	    "warn 0 the diff ends inside a hunk; git would refuse it\n");
	check_patch("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\nstray",
	    "head 0 x +1 -1\nfield 0 title=docs: fix a word\nhunk 0 --- a/x\nhunk 0 +++ b/x\nhunk 0 @@ -1 +1 @@\ndel 0 -a\nadd 0 +b\nplain 0 +c\n"
	    "warn 0 the diff is not well formed from here on; git would refuse it\nplain 0 stray\nnote 0 the diff itself has no newline at its end\n");
	check_patch("@@ -1 +1 @@\n-a\n+b\n",
	    "head 0 0 files +1 -1\nfield 0 title=docs: fix a word\nhunk 0 @@ -1 +1 @@\ndel 0 -a\nadd 0 +b\nwarn 0 no file is named in the diff; git would refuse it\n");
}

static void test_heads_that_do_more_than_change_lines_are_said(void **state)
{
	(void)state;
	check_patch("diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+/etc\n",
	    "head 0 x +1 -0\nfield 0 title=docs: fix a word\nhunk 0 diff --git a/x b/x\nhunk 0 new file mode 120000\nwarn 0 this makes a symbolic link\n"
	    "hunk 0 --- /dev/null\nhunk 0 +++ b/x\nhunk 0 @@ -0,0 +1 @@\nadd 0 +/etc\n");
}

static void test_no_member_of_a_patch_stays_unseen(void **state)
{
	(void)state;
	check_drawn(APPROVAL_ACTION,
	    "{\"title\":\"t\",\"message\":\"a\\nb\",\"diff\":\"--- a/x\\n+++ b/x\\n@@ -1 +1 @@\\n-a\\n+b\\n\",\"base\":[{\"path\":\"x\"}],\"force\":true,\"n\":1.50}",
	    "head 0 x +1 -1\nfield 0 title=t\nfield 0 message=\nplain 1 a\nplain 1 b\nfield 0 base=path x\n"
	    "field 0 force=true\nfield 0 n=1.50\n"
	    "hunk 0 --- a/x\nhunk 0 +++ b/x\nhunk 0 @@ -1 +1 @@\ndel 0 -a\nadd 0 +b\n");
}

static void test_numbers_are_shown_as_written(void **state)
{
	(void)state;
	check_drawn(APPROVAL_ACTION, " {\"amount\":0.10000000000000000001,\"e\":1E5,\"list\":[1,[],{}],\"none\":null}",
	    "head 0 repo.propose_patch (write)\njson 0 {\njson 1 \"amount\": 0.10000000000000000001,\njson 1 \"e\": 1E5,\njson 1 \"list\": [\njson 2 1,\n"
	    "json 2 [],\njson 2 {}\njson 1 ],\njson 1 \"none\": null\njson 0 }\n");
}

static void test_escapes_cannot_dress_a_text_up(void **state)
{
	(void)state;
	check_drawn(APPROVAL_ACTION, "{\"\\u0074o\":\"\\u0065vil\\n\\u001b\"}",
	    "head 0 repo.propose_patch (write)\njson 0 {\njson 1 \"to\": \"evil\\n\\u001b\"\njson 0 }\n");
}

static void test_long_texts_are_broken_at_their_newlines(void **state)
{
	(void)state;
	check_drawn(APPROVAL_ACTION,
	    "{\"a\":\"0123456789012345678901234567890123456789\\n0123456789012345678901234567890123456789\\nend\",\"b\":1}",
	    "head 0 repo.propose_patch (write)\njson 0 {\njson 1 \"a\": \"0123456789012345678901234567890123456789\\n\n"
	    "json 2 0123456789012345678901234567890123456789\\n\njson 2 end\",\njson 1 \"b\": 1\njson 0 }\n");
}

static void test_mail_is_shown_as_mail(void **state)
{
	(void)state;
	check_drawn(APPROVAL_ACTION, "{\"to\":\"dana@example.com\",\"subject\":\"Hi\",\"body\":\"Hello\\n\\nBye \"}",
	    "head 0 repo.propose_patch (write)\nfield 0 to=dana@example.com\nfield 0 subject=Hi\nfield 0 body=\nplain 1 Hello\nplain 1 \nplain 1 Bye  {1}\n"
	    "note 0 the line above ends in blanks\n");
	/* heads first, whatever their order; nothing is left out */
	check_drawn(APPROVAL_ACTION,
	    "{\"body\":\"Hello\",\"x\":{\"y\":1},\"attachments\":[{\"name\":\"a.pdf\",\"bytes\":12},\"b.txt\"],\"cc\":[\"a@example.com\",\"b@example.com\"],\"to\":\"dana@example.com\",\"urgent\":true}",
	    "head 0 repo.propose_patch (write)\nfield 0 to=dana@example.com\nfield 0 cc=a@example.com, b@example.com\njson 0 \"x\": {\njson 1 \"y\": 1\njson 0 }\n"
	    "field 0 attached=name a.pdf, bytes 12\nfield 0 attached=b.txt\nnote 0 2 attachments\nfield 0 urgent=true\nfield 0 body=Hello\n");
}

static void check_beside(const char *payload, const char *context, const char *wanted)
{
	struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_WRITE, .connector = "people", .tool = "update_record"};
	struct preview p;
	struct err e = {0};
	char *text;

	set_payload(&a, payload);
	a.context = xstrdup(context);
	check_ok(preview_make(&a, &p, &e), &e);
	text = drawn(&p);
	assert_string_equal(text, wanted);
	free(text);
	preview_release(&p);
	approval_release(&a);
}

static void test_a_record_is_shown_field_by_field(void **state)
{
	(void)state;
	check_beside("{\"table\":\"contacts\",\"id\":17,\"fields\":{\"phone\":\"2\",\"name\":\"Dana\",\"age\":30,\"new\":\"x\"}}",
	    "{\"before\":{\"phone\":\"1\",\"name\":\"Dana\",\"age\":29,\"other\":\"kept\"}}",
	    "head 0 people.update_record (write)\nfield 0 table=contacts\nfield 0 id=17\nfield 0 phone=1 -> 2\nfield 0 name=Dana -> Dana\nnote 0 no change\n"
	    "field 0 age=29 -> 30\nfield 0 new=x\n");
	/* what the payload says the old value is, against what it is */
	check_beside("{\"fields\":{\"phone\":\"2\"},\"before\":{\"phone\":\"1\",\"more\":\"y\"}}", "{\"before\":{\"phone\":\"7\"}}",
	    "head 0 people.update_record (write)\nfield 0 phone=1 -> 2\nwarn 0 the record itself holds now: 7\nfield 1 more=y\n");
	check_beside("{\"fields\":{\"note\":\"a\\nb\"}}", "{\"before\":{\"note\":\"\"}}",
	    "head 0 people.update_record (write)\nfield 0 note=old, then new\nadd 1 a\nadd 1 b\n");
	check_beside("{\"fields\":{\"note\":\"a\"}}", "{}",
	    "head 0 people.update_record (write)\nfield 0 note=a\nnote 0 what these replace is not known here\n");
}

static void put_change(void *user, enum preview_role role, struct slice text)
{
	struct buf *b = user;

	buf_addf(b, "%s%.*s|", role == PREVIEW_DEL ? "-" : "+", (int)text.len, text.p);
}

static void check_changes(const char *before, const char *now, const char *wanted)
{
	struct approval a = {.kind = APPROVAL_ACTION}, b = {.kind = APPROVAL_ACTION};
	struct err e = {0};
	struct buf out;

	set_payload(&a, before);
	set_payload(&b, now);
	buf_init(&out, 0);
	check_ok(preview_changes(&a, &b, put_change, &out, &e), &e);
	assert_string_equal(buf_text(&out), wanted);
	buf_release(&out);
	approval_release(&a);
	approval_release(&b);
}

static void test_an_edit_is_shown_as_what_changed(void **state)
{
	(void)state;
	check_changes("{\"to\":\"a@example.com\",\"subject\":\"s\",\"body\":\"one\\ntwo\\nthree\"}", "{\"to\":\"b@example.com\",\"subject\":\"s\",\"body\":\"one\\n2\\nthree\\nfour\"}",
	    "-to: a@example.com|+to: b@example.com|-two|+2|+four|");
	check_changes("{\"a\":1}", "{\"a\":1.0}", "-\"a\": 1|+\"a\": 1.0|");
	check_changes("{\"a\":1}", "{ \"a\" : 1 }", "");
}

static void test_values_and_words_are_explained_beside(void **state)
{
	(void)state;
	check_beside("{\"to\":\"eve@example.net\",\"amount\":471100}",
	    "{\"values\":[{\"value\":\"eve@example.net\",\"source\":\"mail 123\",\"in_goal\":false},{\"value\":\"471100\",\"source\":\"mail 123\",\"in_goal\":true}],"
	    "\"about\":{\"from\":\"me@example.com\"},\"words\":{\"amount\":\"in cents\"}}",
	    "head 0 people.update_record (write)\njson 0 {\njson 1 \"to\": \"eve@example.net\",\nwarn 0 eve@example.net comes from mail 123, not from your goal\n"
	    "json 1 \"amount\": 471100\nnote 0 471100 stands in mail 123, and in your goal\njson 0 }\n"
	    "note 0 from, says the connector: me@example.com\nnote 0 amount, in the tool's words: in cents\n");
	check_drawn(APPROVAL_ACTION, "{\"p\\u0430th\":\"docs/\xD1\x80lan.md\"}",
	    "head 0 repo.propose_patch (write)\njson 0 {\njson 1 \"p\xD0\xB0th\": \"docs/\xD1\x80lan.md\"\nwarn 0 p\xD0\xB0th mixes Latin and Cyrillic letters: it reads as path and is not that\n"
	    "warn 0 docs/\xD1\x80lan.md mixes Cyrillic and Latin letters: it reads as docs/plan.md and is not that\njson 0 }\n");
}

static const char plan_payload[] = "{\"summary\":\"Two steps.\",\"tasks\":["
    "{\"key\":\"b\",\"title\":\"Then this\",\"instructions\":\"Do\\nit\",\"agent\":\"Ada\",\"depends_on\":[\"a\"],\"tier\":\"top\",\"expected_cost_usd\":\"0.30\"},"
    "{\"key\":\"a\",\"title\":\"First\",\"instructions\":\"Look\",\"agent\":\"Sam\",\"depends_on\":[],\"expected_cost_usd\":0.1}]}";

static void test_a_plan_is_drawn_in_the_order_of_work(void **state)
{
	(void)state;
	check_drawn(APPROVAL_PLAN, plan_payload,
	    "head 0 Plan: 2 tasks, expected $0.4\nplain 0 Two steps.\n"
	    "field 0 task=a  First\nfield 1 agent=Sam, standard tier\nfield 1 cost=$0.1 expected\nplain 1 Look\n"
	    "field 1 task=b  Then this\nfield 2 agent=Ada, top tier\nfield 2 after=a\nfield 2 cost=$0.30 expected\nplain 2 Do\nplain 2 it\n");
}

static void test_a_plan_that_cannot_be_read_is_shown_raw(void **state)
{
	(void)state;
	check_drawn(APPROVAL_PLAN, "{\"summary\":\"s\",\"tasks\":[]}",
	    "warn 0 This is no plan that the office can carry out: The plan needs `tasks`: a list with at least one task\n"
	    "json 0 {\njson 1 \"summary\": \"s\",\njson 1 \"tasks\": []\njson 0 }\n");
}

static void test_payloads_that_fail_the_gate_are_not_shown(void **state)
{
	static const char *const bad[] = {"", "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xFF\"}", "[1]", "\"x\"", "{} {}"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		struct approval a = {.kind = APPROVAL_ACTION};
		char out[TITLE_MAX_BYTES];
		struct preview p;
		struct err e = {0};

		set_payload(&a, bad[i]);
		check_code(preview_make(&a, &p, &e), ERR_PROTO, &e);
		assert_null(p.lines);
		preview_summary(&a, out);
		assert_int_equal(strncmp(out, "unreadable payload", 18), 0);
		approval_release(&a);
	}
}

static void test_a_purged_payload_is_missing(void **state)
{
	struct approval a = {.kind = APPROVAL_ACTION};
	struct preview p;
	struct err e = {0};

	(void)state;
	check_code(preview_make(&a, &p, &e), ERR_MISSING, &e);
}

static void test_summaries(void **state)
{
	char *payload = patch("--- a/docs/api.md\n+++ b/docs/api.md\n@@ -1 +1,2 @@\n-two\n+2\n+3\n"), longish[700];
	struct approval a = {.kind = APPROVAL_ACTION, .tool = "t"};
	char out[TITLE_MAX_BYTES];

	(void)state;
	check_summary(APPROVAL_ACTION, payload, "docs/api.md +2 -1");
	check_summary(APPROVAL_PLAN, plan_payload, "2 tasks, expected $0.40");
	check_summary(APPROVAL_ACTION, "{\"to\":\"dana@example.com\",\"n\":1.0,\"text\":\"a\\nb\"}", "to dana@example.com: (no subject)");
	check_summary(APPROVAL_ACTION, "{\"to\":[\"a@example.com\",\"b@example.com\",7,\"d@example.com\"],\"bcc\":\"e@example.com\",\"subject\":\"Re: x\\ny\",\"body\":\"b\"}",
	    "to a@example.com, b@example.com, (not a text) and 1 more, bcc e@example.com: Re: x...");
	check_summary(APPROVAL_ACTION, "{\"name\":\"dana\",\"n\":1.0,\"note\":\"a\\nb\"}", "the_tool name=dana n=1.0 note=a...");
	check_summary(APPROVAL_ACTION, "{}", "the_tool");
	snprintf(longish, sizeof longish, "{\"k%0150d\":\"%0300d\",\"\xC3\xA4%0100d\":1}", 1, 2, 3);
	set_payload(&a, longish);
	preview_summary(&a, out);
	assert_true(strlen(out) < TITLE_MAX_BYTES);
	assert_string_equal(out + strlen(out) - 3, "...");
	approval_release(&a);
	free(payload);
}

/* --- mutated payloads --------------------------------------------------------- */

static uint32_t next(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

static void mutate(char *p, size_t *len, uint32_t *seed)
{
	static const char spice[] = "{}[]\",:\\\n+-@ 019eu";
	uint32_t n = 1 + next(seed) % 3;

	while (n-- > 0 && *len > 1) {
		size_t at = next(seed) % *len;

		switch (next(seed) % 3) {
		case 0:
			p[at] = spice[next(seed) % (sizeof spice - 1)];
			break;
		case 1:
			memmove(p + at, p + at + 1, *len - at - 1);
			--*len;
			break;
		default:
			p[at] = (char)next(seed);
			break;
		}
	}
	p[*len] = '\0';
}

/* Whatever comes: a preview whose lines lie in what it owns, or a clean refusal. */
static void check_thrown(enum approval_kind kind, const char *text, int times, uint32_t seed)
{
	int shown = 0, i;

	for (i = 0; i < times; i++) {
		struct approval a = {.kind = kind, .effect = EFFECT_SEND, .tool = "t", .connector = "c"};
		char out[TITLE_MAX_BYTES];
		struct preview p;
		struct plan plan;
		struct err e = {0};
		size_t k, sum = 0;

		set_payload(&a, text);
		mutate(a.payload, &a.payload_len, &seed);
		if (preview_make(&a, &p, &e) == ERR_OK) {
			shown++;
			assert_true(p.n > 0);
			for (k = 0; k < p.n; k++)
				sum += p.lines[k].text.len > 0 ? (unsigned char)p.lines[k].text.p[p.lines[k].text.len - 1] : 1;
			assert_true(sum > 0);
			preview_release(&p);
		} else {
			assert_null(p.lines);
			assert_int_equal(e.code, ERR_PROTO);
		}
		preview_summary(&a, out);
		assert_true(strlen(out) < sizeof out);
		if (plan_parse(slice_make(a.payload, a.payload_len), NULL, 0, true, &office_limits_default, &plan, &e) == ERR_OK)
			plan_free(&plan);
		approval_release(&a);
	}
	assert_true(shown > 0);
}

static void test_mutated_payloads_do_no_harm(void **state)
{
	char *payload = patch("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n one\n-two \n+2\t\n\\ No newline at end of file\n");

	(void)state;
	check_thrown(APPROVAL_ACTION, payload, 4000, 0x2545F491);
	check_thrown(APPROVAL_PLAN, plan_payload, 4000, 0x9E3779B9);
	check_thrown(APPROVAL_ACTION, "{\"a\":[1,2,{\"b\":\"text \\u00e9 \\n more\"}],\"subject\":\"s\",\"body\":\"b\\nc\"}", 4000, 0x12345678);
	free(payload);
}

static void test_a_change_of_a_record_is_summed_up_by_its_fields(void **state)
{
	static const struct {
		const char *payload, *summary;
	} cases[] = {
		{"{\"record\":\"contact/2\",\"fields\":{\"status\":\"answered\",\"phone\":null},\"before\":{\"status\":\"lead\",\"phone\":\"1\"}}",
		    "contact/2: status lead -> answered, phone 1 -> (none)"},
		{"{\"kind\":\"contact\",\"fields\":{\"name\":\"Dana\\nExample\"}}", "new contact: name Dana..."},
		{"{\"record\":\"contact/2\",\"fields\":{\"n\":1}}", "update_record record=contact/2 fields={\"n\":1}"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_WRITE, .connector = "crm", .tool = "update_record"};
		char out[TITLE_MAX_BYTES];

		a.payload = xstrdup(cases[i].payload);
		a.payload_len = strlen(a.payload);
		preview_summary(&a, out);
		assert_string_equal(out, cases[i].summary);
		free(a.payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_change_of_a_record_is_summed_up_by_its_fields),
		cmocka_unit_test(test_a_patch_is_drawn_as_a_diff),
		cmocka_unit_test(test_removed_lines_that_look_like_heads_stay_removed),
		cmocka_unit_test(test_new_deleted_and_several_files_are_counted),
		cmocka_unit_test(test_what_a_terminal_hides_is_marked),
		cmocka_unit_test(test_long_lines_are_kept_whole),
		cmocka_unit_test(test_diffs_that_git_would_refuse_are_shown_with_a_warning),
		cmocka_unit_test(test_heads_that_do_more_than_change_lines_are_said),
		cmocka_unit_test(test_no_member_of_a_patch_stays_unseen),
		cmocka_unit_test(test_numbers_are_shown_as_written),
		cmocka_unit_test(test_escapes_cannot_dress_a_text_up),
		cmocka_unit_test(test_long_texts_are_broken_at_their_newlines),
		cmocka_unit_test(test_mail_is_shown_as_mail),
		cmocka_unit_test(test_a_record_is_shown_field_by_field),
		cmocka_unit_test(test_an_edit_is_shown_as_what_changed),
		cmocka_unit_test(test_values_and_words_are_explained_beside),
		cmocka_unit_test(test_a_plan_is_drawn_in_the_order_of_work),
		cmocka_unit_test(test_a_plan_that_cannot_be_read_is_shown_raw),
		cmocka_unit_test(test_payloads_that_fail_the_gate_are_not_shown),
		cmocka_unit_test(test_a_purged_payload_is_missing),
		cmocka_unit_test(test_summaries),
		cmocka_unit_test(test_mutated_payloads_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
