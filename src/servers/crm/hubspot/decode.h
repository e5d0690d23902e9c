/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode.h - HubSpot's answers as records, pages and notes. Pure.
 *
 * Shapes (from the documents and the client that encode.h names):
 *   a record  {"id":"12","properties":{"email":"a" or null},"createdAt":"RFC 3339","updatedAt":"...",
 *             "associations":{"notes":{"results":[{"id":"7","type":"..."}]}}}
 *   a page    {"total":3,"results":[RECORD],"paging":{"next":{"after":"3"}}}
 *   a batch   {"status":"COMPLETE","results":[RECORD]}; with 207 what failed is beside it
 * The revision is updatedAt in milliseconds. ERR_PROTO for all that is no such thing:
 * the bytes are a stranger's. */
#ifndef SERVERS_CRM_HUBSPOT_DECODE_H
#define SERVERS_CRM_HUBSPOT_DECODE_H

#include "servers/crm/backend.h"

#define HUBSPOT_NOTES 100	/* of a record: the newest */

struct hubspot_notes {
	int64_t id[HUBSPOT_NOTES];
	size_t n;
};
/* out is new; notes may be NULL. */
MUST_USE enum err_code hubspot_decode_record(struct slice json, enum record_kind kind, struct record *out, struct hubspot_notes *notes, struct err *e);
/* more: is there a page behind it? */
MUST_USE enum err_code hubspot_decode_page(struct slice json, enum record_kind kind, crm_row *row, void *user, bool *more, struct err *e);
/* In the order of their times, the text as words. */
MUST_USE enum err_code hubspot_decode_notes(struct slice json, crm_note *note, void *user, struct err *e);

#endif
