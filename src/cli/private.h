/* SPDX-License-Identifier: GPL-3.0-or-later */
/* private.h - what the files of this room share. */
#ifndef CLI_PRIVATE_H
#define CLI_PRIVATE_H

#include "base/buf.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/secret.h"
#include "cli/cli.h"

/* --- say.c: the only way out ------------------------------------------------- */

/* Write all of b to standard output. 0, or the exit status after saying why not. */
int say_out(const struct buf *b);
/* A JSON document and a newline; on a terminal all but ASCII is escaped, which changes
 * no value and lets nothing in it move the cursor. */
/* JSON as say_json() prints it, without the newline. */
void say_add_json(const struct cli *c, struct buf *out, struct slice json);
int say_json(const struct cli *c, struct slice json);
/* A line of our own words on standard error, unless quiet. */
void say_note(const struct cli *c, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* One line of anything, made fit for a terminal, appended. */
void say_add(struct buf *out, const char *text);
void say_addf(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* --- render.c: documents for people ------------------------------------------- */

/* A list as a table by column specs (desk/verb.h; NULL: every field), an object as
 * names and values. cols: of the terminal, 0 for no bound. */
void render_document(struct buf *out, const cJSON *doc, const char *columns, int cols);
void render_table(struct buf *out, const cJSON *rows, const char *columns, int cols);
/* Names and values of the object's scalars but those named in skip (ends with NULL; may be NULL). */
void render_fields(struct buf *out, const cJSON *doc, const char *const skip[]);
/* A text of many lines, each cleaned, with indent before it. */
void render_text(struct buf *out, const char *text, const char *indent);

/* --- show.c: documents with a form of their own --------------------------------- */

typedef void show_fn(struct buf *out, const cJSON *doc, bool color);
show_fn show_data;		/* show_data.c */
show_fn show_spend, show_meter;	/* show_money.c */
show_fn show_question;		/* show_question.c */
show_fn *show_find(const char *verb_path);	/* NULL: render_document() does */
void show_lines(const struct cli *c, struct buf *out, struct slice json);	/* `call list --jsonl` */

/* --- csv.c -------------------------------------------------------------------------- */

void show_csv(struct buf *out, const cJSON *doc);	/* `spend --csv`, `--focus` */

/* --- help.c ------------------------------------------------------------------------ */

void help_program(struct buf *out);
void help_family(struct buf *out, const char *family);
void help_verb(struct buf *out, const struct verb *v);
void help_version(struct buf *out);

/* --- source.c: secrets ----------------------------------------------------------------- */

/* By --passphrase-fd, the environment, systemd, or the terminal (twice if is_new).
 * ERR_LOCKED at once if there is no source. */
MUST_USE enum err_code source_passphrase(const struct cli *c, bool is_new, struct secret **out, struct err *e);
/* A new one: --new-passphrase-fd, --new-passphrase-file, or the terminal, twice.
 * person is whose it will be; NULL: the person's own. */
MUST_USE enum err_code source_new_passphrase(const struct cli *c, const char *person, struct secret **out, struct err *e);
/* A vendor key by one of the inputs of `key add`. A profile of AWS also says the region, where op has none. */
MUST_USE enum err_code source_key(const struct cli *c, struct op *op, struct secret **out, struct err *e);

/* --- prompt.c ------------------------------------------------------------------------------ */

bool prompt_possible(void);
/* Ask on the terminal; nothing typed is shown but a mark for each byte if is_masked.
 * Straight into locked memory. ERR_CANCELLED on Ctrl-C or the end of input. */
MUST_USE enum err_code prompt_secret(const char *words, bool is_masked, struct secret **out, struct err *e);
/* The same for a word that is no secret, shown as it is typed; "" for an empty line. */
MUST_USE enum err_code prompt_word(const char *words, char *out, size_t room, struct err *e);

/* --- verbs that the face does itself: the exit status -------------------------------------------- */

int face_make(struct cli *c);
int face_config(struct cli *c);
int face_run(struct cli *c);
int face_export(struct cli *c);
int face_backup(struct cli *c);
int face_restore(struct cli *c);
int face_destroy(struct cli *c);
int face_import(struct cli *c);
int face_demo(struct cli *c, cli_console *console, void *user);

/* desk_open() and, if the verb needs the vault, the passphrase and OP_UNLOCK. kept
 * (may be NULL) gets a copy of that passphrase. */
MUST_USE enum err_code cli_open(struct cli *c, bool needs_vault, struct desk **out, struct secret **kept, struct err *e);
/* The number of a file descriptor, as an option gives it. */
MUST_USE enum err_code cli_read_fd(const char *option, const char *value, int *out, struct err *e);

#endif
