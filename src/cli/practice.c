/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The practice goal of a first run: what `claviger demo` does by verbs, put into a
 * person's own open office. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/secret.h"
#include "cli/stage.h"

struct cli_practice {
	struct stage stage;
};

static enum err_code ask(struct desk *d, struct op *op, struct secret *secret, struct err *e)
{
	struct outcome done = {.ticket = 0};
	enum err_code code = desk_do(d, op, secret, &done);

	if (code != ERR_OK && e != NULL)
		*e = done.err;
	outcome_release(&done);
	return code;
}

static void set_text(char *out, size_t room, const char *text)
{
	snprintf(out, room, "%s", text);
}

enum err_code cli_practice(struct cli_practice **practice, struct desk *d, struct err *e)
{
	struct cli_practice *p = xcalloc(1, sizeof *p);
	struct stage *s = &p->stage;
	struct op key = {.kind = OP_KEY_ADD}, repo = {.kind = OP_CONNECTOR_ADD, .connector_type = CONNECTOR_CODEBASE}, goal = {.kind = OP_GOAL_ADD};
	struct secret *secret;
	enum err_code code = stage_make(s, "40", e);

	if (code != ERR_OK) {
		free(p);
		return code;
	}
	*practice = p;
	set_text(key.name, sizeof key.name, "practice");
	set_text(key.vendor, sizeof key.vendor, "anthropic");
	set_text(key.base_url, sizeof key.base_url, s->url);
	secret = secret_new(sizeof s->key);
	if (secret == NULL || secret_set(secret, s->key, strlen(s->key)) != 0) {
		secret_free(secret);
		return err_set(e, ERR_LIMIT, "no locked memory is left");
	}
	code = ask(d, &key, secret, e);
	if (code == ERR_OK) {
		set_text(repo.name, sizeof repo.name, "practice");
		repo.root = xstrdup(s->repo);
		code = ask(d, &repo, NULL, e);
	}
	if (code == ERR_OK) {
		goal.text = xstrdup(STAGE_GOAL);
		code = ask(d, &goal, NULL, e);
	}
	return code;
}

void cli_practice_end(struct cli_practice *practice)
{
	if (practice == NULL)
		return;
	stage_clear(&practice->stage);
	free(practice);
}
