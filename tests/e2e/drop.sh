#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The line drops while the console is open (make prove: many times).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/drop.py" --claviger "$claviger" --practice "$practice" --dir "$dir/day" --rounds 8 --seconds 30 || fail "a line that drops leaves what is not right"
say "a line that drops leaves nothing open and decides nothing"
