/* SPDX-License-Identifier: GPL-3.0-or-later */
/* i18n.h - words for people: used in the faces and main.c only. */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(s) gettext(s)
#define N_(s) (s)

#endif
