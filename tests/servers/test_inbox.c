/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inbox server without a server: what is parsed, what is composed, and what
 * mails are made of that nobody honest sends. tests/e2e/inbox.sh has the rest. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/json.h"
#include "base/memory.h"
#include "servers/inbox/compose.h"
#include "servers/common/html.h"
#include "servers/inbox/imap_read.h"
#include "servers/inbox/mail.h"
#include "servers/inbox/mutf7.h"
#include "servers/common/receipt.h"
#include "servers/inbox/verify.h"

static struct err unsaid;	/* where no words are looked at */
#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER_KEY "ffff"

/* --- addresses and settings ------------------------------------------------------- */

static bool takes(const char *text)
{
	struct mail_address a;
	bool yes = mail_address_parse(slice_of(text), &a, NULL) == ERR_OK;

	mail_address_release(&a);
	return yes;
}

static void addresses_are_plain(void **state)
{
	static const char *const good[] = {"ada@example.com", " ada@example.com ", "Ada <ada@example.com>", "\"Example, Ada\" <ada@example.com>", "Zo\xC3\xAB <a.b+c@mail.example.com>", "<a@b>"};
	static const char *const bad[] = {"", "ada", "@example.com", "ada@", "ada@example.com, bob@example.com", "ada@example.com (x)", "Ada <ada@example.com> x", "a b@example.com",
	    "ada@example.com\nBcc: x@example.com", "Ada\r\nX: y <ada@example.com>", "a@b@c", "Ada <bob@example.com> <ada@example.com>", "\"a\"b\" <ada@example.com>", "ada@exam ple.com",
	    ".ada@example.com", "ada@example..com", "ad\xC3\xA4@example.com", "=?utf-8?q?x?= <ada@example.com>", "bob@example.com <ada@example.com>", "group: a@example.com;", "a@-x.com", "\xFF <a@b>"};
	struct mail_address a;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++)
		assert_true(takes(good[i]));
	for (i = 0; i < LENGTH(bad); i++)
		assert_false(takes(bad[i]));
	check_ok(mail_address_parse(slice_of("\"Example, Ada\" <ada@example.com>"), &a, NULL), &unsaid);
	assert_string_equal(a.name, "Example, Ada");
	assert_string_equal(a.address, "ada@example.com");
	mail_address_release(&a);
}

#define SETTINGS(imap, smtp) "{\"imap\":\"" imap "\",\"smtp\":\"" smtp "\",\"user\":\"ada\",\"from\":\"Ada \\u00c4 <ada@example.com>\"}"

static void settings_are_checked(void **state)
{
	static const char *const bad[] = {"", "[]", "{}", SETTINGS("http://h", "smtp://h"), SETTINGS("imaps://", "smtp://h"), SETTINGS("imaps://h/x", "smtp://h"),
	    SETTINGS("imaps://u@h", "smtp://h"), SETTINGS("imaps://h:99x", "smtp://h"), SETTINGS("imaps://h", "smtp://h:"), SETTINGS("imap://h", "imap://h")};
	struct inbox_config c;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		assert_int_not_equal(inbox_config_parse(slice_of(bad[i]), &c, NULL), ERR_OK);
	check_ok(inbox_config_parse(slice_of(SETTINGS("imap://mail.example.com:143", "smtps://mail.example.com")), &c, &e), &e);
	assert_string_equal(c.from.name, "Ada \xC3\x84");
	assert_false(c.is_oauth);
	assert_null(c.authserv);
	inbox_config_release(&c);
}

/* --- the wire ------------------------------------------------------------------------ */

static void folders_go_there_and_back(void **state)
{
	static const char *const pairs[][2] = {{"INBOX", "INBOX"}, {"A & B", "A &- B"}, {"Entw\xC3\xBCrfe", "Entw&APw-rfe"}, {"\xE5\x8F\xB0\xE5\x8C\x97", "&U,BTFw-"},
	    {"x\xF0\x9F\x98\x80y", "x&2D3eAA-y"}};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(pairs); i++) {
		buf_init(&b, 0);
		mutf7_encode(slice_of(pairs[i][0]), &b);
		assert_string_equal(buf_text(&b), pairs[i][1]);
		buf_clear(&b);
		mutf7_decode(slice_of(pairs[i][1]), &b);
		assert_string_equal(buf_text(&b), pairs[i][0]);
		buf_release(&b);
	}
	buf_init(&b, 0);
	mutf7_decode(slice_of("a&b &!-& &2D3-"), &b);
	assert_string_equal(buf_text(&b), "a&b &!-& &2D3-");
	buf_release(&b);
}

static enum err_code note(void *user, struct slice s)
{
	buf_addf(user, "[%.*s]", (int)s.len, s.p);
	return ERR_OK;
}

static enum err_code note_piece(void *user, struct slice s)
{
	buf_add_slice(user, s);
	return ERR_OK;
}

#define STREAM "* OK hi\r\n* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM)] {9}\r\nc1 OK\r\n)\r X {0}\r\n)\r\n* 2 FETCH (BODY[] {14}\r\nc1 OK done\r\n\r\n) UID 8)\r\nc1 OK done\r\n"

static void literals_are_no_lines(void **state)
{
	struct buf whole, pieces, sunk;
	struct imap_reader *r;
	size_t i, n = strlen(STREAM);

	(void)state;
	buf_init(&whole, 0);
	r = imap_reader_new(note, &whole);
	check_ok(imap_reader_feed(r, STREAM, n, NULL), &unsaid);
	imap_reader_free(r);
	assert_string_equal(buf_text(&whole), "[* OK hi][* 1 FETCH (UID 7 BODY[HEADER.FIELDS (FROM)] {9}\r\nc1 OK\r\n)\r X {0}\r\n)]"
	    "[* 2 FETCH (BODY[] {14}\r\nc1 OK done\r\n\r\n) UID 8)][c1 OK done]");
	for (i = 0; i <= n; i++) {
		buf_init(&pieces, 0);
		buf_init(&sunk, 0);
		r = imap_reader_new(note, &pieces);
		if (i % 2 == 1)
			imap_reader_sink(r, note_piece, &sunk);
		check_ok(imap_reader_feed(r, STREAM, i, NULL), &unsaid);
		check_ok(imap_reader_feed(r, STREAM + i, n - i, NULL), &unsaid);
		imap_reader_free(r);
		if (i % 2 == 1) {
			assert_string_equal(buf_text(&sunk), "c1 OK done\r\n\r\n");
			assert_non_null(strstr(buf_text(&pieces), "BODY[] NIL) UID 8)"));
		} else {
			assert_string_equal(buf_text(&pieces), buf_text(&whole));
		}
		buf_release(&pieces);
		buf_release(&sunk);
	}
	buf_release(&whole);
}

static void answers_are_bounded(void **state)
{
	struct imap_reader *r;
	struct buf out;
	char *line = xmalloc(IMAP_RESPONSE_MAX + 2);

	(void)state;
	buf_init(&out, 0);
	r = imap_reader_new(note, &out);
	assert_int_equal(imap_reader_feed(r, "* X {999999999999}\r\n", 20, NULL), ERR_LIMIT);
	assert_int_equal(imap_reader_feed(r, "\r\n", 2, NULL), ERR_LIMIT);
	imap_reader_free(r);
	memset(line, 'x', IMAP_RESPONSE_MAX + 2);
	r = imap_reader_new(note, &out);
	assert_int_equal(imap_reader_feed(r, line, IMAP_RESPONSE_MAX + 2, NULL), ERR_LIMIT);
	imap_reader_free(r);
	free(line);
	buf_release(&out);
}

static void words_are_told_apart(void **state)
{
	struct slice s = slice_of("12 FETCH (FLAGS (\\Seen $x) BODY[HEADER.FIELDS (TO \"x\")]<0> \"a\\\"b\" NIL {3}\r\n)\"( X)");
	static const enum imap_kind kinds[] = {IMAP_ATOM, IMAP_ATOM, IMAP_OPEN, IMAP_ATOM, IMAP_OPEN, IMAP_ATOM, IMAP_ATOM, IMAP_CLOSE, IMAP_ATOM, IMAP_QUOTED, IMAP_ATOM, IMAP_LITERAL,
	    IMAP_ATOM, IMAP_CLOSE, IMAP_END};
	struct imap_word w;
	struct buf text;
	size_t i;

	(void)state;
	buf_init(&text, 0);
	for (i = 0; i < LENGTH(kinds); i++) {
		w = imap_next(&s);
		assert_int_equal(w.kind, kinds[i]);
		if (kinds[i] == IMAP_QUOTED || kinds[i] == IMAP_LITERAL)
			imap_text(w, &text);
	}
	assert_string_equal(buf_text(&text), "a\"b)\"(");
	buf_release(&text);
	s = slice_of("(a (b) c) d");
	assert_true(imap_skip(&s, imap_next(&s)));
	assert_true(imap_is(imap_next(&s), "D"));
	s = slice_of("((a");
	assert_false(imap_skip(&s, imap_next(&s)));
	s = slice_of("{9}\r\nshort");
	assert_int_equal(imap_next(&s).kind, IMAP_BAD);
	s = slice_of("\"open");
	assert_int_equal(imap_next(&s).kind, IMAP_BAD);
}

/* --- words of mails ---------------------------------------------------------------------- */

static void html_check(const char *html, const char *text)
{
	struct buf b;

	buf_init(&b, 0);
	html_to_text(slice_of(html), &b);
	assert_string_equal(buf_text(&b), text);
	buf_release(&b);
}

static void html_becomes_words(void **state)
{
	(void)state;
	html_check("", "");
	html_check("<p>One<p>Two &amp;&#65;&#x42;&nbsp;x<br>y", "One\n\nTwo &AB x\ny\n");
	html_check("<script>a<b></scriptx>c</script >d<style>e", "d\n");
	html_check("<!-- <p>no --> a < b, 1<2 <!doctype x> &unknown; &#0; &#xD800;", "a < b, 1<2 &unknown; &#0; &#xD800;\n");
	html_check("<ul><li>x<li>y</ul>z", "- x\n- y\nz\n");
	html_check("<a href=\"https://example.com/?a&amp;b\">here</a> <a href=javascript:x>js</a> <a href='https://e.com'>https://e.com</a>", "here <https://example.com/?a&b> js https://e.com\n");
	html_check("<a title='>' href=\"https://e.com/x>y\">t</a>", "t <https://e.com/x>y>\n");
	html_check("<p title='never closed>a</p><p>b", "a\n\nb\n");
	html_check("<template>x</template><svg><text>x</text></svg>y<title>", "y\n");
}

/* Attributes whose quotes never match, and comments that never end, in linear time. */
static void html_is_linear(void **state)
{
	static const char *const units[] = {"<b'>'", "<a href='", "<!--", "<script>", "&#", "<", "</", "<a\">", "<p title=\"x'>"};
	struct buf html, out;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(units); i++) {
		buf_init(&html, 0);
		buf_init(&out, MAIL_TEXT_MAX);
		while (html.len < MAIL_TEXT_MAX)
			buf_adds(&html, units[i]);
		html_to_text(buf_slice(&html), &out);
		buf_release(&html);
		buf_release(&out);
	}
}

static bool verified(const char *results, const char *from)
{
	struct buf why;
	bool yes;

	buf_init(&why, 0);
	yes = sender_verified(slice_of(results), "mx.example.com", from, &why);
	assert_true(why.len > 0);
	buf_release(&why);
	return yes;
}

static void only_the_own_server_vouches(void **state)
{
	struct buf why;

	(void)state;
	assert_true(verified("mx.example.com; dkim=pass header.d=example.net", "eve@example.net"));
	assert_true(verified("MX.example.com 1; spf=fail smtp.mailfrom=x;\r\n dkim=pass (2048-bit; x=y) header.d=Example.Net header.s=k", "eve@mail.example.net"));
	assert_true(verified("mx.example.com; dkim=fail header.d=a.b; dmarc=pass (p=none) header.from=example.net", "eve@example.net"));
	assert_false(verified("mx.example.org; dkim=pass header.d=example.net", "eve@example.net"));
	assert_false(verified("\"mx.example.com\" x; none", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=pass header.d=net", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=pass header.d=ample.net", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=pass header.d=mail.example.net", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=pass", "eve@example.net"));
	assert_false(verified("mx.example.com; spf=pass smtp.mailfrom=example.net", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=fail (dkim=pass header.d=example.net) header.d=x.y", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=fail reason=\"; dkim=pass header.d=example.net\"", "eve@example.net"));
	assert_false(verified("mx.example.com; dmarc=pass header.from=example.com", "eve@example.net"));
	assert_false(verified("mx.example.com; dkim=pass header.d=example.net", ""));
	assert_false(verified("", "eve@example.net"));
	buf_init(&why, 0);
	assert_false(sender_verified(slice_of("mx.example.com; dkim=pass header.d=example.net"), NULL, "eve@example.net", &why));
	buf_release(&why);
}

/* --- whole mails --------------------------------------------------------------------------- */

static enum err_code read_bytes(struct slice s, const struct mail_ask *ask, struct mail *m)
{
	int fd = memfd_create("mail", MFD_CLOEXEC);
	enum err_code code;

	assert_int_equal(write(fd, s.p, s.len), (ssize_t)s.len);
	code = mail_read(fd, ask, m, NULL);
	close(fd);
	return code;
}

static void read_text(const char *text, struct mail *m)
{
	static const struct mail_ask ask = {.authserv = "mx.example.com"};

	check_ok(read_bytes(slice_of(text), &ask, m), &unsaid);
}

static void nothing_forges_a_line(void **state)
{
	struct mail m;

	(void)state;
	read_text("From: =?utf-8?q?Eve=0Asender=3A_verified?= <eve@example.net>\r\nSubject: \xE4\xF6 =?utf-8?b?4oCuZXZpbA==?= \x01\x1b[31m\r\nFrom: second@example.net\r\n"
	    "References: <a@b> junk <c\xFF@d>\r\n <e@f> <bad bad>\r\nMessage-ID: x <1@example.net> y\r\n\r\nhi\x07\x1b[2J\r\nthere\xE2\x80\x8B\r\n", &m);
	assert_null(strpbrk(m.head.from, "\r\n\x1b"));
	assert_null(strpbrk(m.head.subject, "\r\n\x1b\x01"));
	assert_null(strstr(m.head.subject, "\xE2\x80\xAE"));
	assert_string_equal(m.head.from_address, "");	/* two of them: nobody can be verified */
	assert_string_equal(m.head.references, "<a@b> <c\xC3\xBF@d> <e@f>");
	assert_string_equal(m.head.message_id, "<1@example.net>");
	assert_string_equal(buf_text(&m.text), "hi[2J\nthere\n");
	assert_true(m.hidden == 3);
	mail_release(&m);
}

static void the_plain_wording_is_taken(void **state)
{
	struct mail m;

	(void)state;
	read_text("From: a@example.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\nContent-Type: text/html\n\n<b>html</b>\n"
	    "--i\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\npl=E4in\n--i--\n--o\nContent-Type: text/plain; name=\"a\nb.txt\"\n\nattached\n"
	    "--o\nContent-Type: message/rfc822\n\nFrom: x@example.com\nSubject: inner\n\ninner words\n--o--\n", &m);
	assert_string_equal(buf_text(&m.text), "pl\xC3\xA4in");
	assert_false(m.is_html);
	assert_int_equal(m.parts_n, 2);
	assert_string_equal(m.parts[1].name, "inner");
	assert_string_equal(m.parts[1].type, "message/rfc822");
	mail_release(&m);
}

static void depth_and_number_are_bounded(void **state)
{
	static const struct mail_ask ask = {.part = 0};
	struct mail m;
	struct buf b;
	int i, round;

	(void)state;
	for (round = 0; round < 3; round++) {
		buf_init(&b, 0);
		buf_adds(&b, "From: a@example.com\nMIME-Version: 1.0\n");
		for (i = 0; i < 1000 && round == 0; i++)
			buf_addf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i);
		for (i = 0; i < 1000 && round == 1; i++)
			buf_adds(&b, "Content-Type: message/rfc822\n\nSubject: x\n");
		if (round == 2)
			buf_adds(&b, "Content-Type: multipart/mixed; boundary=x\n\n");
		for (i = 0; i < 20000 && round == 2; i++)
			buf_adds(&b, "--x\nContent-Type: image/png\n\nx\n");
		buf_adds(&b, "\nwords\n");
		check_ok(read_bytes(buf_slice(&b), &ask, &m), &unsaid);
		assert_true(m.parts_n <= MAIL_PARTS_MAX);
		assert_true(m.parts_are_cut || round == 1);
		mail_release(&m);
		buf_release(&b);
	}
}

/* --- what is sent ------------------------------------------------------------------------------ */

static enum err_code compose(const char *payload, struct buf *out)
{
	struct inbox_config c;
	struct outgoing o;
	cJSON *t;
	enum err_code code;

	check_ok(json_parse(slice_of(payload), &t, NULL), &unsaid);
	check_ok(inbox_config_parse(slice_of(SETTINGS("imaps://h", "smtps://h")), &c, NULL), &unsaid);
	code = outgoing_read(t, &o, NULL);
	if (code == ERR_OK) {
		outgoing_write(&o, &c, KEY, INT64_C(1790000000) * 1000000, out);
		outgoing_release(&o);
	}
	inbox_config_release(&c);
	cJSON_Delete(t);
	return code;
}

static void what_is_sent_is_what_was_approved(void **state)
{
	static const struct mail_ask ask = {.part = 0};
	static const char *const bodies[][2] = {{"\"a\\nb\\n\"", "a\nb\n"}, {"\"no end\"", "no end"}, {"\"\"", ""}, {"\"\\n\"", "\n"}, {"\"x \\n\\t \\n.\\n..\\nFrom me\\n=3D\"", "x \n\t \n.\n..\nFrom me\n=3D"},
	    {"\"\\u00e4\\u6f22\\ud83d\\ude00\\n\\nend \"", "\xC3\xA4\xE6\xBC\xA2\xF0\x9F\x98\x80\n\nend "}};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bodies); i++) {
		char *payload = xasprintf("{\"to\":[\"Zo\\u00eb, the \\u6f22 <zoe@example.com>\",\"b@example.com\"],\"cc\":[\"c@example.com\"],\"bcc\":[\"hidden@example.com\"],"
		    "\"subject\":\"Ein \\u00dcberblick, der viel l\\u00e4nger als eine Zeile ist und daher gefaltet werden muss, nicht wahr\",\"body\":%s,\"in_reply_to\":\"<1@example.com>\"}", bodies[i][0]);
		struct mail m;
		struct buf out;
		const char *p;

		buf_init(&out, 0);
		check_ok(compose(payload, &out), &unsaid);
		check_ok(read_bytes(buf_slice(&out), &ask, &m), &unsaid);
		assert_string_equal(buf_text(&m.text), bodies[i][1]);
		assert_string_equal(m.head.subject, "Ein \xC3\x9C" "berblick, der viel l\xC3\xA4nger als eine Zeile ist und daher gefaltet werden muss, nicht wahr");
		assert_string_equal(m.head.from, "Ada \xC3\x84 <ada@example.com>");
		assert_string_equal(m.head.message_id, "<" KEY "@example.com>");
		assert_string_equal(m.head.in_reply_to, "<1@example.com>");
		assert_string_equal(m.head.references, "<1@example.com>");
		assert_string_equal(m.head.cc, "c@example.com");
		assert_non_null(strstr(m.head.to, "<zoe@example.com>"));
		assert_null(strstr(buf_text(&out), "hidden@"));
		for (p = buf_text(&out); *p != '\0'; p += strcspn(p, "\n") + 1) {
			assert_true(strcspn(p, "\n") <= 78 + 1 || strncmp(p, "Message-I", 9) == 0);
			assert_true(p == buf_text(&out) || p[-2] == '\r');
		}
		mail_release(&m);
		buf_release(&out);
		free(payload);
	}
}

static void what_could_add_a_header_is_refused(void **state)
{
#define M(to, subject, body, more) "{\"to\":[" to "],\"subject\":\"" subject "\",\"body\":\"" body "\"" more "}"
	static const char *const bad[] = {M("\"a@b.c\\r\\nBcc: d@e.f\"", "s", "b", ""), M("\"a@b.c\"", "s\\r\\nBcc: d@e.f", "b", ""), M("\"a@b.c\"", "s\\nx", "b", ""), M("\"a@b.c\"", "s\\u0085x", "b", ""),
	    M("\"a@b.c\"", "s\\u2028x", "b", ""), M("\"a@b.c\"", "=?utf-8?q?x?=", "b", ""), M("\"a@b.c\"", "s", "b\\rx", ""), M("\"a@b.c\"", "s", "b\\u001b", ""), M("", "s", "b", ""), M("1", "s", "b", ""),
	    M("\"a@b.c\"", "s", "b", ",\"in_reply_to\":\"<a@b>\\r\\nX: y\""), M("\"a@b.c\"", "s", "b", ",\"in_reply_to\":\"a@b\""), M("\"a@b.c\"", "s", "b", ",\"in_reply_to\":7"),
	    M("\"a@b.c\"", "s", "b", ",\"references\":[\"<a@b> <c@d>\"]"), M("\"a@b.c\"", "s", "b", ",\"references\":\"<a@b>\""), M("\"a@b.c\"", "s", "b", ",\"cc\":\"x@y.z\""), "{\"to\":[\"a@b.c\"],\"subject\":\"s\"}"};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, 0);
	for (i = 0; i < LENGTH(bad); i++)
		assert_int_equal(compose(bad[i], &out), ERR_USAGE);
	check_ok(compose(M("\"a@b.c\"", "s", "b", ""), &out), &unsaid);
	buf_release(&out);
}

static void a_key_is_used_once(void **state)
{
	char dir[] = "/tmp/claviger-inbox.XXXXXX";
	char *tidy;
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(dir));
	buf_init(&b, 4096);
	assert_false(receipt_was_begun(dir, KEY));
	check_ok(receipt_begin(dir, KEY, slice_of("{}"), NULL), &unsaid);
	assert_int_equal(receipt_begin(dir, KEY, slice_of("{}"), NULL), ERR_CONFLICT);
	assert_true(receipt_was_begun(dir, KEY));
	receipt_undo(dir, KEY);
	check_ok(receipt_begin(dir, KEY, slice_of("{}"), NULL), &unsaid);
	assert_true(receipt_begun_with(dir, KEY, &b));
	assert_string_equal(buf_text(&b), "{}");
	assert_false(receipt_bar(dir, KEY));	/* it may have been done */
	assert_true(receipt_bar(dir, OTHER_KEY));
	assert_int_equal(receipt_begin(dir, OTHER_KEY, slice_of(""), NULL), ERR_CONFLICT);
	assert_true(receipt_bar(dir, OTHER_KEY));
	assert_false(receipt_find(dir, KEY, &b));
	check_ok(receipt_keep(dir, KEY, slice_of("{\"a\":1}"), NULL), &unsaid);
	assert_true(receipt_find(dir, KEY, &b));
	assert_string_equal(buf_text(&b), "{\"a\":1}");
	buf_release(&b);
	tidy = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(tidy), 0);
	free(tidy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_plain),
		cmocka_unit_test(settings_are_checked),
		cmocka_unit_test(folders_go_there_and_back),
		cmocka_unit_test(literals_are_no_lines),
		cmocka_unit_test(answers_are_bounded),
		cmocka_unit_test(words_are_told_apart),
		cmocka_unit_test(html_becomes_words),
		cmocka_unit_test(html_is_linear),
		cmocka_unit_test(only_the_own_server_vouches),
		cmocka_unit_test(nothing_forges_a_line),
		cmocka_unit_test(the_plain_wording_is_taken),
		cmocka_unit_test(depth_and_number_are_bounded),
		cmocka_unit_test(what_is_sent_is_what_was_approved),
		cmocka_unit_test(what_could_add_a_header_is_refused),
		cmocka_unit_test(a_key_is_used_once),
	};

	mail_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
