/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk_private.h - what the files of this room share and the faces do not see.
 *
 * Owns    nothing: what is returned belongs to the desk and lives as long.
 * Thread  the face's. */
#ifndef DESK_DESK_PRIVATE_H
#define DESK_DESK_PRIVATE_H

#include "desk/desk.h"

struct book;
struct store;

/* The face's own read-only connection. */
struct store *desk_store(struct desk *d);
/* Prices: the built-in file and the overlays of the home. */
const struct book *desk_book(struct desk *d);

#endif
