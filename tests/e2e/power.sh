#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The power fails at some moments of a whole day (make prove: at many).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null || skip "strace cannot trace here"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/power.py" --claviger "$claviger" --practice "$practice" --dir "$dir/day" --states 140 --seconds 60 || fail "what is left after the power failed is not right"
say "what was said to be done is there after the power failed"
