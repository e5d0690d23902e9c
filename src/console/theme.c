/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/role.h"

#include <stddef.h>
#include <string.h>

#include "base/slice.h"

/* Middle tones, so that they read on dark and on light backgrounds. */
static const struct look default_theme[ROLES] = {
	[ROLE_NORMAL] = {-1, -1, 0, 0, 0},
	[ROLE_DIM] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_BORDER] = {240, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FOCUS] = {67, 4, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_TITLE] = {-1, -1, 0, 0, 0},
	[ROLE_SELECTED] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_MARKED] = {67, 6, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_WAITING] = {172, 3, 0, 0, LOOK_BOLD},
	[ROLE_RUNNING] = {67, 6, 0, 0, 0},
	[ROLE_DONE] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FAILED] = {167, 1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_ADD] = {71, 2, 0, 0, 0},
	[ROLE_DEL] = {167, 1, 0, 0, 0},
	[ROLE_HUNK] = {67, 6, 0, 0, LOOK_DIM},
	[ROLE_CAP_OK] = {71, 2, 0, 0, 0},
	[ROLE_CAP_NEAR] = {172, 3, 0, 0, LOOK_BOLD},
	[ROLE_CAP_OVER] = {167, 1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_REMOVED] = {170, 5, LOOK_BOLD, LOOK_BOLD, LOOK_REVERSE},
	[ROLE_HINT] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_KEY] = {67, 6, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_HEAD] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_PERSON] = {67, 6, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_AGENT] = {-1, -1, 0, 0, 0},
	[ROLE_TOOL] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FIELD] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
};

/* Green and red give way to blue and orange. */
static const struct look blind_theme[ROLES] = {
	[ROLE_NORMAL] = {-1, -1, 0, 0, 0},
	[ROLE_DIM] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_BORDER] = {240, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FOCUS] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_TITLE] = {-1, -1, 0, 0, 0},
	[ROLE_SELECTED] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_MARKED] = {-1, -1, LOOK_BOLD | LOOK_UNDERLINE, LOOK_BOLD, LOOK_BOLD},
	[ROLE_WAITING] = {178, 3, 0, 0, LOOK_BOLD},
	[ROLE_RUNNING] = {32, 4, 0, 0, 0},
	[ROLE_DONE] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FAILED] = {166, 3, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_ADD] = {32, 4, 0, 0, 0},
	[ROLE_DEL] = {166, 3, 0, 0, 0},
	[ROLE_HUNK] = {244, -1, 0, 0, LOOK_DIM},
	[ROLE_CAP_OK] = {32, 4, 0, 0, 0},
	[ROLE_CAP_NEAR] = {178, 3, 0, 0, LOOK_BOLD},
	[ROLE_CAP_OVER] = {166, 3, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_REMOVED] = {166, 3, LOOK_REVERSE, LOOK_REVERSE, LOOK_REVERSE},
	[ROLE_HINT] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_KEY] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_HEAD] = {-1, -1, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_PERSON] = {32, 4, LOOK_BOLD, LOOK_BOLD, LOOK_BOLD},
	[ROLE_AGENT] = {-1, -1, 0, 0, 0},
	[ROLE_TOOL] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
	[ROLE_FIELD] = {244, -1, 0, LOOK_DIM, LOOK_DIM},
};

static const struct { const char *name; const struct look *looks; } themes[] = {
	{"default", default_theme},
	{"blind", blind_theme},
	{"mono", default_theme},	/* the same, drawn without colour */
};

const struct look *theme_find(const char *name)
{
	size_t i;

	if (name == NULL)
		return default_theme;
	for (i = 0; i < LENGTH(themes); i++)
		if (strcmp(themes[i].name, name) == 0)
			return themes[i].looks;
	return NULL;
}
