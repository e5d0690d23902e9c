#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a key: every way in, the free test's verdict, rotation under calls in
# flight, a key refused in the middle of work and all that follows, retiring, removing.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

start_practice --rate 200
make_repo "$dir/tally" 12 tally
ok init --json
ok cap set --scope workspace --window day --usd 50
state_of() { ok key list --json; py '[k["state"] for k in d if k["label"] == "'"$1"'"][0]'; }
sent() { ok call list --json; [ "$(py 'sum(c["state"] == "sent" for c in d)')" -ge "$1" ]; }
add() { ok key add --vendor anthropic --base-url "$url" --json "$@"; }

# --- every way in --------------------------------------------------------------------
printf '%s\n' "$key-file" >"$dir/key"
add --label file --file "$dir/key"
is '"works" in d["text"] and "claude" in d["text"]'
chmod 644 "$dir/key"
expect 2 key add --vendor anthropic --label wide --base-url "$url" --file "$dir/key"
grep -q 'chmod' "$dir/last.err" || fail "a file others may read: no chmod named"
rm "$dir/key"
(CLAVIGER_TEST_KEY="$key-variable" && export CLAVIGER_TEST_KEY && add --label variable --from-env CLAVIGER_TEST_KEY) || exit 1
printf '\n  %s-stdin \n\n' "$key" | timeout 60 "$claviger" --home "$home" key add --vendor anthropic --label stdin --base-url "$url/v1" --stdin --json >"$dir/last.out" 2>"$dir/last.err" ||
	fail "key add --stdin"
ok key list --json
is 'len(d) == 3 and all(k["state"] == "active" and k["age_days"] == 0 and k["note"] is None for k in d) and len({k["fingerprint"] for k in d}) == 3'
expect 2 key add --vendor anthropic --label none --base-url "$url"
expect 2 key add --vendor nobody --label none --command "echo $key"
expect 2 key add --vendor anthropic --label inner --base-url "$url" --command "echo '$key two'"
expect 5 key add --vendor anthropic --label file --base-url "$url" --command "echo $key"
expect 2 key add --vendor anthropic --label pair --command 'echo "{\"access_key_id\":\"AKIDEXAMPLE000000001\",\"secret_access_key\":\"wJalrXUtnFEMIK7MDENGbPxRfiCY\"}"'
expect 4 key add --vendor anthropic --label aws --aws-profile nobody
expect 2 key add --vendor anthropic --label out --proxy http://user:word@proxy.example:80 --command "echo $key"
expect 4 key add --vendor anthropic --label out --ca-file "$dir/none.pem" --command "echo $key"
expect 2 key add --vendor anthropic --label wire --api soap --command "echo $key"
ok key list --json
is 'len(d) == 3'
say "every way in, and the ways that are refused"

# --- a refused key is stored with its state -------------------------------------------
expect 7 key add --vendor anthropic --label bad --base-url "$url" --command "printf '%s-revoked' '$key'" --json
grep -q 'does not accept' "$dir/last.err" || fail "the verdict is not in the message"
[ "$(state_of bad)" = revoked ] || fail "bad is $(state_of bad)"
ok key retire bad
grep -q 'https://console.anthropic.com' "$dir/last.out" || fail "retire names no console"
ok key remove bad
expect 4 key test bad
for l in file variable stdin; do ok key remove "$l"; done
ok key list --json
is 'd == []'
say "a refused key, retired and removed"

# --- rotation while calls are in flight ------------------------------------------------
printf '%s-one\n' "$key" >"$dir/key" && chmod 600 "$dir/key"
add --label main --file "$dir/key"
add_repo repo "$dir/tally"
# a call that the vendor takes its time over stays on the old key, and the next goes out with the new one
ok goal add 'Say what docs/guide.md is about [fault hang]' --no-plan --agent Ada --json
slow=$(py 'd["goal"]')
versions() { ! command -v sqlite3 >/dev/null 2>&1 || [ "$(sqlite3 "$home"/workspaces/main/claviger.db "SELECT group_concat(version) FROM sealed WHERE kind = 'key'")" = "$1" ]; }
"$claviger" --home "$home" run --for 120 --until-idle --json >"$dir/run.out" 2>"$dir/run.err" </dev/null &
worker=$!
wait_for 30 sent 1
printf '%s-two\n' "$key" >"$dir/key"
ok key rotate main --file "$dir/key" --json
sent 1 || fail "the rotation cut the call in flight"
versions 1,2 || fail "the old version is gone while a call is on it"
ok goal add 'Say what README.md counts' --no-plan --agent Sam --json
settled() { ok call list --json; [ "$(py 'sum(c["state"] == "settled" for c in d)')" -ge 1 ]; }
wait_for 60 settled
sent 1 || fail "the call on the old key did not go on"
ok goal cancel "$slow"
wait "$worker" || fail "run: $(cat "$dir/run.err")"
fetch /practice/requests "$dir/requests"
python3 - "$dir" "$key-one" "$key-two" <<'P' || fail "the calls did not go from the old key to the new one"
import hashlib, json, sys
asked = [r for r in json.load(open(sys.argv[1] + "/requests")) if r["path"].endswith("/v1/messages")]
old, new = (hashlib.sha256(k.encode()).hexdigest() for k in sys.argv[2:4])
used = ["old" if old in json.dumps(r["headers"]) else "new" if new in json.dumps(r["headers"]) else "?" for r in asked]
print("calls by key:", used)
sys.exit(not (len(used) >= 2 and used[0] == "old" and set(used[1:]) == {"new"}))
P
versions 2 || fail "the old version is still sealed in there"
ok key list --json
is 'd[0]["version"] == 2 and d[0]["rotated"] is not None'
expect 5 key rotate main --file "$dir/key"
say "rotated under a call in flight: that stayed on the old key, the next went out with the new one"

# --- refused in the middle of work ------------------------------------------------------
for id in $(pending); do ok approval reject "$id" --reason 'for another day'; done
# a call that the vendor takes its time over
ok goal add 'Say what docs/guide.md is about [fault hang]' --no-plan --agent Ada --json
first=$(py 'd["goal"]')
"$claviger" --home "$home" run --for 90 --until-idle --json >"$dir/run.out" 2>"$dir/run.err" </dev/null &
worker=$!
wait_for 20 sent 1
sum=$(printf '%s-two' "$key" | sha256sum | cut -d' ' -f1)
python3 -c 'import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(sys.argv[1] + "/practice/revoke", data=("{\"key_sha256\":\"" + sys.argv[2] + "\"}").encode(), method="POST"))' "$url" "$sum" || fail "revoke"
sent 1 || fail "the first call had ended before the key was refused: nothing was shown"
ok goal add 'Say what README.md is about' --no-plan --agent Sam --json
second=$(py 'd["goal"]')
wait "$worker" || fail "run: $(cat "$dir/run.err")"
is 'd["stopped"] == "revoked"' "$dir/run.out"
[ "$(state_of main)" = revoked ] || fail "main is $(state_of main)"
ok task list --json
is 'all(t["state"] == "paused" and t["waiting_on"] == "key" and "main" in t["why"] and "does not accept" in t["why"] for t in d if t["goal"] in ('"$first, $second"'))'
ok call list --json
is 'sum(c["state"] == "cut" for c in d) == 2 and sum(c["state"] == "refused" for c in d) == 1 and not any(c["state"] in ("held", "sent") for c in d)'
ok watch --once
grep -q 'main' "$dir/last.out" || fail "watch does not say which key is refused: $(cat "$dir/last.out")"
ok doctor
grep -q 'key rotate main' "$dir/last.out" || fail "doctor does not say what to do"
requests=$(fetch /practice/requests "$dir/requests" && py 'len(d)' "$dir/requests")
ok run --until-idle --json
is 'd["stopped"] == "revoked" and d["calls"] == 0'
[ "$(fetch /practice/requests "$dir/requests" && py 'len(d)' "$dir/requests")" = "$requests" ] || fail "a request went out on a refused key"
printf '%s-three\n' "$key" >"$dir/key"
ok key rotate main --file "$dir/key" --json
ok task list --json
is 'all(t["state"] == "ready" for t in d if t["goal"] in ('"$first, $second"'))'
ok goal cancel "$first"
ok run --until-idle --json
ok goal show "$second" --json
is 'd["state"] not in ("paused", "failed")'
say "a refused key stops its calls at once, pauses its tasks with the reason, and rotation takes them up again"

# --- no credit: failing, in words of its own; the test after it was mended takes work up again ----
printf '%s-nocredit\n' "$key" >"$dir/key"
run key rotate main --file "$dir/key" --json
ok goal add 'Say what README.md counts' --no-plan --agent Sam --json
third=$(py 'd["goal"]')
ok run --until-idle --json
is 'd["stopped"] == "revoked"'
ok key list --json
is 'd[0]["state"] == "failing" and "no credit" in d[0]["why"]'
ok task list --goal "$third" --json
is 'd[0]["state"] == "paused" and d[0]["waiting_on"] == "key" and "no credit" in d[0]["why"]'
printf '%s-four\n' "$key" >"$dir/key"
ok key rotate main --file "$dir/key" --json
ok run --until-idle --json
ok task list --goal "$third" --json
is 'd[0]["state"] != "paused"'
say "an account without credit: failing, and mended"

# --- a way that was changed in the database ---------------------------------------------------
if command -v sqlite3 >/dev/null 2>&1; then
	for set in "proxy = 'http://127.0.0.1:1'" "ca_file = '/etc/passwd'" "base_url = base_url || '/elsewhere'" "vendor = 'openai'" "region = 'x'" "api = 'chat'" "host = 'localhost'"; do
		sqlite3 "$home/workspaces/main/claviger.db" "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
		cp "$home/workspaces/main/claviger.db" "$dir/db.saved"
		fetch /practice/requests "$dir/requests"
		before=$(py 'len(d)' "$dir/requests")
		sqlite3 "$home/workspaces/main/claviger.db" "UPDATE key SET $set WHERE label = 'main'" || fail sqlite3
		run key test main
		got=$?
		[ "$got" -ne 0 ] || fail "a key was used with $set"
		fetch /practice/requests "$dir/requests"
		[ "$(py 'len(d)' "$dir/requests")" = "$before" ] || fail "a request went out with $set"
		printf '%s-other\n' "$key" >"$dir/key"
		run key rotate main --file "$dir/key"
		[ $? -ne 0 ] || fail "a new value was sealed for $set"
		rm -f "$home/workspaces/main/claviger.db-wal" "$home/workspaces/main/claviger.db-shm"
		cp "$dir/db.saved" "$home/workspaces/main/claviger.db"
	done
	ok key test main
	say "a key whose address or way out was changed in the database goes nowhere"
fi

# --- admin keys: their own free test -------------------------------------------------------
for v in anthropic:sk-ant-admin01-practice openai:sk-admin-practice; do
	ok key add --vendor "${v%%:*}" --admin --label "admin-${v%%:*}" --base-url "$url" --command "echo ${v#*:}AAAAAAAAAAAA" --json
	is '"works" in d["text"] and "model" not in d["text"]'
done
run key add --vendor openai --admin --label usual --base-url "$url" --command 'echo sk-proj-practiceAAAAAAAAAAAA' --json
[ $? -eq 7 ] || fail "a usual key passes for an admin key"
ok key list --json
is '[k["state"] for k in d if k["label"].startswith("admin")] == ["active", "active"] and [k["state"] for k in d if k["label"] == "usual"] == ["failing"]'
for l in admin-anthropic admin-openai usual; do ok key remove "$l"; done
say "an admin key is tested by what it is for"

# --- age ------------------------------------------------------------------------------------
if command -v sqlite3 >/dev/null 2>&1; then
	sqlite3 "$home"/workspaces/*/claviger.db "UPDATE key SET rotated_us = rotated_us - 91 * 86400000000" || fail "sqlite3"
	ok key list --json
	is 'd[0]["age_days"] == 91 and d[0]["note"] == "91 days old: rotate it"'
	ok doctor
	grep -q '91 days old' "$dir/last.out" || fail "doctor does not mention the age"
	sqlite3 "$home"/workspaces/*/claviger.db "UPDATE key SET expires_us = created_us" || fail "sqlite3"
	ok goal add 'Say what README.md is' --no-plan --agent Sam --json
	ok run --until-idle --json
	is 'd["stopped"] == "revoked" and d["calls"] == 0'
	ok key list --json
	is '"session ended" in d[0]["note"]'
	say "a reminder at 90 days; no call with a session that has ended"
fi
rm -f "$dir/key"
