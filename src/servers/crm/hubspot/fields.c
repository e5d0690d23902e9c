/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/fields.h"

#include <stdlib.h>
#include <string.h>

const char *const hubspot_objects[RECORD_KINDS] = {"contacts", "companies", "deals"};
const char *const hubspot_changed[RECORD_KINDS] = {"lastmodifieddate", "hs_lastmodifieddate", "hs_lastmodifieddate"};
const int hubspot_note_types[RECORD_KINDS] = {202, 190, 214};

static const struct name {
	const char *field, *property;
} contact_names[] = {
	{"first_name", "firstname"}, {"last_name", "lastname"}, {"email", "email"}, {"phone", "phone"}, {"company", "company"}, {"title", "jobtitle"},
	{"status", "hs_lead_status"}, {"lifecycle", "lifecyclestage"}, {"address", "address"}, {"city", "city"}, {"zip", "zip"}, {"state", "state"},
	{"country", "country"}, {"url", "website"}, {NULL, NULL},
}, company_names[] = {
	{"name", "name"}, {"domain", "domain"}, {"phone", "phone"}, {"industry", "industry"}, {"status", "hs_lead_status"}, {"lifecycle", "lifecyclestage"},
	{"address", "address"}, {"city", "city"}, {"zip", "zip"}, {"state", "state"}, {"country", "country"}, {"url", "website"},
	{"description", "description"}, {NULL, NULL},
}, deal_names[] = {
	{"title", "dealname"}, {"stage", "dealstage"}, {"pipeline", "pipeline"}, {"amount", "amount"}, {"currency", "deal_currency_code"},
	{"close_date", "closedate"}, {"description", "description"}, {NULL, NULL},
}, *const names[RECORD_KINDS] = {contact_names, company_names, deal_names};

const char *hubspot_property(enum record_kind kind, const char *field)
{
	const struct name *n;

	for (n = names[kind]; n->field != NULL; n++)
		if (strcmp(n->field, field) == 0)
			return n->property;
	return field;
}

const char *hubspot_field(enum record_kind kind, const char *property)
{
	const struct name *n;

	for (n = names[kind]; n->field != NULL; n++)
		if (strcmp(n->property, property) == 0)
			return n->field;
	return property;
}

const char *hubspot_usual(enum record_kind kind, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (names[kind][i].field == NULL)
			return NULL;
	return names[kind][n].property;
}

/* --- which records belong together ---------------------------------------------- */

/* The first of each pair of kinds is the one that is shown. */
static const struct hubspot_link links[] = {
	{RECORD_CONTACT, "companies", RECORD_COMPANY, 279, false},
	{RECORD_CONTACT, "company", RECORD_COMPANY, 279, true},
	{RECORD_CONTACT, "deals", RECORD_DEAL, 4, false},
	{RECORD_COMPANY, "contacts", RECORD_CONTACT, 280, false},
	{RECORD_COMPANY, "deals", RECORD_DEAL, 342, false},
	{RECORD_DEAL, "contact", RECORD_CONTACT, 3, false},
	{RECORD_DEAL, "company", RECORD_COMPANY, 341, false},
};

const struct hubspot_link *hubspot_link(enum record_kind kind, const char *field, const char *value)
{
	size_t i;

	for (i = 0; i < LENGTH(links); i++) {
		const char *rest = value;
		int64_t id;

		if (links[i].from == kind && strcmp(links[i].field, field) == 0)
			return !links[i].may_be_text || (value != NULL && hubspot_link_next(&rest, &links[i], &id)) ? &links[i] : NULL;
	}
	return NULL;
}

const struct hubspot_link *hubspot_link_shown(enum record_kind kind, enum record_kind to)
{
	size_t i;

	for (i = 0; i < LENGTH(links); i++)
		if (links[i].from == kind && links[i].to == to)
			return &links[i];
	return NULL;
}

bool hubspot_link_next(const char **rest, const struct hubspot_link *link, int64_t *id)
{
	char one[RECORD_ID_MAX];
	enum record_kind kind;
	size_t n;

	*rest += strspn(*rest, " ,");
	n = strcspn(*rest, " ,");
	if (n == 0 || n >= sizeof one)
		return false;
	memcpy(one, *rest, n);
	one[n] = '\0';
	if (!record_id_parse(one, &kind, id) || kind != link->to)
		return false;
	*rest += n;
	return true;
}

/* --- values ------------------------------------------------------------------------ */

void hubspot_name_join(const char *first, const char *last, struct buf *out)
{
	bool both = first != NULL && first[0] != '\0' && last != NULL && last[0] != '\0';

	buf_adds(out, first != NULL ? first : "");
	if (both)
		buf_addc(out, ' ');
	buf_adds(out, last != NULL ? last : "");
}

bool hubspot_name_split(const char *name, struct buf *first, struct buf *last)
{
	const char *blank = strrchr(name, ' ');

	if (blank == NULL) {
		buf_adds(first, name);
		return name[0] != '\0';
	}
	buf_add(first, name, (size_t)(blank - name));
	buf_adds(last, blank + 1);
	return first->len > 0 && last->len > 0 && first->p[0] != ' ' && first->p[first->len - 1] != ' ';
}

static bool is_day(enum record_kind kind, const char *field)
{
	return kind == RECORD_DEAL && strcmp(field, "close_date") == 0;
}

void hubspot_value_out(enum record_kind kind, const char *field, const char *value, struct buf *out)
{
	buf_adds(out, value);
	if (is_day(kind, field) && strlen(value) == 10 && strspn(value, "0123456789-") == 10)
		buf_adds(out, "T00:00:00.000Z");
}

void hubspot_value_in(enum record_kind kind, const char *field, const char *value, struct buf *out)
{
	const char *time = strchr(value, 'T');

	if (is_day(kind, field) && time - value == 10 && (strcmp(time, "T00:00:00.000Z") == 0 || strcmp(time, "T00:00:00Z") == 0))
		buf_add(out, value, 10);
	else
		buf_adds(out, value);
}
