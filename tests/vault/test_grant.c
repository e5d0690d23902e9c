/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "fixture.h"
#include "vault/grant.h"
#include "wire/request.h"

#define GIVEN "{\"token_uri\": \"https://auth.example.com:8443/o/token\", \"client_id\":\"an id\", \"client_secret\":\"c\\/s+\\u003d\",\n\"refresh_token\":\"1\\/\\/rt\", \"token\":\"old\", \"scope\":\"a b\"}"

static struct secret *canonical(const char *given)
{
	struct secret *text = fixture_secret(given), *out = NULL;
	struct err e = {0};

	check_ok(grant_canonical(text, &out, &e), &e);
	secret_free(text);
	return out;
}

static struct slice of(const struct secret *s)
{
	return slice_make(s->p, s->len);
}

static void test_a_grant_becomes_its_request(void **state)
{
	struct secret *g = canonical(GIVEN);
	struct wire_request r;
	struct header h;
	struct buf url;
	struct err e = {0};

	(void)state;
	check_ok(grant_request(of(g), &r, &h, &e), &e);
	buf_init(&url, 0);
	wire_request_url(&r, &url);
	assert_string_equal(buf_text(&url), "https://auth.example.com:8443/o/token");
	assert_string_equal(r.method, "POST");
	assert_int_equal(r.body.len, 0);
	assert_string_equal(h.body->p, "grant_type=refresh_token&refresh_token=1%2F%2Frt&scope=a%20b");
	assert_int_equal(h.count, 1);
	/* "an%20id:c%2Fs%2B%3D" */
	assert_string_equal(h.line[0]->p, "authorization: Basic YW4lMjBpZDpjJTJGcyUyQiUzRA==");
	assert_true(memory_secure_holds(h.body->p));
	assert_true(memory_secure_holds(h.line[0]->p));
	header_release(&h);
	wire_request_release(&r);
	buf_release(&url);
	secret_free(g);
}

static void test_a_client_may_say_who_it_is_in_the_body(void **state)
{
	struct secret *public = canonical("{\"token_endpoint\":\"http://127.0.0.1:9/t\",\"client_id\":\"x\",\"refresh_token\":\"r\",\"resource\":\"https://m/\"}");
	struct secret *post = canonical("{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"client_secret\":\"y\",\"refresh_token\":\"r\",\"token_endpoint_auth_method\":\"client_secret_post\"}");
	struct wire_request r;
	struct header h;
	struct err e = {0};

	(void)state;
	check_ok(grant_request(of(public), &r, &h, &e), &e);
	assert_string_equal(h.body->p, "grant_type=refresh_token&refresh_token=r&resource=https%3A%2F%2Fm%2F&client_id=x");
	assert_int_equal(h.count, 0);
	assert_true(r.is_plain);
	header_release(&h);
	wire_request_release(&r);
	check_ok(grant_request(of(post), &r, &h, &e), &e);
	assert_string_equal(h.body->p, "grant_type=refresh_token&refresh_token=r&client_id=x&client_secret=y");
	header_release(&h);
	wire_request_release(&r);
	secret_free(public);
	secret_free(post);
}

static void test_what_is_no_grant_is_refused(void **state)
{
	static const char *const bad[] = {"", "rt-secret", "[\"rt-secret\"]", "{\"refresh_token\":\"rt-secret\"}", "{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\"}",
		"{\"token_endpoint\":\"http://a.example/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\"}",
		"{\"token_endpoint\":\"https://a/t?x=rt-secret\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\"}",
		"{\"token_endpoint\":\"ftp://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\"}", "{\"token_endpoint\":\"https://a/t\",\"client_id\":7,\"refresh_token\":\"rt-secret\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\\n\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\\u0000\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\\u0022\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\",\"refresh_token\":\"b\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\",\"token_endpoint_auth_method\":\"private_key_jwt\"}",
		"{\"token_endpoint\":\"https://a/t\",\"client_id\":\"x\",\"refresh_token\":\"rt-secret\"} more"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct secret *text = secret_new(SECRET_MAX), *out;
		struct err e = {0};

		assert_int_equal(secret_set(text, bad[i], strlen(bad[i])), 0);
		check_code(grant_canonical(text, &out, &e), ERR_USAGE, &e);
		assert_null(out);
		assert_null(strstr(e.text, "rt-secret"));
		secret_free(text);
	}
}

static struct grant_answer answer(const struct secret *g, const char *body)
{
	struct grant_answer a;
	struct err e = {0};

	check_ok(grant_answer(of(g), 200, slice_of(body), &a, &e), &e);
	return a;
}

static void test_an_answer_is_taken(void **state)
{
	struct secret *g = canonical(GIVEN);
	struct grant_answer a = answer(g, "{\"access_token\":\"at\\/1\",\"token_type\":\"bEARER\",\"expires_in\":3599,\"id_token\":\"x\"}");

	(void)state;
	assert_string_equal(a.access->p, "at/1");
	assert_int_equal(a.lives_s, 3599);
	assert_null(a.grant);
	grant_answer_release(&a);
	a = answer(g, "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"refresh_token\":\"1//rt\",\"expires_in\":\"60\"}");
	assert_null(a.grant);	/* the same one */
	assert_int_equal(a.lives_s, 60);
	grant_answer_release(&a);
	a = answer(g, "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"refresh_token\":\"\",\"expires_in\":99999999999999999999}");
	assert_null(a.grant);
	assert_int_equal(a.lives_s, 86400);
	grant_answer_release(&a);
	a = answer(g, "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"expires_in\":-5}");
	assert_int_equal(a.lives_s, 1);
	grant_answer_release(&a);
	a = answer(g, "{\"access_token\":\"at\",\"token_type\":\"Bearer\"}");
	assert_int_equal(a.lives_s, 300);
	grant_answer_release(&a);
	secret_free(g);
}

static void test_another_refresh_token_takes_the_place_of_the_old(void **state)
{
	struct secret *g = canonical(GIVEN);
	struct grant_answer a = answer(g, "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"refresh_token\":\"next\"}");
	struct secret *again = canonical(a.grant->p), *other = canonical(GIVEN);
	struct hash was = grant_line(of(g)), is = grant_line(of(a.grant)), given = grant_line(of(again)), second = grant_line(of(other));

	(void)state;
	assert_non_null(strstr(a.grant->p, "\"refresh_token\":\"next\""));
	assert_non_null(strstr(a.grant->p, "\"client_secret\":\"c/s+=\""));
	assert_null(strstr(a.grant->p, "1//rt"));
	assert_true(hash_same(&was, &is));
	assert_false(hash_same(&was, &given));	/* a person who gives it again begins anew */
	assert_false(hash_same(&was, &second));
	grant_answer_release(&a);
	secret_free(g);
	secret_free(again);
	secret_free(other);
}

static void test_refusals_are_told_apart(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
		const char *says;
	} all[] = {
		{400, "{\"error\":\"invalid_grant\",\"error_description\":\"rt-secret is over\"}", ERR_AUTH, "invalid_grant"},
		{401, "{\"error\":\"invalid_client\"}", ERR_NET, "invalid_client"},
		{400, "{\"error\":\"rt-secret\"}", ERR_NET, "HTTP 400"},
		{400, "{\"error\":{\"code\":\"invalid_grant\"}}", ERR_NET, "HTTP 400"},
		{400, "rt-secret", ERR_NET, "HTTP 400"},
		{503, "{\"error\":\"invalid_grant\"}", ERR_NET, "HTTP 503"},
		{307, "", ERR_NET, "nobody follows"},
		{200, "rt-secret", ERR_PROTO, "no sound JSON"},
		{200, "{\"access_token\":\"rt-secret\",\"token_type\":\"mac\"}", ERR_PROTO, "another kind"},
		{200, "{\"access_token\":\"rt-secret\"}", ERR_PROTO, "another kind"},
		{200, "{\"token_type\":\"bearer\"}", ERR_PROTO, "no access_token"},
		{200, "{\"token_type\":\"bearer\",\"access_token\":\"rt-secret\\r\\nx: y\"}", ERR_PROTO, "cannot be there"},
		{200, "{\"token_type\":\"bearer\",\"access_token\":\"rt-secret\",\"refresh_token\":[]}", ERR_PROTO, "no text"},
	};
	struct secret *g = canonical(GIVEN);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof all / sizeof *all; i++) {
		struct grant_answer a;
		struct err e = {0};

		check_code(grant_answer(of(g), all[i].status, slice_of(all[i].body), &a, &e), all[i].code, &e);
		assert_non_null(strstr(e.text, all[i].says));
		assert_null(strstr(e.text, "rt-secret"));
		assert_null(a.access);
		assert_null(a.grant);
	}
	secret_free(g);
}

static void test_a_sealed_grant_serves_for_nothing_else(void **state)
{
	static const struct seal_name name = {.workspace = WORKSPACE, .kind = "connector", .id = 3, .version = 1, .host = ""},
		access = {.workspace = WORKSPACE, .kind = "access", .id = 3, .version = 1, .host = ""};
	struct fixture *f = *state;
	struct secret *g = canonical(GIVEN);
	struct sealed *s = xmalloc(sizeof *s);
	struct vault_renewal *n = xmalloc(sizeof *n);
	struct wire_request r;
	struct header h;
	struct err e = {0};

	check_ok(vault_seal(f->v, &name, SEALED_GRANT, g, s, &e), &e);
	check_code(vault_deliver(f->v, &name, s, 1, &e), ERR_AUTH, &e);
	check_code(vault_environ(f->v, &name, s, "TOKEN", &h, &e), ERR_AUTH, &e);
	check_ok(vault_grant_request(f->v, &name, s, &r, &h, &e), &e);
	header_release(&h);
	wire_request_release(&r);
	check_ok(vault_grant_renew(f->v, &name, s, 200, slice_of("{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"refresh_token\":\"n\"}"), &access, SEALED_CONNECTOR, n, &e), &e);
	assert_true(n->has_grant);
	check_ok(vault_environ(f->v, &access, &n->access, "TOKEN", &h, &e), &e);
	assert_string_equal(h.line[0]->p, "TOKEN=at");
	header_release(&h);
	check_code(vault_environ(f->v, &name, &n->access, "TOKEN", &h, &e), ERR_AUTH, &e);
	check_code(vault_grant_request(f->v, &access, &n->access, &r, &h, &e), ERR_AUTH, &e);
	check_ok(vault_grant_request(f->v, &name, &n->grant, &r, &h, &e), &e);
	header_release(&h);
	wire_request_release(&r);
	check_code(vault_grant_request(NULL, &name, s, &r, &h, &e), ERR_LOCKED, &e);
	free(s);
	free(n);
	secret_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_grant_becomes_its_request),
		cmocka_unit_test(test_a_client_may_say_who_it_is_in_the_body),
		cmocka_unit_test(test_what_is_no_grant_is_refused),
		cmocka_unit_test(test_an_answer_is_taken),
		cmocka_unit_test(test_another_refresh_token_takes_the_place_of_the_old),
		cmocka_unit_test(test_refusals_are_told_apart),
		cmocka_unit_test_setup_teardown(test_a_sealed_grant_serves_for_nothing_else, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, fixture_lock_memory, NULL);
}
