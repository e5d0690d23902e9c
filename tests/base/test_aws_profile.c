/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Profiles of a made ~/.aws: each way of holding credentials, and each refusal. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/aws_profile.h"
#include "base/hash.h"
#include "base/memory.h"

static char folder[64];

static void put(const char *name, const char *text)
{
	char *path = xasprintf("%s/.aws/%s", folder, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static int setup(void **state)
{
	static const char *const folders[] = {"", "/.aws", "/.aws/cli", "/.aws/cli/cache", "/.aws/sso", "/.aws/sso/cache"};
	struct err e = {0};

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/claviger-aws-XXXXXX");
	if (memory_secure_init(&e) != ERR_OK || mkdtemp(folder) == NULL)
		return -1;
	for (size_t i = 1; i < LENGTH(folders); i++) {
		char *path = xasprintf("%s%s", folder, folders[i]);

		(void)mkdir(path, 0700);
		free(path);
	}
	setenv("HOME", folder, 1);
	unsetenv("AWS_SHARED_CREDENTIALS_FILE");
	unsetenv("AWS_CONFIG_FILE");
	put("credentials",
	    "[default]\naws_access_key_id = AKIDEXAMPLE000000001\naws_secret_access_key=a secret's = end\n\n# a remark\n[ work ]\r\naws_access_key_id=AKIDEXAMPLE000000002\r\n"
	    "aws_secret_access_key = second\r\naws_session_token = token\r\n[half]\naws_access_key_id = AKIDEXAMPLE000000003\n");
	put("config",
	    "[default]\nregion = eu-west-1\ns3 =\n  region = us-west-2\n[profile work]\nregion=us-east-1\naws_secret_access_key = not this one\n"
	    "[profile tool]\ncredential_process = printf '{\"Version\":1}'\nregion = eu-north-1\n[profile broken]\ncredential_process = exit 3\n"
	    "[profile sso]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n[sso-session corp]\nsso_start_url = https://example.com/start\n"
	    "[profile old-sso]\nsso_start_url = https://example.com/start\nsso_account_id = 123456789012\nsso_role_name = Reader\n"
	    "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = default\n[services x]\naws_access_key_id = none\n[profile empty]\nregion = x\n");
	return 0;
}

static int teardown(void **state)
{
	char *command = xasprintf("rm -rf %s", folder);
	int status = system(command);

	(void)state;
	free(command);
	return status;
}

static void check_taken(const char *profile, const char *wanted, const char *wanted_region)
{
	struct secret *s;
	char region[AWS_REGION];
	struct err e = {0};

	check_ok(aws_profile_take(profile, 5000, &s, region, &e), &e);
	assert_string_equal(s->p, wanted);
	assert_true(memory_secure_holds(s->p));
	assert_string_equal(region, wanted_region);
	secret_free(s);
}

static void check_refused(const char *profile, enum err_code code, const char *mend)
{
	struct secret *s;
	char region[AWS_REGION];
	struct err e = {0};

	check_code(aws_profile_take(profile, 5000, &s, region, &e), code, &e);
	assert_null(s);
	if (mend != NULL)
		assert_non_null(strstr(e.mend, mend));
}

static void test_keys_in_the_files(void **state)
{
	(void)state;
	check_taken("default", "{\"access_key_id\":\"AKIDEXAMPLE000000001\",\"secret_access_key\":\"a secret's = end\"}", "eu-west-1");
	/* `credentials` wins over `config` */
	check_taken("work", "{\"access_key_id\":\"AKIDEXAMPLE000000002\",\"secret_access_key\":\"second\",\"session_token\":\"token\"}", "us-east-1");
}

static void test_what_a_command_prints(void **state)
{
	(void)state;
	check_taken("tool", "{\"Version\":1}", "eu-north-1");
	check_refused("broken", ERR_IO, NULL);
}

static void test_the_command_lines_own_cache_for_sso(void **state)
{
	char hex[HASH_SHA1_HEX], name[80];

	(void)state;
	check_refused("sso", ERR_MISSING, "aws sso login --profile sso");
	/* signed in: the token's file has the SHA-1 of the session's name */
	hash_sha1_hex("corp", 4, hex);
	assert_string_equal(hex, "ee0bfd2552fbd840c02cc48b6e823320543c450f");
	snprintf(name, sizeof name, "sso/cache/%s.json", hex);
	put(name, "{\"accessToken\":\"x\"}");
	check_refused("sso", ERR_USAGE, "export-credentials --profile sso");
	hash_sha1_hex("{\"accountId\":\"123456789012\",\"roleName\":\"Reader\",\"sessionName\":\"corp\"}", 69, hex);
	snprintf(name, sizeof name, "cli/cache/%s.json", hex);
	put(name, "{\"Credentials\":{}}");
	check_taken("sso", "{\"Credentials\":{}}", "");
	check_refused("old-sso", ERR_MISSING, "aws sso login");
}

static void test_what_will_not_do_says_what_to_do(void **state)
{
	(void)state;
	check_refused("role", ERR_USAGE, "aws configure export-credentials --profile role");
	check_refused("empty", ERR_USAGE, "aws configure");
	check_refused("half", ERR_USAGE, "aws configure");
	check_refused("nobody", ERR_MISSING, "list-profiles");
	check_refused("services x", ERR_MISSING, NULL);
}

static void test_the_profiles_there_are(void **state)
{
	static const char *const wanted[] = {"default", "work", "half", "tool", "broken", "sso", "old-sso"};
	char names[16][AWS_PROFILE_NAME];
	int n = aws_profile_list(names, (int)LENGTH(names));

	(void)state;
	assert_int_equal(n, LENGTH(wanted));
	for (int i = 0; i < n; i++)
		assert_string_equal(names[i], wanted[i]);
	assert_int_equal(aws_profile_list(names, 2), 2);
}

static void test_nothing_hangs_on_a_pipe_in_place_of_a_file(void **state)
{
	char *path = xasprintf("%s/.aws/fifo", folder);

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	setenv("AWS_SHARED_CREDENTIALS_FILE", path, 1);
	check_refused("half", ERR_MISSING, NULL);
	unsetenv("AWS_SHARED_CREDENTIALS_FILE");
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys_in_the_files),
		cmocka_unit_test(test_what_a_command_prints),
		cmocka_unit_test(test_the_command_lines_own_cache_for_sso),
		cmocka_unit_test(test_what_will_not_do_says_what_to_do),
		cmocka_unit_test(test_the_profiles_there_are),
		cmocka_unit_test(test_nothing_hangs_on_a_pipe_in_place_of_a_file),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
