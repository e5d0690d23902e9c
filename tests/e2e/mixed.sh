#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Calls to three vendors with cuts and faults (make prove: 5,000 of them): the vendors' books are ours.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"
python3 "$TOP_SRCDIR/tests/e2e/mixed.py" --claviger "$claviger" --practice "$practice" --dir "$dir/mixed" --calls "${CALLS:-200}" >"$dir/last.mixed" || fail "the books differ"
say "$(cat "$dir/last.mixed")"
