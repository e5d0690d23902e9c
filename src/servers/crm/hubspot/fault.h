/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.h - what HubSpot's refusals mean, in one line. Pure.
 *
 * {"status":"error","message":"...","category":"MISSING_SCOPES","correlationId":"...",
 *  "errors":[{"context":{"requiredGranularScopes":["crm.objects.contacts.read"]}}]}, and for 429
 * {"errorType":"RATE_LIMIT","policyName":"SECONDLY", "TEN_SECONDLY_ROLLING" or "DAILY"}
 * (developers.hubspot.com/docs: "Error handling", "Usage guidelines"; bodies as quoted in
 * github.com/HubSpot/hubspot-api-php/issues/59, hubspot-api-python/issues/117 and
 * hubspot-api-nodejs/issues/545). A search's answer has no X-HubSpot-RateLimit headers. */
#ifndef SERVERS_CRM_HUBSPOT_FAULT_H
#define SERVERS_CRM_HUBSPOT_FAULT_H

#include "base/err.h"
#include "servers/crm/record.h"
#include "wire/retry.h"

struct hubspot_wait {
	bool has_wait;		/* reading again may help */
	int64_t wait_us;
};
/* Of a status that is no 2xx: how long to wait before a read is tried again. headers: names in any case. */
struct hubspot_wait hubspot_wait_read(int status, struct slice body, const struct wire_answer_header *headers, size_t n, int64_t now_us);
/* status 300 to 599. kind and id: of the record asked for (id 0: none). */
enum err_code hubspot_fault(int status, struct slice body, enum record_kind kind, int64_t id, struct err *e);

#endif
