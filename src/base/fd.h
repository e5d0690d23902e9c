/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fd.h - file descriptors: whole writes, flags, pipes that close on exec. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stddef.h>

/* 0, or -1 with errno. Handles EINTR and short writes; fd must be blocking. */
int fd_write_all(int fd, const void *p, size_t n);
int fd_nonblock(int fd);		/* 0 or -1 */
void fd_close(int *fd);			/* closes if >= 0, then sets -1 */

#endif
