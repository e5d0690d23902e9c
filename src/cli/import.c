/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `key import`: keys that lie about are named, and taken only one by one: a key of
 * the environment is never used because it is there. */
#include "cli/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/aws_profile.h"
#include "base/env.h"
#include "base/memory.h"
#include "base/secret_source.h"
#include "base/slice.h"
#include "desk/query.h"

#define COMMAND_MS 60000
#define FOUND_MAX 96
#define PROFILES_MAX 32

enum place { FROM_ENVIRONMENT, FROM_DOTENV, FROM_AWS, PLACES };
static const char *const place_names[PLACES] = {"environment", ".env", "~/.aws"};

struct found {
	char name[AWS_PROFILE_NAME];	/* the variable's, or the profile's */
	enum place place;
	const char *vendor;		/* NULL: of a vendor that is none of ours, or no key */
	bool is_admin, is_taken;
	int64_t id;
	char text[512];			/* what came of it */
};

struct import {
	struct cli *cli;
	struct desk *desk;
	struct found list[FOUND_MAX];
	int n;
	struct secret *dotenv;		/* the file's bytes; NULL: there is none */
	bool has_failed;
};

/* Which of them are keys of our vendors. Tokens of other programs' sign-ins are not. */
static const struct {
	const char *name, *vendor;
	bool is_admin;
} known[] = {
	{"ANTHROPIC_API_KEY", "anthropic", false}, {"CLAUDE_API_KEY", "anthropic", false}, {"ANTHROPIC_ADMIN_KEY", "anthropic", true},
	{"OPENAI_API_KEY", "openai", false}, {"OPENAI_KEY", "openai", false}, {"CODEX_API_KEY", "openai", false}, {"OPENAI_ADMIN_KEY", "openai", true},
	{"AWS_ACCESS_KEY_ID", "bedrock", false}, {"AWS_BEARER_TOKEN_BEDROCK", "bedrock", false},
};
static const char *const of_a_pair[] = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"};

/* --- what there is ------------------------------------------------------------------ */

static void add(struct import *im, const char *name, size_t len, enum place place)
{
	struct found *f = &im->list[im->n];

	if (im->n == FOUND_MAX || len == 0 || len >= sizeof f->name)
		return;
	*f = (struct found){.place = place, .vendor = place == FROM_AWS ? "bedrock" : NULL};
	memcpy(f->name, name, len);
	for (size_t i = 0; i < LENGTH(of_a_pair); i++)
		if (place != FROM_AWS && strcmp(of_a_pair[i], f->name) == 0)
			return;
	for (size_t i = 0; place != FROM_AWS && i < LENGTH(known); i++)
		if (strcmp(known[i].name, f->name) == 0) {
			f->vendor = known[i].vendor;
			f->is_admin = known[i].is_admin;
		}
	im->n++;
}

/* One NAME=VALUE of the file's text; false at its end. */
static bool next_setting(struct slice *rest, struct slice *name, struct slice *value)
{
	while (rest->len > 0) {
		const char *end = memchr(rest->p, '\n', rest->len), *equals;
		struct slice line = slice_make(rest->p, end != NULL ? (size_t)(end - rest->p) : rest->len);

		*rest = slice_make(rest->p + line.len, rest->len - line.len);
		if (rest->len > 0)
			*rest = slice_make(rest->p + 1, rest->len - 1);
		while (line.len > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
			line = slice_make(line.p + 1, line.len - 1);
		if (line.len > 7 && memcmp(line.p, "export ", 7) == 0)
			line = slice_make(line.p + 7, line.len - 7);
		equals = line.len > 0 && line.p[0] != '#' ? memchr(line.p, '=', line.len) : NULL;
		if (equals == NULL)
			continue;
		*name = slice_make(line.p, (size_t)(equals - line.p));
		*value = slice_make(equals + 1, line.len - name->len - 1);
		while (value->len > 0 && (value->p[value->len - 1] == '\r' || value->p[value->len - 1] == ' '))
			value->len--;
		if (value->len >= 2 && (value->p[0] == '"' || value->p[0] == '\'') && value->p[value->len - 1] == value->p[0])
			*value = slice_make(value->p + 1, value->len - 2);
		return true;
	}
	return false;
}

static void read_dotenv(struct import *im)
{
	struct stat st;
	int fd = open(".env", O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && secret_from_fd(fd, &im->dotenv, NULL) != ERR_OK)
		say_note(im->cli, "%s", _(".env is empty, or too long to be looked at"));
	close(fd);
}

static int by_place(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->place != y->place ? (int)x->place - (int)y->place : strcmp(x->name, y->name);
}

static void look_around(struct import *im)
{
	char (*profiles)[AWS_PROFILE_NAME] = xcalloc(PROFILES_MAX, sizeof *profiles);
	struct slice rest, name, value;
	int n;

	for (const char *const *stray = env_stray_keys(); *stray != NULL; stray++)
		add(im, *stray, strlen(*stray), FROM_ENVIRONMENT);
	read_dotenv(im);
	if (im->dotenv != NULL) {
		rest = slice_make(im->dotenv->p, im->dotenv->len);
		while (next_setting(&rest, &name, &value))
			if (env_fate_of(name.p, name.len) == ENV_VENDOR_KEY && value.len > 0)
				add(im, name.p, name.len, FROM_DOTENV);
	}
	n = aws_profile_list(profiles, PROFILES_MAX);
	for (int i = 0; i < n; i++)
		add(im, profiles[i], strlen(profiles[i]), FROM_AWS);
	free(profiles);
	qsort(im->list, (size_t)im->n, sizeof *im->list, by_place);
}

/* --- taking one ------------------------------------------------------------------------ */

static enum err_code take_named(struct import *im, enum place place, const char *wanted, struct secret **out, struct err *e)
{
	struct slice rest, name, value;

	*out = NULL;
	if (place == FROM_ENVIRONMENT)
		return env_take_secret(wanted, out, e);
	rest = slice_make(im->dotenv->p, im->dotenv->len);
	while (next_setting(&rest, &name, &value))
		if (name.len == strlen(wanted) && memcmp(name.p, wanted, name.len) == 0 && value.len > 0 && value.len <= SECRET_MAX) {
			*out = secret_new(value.len);
			if (*out == NULL)
				return err_set(e, ERR_LIMIT, "the memory for secrets is full");
			(void)secret_set(*out, value.p, value.len);
			return ERR_OK;
		}
	return err_set(e, ERR_MISSING, "%s is not there", wanted);
}

/* An id, a secret and perhaps a token make one key: the JSON that vault/pair.h reads. */
static enum err_code take_pair(struct import *im, enum place place, struct secret **out, struct err *e)
{
	static const struct {
		const char *name, *before;
		bool is_optional;
	} parts[] = {{"AWS_ACCESS_KEY_ID", "{\"access_key_id\":\"", false}, {"AWS_SECRET_ACCESS_KEY", "\",\"secret_access_key\":\"", false},
		{"AWS_SESSION_TOKEN", "\",\"session_token\":\"", true}};
	struct secret *whole = secret_new(SECRET_MAX), *part;
	enum err_code code = whole != NULL ? ERR_OK : err_set(e, ERR_LIMIT, "the memory for secrets is full");
	int bad = 0;

	for (size_t i = 0; i < LENGTH(parts) && code == ERR_OK; i++) {
		code = take_named(im, place, parts[i].name, &part, e);
		if (code == ERR_MISSING && parts[i].is_optional) {
			err_clear(e);
			code = ERR_OK;
			break;
		}
		if (code == ERR_OK)
			bad |= secret_add(whole, parts[i].before, strlen(parts[i].before)) | secret_add(whole, part->p, part->len);
		secret_free(part);
	}
	if (code == ERR_OK && (bad | secret_add(whole, "\"}", 2)) != 0)
		code = err_set(e, ERR_LIMIT, "the credentials are too long");
	if (code != ERR_OK) {
		secret_free(whole);
		whole = NULL;
	}
	*out = whole;
	return code;
}

static enum err_code take_secret(struct import *im, const struct found *f, struct op *op, struct secret **out, struct err *e)
{
	char region[AWS_REGION] = "";
	const char *set = getenv("AWS_REGION");
	enum err_code code;

	if (set == NULL)
		set = getenv("AWS_DEFAULT_REGION");
	if (f->place == FROM_AWS)
		code = aws_profile_take(f->name, COMMAND_MS, out, region, e);
	else if (strcmp(f->name, "AWS_ACCESS_KEY_ID") == 0)
		code = take_pair(im, f->place, out, e);
	else
		code = take_named(im, f->place, f->name, out, e);
	if (strcmp(f->vendor, "bedrock") == 0)
		snprintf(op->region, sizeof op->region, "%s", region[0] != '\0' ? region : set != NULL ? set : "");
	if (code == ERR_OK)
		secret_trim(*out);
	return code;
}

static void take(struct import *im, struct found *f)
{
	const char *url = verb_value(&im->cli->words, "--base-url");
	struct op op = {.kind = OP_KEY_ADD, .admin = f->is_admin};
	struct outcome done = {.ticket = 0};
	struct secret *secret = NULL;
	struct err e;

	err_clear(&e);
	snprintf(op.vendor, sizeof op.vendor, "%s", f->vendor);
	if (url != NULL)
		snprintf(op.base_url, sizeof op.base_url, "%s", url);
	if (take_secret(im, f, &op, &secret, &e) == ERR_OK && desk_do(im->desk, &op, secret, &done) != ERR_OK)
		e = done.err;
	f->id = done.id;
	f->is_taken = done.id > 0;
	im->has_failed |= e.code != ERR_OK;
	snprintf(f->text, sizeof f->text, "%.500s", e.code != ERR_OK ? e.text : done.text);
	outcome_release(&done);
}

/* --- asking ---------------------------------------------------------------------------- */

static bool is_named(const struct verb_words *w, const char *name)
{
	for (int i = 0; i < w->words; i++)
		if (strcmp(w->word[i], name) == 0)
			return true;
	return false;
}

static enum err_code ask(const struct found *f, bool *yes, struct err *e)
{
	char words[256], typed[8];
	enum err_code code;

	snprintf(words, sizeof words, _("Take %s (%s, from %s)? y or n: "), f->name, f->vendor, place_names[f->place]);
	code = prompt_word(words, typed, sizeof typed, e);
	*yes = code == ERR_OK && (typed[0] == 'y' || typed[0] == 'Y') && typed[1] == '\0';
	return code;
}

/* What is named is taken; where nothing is named, each is asked for. */
static enum err_code take_all(struct import *im, struct err *e)
{
	const struct verb_words *w = &im->cli->words;
	enum err_code code = ERR_OK;

	for (int i = 0; i < im->n && code == ERR_OK; i++) {
		bool yes = is_named(w, im->list[i].name);

		if (im->list[i].vendor == NULL)
			continue;
		if (w->words == 0)
			code = ask(&im->list[i], &yes, e);
		if (code == ERR_OK && yes)
			take(im, &im->list[i]);
	}
	return code;
}

static enum err_code check_names(const struct import *im, struct err *e)
{
	const struct verb_words *w = &im->cli->words;

	for (int i = 0; i < w->words; i++) {
		int j = 0;

		while (j < im->n && (strcmp(im->list[j].name, w->word[i]) != 0 || im->list[j].vendor == NULL))
			j++;
		if (j == im->n) {
			err_set(e, ERR_MISSING, _("no key of our vendors is called %.60s"), w->word[i]);
			return err_mend(e, ERR_MISSING, "%s", _("see: claviger key import --dry-run"));
		}
	}
	return ERR_OK;
}

static int say_found(struct import *im)
{
	struct cli *c = im->cli;
	struct json_out j;
	struct buf out;
	cJSON *doc = NULL;
	int status = 0;

	buf_init(&out, 0);
	json_start(&j, &out);
	json_open(&j, NULL, '[');
	for (int i = 0; i < im->n; i++) {
		const struct found *f = &im->list[i];

		json_open(&j, NULL, '{');
		json_put_text(&j, "name", f->name);
		json_put_text(&j, "from", place_names[f->place]);
		json_put_text(&j, "vendor", f->vendor);
		json_put_bool(&j, "taken", f->is_taken);
		if (f->id > 0)
			json_put_int(&j, "id", f->id);
		else
			json_put_null(&j, "id");
		json_put_text(&j, "text", f->text[0] != '\0' ? f->text : f->vendor == NULL ? "of no vendor that is known here: ignored" : "ignored");
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (c->quiet) {
		status = 0;
	} else if (c->json) {
		status = say_json(c, buf_slice(&out));
	} else if (json_parse(buf_slice(&out), &doc, NULL) == ERR_OK) {
		buf_clear(&out);
		if (im->n == 0)
			buf_adds(&out, _("nothing found in the environment, .env or ~/.aws\n"));
		else
			render_document(&out, doc, "name from vendor taken id=K text", 0);
		status = say_out(&out);
	}
	cJSON_Delete(doc);
	buf_release(&out);
	return status;
}

int face_import(struct cli *c)
{
	struct import im = {.cli = c};
	struct err e;
	bool is_dry = verb_value(&c->words, "--dry-run") != NULL;
	int status;
	enum err_code code = ERR_OK;

	err_clear(&e);
	look_around(&im);
	if (!is_dry && im.n > 0) {
		code = check_names(&im, &e);
		if (code == ERR_OK && c->words.words == 0 && !prompt_possible()) {
			code = err_set(&e, ERR_USAGE, "%s", _("there is no terminal to ask on, key by key"));
			err_mend(&e, code, "%s", _("name those to take, or look with --dry-run"));
		}
		if (code == ERR_OK)
			code = cli_open(c, true, &im.desk, NULL, &e);
		if (code == ERR_OK)
			code = take_all(&im, &e);
	} else if (!is_dry) {
		code = check_names(&im, &e);
	}
	env_forget();
	secret_free(im.dotenv);
	status = code == ERR_OK ? say_found(&im) : cli_fail(&e);
	if (status == 0 && im.has_failed) {
		err_set(&e, ERR_NET, "%s", _("not every key was taken and works"));
		err_mend(&e, ERR_NET, "%s", _("see: claviger key list"));
		status = cli_fail(&e);
	}
	desk_close(im.desk);
	return status;
}
