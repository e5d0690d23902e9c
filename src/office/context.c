/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/context.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define WORDS_BYTES 200

static const struct {
	const char *name;
	char bracket;
} taken[] = {{"verified", '['}, {"recipients", '['}, {"before", '{'}, {"about", '{'}, {"words", '{'}};

static void put_values(struct json_out *j, const struct provenance *p)
{
	int i, n = 0;

	for (i = 0; p != NULL && i < p->hits_n; i++) {
		if (!p->hits[i].matters)
			continue;
		if (n++ == 0)
			json_open(j, "values", '[');
		json_open(j, NULL, '{');
		json_put_text(j, "value", p->hits[i].value);
		json_put_text(j, "source", p->hits[i].source);
		json_put_bool(j, "in_goal", p->hits[i].in_goal);
		json_close(j, '}');
	}
	if (n > 0)
		json_close(j, ']');
}

/* from has passed the gate. */
static void put_taken(struct json_out *j, struct slice from, bool words)
{
	size_t i;

	for (i = 0; i < LENGTH(taken); i++) {
		const char *path[] = {taken[i].name, NULL};
		struct slice raw;

		if (!words && strcmp(taken[i].name, "words") == 0)
			continue;
		if (json_find(from, path, &raw) && raw.len > 0 && raw.p[0] == taken[i].bracket)
			json_put_raw(j, taken[i].name, raw);
	}
}

/* "description" of each property that the payload has. */
static void put_words(struct json_out *j, const char *schema, struct slice payload)
{
	cJSON *tree = NULL, *root = NULL;
	const cJSON *m;
	bool open = false;

	if (schema != NULL && json_parse(slice_of(schema), &tree, NULL) == ERR_OK && json_parse(payload, &root, NULL) == ERR_OK)
		cJSON_ArrayForEach(m, json_object(tree, "properties")) {
			const char *words = json_text(m, "description");

			if (words == NULL || words[0] == '\0' || json_member(root, m->string) == NULL)
				continue;
			if (!open)
				json_open(j, "words", '{');
			open = true;
			json_put_slice(j, m->string, slice_make(words, strnlen(words, WORDS_BYTES)));
		}
	if (open)
		json_close(j, '}');
	cJSON_Delete(tree);
	cJSON_Delete(root);
}

char *context_make(const struct provenance *p, struct slice check, const char *schema, struct slice payload)
{
	struct json_out j;
	struct buf b;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	put_values(&j, p);
	if (check.len > 0 && check.len <= CONTEXT_BYTES && json_gate(check, NULL) == ERR_OK)
		put_taken(&j, check, schema == NULL);
	put_words(&j, schema, payload);
	json_close(&j, '}');
	if (b.len > 2)
		return buf_take(&b);
	buf_release(&b);
	return NULL;
}

char *context_edited(const char *before, const struct provenance *p)
{
	return context_make(p, slice_of(before != NULL ? before : ""), NULL, slice_of(""));
}

int context_notes(const cJSON *context, struct slice text, struct context_note *out, int room)
{
	const cJSON *v;
	int n = 0, ordinal = -1;

	cJSON_ArrayForEach(v, json_array(context, "values")) {
		const char *value = json_text(v, "value"), *source = json_text(v, "source");

		ordinal++;
		if (n == room || value == NULL || source == NULL || !value_stands_in(slice_of(value), text))
			continue;
		out[n].ordinal = ordinal;
		out[n].in_goal = json_bool(v, "in_goal", false);
		snprintf(out[n].text, sizeof out[n].text, out[n].in_goal ? "%s stands in %s, and in your goal" : "%s comes from %s, not from your goal", value, source);
		n++;
	}
	return n;
}
