/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h - an operation on its way to the worker thread and back. Only desk/. */
#ifndef DESK_JOB_H
#define DESK_JOB_H

#include "base/secret.h"
#include "desk/op.h"
#include "worker/hands.h"
#include "worker/mailbox.h"
#include "worker/worker.h"

struct desk_job {
	struct job job;			/* first: the mailbox hands this back */
	struct op op;
	struct secret *secret;		/* or NULL; freed on the worker thread */
	struct outcome out;
	int64_t request;		/* a request row whose outcome is ours; 0: none */
	int64_t asked_us;		/* steady */
	bool is_internal;		/* the desk's own: no outcome for the face */
	struct worker_status status;	/* of an internal status job */
	struct desk_job *next;
};

/* One operation, on the worker thread. Fills out->id, text, json ...; its code
 * becomes out->err.code. */
typedef enum err_code op_run(struct hands *h, struct desk_job *j, struct err *e);

struct op_row {
	op_run *run;
	bool needs_vault;
};
/* op_vault.c, op_work.c, op_approval.c, op_rule.c, op_key.c, op_office.c */
op_run op_unlock, op_lock_keys, op_panic, op_person_add, op_person_remove, op_passphrase, op_rekey, op_worker_start, op_worker_stop;
op_run op_goal_add, op_goal_pause, op_goal_resume, op_goal_cancel;
op_run op_task_say, op_task_cancel, op_task_retry, op_task_pause, op_task_resume, op_task_tier;
op_run op_approve, op_reject, op_ask_changes, op_edit, op_undo, op_settle, op_rule_add, op_rule_revoke;
op_run op_key_add, op_key_rotate, op_key_test, op_key_models, op_key_retire, op_key_remove, op_cap_set, op_cap_remove;
op_run op_connector_add, op_connector_import, op_connector_secret, op_connector_test, op_connector_release, op_connector_effect, op_connector_remove, op_connector_answer, op_agent_set, op_tier_set;
op_run op_agent_add, op_agent_remove;
op_run op_schedule_add, op_schedule_switch, op_schedule_remove;
op_run op_crm_import, op_crm_export;
op_run op_price_set, op_price_import, op_price_remove;
op_run op_purge, op_incident_resolve, op_call_settle, op_statement_import;
/* op_incident.c: a person's yes or no to raising a limit that stopped the office: inside the caller's
 * transaction. a: the approval with its payload. What was raised is in j->out.text. */
MUST_USE enum err_code op_answer_raise(struct hands *h, struct desk_job *j, const struct approval *a, bool is_yes, struct err *e);
/* The question about that limit is answered in another way: withdrawn. */
MUST_USE enum err_code op_withdraw_raise(struct hands *h, enum cap_scope scope, const char *ref, enum cap_window window, const char *why, struct err *e);
MUST_USE enum err_code op_sign_cap(struct hands *h, struct cap *c, struct err *e);

/* op_work.c: the agent of that name or role; the CEO for "". */
struct agent;
MUST_USE enum err_code op_first_agent(struct hands *h, const char *name, struct agent *a, struct err *e);
/* op_office.c: start it, look at its tools, and keep both, signed. c is the caller's; its id is set. */
MUST_USE enum err_code op_take_connector(struct hands *h, struct desk_job *j, struct connector_record *c, struct err *e);

extern const struct op_row op_table[OP_KINDS];
/* The job's run function: looks the operation up, runs it, fills the outcome. */
void desk_job_run(struct job *j, struct hands *h);
/* With its operation, its secret and its outcome; on the face's thread, when nobody else has it any more. */
void desk_job_free(struct desk_job *j);

#endif
