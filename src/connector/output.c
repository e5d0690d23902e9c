/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector/output.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

#define STEPS_MAX 5000000	/* names and nodes compared */

struct check {
	int steps;
	char where[120];	/* "items.3.name" */
	char what[80];
};

static bool fits(struct check *c, const cJSON *s, const cJSON *v);

/* The first that is wrong, deepest first: later ones are its consequences. */
static bool wrong(struct check *c, const char *what)
{
	if (c->what[0] == '\0')
		snprintf(c->what, sizeof c->what, "%s", what);
	return false;
}

/* A name of the server's, where it is a plain one. */
static void add_name(struct check *c, const char *name)
{
	size_t n = strlen(c->where), len = strlen(name);
	bool plain = len > 0 && len < 40 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == len;

	snprintf(c->where + n, sizeof c->where - n, "%s%s", n > 0 ? "." : "", plain ? name : "?");
}

/* A part of the value; the way to it stays in where if it does not fit. */
static bool part_fits(struct check *c, const cJSON *s, const cJSON *v, const char *name)
{
	size_t n = strlen(c->where);

	add_name(c, name);
	if (!fits(c, s, v))
		return false;
	c->where[n] = '\0';
	return true;
}

/* --- types -------------------------------------------------------------------------- */

static bool is_of(const char *type, const cJSON *v)
{
	static const struct { const char *name; int types; } types[] = {
		{"object", cJSON_Object}, {"array", cJSON_Array}, {"string", cJSON_String}, {"number", cJSON_Number}, {"boolean", cJSON_True | cJSON_False}, {"null", cJSON_NULL}};
	size_t i;

	if (strcmp(type, "integer") == 0)
		return cJSON_IsNumber(v) && floor(v->valuedouble) == v->valuedouble;
	for (i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, type) == 0)
			return (v->type & 0xff & types[i].types) != 0;
	return true;
}

static bool type_fits(struct check *c, const cJSON *s, const cJSON *v)
{
	const cJSON *type = json_member(s, "type"), *m;

	if (cJSON_IsString(type))
		return is_of(type->valuestring, v) || wrong(c, "is of another type");
	if (!cJSON_IsArray(type))
		return true;
	cJSON_ArrayForEach(m, type)
		if (!cJSON_IsString(m) || is_of(m->valuestring, v))
			return true;
	return wrong(c, "is of another type");
}

static bool value_fits(struct check *c, const cJSON *s, const cJSON *v)
{
	const cJSON *list = json_array(s, "enum"), *constant = json_member(s, "const"), *m;

	if (cJSON_IsObject(v) || cJSON_IsArray(v))
		return true;	/* comparing whole trees is not worth its cost */
	if (constant != NULL && !cJSON_Compare(constant, v, true))
		return wrong(c, "is another value");
	if (list == NULL)
		return true;
	cJSON_ArrayForEach(m, list) {
		if (c->steps-- <= 0)
			return false;
		if (cJSON_Compare(m, v, true))
			return true;
	}
	return wrong(c, "is none of the values there are");
}

/* --- bounds --------------------------------------------------------------------------- */

static bool bound(const cJSON *s, const char *name, double *out)
{
	const cJSON *m = json_member(s, name);

	*out = cJSON_IsNumber(m) ? m->valuedouble : 0;
	return cJSON_IsNumber(m);
}

static bool within(struct check *c, const cJSON *s, double n, const char *least, const char *most, const char *what)
{
	double at;

	if ((bound(s, least, &at) && n < at) || (bound(s, most, &at) && n > at))
		return wrong(c, what);
	return true;
}

static double characters(const char *t)
{
	double n = 0;

	for (; *t != '\0'; t++)
		n += ((unsigned char)*t & 0xC0) != 0x80;
	return n;
}

static bool number_fits(struct check *c, const cJSON *s, double n)
{
	double at;

	if ((bound(s, "exclusiveMinimum", &at) && n <= at) || (bound(s, "exclusiveMaximum", &at) && n >= at))
		return wrong(c, "is out of bounds");
	return within(c, s, n, "minimum", "maximum", "is out of bounds");
}

/* --- parts ----------------------------------------------------------------------------- */

static bool object_fits(struct check *c, const cJSON *s, const cJSON *v)
{
	const cJSON *known = json_object(s, "properties"), *others = json_member(s, "additionalProperties"), *m;

	int known_n = cJSON_GetArraySize(known), v_n = cJSON_GetArraySize(v);

	cJSON_ArrayForEach(m, json_array(s, "required")) {
		c->steps -= v_n;
		if (c->steps <= 0)
			return false;
		if (cJSON_IsString(m) && json_member(v, m->valuestring) == NULL) {
			add_name(c, m->valuestring);
			return wrong(c, "is missing");
		}
	}
	if (json_member(s, "patternProperties") != NULL)
		others = NULL;	/* not looked at: any other may be one of them */
	cJSON_ArrayForEach(m, v) {
		const cJSON *its;

		c->steps -= known_n;
		if (c->steps <= 0)
			return false;
		its = json_member(known, m->string);
		if (its == NULL && cJSON_IsFalse(others)) {
			add_name(c, m->string);
			return wrong(c, "is not foreseen");
		}
		if (!part_fits(c, its != NULL ? its : others, m, m->string))
			return false;
	}
	return true;
}

static bool array_fits(struct check *c, const cJSON *s, const cJSON *v)
{
	const cJSON *items = json_object(s, "items"), *m;
	char number[16];
	int i = 0;

	if (!within(c, s, cJSON_GetArraySize(v), "minItems", "maxItems", "has too few or too many items"))
		return false;
	if (items == NULL || json_member(s, "prefixItems") != NULL)
		return true;
	cJSON_ArrayForEach(m, v) {
		snprintf(number, sizeof number, "%d", i++);
		if (!part_fits(c, items, m, number))
			return false;
	}
	return true;
}

/* How many of the list fit; what is wrong with the others is not told. */
static int count_fitting(struct check *c, const cJSON *list, const cJSON *v)
{
	struct check before = *c;
	const cJSON *m;
	int n = 0;

	cJSON_ArrayForEach(m, list) {
		n += fits(c, m, v);
		memcpy(c->where, before.where, sizeof c->where);
		memcpy(c->what, before.what, sizeof c->what);
	}
	return n;
}

static bool unions_fit(struct check *c, const cJSON *s, const cJSON *v)
{
	const cJSON *all = json_array(s, "allOf"), *any = json_array(s, "anyOf"), *one = json_array(s, "oneOf"), *m;

	cJSON_ArrayForEach(m, all)
		if (!fits(c, m, v))
			return false;
	if (any != NULL && count_fitting(c, any, v) == 0)
		return wrong(c, "fits none of what it may be");
	/* more than one may only seem to fit, by what is not known here */
	if (one != NULL && count_fitting(c, one, v) == 0)
		return wrong(c, "fits none of what it may be");
	return true;
}

static bool fits(struct check *c, const cJSON *s, const cJSON *v)
{
	if (c->steps-- <= 0)
		return false;
	if (cJSON_IsFalse(s))
		return wrong(c, "is not foreseen");
	if (!cJSON_IsObject(s))
		return true;
	if (!type_fits(c, s, v) || !value_fits(c, s, v) || !unions_fit(c, s, v))
		return false;
	if (cJSON_IsString(v))
		return within(c, s, characters(v->valuestring), "minLength", "maxLength", "is too short or too long");
	if (cJSON_IsNumber(v))
		return number_fits(c, s, v->valuedouble);
	return cJSON_IsObject(v) ? object_fits(c, s, v) : !cJSON_IsArray(v) || array_fits(c, s, v);
}

enum err_code output_check(struct slice schema, struct slice value, struct err *e)
{
	struct check c = {.steps = STEPS_MAX};
	cJSON *s = NULL, *v = NULL;
	enum err_code rc = json_parse(schema, &s, e);

	if (rc == ERR_OK)
		rc = json_parse(value, &v, e);
	if (rc == ERR_OK && !fits(&c, s, v))
		rc = c.steps <= 0 ? err_set(e, ERR_LIMIT, "it is too large to be compared") :
		    err_set(e, ERR_PROTO, "%s %s", c.where[0] != '\0' ? c.where : "the whole", c.what);
	cJSON_Delete(s);
	cJSON_Delete(v);
	return rc;
}
