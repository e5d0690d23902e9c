/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backend.h - where a CRM's records are kept, as the tools see it: an embedded file
 * (book/) or a HubSpot account (hubspot/). The tools' words, results and receipts are
 * the same for each.
 *
 * Errors  ERR_MISSING no such record, ERR_CONFLICT it changed or is there already,
 *         ERR_USAGE in words for the agent, ERR_AUTH, ERR_LIMIT, ERR_NET, ERR_PROTO of
 *         what is far away.
 * Thread  one call at a time. */
#ifndef SERVERS_CRM_BACKEND_H
#define SERVERS_CRM_BACKEND_H

#include "base/buf.h"
#include "base/json.h"
#include "servers/crm/record.h"

struct crm_filter {
	int kind;		/* -1: all */
	const char *text;	/* NULL: whatever they say */
	const char *field, *value;	/* that field is exactly so; NULL */
	int64_t changed_since_us;	/* 0: whenever */
	const char *cursor;	/* as an answer before gave it, or NULL */
	int limit;
};
typedef void crm_row(void *user, const struct record *r);
typedef void crm_note(void *user, int64_t at_us, const char *text);

enum crm_what { CRM_CREATE, CRM_UPDATE, CRM_NOTE };
/* One change, as it is asked for; then what it was compared with. */
struct crm_change {
	enum crm_what what;
	enum record_kind kind;
	int64_t id;			/* 0: of a new one */
	const cJSON *fields, *before;	/* of a create (no before) or an update; borrowed */
	const char *note;
	int64_t task;
	const char *key;		/* of the firing; "" when it is only looked at */
	struct record was, will;	/* empty until it was compared; `was` stays so of a new one */
};

enum crm_known {
	CRM_NEVER,	/* it was not carried out, and whoever may still be about it is stopped */
	CRM_FIRED,	/* the receipt is there */
	CRM_BEGUN,	/* it was begun, and nothing shows how it ended */
};
enum crm_end {
	CRM_DONE,
	CRM_NOT_DONE,	/* certainly; *e says why */
	CRM_UNKNOWN,	/* *e says why */
};

struct crm_backend {
	const char *name;
	bool empty_is_none;	/* a field with an empty text is no field */
	void (*start)(void *self);	/* a tool is called: what follows is within its time; NULL if there is no such thing */
	/* Rows in the order of their ids; what goes on behind the last one goes into next (a cursor), if there is more. */
	enum err_code (*search)(void *self, const struct crm_filter *f, crm_row *row, void *user, struct buf *next, struct err *e);
	/* also: an object whose members are fields wanted beside the usual ones, or NULL. */
	enum err_code (*get)(void *self, enum record_kind kind, int64_t id, const cJSON *also, struct record *out, struct err *e);
	/* Of the record that get() gave last. */
	enum err_code (*notes)(void *self, const struct record *r, crm_note *note, void *user, struct err *e);
	/* What the records' place can't do, in words; NULL if it can do all. */
	enum err_code (*vet)(void *self, const struct crm_change *c, struct err *e);
	/* Another record of the same mail address or, without one, name, as c->will has them; 0: none. */
	enum err_code (*twin)(void *self, const struct crm_change *c, int64_t *id, struct err *e);

	/* What became of a key; to_prove: the office asks, and will not fire it again. */
	enum crm_known (*known)(void *self, const struct crm_change *c, bool to_prove, struct buf *receipt);
	/* Around comparing and write(); begin() may be NULL. What end() is given is its answer, unless it fails. */
	enum err_code (*begin)(void *self, struct err *e);
	enum err_code (*end)(void *self, enum err_code code, struct err *e);
	/* The change, once. done gets id and revision as they are then. */
	enum crm_end (*write)(void *self, const struct crm_change *c, struct record *done, struct err *e);
	enum err_code (*keep)(void *self, const char *key, const char *receipt, struct err *e);
};

/* What the tools get as their user. */
struct crm {
	const struct crm_backend *ops;
	void *self;
};
static inline void crm_start(const struct crm *c)
{
	if (c->ops->start != NULL)
		c->ops->start(c->self);
}

#endif
