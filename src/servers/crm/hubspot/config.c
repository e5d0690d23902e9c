/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "servers/crm/record.h"

#define HOST_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-"

static bool is_this_machine(const char *host, size_t n)
{
	static const char *const names[] = {"localhost", "127.0.0.1"};
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		if (strlen(names[i]) == n && strncmp(host, names[i], n) == 0)
			return true;
	return false;
}

/* SCHEME://HOST[:PORT], nothing more; the token never travels in the clear. */
static bool is_url(const char *url)
{
	bool is_plain = strncmp(url, "http://", 7) == 0;
	const char *host = url + (is_plain ? 7 : 8), *p;
	size_t n, port;

	if (!is_plain && strncmp(url, "https://", 8) != 0)
		return false;
	n = strspn(host, HOST_CHARS);
	if (n == 0 || n > 253 || (is_plain && !is_this_machine(host, n)))
		return false;
	p = host + n;
	if (*p == '\0')
		return true;
	port = *p == ':' ? strspn(p + 1, "0123456789") : 0;
	return port > 0 && port <= 5 && p[1 + port] == '\0';
}

static enum err_code take_properties(const cJSON *list, struct hubspot_config *out, struct err *e)
{
	const cJSON *m;
	size_t n = 0;

	cJSON_ArrayForEach(m, list) {
		if (!cJSON_IsString(m) || !record_is_name(m->valuestring) || n == HUBSPOT_PROPERTIES)
			return err_set(e, ERR_USAGE, "at most %d of HubSpot's properties can be named, by their internal names", HUBSPOT_PROPERTIES);
		out->properties[n++] = xstrdup(m->valuestring);
	}
	return ERR_OK;
}

enum err_code hubspot_config_parse(struct slice json, struct hubspot_config *out, struct err *e)
{
	const char *url, *ca_file;
	cJSON *t = NULL;
	enum err_code code = json_parse(json, &t, e);

	*out = (struct hubspot_config){.base_url = NULL};
	if (code == ERR_OK) {
		url = json_text(t, "base_url");
		ca_file = json_text(t, "ca_file");
		out->base_url = xstrdup(url != NULL ? url : HUBSPOT_URL);
		out->ca_file = ca_file != NULL ? xstrdup(ca_file) : NULL;
		if (!is_url(out->base_url))
			code = err_set(e, ERR_USAGE, "the base URL is no https://HOST[:PORT] (http:// only to this machine)");
		else
			code = take_properties(json_array(t, "properties"), out, e);
	}
	cJSON_Delete(t);
	if (code != ERR_OK)
		hubspot_config_release(out);
	return code;
}

void hubspot_config_release(struct hubspot_config *c)
{
	size_t i;

	free(c->base_url);
	free(c->ca_file);
	for (i = 0; c->properties[i] != NULL; i++)
		free(c->properties[i]);
	*c = (struct hubspot_config){.base_url = NULL};
}
