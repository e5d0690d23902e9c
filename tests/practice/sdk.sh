#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# An oracle made by others: Anthropic's own client library talks to the practice
# vendor and finds nothing to complain about. Needs node and a package registry.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
practice=$TOP_BUILDDIR/bin/claviger-practice
skip() { echo "skipped: $*"; exit 77; }
[ -x "$practice" ] || skip "$practice is not built"
for p in node npm timeout; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-sdk.XXXXXX") || exit 99
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid"; rm -rf "$dir"' EXIT
timeout 90 npm install --silent --no-audit --no-fund --prefix "$dir" @anthropic-ai/sdk >"$dir/npm.log" 2>&1 || skip "npm could not install @anthropic-ai/sdk"
"$practice" --port 0 >"$dir/out" 2>"$dir/err" </dev/null &
pid=$!
tries=200
until grep -q '^listening on ' "$dir/out"; do
	tries=$((tries - 1))
	[ "$tries" -gt 0 ] || { echo "FAILED: the practice vendor does not start"; exit 1; }
	sleep 0.05
done
cp "$TOP_SRCDIR/tests/practice/sdk.mjs" "$dir/sdk.mjs"
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL ANTHROPIC_LOG
BASE=http://$(sed -n 's/^listening on //p' "$dir/out") timeout 120 node "$dir/sdk.mjs"
