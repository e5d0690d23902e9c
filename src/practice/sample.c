/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"
#include "practice/draft.h"

#define DEPTH 16

static void sample(const cJSON *schema, struct json_out *j, const char *name, int depth);

static void put_value(const cJSON *v, struct json_out *j, const char *name)
{
	char *text = cJSON_PrintUnformatted(v);

	json_put_raw(j, name, slice_of(text));
	cJSON_free(text);
}

static void sample_object(const cJSON *schema, struct json_out *j, const char *name, int depth)
{
	const cJSON *r;

	json_open(j, name, '{');
	cJSON_ArrayForEach(r, json_array(schema, "required"))
		if (cJSON_IsString(r))
			sample(json_object(json_object(schema, "properties"), r->valuestring), j, r->valuestring, depth);
	json_close(j, '}');
}

static void sample_array(const cJSON *schema, struct json_out *j, const char *name, int depth)
{
	int64_t least = 0;

	json_open(j, name, '[');
	if (json_int(schema, "minItems", &least))
		for (; least > 0 && least < 100; least--)
			sample(json_object(schema, "items"), j, NULL, depth);
	json_close(j, ']');
}

static void sample(const cJSON *schema, struct json_out *j, const char *name, int depth)
{
	const char *type = json_text(schema, "type");
	const cJSON *choice = json_member(schema, "const");
	int64_t least = 0;

	if (choice == NULL)
		choice = cJSON_GetArrayItem(json_array(schema, "enum"), 0);
	if (type == NULL && cJSON_IsString(cJSON_GetArrayItem(json_array(schema, "type"), 0)))
		type = cJSON_GetArrayItem(json_array(schema, "type"), 0)->valuestring;
	if (choice != NULL)
		put_value(choice, j, name);
	else if (depth > DEPTH || type == NULL || strcmp(type, "null") == 0)
		json_put_null(j, name);
	else if (strcmp(type, "object") == 0)
		sample_object(schema, j, name, depth + 1);
	else if (strcmp(type, "array") == 0)
		sample_array(schema, j, name, depth + 1);
	else if (strcmp(type, "boolean") == 0)
		json_put_bool(j, name, false);
	else if (strcmp(type, "string") == 0)
		json_put_text(j, name, "practice");
	else
		json_put_int(j, name, json_int(schema, "minimum", &least) ? least : 1);
}

void schema_sample(const cJSON *schema, struct buf *out)
{
	struct json_out j;

	json_start(&j, out);
	sample(schema, &j, NULL, 0);
}
