/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.h - why a transfer failed, in words. For transport.c alone.
 *
 * Each cause that a person can do something about has a sentence of its own: the
 * network, the name, the line, the certificate, the clock, the time limits. */
#ifndef WORKER_FAULT_H
#define WORKER_FAULT_H

#include <curl/curl.h>

#include "base/err.h"

/* e gets words and what to do; they hold no byte of the request or the answer. */
void fault_describe(CURL *easy, CURLcode code, struct err *e);

#endif
