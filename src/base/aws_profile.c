/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two files, read line by line in locked memory: `credentials` has sections [NAME],
 * `config` has [profile NAME], [default] and [sso-session NAME]. An indented line
 * belongs to the setting before it and is none of ours. */
#include "base/aws_profile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/secret_source.h"
#include "base/slice.h"

#define LINE_MAX_BYTES 4096
#define TEXT 512

enum ini_file { INI_CREDENTIALS, INI_CONFIG, INI_FILES };

/* section is the profile's name, or "sso-session NAME"; value lies in locked memory. */
typedef void ini_setting(void *user, const char *section, const char *name, struct slice value);

/* --- where ------------------------------------------------------------------ */

static char *aws_path(const char *rest)
{
	const char *home = getenv("HOME");

	return home != NULL && home[0] == '/' ? xasprintf("%s/.aws/%s", home, rest) : NULL;
}

static char *ini_path(enum ini_file which)
{
	static const struct { const char *variable, *name; } places[INI_FILES] = {
		[INI_CREDENTIALS] = {"AWS_SHARED_CREDENTIALS_FILE", "credentials"}, [INI_CONFIG] = {"AWS_CONFIG_FILE", "config"}};
	const char *set = getenv(places[which].variable);

	return set != NULL && set[0] == '/' ? xstrdup(set) : aws_path(places[which].name);
}

/* -1 if it is not there, or no regular file: a pipe in its place must not hang us. */
static int open_regular(const char *path)
{
	struct stat st;
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) : -1;

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* --- lines ------------------------------------------------------------------- */

struct ini {
	enum ini_file which;
	char section[TEXT];
	ini_setting *setting;
	void *user;
};

static struct slice trimmed(struct slice s)
{
	while (s.len > 0 && strchr(" \t\r", s.p[0]) != NULL)
		s = slice_make(s.p + 1, s.len - 1);
	while (s.len > 0 && strchr(" \t\r", s.p[s.len - 1]) != NULL)
		s.len--;
	return s;
}

/* A text that fits, or "": what is cut would name something else. */
static void copy_text(char *out, size_t room, struct slice s)
{
	if (s.len >= room)
		s.len = 0;
	memcpy(out, s.len > 0 ? s.p : "", s.len);
	out[s.len] = '\0';
}

static void ini_line(struct ini *in, struct slice line)
{
	const char *equals;
	struct slice s = trimmed(line), name;
	char setting[64];

	if (s.len == 0 || s.p[0] == '#' || s.p[0] == ';')
		return;
	if (s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.len);

		name = end != NULL ? trimmed(slice_make(s.p + 1, (size_t)(end - s.p) - 1)) : slice_of("");
		if (in->which == INI_CONFIG && name.len > 8 && memcmp(name.p, "profile ", 8) == 0)
			name = trimmed(slice_make(name.p + 8, name.len - 8));
		else if (in->which == INI_CONFIG && !slice_is(name, "default") && !(name.len > 12 && memcmp(name.p, "sso-session ", 12) == 0))
			name = slice_of("");	/* [services x] and the like */
		copy_text(in->section, sizeof in->section, name);
		return;
	}
	equals = memchr(s.p, '=', s.len);
	if (equals == NULL || in->section[0] == '\0' || line.p[0] == ' ' || line.p[0] == '\t')
		return;
	copy_text(setting, sizeof setting, trimmed(slice_make(s.p, (size_t)(equals - s.p))));
	in->setting(in->user, in->section, setting, trimmed(slice_make(equals + 1, s.len - (size_t)(equals - s.p) - 1)));
}

/* False if there is no such file. A line over its bound is passed over. */
static bool ini_read(struct ini *in)
{
	char *path = ini_path(in->which);
	int fd = open_regular(path);
	struct secret *line = secret_new(LINE_MAX_BYTES), *chunk = secret_new(LINE_MAX_BYTES);
	bool over = false, done = fd < 0 || line == NULL || chunk == NULL;

	while (!done) {
		ssize_t n = read(fd, chunk->p, chunk->room), i;

		done = n <= 0;
		for (i = 0; i < n; i++) {
			if (chunk->p[i] != '\n') {
				over |= secret_add(line, chunk->p + i, 1) != 0;
				continue;
			}
			if (!over && line->len > 0)
				ini_line(in, slice_make(line->p, line->len));
			(void)secret_set(line, "", 0);
			over = false;
		}
		if (done && !over && line->len > 0)
			ini_line(in, slice_make(line->p, line->len));
	}
	secret_free(line);
	secret_free(chunk);
	free(path);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool ini_read_both(ini_setting *setting, void *user)
{
	bool any = false;

	for (int f = 0; f < INI_FILES; f++) {
		struct ini in = {.which = (enum ini_file)f, .setting = setting, .user = user};

		any |= ini_read(&in);
	}
	return any;
}

/* --- one profile ----------------------------------------------------------------- */

struct profile {
	const char *wanted;
	bool is_there;
	struct secret *id, *key, *token;
	char region[AWS_REGION], command[TEXT * 2], role_arn[TEXT];
	char sso_session[TEXT], sso_start_url[TEXT], sso_account[64], sso_role[TEXT];
};

static void take_secret(struct secret **at, struct slice value)
{
	if (*at != NULL || value.len == 0)
		return;	/* `credentials` comes first and wins, as it does for AWS's own tools */
	*at = secret_new(value.len);
	if (*at != NULL)
		(void)secret_set(*at, value.p, value.len);	/* it was made to fit */
}

static void profile_setting(void *user, const char *section, const char *name, struct slice value)
{
	struct profile *p = user;
	const struct { const char *name; struct secret **at; } secrets[] = {
		{"aws_access_key_id", &p->id}, {"aws_secret_access_key", &p->key}, {"aws_session_token", &p->token}};
	const struct { const char *name; char *at; size_t room; } texts[] = {
		{"region", p->region, sizeof p->region}, {"credential_process", p->command, sizeof p->command}, {"role_arn", p->role_arn, sizeof p->role_arn},
		{"sso_session", p->sso_session, sizeof p->sso_session}, {"sso_start_url", p->sso_start_url, sizeof p->sso_start_url},
		{"sso_account_id", p->sso_account, sizeof p->sso_account}, {"sso_role_name", p->sso_role, sizeof p->sso_role}};

	if (strcmp(section, p->wanted) != 0)
		return;
	p->is_there = true;
	for (size_t i = 0; i < LENGTH(secrets); i++)
		if (strcmp(name, secrets[i].name) == 0)
			take_secret(secrets[i].at, value);
	for (size_t i = 0; i < LENGTH(texts); i++)
		if (strcmp(name, texts[i].name) == 0 && texts[i].at[0] == '\0')
			copy_text(texts[i].at, texts[i].room, value);
}

static void profile_release(struct profile *p)
{
	secret_free(p->id);
	secret_free(p->key);
	secret_free(p->token);
}

/* The three values are written as JSON; vault/pair.h judges what may be in them. */
static enum err_code from_keys(const struct profile *p, struct secret **out, struct err *e)
{
	const struct { const char *before; const struct secret *value; } parts[] = {
		{"{\"access_key_id\":\"", p->id}, {"\",\"secret_access_key\":\"", p->key}, {"\",\"session_token\":\"", p->token}};
	struct secret *s = secret_new(SECRET_MAX);
	int bad = s == NULL;

	for (size_t i = 0; i < LENGTH(parts) && !bad; i++)
		if (parts[i].value != NULL)
			bad = secret_add(s, parts[i].before, strlen(parts[i].before)) | secret_add(s, parts[i].value->p, parts[i].value->len);
	if (bad || secret_add(s, "\"}", 2) != 0) {
		secret_free(s);
		return err_set(e, ERR_LIMIT, "the profile's credentials do not fit in locked memory");
	}
	*out = s;
	return ERR_OK;
}

/* As the AWS command line names the file: the SHA-1 of this JSON, members in order of name. */
static void sso_cache_name(const struct profile *p, char out[HASH_SHA1_HEX])
{
	char *json = p->sso_session[0] != '\0' ?
	    xasprintf("{\"accountId\":\"%s\",\"roleName\":\"%s\",\"sessionName\":\"%s\"}", p->sso_account, p->sso_role, p->sso_session) :
	    xasprintf("{\"accountId\":\"%s\",\"roleName\":\"%s\",\"startUrl\":\"%s\"}", p->sso_account, p->sso_role, p->sso_start_url);

	hash_sha1_hex(json, strlen(json), out);
	free(json);
}

static enum err_code from_sso(const struct profile *p, struct secret **out, struct err *e)
{
	const char *token_of = p->sso_session[0] != '\0' ? p->sso_session : p->sso_start_url;
	char name[HASH_SHA1_HEX], rest[80];
	char *path;
	int fd;
	enum err_code rc;

	sso_cache_name(p, name);
	snprintf(rest, sizeof rest, "cli/cache/%s.json", name);
	path = aws_path(rest);
	fd = open_regular(path);
	free(path);
	if (fd >= 0) {
		rc = secret_from_fd(fd, out, e);
		close(fd);
		return rc;
	}
	hash_sha1_hex(token_of, strlen(token_of), name);
	snprintf(rest, sizeof rest, "sso/cache/%s.json", name);
	path = aws_path(rest);
	rc = path != NULL && access(path, R_OK) == 0 ? ERR_USAGE : ERR_MISSING;
	free(path);
	if (rc == ERR_USAGE) {	/* signed in, but the credentials of the role were not fetched yet */
		err_set(e, rc, "profile %.60s is signed in, but the AWS command line holds no credentials for it yet", p->wanted);
		return err_mend(e, rc, "give --command 'aws configure export-credentials --profile %.60s'", p->wanted);
	}
	err_set(e, rc, "profile %.60s is not signed in", p->wanted);
	return err_mend(e, rc, "run: aws sso login --profile %.60s, then --command 'aws configure export-credentials --profile %.60s'", p->wanted, p->wanted);
}

enum err_code aws_profile_take(const char *profile, int timeout_ms, struct secret **out, char region[AWS_REGION], struct err *e)
{
	struct profile p = {.wanted = profile};
	bool any = ini_read_both(profile_setting, &p);
	enum err_code rc;

	*out = NULL;
	if (!p.is_there) {
		rc = err_set(e, ERR_MISSING, any ? "no AWS profile is called %.60s" : "there is no ~/.aws/credentials or config (wanted: %.60s)", profile);
		err_mend(e, rc, "aws configure list-profiles shows what there is");
	} else if (p.id != NULL && p.key != NULL) {
		rc = from_keys(&p, out, e);
	} else if (p.command[0] != '\0') {
		rc = secret_from_command(p.command, timeout_ms, out, e);
		if (rc != ERR_OK)
			err_context(e, "credential_process of profile %.60s", profile);
	} else if (p.sso_account[0] != '\0' && p.sso_role[0] != '\0' && (p.sso_session[0] != '\0' || p.sso_start_url[0] != '\0')) {
		rc = from_sso(&p, out, e);
	} else if (p.role_arn[0] != '\0') {
		err_set(e, ERR_USAGE, "profile %.60s takes a role, which needs AWS's own tool", profile);
		rc = err_mend(e, ERR_USAGE, "give --command 'aws configure export-credentials --profile %.60s'", profile);
	} else {
		err_set(e, ERR_USAGE, "profile %.60s has no credentials", profile);
		rc = err_mend(e, ERR_USAGE, "set them with aws configure, or name another profile");
	}
	snprintf(region, AWS_REGION, "%s", p.region);
	profile_release(&p);
	return rc;
}

/* --- which there are --------------------------------------------------------------- */

struct listing {
	char (*names)[AWS_PROFILE_NAME];
	int n, max;
};

static void listing_setting(void *user, const char *section, const char *name, struct slice value)
{
	static const char *const credentials[] = {"aws_access_key_id", "credential_process", "sso_account_id"};
	struct listing *l = user;
	bool counts = false;

	for (size_t i = 0; i < LENGTH(credentials); i++)
		counts |= strcmp(name, credentials[i]) == 0;
	if (!counts || value.len == 0 || l->n == l->max || strlen(section) >= AWS_PROFILE_NAME || strchr(section, ' ') != NULL)
		return;
	for (int i = 0; i < l->n; i++)
		if (strcmp(l->names[i], section) == 0)
			return;
	snprintf(l->names[l->n++], AWS_PROFILE_NAME, "%s", section);
}

int aws_profile_list(char (*names)[AWS_PROFILE_NAME], int max)
{
	struct listing l = {.names = names, .max = max};

	(void)ini_read_both(listing_setting, &l);
	return l.n;
}
