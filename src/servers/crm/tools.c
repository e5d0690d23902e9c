/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/tools.h"

#include "servers/crm/change.h"
#include "servers/crm/read.h"

/* The words a model reads. Kept short and stable: they are part of every prompt
 * prefix and of every pin (a changed word quarantines the tool). */
#define READS "\"annotations\":{\"readOnlyHint\":true,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false}," \
	"\"_meta\":{\"claviger/effect\":\"read\"}}"
#define WRITES "\"annotations\":{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":false}," \
	"\"_meta\":{\"claviger/effect\":\"write\"}}"
#define RECORD "\"record\":{\"type\":\"string\",\"description\":\"As `contact/12`.\"}"

const struct mcp_tool crm_tools[CRM_TOOLS] = {
	{"search_records",
	    "{\"name\":\"search_records\",\"description\":\"Find contacts, companies and deals. One record a line: its id, what it is called, and its fields in short. "
	    "Without text and field: all of that kind, oldest first.\","
	    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
	    "\"kind\":{\"type\":\"string\",\"enum\":[\"contact\",\"company\",\"deal\"]},"
	    "\"text\":{\"type\":\"string\",\"maxLength\":200,\"description\":\"Stands in any value; upper and lower case are the same.\"},"
	    "\"field\":{\"type\":\"string\",\"description\":\"With `value`: only records whose field is exactly that, such as email, company, stage, status.\"},"
	    "\"value\":{\"type\":\"string\"},"
	    "\"changed_since\":{\"type\":\"string\",\"description\":\"A date, as 2026-01-31: only what changed from then on.\"},"
	    "\"limit\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":200,\"description\":\"Most records to give; 50 if absent.\"},"
	    "\"cursor\":{\"type\":\"string\",\"description\":\"From the last line of the answer before: goes on after it.\"}"
	    "},\"additionalProperties\":false}," READS,
	    read_search},
	{"get_record",
	    "{\"name\":\"get_record\",\"description\":\"One record whole: its revision, every field with its exact value, and its notes. Read it before you change it.\","
	    "\"inputSchema\":{\"type\":\"object\",\"properties\":{" RECORD "},\"required\":[\"record\"],\"additionalProperties\":false}," READS,
	    read_get},
	{"create_record",
	    "{\"name\":\"create_record\",\"description\":\"Propose a new contact, company or deal. Search first: one that is there already (same mail address, or same "
	    "name) is refused. After a person approves it, it is made.\","
	    "\"inputSchema\":{\"type\":\"object\",\"properties\":{"
	    "\"kind\":{\"type\":\"string\",\"enum\":[\"contact\",\"company\",\"deal\"]},"
	    "\"fields\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"},\"description\":\"Contacts and companies need name, deals need title. Usual: "
	    "email, phone, company, address, status, tags; stage, amount, currency, contact, close_date of deals.\"}"
	    "},\"required\":[\"kind\",\"fields\"],\"additionalProperties\":false}," WRITES,
	    change_create},
	{"update_record",
	    "{\"name\":\"update_record\",\"description\":\"Propose a change of fields. Give the exact old value of each, as get_record shows it: if it is another by the "
	    "time a person approves, nothing is changed.\","
	    "\"inputSchema\":{\"type\":\"object\",\"properties\":{" RECORD ","
	    "\"fields\":{\"type\":\"object\",\"minProperties\":1,\"additionalProperties\":{\"type\":[\"string\",\"null\"]},\"description\":\"The new value of each "
	    "field to change; null takes the field away.\"},"
	    "\"before\":{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"null\"]},\"description\":\"The same members with the value each has now, "
	    "exactly; null if the record has no such field.\"}"
	    "},\"required\":[\"record\",\"fields\",\"before\"],\"additionalProperties\":false}," WRITES,
	    change_update},
	{"add_note",
	    "{\"name\":\"add_note\",\"description\":\"Propose a note on a record: what was said or agreed, and when.\","
	    "\"inputSchema\":{\"type\":\"object\",\"properties\":{" RECORD ","
	    "\"text\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":16000}"
	    "},\"required\":[\"record\",\"text\"],\"additionalProperties\":false}," WRITES,
	    change_note},
};
