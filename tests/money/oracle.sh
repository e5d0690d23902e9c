#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An oracle made by others: 200 usage records priced by @pydantic/genai-prices and by us.
# Needs node and a package registry.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
skip() { echo "skipped: $*"; exit 77; }
for p in node npm timeout python3; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-oracle.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
timeout 90 npm install --silent --no-audit --no-fund --prefix "$dir" @pydantic/genai-prices@0.1.8 >"$dir/npm.log" 2>&1 || skip "npm could not install @pydantic/genai-prices"
cp "$TOP_SRCDIR/tests/money/oracle.mjs" "$dir/oracle.mjs"
timeout 120 python3 -B "$TOP_SRCDIR/tests/money/oracle.py" "$TOP_BUILDDIR/tests/money/quote" "$TOP_SRCDIR/data/prices.json" "$dir/oracle.mjs"
