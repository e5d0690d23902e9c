#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Oracles made by others: the vendors' own client libraries talk to the practice
# vendor and find nothing to complain about. Needs node and a package registry;
# one install serves them all.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
practice=$TOP_BUILDDIR/bin/claviger-practice
skip() { echo "skipped: $*"; exit 77; }
[ -x "$practice" ] || skip "$practice is not built"
for p in node npm timeout; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-sdk.XXXXXX") || exit 99
pid=
trap '[ -n "$pid" ] && kill "$pid" 2>/dev/null && wait "$pid"; rm -rf "$dir"' EXIT
packages="@anthropic-ai/sdk openai @smithy/node-http-handler @aws-sdk/client-bedrock-runtime @aws-sdk/client-bedrock @aws-sdk/client-cost-explorer"
# shellcheck disable=SC2086 # a list of words
timeout 120 npm install --silent --no-audit --no-fund --prefix "$dir" $packages >"$dir/npm.log" 2>&1 || skip "npm could not install $packages"
# Nothing of the caller's may steer a library.
for v in $(env | sed -n 's/^\(AWS_[A-Z_]*\|OPENAI_[A-Z_]*\|ANTHROPIC_[A-Z_]*\|[a-zA-Z]*_[pP][rR][oO][xX][yY]\)=.*/\1/p'); do unset "$v"; done
AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
export AWS_EC2_METADATA_DISABLED AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE

# judge FILE [OPTION...]: a fresh vendor, and what that library says of it.
judge() {
	file=$1
	shift
	: >"$dir/out"
	"$practice" --port 0 "$@" >"$dir/out" 2>"$dir/err" </dev/null &
	pid=$!
	tries=200
	until grep -q '^listening on ' "$dir/out"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || { echo "FAILED: the practice vendor does not start"; exit 1; }
		sleep 0.05
	done
	cp "$TOP_SRCDIR/tests/practice/$file" "$dir/$file"
	BASE=http://$(sed -n 's/^listening on //p' "$dir/out") timeout 300 node "$dir/$file" || { echo "FAILED: $file"; exit 1; }
	kill "$pid"
	wait "$pid" || { echo "FAILED: the vendor did not end well after $file"; exit 1; }
	pid=
}
judge sdk.mjs
judge sdk_openai.mjs
judge sdk_bedrock.mjs --region us-east-1
judge sdk_reports.mjs --gap 3.2
