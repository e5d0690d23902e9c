/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shown is executed: one bit turned over anywhere between the decision and the
 * firing, in the payload, in what is bound to it, in the decision or in the tool,
 * and it does not fire. Then the same in the database, through the firing itself.
 *
 *     test_bits [CASES]      20,000; `make prove` turns 1,000,000 over */
#include <inttypes.h>
#include <stddef.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/secret.h"
#include "model/connector.h"
#include "store/office.h"
#include "vault/cost.h"
#include "vault/vault.h"
#include "worker/private.h"

#define PASS ((struct vault_pass){.text = slice_of("correct horse")})
#define IN_DATABASE 60

static long cases = 20000;

struct decided {
	struct hands h;
	struct approval a;
	struct decision d;
	struct tool tool;
	char payload[200];
};

/* What the person said yes to, or the tool that would do it: every byte of these counts. */
struct place {
	const char *name;
	size_t at, bytes;	/* bytes 0: a text, up to its end */
	enum { OF_APPROVAL, OF_DECISION, OF_TOOL, OF_PAYLOAD } of;
};
#define A(m) {"approval." #m, offsetof(struct approval, m), sizeof((struct approval *)0)->m, OF_APPROVAL}
#define A_TEXT(m) {"approval." #m, offsetof(struct approval, m), 0, OF_APPROVAL}
#define D(m) {"decision." #m, offsetof(struct decision, m), sizeof((struct decision *)0)->m, OF_DECISION}
#define D_TEXT(m) {"decision." #m, offsetof(struct decision, m), 0, OF_DECISION}
static const struct place places[] = {
	{"payload", 0, 0, OF_PAYLOAD}, A(id), A(version), A(kind), A_TEXT(connector), A_TEXT(tool), A(definition), A(effect), A(credential), A_TEXT(target), A(nonce), A(hash), A(bind),
	D(approval), D(version), D(verdict), D(hash), D(bind), D(slot), D_TEXT(person), D_TEXT(where), D_TEXT(reason), D_TEXT(said), D(rule), D(at_us), D(shown_ms), D(mac),
	{"tool.pinned", offsetof(struct tool, pinned), sizeof(struct hash), OF_TOOL}, {"tool.name", offsetof(struct tool, name), 0, OF_TOOL},
	{"tool.connector", offsetof(struct tool, connector_name), 0, OF_TOOL}, {"tool.effect", offsetof(struct tool, effect), sizeof(enum effect), OF_TOOL},
};

static void sign(struct decided *x)
{
	struct err e = {0};
	struct buf b;

	buf_init(&b, 0);
	decision_bytes(x->h.workspace, &x->d, &b);
	check_ok(vault_mac(x->h.vault, VAULT_DECISION, b.p, b.len, &x->d.mac, &e), &e);
	buf_release(&b);
}

static void decide(struct decided *x, struct office *o)
{
	struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .goal = o->goal, .task = o->task, .agent = "Ada", .connector = "mail", .tool = "send_mail",
		.effect = EFFECT_SEND, .credential = 7, .target = "thread 12 at 3", .created_us = NOON};

	x->a = a;
	snprintf(x->payload, sizeof x->payload, "{\"to\":\"dana@example.com\",\"subject\":\"The invoice\",\"body\":\"It is $1,204.50, due on the 3rd.\"}");
	memset(x->a.definition.b, 0x5a, sizeof x->a.definition.b);
	x->a.payload = x->payload;
	x->a.payload_len = strlen(x->payload);
	check_ok(approval_add(o->s, &x->a, &o->e), &o->e);
	x->d = (struct decision){.approval = x->a.id, .version = 1, .verdict = VERDICT_APPROVE, .hash = x->a.hash, .bind = x->a.bind, .person = "ana", .where = "ana@host, pts/1",
		.reason = "as agreed", .said = "yes", .shown_ms = 4200, .at_us = NOON + 5};
	sign(x);
	x->tool = (struct tool){.effect = EFFECT_SEND, .pinned = x->a.definition};
	snprintf(x->tool.name, sizeof x->tool.name, "send_mail");
	snprintf(x->tool.connector_name, sizeof x->tool.connector_name, "mail");
}

static bool would_fire(struct decided *x)
{
	struct err e = {0};

	return fire_verify(&x->h, &x->a, &x->d, &e) == ERR_OK && fire_fits(&x->a, &x->tool, &e) == ERR_OK;
}

static unsigned char *bytes_of(struct decided *x, const struct place *p, size_t *n)
{
	unsigned char *base[] = {(unsigned char *)&x->a, (unsigned char *)&x->d, (unsigned char *)&x->tool, (unsigned char *)x->payload};
	unsigned char *at = base[p->of] + p->at;

	*n = p->bytes > 0 ? p->bytes : strlen((char *)at);
	return at;
}

static uint64_t dice(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static void test_one_bit_anywhere_and_it_does_not_fire(void **state)
{
	struct decided *x = *state;
	long done[LENGTH(places)] = {0}, i;
	uint64_t seed = 20261127;
	size_t k;

	assert_true(would_fire(x));
	for (i = 0; i < cases; i++) {
		const struct place *p = &places[dice(&seed) % LENGTH(places)];
		size_t n, at;
		unsigned char *b = bytes_of(x, p, &n), bit;

		at = dice(&seed) % n;
		bit = (unsigned char)(1u << (dice(&seed) % 8));
		b[at] ^= bit;
		if (would_fire(x))
			fail_msg("bit %u of byte %zu of %s was turned over, and it fires", bit, at, p->name);
		b[at] ^= bit;
		done[p - places]++;
	}
	for (k = 0; k < LENGTH(places); k++)
		assert_true(done[k] > 0);
	assert_true(would_fire(x));
}

/* --- through the database ------------------------------------------------------ */

static const struct {
	const char *table, *column;
	bool is_blob;
} columns[] = {
	{"version", "payload", true}, {"version", "hash", true}, {"version", "bind", true}, {"version", "nonce", true}, {"version", "definition", true},
	{"decision", "hash", true}, {"decision", "bind", true}, {"decision", "mac", true},
	{"version", "target", false}, {"approval", "connector", false}, {"approval", "tool", false}, {"decision", "person", false}, {"decision", "place", false},
	{"decision", "said", false}, {"decision", "reason", false},
};

static void turn_over(struct office *o, int column, uint64_t *seed)
{
	char sql[512], name[64], path[128];
	unsigned char bytes[512];
	sqlite3_stmt *st;
	int64_t n = 0;
	sqlite3 *db;
	int at;

	snprintf(name, sizeof name, "%s", columns[column].column);
	snprintf(sql, sizeof sql, "SELECT length(CAST(%s AS BLOB)) FROM %s", name, columns[column].table);
	check_ok(sql_int(o->s, &n, &o->e, sql, ""), &o->e);
	at = 1 + (int)(dice(seed) % (uint64_t)n);
	snprintf(path, sizeof path, "%s/claviger.db", o->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	snprintf(sql, sizeof sql, "SELECT CAST(%s AS BLOB) FROM %s", name, columns[column].table);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_true(n <= (int64_t)sizeof bytes);
	memcpy(bytes, sqlite3_column_blob(st, 0), (size_t)n);
	sqlite3_finalize(st);
	bytes[at - 1] ^= (unsigned char)(1u << (dice(seed) % (columns[column].is_blob ? 8 : 4)));
	assert_int_equal(sqlite3_exec(db, "DROP TRIGGER IF EXISTS version_fixed; DROP TRIGGER IF EXISTS decision_fixed", NULL, NULL, NULL), SQLITE_OK);
	snprintf(sql, sizeof sql, "UPDATE %s SET %s = CAST(? AS %s)", columns[column].table, name, columns[column].is_blob ? "BLOB" : "TEXT");
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	sqlite3_bind_blob(st, 1, bytes, (int)n, SQLITE_TRANSIENT);
	assert_int_equal(sqlite3_step(st), SQLITE_DONE);
	sqlite3_finalize(st);
	sqlite3_close(db);
}

static int64_t fired(struct office *o)
{
	int64_t n = 0;

	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM firing", ""), &o->e);
	return n;
}

/* How many firings came of it. */
static int64_t one_in_database(struct decided *from, int column, uint64_t *seed)
{
	struct decided x = *from;
	void *state = NULL;
	struct office *o;
	struct firing f = {0};
	int64_t n;

	assert_int_equal(office_open(&state), 0);
	o = state;
	x.h.store = o->s;
	x.h.workspace = store_workspace(o->s);
	decide(&x, o);
	check_ok(decision_add(o->s, &x.d, NOON, &o->e), &o->e);
	if (column >= 0)
		turn_over(o, column, seed);
	if (firing_begin(o->s, x.a.id, 1, "key-1", o->epoch, NOON + 10, fire_verify, &x.h, &f, &o->e) == ERR_OK && column >= 0)
		print_error("a bit of %s.%s was turned over, and it fires\n", columns[column].table, columns[column].column);
	n = fired(o);
	firing_release(&f);
	office_close(&state);
	return n;
}

static void test_one_bit_in_the_database_and_it_does_not_fire(void **state)
{
	uint64_t seed = 11;
	int i;

	assert_int_equal(one_in_database(*state, -1, &seed), 1);	/* with none turned over it does */
	for (i = 0; i < IN_DATABASE; i++)
		assert_int_equal(one_in_database(*state, i % (int)LENGTH(columns), &seed), 0);
}

static int set_up(void **state)
{
	static struct decided x;
	static void *office;
	struct err e = {0};
	char path[96];

	if (office_open(&office) != 0)
		return -1;
	snprintf(path, sizeof path, "%s/vault.key", ((struct office *)office)->folder);
	x.h = (struct hands){.store = ((struct office *)office)->s, .workspace = store_workspace(((struct office *)office)->s), .persons = {.effect = EFFECTS}};
	check_ok(vault_create_at_cost(path, x.h.workspace, "ana", PASS, NOON, VAULT_COST_TEST, &e), &e);
	check_ok(vault_open_at_cost(&x.h.vault, path, PASS, VAULT_COST_TEST, &e), &e);
	unlink(path);
	decide(&x, office);
	*state = &x;
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_bit_anywhere_and_it_does_not_fire),
		cmocka_unit_test(test_one_bit_in_the_database_and_it_does_not_fire),
	};
	struct err e = {0};

	if (argc == 2)
		cases = atol(argv[1]);
	clock_use_zone("UTC");
	if (memory_secure_init(&e) != ERR_OK)
		return fprintf(stderr, "%s\n", e.text), 1;
	return cmocka_run_group_tests(tests, set_up, NULL);
}
