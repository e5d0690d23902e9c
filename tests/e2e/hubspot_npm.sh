#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Is the practice HubSpot what HubSpot's own client takes it for? And does that client find
# what ours made, and ours what it made?
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
for p in node npm; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
mkdir "$dir/npm" "$dir/crm"
timeout 180 npm install --silent --no-audit --no-fund --prefix "$dir/npm" @hubspot/api-client@13 >"$dir/npm.log" 2>&1 || skip "npm could not install the client"
token=pat-practice-7391-0246-8135
: >"$dir/hubspot.out"
python3 "$TOP_SRCDIR/tests/e2e/hubspot_server.py" --token "$token" >"$dir/hubspot.out" 2>"$dir/hubspot.err" </dev/null &
hubspot_pid=$!
trap 'kill "$hubspot_pid" 2>/dev/null; clean_up' EXIT
wait_for 30 grep -q '^listening on ' "$dir/hubspot.out"
NODE_PATH=$dir/npm/node_modules node "$TOP_SRCDIR/tests/e2e/hubspot_client.js" "http://$(sed -n 's/^listening on //p' "$dir/hubspot.out")" "$token" \
	"$TOP_BUILDDIR/libexec/claviger/claviger-crm" "$dir/crm" || fail "the two do not agree"
say "HubSpot's own client and ours agree on the practice account"
