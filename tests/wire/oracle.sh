#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Oracles made by others: our SigV4 headers are those of AWS's own signer, and our
# parser reads what AWS's own encoder writes. COUNT=1000 for the long form.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
skip() { echo "skipped: $*"; exit 77; }
[ -x "$TOP_BUILDDIR/tests/wire/oracle" ] || skip "tests/wire/oracle is not built"
for p in node npm timeout; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-oracle.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
timeout 90 npm install --silent --no-audit --no-fund --prefix "$dir" @smithy/signature-v4 @aws-crypto/sha256-js @smithy/eventstream-codec >"$dir/npm.log" 2>&1 ||
	skip "npm could not install AWS's libraries"
cp "$TOP_SRCDIR/tests/wire/oracle.mjs" "$dir/oracle.mjs"
ORACLE=$TOP_BUILDDIR/tests/wire/oracle timeout 120 node "$dir/oracle.mjs"
