/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one secret of a connector. */
#include <stdio.h>
#include <string.h>

#include "desk/job.h"
#include "store/connector.h"
#include "worker/link_secret.h"
#include "worker/link_start.h"

#define GRANT "grant"	/* to get an access token with, again and again */

/* What each type calls it. */
static const char *const fields[CONNECTOR_TYPES][4] = {[CONNECTOR_CODEBASE] = {"token"}, [CONNECTOR_INBOX] = {"password", "token", GRANT},
	[CONNECTOR_CRM] = {"token", GRANT}, [CONNECTOR_MCP] = {"token", GRANT}};

static bool is_field(enum connector_type type, const char *field)
{
	size_t i;

	for (i = 0; fields[type][i] != NULL; i++)
		if (strcmp(fields[type][i], field) == 0)
			return true;
	return false;
}

enum err_code op_connector_secret(struct hands *h, struct desk_job *j, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(h->store, j->op.name, &c, e);

	if (rc == ERR_OK && (j->secret == NULL || j->secret->len == 0))
		rc = err_set(e, ERR_USAGE, "the secret is empty");
	if (rc == ERR_OK && memchr(j->secret->p, '\0', j->secret->len) != NULL)
		rc = err_set(e, ERR_USAGE, "the secret holds a NUL byte");
	if (rc == ERR_OK && !is_field(c.type, j->op.tool)) {
		err_set(e, ERR_USAGE, "a connector of type %s has no secret named %.40s", connector_type_names[c.type], j->op.tool);
		rc = err_mend(e, ERR_USAGE, "an inbox has password, or with --oauth token or grant; others have token, and all but a codebase grant");
	}
	if (rc == ERR_OK && c.type == CONNECTOR_INBOX && strcmp(j->op.tool, GRANT) == 0 && (c.settings == NULL || strstr(c.settings, "\"oauth\":true") == NULL)) {
		err_set(e, ERR_USAGE, "connector %s signs in with a password", c.name);
		rc = err_mend(e, ERR_USAGE, "add it with --oauth to sign in with tokens");
	}
	/* It goes to whoever the record names: that must be a person's own word. */
	if (rc == ERR_OK)
		rc = link_check_record(h, &c, e);
	if (rc == ERR_OK)
		rc = link_secret_put(h, &c, j->secret, strcmp(j->op.tool, GRANT) == 0, e);
	j->out.id = rc == ERR_OK ? c.id : 0;
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "%s has its %s; see whether it works: claviger connector test %s", c.name, j->op.tool, c.name);
	connector_record_release(&c);
	return rc;
}
