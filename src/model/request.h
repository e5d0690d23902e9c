/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request.h - a row that asks the worker for something. Exactly one outcome. */
#ifndef MODEL_REQUEST_H
#define MODEL_REQUEST_H

#include <stdint.h>

#include "base/err.h"
#include "model/record.h"

enum request_kind { REQUEST_KEY_TEST, REQUEST_KEY_MODELS, REQUEST_STOP_TASK, REQUEST_PANIC, REQUEST_LOCK_KEYS, REQUEST_CONNECTOR_TEST, REQUEST_STOP_WORKER, REQUEST_STATEMENT, REQUEST_KINDS };
enum request_state { REQUEST_ASKED, REQUEST_TAKEN, REQUEST_DONE, REQUEST_FAILED, REQUEST_WITHDRAWN, REQUEST_STATES };
extern const char *const request_kind_names[REQUEST_KINDS];

struct request {
	int64_t id;
	enum request_kind kind;
	enum request_state state;
	int64_t ref;			/* key, task ... by kind; 0 for none */
	char args[64];			/* what more it needs, by kind: "FROM TO" as days since 1970 for a statement */
	int64_t asked_us, ended_us;
	enum err_code code;		/* of a failed one */
	char answer[1024];		/* words of the outcome */
};

#endif
