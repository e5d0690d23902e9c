#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Killed at some system calls of a whole day, from the goal to its report (make prove: at each).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
kill_at() { timeout 170 python3 "$TOP_SRCDIR/tests/e2e/syscalls.py" --claviger "$claviger" --practice "$practice" --dir "$dir/$@"; }
kill_at day --sample 14 --seconds 35 || fail "what a kill left is not right"
kill_at start --calls execve --parts fire || fail "a connector that dies as it starts is not got over"
kill_at full --fault ENOSPC+ --calls pwrite64 --parts plan,work,fire --sample 2 --seconds 15 || fail "a full disk is not got over"
say "what a kill leaves is put right"
