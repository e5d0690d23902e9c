/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"
#include "desk/job.h"

const struct op_row op_table[OP_KINDS] = {
	[OP_UNLOCK] = {op_unlock, false},
	[OP_PURGE] = {op_purge, false},
	[OP_LOCK_KEYS] = {op_lock_keys, false},
	[OP_PANIC] = {op_panic, false},
	[OP_PERSON_ADD] = {op_person_add, true},
	[OP_PERSON_REMOVE] = {op_person_remove, true},
	[OP_PASSPHRASE] = {op_passphrase, true},
	[OP_REKEY] = {op_rekey, true},
	[OP_WORKER_START] = {op_worker_start, true},
	[OP_WORKER_STOP] = {op_worker_stop, false},
	[OP_GOAL_ADD] = {op_goal_add, false},
	[OP_GOAL_PAUSE] = {op_goal_pause, false},
	[OP_GOAL_RESUME] = {op_goal_resume, false},
	[OP_GOAL_CANCEL] = {op_goal_cancel, false},
	[OP_TASK_SAY] = {op_task_say, false},
	[OP_TASK_CANCEL] = {op_task_cancel, false},
	[OP_TASK_RETRY] = {op_task_retry, false},
	[OP_TASK_PAUSE] = {op_task_pause, false},
	[OP_TASK_RESUME] = {op_task_resume, false},
	[OP_TASK_TIER] = {op_task_tier, false},
	[OP_APPROVE] = {op_approve, true},
	[OP_REJECT] = {op_reject, true},
	[OP_ASK_CHANGES] = {op_ask_changes, true},
	[OP_EDIT] = {op_edit, true},
	[OP_UNDO] = {op_undo, true},
	[OP_SETTLE] = {op_settle, true},
	[OP_RULE_ADD] = {op_rule_add, true},
	[OP_RULE_REVOKE] = {op_rule_revoke, false},
	[OP_KEY_ADD] = {op_key_add, true},
	[OP_KEY_ROTATE] = {op_key_rotate, true},
	[OP_KEY_TEST] = {op_key_test, true},
	[OP_KEY_MODELS] = {op_key_models, true},
	[OP_KEY_RETIRE] = {op_key_retire, true},
	[OP_KEY_REMOVE] = {op_key_remove, true},
	[OP_CAP_SET] = {op_cap_set, true},
	[OP_CAP_REMOVE] = {op_cap_remove, true},
	[OP_INCIDENT_RESOLVE] = {op_incident_resolve, false},
	[OP_STATEMENT_IMPORT] = {op_statement_import, false},
	[OP_CALL_SETTLE] = {op_call_settle, false},
	[OP_PRICE_SET] = {op_price_set, false},
	[OP_PRICE_IMPORT] = {op_price_import, false},
	[OP_PRICE_REMOVE] = {op_price_remove, false},
	[OP_CONNECTOR_ADD] = {op_connector_add, true},
	[OP_CONNECTOR_IMPORT] = {op_connector_import, true},
	[OP_CONNECTOR_SECRET] = {op_connector_secret, true},
	[OP_CONNECTOR_TEST] = {op_connector_test, true},
	[OP_CONNECTOR_RELEASE] = {op_connector_release, true},
	[OP_CONNECTOR_EFFECT] = {op_connector_effect, true},
	[OP_CONNECTOR_REMOVE] = {op_connector_remove, true},
	[OP_CONNECTOR_ANSWER] = {op_connector_answer, true},
	[OP_SCHEDULE_ADD] = {op_schedule_add, false},
	[OP_SCHEDULE_SWITCH] = {op_schedule_switch, false},
	[OP_SCHEDULE_REMOVE] = {op_schedule_remove, false},
	[OP_CRM_IMPORT] = {op_crm_import, false},
	[OP_CRM_EXPORT] = {op_crm_export, false},
	[OP_AGENT_ADD] = {op_agent_add, true},
	[OP_AGENT_REMOVE] = {op_agent_remove, true},
	[OP_AGENT_SET] = {op_agent_set, false},
	[OP_TIER_SET] = {op_tier_set, false},
};

void desk_job_run(struct job *job, struct hands *h)
{
	struct desk_job *j = (struct desk_job *)job;
	const struct op_row *row = (unsigned)j->op.kind < OP_KINDS ? &op_table[j->op.kind] : NULL;
	enum err_code rc;

	if (row == NULL || row->run == NULL)
		rc = err_set(&j->out.err, ERR_USAGE, "no such operation");
	else
		rc = row->needs_vault ? hands_need_vault(h, &j->out.err) : ERR_OK;
	if (rc == ERR_OK)
		rc = row->run(h, j, &j->out.err);
	j->out.err.code = rc;
	log_line(LOG_DEBUG, "operation %d: %s", (int)j->op.kind, err_name(rc));
	secret_free(j->secret);
	j->secret = NULL;
	worker_poke(h->worker);
}
