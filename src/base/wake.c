/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/wake.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

int wake_new(void)
{
	return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void wake_signal(int fd)
{
	uint64_t one = 1;
	int keep = errno;

	/* a full counter is as good as a signal */
	while (write(fd, &one, sizeof one) < 0 && errno == EINTR)
		continue;
	errno = keep;
}

void wake_drain(int fd)
{
	uint64_t n;

	while (read(fd, &n, sizeof n) < 0 && errno == EINTR)
		continue;
}
