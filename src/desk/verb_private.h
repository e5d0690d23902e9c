/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verb_private.h - from a verb's words to an operation (verb_op.c and its
 * neighbours) or a question (verb_ask.c). Errors are ERR_USAGE with what to write instead. */
#ifndef DESK_VERB_PRIVATE_H
#define DESK_VERB_PRIVATE_H

#include "base/json.h"
#include "desk/verb.h"

typedef enum err_code verb_to_op(const struct verb_words *w, struct op *op, struct err *e);
typedef enum err_code verb_to_query(const struct verb_words *w, struct query *q, struct err *e);

/* Word n as the id of a record with that letter. */
MUST_USE enum err_code verb_id(const struct verb_words *w, int n, char letter, int64_t *out, struct err *e);
/* An RFC 3339 time, a date, "today", or "30m", "12h", "7d" ago. */
MUST_USE enum err_code verb_time(const char *option, const char *value, int64_t *out_us, struct err *e);
MUST_USE enum err_code verb_money(const char *option, const char *value, int64_t *out_pd, struct err *e);
/* A date as the start of that day of UTC; *out_us stays if the option is not given. */
MUST_USE enum err_code verb_utc_day(const struct verb_words *w, const char *option, int64_t *out_us, struct err *e);
/* Copy into a record's short text; ERR_USAGE if it does not fit or is empty. */
MUST_USE enum err_code verb_copy(char *out, size_t room, const char *what, const char *value, struct err *e);

/* An option's value into a record's short text; out stays as it is without it. */
MUST_USE enum err_code verb_optional(const struct verb_words *w, const char *option, char *out, size_t room, struct err *e);
/* --hash, into op->hash; op->has_hash is false without it. */
MUST_USE enum err_code verb_hash(const struct verb_words *w, struct op *op, struct err *e);

/* --ca-file by its whole path, since the worker may run in another folder; NULL without it. The caller frees it. */
MUST_USE enum err_code verb_ca_file(const struct verb_words *w, char **whole, struct err *e);
/* The same as a member of a connector's settings. */
MUST_USE enum err_code verb_put_ca_file(struct json_out *j, const struct verb_words *w, struct err *e);

/* --check and --push of a codebase. */
MUST_USE enum err_code verb_connector_codebase(const struct verb_words *w, struct op *op, struct err *e);
/* The files of --attach, into op->tools. */
MUST_USE enum err_code verb_attached(const struct verb_words *w, struct op *op, struct err *e);
/* Of `connector add`: what an inbox is told (servers/inbox/config.h). */
MUST_USE enum err_code verb_connector_mailbox(const struct verb_words *w, struct op *op, struct err *e);
/* Of `connector add`: where a crm's records are (servers/crm/hubspot/config.h); op->settings stays NULL for the embedded one. */
MUST_USE enum err_code verb_connector_crm(const struct verb_words *w, struct op *op, struct err *e);
/* --read, --write, --env and --network as the settings of a connector; op->settings stays NULL without them. */
MUST_USE enum err_code verb_connector_grants(const struct verb_words *w, struct op *op, struct err *e);

verb_to_op verb_purge, verb_agent_add, verb_agent_remove;
verb_to_op verb_person, verb_passphrase, verb_rekey, verb_lock, verb_panic, verb_agent_set, verb_tier_set, verb_key_add, verb_key_rotate, verb_key_named, verb_goal_add, verb_goal_change, verb_task_say,
    verb_task_change, verb_connector_add, verb_connector_import, verb_connector_secret, verb_crm, verb_schedule_add, verb_schedule_change, verb_connector_named, verb_connector_tool, verb_connector_answer, verb_approve, verb_reject, verb_ask_changes, verb_edit, verb_undo, verb_settle, verb_cap_set, verb_cap_remove, verb_incident_resolve, verb_call_settle, verb_statement_import,
    verb_rule_add, verb_rule_revoke, verb_price_set, verb_price_import, verb_price_remove;

verb_to_query ask_plain, ask_named, ask_goal, ask_task, ask_question, ask_approval, ask_task_list, ask_meter, ask_spend, ask_call_list, ask_price_show, ask_price_quote, ask_savings, ask_statement, ask_list, ask_connector, ask_since;

#endif
