/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of an action whose answer never came.
 *
 * Our own connectors remember what they did by its idempotency key and can be
 * asked, which does nothing. Each unknown firing is asked about once by a
 * worker: "fired" or "not fired" settles it, anything else leaves it to the
 * person. Nothing here ever fires again (I2). */
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/approval.h"
#include "store/connector.h"
#include "worker/private.h"

#define OPEN_MAX 64
#define NOT_SENT_MAX 3

struct proof {
	struct proof *next;
	struct worker *w;
	int64_t approval, task;
	int version, tries;
	bool asking, is_over;	/* over: asked, whatever it said */
};

static struct proof *proof_of(struct worker *w, const struct approval *a)
{
	struct proof *p;

	for (p = w->proofs; p != NULL; p = p->next)
		if (p->approval == a->id && p->version == a->version)
			return p;
	p = xcalloc(1, sizeof *p);
	*p = (struct proof){.next = w->proofs, .w = w, .approval = a->id, .version = a->version, .task = a->task};
	w->proofs = p;
	return p;
}

void prove_free(struct worker *w)
{
	struct proof *p, *next;

	for (p = w->proofs; p != NULL; p = next) {
		next = p->next;
		free(p);
	}
	w->proofs = NULL;
}

/* The receipt as text in *receipt (the caller's; NULL for not fired). False: the answer proves nothing. */
static bool read_proof(const struct tool_outcome *o, bool *fired, char **receipt)
{
	cJSON *t = NULL;
	const cJSON *yes, *what;
	bool ok;

	*receipt = NULL;
	if (o->result != TOOL_OK || o->structured.len == 0 || json_parse(o->structured, &t, NULL) != ERR_OK)
		return false;
	yes = json_member(t, "fired");
	what = json_member(t, "receipt");
	ok = cJSON_IsBool(yes) && (cJSON_IsFalse(yes) || cJSON_IsObject(what));
	*fired = ok && cJSON_IsTrue(yes);
	if (*fired)
		*receipt = cJSON_PrintUnformatted(what);
	cJSON_Delete(t);
	return ok && (!*fired || *receipt != NULL);
}

static void on_proof(void *user, const struct tool_outcome *o)
{
	struct proof *p = user;
	struct worker *w = p->w;
	struct err e = {0};
	char *receipt = NULL;
	bool fired = false;

	p->asking = false;
	p->is_over = o->result != TOOL_NOT_SENT || ++p->tries >= NOT_SENT_MAX;
	if (read_proof(o, &fired, &receipt)) {
		crash_point("proof.answered");
		if (firing_proved(w->h.store, p->approval, p->version, fired, receipt, w->epoch, clock_now_us(), &e) != ERR_OK)
			log_line(LOG_ERROR, "approval %lld: its proof could not be written: %s", (long long)p->approval, e.text);
		else if (work_settle(w, p->task, &e) != ERR_OK)
			log_line(LOG_ERROR, "task %lld: %s", (long long)p->task, e.text);
	}
	free(receipt);
	w->look = true;
	worker_tell(w);
}

/* Nothing of a third party's can be proved: only ours are asked. */
static bool can_be_asked(struct worker *w, const struct approval *a, struct tool *tool)
{
	struct connector_record c = {0};
	bool ours = connector_by_name(w->h.store, a->connector, &c, NULL) == ERR_OK && c.type != CONNECTOR_MCP;

	connector_record_release(&c);
	return ours && tool_by_name(w->h.store, a->connector, a->tool, tool, NULL) == ERR_OK;
}

static void ask(struct proof *p)
{
	struct worker *w = p->w;
	struct approval a = {0};
	struct firing f = {0};
	struct tool tool = {0};
	struct err e = {0};

	p->is_over = true;	/* unless it gets on its way */
	if (approval_get(w->h.store, p->approval, true, &a, NULL) == ERR_OK && a.version == p->version && a.payload != NULL &&
	    firing_of(w->h.store, a.id, a.version, &f, NULL) == ERR_OK && can_be_asked(w, &a, &tool)) {
		struct link_call c = {.tool = &tool, .args = slice_make(a.payload, a.payload_len), .task = a.task, .idempotency_key = f.idempotency_key,
			.mode = CONNECTOR_PROVE};
		enum err_code rc = links_call(w->links, &c, on_proof, p, &e);

		p->asking = rc == ERR_OK;
		p->is_over = rc != ERR_OK;
		if (rc != ERR_OK)
			log_line(LOG_NOTE, "approval %lld could not be proved: %s", (long long)p->approval, e.text);
	}
	tool_release(&tool);
	firing_release(&f);
	approval_release(&a);
}

void prove_tick(struct worker *w)
{
	struct approval rows[OPEN_MAX];
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (approval_list_unknown(w->h.store, rows, OPEN_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		struct proof *p = rows[i].kind == APPROVAL_ACTION ? proof_of(w, &rows[i]) : NULL;

		if (p != NULL && !p->asking && !p->is_over)
			ask(p);
		approval_release(&rows[i]);
	}
}
