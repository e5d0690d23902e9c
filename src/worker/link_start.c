/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/link_start.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "connector/grant.h"
#include "office/policy.h"
#include "vault/vault.h"
#include "wire/request.h"
#include "worker/hands.h"
#include "worker/link_http.h"
#include "worker/link_secret.h"
#include "worker/link_token.h"
#include "worker/links.h"
#include "worker/private.h"
#include "worker/transport.h"

#define TOKEN_US (90 * US_PER_S)	/* another process may be asking first */
#define COME_UP_US (20 * US_PER_S)
#define COME_UP_OTHERS_US (40 * US_PER_S)	/* a runtime that fetches or compiles first */

enum err_code link_check_record(struct hands *h, const struct connector_record *c, struct err *e)
{
	struct buf b;
	enum err_code rc;

	if (c->state == LINK_UNTRUSTED)
		return err_set(e, ERR_REFUSED, "connector %s is not trusted: %s", c->name, c->why);
	buf_init(&b, 0);
	connector_bytes(h->workspace, c, &b);
	rc = vault_mac_check(h->vault, VAULT_CONNECTOR, b.p, b.len, &c->mac, e);
	buf_release(&b);
	if (rc == ERR_AUTH)
		err_set(e, rc, "the record of connector %s is not signed by this vault", c->name);
	return rc;
}

/* --- what each type is started with ---------------------------------------------- */

static enum err_code start_codebase(struct hands *h, const struct connector_record *c, const char *program, const char *folder, struct grant *g, struct err *e)
{
	char *confine = path_helper("claviger-confine");
	enum err_code rc = grant_codebase(g, program, c->root, h->home, folder, e);

	if (rc == ERR_OK)
		rc = grant_codebase_check(g, c->settings, confine, folder, e);
	if (rc == ERR_OK)
		rc = grant_codebase_push(g, c->settings, h->home, e);
	free(confine);
	return rc;
}

static enum err_code start_crm(struct hands *h, const struct connector_record *c, const char *program, const char *folder, struct grant *g, struct err *e)
{
	(void)h;
	return grant_crm(g, program, c->settings, folder, e);
}

static enum err_code start_inbox(struct hands *h, const struct connector_record *c, const char *program, const char *folder, struct grant *g, struct err *e)
{
	(void)h;
	return grant_inbox(g, program, c->settings, folder, e);
}

static enum err_code start_mcp(struct hands *h, const struct connector_record *c, const char *program, const char *folder, struct grant *g, struct err *e)
{
	(void)program;
	return grant_mcp(g, c->command, c->settings, h->home, folder, e);
}

static const struct starter {
	const char *program;	/* of ours; NULL: the record's own command */
	enum err_code (*grant)(struct hands *h, const struct connector_record *c, const char *program, const char *folder, struct grant *g, struct err *e);
} starters[CONNECTOR_TYPES] = {
	[CONNECTOR_CODEBASE] = {"claviger-codebase", start_codebase},
	[CONNECTOR_CRM] = {"claviger-crm", start_crm},
	[CONNECTOR_INBOX] = {"claviger-inbox", start_inbox},
	[CONNECTOR_MCP] = {NULL, start_mcp},
};

static enum err_code helpers_missing(struct err *e)
{
	err_set(e, ERR_MISSING, "the helper programs are not beside claviger");
	return err_mend(e, ERR_MISSING, "install or build it whole");
}

enum err_code link_start(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e)
{
	static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};
	const struct starter *s = &starters[c->type];
	struct connector_spec spec = {.may_run_unconfined = c->unconfined_ok, .is_ours = s->program != NULL, .secret_fd = -1};
	char *program = NULL, *confine = NULL, *folder = NULL;
	struct header variable = {.count = 0};
	struct grant g = {0};
	enum err_code rc;

	if (link_is_remote(c))
		return link_http_start(h, c, client, e);
	if (s->grant == NULL)
		return err_set(e, ERR_USAGE, "connectors of type %s are not built into this version", connector_type_names[c->type]);
	confine = path_helper("claviger-confine");
	program = s->program != NULL ? path_helper(s->program) : NULL;
	folder = workspace_connector_folder(h->paths, c->name);
	rc = confine == NULL || (s->program != NULL && program == NULL) ? helpers_missing(e) : s->grant(h, c, program, folder, &g, e);
	if (rc == ERR_OK) {
		spec.argv = (const char *const *)g.argv;
		spec.env = spec.is_ours ? environment : (const char *const *)g.env;
		spec.folder = spec.is_ours ? NULL : folder;
		spec.read_paths = (const char *const *)g.read_paths;
		spec.write_paths = (const char *const *)g.write_paths;
		spec.may_network = g.may_network;
		spec.ports = g.ports[0] != 0 ? g.ports : NULL;
		spec.confine = confine;
		rc = spec.is_ours ? link_secret_pipe(h, c->id, &spec.secret_fd, e) : link_secret_variable(h, c->id, g.secret_env, &variable, e);
		spec.secret_variable = variable.count > 0 ? variable.line[0] : NULL;
	}
	if (rc == ERR_OK)
		rc = connector_start(client, &spec, clock_steady_us(), e);
	header_release(&variable);
	fd_close(&spec.secret_fd);
	grant_release(&g);
	free(program);
	free(confine);
	free(folder);
	return rc;
}

bool link_tool(int64_t id, const char *name, enum connector_type type, const struct connector_tool *said, struct tool *out)
{
	*out = (struct tool){.connector = id, .state = TOOL_QUARANTINED, .definition = said->hash};
	if (strlen(said->name) >= sizeof out->name)
		return false;
	snprintf(out->connector_name, sizeof out->connector_name, "%s", name);
	snprintf(out->name, sizeof out->name, "%s", said->name);
	out->effect = policy_effect(type, effect_names[said->effect], said->says_destructive);
	out->description = xstrdup(said->description);
	out->schema = xstrdup(said->input_schema);
	out->said = xstrdup(said->definition);
	return true;
}

/* --- what it said on stderr -------------------------------------------------------- */

void link_keep_log(struct hands *h, const struct connector *client)
{
	struct slice log = connector_log(client);
	char *path;

	if (log.len == 0)
		return;
	path = xasprintf("%s/%s.log", h->paths->connectors, connector_name(client));
	err_ignore(file_replace(path, log, 0600, NULL));
	free(path);
}

/* The last line of it that says anything, fit for a message of ours. */
static void last_words(const struct connector *client, char *out, size_t room)
{
	struct slice rest = connector_log(client), line, last = {NULL, 0};
	struct buf b;

	while (text_line(&rest, &line))
		if (line.len > 0)
			last = line;
	buf_init(&b, 0);
	text_cut(&b, last, 120, TEXT_LIST);
	snprintf(out, room, "%s", buf_text(&b));
	buf_release(&b);
}

/* --- apart --------------------------------------------------------------------------- */

/* A child's pipes, or the transport that carries for it. */
static void look_after(struct hands *h, struct connector *c)
{
	struct connector_fd own[CONNECTOR_FDS];
	struct pollfd p[CONNECTOR_FDS];
	size_t i, n = connector_fds(c, own);

	for (i = 0; i < n; i++)
		p[i] = (struct pollfd){.fd = own[i].fd, .events = own[i].events};
	if (n == 0) {
		transport_wait(h->worker->transport, NULL, 0, 100 * US_PER_MS);
		transport_run(h->worker->transport, clock_steady_us());
	} else if (poll(p, (nfds_t)n, 100) > 0) {
		for (i = 0; i < n; i++)
			if (p[i].revents != 0)
				connector_ready(c, p[i].fd, clock_steady_us());
	}
	connector_tick(c, clock_steady_us());
}

/* Its access token is there before it is started, if its secret is a grant. */
static enum err_code wait_for_token(struct hands *h, const struct connector_record *c, struct err *e)
{
	struct tokens *t = links_tokens(h->worker->links);
	int64_t until = clock_steady_us() + TOKEN_US;
	char host[WIRE_HOST];
	enum err_code rc;

	link_remote_host(c, host, sizeof host);
	while ((rc = tokens_need(t, c->id, host, e)) == ERR_CANCELLED && clock_steady_us() < until) {
		transport_wait(h->worker->transport, NULL, 0, 100 * US_PER_MS);
		transport_run(h->worker->transport, clock_steady_us());
		tokens_tick(t, clock_steady_us());
	}
	if (rc == ERR_CANCELLED)
		rc = err_set(e, ERR_NET, "the token server does not answer");
	if (rc == ERR_OK || rc == ERR_LOCKED)
		return rc;
	err_context(e, "connector %s", c->name);
	return rc == ERR_AUTH ? err_mend(e, rc, "sign in again, and give the new grant: claviger connector secret %s grant", c->name) : rc;
}

static void run_until_listed(struct hands *h, struct connector *c, int64_t until)
{
	while (connector_life(c) == LIFE_STARTING && clock_steady_us() < until)
		look_after(h, c);
}

static enum err_code did_not_come_up(struct hands *h, const struct connector_record *c, const struct connector *client, struct err *e)
{
	char said[160];

	if (connector_wants_credential(client)) {
		err_set(e, ERR_AUTH, "connector %s: %s", c->name, connector_reason(client));
		return err_mend(e, ERR_AUTH, "claviger connector secret %s %s", c->name, link_secret_is_grant(h, c->id) ? "grant" : "token");
	}
	last_words(client, said, sizeof said);
	err_set(e, ERR_IO, "connector %s did not come up: %s%s%s", c->name, connector_reason(client)[0] != '\0' ? connector_reason(client) : "it is still starting",
		said[0] != '\0' ? "; it said: " : "", said);
	return c->type == CONNECTOR_MCP && !link_is_remote(c) ? err_mend(e, ERR_IO, "it sees only what it is granted: --read DIR, --write DIR, --network, --env NAME=VALUE") : ERR_IO;
}

struct trial {
	bool is_over, is_good;
	char said[200];
};

static void on_trial(void *user, uint64_t call, const struct tool_outcome *o)
{
	struct trial *t = user;

	(void)call;
	t->is_over = true;
	t->is_good = o->result == TOOL_OK;
	snprintf(t->said, sizeof t->said, "%.*s", (int)(o->text.len < sizeof t->said ? o->text.len : sizeof t->said - 1), o->text.p != NULL ? o->text.p : "");
}

/* What lies behind it may still refuse us, though its tools can be listed: look into it, which changes nothing. */
static const struct look {
	const char *tool, *args;
	bool needs_settings;	/* without them it is all here */
} looks[CONNECTOR_TYPES] = {
	[CONNECTOR_INBOX] = {"folders", "{}", false},
	[CONNECTOR_CRM] = {"search_records", "{\"kind\":\"contact\",\"limit\":1}", true},
};

static enum err_code try_it(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e)
{
	struct connector_call call = {.tool = looks[c->type].tool, .args = slice_of(looks[c->type].args != NULL ? looks[c->type].args : "")};
	struct trial t = {.is_over = false};
	int64_t until = clock_steady_us() + COME_UP_US;
	enum err_code rc;

	if (call.tool == NULL || (looks[c->type].needs_settings && c->settings == NULL))
		return ERR_OK;
	rc = connector_call(client, &call, clock_steady_us(), on_trial, &t, NULL, e);
	while (rc == ERR_OK && !t.is_over && clock_steady_us() < until)
		look_after(h, client);
	if (rc == ERR_OK && !t.is_over)
		connector_stop(client, clock_steady_us());	/* ends the call: t stays behind */
	return rc != ERR_OK || t.is_good ? rc : err_set(e, ERR_NET, "connector %s is up, but: %s", c->name, t.said[0] != '\0' ? t.said : "it does not answer");
}

enum err_code link_probe(struct hands *h, const struct connector_record *c, struct tool **tools, int *n, struct err *e)
{
	struct connector *client = connector_new(c->name);
	/* what is stored may be another's writing by now; what is being given is not stored yet */
	enum err_code rc = c->id > 0 ? link_check_record(h, c, e) : ERR_OK;
	size_t i, count;

	*tools = NULL;
	*n = 0;
	if (rc == ERR_OK)
		rc = wait_for_token(h, c, e);
	if (rc == ERR_OK)
		rc = link_start(h, c, client, e);
	if (rc == ERR_OK) {
		run_until_listed(h, client, clock_steady_us() + (c->type == CONNECTOR_MCP ? COME_UP_OTHERS_US : COME_UP_US));
		if (connector_life(client) != LIFE_RUNNING)
			rc = did_not_come_up(h, c, client, e);
	}
	count = rc == ERR_OK ? connector_tool_count(client) : 0;
	*tools = count > 0 ? xcalloc(count, sizeof **tools) : NULL;
	for (i = 0; i < count; i++)
		*n += link_tool(c->id, c->name, c->type, connector_tool(client, i), &(*tools)[*n]);
	if (rc == ERR_OK && c->id > 0)
		rc = try_it(h, c, client, e);
	link_keep_log(h, client);
	connector_free(client);
	return rc;
}
