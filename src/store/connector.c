/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/connector.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/key.h"
#include "store/sql.h"

#define COLUMNS "id, name, type, state, why, root, command, unconfined_ok, created_us, mac, NULLIF(settings, '')"
#define TOOL "t.id, t.connector, c.name, t.name, t.effect, t.state, t.description, t.schema, t.definition, t.pinned, t.mac"
#define WORDS ", t.said, t.trusted"	/* long: for one tool, not for lists */
#define NO_WORDS ", NULL, NULL"

static bool read_connector(sqlite3_stmt *st, void *row)
{
	struct connector_record *c = row;
	int type = col_name(st, 2, connector_type_names, CONNECTOR_TYPES);
	int state = life_state(&link_life, (const char *)sqlite3_column_text(st, 3));

	c->id = col_int(st, 0);
	COL_TEXT(st, 1, c->name);
	c->type = (enum connector_type)type;
	c->state = (enum link_state)state;
	COL_TEXT(st, 4, c->why);
	c->root = col_dup(st, 5);
	c->command = col_dup(st, 6);
	c->unconfined_ok = col_int(st, 7) != 0;
	c->created_us = col_int(st, 8);
	c->settings = col_dup(st, 10);
	return type >= 0 && state >= 0 && col_hash(st, 9, &c->mac);
}

static void release_connector(void *row) { connector_record_release(row); }
static const struct row_kind connectors = {.size = sizeof(struct connector_record), .read = read_connector, .release = release_connector};

static bool read_tool(sqlite3_stmt *st, void *row)
{
	struct tool *t = row;
	int effect = effect_parse((const char *)sqlite3_column_text(st, 4));
	int state = col_name(st, 5, tool_state_names, TOOL_STATES);

	t->id = col_int(st, 0);
	t->connector = col_int(st, 1);
	COL_TEXT(st, 2, t->connector_name);
	COL_TEXT(st, 3, t->name);
	t->effect = (enum effect)effect;
	t->state = (enum tool_state)state;
	t->description = col_dup(st, 6);
	t->schema = col_dup(st, 7);
	t->said = col_dup(st, 11);
	t->trusted = col_dup(st, 12);
	return effect >= 0 && state >= 0 && col_hash(st, 8, &t->definition) && col_hash(st, 9, &t->pinned) && col_hash(st, 10, &t->mac);
}

static void release_tool(void *row) { tool_release(row); }
static const struct row_kind tools = {.size = sizeof(struct tool), .read = read_tool, .release = release_tool};

static enum err_code note(struct store *s, const char *kind, const char *who, const char *name, const struct hash *what, int64_t now_us, struct err *e)
{
	return journal_add(s, kind, who, name, what, now_us, e);
}

enum err_code connector_add(struct store *s, struct connector_record *c, const char *who, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO connector(name, type, state, why, root, command, unconfined_ok, created_us, mac, settings) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "ttttnndiht", c->name,
		connector_type_names[c->type], life_name(&link_life, c->state), c->why, c->root, c->command, (int)c->unconfined_ok, c->created_us, &c->mac,
		c->settings != NULL ? c->settings : "");
	if (rc == ERR_CONFLICT)
		rc = err_set(e, rc, "there is a connector named %s already", c->name);
	if (rc == ERR_OK) {
		c->id = sqlite3_last_insert_rowid(s->db);
		rc = note(s, "connector_added", who, c->name, &c->mac, c->created_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code connector_get(struct store *s, int64_t id, struct connector_record *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM connector WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &connectors, out, e, "connector %" PRId64, id);
}

enum err_code connector_by_name(struct store *s, const char *name, struct connector_record *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM connector WHERE name = ?", "t", name);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &connectors, out, e, "connector %s", name);
}

enum err_code connector_list(struct store *s, struct connector_record *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM connector ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &connectors, rows, limit, n, e);
}

enum err_code connector_move(struct store *s, int64_t id, enum link_state to, const char *why, int64_t now_us, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = store_begin(s, e);

	(void)now_us;
	if (rc != ERR_OK)
		return rc;
	rc = connector_get(s, id, &c, e);
	if (rc == ERR_OK && c.state != to)
		rc = life_check(&link_life, id, c.state, to, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE connector SET state = ?, why = ? WHERE id = ?", "tti", life_name(&link_life, to), why, id);
	connector_record_release(&c);
	return store_end(s, rc, e);
}

enum err_code connector_set(struct store *s, const struct connector_record *c, const char *who, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE connector SET root = ?, command = ?, unconfined_ok = ?, mac = ?, settings = ? WHERE id = ?", "nndhti", c->root, c->command, (int)c->unconfined_ok, &c->mac,
		c->settings != NULL ? c->settings : "", c->id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no connector %s", c->name);
	if (rc == ERR_OK)
		rc = note(s, "connector_set", who, c->name, &c->mac, now_us, e);
	return store_end(s, rc, e);
}

enum err_code connector_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE connector SET mac = ? WHERE id = ?", "hi", mac, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no connector %" PRId64, id);
	return store_end(s, rc, e);
}

enum err_code connector_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = connector_get(s, id, &c, e);
	if (rc == ERR_OK)
		rc = sealed_drop(s, "connector", id, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "DELETE FROM tool WHERE connector = ?", "i", id);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "DELETE FROM connector WHERE id = ?", "i", id);
	if (rc == ERR_OK)
		rc = note(s, "connector_removed", who, c.name, NULL, now_us, e);
	connector_record_release(&c);
	return store_end(s, rc, e);
}

/* --- tools ---------------------------------------------------------------- */

enum err_code tool_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE tool SET mac = ? WHERE id = ?", "hi", mac, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no tool %" PRId64, id);
	return store_end(s, rc, e);
}

enum err_code tool_by_name(struct store *s, const char *connector, const char *name, struct tool *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " TOOL WORDS " FROM connector c JOIN tool t ON t.connector = c.id WHERE c.name = ? AND t.name = ?", "tt", connector, name);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &tools, out, e, "tool %.60s.%.60s", connector, name);
}

enum err_code tool_list(struct store *s, int64_t connector, struct tool *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (connector > 0)
		rc = sql_query(s, &st, e, "SELECT " TOOL NO_WORDS " FROM connector c JOIN tool t ON t.connector = c.id WHERE c.id = ? ORDER BY t.name LIMIT ?", "id", connector, limit);
	else
		rc = sql_query(s, &st, e, "SELECT " TOOL NO_WORDS " FROM connector c JOIN tool t ON t.connector = c.id ORDER BY c.name, t.name LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &tools, rows, limit, n, e);
}

static enum err_code find_tool(struct store *s, const struct tool *t, struct tool *out, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " TOOL NO_WORDS " FROM connector c JOIN tool t ON t.connector = c.id WHERE t.connector = ? AND t.name = ?", "it", t->connector, t->name);

	*n = 0;
	return rc != ERR_OK ? rc : sql_list(s, st, &tools, out, 1, n, e);
}

static enum err_code insert_tool(struct store *s, struct tool *t, struct err *e)
{
	enum err_code rc = sql_run(s, e, "INSERT INTO tool(connector, name, effect, state, description, schema, definition, pinned, mac, said, trusted) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "itttnnhhhnn",
		t->connector, t->name, effect_names[t->effect], tool_state_names[t->state], t->description, t->schema, &t->definition, &t->pinned, &t->mac, t->said,
		t->state == TOOL_KNOWN ? t->said : NULL);

	if (rc == ERR_OK)
		t->id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* A changed definition stays quarantined even if it changes back: a person looks first. */
static enum err_code update_tool(struct store *s, struct tool *t, const struct tool *was, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc;

	t->id = was->id;
	t->effect = was->effect;
	t->pinned = was->pinned;
	t->mac = was->mac;
	t->state = hash_same(&t->definition, &was->pinned) ? was->state : TOOL_QUARANTINED;
	rc = sql_run(s, e, "UPDATE tool SET state = ?, description = ?, schema = ?, definition = ?, said = ? WHERE id = ?", "tnnhni", tool_state_names[t->state], t->description,
		t->schema, &t->definition, t->said, t->id);
	if (rc == ERR_OK && t->state == TOOL_QUARANTINED && was->state == TOOL_KNOWN) {
		snprintf(ref, sizeof ref, "%.31s.%.31s", was->connector_name, t->name);
		rc = note(s, "tool_quarantined", "worker", ref, &t->definition, now_us, e);
	}
	return rc;
}

enum err_code tool_put(struct store *s, struct tool *t, int64_t now_us, struct err *e)
{
	struct tool was = {0};
	enum err_code rc = store_begin(s, e);
	int n = 0;

	if (rc != ERR_OK)
		return rc;
	rc = find_tool(s, t, &was, &n, e);
	if (rc == ERR_OK)
		rc = n == 0 ? insert_tool(s, t, e) : update_tool(s, t, &was, now_us, e);
	tool_release(&was);
	return store_end(s, rc, e);
}

enum err_code tool_pin(struct store *s, const struct tool *t, const char *who, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE tool SET pinned = ?1, effect = ?2, mac = ?3, state = 'known', trusted = said WHERE id = ?4 AND definition = ?1", "hthi", &t->pinned, effect_names[t->effect], &t->mac,
		t->id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_CONFLICT, "the tool %.60s has changed since it was looked at", t->name);
	if (rc == ERR_OK) {
		snprintf(ref, sizeof ref, "%.31s.%.31s", t->connector_name, t->name);
		rc = note(s, "tool_pinned", who, ref, &t->mac, now_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code tool_drop(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : store_end(s, sql_run(s, e, "DELETE FROM tool WHERE id = ?", "i", id), e);
}
