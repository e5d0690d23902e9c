/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - what a CRM that is kept at HubSpot is told at its start: a JSON object of
 *   backend     "hubspot"
 *   base_url    https://HOST[:PORT]; http:// only to this machine (optional)
 *   ca_file     certificates to trust instead of the system's (optional)
 *   properties  names of HubSpot's properties to read beside the usual ones (optional)
 * None of it is secret. Pure. */
#ifndef SERVERS_CRM_HUBSPOT_CONFIG_H
#define SERVERS_CRM_HUBSPOT_CONFIG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

#define HUBSPOT_URL "https://api.hubapi.com"
#define HUBSPOT_PROPERTIES 32

struct hubspot_config {
	char *base_url;		/* without a path */
	char *ca_file;		/* NULL: the system's */
	char *properties[HUBSPOT_PROPERTIES + 1];	/* ends with NULL */
};
MUST_USE enum err_code hubspot_config_parse(struct slice json, struct hubspot_config *out, struct err *e);
void hubspot_config_release(struct hubspot_config *c);

#endif
