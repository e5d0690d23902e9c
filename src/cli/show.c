/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents with a form of their own: an approval with its preview, a task with
 * its transcript, a connector, a template, a goal's report, the doctor's findings. */
#include "cli/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"

#define BOLD "\033[1m"
#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define CYAN "\033[36m"
#define PLAIN "\033[0m"

static void paint(struct buf *out, bool color, const char *how, const char *text)
{
	if (color && how != NULL)
		buf_adds(out, how);
	say_add(out, text);
	if (color && how != NULL)
		buf_adds(out, PLAIN);
}

static void head(struct buf *out, bool color, const char *text)
{
	buf_addc(out, '\n');
	paint(out, color, BOLD, text);
	buf_addc(out, '\n');
}

/* --- approval show ------------------------------------------------------------------ */

static const struct look {
	const char *role, *how, *mark;	/* the mark is there with and without colour */
} looks[] = {
	{"head", BOLD, ""}, {"plain", NULL, ""}, {"add", GREEN, ""}, {"del", RED, ""}, {"hunk", CYAN, ""}, {"field", NULL, ""},
	{"note", YELLOW, "  ^ "}, {"warn", RED, "! "}, {"json", NULL, ""},
};

static void show_line(struct buf *out, const cJSON *line, bool color)
{
	const char *role = json_text(line, "role"), *text = json_text(line, "text"), *name = json_text(line, "name");
	const struct look *look = &looks[1];
	int64_t depth = 0;

	for (size_t i = 0; role != NULL && i < LENGTH(looks); i++)
		if (strcmp(looks[i].role, role) == 0)
			look = &looks[i];
	buf_adds(out, look->mark);
	if (json_int(line, "depth", &depth) && depth > 0 && depth <= JSON_DEPTH)
		buf_addf(out, "%*s", (int)depth * 2, "");
	if (name != NULL) {
		paint(out, color, BOLD, name);
		buf_adds(out, ": ");
	}
	paint(out, color, look->how, text != NULL ? text : "");
	buf_addc(out, '\n');
}

static void show_history(struct buf *out, const cJSON *doc)
{
	const cJSON *one;

	cJSON_ArrayForEach(one, json_array(doc, "history")) {
		const char *verdict = json_text(one, "verdict"), *person = json_text(one, "person"), *where = json_text(one, "where"), *at = json_text(one, "at");
		const char *said = json_text(one, "said"), *reason = json_text(one, "reason");
		int64_t ms = 0, version = 0;

		(void)json_int(one, "version", &version);
		say_addf(out, "  %s v%lld %s", at != NULL ? at : "", (long long)version, verdict != NULL ? verdict : "");
		say_addf(out, _(" by %s (%s)"), person != NULL ? person : "", where != NULL ? where : "");
		if (json_int(one, "shown_ms", &ms))
			say_addf(out, _(", on the screen for %lld s"), (long long)(ms / 1000));
		if (said != NULL)
			say_addf(out, _(", typed: %s"), said);
		if (reason != NULL)
			say_addf(out, ": %s", reason);
		buf_addc(out, '\n');
	}
}

static void show_changes(struct buf *out, const cJSON *lines, const char *title, bool color)
{
	const cJSON *line;

	if (cJSON_GetArraySize(lines) == 0)
		return;
	head(out, color, title);
	cJSON_ArrayForEach(line, lines) {
		const char *role = json_text(line, "role");

		buf_adds(out, role != NULL && strcmp(role, "del") == 0 ? "- " : "+ ");
		show_line(out, line, color);
	}
}

static void show_approval(struct buf *out, const cJSON *doc, bool color)
{
	static const char *const skip[] = {"payload", "bind", "receipt", "yes_to", "changes", "changes_asked", "asked_for", "history", "preview", NULL};
	const char *receipt = json_text(doc, "receipt"), *state = json_text(doc, "state"), *hash = json_text(doc, "hash");
	const cJSON *line;
	int64_t id = 0;

	render_fields(out, doc, skip);
	head(out, color, _("What would be done, the whole of it:"));
	cJSON_ArrayForEach(line, json_array(doc, "preview"))
		show_line(out, line, color);
	show_changes(out, json_array(doc, "changes"), _("What was changed in what the agent proposed:"), color);
	if (json_text(doc, "asked_for") != NULL) {
		head(out, color, _("What was asked for:"));
		render_text(out, json_text(doc, "asked_for"), "  ");
	}
	show_changes(out, json_array(doc, "changes_asked"), _("What the agent changed, as it was asked to:"), color);
	if (cJSON_GetArraySize(json_array(doc, "history")) > 0) {
		head(out, color, _("Decisions:"));
		show_history(out, doc);
	}
	if (receipt != NULL) {
		head(out, color, _("Receipt:"));
		render_text(out, receipt, "  ");
	}
	if (state != NULL && strcmp(state, "pending") == 0 && hash != NULL && json_int(doc, "id", &id)) {
		buf_addc(out, '\n');
		say_addf(out, _("yes: claviger approval approve A%lld --hash %s"), (long long)id, hash);
		cJSON_ArrayForEach(line, json_array(doc, "yes_to"))
			say_addf(out, " --yes-to '%s'", cJSON_IsString(line) ? line->valuestring : "");
		buf_addc(out, '\n');
		say_addf(out, _("no:  claviger approval reject A%lld --reason TEXT"), (long long)id);
		buf_addc(out, '\n');
		say_addf(out, _("not like that: claviger approval ask-changes A%lld --reason TEXT"), (long long)id);
		buf_addc(out, '\n');
	}
}

/* --- task show --------------------------------------------------------------------------- */

static void show_parts(struct buf *out, const cJSON *parts, bool color)
{
	const cJSON *part;

	cJSON_ArrayForEach(part, parts) {
		const char *kind = json_text(part, "kind"), *text = json_text(part, "text"), *raw = json_text(part, "raw"), *name = json_text(part, "name");

		if (name != NULL && raw != NULL && kind != NULL && strcmp(kind, "opaque") != 0) {
			struct buf call;

			buf_init(&call, 0);
			buf_addf(&call, "%s %s", name, raw);
			buf_adds(out, "  ");
			paint(out, color, CYAN, buf_text(&call));
			buf_addc(out, '\n');
			buf_release(&call);
		} else if (text != NULL) {
			render_text(out, text, "  ");
		}
	}
}

static void show_entry(struct buf *out, const cJSON *n, bool color)
{
	const char *kind = json_text(n, "kind"), *when = json_text(n, "time"), *source = json_text(n, "source"), *text = json_text(n, "text");
	char shown[20] = "";
	int64_t at, seq = 0;
	struct buf line;

	if (when != NULL && date_parse(when, &at))
		clock_local(at, shown);
	(void)json_int(n, "seq", &seq);
	buf_init(&line, 0);
	buf_addf(&line, "%lld  %s  %s", (long long)seq, shown, kind != NULL ? kind : "");
	if (source != NULL)
		buf_addf(&line, "  %s", source);
	if (json_bool(n, "is_error", false))
		buf_adds(&line, _("  (error)"));
	if (json_bool(n, "untrusted", false))
		buf_adds(&line, _("  (from outside)"));
	head(out, color, buf_text(&line));
	buf_release(&line);
	if (json_array(n, "parts") != NULL)
		show_parts(out, json_array(n, "parts"), color);
	else if (text != NULL)
		render_text(out, text, "  ");
	else
		buf_adds(out, _("  (purged)\n"));
}

static void show_task(struct buf *out, const cJSON *doc, bool color)
{
	static const char *const skip[] = {"instructions", NULL};
	const char *instructions = json_text(doc, "instructions");
	const cJSON *entry;

	render_fields(out, doc, skip);
	if (instructions != NULL && *instructions != '\0') {
		head(out, color, _("Instructions:"));
		render_text(out, instructions, "  ");
	}
	cJSON_ArrayForEach(entry, json_array(doc, "transcript"))
		show_entry(out, entry, color);
}

/* --- connector show ------------------------------------------------------------------------ */

static void show_raw(struct buf *out, bool color, const char *mark, const char *how, const cJSON *value)
{
	char *text = cJSON_IsString(value) ? xstrdup(value->valuestring) : cJSON_PrintUnformatted(value);
	struct buf line;

	buf_init(&line, 0);
	buf_addf(&line, "%s %s", mark, text != NULL ? text : "");
	paint(out, color, how, buf_text(&line));
	buf_addc(out, '\n');
	buf_release(&line);
	free(text);
}

/* A connector, or one of its tools: what was trusted in the lines with -, what it says now in those with +. */
static void show_connector(struct buf *out, const cJSON *doc, bool color)
{
	static const char *const skip[] = {"log", "definition", NULL};
	const char *log = json_text(doc, "log"), *name = json_text(doc, "name"), *connector = json_text(doc, "connector"), *hash = json_text(doc, "hash");
	const cJSON *m;

	render_fields(out, doc, skip);
	if (json_object(doc, "granted") != NULL && json_object(doc, "granted")->child != NULL)
		show_raw(out, color, _("granted:"), NULL, json_object(doc, "granted"));
	cJSON_ArrayForEach(m, json_array(doc, "changes")) {
		head(out, color, json_text(m, "part"));
		show_raw(out, color, "-", RED, json_member(m, "was"));
		show_raw(out, color, "+", GREEN, json_member(m, "now"));
	}
	if (json_array(doc, "tools") != NULL) {
		head(out, color, _("Tools:"));
		render_table(out, json_array(doc, "tools"), "name effect state", 0);
	}
	if (json_bool(doc, "calls_itself_destructive", false)) {
		buf_addc(out, '\n');
		paint(out, color, RED, _("! Its server calls this tool destructive."));
		buf_addc(out, '\n');
	}
	if (connector != NULL && name != NULL && hash != NULL && strcmp(json_text(doc, "state"), "quarantined") == 0) {
		buf_addc(out, '\n');
		say_addf(out, _("to trust it as it is now: claviger connector release %s %s --hash %s"), connector, name, hash);
		buf_addc(out, '\n');
	}
	if (log != NULL && log[0] != '\0') {
		head(out, color, _("The last it wrote to its log:"));
		render_text(out, log, "  ");
	}
}

/* --- template show ------------------------------------------------------------------------- */

static void show_template(struct buf *out, const cJSON *doc, bool color)
{
	static const char *const skip[] = {"goals", NULL};
	const cJSON *goal;

	render_fields(out, doc, skip);
	head(out, color, _("Team:"));
	render_table(out, json_array(doc, "agents"), "name role tier tasks_per_month=% cap_usd=$ title", 0);
	head(out, color, _("A month of it, as a rough guess, with the models of each vendor:"));
	render_table(out, json_array(doc, "expected_month"), "vendor routine=$ standard=$ top=$ month_usd=$", 0);
	head(out, color, _("Goals to start with:"));
	cJSON_ArrayForEach(goal, json_array(doc, "goals"))
		if (cJSON_IsString(goal))
			render_text(out, goal->valuestring, "  ");
	if (json_array(doc, "schedules") != NULL && json_array(doc, "schedules")->child != NULL) {
		head(out, color, _("Schedules, off until you switch one on:"));
		render_table(out, json_array(doc, "schedules"), "agent when text", 0);
	}
}

/* --- goal report ------------------------------------------------------------------------------ */

static void show_report(struct buf *out, const cJSON *doc, bool color)
{
	const char *report = json_text(doc, "report"), *state = json_text(doc, "state");
	const cJSON *task;

	render_fields(out, doc, (const char *const[]){"report", NULL});
	head(out, color, _("Report:"));
	if (report != NULL)
		render_text(out, report, "  ");
	else
		say_addf(out, _("  none yet: the goal is %s"), state != NULL ? state : "?");
	if (report == NULL)
		buf_addc(out, '\n');
	cJSON_ArrayForEach(task, json_array(doc, "tasks")) {
		const char *title = json_text(task, "title"), *agent = json_text(task, "agent"), *result = json_text(task, "result"), *done = json_text(task, "state");
		struct buf line;
		int64_t id = 0;

		(void)json_int(task, "id", &id);
		buf_init(&line, 0);
		buf_addf(&line, "T%lld %s, %s: %s", (long long)id, done != NULL ? done : "", agent != NULL ? agent : "", title != NULL ? title : "");
		head(out, color, buf_text(&line));
		buf_release(&line);
		if (result != NULL)
			render_text(out, result, "  ");
	}
}

/* --- call list --jsonl ----------------------------------------------------------------------------- */

/* One element a line. */
void show_lines(const struct cli *c, struct buf *out, struct slice json)
{
	struct slice one;

	while (json_each(&json, NULL, &one)) {
		say_add_json(c, out, one);
		buf_addc(out, '\n');
	}
}

/* --- record ------------------------------------------------------------------------------------------- */

static void show_doctor(struct buf *out, const cJSON *doc, bool color)
{
	const cJSON *check;

	if (json_object(doc, "program") != NULL)
		render_fields(out, json_object(doc, "program"), NULL);
	cJSON_ArrayForEach(check, json_array(doc, "checks")) {
		const char *state = json_text(check, "state"), *name = json_text(check, "check"), *text = json_text(check, "text"), *mend = json_text(check, "mend");
		bool is_bad = state != NULL && strcmp(state, "bad") == 0, is_note = state != NULL && strcmp(state, "note") == 0;

		paint(out, color, is_bad ? RED : is_note ? YELLOW : GREEN, is_bad ? _("BAD ") : is_note ? _("note") : _("ok  "));
		say_addf(out, "  %s: %s", name != NULL ? name : "", text != NULL ? text : "");
		buf_addc(out, '\n');
		if (mend != NULL) {
			say_addf(out, _("      to mend it: %s"), mend);
			buf_addc(out, '\n');
		}
	}
}

static void show_watch(struct buf *out, const cJSON *doc, bool color)
{
	const char *text = json_text(doc, "text");

	(void)color;
	say_add(out, text != NULL ? text : "");
	buf_addc(out, '\n');
}

static void show_verify(struct buf *out, const cJSON *doc, bool color)
{
	const char *hash = json_text(doc, "head");
	int64_t n = 0;

	(void)color;
	(void)json_int(doc, "entries", &n);
	if (!json_bool(doc, "ok", false))
		return;	/* what is wrong is said as an error */
	say_addf(out, _("the chain is whole: %lld entries, head %s"), (long long)n, hash != NULL ? hash : "");
	buf_addc(out, '\n');
}

show_fn *show_find(const char *verb_path)
{
	static const struct {
		const char *path;
		show_fn *show;
	} shows[] = {
		{"approval show", show_approval}, {"connector show", show_connector}, {"connector question", show_question}, {"template show", show_template}, {"task show", show_task}, {"goal report", show_report}, {"spend", show_spend}, {"meter", show_meter},
		{"data show", show_data}, {"doctor", show_doctor}, {"watch", show_watch}, {"journal verify", show_verify},
	};

	for (size_t i = 0; i < LENGTH(shows); i++)
		if (strcmp(shows[i].path, verb_path) == 0)
			return shows[i].show;
	return NULL;
}
