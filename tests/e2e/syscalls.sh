#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Killed at a few system calls while approved patches are carried out (make prove: at each).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/syscalls.py" --claviger "$claviger" --dir "$dir/day" --calls pwrite64 --first "$(($(date +%s) % 40 + 5))" --every 31 --most 3 || fail "what a kill left is not right"
timeout 100 python3 "$TOP_SRCDIR/tests/e2e/syscalls.py" --claviger "$claviger" --dir "$dir/start" --calls execve --most 1 --patience 60 || fail "a connector that dies as it starts is not got over"
say "what a kill leaves is put right"
