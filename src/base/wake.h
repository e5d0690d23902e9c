/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wake.h - one thread tells another that there is something to look at (eventfd). */
#ifndef BASE_WAKE_H
#define BASE_WAKE_H

int wake_new(void);		/* a non-blocking fd, or -1 */
void wake_signal(int fd);	/* any thread, also in a signal handler */
void wake_drain(int fd);

#endif
