/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encode.h - requests to HubSpot's CRM API, v3, as paths and JSON bodies. Pure.
 *
 * From HubSpot's own documents (developers.hubspot.com/docs: "Search the CRM", "Contacts",
 * "Notes", "Associations v4") and the types of its client (@hubspot/api-client 13):
 *   GET   /crm/v3/objects/{type}/{id}?properties=a,b&associations=x,y [&idProperty=email]
 *   PATCH /crm/v3/objects/{type}/{id}     {"properties":{...}}; "" takes a value away
 *   POST  /crm/v3/objects/{type}          {"properties":{...},"associations":[{"to":{"id":"1"},
 *                                         "types":[{"associationCategory":"HUBSPOT_DEFINED","associationTypeId":279}]}]}
 *   POST  /crm/v3/objects/{type}/search   {"query","filterGroups":[{"filters":[{"propertyName","operator","value"}]}],
 *                                         "sorts":[{"propertyName","direction"}],"properties","limit","after"}
 *   POST  /crm/v3/objects/notes/batch/read {"properties":[...],"inputs":[{"id":"1"}]}: at most 100
 * A search gives at most 200 a page and 10,000 in all: paging goes by the ids, which
 * has no such end, and nobody's new record moves a page. */
#ifndef SERVERS_CRM_HUBSPOT_ENCODE_H
#define SERVERS_CRM_HUBSPOT_ENCODE_H

#include "servers/crm/backend.h"
#include "servers/crm/hubspot/config.h"

#define HUBSPOT_PAGE 200
#define HUBSPOT_BATCH 100

/* also: as crm_backend's get() has it. */
void hubspot_path_record(struct buf *out, const struct hubspot_config *cfg, enum record_kind kind, int64_t id, const cJSON *also);
void hubspot_path_by_email(struct buf *out, const struct hubspot_config *cfg, const char *email);
/* One kind of f (f->kind is not looked at), ids above after_id. ERR_USAGE. */
MUST_USE enum err_code hubspot_search_body(struct buf *out, const struct hubspot_config *cfg, enum record_kind kind, const struct crm_filter *f, int64_t after_id,
    int limit, struct err *e);
/* ERR_USAGE: a field that cannot be written, or an id that is none. */
MUST_USE enum err_code hubspot_create_body(struct buf *out, const struct record *r, struct err *e);
MUST_USE enum err_code hubspot_update_body(struct buf *out, const struct crm_change *c, struct err *e);
void hubspot_note_body(struct buf *out, enum record_kind kind, int64_t id, const char *text, int64_t at_us);
void hubspot_notes_body(struct buf *out, const int64_t *ids, size_t n);
/* A note's text as HTML, which is what HubSpot keeps. */
void hubspot_note_html(struct buf *out, const char *text);

#endif
