#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Our requests against the vendors' own types, which are made from their published
# descriptions: a member they do not know, or a value they do not allow, does not compile.
set -u
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
skip() { echo "skipped: $*"; exit 77; }
[ -x "$TOP_BUILDDIR/tests/vendor/requests" ] || skip "tests/vendor/requests is not built"
for p in node npm timeout python3; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-types.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
packages="typescript @types/node @anthropic-ai/sdk openai @aws-sdk/client-bedrock-runtime"
# shellcheck disable=SC2086 # a list of words
timeout 120 npm install --silent --no-audit --no-fund --prefix "$dir" $packages >"$dir/npm.log" 2>&1 || skip "npm could not install $packages"
"$TOP_BUILDDIR/tests/vendor/requests" "$TOP_SRCDIR/data/models.json" >"$dir/requests" || exit 1
# One more for each wire, with a member nobody knows: it has to be refused, or nothing is proved.
python3 - "$dir" <<'P' || exit 1
import json, sys
types = {
    "anthropic/messages": 'import type { MessageCreateParamsStreaming as T } from "@anthropic-ai/sdk/resources/messages";',
    "bedrock/messages": 'import type { MessageCreateParamsStreaming as T } from "@anthropic-ai/sdk/resources/messages";',
    "openai/responses": 'import type { ResponseCreateParamsStreaming as T } from "openai/resources/responses/responses";',
    "openai/chat": 'import type { ChatCompletionCreateParamsStreaming as T } from "openai/resources/chat/completions";',
    "bedrock/converse": 'import type { ConverseStreamRequest } from "@aws-sdk/client-bedrock-runtime"; type T = Omit<ConverseStreamRequest, "modelId">;',
}
seen = {}
for n, line in enumerate(open(sys.argv[1] + "/requests")):
    wire, body = line.rstrip("\n").split("\t", 1)
    open(f"{sys.argv[1]}/r{n}.ts", "w").write(f"{types[wire]}\nexport const r: T = {body};\n")
    seen.setdefault(wire, json.loads(body))
for n, (wire, body) in enumerate(sorted(seen.items())):
    body["nobody_knows_this"] = 1
    open(f"{sys.argv[1]}/bad{n}.ts", "w").write(f"{types[wire]}\n// @ts-expect-error\nexport const r: T = {json.dumps(body)};\n")
assert len(seen) == 5
P
cd "$dir" || exit 99
timeout 240 node node_modules/typescript/bin/tsc --noEmit --strict --skipLibCheck --target es2022 --module nodenext --moduleResolution nodenext ./*.ts >"$dir/out" 2>&1 || {
	echo "FAILED: the vendors' types refuse a request"
	head -40 "$dir/out"
	for f in $(sed -n 's/^\(r[0-9]*\)\.ts.*/\1/p' "$dir/out" | sort -u | head -3); do cat "$f.ts"; done
	exit 1
}
echo "$(wc -l <"$dir/requests") requests are what the vendors' types allow"
