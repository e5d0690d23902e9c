#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong on purpose, on every wire of the practice vendor, and its books
# after each; and the answers that no proper server gives.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
practice=$TOP_BUILDDIR/bin/claviger-practice
[ -x "$practice" ] || { echo "skipped: $practice is not built"; exit 77; }
for p in python3 curl; do command -v "$p" >/dev/null 2>&1 || { echo "skipped: $p is not installed"; exit 77; }; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-wires.XXXXXX") || exit 99
trap 'for p in "$dir"/*.pid; do [ -f "$p" ] && kill "$(cat "$p")" 2>/dev/null; done; wait; rm -rf "$dir"' EXIT
PRACTICE=$practice DIR=$dir python3 -B "$TOP_SRCDIR/tests/practice/wires.py"
