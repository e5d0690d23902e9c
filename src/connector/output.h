/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.h - does what a tool answered fit the outputSchema that it promised it by?
 *
 * A bounded part of JSON Schema: type, enum, const, properties, required,
 * additionalProperties, items, lengths, bounds, allOf, anyOf and oneOf. What it does
 * not know (references, patterns, formats) it lets pass: a doubt is no misfit. Pure. */
#ifndef CONNECTOR_OUTPUT_H
#define CONNECTOR_OUTPUT_H

#include "base/err.h"
#include "base/slice.h"

/* Both raw JSON that passed the gate. ERR_PROTO says where and what is wrong, in our words
 * and names of plain letters only; ERR_LIMIT: it would take too long to tell. */
MUST_USE enum err_code output_check(struct slice schema, struct slice value, struct err *e);

#endif
