/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit_status;
} codes[ERR_CODES] = {
	[ERR_OK] = {"ok", 0},
	[ERR_MEMORY] = {"memory", 1},
	[ERR_IO] = {"io", 1},
	[ERR_NET] = {"net", 7},
	[ERR_PROTO] = {"protocol", 1},
	[ERR_AUTH] = {"auth", 3},
	[ERR_LOCKED] = {"locked", 3},
	[ERR_LIMIT] = {"limit", 1},
	[ERR_MISSING] = {"missing", 4},
	[ERR_CONFLICT] = {"conflict", 5},
	[ERR_REFUSED] = {"refused", 6},
	[ERR_USAGE] = {"usage", 2},
	[ERR_CANCELLED] = {"cancelled", 1},
	[ERR_ILLEGAL] = {"illegal", 5},
};

static PRINTF_LIKE(4, 0) void fill(struct err *e, enum err_code code, int sys, const char *fmt, va_list ap)
{
	size_t used;

	e->code = code;
	e->sys = sys;
	e->mend[0] = '\0';
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	used = strlen(e->text);
	if (sys != 0 && used + 2 < sizeof e->text) {
		char words[96];

		/* the GNU form: it may or may not use the buffer */
		snprintf(e->text + used, sizeof e->text - used, ": %s", strerror_r(sys, words, sizeof words));
	}
}

enum err_code err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e != NULL) {
		va_start(ap, fmt);
		fill(e, code, 0, fmt, ap);
		va_end(ap);
	}
	return code;
}

enum err_code err_sys(struct err *e, enum err_code code, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;

	if (e != NULL) {
		va_start(ap, fmt);
		fill(e, code, sys, fmt, ap);
		va_end(ap);
	}
	return code;
}

enum err_code err_mend(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (e != NULL) {
		va_start(ap, fmt);
		vsnprintf(e->mend, sizeof e->mend, fmt, ap);
		va_end(ap);
	}
	return code;
}

void err_context(struct err *e, const char *fmt, ...)
{
	char before[sizeof e->text];
	char whole[sizeof e->text];
	va_list ap;

	if (e == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(before, sizeof before, fmt, ap);
	va_end(ap);
	snprintf(whole, sizeof whole, "%.120s: %.130s", before, e->text);
	memcpy(e->text, whole, sizeof whole);
}

void err_clear(struct err *e)
{
	if (e != NULL)
		memset(e, 0, sizeof *e);
}

const char *err_name(enum err_code code)
{
	return (unsigned)code < ERR_CODES ? codes[code].name : "unknown";
}

int err_exit(enum err_code code)
{
	return (unsigned)code < ERR_CODES ? codes[code].exit_status : 1;
}
