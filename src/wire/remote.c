/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/remote.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define ANY_USER "x-access-token"	/* services that go by the token alone take any name */

/* An ssh client lives by what no connector is given: the agent's socket, keys, a configuration that runs commands. */
static enum err_code check_transport(const char *text, struct err *e)
{
	const char *colon = strchr(text, ':'), *slash = strchr(text, '/');

	if (strncmp(text, "ssh://", 6) == 0 || strncmp(text, "git+ssh://", 10) == 0 || (colon != NULL && (slash == NULL || colon < slash) && strncmp(colon, "://", 3) != 0)) {
		err_set(e, ERR_USAGE, "ssh needs your keys, your agent and your configuration, and a connector is given none of them");
		return err_mend(e, ERR_USAGE, "give https://HOST/PATH with a token");
	}
	if (strncmp(text, "https://", 8) == 0 || strncmp(text, "http://", 7) == 0)
		return ERR_OK;
	err_set(e, ERR_USAGE, "a branch is pushed to a folder or over https, and '%.60s' is neither", text);
	return err_mend(e, ERR_USAGE, "give https://HOST/PATH with a token, or the whole path of a repository");
}

/* The name before the @, left out of *bare. */
static enum err_code take_user(const char *text, struct wire_remote *out, struct buf *bare, struct err *e)
{
	const char *host = strstr(text, "://") + 3, *end = host + strcspn(host, "/"), *at = memchr(host, '@', (size_t)(end - host));
	size_t n = at != NULL ? (size_t)(at - host) : 0;

	if (n > 0 && memchr(host, ':', n) != NULL) {
		err_set(e, ERR_USAGE, "that address has a password in it");
		return err_mend(e, ERR_USAGE, "leave it out: claviger connector secret NAME token");
	}
	if (n >= sizeof out->user || strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") < n)
		return err_set(e, ERR_USAGE, "that address has a user name that is too long or holds more than letters, digits, `.`, `_` and `-`");
	memcpy(out->user, n > 0 ? host : ANY_USER, n > 0 ? n : sizeof ANY_USER);
	buf_add(bare, text, (size_t)(host - text));
	buf_adds(bare, at != NULL ? at + 1 : host);
	return ERR_OK;
}

enum err_code wire_remote_parse(const char *text, struct wire_remote *out, struct err *e)
{
	struct buf bare;
	enum err_code code;
	const char *p;

	*out = (struct wire_remote){.is_local = text[0] == '/'};
	for (p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F || p - text >= REMOTE_MAX)
			return err_set(e, ERR_USAGE, "where a branch goes is at most %d bytes of text on one line", REMOTE_MAX);
	if (out->is_local)
		return ERR_OK;
	buf_init(&bare, 0);
	code = check_transport(text, e);
	if (code == ERR_OK)
		code = take_user(text, out, &bare, e);
	if (code == ERR_OK)
		code = wire_url_parse(buf_text(&bare), &out->url, e);
	if (code == ERR_OK && out->url.prefix[0] == '\0')
		code = err_set(e, ERR_USAGE, "that address names a host and no repository on it");
	if (code == ERR_OK)
		snprintf(out->address, sizeof out->address, "%s", buf_text(&bare));
	buf_release(&bare);
	return code;
}
