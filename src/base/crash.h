/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crash.h - named places where a test kills the process (SIGKILL), to see what is left.
 * Compiled in only by configure --enable-crash-points; nothing otherwise. */
#ifndef BASE_CRASH_H
#define BASE_CRASH_H

#ifdef CRASH_POINTS
/* Dies if CLAVIGER_CRASH_AT is "name", or "name:N" at the Nth time. */
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif

#endif
