/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bedrock_id.h - what the names of Bedrock's models are made of. Pure.
 *
 * [PREFIX.]MAKER.MODEL[-YYYYMMDD][-vN[:N]], or an ARN that ends in /ID. A prefix
 * makes it an inference profile: global., or a geography's. */
#ifndef PRACTICE_BEDROCK_ID_H
#define PRACTICE_BEDROCK_ID_H

#include <stdbool.h>

struct bedrock_id {
	char prefix[16];	/* "" for a bare id */
	char maker[16];
	char model[64];		/* without date and version: claude-haiku-4-5, nova-pro */
	bool is_claude, is_regional;	/* a bare id is in-region too */
};
/* False if it is no such name. It need not be a model that exists. */
bool bedrock_id_read(const char *id, struct bedrock_id *out);

#endif
