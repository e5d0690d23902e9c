/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Single words as values: ids, names, amounts, times, hashes. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/slice.h"
#include "model/move.h"
#include "money/pico.h"

enum err_code verb_id(const struct verb_words *w, int n, char letter, int64_t *out, struct err *e)
{
	*out = n < w->words ? id_parse(letter, w->word[n]) : 0;
	if (*out > 0)
		return ERR_OK;
	err_set(e, ERR_USAGE, "'%.40s' is no id here", n < w->words ? w->word[n] : "");
	return err_mend(e, ERR_USAGE, "write a number, with or without %c before it", letter);
}

enum err_code verb_copy(char *out, size_t room, const char *what, const char *value, struct err *e)
{
	size_t n = strlen(value);

	if (n == 0 || n >= room) {
		err_set(e, ERR_USAGE, n == 0 ? "%s is empty" : "%s is too long", what);
		return err_mend(e, ERR_USAGE, "give it 1 to %zu bytes", room - 1);
	}
	memcpy(out, value, n + 1);
	return ERR_OK;
}

enum err_code verb_optional(const struct verb_words *w, const char *option, char *out, size_t room, struct err *e)
{
	const char *value = verb_value(w, option);

	return value != NULL ? verb_copy(out, room, option, value, e) : ERR_OK;
}

enum err_code verb_money(const char *option, const char *value, int64_t *out_pd, struct err *e)
{
	enum err_code code = pico_parse(slice_of(value), out_pd, e);

	if (code == ERR_OK && *out_pd < 0)
		code = err_set(e, ERR_USAGE, "it is below zero");
	if (code == ERR_OK)
		return ERR_OK;
	err_context(e, "%s", option);
	return err_mend(e, ERR_USAGE, "write dollars, such as 5 or 0.25");
}

enum err_code verb_time(const char *option, const char *value, int64_t *out_us, struct err *e)
{
	static const struct { char unit; int64_t us; } units[] = {{'m', 60 * US_PER_S}, {'h', 3600 * US_PER_S}, {'d', US_PER_DAY}};
	char *end;
	long long n;

	if (strcmp(value, "today") == 0) {
		*out_us = clock_day_start(clock_now_us());
		return ERR_OK;
	}
	if (date_parse(value, out_us))
		return ERR_OK;
	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno == 0 && end != value && *end != '\0' && end[1] == '\0' && n > 0 && n < 100000)
		for (size_t i = 0; i < LENGTH(units); i++)
			if (*end == units[i].unit) {
				*out_us = clock_now_us() - n * units[i].us;
				return ERR_OK;
			}
	err_set(e, ERR_USAGE, "%s: '%.40s' is no time", option, value);
	return err_mend(e, ERR_USAGE, "write 2026-11-23, 2026-11-23T09:00:00Z, today, 12h or 7d");
}

enum err_code verb_hash(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *text = verb_value(w, "--hash");

	op->has_hash = text != NULL;
	if (text == NULL || hash_from_text(&op->hash, text))
		return ERR_OK;
	err_set(e, ERR_USAGE, "--hash is no SHA-256");
	return err_mend(e, ERR_USAGE, "copy the whole of it from `claviger approval show`: sha256: and 64 hex digits");
}

enum err_code verb_ca_file(const struct verb_words *w, char **whole, struct err *e)
{
	const char *file = verb_value(w, "--ca-file");

	*whole = NULL;
	if (file == NULL)
		return ERR_OK;
	*whole = realpath(file, NULL);
	if (*whole != NULL)
		return ERR_OK;
	err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_USAGE, "the file '%.120s' cannot be used", file);
	return err_mend(e, ERR_USAGE, "give --ca-file a file of certificates in PEM");
}

enum err_code verb_put_ca_file(struct json_out *j, const struct verb_words *w, struct err *e)
{
	char *whole = NULL;
	enum err_code code = verb_ca_file(w, &whole, e);

	if (whole != NULL)
		json_put_text(j, "ca_file", whole);
	free(whole);
	return code;
}
