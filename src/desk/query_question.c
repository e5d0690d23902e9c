/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What connectors' servers ask the person. */
#include "desk/query_private.h"

#include <stdlib.h>

#include "model/elicit.h"
#include "model/move.h"
#include "store/question.h"

#define QUESTIONS_MAX 256

static void put_question(struct json_out *j, const struct question *q)
{
	json_put_int(j, "id", q->id);
	json_put_text(j, "state", life_name(&question_life, (int)q->state));
	json_put_text(j, "connector", q->connector);
	put_word(j, "tool", q->tool);
	if (q->task != 0)
		json_put_int(j, "task", q->task);
	else
		json_put_null(j, "task");
	json_put_text(j, "message", q->message);
	put_time(j, "asked", q->asked_us);
	put_time(j, "until", q->until_us);
	put_time(j, "ended", q->ended_us);
	put_word(j, "who", q->who);
	put_word(j, "why", q->why);
}

enum err_code answer_questions(struct ask *a, struct err *e)
{
	struct question *rows = xcalloc(QUESTIONS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code code = question_list(a->store, !a->q->all, rows, QUESTIONS_MAX, &n, e);

	json_open(a->j, NULL, '[');
	for (i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		put_question(a->j, &rows[i]);
		json_close(a->j, '}');
		question_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

static void put_field(struct json_out *j, const struct elicit_field *f)
{
	struct buf takes;
	int i;

	buf_init(&takes, 0);
	elicit_takes(f, &takes);
	json_open(j, NULL, '{');
	json_put_text(j, "name", f->name);
	json_put_text(j, "title", f->title);
	json_put_text(j, "description", f->description);
	json_put_text(j, "type", elicit_kind_names[f->kind]);
	json_put_text(j, "takes", buf_text(&takes));
	json_put_bool(j, "required", f->is_required);
	json_put_text(j, "default", f->preset);
	json_put_bool(j, "looks_secret", f->looks_secret);
	json_open(j, "choices", '[');
	for (i = 0; i < f->choices; i++) {
		json_open(j, NULL, '{');
		json_put_text(j, "value", f->choice[i].value);
		json_put_text(j, "title", f->choice[i].title);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
	buf_release(&takes);
}

enum err_code answer_question(struct ask *a, struct err *e)
{
	struct question q = {0};
	struct elicit form = {.n = 0};
	enum err_code code = question_get(a->store, a->q->id, &q, e);
	bool secret;
	int i;

	if (code != ERR_OK)
		return code;
	if (q.schema != NULL)
		err_ignore(elicit_read(slice_of(q.schema), &form, NULL));
	secret = elicit_words_secret(q.message);
	json_open(a->j, NULL, '{');
	put_question(a->j, &q);
	json_open(a->j, "fields", '[');
	for (i = 0; i < form.n; i++) {
		put_field(a->j, &form.v[i]);
		secret |= form.v[i].looks_secret;
	}
	json_close(a->j, ']');
	json_put_bool(a->j, "looks_secret", secret);
	json_close(a->j, '}');
	elicit_release(&form);
	question_release(&q);
	return ERR_OK;
}
