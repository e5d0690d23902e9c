/* SPDX-License-Identifier: GPL-3.0-or-later */
/* role.h - what a piece of text is; a theme says how that looks. Colour is never
 * the only carrier: a word or a sign stands beside it. */
#ifndef CONSOLE_ROLE_H
#define CONSOLE_ROLE_H

enum role {
	ROLE_NORMAL, ROLE_DIM, ROLE_BORDER, ROLE_FOCUS, ROLE_TITLE, ROLE_SELECTED, ROLE_MARKED, ROLE_WAITING, ROLE_RUNNING, ROLE_DONE, ROLE_FAILED,
	ROLE_ADD, ROLE_DEL, ROLE_HUNK, ROLE_CAP_OK, ROLE_CAP_NEAR, ROLE_CAP_OVER, ROLE_REMOVED, ROLE_HINT, ROLE_KEY, ROLE_HEAD, ROLE_PERSON,
	ROLE_AGENT, ROLE_TOOL, ROLE_FIELD, ROLES
};

enum { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

/* How a role looks: foreground of 256 and of 16 colours (-1: the terminal's own)
 * and attributes, with colour and without. Backgrounds are never touched. */
struct look {
	short fg256, fg16;
	unsigned char attrs, attrs16, mono;
};

/* NULL if there is no theme of that name. NULL for name is the default. */
const struct look *theme_find(const char *name);

#endif
