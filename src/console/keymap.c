/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/keymap.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/slice.h"
#include "base/utf8.h"

/* The footer shows labels in this order. */
static const struct binding defaults[] = {
	{PLACE_TASKS, 'a', ACT_NEW, "new", N_("new goal"), N_("give the office a new goal")},
	{PLACE_TASKS, 'x', ACT_CANCEL, "cancel", N_("stop"), N_("stop the task, or all that is marked (asks; then y)")},
	{PLACE_TASKS, 'r', ACT_RETRY, "retry", N_("retry"), N_("try a failed task again, or all that is marked")},
	{PLACE_TASKS, 'p', ACT_PAUSE, "pause", N_("pause"), N_("pause the task, or let it go on; or all that is marked")},
	{PLACE_TASKS, 's', ACT_SAY, "say", N_("speak"), N_("speak to the agent, or answer its question")},
	{PLACE_TASKS, '|', ACT_PAGER, "pager", NULL, N_("show the task in $PAGER")},
	{PLACE_TRANSCRIPT, 's', ACT_SAY, "say", N_("speak"), N_("speak to the agent, or answer its question")},
	{PLACE_TRANSCRIPT, '|', ACT_PAGER, "pager", N_("pager"), N_("show it in $PAGER")},
	{PLACE_APPROVALS, 'y', ACT_APPROVE, "approve", N_("approve"), N_("approve what has been shown whole; else show it")},
	{PLACE_APPROVALS, 'n', ACT_REJECT, "reject", N_("reject"), N_("reject it with a reason; it is not proposed again")},
	{PLACE_APPROVALS, 'c', ACT_CHANGES, "changes", N_("changes"), N_("ask for changes: its agent proposes a new version")},
	{PLACE_APPROVALS, 'e', ACT_EDIT, "edit", N_("edit"), N_("edit it first, in $EDITOR: a new version to look at")},
	{PLACE_APPROVALS, 'Y', ACT_RULE, "rule", N_("rule"), N_("make a standing rule for actions like it (asks how far)")},
	{PLACE_APPROVALS, 's', ACT_LATER, "later", N_("later"), N_("leave it for later; waiting is no answer")},
	{PLACE_APPROVALS, 'i', ACT_RAW, "raw", N_("raw"), N_("show the exact bytes")},
	{PLACE_APPROVALS, 'z', ACT_UNDO, "undo", N_("take back"), N_("take an approval back before it fires")},
	{PLACE_APPROVALS, 'w', ACT_SETTLE, "settle", N_("what became of it"), N_("say what became of one that is UNKNOWN: it happened, or not")},
	{PLACE_METER, K_ENTER, ACT_OPEN, "open", N_("calls"), N_("show the calls behind it")},
	{PLACE_METER, '[', ACT_PERIOD_PREV, "period_prev", N_("period"), N_("a shorter period: today, month, all")},
	{PLACE_METER, ']', ACT_PERIOD_NEXT, "period_next", NULL, N_("a longer period")},
	{PLACE_METER, 'b', ACT_GROUP, "group", N_("group by"), N_("group by vendor, key, model, agent, goal or task")},
	{PLACE_METER, 'C', ACT_CAPS, "caps", N_("caps"), N_("show the caps")},
	{PLACE_METER, 'E', ACT_EXPORT, "export", N_("export"), N_("the spending of this period as a table, to hand on")},
	{PLACE_METER, 'j', ACT_DOWN, "down", NULL, N_("a row down, where there are more than fit")},
	{PLACE_METER, K_DOWN, ACT_DOWN, "down", NULL, NULL},
	{PLACE_METER, 'k', ACT_UP, "up", NULL, N_("a row up")},
	{PLACE_METER, K_UP, ACT_UP, "up", NULL, NULL},
	{PLACE_METER, 'g', ACT_TOP, "top", NULL, N_("to the dearest")},
	{PLACE_METER, 'G', ACT_BOTTOM, "bottom", NULL, N_("to the last")},
	{PLACE_KEYS, 'a', ACT_ADD, "add", N_("add"), N_("paste a vendor key")},
	{PLACE_KEYS, 'r', ACT_ROTATE, "rotate", N_("rotate"), N_("replace the key by a new one")},
	{PLACE_KEYS, 't', ACT_TEST, "test", N_("test"), N_("test the key (a free call)")},
	{PLACE_KEYS, 'd', ACT_RETIRE, "retire", N_("retire"), N_("retire the key (type its label)")},

	{PLACE_LIST, K_ENTER, ACT_OPEN, "open", N_("open"), N_("open it in full")},
	{PLACE_LIST, 'j', ACT_DOWN, "down", NULL, N_("down")},
	{PLACE_LIST, K_DOWN, ACT_DOWN, "down", NULL, NULL},
	{PLACE_LIST, 'k', ACT_UP, "up", NULL, N_("up")},
	{PLACE_LIST, K_UP, ACT_UP, "up", NULL, NULL},
	{PLACE_LIST, 'g', ACT_TOP, "top", NULL, N_("to the first")},
	{PLACE_LIST, K_HOME, ACT_TOP, "top", NULL, NULL},
	{PLACE_LIST, 'G', ACT_BOTTOM, "bottom", NULL, N_("to the last")},
	{PLACE_LIST, K_END, ACT_BOTTOM, "bottom", NULL, NULL},
	{PLACE_LIST, K_CTRL('d'), ACT_PAGE_DOWN, "page_down", NULL, N_("a page down")},
	{PLACE_LIST, K_PGDN, ACT_PAGE_DOWN, "page_down", NULL, NULL},
	{PLACE_LIST, K_CTRL('u'), ACT_PAGE_UP, "page_up", NULL, N_("a page up")},
	{PLACE_LIST, K_PGUP, ACT_PAGE_UP, "page_up", NULL, NULL},
	{PLACE_LIST, '/', ACT_FILTER, "filter", N_("filter"), N_("show only what holds these words")},
	{PLACE_LIST, K_SPACE, ACT_MARK, "mark", NULL, N_("mark it, to act on several")},
	{PLACE_LIST, 'v', ACT_RANGE, "range", NULL, N_("mark from the last mark to here")},
	{PLACE_LIST, K_ESC, ACT_CLEAR, "clear", NULL, N_("clear filter and marks")},

	{PLACE_VIEW, 'j', ACT_DOWN, "down", NULL, N_("down")},
	{PLACE_VIEW, K_DOWN, ACT_DOWN, "down", NULL, NULL},
	{PLACE_VIEW, 'k', ACT_UP, "up", NULL, N_("up")},
	{PLACE_VIEW, K_UP, ACT_UP, "up", NULL, NULL},
	{PLACE_VIEW, 'g', ACT_TOP, "top", NULL, N_("to the start")},
	{PLACE_VIEW, K_HOME, ACT_TOP, "top", NULL, NULL},
	{PLACE_VIEW, 'G', ACT_BOTTOM, "bottom", NULL, N_("to the end")},
	{PLACE_VIEW, K_END, ACT_BOTTOM, "bottom", NULL, NULL},
	{PLACE_VIEW, K_CTRL('d'), ACT_PAGE_DOWN, "page_down", NULL, N_("a page down")},
	{PLACE_VIEW, K_SPACE, ACT_PAGE_DOWN, "page_down", N_("page"), NULL},
	{PLACE_VIEW, K_PGDN, ACT_PAGE_DOWN, "page_down", NULL, NULL},
	{PLACE_VIEW, K_CTRL('u'), ACT_PAGE_UP, "page_up", NULL, N_("a page up")},
	{PLACE_VIEW, K_PGUP, ACT_PAGE_UP, "page_up", NULL, NULL},
	{PLACE_VIEW, '/', ACT_FILTER, "find", N_("find"), N_("find words in it")},
	{PLACE_VIEW, K_ESC, ACT_BACK, "back", N_("back"), N_("back")},

	{PLACE_ALL, 'u', ACT_UNLOCK, "unlock", NULL, N_("unlock with the passphrase")},
	{PLACE_ALL, 'Q', ACT_ANSWER, "answer", NULL, N_("answer what a connector's server asks")},
	{PLACE_ALL, 'R', ACT_REPORT, "report", NULL, N_("read what came of the goal that ended last")},
	{PLACE_ALL, K_TAB, ACT_NEXT_PANE, "next_pane", N_("pane"), N_("next pane")},
	{PLACE_ALL, K_BACKTAB, ACT_PREV_PANE, "prev_pane", NULL, N_("previous pane")},
	{PLACE_ALL, '1', ACT_PANE_1, "pane_1", NULL, N_("Tasks")},
	{PLACE_ALL, '2', ACT_PANE_2, "pane_2", NULL, N_("Approvals")},
	{PLACE_ALL, '3', ACT_PANE_3, "pane_3", NULL, N_("Meter")},
	{PLACE_ALL, '4', ACT_PANE_4, "pane_4", NULL, N_("Keys")},
	{PLACE_ALL, '5', ACT_PANE_5, "pane_5", NULL, N_("Log")},
	{PLACE_ALL, '+', ACT_FILL, "fill", NULL, N_("let the pane fill the screen, and back")},
	{PLACE_ALL, ':', ACT_COMMAND, "command", N_("command"), N_("type any verb of the command line")},
	{PLACE_ALL, K_CTRL('l'), ACT_REPAINT, "repaint", NULL, N_("paint everything again")},
	{PLACE_ALL, K_CTRL('z'), ACT_SUSPEND, "suspend", NULL, N_("suspend; stops sending, books, then stops")},
	{PLACE_ALL, 'L', ACT_LOCK, "lock", NULL, N_("lock the screen")},
	{PLACE_ALL, '!', ACT_PANIC, "panic", NULL, N_("then p: stop all calls, freeze the queue, lock the keys")},
	{PLACE_ALL, K_CTRL('c'), ACT_STOP, "stop", NULL, N_("give up what is being waited for")},
	{PLACE_ALL, '?', ACT_HELP, "help", N_("help"), N_("all keys of this pane")},
	{PLACE_ALL, 'q', ACT_QUIT, "quit", N_("quit"), N_("back, or quit")},
};

static const char *const place_names[PLACES] = {"all", "list", "tasks", "approvals", "meter", "keys", "log", "view", "transcript"};
static const char *const place_titles[PLACES] = {N_("Everywhere"), N_("In lists"), N_("Tasks"), N_("Approvals"), N_("Meter"), N_("Keys"), N_("Log"),
	N_("In full views"), N_("Transcript")};

/* Sets of places that are in force together somewhere. */
static const unsigned together[] = {
	IN(PLACE_ALL) | IN(PLACE_LIST) | IN(PLACE_TASKS), IN(PLACE_ALL) | IN(PLACE_LIST) | IN(PLACE_APPROVALS), IN(PLACE_ALL) | IN(PLACE_METER),
	IN(PLACE_ALL) | IN(PLACE_LIST) | IN(PLACE_KEYS), IN(PLACE_ALL) | IN(PLACE_LIST) | IN(PLACE_LOG), IN(PLACE_ALL) | IN(PLACE_VIEW) | IN(PLACE_APPROVALS),
	IN(PLACE_ALL) | IN(PLACE_VIEW) | IN(PLACE_TRANSCRIPT),
};

void keymap_default(struct keymap *m)
{
	_Static_assert(sizeof defaults / sizeof *defaults <= BINDINGS_MAX, "keymap too small");
	memcpy(m->v, defaults, sizeof defaults);
	m->n = (int)LENGTH(defaults);
}

const char *place_name(enum place p)
{
	return place_names[p];
}

const char *place_title(enum place p)
{
	return _(place_titles[p]);
}

static const struct { int key; const char *name; } named[] = {
	{K_TAB, "Tab"}, {K_ENTER, "Enter"}, {K_ESC, "Esc"}, {K_SPACE, "Space"}, {K_BACKSPACE, "Backspace"}, {K_UP, "Up"}, {K_DOWN, "Down"}, {K_LEFT, "Left"},
	{K_RIGHT, "Right"}, {K_HOME, "Home"}, {K_END, "End"}, {K_PGUP, "PgUp"}, {K_PGDN, "PgDn"}, {K_DELETE, "Delete"}, {K_BACKTAB, "S-Tab"},
};

void keymap_name(int key, char out[16])
{
	char utf8[5] = "";
	size_t i;

	for (i = 0; i < LENGTH(named); i++)
		if (named[i].key == key) {
			snprintf(out, 16, "%s", named[i].name);
			return;
		}
	if (key > 0 && key < 32)
		snprintf(out, 16, "C-%c", key + 'a' - 1);
	else if (key > 32 && key < 0x110000 && utf8_encode((uint32_t)key, utf8) > 0)
		snprintf(out, 16, "%s", utf8);
	else
		snprintf(out, 16, "?");
}

int key_parse(const char *name)
{
	uint32_t cp;
	size_t i, len = strlen(name);

	for (i = 0; i < LENGTH(named); i++)
		if (strcmp(named[i].name, name) == 0)
			return named[i].key;
	if (len == 3 && name[0] == 'C' && name[1] == '-' && name[2] >= 'a' && name[2] <= 'z')
		return K_CTRL(name[2]);
	if (len > 0 && utf8_decode(slice_of(name), &cp) == len && cp > 32 && cp != 127)
		return (int)cp;
	return K_NONE;
}

enum err_code keymap_bind(struct keymap *m, const char *setting, struct err *e)
{
	char place[32], action[32];
	const char *eq = strchr(setting, '='), *dot = strchr(setting, '.');
	int p, i, key;

	if (eq == NULL || dot == NULL || dot > eq || dot - setting >= (int)sizeof place || eq - dot > (int)sizeof action)
		return err_set(e, ERR_USAGE, "a key is bound as place.action=key, like approvals.later=l");
	snprintf(place, sizeof place, "%.*s", (int)(dot - setting), setting);
	snprintf(action, sizeof action, "%.*s", (int)(eq - dot - 1), dot + 1);
	key = key_parse(eq + 1);
	if (key == K_NONE)
		return err_set(e, ERR_USAGE, "no such key for %s.%s", place, action);
	for (p = 0; p < PLACES && strcmp(place_names[p], place) != 0; p++)
		;
	for (i = 0; i < m->n; i++)
		if ((int)m->v[i].place == p && strcmp(m->v[i].name, action) == 0) {
			m->v[i].key = key;
			return ERR_OK;
		}
	return err_set(e, ERR_USAGE, "no such action: %s.%s", place, action);
}

static enum err_code check_pair(const struct binding *a, const struct binding *b, struct err *e)
{
	char name[16];

	if (a->key != b->key || (a->place == b->place && a->action == b->action))
		return ERR_OK;
	keymap_name(a->key, name);
	return err_set(e, ERR_USAGE, "the key %s is bound twice: %s.%s and %s.%s", name, place_names[a->place], a->name, place_names[b->place], b->name);
}

static bool has_key(const struct keymap *m, unsigned places, enum action a)
{
	int key = keymap_key(m, places, a);

	return key != K_NONE && keymap_find(m, places, key) == a;
}

enum err_code keymap_check(const struct keymap *m, struct err *e)
{
	enum err_code code;
	size_t t;
	int i, k;

	for (t = 0; t < LENGTH(together); t++)
		for (i = 0; i < m->n; i++)
			for (k = i + 1; k < m->n; k++)
				if ((IN(m->v[i].place) & together[t]) && (IN(m->v[k].place) & together[t])) {
					code = check_pair(&m->v[i], &m->v[k], e);
					if (code != ERR_OK)
						return code;
				}
	for (i = 0; i < m->n; i++)
		if (m->v[i].key >= '0' && m->v[i].key <= '9' && m->v[i].action == ACT_APPROVE)
			return err_set(e, ERR_USAGE, "approvals.approve may not be a digit: digits choose panes");
	for (i = 0; i < m->n; i++)
		if (m->v[i].action == ACT_APPROVE && (m->v[i].key == K_ENTER || m->v[i].key == K_SPACE))
			return err_set(e, ERR_USAGE, "Enter and Space never decide: approvals.approve needs another key");
	for (t = 0; t < LENGTH(together); t++)
		if (!has_key(m, together[t], ACT_QUIT))
			return err_set(e, ERR_USAGE, "the keymap leaves no way out: all.quit has no key");
	if (!has_key(m, IN(PLACE_ALL) | IN(PLACE_VIEW), ACT_BACK) && !has_key(m, IN(PLACE_ALL) | IN(PLACE_VIEW), ACT_QUIT))
		return err_set(e, ERR_USAGE, "the keymap leaves no way out: view.back has no key");
	return ERR_OK;
}

enum action keymap_find(const struct keymap *m, unsigned places, int key)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].key == key && (IN(m->v[i].place) & places))
			return m->v[i].action;
	return ACT_NONE;
}

int keymap_key(const struct keymap *m, unsigned places, enum action a)
{
	int i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].action == a && (IN(m->v[i].place) & places))
			return m->v[i].key;
	return K_NONE;
}
