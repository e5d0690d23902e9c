#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The worker is killed at a few random moments (make prove: at every named point
# and at 200 moments); nothing is done twice and nothing is lost.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/crash.py" --claviger "$claviger" --practice "$practice" --dir "$dir/crash" --random "${CRASHES:-6}" || fail "what a kill left is not right"
say "what a kill leaves is put right"
