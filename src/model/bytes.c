/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The exact bytes that hashes and MACs cover. Each field is preceded by its
 * length, each text begins with a domain, so that no two records of any kinds
 * can give the same bytes. Changing one of these is a new format: name it. */
#include <string.h>

#include "base/buf.h"
#include "model/agent.h"
#include "model/approval.h"
#include "model/cap.h"
#include "model/connector.h"
#include "model/journal.h"
#include "model/key.h"
#include "model/question.h"
#include "model/rule.h"

static void field(struct buf *b, const void *p, size_t n)
{
	unsigned char len[8];
	int i;

	for (i = 0; i < 8; i++)
		len[i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
	buf_add(b, len, sizeof len);
	buf_add(b, p, n);
}

static void field_text(struct buf *b, const char *s)
{
	field(b, s != NULL ? s : "", s != NULL ? strlen(s) : 0);
}

static void field_int(struct buf *b, int64_t n)
{
	unsigned char v[8];
	int i;

	for (i = 0; i < 8; i++)
		v[i] = (unsigned char)((uint64_t)n >> (56 - 8 * i));
	field(b, v, sizeof v);
}

static void field_hash(struct buf *b, const struct hash *h)
{
	field(b, h->b, sizeof h->b);
}

static void begin(struct buf *b, const char *domain, const char *workspace)
{
	buf_clear(b);
	field_text(b, domain);
	field_text(b, workspace);
}

struct hash approval_bind(const char *workspace, const struct approval *a)
{
	struct buf b;
	struct hash h;

	buf_init(&b, 0);
	begin(&b, "claviger bind 1", workspace);
	field_int(&b, a->id);
	field_int(&b, a->version);
	field_int(&b, a->kind);
	field(&b, a->nonce, sizeof a->nonce);
	field_text(&b, a->connector);
	field_text(&b, a->tool);
	field_hash(&b, &a->definition);
	field_int(&b, a->effect);
	field_int(&b, a->credential);
	field_text(&b, a->target);
	field_hash(&b, &a->hash);
	h = hash_slice(buf_slice(&b));
	buf_release(&b);
	return h;
}

/* Its domain keeps it apart from a decision's, which the same sub-key signs. */
void proposal_bytes(const char *workspace, const struct approval *a, struct slice goal_text, struct buf *out)
{
	struct hash context = hash_slice(slice_of(a->context != NULL ? a->context : "")), goal = hash_slice(goal_text);

	begin(out, "claviger proposal 1", workspace);
	field_int(out, a->id);
	field_int(out, a->version);
	field_hash(out, &a->bind);
	field_int(out, a->worst_case_pd);
	field_hash(out, &context);
	field_int(out, a->goal);
	field_hash(out, &goal);
}

void decision_bytes(const char *workspace, const struct decision *d, struct buf *out)
{
	bool more = d->shown_ms != 0 || d->said[0] != '\0';

	begin(out, more ? "claviger decision 2" : "claviger decision 1", workspace);
	field_int(out, d->approval);
	field_int(out, d->version);
	field_int(out, d->verdict);
	field_hash(out, &d->hash);
	field_hash(out, &d->bind);
	field_int(out, d->slot);
	field_text(out, d->person);
	field_text(out, d->where);
	field_text(out, d->reason);
	field_int(out, d->rule);
	field_int(out, d->at_us);
	if (more) {
		field_int(out, d->shown_ms);
		field_text(out, d->said);
	}
}

void connector_bytes(const char *workspace, const struct connector_record *c, struct buf *out)
{
	begin(out, "claviger connector 1", workspace);
	field_text(out, c->name);
	field_int(out, c->type);
	field_text(out, c->root);
	field_text(out, c->command);
	field_int(out, c->unconfined_ok);
	if (c->settings != NULL)	/* absent in records of before */
		field_text(out, c->settings);
}

int64_t connector_identity(const char *workspace, const struct connector_record *c)
{
	struct buf b;
	struct hash h;
	uint64_t n = 0;
	size_t i;

	buf_init(&b, 0);
	connector_bytes(workspace, c, &b);
	h = hash_slice(buf_slice(&b));
	buf_release(&b);
	for (i = 0; i < sizeof n; i++)
		n = n << 8 | h.b[i];
	n &= INT64_MAX;
	return n != 0 ? (int64_t)n : 1;
}

void tool_bytes(const char *workspace, const struct tool *t, struct buf *out)
{
	begin(out, "claviger tool 1", workspace);
	field_text(out, t->connector_name);
	field_text(out, t->name);
	field_int(out, t->effect);
	field_hash(out, &t->pinned);
}

void cap_bytes(const char *workspace, const struct cap *c, struct buf *out)
{
	begin(out, "claviger cap 1", workspace);
	field_int(out, c->scope);
	field_text(out, c->ref);
	field_int(out, c->window);
	field_int(out, c->limit_pd);
	field_int(out, c->warn_percent);
}

void agent_bytes(const char *workspace, const struct agent *a, struct buf *out)
{
	int i;

	begin(out, "claviger agent 1", workspace);
	field_int(out, a->id);
	field_text(out, a->name);
	field_int(out, a->tools_narrowed);
	field_int(out, a->tools_n);
	for (i = 0; i < a->tools_n && i < AGENT_TOOLS; i++)
		field_text(out, a->tools[i]);
}

void rule_bytes(const char *workspace, const struct rule *r, struct buf *out)
{
	begin(out, "claviger rule 1", workspace);
	field_text(out, r->agent);
	field_text(out, r->tool);
	field_hash(out, &r->definition);
	field_int(out, r->effect);
	field_int(out, r->patterns != NULL);	/* no patterns and "" are not the same rule */
	field_text(out, r->patterns);
	field_int(out, r->uses);
	field_int(out, r->max_pd);
	field_int(out, r->until_us);
	field_int(out, r->slot);
	field_text(out, r->person);
	field_int(out, r->created_us);
}

struct hash journal_hash(const struct journal_entry *j)
{
	struct buf b;
	struct hash h;

	buf_init(&b, 0);
	field_text(&b, "claviger journal 1");
	field_int(&b, j->seq);
	field_int(&b, j->at_us);
	field_text(&b, j->kind);
	field_text(&b, j->who);
	field_text(&b, j->ref);
	field_hash(&b, &j->what);
	field_hash(&b, &j->prev);
	h = hash_slice(buf_slice(&b));
	buf_release(&b);
	return h;
}

struct hash key_route(const struct key *k)
{
	struct hash_fields *h = hash_fields_new("claviger/1 route");

	hash_field_text(h, k->vendor);
	hash_field_text(h, key_api_names[k->api]);
	hash_field_text(h, k->base_url);
	hash_field_text(h, k->region);
	hash_field_text(h, k->proxy);
	hash_field_text(h, k->ca_file);
	return hash_fields_end(h);
}

static void put_question(const char *domain, const char *workspace, const struct question *q, struct buf *out)
{
	begin(out, domain, workspace);
	field_int(out, q->id);
	field_text(out, q->connector);
	field_text(out, q->tool);
	field_int(out, q->task);
	field_text(out, q->message);
	field_text(out, q->schema);
}

struct hash question_hash(const char *workspace, const struct question *q)
{
	struct buf b;
	struct hash h;

	buf_init(&b, 0);
	put_question("claviger question 1", workspace, q, &b);
	h = hash_slice(buf_slice(&b));
	buf_release(&b);
	return h;
}

void question_bytes(const char *workspace, const struct question *q, struct buf *out)
{
	put_question("claviger answer 1", workspace, q, out);
	field_int(out, q->state);
	field_text(out, q->answer);
	field_text(out, q->who);
	field_int(out, q->ended_us);
}
