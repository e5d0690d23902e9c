/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HubSpot's answers as bytes: each decoder reads them, twice alike; what is said is valid
 * UTF-8, bounded, and a refusal is one clean line. */
#include "fuzz/fuzz.h"

#include "base/utf8.h"
#include "servers/crm/hubspot/decode.h"
#include "servers/crm/hubspot/fault.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void put_record(void *user, const struct record *r)
{
	struct buf *out = user;
	int i;

	must(r->id > 0 && r->fields_n >= 0 && r->fields_n <= FIELDS_MAX);
	buf_addf(out, "%lld@%lld\n", (long long)r->id, (long long)r->revision);
	for (i = 0; i < r->fields_n; i++) {
		must(record_is_name(r->fields[i].name) && r->fields[i].value[0] != '\0' && utf8_valid(slice_of(r->fields[i].value)));
		must(i == 0 || strcmp(r->fields[i - 1].name, r->fields[i].name) < 0);
		buf_addf(out, "%s=%s\n", r->fields[i].name, r->fields[i].value);
	}
}

static void put_note(void *user, int64_t at_us, const char *text)
{
	must(utf8_valid(slice_of(text)) && strlen(text) <= 4 * NOTE_MAX);
	buf_addf(user, "%lld: %s\n", (long long)at_us, text);
}

static void read_all(struct slice bytes, struct buf *out)
{
	static const int refusals[] = {302, 400, 401, 403, 404, 409, 429, 500};
	struct hubspot_notes notes = {.n = 0};
	struct record r;
	struct err e = {0};
	bool more = false;
	size_t i;
	int k;

	for (k = 0; k < RECORD_KINDS; k++) {
		if (hubspot_decode_record(bytes, (enum record_kind)k, &r, &notes, NULL) == ERR_OK)
			put_record(out, &r);
		record_release(&r);
		must(notes.n <= HUBSPOT_NOTES);
		err_ignore(hubspot_decode_page(bytes, (enum record_kind)k, put_record, out, &more, NULL));
		buf_addf(out, "%zu %d\n", notes.n, more);
	}
	err_ignore(hubspot_decode_notes(bytes, put_note, out, NULL));
	for (i = 0; i < LENGTH(refusals); i++) {
		must(hubspot_fault(refusals[i], bytes, RECORD_CONTACT, 1, &e) != ERR_OK);
		must(strpbrk(e.text, "\r\n\x1b") == NULL);
		buf_addf(out, "%s\n", e.text);
		must(hubspot_wait_read(refusals[i], bytes, NULL, 0, 0).wait_us >= 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf first, second;

	buf_init(&first, 0);
	buf_init(&second, 0);
	if (size > 1) {
		read_all(slice_make(data + 1, size - 1), &first);
		read_all(slice_make(data + 1, size - 1), &second);
		must(strcmp(buf_text(&first), buf_text(&second)) == 0);
	}
	buf_release(&first);
	buf_release(&second);
	return 0;
}
