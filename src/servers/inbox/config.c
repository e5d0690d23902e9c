/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

#define ADDRESS_MAX 254
#define NAME_MAX_OF_ADDRESS 200
#define HOST_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"
#define LOCAL_CHARS HOST_CHARS "!#$%&'*+/=?^_`{|}~"

/* --- addresses ------------------------------------------------------------------ */

static bool all_of(struct slice s, const char *chars)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.p[i] == '\0' || strchr(chars, s.p[i]) == NULL)
			return false;
	return s.len > 0;
}

static bool dots_are_inside(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.p[i] == '.' && (i == 0 || i + 1 == s.len || s.p[i + 1] == '.'))
			return false;
	return true;
}

static bool is_address(struct slice s)
{
	const char *at = s.len > 0 && s.len <= ADDRESS_MAX ? memchr(s.p, '@', s.len) : NULL;
	struct slice local, host;

	if (at == NULL)
		return false;
	local = slice_make(s.p, (size_t)(at - s.p));
	host = slice_make(at + 1, s.len - local.len - 1);
	return local.len <= 64 && all_of(local, LOCAL_CHARS) && dots_are_inside(local) && all_of(host, HOST_CHARS) && dots_are_inside(host) && host.p[0] != '-';
}

static struct slice trimmed(struct slice s)
{
	while (s.len > 0 && s.p[0] == ' ')
		s.p++, s.len--;
	while (s.len > 0 && s.p[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool is_name(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F || strchr("<>@\"\\", s.p[i]) != NULL)
			return false;
	for (i = 0; i + 1 < s.len; i++)
		if (s.p[i] == '=' && s.p[i + 1] == '?')	/* what looks encoded would arrive as other words than were shown */
			return false;
	return s.len <= NAME_MAX_OF_ADDRESS && utf8_valid(s);
}

void mail_address_release(struct mail_address *a)
{
	free(a->name);
	free(a->address);
	*a = (struct mail_address){NULL, NULL};
}

enum err_code mail_address_parse(struct slice text, struct mail_address *out, struct err *e)
{
	struct slice s = trimmed(text), name = {"", 0}, address = s;
	const char *open = s.len > 0 && s.p[s.len - 1] == '>' ? memchr(s.p, '<', s.len) : NULL;

	*out = (struct mail_address){NULL, NULL};
	if (open != NULL) {
		name = trimmed(slice_make(s.p, (size_t)(open - s.p)));
		address = slice_make(open + 1, s.len - (size_t)(open - s.p) - 2);
		if (name.len >= 2 && name.p[0] == '"' && name.p[name.len - 1] == '"')
			name = slice_make(name.p + 1, name.len - 2);
	}
	if (!is_address(address) || !is_name(name)) {
		struct buf b;

		buf_init(&b, 0);
		text_cut(&b, s, 80, TEXT_LIST);
		err_set(e, ERR_USAGE, "'%s' is no address that mail can be sent to", buf_text(&b));
		buf_release(&b);
		return err_mend(e, ERR_USAGE, "write ada@example.com or Ada Example <ada@example.com>, in ASCII but for the name");
	}
	out->name = xstrndup(name.p, name.len);
	out->address = xstrndup(address.p, address.len);
	return ERR_OK;
}

/* --- the whole -------------------------------------------------------------------- */

/* SCHEME://HOST[:PORT], nothing more. */
static bool is_url(const char *url, const char *plain, const char *tls)
{
	size_t n = strlen(plain), host, port;
	const char *p;

	if (strncmp(url, tls, strlen(tls)) == 0)
		n = strlen(tls);
	else if (strncmp(url, plain, n) != 0)
		return false;
	p = url + n;
	host = strspn(p, HOST_CHARS);
	if (host == 0 || host > 253)
		return false;
	p += host;
	if (*p == '\0')
		return true;
	port = *p == ':' ? strspn(p + 1, "0123456789") : 0;
	return port > 0 && port <= 5 && p[1 + port] == '\0';
}

static char *copy_of(const cJSON *t, const char *name)
{
	const char *s = json_text(t, name);

	return s != NULL ? xstrdup(s) : NULL;
}

static bool is_word(const char *s)
{
	const char *p;

	for (p = s != NULL ? s : ""; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			return false;
	return s == NULL || (p > s && p - s < 256);
}

static enum err_code check(const struct inbox_config *c, struct err *e)
{
	if (c->imap == NULL || !is_url(c->imap, "imap://", "imaps://"))
		return err_set(e, ERR_USAGE, "imap is no imaps://HOST[:PORT] or imap://HOST[:PORT]");
	if (c->smtp == NULL || !is_url(c->smtp, "smtp://", "smtps://"))
		return err_set(e, ERR_USAGE, "smtp is no smtps://HOST[:PORT] or smtp://HOST[:PORT]");
	if (c->user == NULL || !is_word(c->user) || !is_word(c->authserv))
		return err_set(e, ERR_USAGE, "the user's name, or that of the server, is no word");
	return c->sent != NULL && c->sent[0] != '\0' && !is_word(c->sent) ? err_set(e, ERR_USAGE, "the folder for copies has no usable name") : ERR_OK;
}

enum err_code inbox_config_parse(struct slice json, struct inbox_config *out, struct err *e)
{
	const char *from;
	cJSON *t = NULL;
	enum err_code code = json_parse(json, &t, e);

	*out = (struct inbox_config){.imap = NULL};
	if (code == ERR_OK) {
		out->imap = copy_of(t, "imap");
		out->smtp = copy_of(t, "smtp");
		out->user = copy_of(t, "user");
		out->ca_file = copy_of(t, "ca_file");
		out->authserv = copy_of(t, "authserv");
		out->sent = copy_of(t, "sent");
		out->is_oauth = json_bool(t, "oauth", false);
		from = json_text(t, "from");
		code = check(out, e);
		if (code == ERR_OK)
			code = mail_address_parse(slice_of(from != NULL ? from : ""), &out->from, e);
	}
	cJSON_Delete(t);
	if (code != ERR_OK)
		inbox_config_release(out);
	return code;
}

void inbox_config_release(struct inbox_config *c)
{
	free(c->imap);
	free(c->smtp);
	free(c->user);
	free(c->ca_file);
	free(c->authserv);
	free(c->sent);
	mail_address_release(&c->from);
	*c = (struct inbox_config){.imap = NULL};
}
