#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Stray keys decide nothing (make prove: 100,000 cases).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/flood.py" --claviger "$claviger" --dir "$dir/flood" || fail "a stray key decided"
say "stray keys decide nothing"
