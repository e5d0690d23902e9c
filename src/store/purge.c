/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/purge.h"

#include <string.h>

#include "store/sql.h"

#define ENDED "SELECT id FROM task WHERE state IN ('done', 'failed', 'cancelled') AND ended_us > 0 AND ended_us < ?"
/* Nothing can come of them any more. */
#define OVER "SELECT id FROM approval WHERE state IN ('fired', 'failed', 'rejected', 'expired', 'superseded', 'withdrawn', 'not_fired') AND created_us < ? AND decided_us < ?"

static enum err_code changed(struct store *s, enum err_code rc, int64_t *n)
{
	if (rc == ERR_OK)
		*n += sqlite3_changes(s->db);
	return rc;
}

static enum err_code purge(struct store *s, int64_t before_us, struct purge_count *n, struct err *e)
{
	enum err_code rc = changed(s, sql_run(s, e, "UPDATE entry SET body = NULL, source = '' WHERE body IS NOT NULL AND task IN (" ENDED ")", "i", before_us), &n->entries);

	if (rc == ERR_OK)
		rc = changed(s, sql_run(s, e, "UPDATE task SET instructions = NULL, result = NULL WHERE (instructions IS NOT NULL OR result IS NOT NULL) AND id IN (" ENDED ")",
			"i", before_us), &n->tasks);
	if (rc == ERR_OK)
		rc = changed(s, sql_run(s, e, "UPDATE version SET payload = NULL, context = NULL WHERE payload IS NOT NULL AND approval IN (" OVER ")", "ii", before_us, before_us), &n->payloads);
	if (rc == ERR_OK)
		rc = changed(s, sql_run(s, e, "UPDATE firing SET receipt = NULL WHERE receipt IS NOT NULL AND approval IN (" OVER ")", "ii", before_us, before_us), &n->receipts);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE goal SET report = NULL WHERE report IS NOT NULL AND ended_us > 0 AND ended_us < ?", "i", before_us);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE attachment SET body = NULL WHERE body IS NOT NULL AND goal IN (SELECT id FROM goal WHERE ended_us > 0 AND ended_us < ?)", "i", before_us);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE question SET message = NULL, schema = NULL WHERE message IS NOT NULL AND ended_us > 0 AND ended_us < ?", "i", before_us);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE key_report SET trouble_text = '' WHERE trouble_us < ?", "i", before_us);
	return rc;
}

enum err_code store_purge(struct store *s, int64_t before_us, const char *who, int64_t now_us, struct purge_count *out, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	memset(out, 0, sizeof *out);
	if (rc != ERR_OK)
		return rc;
	rc = purge(s, before_us, out, e);
	if (rc == ERR_OK && out->tasks + out->entries + out->payloads + out->receipts > 0)
		rc = journal_add(s, "purge", who, "content", NULL, now_us, e);
	return store_end(s, rc, e);
}

enum err_code store_content(struct store *s, struct content_count *out, struct err *e)
{
	enum err_code rc = sql_int(s, &out->entries, e, "SELECT count(*) FROM entry WHERE body IS NOT NULL", "");

	out->oldest_us = 0;
	if (rc == ERR_OK)
		rc = sql_int(s, &out->payloads, e, "SELECT count(*) FROM version WHERE payload IS NOT NULL", "");
	if (rc == ERR_OK && out->entries > 0)
		rc = sql_int(s, &out->oldest_us, e, "SELECT created_us FROM entry WHERE body IS NOT NULL ORDER BY id LIMIT 1", "");
	return rc;
}
