#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I5: the program's free() is exported, and frees inside libcurl and libcrypto come through it.
set -u
probe=$TOP_BUILDDIR/tests/base/wipe_probe
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which brings its own free()"; exit 77; }
getconf GNU_LIBC_VERSION >/dev/null 2>&1 || { echo "skipped: the C library is not glibc"; exit 77; }
status=0
for name in free realloc reallocarray; do
	nm -D --defined-only "$probe" | grep -q " T $name\$" || { echo "$name is not exported"; status=1; }
done
"$probe" || status=1
exit $status
