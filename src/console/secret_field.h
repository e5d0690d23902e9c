/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret_field.h - a masked field: raw terminal bytes in, a secret out. While it
 * has the focus the console reads the terminal with read(2) into locked memory
 * and feeds the bytes here, past ncurses. Never shows a character: only a length
 * and the vendor that the first characters point to.
 *
 * Memory  the value and the read buffer are struct secret; both are wiped. */
#ifndef CONSOLE_SECRET_FIELD_H
#define CONSOLE_SECRET_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"

#define SECRET_PASTE_LIMIT_US (2 * INT64_C(1000000))	/* for the end marker of a paste */
#define SECRET_ESC_US INT64_C(50000)			/* Escape alone, or the start of a sequence? */
#define SECRET_READ 512

enum secret_fault { SECRET_FINE, SECRET_EMPTY, SECRET_BLANKS, SECRET_CONTROL, SECRET_TOO_LONG, SECRET_NO_MEMORY };
enum secret_event { SECRET_NOTHING, SECRET_CHANGED, SECRET_SUBMIT, SECRET_CANCEL, SECRET_NEXT, SECRET_PREV };

struct secret_field {
	struct secret *value;	/* NULL: no locked memory */
	struct secret *input;	/* where the terminal is read into */
	bool allows_blanks;	/* a passphrase may hold them; a key may not */
	bool is_overfull, has_control;
	bool in_paste;
	int64_t paste_us, esc_us;	/* 0: not in one */
	char seq[8];		/* of an escape sequence, never of the value */
	int seq_n;
};

void secret_field_init(struct secret_field *s, bool allows_blanks);
void secret_field_release(struct secret_field *s);
void secret_field_clear(struct secret_field *s);

/* Feed n bytes; they are wiped. Stops at the first event that leaves the field:
 * what follows it is dropped. */
enum secret_event secret_field_feed(struct secret_field *s, char *bytes, size_t n, int64_t now_us);
/* Time passes: a lone Escape, or a paste whose end never came. */
enum secret_event secret_field_tick(struct secret_field *s, int64_t now_us);
int64_t secret_field_wake_us(const struct secret_field *s);	/* when to tick; 0: never */

size_t secret_field_len(const struct secret_field *s);
/* Trim the ends and say whether it may be used. */
enum secret_fault secret_field_check(struct secret_field *s);
/* Move the value out; the field is empty after. */
struct secret *secret_field_take(struct secret_field *s);
/* "anthropic", "openai", "bedrock" by its first characters; NULL: no idea. */
const char *secret_vendor(const struct secret *s);

#endif
