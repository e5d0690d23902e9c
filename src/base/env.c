/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/env.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/slice.h"

/* What the libraries we link obey: libcurl, OpenSSL, glibc's iconv, resolver and
 * allocator, SQLite. A company's proxy and CA file are settings of ours instead.
 * LD_* was obeyed before main and is not ours to undo; children get env_minimal(). */
static const char *const removed[] = {
	"SSLKEYLOGFILE", "SSL_CERT_FILE", "SSL_CERT_DIR", "CTLOG_FILE", "RANDFILE", "QLOGDIR",
	"NETRC", "GCONV_PATH", "GETCONF_DIR", "LOCALDOMAIN", "RES_OPTIONS", "HOSTALIASES", "RESOLV_HOST_CONF",
	"NLSPATH", "GLIBC_TUNABLES", "TZDIR", "SQLITE_TMPDIR",
};
static const char *const removed_prefixes[] = {"OPENSSL_", "CURL_", "MALLOC_", "LDAP", "KRB5", "GNUTLS_", "P11_KIT_", "NSS_"};
static const char proxy_suffix[] = "_proxy";	/* any case: https_proxy, ALL_PROXY, no_proxy */

/* The variables that model vendors' own tools take a credential from. */
static const char *const vendor_keys[] = {
	"ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_ADMIN_KEY", "CLAUDE_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN",
	"OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_KEY", "CODEX_API_KEY",
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_BEARER_TOKEN_BEDROCK",
	"AZURE_OPENAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "MISTRAL_API_KEY", "COHERE_API_KEY", "CO_API_KEY",
	"GROQ_API_KEY", "OPENROUTER_API_KEY", "DEEPSEEK_API_KEY", "XAI_API_KEY", "TOGETHER_API_KEY", "FIREWORKS_API_KEY",
};
_Static_assert(LENGTH(vendor_keys) < ENV_STRAY_MAX, "every vendor key has a place in the list");

static struct {
	const char *name;		/* in vendor_keys */
	struct secret *value;		/* NULL: gone, or taken */
} stray[ENV_STRAY_MAX];
static const char *stray_names[ENV_STRAY_MAX + 1];
static size_t stray_count;

static bool is_name(const char *name, size_t len, const char *wanted)
{
	return strlen(wanted) == len && memcmp(name, wanted, len) == 0;
}

static const char *vendor_key_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < LENGTH(vendor_keys); i++)
		if (is_name(name, len, vendor_keys[i]))
			return vendor_keys[i];
	return NULL;
}

enum env_fate env_fate_of(const char *name, size_t len)
{
	size_t i, n;

	if (vendor_key_name(name, len) != NULL)
		return ENV_VENDOR_KEY;
	for (i = 0; i < LENGTH(removed); i++)
		if (is_name(name, len, removed[i]))
			return ENV_REMOVED;
	for (i = 0; i < LENGTH(removed_prefixes); i++) {
		n = strlen(removed_prefixes[i]);
		if (len >= n && memcmp(name, removed_prefixes[i], n) == 0)
			return ENV_REMOVED;
	}
	n = sizeof proxy_suffix - 1;
	return len >= n && strncasecmp(name + len - n, proxy_suffix, n) == 0 ? ENV_REMOVED : ENV_KEPT;
}

/* Where the name of "NAME=VALUE" ends. An entry without '=' is all name. */
static size_t name_length(const char *entry)
{
	return strcspn(entry, "=");
}

static void wipe_value(char *entry)
{
	char *value = strchr(entry, '=');

	if (value != NULL)
		explicit_bzero(value + 1, strlen(value + 1));
}

/* Close the gap that environ[i] leaves. The order of the rest stays. */
static void drop_entry(size_t i)
{
	for (; environ[i] != NULL; i++)
		environ[i] = environ[i + 1];
}

/* A value in locked memory; NULL when there is none, or it is too long. */
static struct secret *lock_value(const char *value)
{
	size_t n = strlen(value);
	struct secret *s = n > 0 && n <= SECRET_MAX ? secret_new(n) : NULL;

	if (s != NULL)
		(void)secret_set(s, value, n);	/* it was made to fit */
	return s;
}

static void note_stray(const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < stray_count; i++)
		if (stray[i].name == name)
			return;		/* set twice: the first is what getenv() would have given */
	if (*value == '\0')
		return;
	stray[stray_count].name = stray_names[stray_count] = name;
	stray[stray_count++].value = lock_value(value);
}

void env_scrub(void)
{
	size_t i = 0;

	while (environ != NULL && environ[i] != NULL) {
		char *entry = environ[i];
		size_t n = name_length(entry);
		enum env_fate fate = env_fate_of(entry, n);

		if (fate == ENV_KEPT) {
			i++;
			continue;
		}
		if (fate == ENV_VENDOR_KEY && entry[n] == '=')
			note_stray(vendor_key_name(entry, n), entry + n + 1);
		wipe_value(entry);
		drop_entry(i);
	}
}

const char *const *env_stray_keys(void)
{
	return stray_names;
}

bool env_has_stray(const char *name)
{
	size_t i;

	for (i = 0; i < stray_count; i++)
		if (strcmp(stray[i].name, name) == 0)
			return stray[i].value != NULL;
	return false;
}

void env_forget(void)
{
	size_t i;

	for (i = 0; i < stray_count; i++) {
		secret_free(stray[i].value);
		stray[i].value = NULL;
	}
}

static struct secret *take_stray(const char *name)
{
	struct secret *s;
	size_t i;

	for (i = 0; i < stray_count; i++) {
		if (strcmp(stray[i].name, name) != 0)
			continue;
		s = stray[i].value;
		stray[i].value = NULL;
		return s;
	}
	return NULL;
}

enum err_code env_take_secret(const char *name, struct secret **out, struct err *e)
{
	size_t i = 0, n = strlen(name), value_len = 0;

	*out = take_stray(name);
	if (*out != NULL)
		return ERR_OK;
	while (environ != NULL && environ[i] != NULL) {
		char *entry = environ[i];

		if (!(name_length(entry) == n && memcmp(entry, name, n) == 0 && entry[n] == '=')) {
			i++;
			continue;
		}
		if (value_len == 0) {
			value_len = strlen(entry + n + 1);
			*out = lock_value(entry + n + 1);
		}
		wipe_value(entry);
		drop_entry(i);
	}
	if (*out != NULL)
		return ERR_OK;
	if (value_len > 0)
		return err_set(e, ERR_LIMIT, "the variable's value does not fit in locked memory");
	err_set(e, ERR_MISSING, "there is no value in the environment under that name");
	return err_mend(e, ERR_MISSING, "export it in this shell, or use --stdin or --file");
}

/* --- children ---------------------------------------------------------------- */

struct env_list {
	char **p;
	size_t count;
};

static void list_add(struct env_list *l, char *entry)
{
	l->p = xreallocarray(l->p, l->count + 2, sizeof *l->p);
	l->p[l->count++] = entry;
	l->p[l->count] = NULL;
}

static bool list_has(const struct env_list *l, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (name_length(l->p[i]) == len && memcmp(l->p[i], name, len) == 0)
			return true;
	return false;
}

/* PATH without its empty and relative folders: a child must not run what lies
 * in the folder it happens to start in. */
static char *absolute_path(void)
{
	const char *at = getenv("PATH");
	char *out = xstrdup("PATH="), *longer;
	bool any = false;

	while (at != NULL && *at != '\0') {
		size_t n = strcspn(at, ":");

		if (n > 0 && *at == '/') {
			longer = xasprintf("%s%s%.*s", out, any ? ":" : "", (int)n, at);
			free(out);
			out = longer;
			any = true;
		}
		at += n + (at[n] == ':');
	}
	if (any)
		return out;
	free(out);
	return xstrdup("PATH=/usr/local/bin:/usr/bin:/bin");
}

static bool is_wanted(const char *entry, size_t len, const char *const copy[])
{
	size_t i;

	if (is_name(entry, len, "LANG") || is_name(entry, len, "TZ") || (len > 3 && memcmp(entry, "LC_", 3) == 0))
		return true;
	for (i = 0; copy != NULL && copy[i] != NULL; i++)
		if (is_name(entry, len, copy[i]))
			return true;
	return false;
}

char **env_minimal(const char *const copy[], const char *const set[])
{
	struct env_list l = {NULL, 0};
	size_t i;

	/* what is granted comes first, so that it wins over what is copied */
	for (i = 0; set != NULL && set[i] != NULL; i++)
		list_add(&l, xstrdup(set[i]));
	if (!list_has(&l, "PATH", 4))
		list_add(&l, absolute_path());
	for (i = 0; environ != NULL && environ[i] != NULL; i++) {
		size_t n = name_length(environ[i]);

		if (environ[i][n] == '=' && env_fate_of(environ[i], n) == ENV_KEPT && is_wanted(environ[i], n, copy) &&
		    !list_has(&l, environ[i], n))
			list_add(&l, xstrdup(environ[i]));
	}
	return l.p;
}

void env_free(char **env)
{
	size_t i;

	for (i = 0; env != NULL && env[i] != NULL; i++) {
		wipe_value(env[i]);
		free(env[i]);
	}
	free(env);
}
