/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libconfuse reads the file; a change is made line by line in the text, so that
 * comments and order stay, and what came of it must read well before it
 * replaces the file. libconfuse would expand ${...} from the environment:
 * a file with that in it is refused. */
#include "desk/config.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/slice.h"

#define CONFIG_BYTES ((size_t)256 << 10)
#define SETTINGS_MAX 64
#define LIST_MAX 128

const struct setting setting_table[] = {
	{"workspace", SETTING_TEXT, "", NULL, "the workspace where none is named"},
	{"theme", SETTING_CHOICE, "default", "default blind mono", "colours of the console"},
	{"color", SETTING_CHOICE, "auto", "auto always never", "whether there are colours"},
	{"ascii", SETTING_BOOL, "false", NULL, "no line drawing or accents"},
	{"plain", SETTING_BOOL, "false", NULL, "labelled lines instead of a screen"},
	{"lock_hides", SETTING_CHOICE, "content", "all content nothing", "what the lock screen hides"},
	{"lock_after_s", SETTING_COUNT, "600", NULL, "seconds without a key until the screen locks; 0 is never"},
	{"close_after_s", SETTING_COUNT, "3600", NULL, "seconds without a key until the vault closes, while no goal is worked on and no schedule is on; 0 is never"},
	{"arm_delay_ms", SETTING_COUNT, "600", NULL, "how long an approval is shown before its keys work"},
	{"undo_window_s", SETTING_COUNT, "3", NULL, "how long an approval can be taken back before it goes out; 0 is not at all"},
	{"two_persons", SETTING_CHOICE, "never", "never destroy send write", "from that effect on an approval takes two persons"},
	{"two_persons_usd", SETTING_TEXT, "", NULL, "going on for more dollars than that takes two persons too"},
	{"expire_after_h", SETTING_COUNT, "0", NULL, "hours after which an unanswered question is over, unapproved; 0 is never"},
	{"question_within_s", SETTING_COUNT, "600", NULL, "seconds a connector's question waits for your answer, then it is cancelled; 0 is not at all"},
	{"bell", SETTING_BOOL, "true", NULL, "a bell for what waits"},
	{"title", SETTING_BOOL, "true", NULL, "the pending count in the terminal's title"},
	{"key_file", SETTING_TEXT, "", NULL, "the file that belongs to your passphrase, if your slot has one"},
	{"proxy", SETTING_TEXT, "", NULL, "a company's proxy for calls to vendors"},
	{"ca_file", SETTING_TEXT, "", NULL, "certificates to trust beside the system's"},
	{"failover", SETTING_CHOICE, "off", "off vendor any", "whether another of your keys steps in for one that fails"},
	{"retry_at_risk", SETTING_BOOL, "false", NULL, "try again by itself what was cut off, though the vendor may bill both"},
	{"summaries", SETTING_BOOL, "true", NULL, "what is too long to be shown to an agent is summarised for it by the routine tier, a call of its own"},
	{"purge_after_days", SETTING_COUNT, "0", NULL, "how long transcripts and payloads are kept after their end; 0 is for ever"},
	{"first_byte_s", SETTING_COUNT, "300", NULL, "seconds until a vendor has to begin its answer"},
	{"silence_s", SETTING_COUNT, "60", NULL, "seconds a vendor may be silent in the middle of an answer"},
	{"log", SETTING_CHOICE, "error", "off error note debug", "what the program's own diary holds: never a key or a text"},
	{"keys", SETTING_LIST, "", NULL, "keys of the console: {\"approvals.approve=Y\", ...}"},
	{NULL, SETTING_TEXT, NULL, NULL, NULL},
};

struct config {
	cfg_t *cfg;
	cfg_opt_t opts[SETTINGS_MAX];
	const char *list[LIST_MAX + 1];
};

static const struct setting *find(const char *name)
{
	for (const struct setting *s = setting_table; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static enum err_code unknown(const char *name, struct err *e)
{
	struct buf names;

	buf_init(&names, 256);
	for (const struct setting *s = setting_table; s->name != NULL; s++)
		buf_addf(&names, "%s%s", names.len > 0 ? ", " : "", s->name);
	err_set(e, ERR_USAGE, "'%.60s' is no setting", name);
	err_mend(e, ERR_USAGE, "one of %.150s", buf_text(&names));
	buf_release(&names);
	return ERR_USAGE;
}

/* --- values ------------------------------------------------------------------------ */

static bool is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);

	for (const char *p = choices; *p != '\0'; p += strcspn(p, " "), p += strspn(p, " "))
		if (n > 0 && strncmp(p, value, n) == 0 && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

static bool is_count(const char *value)
{
	size_t n = strspn(value, "0123456789");

	return n > 0 && n < 9 && value[n] == '\0';
}

static enum err_code check_value(const struct setting *s, const char *value, struct err *e)
{
	const char *wanted = NULL;

	if (s->kind == SETTING_BOOL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		wanted = "true or false";
	if (s->kind == SETTING_COUNT && !is_count(value))
		wanted = "a whole number";
	if (s->kind == SETTING_CHOICE && !is_choice(s->choices, value))
		wanted = s->choices;
	if (s->kind == SETTING_LIST && (value[0] != '{' || value[strlen(value) - 1] != '}'))
		wanted = "{\"...\", \"...\"}";
	if (strstr(value, "${") != NULL || strpbrk(value, "\n\r") != NULL)
		wanted = "one line without ${";
	if (wanted == NULL)
		return ERR_OK;
	err_set(e, ERR_USAGE, "'%.60s' will not do for %s", value, s->name);
	return err_mend(e, ERR_USAGE, "write %s", wanted);
}

/* --- reading --------------------------------------------------------------------------- */

/* libconfuse's own messages end in the error, first one only. It has no user
 * pointer for them; reading happens on one thread. */
static struct err *read_errors;

PRINTF_LIKE(2, 0) static void on_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	char text[160];

	if (read_errors == NULL || read_errors->code != ERR_OK)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	err_set(read_errors, ERR_USAGE, "the settings, line %d: %s", cfg != NULL ? cfg->line : 0, text);
	err_mend(read_errors, ERR_USAGE, "correct that line; `claviger config path` says where the file is");
}

static void fill_options(struct config *c)
{
	static char no_items[] = "{}";	/* libconfuse wants it writable */
	int n = 0;

	for (const struct setting *s = setting_table; s->name != NULL; s++) {
		cfg_opt_t o = CFG_STR(s->name, s->fallback, CFGF_NONE);

		if (s->kind == SETTING_BOOL)
			o = (cfg_opt_t)CFG_BOOL(s->name, strcmp(s->fallback, "true") == 0 ? cfg_true : cfg_false, CFGF_NONE);
		if (s->kind == SETTING_COUNT)
			o = (cfg_opt_t)CFG_INT(s->name, strtol(s->fallback, NULL, 10), CFGF_NONE);
		if (s->kind == SETTING_LIST)
			o = (cfg_opt_t)CFG_STR_LIST(s->name, no_items, CFGF_NONE);
		c->opts[n++] = o;
	}
	c->opts[n] = (cfg_opt_t)CFG_END();
}

static enum err_code check_all(struct config *c, struct err *e)
{
	for (const struct setting *s = setting_table; s->name != NULL; s++) {
		enum err_code code = ERR_OK;

		if (s->kind == SETTING_CHOICE)
			code = check_value(s, config_text(c, s->name), e);
		if (s->kind == SETTING_COUNT && cfg_getint(c->cfg, s->name) < 0)
			code = err_set(e, ERR_USAGE, "%s is below zero", s->name);
		if (code != ERR_OK) {
			err_context(e, "the settings");
			return code;
		}
	}
	return ERR_OK;
}

static enum err_code parse(struct config **out, const struct buf *text, struct err *e)
{
	struct config *c;
	struct err own;
	enum err_code code = ERR_OK;

	if (text->len > 0 && memmem(text->p, text->len, "${", 2) != NULL) {
		err_set(e, ERR_USAGE, "the settings hold ${...}");
		return err_mend(e, ERR_USAGE, "write the value out: nothing is taken from the environment");
	}
	c = xcalloc(1, sizeof *c);
	err_clear(&own);
	fill_options(c);
	c->cfg = cfg_init(c->opts, CFGF_NONE);
	cfg_set_error_function(c->cfg, on_error);
	read_errors = &own;
	if (cfg_parse_buf(c->cfg, buf_text(text)) != CFG_SUCCESS)
		code = own.code != ERR_OK ? own.code : err_set(&own, ERR_USAGE, "the settings cannot be read");
	read_errors = NULL;
	if (code == ERR_OK)
		code = check_all(c, &own);
	if (code != ERR_OK) {
		if (e != NULL)
			*e = own;
		config_free(c);
		return code;
	}
	*out = c;
	return ERR_OK;
}

static enum err_code read_text(const char *path, struct buf *text, struct err *e)
{
	enum err_code code;

	buf_init(text, CONFIG_BYTES);
	code = file_read(path, text, e);
	if (code == ERR_MISSING) {
		err_clear(e);
		code = ERR_OK;
	}
	return code;
}

enum err_code config_open(struct config **out, const char *path, struct err *e)
{
	struct buf text;
	enum err_code code;

	*out = NULL;
	code = read_text(path, &text, e);
	if (code == ERR_OK)
		code = parse(out, &text, e);
	buf_release(&text);
	return code;
}

void config_free(struct config *c)
{
	if (c == NULL)
		return;
	cfg_free(c->cfg);
	free(c);
}

const char *config_text(const struct config *c, const char *name)
{
	const char *value = cfg_getstr(c->cfg, name);

	return value != NULL ? value : "";
}

bool config_bool(const struct config *c, const char *name)
{
	return cfg_getbool(c->cfg, name) == cfg_true;
}

int config_count(const struct config *c, const char *name)
{
	return (int)cfg_getint(c->cfg, name);
}

const char *const *config_list(struct config *c, const char *name)
{
	const char **list = c->list;
	unsigned n = cfg_size(c->cfg, name);

	n = n < LIST_MAX ? n : LIST_MAX;
	for (unsigned i = 0; i < n; i++)
		list[i] = cfg_getnstr(c->cfg, name, i);
	list[n] = NULL;
	return list;
}

/* --- verbs --------------------------------------------------------------------------------- */

enum err_code config_get(const char *path, const char *name, char **out, struct err *e)
{
	const struct setting *s = find(name);
	struct config *c = NULL;
	struct buf b;
	enum err_code code;

	*out = NULL;
	if (s == NULL)
		return unknown(name, e);
	code = config_open(&c, path, e);
	if (code != ERR_OK)
		return code;
	buf_init(&b, 0);
	if (s->kind == SETTING_BOOL)
		buf_adds(&b, config_bool(c, name) ? "true" : "false");
	else if (s->kind == SETTING_COUNT)
		buf_addf(&b, "%d", config_count(c, name));
	else if (s->kind != SETTING_LIST)
		buf_adds(&b, config_text(c, name));
	else
		for (const char *const *p = config_list(c, name); *p != NULL; p++)
			buf_addf(&b, "%s%s", b.len > 0 ? "\n" : "", *p);
	*out = buf_take(&b);
	config_free(c);
	return ERR_OK;
}

/* Does the line set name? Blanks, the name, blanks, "=". */
static bool line_sets(struct slice line, const char *name)
{
	size_t n = strlen(name), i = 0;

	while (i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'))
		i++;
	if (line.len - i < n || memcmp(line.p + i, name, n) != 0)
		return false;
	for (i += n; i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		;
	return i < line.len && line.p[i] == '=';
}

static void add_line(struct buf *out, const struct setting *s, const char *value)
{
	buf_addf(out, "%s = ", s->name);
	if (s->kind == SETTING_TEXT || s->kind == SETTING_CHOICE) {
		buf_addc(out, '"');
		for (; *value != '\0'; value++) {
			if (*value == '"' || *value == '\\')
				buf_addc(out, '\\');
			buf_addc(out, *value);
		}
		buf_addc(out, '"');
	} else {
		buf_adds(out, value);
	}
	buf_addc(out, '\n');
}

static void change(struct buf *out, const struct buf *text, const struct setting *s, const char *value)
{
	const char *p = buf_text(text);
	bool is_set = false;

	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		if (!line_sets(slice_make(p, n), s->name)) {
			buf_add(out, p, n);
			buf_addc(out, '\n');
		} else if (!is_set) {
			add_line(out, s, value);
			is_set = true;
		}
		p += n + (p[n] == '\n');
	}
	if (!is_set)
		add_line(out, s, value);
}

static enum err_code replace(const char *path, const struct buf *text, struct err *e)
{
	char *folder = xstrdup(path), *slash = strrchr(folder, '/');
	enum err_code code = ERR_OK;

	if (slash != NULL && slash != folder) {
		*slash = '\0';
		code = file_make_folders(folder, 0700, e);
	}
	free(folder);
	return code == ERR_OK ? file_replace(path, buf_slice(text), 0600, e) : code;
}

enum err_code config_set(const char *path, const char *name, const char *value, struct err *e)
{
	const struct setting *s = find(name);
	struct config *c = NULL;
	struct buf text, changed;
	enum err_code code = s != NULL ? check_value(s, value, e) : unknown(name, e);

	if (code != ERR_OK)
		return code;
	buf_init(&changed, CONFIG_BYTES);
	code = read_text(path, &text, e);
	if (code == ERR_OK) {
		change(&changed, &text, s, value);
		code = parse(&c, &changed, e);
	}
	if (code == ERR_OK)
		code = replace(path, &changed, e);
	config_free(c);
	buf_release(&text);
	buf_release(&changed);
	return code;
}
