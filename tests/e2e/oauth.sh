#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A connector whose secret is a refresh grant: access tokens are asked for, used, renewed
# when they end or are refused, and the grant that comes back is the one that is kept.
# A mailbox that is reached so is in inbox.sh.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
. "$TOP_SRCDIR/tests/e2e/mcp_lib.sh"
at=$dir/oauth
mkdir "$at"
printf 'rt-practice/first+one=' >"$at/refresh"
: >"$at/log"
python3 "$TOP_SRCDIR/tests/e2e/oauth_server.py" --dir "$at" >"$at/out" 2>"$at/err" &
oauth_pid=$!
trap 'kill "$oauth_pid" 2>/dev/null; clean_up' EXIT
wait_for 10 grep -q '^listening on ' "$at/out"
server=http://127.0.0.1:$(sed -n 's/^listening on //p' "$at/out")
mode() { printf '%s' "$1" >"$at/mode.new" && mv "$at/mode.new" "$at/mode"; : >"$at/log"; }
counted() { [ "$(grep -c "^$2" "$at/log")" -eq "$1" ] || fail "not $1 but $(grep -c "^$2" "$at/log") times: $2"; }
# grant NAME [MEMBER]: give it the grant that is good now.
grant() {
	printf '{\n "token_uri": "%s/o/token", "client_id": "claviger tests",\n "client_secret": "cs-practice\\/5150+A\\u003d", "refresh_token": "%s"%s\n}\n' "$server" "$(cat "$at/refresh")" \
		"${2:-}" >"$dir/grant"
	run connector secret "$1" grant --file "$dir/grant" || fail "the grant is not taken"
	rm "$dir/grant"
}
bad_grant() {
	printf '%s' "$1" >"$dir/grant"
	expect 2 connector secret guarded grant --file "$dir/grant"
	grep -q "$2" "$dir/last.err" || fail "it is not said what the grant lacks: $2"
	rm "$dir/grant"
}

begin
ok connector add guarded --type mcp --url "$server/mcp"
bad_grant 'rt-practice' 'no JSON object'
bad_grant '{"token_endpoint":"https://a.example/t","client_id":"x"}' 'no refresh_token'
bad_grant '{"token_endpoint":"http://a.example/t","client_id":"x","refresh_token":"y"}' 'no https: address'
bad_grant '{"token_endpoint":"https://a.example/t","client_id":"x","refresh_token":"y\n"}' 'character that cannot be there'
grant guarded
ok connector test guarded --json
is '[t["name"] for t in d] == ["echo"]'
[ "$(cat "$at/refresh")" != 'rt-practice/first+one=' ] || fail "the server was not asked"
ok connector test guarded
ok workspace rekey
ok connector test guarded
counted 0 reuse
counted 3 token
say "the refresh token that comes back is the next one, also under another root"

mode mute
ok connector test guarded
ok connector test guarded
counted 2 token
mode ok
grant guarded ', "token_endpoint_auth_method": "client_secret_post", "scope": "mail", "resource": "https://a.example/"'
ok connector test guarded
for i in 1 2 3 4 5; do
	"$claviger" --home "$home" connector test guarded >"$dir/both.$i" 2>&1 </dev/null &
	eval "pid$i=$!"
done
for i in 1 2 3 4 5; do eval "wait \$pid$i" || fail "one of several at once: $(cat "$dir/both.$i")"; done
counted 0 reuse
counted 6 token
say "processes take turns at a grant"

printf '%s' "$home" >"$at/home"
mode copy
ok connector test guarded
"$claviger" --home "$at/copy" connector test guarded >"$dir/last.out" 2>"$dir/last.err" </dev/null || fail "what was on the disk when a token was first used does not hold the next grant"
counted 0 reuse
counted 2 token
grant guarded		# the copy has used it
say "the next refresh token is on the disk before a token that came with it is used"

ok connector effect guarded echo read
mode once
ask "say the word again"
result
is 'd["state"] == "done" and "AGAIN" in d["result"]'
counted 1 'refused tools/call'
counted 1 'taken tools/call'
counted 2 token
say "a token that is no longer taken is renewed, and a read goes again"

ok connector effect guarded echo send
mode once
ask "say the word effect"
approve "$(pending)"
ok run --until-idle --json
counted 1 'refused tools/call'
counted 0 'taken tools/call'
result
is '"HTTP 401" in json.dumps(d) or "401" in d["result"]'
say "an effect does not go again by itself"

ok connector effect guarded echo read
mode closed
expect 3 connector test guarded
grep -q 'HTTP 401.*connector secret guarded grant' "$dir/last.err" || fail "it is not said that no token is taken"
counted 1 token
counted 1 'refused server/discover'
mode busy
expect 7 connector test guarded
grep -q 'HTTP 503' "$dir/last.err" || fail "a busy token server is not named"
mode away
expect 7 connector test guarded
grep -q 'nobody follows it' "$dir/last.err" || fail "a redirect is not named"
counted 0 elsewhere
mode odd
expect 1 connector test guarded
grep -q 'another kind of token' "$dir/last.err" || fail "a token of another type is taken"
mode ok
grant guarded		# what came with the odd one was not taken
ok connector test guarded
mode ended
expect 3 connector test guarded
grep -q 'invalid_grant.*sign in again.*connector secret guarded grant' "$dir/last.err" || fail "it is not said that a person must sign in again"
ask "say the word ended"
result
is '"ENDED" not in json.dumps(d) and "invalid_grant" in json.dumps(d)'
mode ok
grant guarded
ask "say the word back"
result
is '"BACK" in d["result"]'
say "what renews by itself, and what takes a person"

ok connector remove guarded
fake=$here/connector/fake_server.py
add child --read "$here/connector" --env API_TOKEN -- python3 "$fake" plain
grant child
ok connector test child
ok connector effect child echo read
echo 4 >"$at/lives"
: >"$at/log"
"$claviger" --home "$home" run --for 60 >"$dir/run.out" 2>"$dir/run.err" </dev/null &
run_pid=$!
done_with() { run task list --goal "$goal" --json && [ "$(py 'd[0]["state"]')" = done ]; }
say_it() {
	ok agent set "$agent" --tool 'child.*'
	ok goal add "say the word $1" --no-plan --agent "$agent" --json
	goal=$(py 'd["goal"]')
	wait_for 20 done_with
	is "'$2' in d[0]['result']"
}
say_it one ONE
say_it two TWO
counted 1 token
sleep 3.2	# the token's life, less a quarter of it
say_it three THREE
counted 2 token
counted 0 reuse
# All of the worker's memory, that for secrets too, while its vault is open and the token good. A
# sanitizer brings its own free(), which wipes nothing.
if [ "$(id -u)" -eq 0 ] && grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" && gdb -q -n -batch -ex 'set dump-excluded-mappings on' >/dev/null 2>&1; then
	DEBUGINFOD_URLS= gdb -q -n -batch -p "$run_pid" -ex 'set use-coredump-filter off' -ex 'set dump-excluded-mappings on' -ex "gcore $dir/core" >"$dir/gdb.out" 2>&1 </dev/null
	grep -qaF "$home" "$dir/core" || fail "gdb made no core"
	for secret in $(tail -n 2 "$at/given") "$(cat "$at/refresh")" rt-practice cs-practice "$(printf 'claviger%%20tests:cs-practice%%2F5150%%2BA%%3D' | base64)"; do
		! grep -qaF -e "$secret" "$dir/core" || fail "it stands in memory: $secret"
	done
	rm "$dir/core"
	say "a worker with a token in use holds none in the clear"
fi
kill -INT "$run_pid"
wait "$run_pid"
say "a child is started anew with the next token, and only then"

ok connector list --json
cat "$dir"/last.* "$dir"/both.* "$dir"/run.* >"$dir/all.said"
for secret in $(cat "$at/given" "$at/refresh") rt-practice cs-practice; do
	! grep -rqaF "$secret" "$home" "$dir/state" "$dir/all.said" 2>/dev/null || fail "it stands in a file: $secret"
done
say "no token and no grant stands anywhere in the clear"
