/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - what every record shares: sizes of short texts. Longer texts are
 * heap strings owned by the record; NOUN_release() frees them. Times are
 * microseconds UTC, 0 for "never"; money is pico-dollars. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#define NAME_MAX_BYTES 64	/* agents, connectors, tools, labels; with the NUL */
#define TITLE_MAX_BYTES 256	/* one-line texts; with the NUL */
#define MODEL_ID_BYTES 128

#endif
