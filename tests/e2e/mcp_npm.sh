#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Three servers that others wrote, from npm, used by an agent through approvals:
# confined to what they were granted, and no further.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
. "$TOP_SRCDIR/tests/e2e/mcp_lib.sh"
for p in node npm; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done
mkdir "$dir/npm" "$dir/shared"
timeout 120 npm install --silent --no-audit --no-fund --prefix "$dir/npm" @modelcontextprotocol/server-everything @modelcontextprotocol/server-filesystem \
	@modelcontextprotocol/server-memory >"$dir/npm.log" 2>&1 || skip "npm could not install the servers"
server() { echo "$dir/npm/node_modules/@modelcontextprotocol/server-$1/dist/index.js"; }
begin
add every --read "$dir/npm" -- node "$(server everything)" stdio
add files --read "$dir/npm" --write "$dir/shared" -- node "$(server filesystem)" "$dir/shared"
add memory --read "$dir/npm" --env MEMORY_FILE_PATH="$(echo "$home"/workspaces/*)/connectors/memory/graph.jsonl" -- node "$(server memory)"
ok connector effect every echo trigger-elicitation-request read
ok connector effect files read_text_file read
ok connector effect files write_file write
ok connector effect memory create_entities write
expect 4 connector effect memory read_graph no_such_tool read
ok connector effect memory read_graph search_nodes read
ask "say the word everything"
result
is 'd["state"] == "done" and "everything" in d["result"]'
ask "note ready in $dir/shared/note.txt"
[ ! -e "$dir/shared/note.txt" ] || fail "the file was written before anybody said yes"
approve "$(pending)"
ok run --until-idle --json
[ "$(cat "$dir/shared/note.txt")" = ready ] || fail "the approved file was not written"
ask "read the file $dir/shared/note.txt"
result
is '"ready" in d["result"]'
ask "read the file $dir/pass"
result
is '"a passphrase" not in json.dumps(d)'
ask "remember Dana"
approve "$(pending)"
ok run --until-idle --json
ask "recall"
result
is '"Dana" in d["result"]'
asks every "fill in"
ok connector question "$q" --json
is 'd["connector"] == "every" and len(d["fields"]) == 13 and d["fields"][0]["name"] == "name"'
ok connector answer "$q" 'name=Ada Example' 'email=ada@example.com' 'untitledMultipleSelectEnum=Piano,Bass' titledSingleSelectEnum=hero-2 check=yes
ended
is '"provided the requested information" in d["result"] and "Ada Example" in d["result"] and "Piano" in d["result"]'
ok connector remove every
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
: >"$dir/everything.log"
PORT=$port node "$(server everything)" streamableHttp >"$dir/everything.log" 2>&1 &
server_pid=$!
trap 'kill "$server_pid" 2>/dev/null; clean_up' EXIT
wait_for 10 grep -q "$port" "$dir/everything.log"
add every --url "http://127.0.0.1:$port/mcp"
ok connector effect every echo trigger-elicitation-request read
asks every "fill in"
ok connector answer "$q" 'name=Ada Example'
ended
is '"Ada Example" in d["result"]'
ok agent set "$agent" --tool '*'
ask "say the word streamable"
result
is 'd["state"] == "done" and "streamable" in d["result"]'
ok incident list --json
is 'd == []'
say "three servers from npm, through approvals, in both transports"
