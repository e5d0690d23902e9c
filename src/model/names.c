/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of enums that are no states: as stored, and as JSON shows them. */
#include <string.h>

#include "model/approval.h"
#include "model/call.h"
#include "model/cap.h"
#include "model/connector.h"
#include "model/key.h"
#include "model/request.h"
#include "model/task.h"

const char *const task_on_names[TASK_ONS] = {"", "person", "vendor", "connector", "task", "cap", "key", "error"};
const char *const tier_names[TIERS] = {"routine", "standard", "top"};
const char *const call_cause_names[CALL_CAUSES] = {"task", "plan", "key_test", "summary"};
const char *const approval_kind_names[APPROVAL_KINDS] = {"action", "plan", "cap", "rule"};
const char *const verdict_words[VERDICTS] = {"approved", "rejected", "changes asked"};
const char *const effect_names[EFFECTS] = {"read", "write", "send", "destroy"};
const char *const key_api_names[KEY_APIS] = {"", "responses", "chat", "converse", "messages"};
const char *const key_kind_names[KEY_KINDS] = {"api", "admin", "aws_pair"};
const char *const connector_type_names[CONNECTOR_TYPES] = {"codebase", "inbox", "crm", "mcp"};
const char *const tool_state_names[TOOL_STATES] = {"known", "quarantined"};
const char *const cap_scope_names[CAP_SCOPES] = {"workspace", "vendor", "key", "agent", "goal", "task"};
const char *const cap_window_names[CAP_WINDOWS] = {"day", "month", "total"};
const char *const request_kind_names[REQUEST_KINDS] = {"key_test", "key_models", "stop_task", "panic", "lock_keys", "connector_test", "stop_worker", "statement"};

int effect_parse(const char *name)
{
	int i;

	for (i = 0; name != NULL && i < EFFECTS; i++)
		if (strcmp(effect_names[i], name) == 0)
			return i;
	return -1;
}
