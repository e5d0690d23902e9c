#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
timeout 100 python3 "$TOP_SRCDIR/tests/e2e/news.py" "$claviger" "$dir/news" || fail "what ends is not told"
