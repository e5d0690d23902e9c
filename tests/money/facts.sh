#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every published figure, as it was collected, against what our program charges for it.
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
facts=${CLAVIGER_SHARED:-}/price-facts.csv
command -v python3 >/dev/null 2>&1 || { echo "skipped: python3 is not installed"; exit 77; }
[ -r "$facts" ] || { echo "skipped: the collected figures (price-facts.csv) are not here"; exit 77; }
exec python3 -B "$TOP_SRCDIR/tests/money/facts.py" "$TOP_BUILDDIR/tests/money/quote" "$TOP_SRCDIR/data/prices.json" "$facts"
