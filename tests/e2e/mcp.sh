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
printf 'the customer wrote: call me at once\n' >"$dir/note.txt"
printf '\377\n' >"$dir/no.txt"
expect 2 goal add "read it" --attach "$dir/no.txt"
expect 4 goal add "read it" --attach "$dir/nothing.txt"
ask "say the word hello" --attach "$dir/note.txt"
fetch /practice/requests "$dir/requests"
grep -q 'from=.*attachment note.txt.*call me at once' "$dir/requests" || fail "the attached file was not shown to the agent as outside text"
ok approval list --json
is '"attachment note.txt" in json.dumps(d[0]["provenance"])'
is 'len(d) == 1 and d[0]["connector"] == "drift" and d[0]["effect"] == "destroy" and d[0]["task"] == '"$task"
approve "$(pending)"
ok run --until-idle --json
result
is 'd["state"] == "done" and "HELLO" in d["result"]'
ok goal report "$goal"
for words in 'HELLO' '  Approved and carried out:' 'drift.echo: ' 'Cost: .* over 2 calls: Ada '; do
	grep -q "$words" "$dir/last.out" || fail "the report does not say: $words"
done
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
is 'd["state"] == "quarantined" and [(c["part"], c["was"], c["now"]) for c in d["changes"]] == [("description", "says words", "deletes everything"), ("annotations", None, {"destructiveHint": True})]'
is 'd["calls_itself_destructive"]'
hash=$(py 'd["hash"]')
ok connector show drift echo
grep -q '^+ deletes everything' "$dir/last.out" || fail "the change is not shown to people"
grep -q '^! Its server calls this tool destructive' "$dir/last.out" || fail "no warning of what calls itself destructive"
expect 5 connector release drift echo --hash "sha256:$(printf '%064d' 1)"
ok connector release drift echo --hash "$hash"
grep -q 'calls itself destructive, and did not when you trusted it; it is held to destroy' "$dir/last.out" "$dir/last.err" || fail "no warning at the release"
ok connector show drift echo --json
is 'd["effect"] == "destroy" and d["state"] == "known"'
ok connector effect drift echo read
grep -q 'calls itself destructive; it is held to read' "$dir/last.out" "$dir/last.err" || fail "no warning at the effect"
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

# The same over HTTP: a token that goes to one host only, both eras, and what is no MCP server.
: >"$dir/http.out"
python3 "$here/connector/fake_http.py" a-token >"$dir/http.out" 2>"$dir/http.err" &
http_pid=$!
trap 'kill "$http_pid" 2>/dev/null; clean_up' EXIT
wait_for 10 grep -q '^listening on ' "$dir/http.out"
web=http://127.0.0.1:$(sed -n 's/^listening on //p' "$dir/http.out")
ok connector add web --type mcp --url "$web/modern"
grep -q 'connector secret web' "$dir/last.out" || fail "no word on the secret it wants"
printf 'a-token\n' >"$dir/token"
ok connector secret web token --file "$dir/token"
rm "$dir/token"
ok workspace rekey		# what is bound to a host is sealed again for that host
ok connector test web --json
is '[(t["name"], t["effect"]) for t in d] == [("echo", "destroy")]'
ok connector tools web --json
is 'd[0]["state"] == "known"'
ok connector effect web echo read
ok connector remove drift
ok connector remove one
ask "say the word overhttp"
result
is '"OVERHTTP" in d["result"] and d["transcript"][0]["parts"][1]["name"] == "web__echo"'
if grep -rqaF 'a-token' "$home"; then fail "the token is on disk in the clear"; fi
ok connector remove web
ok connector add older --type mcp --url "$web/older"
ok connector effect older echo read
ask "say the word streams"
result
is '"STREAMS" in d["result"]'
for path in wrong down away nothing; do expect 1 connector add bad --type mcp --url "$web/$path"; done
expect 2 connector add bad --type mcp --url http://mcp.example.com/
say "servers over HTTP, in both eras"
