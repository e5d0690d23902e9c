/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The built-in CRM: changes are made once, whole, and only onto what was shown. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "servers/crm/book/book.h"
#include "servers/crm/book/port.h"
#include "servers/crm/tools.h"

static struct book *book;
static struct crm crm = {&book_backend, NULL};
static char top[64];

struct said {
	enum err_code code;
	char text[2048], structured[512];
	struct err e;
};

enum mode { CALL, CHECK, PROVE };
static struct said ask(const char *tool, const char *args, enum mode mode, const char *key)
{
	struct mcp_call call = {.args_raw = slice_of(args), .task = 7, .is_check = mode == CHECK, .is_prove = mode == PROVE};
	struct said s = {.code = ERR_MISSING};
	struct mcp_reply r = {.is_unknown = false};
	cJSON *tree = NULL;
	size_t i;

	check_ok(json_parse(slice_of(args), &tree, &s.e), &s.e);
	call.args = tree;
	snprintf(call.key, sizeof call.key, "%s", key != NULL ? key : "");
	buf_init(&r.text, 0);
	buf_init(&r.structured, 0);
	for (i = 0; i < CRM_TOOLS; i++)
		if (strcmp(crm_tools[i].name, tool) == 0)
			s.code = crm_tools[i].run(&crm, &call, &r, &s.e);
	snprintf(s.text, sizeof s.text, "%.*s", (int)r.text.len, r.text.len > 0 ? r.text.p : "");
	snprintf(s.structured, sizeof s.structured, "%.*s", (int)r.structured.len, r.structured.len > 0 ? r.structured.p : "");
	buf_release(&r.text);
	buf_release(&r.structured);
	cJSON_Delete(tree);
	return s;
}

static void is_said(const struct said *s, const char *words)
{
	if (strstr(s->text, words) == NULL)
		fail_msg("'%s' is not in: %s", words, s->text);
}

static int open_book(void **state)
{
	char *path;
	struct err e = {0};

	(void)state;
	snprintf(top, sizeof top, "/tmp/claviger-test.XXXXXX");
	assert_non_null(mkdtemp(top));
	path = xasprintf("%s/crm.db", top);
	check_ok(book_open(&book, path, &e), &e);
	crm.self = book;
	free(path);
	return 0;
}

static int close_book(void **state)
{
	char *path = xasprintf("%s/crm.db", top);

	(void)state;
	book_close(book);
	unlink(path);
	rmdir(top);
	free(path);
	return 0;
}

static void make_dana(void)
{
	struct said s = ask("create_record", "{\"kind\":\"contact\",\"fields\":{\"name\":\"Dana Example\",\"email\":\"dana@example.com\",\"phone\":\"1\"}}", CALL, "01");

	assert_int_equal(s.code, ERR_OK);
	is_said(&s, "\"record\":\"contact/1\"");
}

static void test_the_definitions_are_json_and_say_what_they_do(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CRM_TOOLS; i++) {
		cJSON *t = NULL;
		struct err e = {0};

		check_ok(json_parse(slice_of(crm_tools[i].definition), &t, &e), &e);
		assert_string_equal(json_text(t, "name"), crm_tools[i].name);
		assert_string_equal(json_text(json_object(t, "_meta"), "claviger/effect"), i < 2 ? "read" : "write");
		cJSON_Delete(t);
	}
}

static void test_what_is_made_is_found_and_read(void **state)
{
	struct said s;

	(void)state;
	make_dana();
	s = ask("search_records", "{\"text\":\"EXAMPLE.com\"}", CALL, NULL);
	is_said(&s, "contact/1: Dana Example; email dana@example.com; phone 1\n");
	s = ask("search_records", "{\"kind\":\"contact\",\"field\":\"phone\",\"value\":\"1\"}", CALL, NULL);
	is_said(&s, "contact/1");
	s = ask("search_records", "{\"kind\":\"deal\"}", CALL, NULL);
	is_said(&s, "nothing found");
	assert_int_equal(ask("add_note", "{\"record\":\"contact/1\",\"text\":\"called\\nback\"}", CALL, "02").code, ERR_OK);
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "record: contact/1\nrevision: 2\nemail: dana@example.com\n");
	is_said(&s, "called\\nback");
	assert_int_equal(ask("get_record", "{\"record\":\"contact/2\"}", CALL, NULL).code, ERR_MISSING);
	assert_int_equal(ask("get_record", "{\"record\":\"company/1\"}", CALL, NULL).code, ERR_MISSING);
	assert_int_equal(ask("get_record", "{\"record\":\"contact/1 OR 1\"}", CALL, NULL).code, ERR_USAGE);
}

/* What a person was shown as the old value is compared again when it is fired. */
static void test_a_record_that_changed_meanwhile_is_left_alone(void **state)
{
	static const char change[] = "{\"record\":\"contact/1\",\"fields\":{\"phone\":\"2\",\"status\":\"lead\"},\"before\":{\"phone\":\"1\",\"status\":null}}";
	static const char other[] = "{\"record\":\"contact/1\",\"fields\":{\"phone\":\"3\"},\"before\":{\"phone\":\"1\"}}";
	struct said s;

	(void)state;
	make_dana();
	s = ask("update_record", change, CHECK, NULL);
	assert_int_equal(s.code, ERR_OK);
	assert_non_null(strstr(s.structured, "\"target\":\""));
	assert_non_null(strstr(s.structured, "\"before\":{\"phone\":\"1\",\"status\":null},\"about\":{\"record\":\"Dana Example\"}"));
	assert_int_equal(ask("update_record", other, CALL, "02").code, ERR_OK);
	assert_int_equal(ask("update_record", change, CHECK, NULL).code, ERR_CONFLICT);
	s = ask("update_record", change, CALL, "03");
	assert_int_equal(s.code, ERR_CONFLICT);
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "phone: 3\n");
	assert_null(strstr(s.text, "status"));	/* nothing of it: all or none */
	s = ask("update_record", change, PROVE, "03");
	assert_string_equal(s.structured, "{\"fired\":false}");
}

/* I2: the same firing again does nothing and gives the same receipt. */
static void test_i2_a_key_fires_once_and_can_be_proved(void **state)
{
	static const char note[] = "{\"record\":\"contact/1\",\"text\":\"once\"}";
	struct said s;

	(void)state;
	make_dana();
	s = ask("add_note", note, PROVE, "aa");
	assert_string_equal(s.structured, "{\"fired\":false}");
	assert_int_equal(ask("add_note", note, CALL, NULL).code, ERR_USAGE);	/* without a key nothing fires */
	assert_int_equal(ask("add_note", note, CALL, "aa").code, ERR_OK);
	s = ask("add_note", note, CALL, "aa");
	is_said(&s, "already_done\":true");
	s = ask("add_note", note, PROVE, "aa");
	assert_string_equal(s.structured, "{\"fired\":true,\"receipt\":{\"record\":\"contact/1\",\"revision\":2}}");
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "revision: 2\n");
}

static void test_what_makes_no_sense_is_refused(void **state)
{
	static const struct {
		const char *tool, *args;
		enum err_code code;
	} cases[] = {
		{"create_record", "{\"kind\":\"contact\",\"fields\":{\"email\":\"a@example.com\"}}", ERR_USAGE},
		{"create_record", "{\"kind\":\"person\",\"fields\":{\"name\":\"x\"}}", ERR_USAGE},
		{"create_record", "{\"kind\":\"contact\",\"fields\":{\"name\":\"x\",\"email\":\"a@example.com, b@example.com\"}}", ERR_USAGE},
		{"create_record", "{\"kind\":\"contact\",\"fields\":{\"name\":\"x\",\"Bad Name\":\"y\"}}", ERR_USAGE},
		{"create_record", "{\"kind\":\"contact\",\"fields\":{\"name\":\"x\\u0007\"}}", ERR_USAGE},
		{"create_record", "{\"kind\":\"contact\",\"fields\":{\"name\":\"Other\",\"email\":\"DANA@example.com\"}}", ERR_CONFLICT},
		{"update_record", "{\"record\":\"contact/1\",\"fields\":{},\"before\":{}}", ERR_USAGE},
		{"update_record", "{\"record\":\"contact/1\",\"fields\":{\"phone\":\"2\"},\"before\":{\"status\":null}}", ERR_USAGE},
		{"update_record", "{\"record\":\"contact/1\",\"fields\":{\"phone\":\"1\"},\"before\":{\"phone\":\"1\"}}", ERR_USAGE},
		{"update_record", "{\"record\":\"contact/1\",\"fields\":{\"name\":null},\"before\":{\"name\":\"Dana Example\"}}", ERR_USAGE},
		{"update_record", "{\"record\":\"contact/9\",\"fields\":{\"phone\":\"2\"},\"before\":{\"phone\":\"1\"}}", ERR_MISSING},
		{"add_note", "{\"record\":\"contact/1\",\"text\":\"\"}", ERR_USAGE},
	};
	size_t i;

	(void)state;
	make_dana();
	for (i = 0; i < LENGTH(cases); i++) {
		struct said s = ask(cases[i].tool, cases[i].args, CALL, "ff");

		check_code(s.code, cases[i].code, &s.e);
		s = ask(cases[i].tool, cases[i].args, CHECK, NULL);
		check_code(s.code, cases[i].code, &s.e);
	}
}

static void test_pages_go_on_where_the_last_one_ended(void **state)
{
	struct said s;
	char args[128], key[8];
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		snprintf(args, sizeof args, "{\"kind\":\"deal\",\"fields\":{\"title\":\"Deal %d\"}}", i);
		snprintf(key, sizeof key, "0%d", i);
		assert_int_equal(ask("create_record", args, CALL, key).code, ERR_OK);
	}
	s = ask("search_records", "{\"limit\":2}", CALL, NULL);
	is_said(&s, "deal/2: Deal 1\n(more: cursor \"2\")\n");
	s = ask("search_records", "{\"limit\":3,\"cursor\":\"2\"}", CALL, NULL);
	is_said(&s, "deal/5: Deal 4\n");
	assert_null(strstr(s.text, "more"));
}

static void test_csv_goes_in_and_comes_out(void **state)
{
	static const char in[] = "\xEF\xBB\xBF" "First Name,Last Name,E-mail Address,Company,Comment\r\n"
		"Dana,Example,dana@example.com,\"Acme, Inc.\",\"said \"\"yes\"\"\nand more\"\r\n\r\n"
		",,nobody@example.com,,\r\nKim,Sample,kim@example.com,,=1+1\r\nDana,Again,DANA@example.com,,\r\n";
	struct port_count n;
	struct err e = {0};
	struct buf out, again;

	(void)state;
	check_ok(port_csv_in(book, RECORD_CONTACT, slice_of(in), &n, &e), &e);
	assert_int_equal(n.added, 2);
	assert_int_equal(n.there, 1);
	assert_int_equal(n.broken, 1);
	assert_int_equal(n.first_broken, 5);
	buf_init(&out, 0);
	check_ok(port_csv_out(book, RECORD_CONTACT, &out, &e), &e);
	assert_string_equal(buf_text(&out), "id,comment,company,email,first_name,last_name,name\n"
		"contact/1,\"said \"\"yes\"\"\nand more\",\"Acme, Inc.\",dana@example.com,Dana,Example,Dana Example\n"
		"contact/2,'=1+1,,kim@example.com,Kim,Sample,Kim Sample\n");
	close_book(NULL);
	open_book(NULL);
	check_ok(port_csv_in(book, RECORD_CONTACT, buf_slice(&out), &n, &e), &e);
	buf_init(&again, 0);
	check_ok(port_csv_out(book, RECORD_CONTACT, &again, &e), &e);
	assert_string_equal(buf_text(&again), buf_text(&out));
	buf_release(&out);
	buf_release(&again);
}

static void test_vcards_go_in_and_come_out(void **state)
{
	static const char in[] = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dana Exam\r\n ple\r\nN:Example;Dana;;;\r\nitem1.EMAIL;TYPE=INTERNET:dana@example.com\r\n"
		"ORG:Acme\\, Inc.;Sales\r\nTEL;TYPE=cell:tel:+1-555\r\nNOTE:met\\nat \x01the\r \x7F""fair\r\nEND:VCARD\r\nBEGIN:VCARD\r\nEMAIL:x@example.com\r\nEND:VCARD\r\n";
	struct port_count n;
	struct err e = {0};
	struct said s;
	struct buf out;

	(void)state;
	check_ok(port_vcard_in(book, slice_of(in), &n, &e), &e);
	assert_int_equal(n.added, 1);
	assert_int_equal(n.broken, 1);
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "company: Acme, Inc., Sales\nemail: dana@example.com\nname: Dana Example\nphone: +1-555\n");
	is_said(&s, "met\\nat the fair");
	buf_init(&out, 0);
	check_ok(port_vcard_out(book, &out, &e), &e);
	assert_string_equal(buf_text(&out), "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Dana Example\r\nEMAIL:dana@example.com\r\nTEL:+1-555\r\nORG:Acme\\, Inc.\\, Sales\r\nEND:VCARD\r\n");
	buf_release(&out);
	check_code(port_vcard_in(book, slice_of("no card"), &n, &e), ERR_PROTO, &e);
	check_code(port_vcard_in(book, slice_make("\xff\xfe", 2), &n, &e), ERR_PROTO, &e);
}

/* --- files that no honest program writes --------------------------------------------------- */

static void header_of(struct buf *b, int columns)
{
	int i;

	buf_adds(b, "name");
	for (i = 1; i < columns; i++)
		buf_addf(b, ",column %d", i);
	buf_adds(b, "\nDana Example");
	for (i = 1; i < columns; i++)
		buf_adds(b, i % 20 == 0 ? ",x" : ",");
	buf_addc(b, '\n');
}

/* The rest of a header is no row. */
static void test_many_columns_are_taken_or_refused_whole(void **state)
{
	struct port_count n;
	struct err e = {0};
	struct said s;
	struct buf file;

	(void)state;
	buf_init(&file, 0);
	header_of(&file, 1000);
	check_ok(port_csv_in(book, RECORD_CONTACT, buf_slice(&file), &n, &e), &e);
	assert_int_equal(n.added, 1);
	assert_int_equal(n.broken, 0);
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "column_980: x\n");
	buf_clear(&file);
	header_of(&file, 10000);
	check_code(port_csv_in(book, RECORD_CONTACT, buf_slice(&file), &n, &e), ERR_LIMIT, &e);
	assert_int_equal(ask("get_record", "{\"record\":\"contact/2\"}", CALL, NULL).code, ERR_MISSING);
	buf_release(&file);
}

/* What is wrong with a row is said of that row. */
static void test_a_broken_row_is_told_for_what_it_is(void **state)
{
	struct port_count n;
	struct err e = {0};
	struct buf file;
	int i;

	(void)state;
	buf_init(&file, 0);
	buf_adds(&file, "name,about\nDana Example,");
	for (i = 0; i <= VALUE_MAX; i++)
		buf_addc(&file, 'x');
	buf_adds(&file, "\nKim Sample,\"never ends\nRobin Example,x\n");
	check_ok(port_csv_in(book, RECORD_CONTACT, buf_slice(&file), &n, &e), &e);
	assert_int_equal(n.first_broken, 2);
	assert_string_equal(n.why, "the value of `about` must be text of at most 4000 bytes");
	assert_int_equal(n.added + n.broken, 2);	/* the quote takes the rest of the file into one value */
	buf_clear(&file);
	buf_adds(&file, "name");
	for (i = 0; i < 2 * FIELDS_MAX; i++)
		buf_addf(&file, ",f%d", i);
	buf_adds(&file, "\nPat Example");
	for (i = 0; i < 2 * FIELDS_MAX; i++)
		buf_adds(&file, ",x");
	check_ok(port_csv_in(book, RECORD_CONTACT, buf_slice(&file), &n, &e), &e);
	assert_int_equal(n.broken, 1);
	assert_string_equal(n.why, "a record has at most 64 fields");
	buf_release(&file);
}

static void test_what_is_no_text_is_no_file(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int added;	/* -1: no such file at all */
	} cases[] = {
		{"name\nD\xE4na\n", 10, -1},				/* Latin-1 */
		{"\xFF\xFEn\0a\0m\0e\0", 10, -1},			/* UTF-16 */
		{"name\nDana \xED\xA0\x80\n", 14, -1},		/* half a surrogate */
		{"name\nDa\0na\n", 11, 1},				/* a NUL is left out */
		{"name;email\nDana;dana@example.com\n", 33, 1},
		{"name\temail\nDana\tdana@example.com\n", 33, 1},
		{"\n\n\n", 3, 0}, {"", 0, 0}, {",,,\n,,,\n", 8, 0}, {"name", 4, 0}, {"name\n\"", 6, 0},
	};
	struct port_count n;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		enum err_code code = port_csv_in(book, RECORD_CONTACT, slice_make(cases[i].bytes, cases[i].len), &n, &e);

		check_code(code, cases[i].added < 0 ? ERR_PROTO : ERR_OK, &e);
		if (code == ERR_OK)
			assert_int_equal(n.added, cases[i].added);
		close_book(NULL);
		open_book(NULL);
	}
}

/* Whatever begins like a formula comes back as it was, quotes of its own included. */
static void test_values_come_back_as_they_were(void **state)
{
	static const char *const values[] = {"=1+1", "'=1+1", "''@x", "'", "'plain", "-", "\ttab", "+49 1", "a\"b,\n\"\""};
	struct port_count n;
	struct record r = {.kind = RECORD_CONTACT};
	struct err e = {0};
	struct buf out;
	char name[16];
	size_t i;

	(void)state;
	check_ok(record_set(&r, "name", "Dana", &e), &e);
	for (i = 0; i < LENGTH(values); i++) {
		snprintf(name, sizeof name, "f%zu", i);
		check_ok(record_set(&r, name, values[i], &e), &e);
	}
	check_ok(book_add(book, &r, 1, &e), &e);
	record_release(&r);
	buf_init(&out, 0);
	check_ok(port_csv_out(book, RECORD_CONTACT, &out, &e), &e);
	assert_null(strstr(buf_text(&out), ",="));
	assert_null(strstr(buf_text(&out), ",\t"));
	close_book(NULL);
	open_book(NULL);
	check_ok(port_csv_in(book, RECORD_CONTACT, buf_slice(&out), &n, &e), &e);
	check_ok(book_get(book, RECORD_CONTACT, 1, &r, &e), &e);
	for (i = 0; i < LENGTH(values); i++) {
		snprintf(name, sizeof name, "f%zu", i);
		assert_string_equal(record_get(&r, name), values[i]);
	}
	record_release(&r);
	buf_release(&out);
}

/* All that there is comes out, or nothing does. */
static void test_an_export_leaves_no_field_out(void **state)
{
	struct record r;
	struct err e = {0};
	struct buf out;
	char name[32];
	int i, k;

	(void)state;
	check_ok(book_begin(book, &e), &e);
	for (i = 0; i < 100; i++) {
		r = (struct record){.kind = RECORD_DEAL};
		snprintf(name, sizeof name, "Deal %d", i);
		check_ok(record_set(&r, "title", name, &e), &e);
		for (k = 0; k < FIELDS_MAX - 1; k++) {
			snprintf(name, sizeof name, "f%d_%d", i, k);
			check_ok(record_set(&r, name, "x", &e), &e);
		}
		check_ok(book_add(book, &r, 1, &e), &e);
		record_release(&r);
		if (i == 9) {
			check_ok(book_end(book, ERR_OK, &e), &e);
			buf_init(&out, 0);
			check_ok(port_csv_out(book, RECORD_DEAL, &out, &e), &e);
			assert_non_null(strstr(buf_text(&out), ",f9_62"));
			buf_release(&out);
			check_ok(book_begin(book, &e), &e);
		}
	}
	check_ok(book_end(book, ERR_OK, &e), &e);
	buf_init(&out, 0);
	check_code(port_csv_out(book, RECORD_DEAL, &out, &e), ERR_LIMIT, &e);
	buf_release(&out);
}

static void test_a_card_that_never_ends_is_told(void **state)
{
	static const char in[] = "BEGIN:VCARD\nFN:Dana Example\nNOTE:of Dana\nBEGIN:VCARD\nFN:Kim Sample\nEND:VCARD\nBEGIN:VCARD\nFN:Robin Example\n";
	struct port_count n;
	struct err e = {0};
	struct said s;

	(void)state;
	check_ok(port_vcard_in(book, slice_of(in), &n, &e), &e);
	assert_int_equal(n.added, 1);
	assert_int_equal(n.broken, 2);
	assert_int_equal(n.first_broken, 1);
	assert_string_equal(n.why, "the card has no end");
	s = ask("get_record", "{\"record\":\"contact/1\"}", CALL, NULL);
	is_said(&s, "name: Kim Sample\n");
	assert_null(strstr(s.text, "of Dana"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_book, close_book)
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_definitions_are_json_and_say_what_they_do),
		TEST(test_what_is_made_is_found_and_read),
		TEST(test_a_record_that_changed_meanwhile_is_left_alone),
		TEST(test_i2_a_key_fires_once_and_can_be_proved),
		TEST(test_what_makes_no_sense_is_refused),
		TEST(test_pages_go_on_where_the_last_one_ended),
		TEST(test_csv_goes_in_and_comes_out),
		TEST(test_vcards_go_in_and_come_out),
		TEST(test_many_columns_are_taken_or_refused_whole),
		TEST(test_a_broken_row_is_told_for_what_it_is),
		TEST(test_what_is_no_text_is_no_file),
		TEST(test_values_come_back_as_they_were),
		TEST(test_an_export_leaves_no_field_out),
		TEST(test_a_card_that_never_ends_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
