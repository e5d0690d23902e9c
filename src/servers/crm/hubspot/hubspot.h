/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hubspot.h - a CRM that is kept at HubSpot, behind the tools of the embedded one.
 *
 * Reads    the record itself from its own place; a search goes to HubSpot's index, which is
 *          seconds behind: a record just made may not be found yet.
 * Changes  the record is read again just before it is changed, and must hold what was shown
 *          as the old value (HubSpot itself takes no condition, so a change by another in
 *          that very moment is overwritten: some tens of milliseconds). Each is sent once. What was begun is
 *          noted before it is sent, and if no answer comes it is looked for:
 *            an update   its fields have the new values
 *            a note      one with the very millisecond that we gave it
 *            a new one   the contact with that mail address; else the one record with all
 *                        those values that was made since
 *          What is found is fired; what is not found may come yet: unknown.
 * There is no import or export: HubSpot has its own. */
#ifndef SERVERS_CRM_HUBSPOT_HUBSPOT_H
#define SERVERS_CRM_HUBSPOT_HUBSPOT_H

#include "servers/crm/backend.h"
#include "servers/crm/hubspot/decode.h"
#include "servers/crm/hubspot/http.h"

struct hubspot {
	struct hubspot_config config;
	struct secret *secret;	/* NULL: none was handed over */
	const char *state;	/* its own folder */
	struct http http;
	int64_t noted;		/* the record that notes belongs to */
	struct hubspot_notes notes;
};

/* self is a struct hubspot. */
extern const struct crm_backend hubspot_backend;
/* After curl_global_init(); takes the secret. */
MUST_USE enum err_code hubspot_open(struct hubspot *h, struct slice settings, const char *state, struct secret *secret, struct err *e);
void hubspot_close(struct hubspot *h);

/* --- within ------------------------------------------------------------------------ */
MUST_USE enum err_code hubspot_get(void *self, enum record_kind kind, int64_t id, const cJSON *also, struct record *out, struct err *e);
MUST_USE enum err_code hubspot_notes(void *self, const struct record *r, crm_note *note, void *user, struct err *e);
/* The contact with that mail address, from its own place; ERR_MISSING: there is none. */
MUST_USE enum err_code hubspot_by_email(struct hubspot *h, const char *email, struct record *out, struct err *e);
/* Of the records called as r is, as far as the index knows them. */
MUST_USE enum err_code hubspot_namesakes(struct hubspot *h, const struct record *r, crm_row *row, void *user, struct err *e);
/* The change and what became of it (effect.c). */
enum crm_known hubspot_known(void *self, const struct crm_change *c, bool to_prove, struct buf *receipt);
enum crm_end hubspot_write(void *self, const struct crm_change *c, struct record *done, struct err *e);
MUST_USE enum err_code hubspot_keep(void *self, const char *key, const char *receipt, struct err *e);

#endif
