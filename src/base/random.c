/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/random.h"

#include <openssl/rand.h>
#include <stdlib.h>

void random_bytes(void *out, size_t n)
{
	if (n > (1u << 20) || RAND_bytes(out, (int)n) != 1)
		abort();
}
