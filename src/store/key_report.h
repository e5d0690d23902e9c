/* SPDX-License-Identifier: GPL-3.0-or-later */
/* key_report.h - what a vendor itself says of a key's account: limits, the service it
 * gave, the last trouble with the account. Only the latest is kept; it decides nothing. */
#ifndef STORE_KEY_REPORT_H
#define STORE_KEY_REPORT_H

#include "model/record.h"
#include "store/store.h"

#define KEY_LIMITS_MAX 8

struct key_limit {
	char kind[NAME_MAX_BYTES];	/* "requests", "tokens", "input_tokens", "output_tokens" */
	int64_t limit, remaining;	/* limit 0: not said */
	int64_t at_us;
};
struct key_report {
	int64_t key;
	struct key_limit limit[KEY_LIMITS_MAX];
	int limits_n;
	char service[NAME_MAX_BYTES];	/* the tier it answered with, "" if it never did */
	int64_t service_us;
	char trouble[NAME_MAX_BYTES];	/* trouble_names, "" if there never was one */
	char trouble_text[TITLE_MAX_BYTES];	/* the vendor's words; not cleaned for a terminal */
	int64_t trouble_us;
};

MUST_USE enum err_code key_report_limit(struct store *s, int64_t key, const struct key_limit *l, struct err *e);
MUST_USE enum err_code key_report_service(struct store *s, int64_t key, const char *service, int64_t now_us, struct err *e);
MUST_USE enum err_code key_report_trouble(struct store *s, int64_t key, const char *trouble, const char *text, int64_t now_us, struct err *e);
/* Empty where nothing was ever said. */
MUST_USE enum err_code key_report_get(struct store *s, int64_t key, struct key_report *out, struct err *e);

#endif
