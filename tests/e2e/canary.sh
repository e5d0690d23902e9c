#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I5: a working day with planted secrets; see canary.py. CANARY_FULL=1: every verb in five forms, with the passphrase.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || skip "built with a sanitizer, which brings its own free()"
command -v tmux >/dev/null 2>&1 || skip "tmux is not installed"
command -v strace >/dev/null 2>&1 || echo "strace is not installed: what our processes write and start is not looked at"
python3 -B "$TOP_SRCDIR/tests/e2e/canary.py" --build "$TOP_BUILDDIR" --dir "$dir" ${CANARY_FULL:+--full}
