/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What leaves this computer and what stays on it, in one place. */
#include "desk/query_private.h"

#include <stdlib.h>

#include "desk/config.h"
#include "desk/data.h"
#include "model/move.h"
#include "store/key.h"
#include "store/key_report.h"
#include "store/purge.h"
#include "worker/disclose.h"

#define MANY 256

static void put_limits(struct json_out *j, const struct key_report *r)
{
	json_open(j, "limits", '[');
	for (int i = 0; i < r->limits_n; i++) {
		json_open(j, NULL, '{');
		json_put_text(j, "of", r->limit[i].kind);
		if (r->limit[i].limit > 0)
			json_put_int(j, "limit", r->limit[i].limit);
		else
			json_put_null(j, "limit");
		json_put_int(j, "remaining", r->limit[i].remaining);
		put_time(j, "at", r->limit[i].at_us);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_reported(struct json_out *j, const struct key_report *r)
{
	json_open(j, "vendor_reports", '{');
	put_word(j, "service_tier", r->service);
	put_limits(j, r);
	put_word(j, "trouble", r->trouble);
	put_word(j, "trouble_text", r->trouble_text);
	put_time(j, "trouble_at", r->trouble_us);
	json_close(j, '}');
}

/* What of the reading goes to another model than the agent's own. rules: NULL if nothing does. */
static void put_shortening(struct ask *a, const struct rules *rules, const struct key *k)
{
	char model[MODEL_ID_BYTES] = "", *text;

	if (rules != NULL && k->kind != KEY_KIND_ADMIN)
		disclose_reader(a->store, rules, k, model);
	put_word(a->j, "shortened_by", model);
	if (model[0] == '\0') {
		json_put_null(a->j, "shortening");
		return;
	}
	text = xasprintf("what is too long to be shown to an agent (attachments, results, old history) goes first, by this key, to %s of %s, tier routine,"
		" whatever the agent's own model; to leave it out instead: claviger config set summaries false", model, k->vendor);
	json_put_text(a->j, "shortening", text);
	free(text);
}

static enum err_code put_key(struct ask *a, const struct rules *rules, const struct key *k, struct err *e)
{
	struct disclosure d;
	struct key_report r;
	enum err_code code = key_report_get(a->store, k->id, &r, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "key", k->label);
	json_put_text(a->j, "vendor", k->vendor);
	json_put_text(a->j, "state", life_name(&key_life, (int)k->state));
	if (disclose(k, &d)) {
		json_put_text(a->j, "api", d.api);
		json_put_text(a->j, "host", d.host);
		json_put_bool(a->j, "vendors_own_host", d.is_home);
		json_put_text(a->j, "sent", k->kind == KEY_KIND_ADMIN ? "the days of a usage report, nothing else" :
		    "the agent's instructions, its tools, the goal and task, and what it read and said for them");
		put_shortening(a, rules, k);
		json_put_text(a->j, "worked_on_in", d.place);
		json_put_text(a->j, "retention", d.retention);
		json_put_text(a->j, "metadata", d.metadata);
	}
	put_reported(a->j, &r);
	json_close(a->j, '}');
	return ERR_OK;
}

static enum err_code put_here(struct ask *a, const struct config *config, struct err *e)
{
	struct content_count c = {0};
	enum err_code code = store_content(a->store, &c, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, "here", '{');
	json_put_text(a->j, "folder", a->desk->where.folder);
	json_put_int(a->j, "transcript_entries", c.entries);
	json_put_int(a->j, "payloads", c.payloads);
	put_time(a->j, "oldest", c.oldest_us);
	if (config_count(config, "purge_after_days") > 0)
		json_put_int(a->j, "purge_after_days", config_count(config, "purge_after_days"));
	else
		json_put_null(a->j, "purge_after_days");
	json_close(a->j, '}');
	return ERR_OK;
}

static enum err_code read_rules(struct ask *a, struct rules **out, struct err *e)
{
	struct buf text;
	enum err_code code;

	buf_init(&text, (size_t)4 << 20);
	*out = rules_new();
	code = data_read(a->options->home, "models.json", &text, e);
	if (code == ERR_OK)
		code = rules_parse(*out, buf_slice(&text), e);
	buf_release(&text);
	return code;
}

static enum err_code put_vendors(struct ask *a, const struct rules *rules, struct err *e)
{
	struct key *rows = xcalloc(MANY, sizeof *rows);
	int n = 0;
	enum err_code code = key_list(a->store, rows, MANY, &n, e);

	json_open(a->j, "vendors", '[');
	for (int i = 0; i < n && code == ERR_OK; i++)
		if (rows[i].state != KEY_RETIRED)
			code = put_key(a, rules, &rows[i], e);
	json_close(a->j, ']');
	free(rows);
	return code;
}

enum err_code answer_data(struct ask *a, struct err *e)
{
	struct config *config = NULL;
	struct rules *rules = NULL;
	enum err_code code = config_open(&config, a->desk->paths.config, e);

	if (code == ERR_OK && config_bool(config, "summaries"))
		code = read_rules(a, &rules, e);
	json_open(a->j, NULL, '{');
	if (code == ERR_OK)
		code = put_vendors(a, rules, e);
	if (code == ERR_OK)
		code = put_here(a, config, e);
	json_close(a->j, '}');
	rules_free(rules);
	config_free(config);
	return code;
}
