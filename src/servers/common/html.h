/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html.h - the words of an HTML mail: no markup, no scripts, no styles, no
 * comments; where a link goes stands behind its words. Nothing is fetched. Linear
 * in time, no recursion. Pure. */
#ifndef SERVERS_COMMON_HTML_H
#define SERVERS_COMMON_HTML_H

#include "base/buf.h"
#include "base/slice.h"

/* Appended to out, up to out->max. */
void html_to_text(struct slice html, struct buf *out);

#endif
