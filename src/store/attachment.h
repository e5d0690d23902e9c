/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attachment.h - files that a person put to a goal as reading matter. */
#ifndef STORE_ATTACHMENT_H
#define STORE_ATTACHMENT_H

#include "base/slice.h"
#include "model/goal.h"
#include "store/store.h"

#define ATTACHMENTS_MAX 16	/* of one goal */

/* text: UTF-8. */
MUST_USE enum err_code attachment_add(struct store *s, int64_t goal, const char *name, const char *text, struct err *e);
/* In the order they were given; attachment_release() each. */
MUST_USE enum err_code attachment_list(struct store *s, int64_t goal, struct goal_attachment *rows, int limit, int *n, struct err *e);

#endif
