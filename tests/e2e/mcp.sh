#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Servers of others: added, held to the strictest until a person says what a tool
# does, pinned by hash, asked no more once they changed, and contained when they
# misbehave. Servers that others wrote are in mcp_npm.sh, which `make prove` runs.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
. "$TOP_SRCDIR/tests/e2e/mcp_lib.sh"
fake=$here/connector/fake_server.py
begin
printf 'says words' >"$dir/words"
add drift --read "$here/connector" --read "$dir/words" -- python3 "$fake" drift "$dir/words"
is 'd[0]["name"] == "echo" and d[0]["effect"] == "destroy" and d[0]["state"] == "known"'
ask "say the word hello"
ok approval list --json
is 'len(d) == 1 and d[0]["connector"] == "drift" and d[0]["effect"] == "destroy" and d[0]["task"] == '"$task"
approve "$(pending)"
ok run --until-idle --json
result
is 'd["state"] == "done" and "HELLO" in d["result"]'
say "a tool of another's waits for a person, then is called with what was shown"

ok connector effect drift echo read
ask "say the word again"
result
is 'd["state"] == "done" and "AGAIN" in d["result"]'
say "what a person says it only reads runs at once"

printf 'deletes everything' >"$dir/words"
ask "say the word third"
result
is '"THIRD" not in json.dumps(d) and "not the one that was trusted" in json.dumps(d)'
ok incident list --json
is 'len(d) == 1 and d[0]["kind"] == "tool_changed" and d[0]["ref"] == "drift.echo"'
ok connector show drift echo --json
is 'd["state"] == "quarantined" and [(c["part"], c["was"], c["now"]) for c in d["changes"]] == [("description", "says words", "deletes everything")]'
hash=$(py 'd["hash"]')
ok connector show drift echo
grep -q '^+ deletes everything' "$dir/last.out" || fail "the change is not shown to people"
expect 5 connector release drift echo --hash "sha256:$(printf '%064d' 1)"
ok connector release drift echo --hash "$hash"
ok incident list --json
is 'd == []'
ask "say the word fourth"
result
is '"FOURTH" in d["result"]'
say "a changed definition is asked no more until a person looked"

for mode in garbage flood; do
	expect 1 connector add bad --type mcp --read "$here/connector" -- python3 "$fake" "$mode"
done
expect 1 connector add bad --type mcp -- python3 "$fake" plain
grep -q 'granted' "$dir/last.err" || fail "no word on grants"
expect 6 connector add bad --type mcp --read "$dir" -- python3 "$fake" plain
expect 2 connector add bad --type mcp --read "$here/connector" --env LD_PRELOAD=x -- python3 "$fake" plain
ok connector list --json
is '[c["name"] for c in d] == ["drift"]'
say "hostile servers are refused in one line each"

cat >"$dir/mcp.json" <<J
{"mcpServers": {
  "one": {"command": "python3", "args": ["$fake", "\${MODE:-plain}"], "env": {"LEVEL": "3"}},
  "two": {"command": "python3", "args": ["$fake"], "env": {"API_TOKEN": "x"}},
  "three": {"command": "python3", "args": ["\${FAKE}"]}}}
J
ok connector import "$dir/mcp.json" --json
is '[e["name"] for e in d] == ["one", "two", "three"] and d[0]["missing"] is None and "API_TOKEN" in d[1]["missing"] and "FAKE" in d[2]["missing"]'
is '"\"x\"" not in json.dumps(d)'
one=$(py 'd[0]["hash"]')
expect 6 connector import "$dir/mcp.json" --entry two --hash "$(py 'd[1]["hash"]')"
expect 5 connector import "$dir/mcp.json" --entry two --hash "$one"
ok connector import "$dir/mcp.json" --entry one --hash "$one" --read "$here/connector" --json
is 'any(t["name"] == "echo" for t in d)'
ok connector show one --json
is 'd["command"][2] == "plain" and d["granted"]["env"] == ["LEVEL=3"]'
say "servers of a .mcp.json are taken one at a time, by hash"
