/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/bedrock_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

static bool is_prefix(const char *word, size_t n)
{
	static const char *const known[] = {"global", "us", "eu", "au", "jp", "apac", "us-gov", "in"};
	size_t i;

	for (i = 0; i < LENGTH(known); i++)
		if (slice_is(slice_make(word, n), known[i]))
			return true;
	return false;
}

static bool take(char *to, size_t room, const char *from, size_t n)
{
	if (n == 0 || n >= room)
		return false;
	memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

/* Cut "-v1:0", "-v1", then "-20251001". */
static void cut_version(char *model)
{
	char *v = strstr(model, "-v"), *dash;

	if (v != NULL && v[2] >= '0' && v[2] <= '9' && v[2 + strspn(v + 2, "0123456789:")] == '\0')
		*v = '\0';
	dash = strrchr(model, '-');
	if (dash != NULL && strlen(dash + 1) == 8 && strspn(dash + 1, "0123456789") == 8)
		*dash = '\0';
}

bool bedrock_id_read(const char *id, struct bedrock_id *out)
{
	const char *dot;

	*out = (struct bedrock_id){.prefix = ""};
	if (strncmp(id, "arn:aws", 7) == 0)
		id = strrchr(id, '/') != NULL ? strrchr(id, '/') + 1 : "";
	dot = strchr(id, '.');
	if (dot == NULL)
		return false;
	if (is_prefix(id, (size_t)(dot - id))) {
		take(out->prefix, sizeof out->prefix, id, (size_t)(dot - id));
		id = dot + 1;
		dot = strchr(id, '.');
	}
	if (dot == NULL || !take(out->maker, sizeof out->maker, id, (size_t)(dot - id)) || !take(out->model, sizeof out->model, dot + 1, strlen(dot + 1)))
		return false;
	cut_version(out->model);
	out->is_claude = strcmp(out->maker, "anthropic") == 0;
	out->is_regional = strcmp(out->prefix, "global") != 0;
	return true;
}
