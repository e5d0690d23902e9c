/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/mailbox.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct queue {
	struct job *first, **last;
};

struct mailbox {
	pthread_mutex_t lock;
	struct queue in, out;
	int jobs;		/* posted and not yet collected */
};

static void push(struct queue *q, struct job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
}

static struct job *pop(struct queue *q)
{
	struct job *j = q->first;

	if (j != NULL) {
		q->first = j->next;
		if (q->first == NULL)
			q->last = &q->first;
		j->next = NULL;
	}
	return j;
}

struct mailbox *mailbox_new(void)
{
	struct mailbox *m = xcalloc(1, sizeof *m);

	pthread_mutex_init(&m->lock, NULL);
	m->in.last = &m->in.first;
	m->out.last = &m->out.first;
	return m;
}

void mailbox_free(struct mailbox *m)
{
	if (m == NULL)
		return;
	assert(m->in.first == NULL && m->out.first == NULL);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

bool mailbox_post(struct mailbox *m, struct job *j)
{
	bool fits;

	pthread_mutex_lock(&m->lock);
	fits = m->jobs < MAILBOX_JOBS;
	if (fits) {
		m->jobs++;
		push(&m->in, j);
	}
	pthread_mutex_unlock(&m->lock);
	return fits;
}

struct job *mailbox_take(struct mailbox *m)
{
	struct job *j;

	pthread_mutex_lock(&m->lock);
	j = pop(&m->in);
	pthread_mutex_unlock(&m->lock);
	return j;
}

void mailbox_return(struct mailbox *m, struct job *j)
{
	pthread_mutex_lock(&m->lock);
	push(&m->out, j);
	pthread_mutex_unlock(&m->lock);
}

struct job *mailbox_collect(struct mailbox *m)
{
	struct job *j;

	pthread_mutex_lock(&m->lock);
	j = pop(&m->out);
	if (j != NULL)
		m->jobs--;
	pthread_mutex_unlock(&m->lock);
	return j;
}
