/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/cap_raise.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "money/pico.h"

int64_t cap_raise_usual(int64_t limit_pd, int64_t need_pd)
{
	int64_t doubled = pico_mul_capped(limit_pd, 2);

	return doubled > need_pd ? doubled : need_pd;
}

static void put_money(struct json_out *j, const char *name, int64_t pd)
{
	char text[PICO_TEXT];

	pico_format(pd, text);
	json_put_text(j, name, text);
}

void cap_raise_write(const struct cap_raise *r, struct buf *out)
{
	char scope[NAME_MAX_BYTES + 16];
	struct json_out j;

	snprintf(scope, sizeof scope, "%s%s%s", cap_scope_names[r->scope], r->ref[0] != '\0' ? ":" : "", r->ref);
	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_put_text(&j, "scope", scope);
	json_put_text(&j, "window", cap_window_names[r->window]);
	put_money(&j, "limit_usd", r->limit_pd);
	put_money(&j, "needed_usd", r->need_pd);
	put_money(&j, "raise_to_usd", r->to_pd);
	json_put_text(&j, "why", r->why);
	json_close(&j, '}');
}

static bool find_name(const char *const *names, int n, const char *name, size_t len, int *out)
{
	for (*out = 0; *out < n; *out += 1)
		if (strlen(names[*out]) == len && strncmp(names[*out], name, len) == 0)
			return true;
	return false;
}

static bool read_money(const cJSON *t, const char *name, int64_t *out)
{
	const char *text = json_text(t, name);

	return text != NULL && pico_parse(slice_of(text), out, NULL) == ERR_OK && *out >= 0;
}

static bool read_members(const cJSON *t, struct cap_raise *out)
{
	const char *scope = json_text(t, "scope"), *window = json_text(t, "window"), *why = json_text(t, "why"), *colon;
	int s, w;

	if (scope == NULL || window == NULL)
		return false;
	colon = strchr(scope, ':');
	if (!find_name(cap_scope_names, CAP_SCOPES, scope, colon != NULL ? (size_t)(colon - scope) : strlen(scope), &s) ||
	    !find_name(cap_window_names, CAP_WINDOWS, window, strlen(window), &w) || (colon != NULL && strlen(colon + 1) >= sizeof out->ref))
		return false;
	*out = (struct cap_raise){.scope = (enum cap_scope)s, .window = (enum cap_window)w};
	snprintf(out->ref, sizeof out->ref, "%s", colon != NULL ? colon + 1 : "");
	snprintf(out->why, sizeof out->why, "%s", why != NULL ? why : "");
	return read_money(t, "limit_usd", &out->limit_pd) && read_money(t, "needed_usd", &out->need_pd) && read_money(t, "raise_to_usd", &out->to_pd);
}

enum err_code cap_raise_parse(struct slice payload, struct cap_raise *out, struct err *e)
{
	cJSON *t = NULL;
	enum err_code rc = json_parse(payload, &t, e);

	if (rc == ERR_OK && !read_members(t, out))
		rc = err_set(e, ERR_USAGE, "this says of no limit how high it shall be");
	cJSON_Delete(t);
	return rc;
}

void cap_raise_target(const struct cap_raise *r, char out[TITLE_MAX_BYTES])
{
	snprintf(out, TITLE_MAX_BYTES, CAP_RAISE_TARGET "%s %s %s", cap_scope_names[r->scope], r->ref, cap_window_names[r->window]);
}

void cap_raise_summary(struct slice payload, char out[TITLE_MAX_BYTES])
{
	char from[PICO_TEXT], to[PICO_TEXT];
	struct cap_raise r;

	if (cap_raise_parse(payload, &r, NULL) != ERR_OK) {
		snprintf(out, TITLE_MAX_BYTES, "a question about a limit that cannot be read");
		return;
	}
	pico_format_cap(r.limit_pd, from);
	pico_format_cap(r.to_pd, to);
	snprintf(out, TITLE_MAX_BYTES, "raise the cap of %s (%s%s%.60s, %s) to %s", from, cap_scope_names[r.scope], r.ref[0] != '\0' ? " " : "", r.ref, cap_window_names[r.window], to);
}
