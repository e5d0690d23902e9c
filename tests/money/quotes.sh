#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Random quotes against Python's decimals: 10^5 of them here, as many as $QUOTES says in `make prove`;
# and no floating point in money/.
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
command -v python3 >/dev/null 2>&1 || { echo "skipped: python3 is not installed"; exit 77; }
if grep -nEw 'float|double|strtod|atof|valuedouble' "$TOP_SRCDIR"/src/money/*.[ch] | grep -vE ':[0-9]+:( \*|/\*)'; then
	echo "FAILED: floating point in money/"
	exit 1
fi
exec python3 -B "$TOP_SRCDIR/tests/money/quotes.py" "$TOP_BUILDDIR/tests/money/quote" "${QUOTES:-100000}" \
	"$TOP_SRCDIR/data/prices.json" "$TOP_SRCDIR/tests/data/money/overlay-import.json" "$TOP_SRCDIR/tests/data/money/overlay-own.json"
