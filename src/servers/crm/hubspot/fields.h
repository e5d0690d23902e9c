/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.h - our words for HubSpot's: kinds, fields, and which records belong together.
 * Pure.
 *
 * The names are those of the default properties of HubSpot's contacts, companies and
 * deals; a property that has no name here goes by its own. A contact has no property
 * for its whole name: `name` is firstname and lastname with a blank between, and is
 * taken apart at its last blank, so that it reads back as it was written. The numbers
 * of the associations are those of HubSpot's own client (@hubspot/api-client 13,
 * enums/AssociationTypes: contactToCompany, noteToContact and so on). */
#ifndef SERVERS_CRM_HUBSPOT_FIELDS_H
#define SERVERS_CRM_HUBSPOT_FIELDS_H

#include "base/buf.h"
#include "servers/crm/record.h"

extern const char *const hubspot_objects[RECORD_KINDS];		/* "contacts" ... as in paths */
extern const char *const hubspot_changed[RECORD_KINDS];		/* the property that says when it changed */
extern const int hubspot_note_types[RECORD_KINDS];		/* from a note to such a record */

/* HubSpot's name for a field of ours, and back; the name itself if it is not in the table. */
const char *hubspot_property(enum record_kind kind, const char *field);
const char *hubspot_field(enum record_kind kind, const char *property);
/* The n-th usual property; NULL behind the last one. */
const char *hubspot_usual(enum record_kind kind, size_t n);

/* A field that says which records belong to it. */
struct hubspot_link {
	enum record_kind from;
	const char *field;
	enum record_kind to;
	int type;		/* the number of the association, unlabeled */
	bool may_be_text;	/* a contact's company may be just its name */
};
/* NULL: that field is none. value NULL counts as an id. */
const struct hubspot_link *hubspot_link(enum record_kind kind, const char *field, const char *value);
/* The field under which a record of kind shows those of another. */
const struct hubspot_link *hubspot_link_shown(enum record_kind kind, enum record_kind to);
/* "company/12, company/14" one at a time: false at the end or at what is no such id (*rest says which). */
bool hubspot_link_next(const char **rest, const struct hubspot_link *link, int64_t *id);

/* A contact's whole name from its parts (either may be NULL) and back. False: it cannot
 * be taken apart so that it reads back the same. */
void hubspot_name_join(const char *first, const char *last, struct buf *out);
bool hubspot_name_split(const char *name, struct buf *first, struct buf *last);

/* A value on its way there and back: a deal's close_date is a day here, the midnight it starts with there. */
void hubspot_value_out(enum record_kind kind, const char *field, const char *value, struct buf *out);
void hubspot_value_in(enum record_kind kind, const char *field, const char *value, struct buf *out);

#endif
