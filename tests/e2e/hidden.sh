#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Hidden text and look-alikes through every pane, the plain face and the verbs (make prove: at three sizes).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
python3 -c 'import sqlite3, pty' 2>/dev/null || skip "python3 has no sqlite3"
timeout 170 python3 "$TOP_SRCDIR/tests/e2e/hidden.py" --claviger "$claviger" --dir "$dir/hidden" --corpus "$TOP_SRCDIR/tests/data/hidden/corpus.json" --sizes "${SIZES:-80x24}" ||
	fail "something hidden came through"
say "nothing hidden comes through"
