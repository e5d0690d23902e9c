/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each record owns on the heap. */
#include <stdlib.h>

#include "model/agent.h"
#include "model/approval.h"
#include "model/connector.h"
#include "model/goal.h"
#include "model/question.h"
#include "model/rule.h"
#include "model/schedule.h"
#include "model/task.h"

static void drop(char **p)
{
	free(*p);
	*p = NULL;
}

void goal_release(struct goal *g)
{
	drop(&g->text);
	drop(&g->report);
}

void task_release(struct task *t)
{
	drop(&t->instructions);
	drop(&t->result);
}

void entry_release(struct entry *n)
{
	drop(&n->body);
}

void approval_release(struct approval *a)
{
	drop(&a->payload);
	drop(&a->provenance);
	drop(&a->flags);
	drop(&a->context);
}

void firing_release(struct firing *f)
{
	drop(&f->receipt);
}

void agent_release(struct agent *a)
{
	drop(&a->prompt);
}

void connector_record_release(struct connector_record *c)
{
	drop(&c->root);
	drop(&c->command);
	drop(&c->settings);
}

void tool_release(struct tool *t)
{
	drop(&t->description);
	drop(&t->schema);
	drop(&t->said);
	drop(&t->trusted);
}

void question_release(struct question *q)
{
	drop(&q->message);
	drop(&q->schema);
	drop(&q->answer);
}

void rule_release(struct rule *r)
{
	drop(&r->patterns);
}

void schedule_release(struct schedule *s)
{
	drop(&s->text);
}

void goal_attachment_release(struct goal_attachment *a)
{
	drop(&a->text);
}
