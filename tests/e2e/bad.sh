#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong outside: each a clear line with what to do, the contract's exit
# status, the task stopped with its reason, and every call in the ledger.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

# --- words ---------------------------------------------------------------------
expect 2 spand
grep -q "'spend'" "$dir/last.err" || fail "the nearest verb is not named"
expect 2 goal
expect 2 run --until-idel
expect 2 approval approve A1
expect 2 cap set --scope workspace --window week --usd 5
expect 4 goal list
expect 4 -w nobody goal list
expect 4 price quote --vendor anthropic --model no-such-model --input 1
say "words that are off"

# --- no terminal, no passphrase ----------------------------------------------------
(unset CLAVIGER_PASSPHRASE_FILE && expect 3 init) || exit 1
[ ! -e "$home/workspaces/main/claviger.db" ] || fail "a workspace was made without a passphrase"
chmod 644 "$dir/pass"
expect 2 init
chmod 600 "$dir/pass"
ok init --json
expect 5 init
expect 2 attach
expect 2 --color never
printf 'not the passphrase\n' >"$dir/wrong"
(CLAVIGER_PASSPHRASE_FILE=$dir/wrong && expect 3 cap set --scope workspace --window day --usd 5) || exit 1
(unset CLAVIGER_PASSPHRASE_FILE && expect 3 run --until-idle) || exit 1
run goal list --json
is 'd == []'
say "missing terminal, missing and wrong passphrase"

# --- keys and connectors that will not do ---------------------------------------------
start_practice
printf 'x' | timeout 60 "$claviger" --home "$home" key add --vendor anthropic --base-url http://vendor.example.com --stdin >"$dir/last.out" 2>"$dir/last.err"
[ $? -eq 2 ] || fail "http: to another host is not refused"
one_line "key add over http"
ok key list --json
is 'd == []'
expect 2 key add --vendor anthropic --base-url "$url"
mkdir "$dir/plain"
expect 2 connector add plain --type codebase --root "$dir/plain"
expect 4 agent set nobody --tier top
grep -q "claviger agent list" "$dir/last.err" || fail "it does not say where to look"
expect 4 connector add gone --type codebase --root "$dir/gone"
expect 2 connector add inside --type codebase --root "$home"
ok connector list --json
is 'd == []'
printf '%s-revoked\n' "$key" >"$dir/key"
run key add --vendor anthropic --label dead --base-url "$url" --file "$dir/key" --json
[ $? -eq 7 ] || fail "a key that fails its test does not end with 7"
one_line "key add of a revoked key"
ok key list --json
is 'len(d) == 1 and d[0]["state"] == "revoked" and d[0]["why"]'
ok key remove dead
say "keys and connectors that will not do"

# --- a vendor that misbehaves -------------------------------------------------------------
make_repo "$dir/tally" 12 tally
ok cap set --scope workspace --window day --usd 8
add_key main
add_repo repo "$dir/tally"

# fault KIND RUN-OPTION CONDITION-ON-t CONDITION-ON-calls: one goal whose every
# request meets that fault; t is its planning task, c its calls.
fault() {
	ok goal add "Say in README.md how it is stopped [fault $1]" --json
	goal=$(py 'd["goal"]')
	# shellcheck disable=SC2086
	ok run $2 --json
	ok task list --goal "$goal" --json
	cp "$dir/last.out" "$dir/tasks"
	[ "$(py '[t for t in d][0]["why"] is not None' "$dir/tasks")" = True ] || fail "$1: no reason is given: $(cat "$dir/tasks")"
	[ "$(py "(lambda t: $3)(d[0])" "$dir/tasks")" = True ] || fail "$1: the task is $(cat "$dir/tasks")"
	ok call list --json
	[ "$(py "(lambda c: $4)([c for c in d if c['goal'] == $goal])")" = True ] || fail "$1: the calls are $(py "[c for c in d if c['goal'] == $goal]")"
	ok goal cancel "$goal"
	say "$1"
}
paused='t["state"] == "paused" and t["waiting_on"] in ("error", "key")'
refused='len(c) >= 1 and all(x["state"] == "refused" and x["cost_usd"] == "0" and x["error"] for x in c)'
cut='len(c) == 1 and c[0]["state"] == "cut" and Decimal(c[0]["cost_usd"]) > 0 and c[0]["request_id"]'
waits='t["state"] == "waiting" and t["waiting_on"] == "vendor" and t["retry_at"]'
fault 429 --until-idle "$paused" "$refused and c[0]['http_status'] == 429"
fault 429-retry --until-idle 't["state"] == "waiting" and t["waiting_on"] == "person"' '{x["state"] for x in c} == {"refused", "settled"}'
fault 500 '--for 2' "bool($waits)" "$refused and c[0]['http_status'] == 500"
fault 529 '--for 2' "bool($waits)" "$refused and c[0]['http_status'] == 529"
fault cut --until-idle "$paused" "bool($cut)"
fault garbage --until-idle "$paused" "bool($cut)"

# A stalled stream is cut when the worker stops; the task is not lost.
ok goal add "Say in README.md how it is stopped [fault stall]" --json
goal=$(py 'd["goal"]')
ok run --for 2 --json
is 'd["stopped"] == "time"'
ok call list --json
is "(lambda c: bool($cut))([c for c in d if c['goal'] == $goal])"
ok task list --goal "$goal" --json
is 'd[0]["state"] in ("ready", "paused")'
ok goal cancel "$goal"
say stall

fault 403 --until-idle "$paused" "$refused and c[0]['http_status'] == 403"
ok key list --json
is 'd[0]["state"] == "failing" and d[0]["why"]'
ok key test main
fault 401 --until-idle "$paused" "$refused and c[0]['http_status'] == 401"
ok key list --json
is 'd[0]["state"] == "revoked" and d[0]["why"]'

# Every request the vendor saw is in the ledger, and the other way round.
fetch /practice/requests "$dir/requests"
ok call list --json
cp "$dir/last.out" "$dir/calls"
python3 - "$dir" <<'P' || fail "ledger and vendor do not agree on the calls"
import json, sys
at = lambda name: json.load(open(sys.argv[1] + "/" + name))
seen = {r["request_id"] for r in at("requests") if r["path"].split("?")[0] == "/v1/messages"}
ours = {c["request_id"] for c in at("calls") if c["state"] != "released"}
print(f"{len(seen)} requests seen, {len(ours)} in the ledger")
sys.exit(not seen or seen != ours)
P
ok journal verify
ok spend --json
is 'Decimal(d["total"]["held_usd"]) == 0'
say "every call is in the ledger"

# --- a vendor that is not there ---------------------------------------------------------------
stop_practice
printf '%s-other\n' "$key" >"$dir/key"
run key add --vendor anthropic --label away --base-url "$url" --file "$dir/key" --json
[ $? -eq 7 ] || fail "an absent vendor does not end with 7"
one_line "key add with nobody there"
say "an absent vendor"

# --- a database that cannot be used --------------------------------------------------------------
database=$home/workspaces/main/claviger.db
cp "$database" "$dir/saved"
rm -f "$database-wal" "$database-shm"
head -c 4096 /dev/urandom >"$database"
run goal list
got=$?
[ "$got" -eq 1 ] || fail "a damaged database ends with $got"
one_line "goal list on a damaged database"
run doctor --json
[ $? -eq 1 ] || fail "the doctor finds nothing wrong with a damaged database"
is 'd["ok"] is False and any(c["check"] == "database" and c["state"] == "bad" and c["mend"] for c in d["checks"])'
say "a damaged database"
