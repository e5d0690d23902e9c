#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The totals that were worked out by hand, checked by code that shares nothing with ours.
set -eu
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
exec python3 "$TOP_SRCDIR/tests/money/usage_20.py" "$TOP_SRCDIR/data/prices.json" "$TOP_SRCDIR/tests/data/money/usage-20.json"
