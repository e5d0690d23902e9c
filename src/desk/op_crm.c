/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's own records in and out of the built-in CRM. It parses the file in a
 * process of its own, confined as the connector is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/spawn.h"
#include "desk/job.h"
#include "store/connector.h"

#define FILE_MAX ((size_t)256 << 20)
#define LIMIT_US (10 * 60 * US_PER_S)

static enum err_code find_crm(struct hands *h, const char *name, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(h->store, name, &c, e);

	if (rc == ERR_OK && c.type != CONNECTOR_CRM)
		rc = err_set(e, ERR_USAGE, "connector %s is no crm", c.name);
	if (rc == ERR_OK && c.settings != NULL) {
		err_set(e, ERR_USAGE, "the records of connector %s are kept at HubSpot", c.name);
		rc = err_mend(e, ERR_USAGE, "import and export them there");
	}
	connector_record_release(&c);
	return rc;
}

/* option is --import or --export, format csv or vcard. */
static enum err_code run_crm(struct hands *h, const struct op *op, const char *option, struct slice input, struct buf *out, struct err *e)
{
	char *confine = path_helper("claviger-confine"), *program = path_helper("claviger-crm"), *folder = workspace_connector_folder(h->paths, op->name);
	const char *argv[] = {confine, "--rw", folder, "--", program, "--state", folder, option, op->format, "--kind", op->records, NULL};
	struct spawn_result r = {.status = 0};
	struct spawn_spec spec = {.path = confine, .argv = argv};
	enum err_code rc;

	buf_init(&r.out, FILE_MAX);
	buf_init(&r.err, 4096);
	if (confine == NULL || program == NULL || folder == NULL)
		rc = err_set(e, ERR_MISSING, "the helper programs are not beside claviger");
	else
		rc = spawn_run(&spec, input, &r, LIMIT_US, e);
	if (rc == ERR_OK && r.is_cut)
		rc = err_set(e, ERR_LIMIT, "there are more records than one file may hold");
	if (rc == ERR_OK && r.status != 0)
		rc = err_set(e, r.status == 2 ? ERR_USAGE : ERR_IO, "%.*s", (int)(strcspn(buf_text(&r.err), "\n") < 200 ? strcspn(buf_text(&r.err), "\n") : 200), buf_text(&r.err));
	if (rc == ERR_OK)
		buf_add_slice(out, buf_slice(&r.out));
	buf_release(&r.out);
	buf_release(&r.err);
	free(confine);
	free(program);
	free(folder);
	return rc;
}

enum err_code op_crm_import(struct hands *h, struct desk_job *j, struct err *e)
{
	struct buf out;
	enum err_code rc = find_crm(h, j->op.name, e);

	buf_init(&out, 65536);
	if (rc == ERR_OK)
		rc = run_crm(h, &j->op, "--import", slice_of(j->op.text), &out, e);
	if (rc == ERR_OK && json_gate(buf_slice(&out), e) == ERR_OK)
		j->out.json = buf_take(&out);
	buf_release(&out);
	return rc;
}

enum err_code op_crm_export(struct hands *h, struct desk_job *j, struct err *e)
{
	struct buf out;
	enum err_code rc = find_crm(h, j->op.name, e);

	buf_init(&out, FILE_MAX);
	if (rc == ERR_OK)
		rc = run_crm(h, &j->op, "--export", slice_of(""), &out, e);
	if (rc == ERR_OK)
		rc = file_replace(j->op.text, buf_slice(&out), 0600, e);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "%zu bytes written", out.len);
	buf_release(&out);
	return rc;
}
