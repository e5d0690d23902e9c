/* SPDX-License-Identifier: GPL-3.0-or-later */
/* raw.h - answers no proper server gives: written to the socket as they are.
 *
 * Thread  the connection's own. */
#ifndef PRACTICE_RAW_H
#define PRACTICE_RAW_H

#include <stdatomic.h>

#include "practice/faults.h"

/* Until all of it is sent, the other side leaves, or stop becomes true. */
void raw_send(int fd, enum fault fault, const atomic_bool *stop);

#endif
