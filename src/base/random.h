/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random.h - bytes nobody can guess (the kernel's, through OpenSSL). Aborts if there are none. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stddef.h>

void random_bytes(void *out, size_t n);

#endif
