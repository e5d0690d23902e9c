/* SPDX-License-Identifier: GPL-3.0-or-later */
/* port.h - records in and out as CSV (RFC 4180, a header line) and vCard (3.0 and
 * 4.0 are read, 4.0 is written). By the person, not by agents.
 *
 * CSV: a column is a field; "First Name" is first_name, and the usual other
 * spellings are known. A field that a spreadsheet would run gets a quote before
 * it, which reading takes off again. What is there already (same mail address, or
 * same name) is left as it is. */
#ifndef SERVERS_CRM_BOOK_PORT_H
#define SERVERS_CRM_BOOK_PORT_H

#include "base/slice.h"
#include "servers/crm/book/book.h"

struct port_count {
	int added, there, broken;
	int first_broken;	/* line of the file, or number of the card; 0: none */
	char why[128];		/* of the first broken one */
};

/* All in one transaction. ERR_LIMIT: more columns, or fields, than can be taken. ERR_PROTO: it is no such file at all. */
MUST_USE enum err_code port_csv_in(struct book *b, enum record_kind kind, struct slice text, struct port_count *n, struct err *e);
MUST_USE enum err_code port_vcard_in(struct book *b, struct slice text, struct port_count *n, struct err *e);
MUST_USE enum err_code port_csv_out(struct book *b, enum record_kind kind, struct buf *out, struct err *e);
MUST_USE enum err_code port_vcard_out(struct book *b, struct buf *out, struct err *e);

/* One more that is broken; place as in port_take(). */
void port_broken(struct port_count *n, int place, const char *why);
/* For both readers: take r (released here) into the book; place says where it stood. */
MUST_USE enum err_code port_take(struct book *b, struct record *r, const char *note, int place, struct port_count *n, struct err *e);

#endif
