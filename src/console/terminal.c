/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/terminal.h"

#include <curses.h>
#include <langinfo.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/memory.h"
#include "base/slice.h"
#include "base/text.h"
#include "console/keymap.h"

#define EXTRAS_ON "\033[?2004h\033[?1004h"
#define EXTRAS_OFF "\033[?2004l\033[?1004l"

struct terminal {
	SCREEN *screen;
	struct grid *sent;
	bool paints_all, is_ascii, has_title;
	attr_t attr[ROLES];
	short pair[ROLES];
	char title[128];
};

/* What terminal_rescue() needs, kept outside of everything. */
static struct termios saved_tty;
static char rescue_bytes[256];
static atomic_int rescue_len;

static int put_rescue(int c)
{
	int n = atomic_load(&rescue_len);

	if (n < (int)sizeof rescue_bytes)
		rescue_bytes[n] = (char)c;
	atomic_store(&rescue_len, n + 1);
	return c;
}

static void note_rescue(void)
{
	static const char *const caps[] = {"sgr0", "cnorm", "rmkx", "rmcup"};
	const char *extras = EXTRAS_OFF;
	size_t i;

	while (*extras != '\0')
		put_rescue(*extras++);
	for (i = 0; i < LENGTH(caps); i++) {
		char *s = tigetstr(caps[i]);

		if (s != NULL && s != (char *)-1)
			tputs(s, 1, put_rescue);
	}
}

void terminal_rescue(void)
{
	int n = atomic_exchange(&rescue_len, 0);
	ssize_t done;

	if (n <= 0)
		return;
	done = write(STDOUT_FILENO, rescue_bytes, n < (int)sizeof rescue_bytes ? (size_t)n : sizeof rescue_bytes);
	(void)done;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &saved_tty);
}

static void fatal(int sig)
{
	terminal_rescue();
	signal(sig, SIG_DFL);
	raise(sig);
}

static int width_of(uint32_t cp)
{
	return wcwidth((wchar_t)cp);
}

static attr_t attrs_of(unsigned look)
{
	return (look & LOOK_BOLD ? A_BOLD : 0) | (look & LOOK_DIM ? A_DIM : 0) | (look & LOOK_REVERSE ? A_REVERSE : 0) | (look & LOOK_UNDERLINE ? A_UNDERLINE : 0);
}

static void use_theme(struct terminal *t, const struct console_options *o, const struct look *looks)
{
	bool mono = o->colour == COLOUR_NEVER || (o->colour == COLOUR_AUTO && getenv("NO_COLOR") != NULL) || (o->theme != NULL && strcmp(o->theme, "mono") == 0) || !has_colors();
	bool few = o->colour == COLOUR_16 || COLORS < 256;
	int i;

	if (!mono) {
		start_color();
		use_default_colors();
	}
	for (i = 0; i < ROLES; i++) {
		short fg = few ? looks[i].fg16 : looks[i].fg256;

		t->attr[i] = attrs_of(mono ? looks[i].mono : few ? looks[i].attrs16 : looks[i].attrs);
		if (mono || fg < 0)
			continue;
		t->pair[i] = (short)(i + 1);
		init_pair(t->pair[i], fg, -1);
	}
}

static void extras(const char *bytes)
{
	fputs(bytes, stdout);
	fflush(stdout);
}

static void set_modes(void)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	idlok(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	set_escdelay(25);
	define_key("\033[200~", 2000);
	define_key("\033[201~", 2001);
	define_key("\033[I", 2002);
	define_key("\033[O", 2003);
	curs_set(0);
}

enum err_code terminal_open(struct terminal **out, const struct console_options *o, struct err *e)
{
	static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	const struct look *looks = theme_find(o->theme);
	struct terminal *t;
	const char *term = getenv("TERM");
	size_t i;

	*out = NULL;
	if (looks == NULL)
		return err_set(e, ERR_USAGE, "no theme of that name; there are default, blind and mono");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &saved_tty) != 0) {
		err_set(e, ERR_IO, "there is no terminal to draw on");
		return err_mend(e, ERR_IO, "use --plain, or a verb such as claviger approval list");
	}
	t = xcalloc(1, sizeof *t);
	t->is_ascii = o->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	text_use_locale(width_of, t->is_ascii);
	t->screen = newterm(NULL, stdout, stdin);
	if (t->screen == NULL) {
		free(t);
		return err_set(e, ERR_IO, "this terminal is not known to ncurses (TERM)");
	}
	set_modes();
	use_theme(t, o, looks);
	note_rescue();
	memory_on_death(terminal_rescue);
	for (i = 0; i < LENGTH(deadly); i++)
		signal(deadly[i], fatal);
	t->has_title = !o->no_title && term != NULL && (strncmp(term, "xterm", 5) == 0 || strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0);
	if (t->has_title)
		extras("\033[22;2t");
	extras(EXTRAS_ON);
	t->paints_all = true;
	*out = t;
	return ERR_OK;
}

void terminal_close(struct terminal *t)
{
	if (t == NULL)
		return;
	if (t->has_title)
		extras("\033[23;2t");
	extras(EXTRAS_OFF);
	curs_set(1);
	endwin();
	atomic_store(&rescue_len, 0);
	memory_on_death(NULL);
	delscreen(t->screen);
	grid_free(t->sent);
	free(t);
}

bool terminal_is_ascii(const struct terminal *t)
{
	return t->is_ascii;
}

void terminal_size(int *cols, int *rows)
{
	struct winsize w;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0) {
		*cols = w.ws_col;
		*rows = w.ws_row;
	} else {
		*cols = COLS;
		*rows = LINES;
	}
}

static void put_cell(const struct terminal *t, int row, int col, const struct cell *c)
{
	attr_set(t->attr[c->role], t->pair[c->role], NULL);
	mvaddnstr(row, col, c->text, -1);
}

void terminal_send(struct terminal *t, const struct grid *g)
{
	bool all = t->paints_all || t->sent == NULL || t->sent->cols != g->cols || t->sent->rows != g->rows;
	int row, col;

	if (all) {
		grid_free(t->sent);
		t->sent = grid_new(g->cols, g->rows, g->ascii);
		if (t->paints_all)
			clear();
	}
	for (row = 0; row < g->rows; row++)
		for (col = 0; col < g->cols; col++) {
			const struct cell *c = grid_at(g, row, col);

			if (c->cols == 0 || (!all && memcmp(c, grid_at(t->sent, row, col), sizeof *c) == 0))
				continue;
			put_cell(t, row, col, c);
		}
	memcpy(t->sent->v, g->v, (size_t)g->cols * (size_t)g->rows * sizeof *g->v);
	if ((g->cursor_row >= 0) != (t->sent->cursor_row >= 0) || all)
		curs_set(g->cursor_row >= 0 ? 1 : 0);
	t->sent->cursor_row = g->cursor_row;
	t->sent->cursor_col = g->cursor_col;
	leaveok(stdscr, g->cursor_row < 0);
	if (g->cursor_row >= 0)
		move(g->cursor_row, g->cursor_col);
	t->paints_all = false;
	refresh();
}

void terminal_repaint(struct terminal *t)
{
	t->paints_all = true;
}

void terminal_resized(struct terminal *t)
{
	int cols, rows;

	terminal_size(&cols, &rows);
	resizeterm(rows, cols);
	t->paints_all = true;
}

void terminal_bell(void)
{
	extras("\a");
}

void terminal_title(struct terminal *t, const char *title)
{
	struct buf b;

	if (!t->has_title || strcmp(t->title, title) == 0)
		return;
	snprintf(t->title, sizeof t->title, "%s", title);
	buf_init(&b, 0);
	buf_adds(&b, "\033]2;");
	text_line_for_terminal(slice_of(title), &b);
	buf_adds(&b, "\007");
	extras(buf_text(&b));
	buf_release(&b);
}

static const struct { int curses, key; } keys[] = {
	{KEY_UP, K_UP}, {KEY_DOWN, K_DOWN}, {KEY_LEFT, K_LEFT}, {KEY_RIGHT, K_RIGHT}, {KEY_HOME, K_HOME}, {KEY_END, K_END}, {KEY_PPAGE, K_PGUP}, {KEY_NPAGE, K_PGDN},
	{KEY_DC, K_DELETE}, {KEY_BTAB, K_BACKTAB}, {KEY_BACKSPACE, K_BACKSPACE}, {KEY_ENTER, K_ENTER}, {KEY_RESIZE, K_RESIZE}, {KEY_MOUSE, K_MOUSE},
	{2000, K_PASTE_BEGIN}, {2001, K_PASTE_END}, {2002, K_FOCUS_IN}, {2003, K_FOCUS_OUT},
};

int terminal_key(struct terminal *t)
{
	wint_t wc = 0;
	int got = get_wch(&wc);
	size_t i;

	(void)t;
	if (got == ERR)
		return K_NONE;
	if (got != KEY_CODE_YES)
		return wc == 0 ? K_OTHER : (int)wc;
	for (i = 0; i < LENGTH(keys); i++)
		if (keys[i].curses == (int)wc)
			return keys[i].key;
	return K_OTHER;
}

void terminal_flush_input(void)
{
	flushinp();
}

void terminal_leave(struct terminal *t)
{
	(void)t;
	extras(EXTRAS_OFF);
	curs_set(1);
	endwin();
}

void terminal_return(struct terminal *t)
{
	t->paints_all = true;
	refresh();
	curs_set(0);
	extras(EXTRAS_ON);
}
