/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on schedules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "desk/job.h"
#include "model/agent.h"
#include "office/when.h"
#include "store/schedule.h"

#define TEXT_MAX ((size_t)8 << 10)

enum err_code op_schedule_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct op *op = &j->op;
	struct schedule s = {.on = true, .created_us = clock_now_us()};
	struct agent a = {0};
	enum err_code rc = when_read(&s, op->every, op->at[0] != '\0' ? op->at : NULL, op->days[0] != '\0' ? op->days : NULL, e);

	if (rc == ERR_OK && (op->text == NULL || op->text[0] == '\0' || strlen(op->text) > TEXT_MAX || !utf8_valid(slice_of(op->text))))
		rc = err_set(e, ERR_USAGE, "a schedule needs some words, of at most %zu bytes", TEXT_MAX);
	if (rc == ERR_OK)
		rc = op_first_agent(h, op->name, &a, e);
	if (rc != ERR_OK)
		return rc;
	s.next_us = worker_schedule_next(&s, s.created_us);
	snprintf(s.agent, sizeof s.agent, "%s", a.name);
	s.text = op->text;
	rc = s.next_us != 0 ? schedule_add(h->store, &s, h->who, s.created_us, e) : err_set(e, ERR_USAGE, "there is no such day within two years");
	j->out.id = s.id;
	agent_release(&a);
	return rc;
}

enum err_code op_schedule_switch(struct hands *h, struct desk_job *j, struct err *e)
{
	struct schedule s = {0};
	int64_t now = clock_now_us(), next = 0;
	enum err_code rc = schedule_get(h->store, j->op.id, &s, e);

	if (rc == ERR_OK && !j->op.pause) {
		next = worker_schedule_next(&s, now);
		if (next == 0)
			rc = err_set(e, ERR_USAGE, "there is no such day within two years");
	}
	if (rc == ERR_OK)
		rc = schedule_switch(h->store, s.id, next, h->who, now, e);
	schedule_release(&s);
	return rc;
}

enum err_code op_schedule_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	return schedule_remove(h->store, j->op.id, h->who, clock_now_us(), e);
}
