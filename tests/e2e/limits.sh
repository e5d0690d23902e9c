#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Nothing comes, or nothing goes: a vendor that falls silent or never begins, a
# database of a newer program, a disk that takes no more, a payload changed after
# it was decided on. Each says so, and nothing is lost.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

calls_now() { ok call list --json; py 'len(d)'; }

# fault KIND STOPPED STATE WORD [LEAST]: one goal whose first call meets the fault.
fault() {
	before=$(calls_now)
	ok goal add "Say in README.md how it is stopped [fault $1]" --json
	goal=$(py 'd["goal"]')
	ok run --for 60 --until-idle --json
	is 'd["stopped"] == "'"$2"'" and d["calls"] >= 1'
	made=$(py 'd["calls"]')
	ok task list --goal "$goal" --json
	is 'len(d) >= 1 and d[0]["state"] == "'"$3"'" and "'"$4"'" in (d[0]["why"] or "")'
	[ "$(calls_now)" -eq "$((before + made))" ] || fail "$1: the worker counts $made calls, the ledger $(($(calls_now) - before))"
	py 'json.dumps([max(d, key=lambda c: c["id"])])' >"$dir/newest"
	is 'all(c["state"] not in ("held", "sent") for c in d)'
	# what may have been billed is booked at its bound
	is 'd[0]["state"] == "cut" and Decimal(d[0]["cost_usd"]) > 0' "$dir/newest"
	run goal cancel "$goal"
	say "$1: $4"
}

start_practice --rate 5000
make_repo "$dir/t" 12 tally
office "$dir/t"
ok config set first_byte_s 2
ok config set silence_s 2
fault stall idle paused "silent"
fault hang idle paused "did not begin"

# --- a payload changed after it was decided on ------------------------------------------
if command -v sqlite3 >/dev/null 2>&1; then
	ok goal add 'Correct the spelling of "recieve" in docs/guide.md' --json
	ok run --until-idle --json
	for id in $(pending); do approve "$id"; done
	ok run --until-idle --json
	id=$(pending)
	approve "$id"
	sqlite3 "$home"/workspaces/*/claviger.db ".timeout 5000" "DROP TRIGGER version_fixed;
		UPDATE version SET payload = CAST(replace(CAST(payload AS TEXT), 'receive', 'deceive') AS BLOB) WHERE approval = $id" || fail "sqlite3"
	run run --until-idle --json
	[ -z "$(git -C "$dir/t" for-each-ref refs/heads/claviger)" ] || fail "a changed payload fired"
	ok incident list --json
	is 'any(i["kind"] == "refused_firing" and "A'"$id"' " in i["text"] for i in d)'
	say "a payload changed after the decision does not fire"
fi
stop_practice

# --- the database ---------------------------------------------------------------------------
db=$(ls "$home"/workspaces/*/claviger.db)
if command -v sqlite3 >/dev/null 2>&1; then
	was=$(sqlite3 "$db" 'PRAGMA user_version')
	sqlite3 "$db" 'PRAGMA user_version = 9999' >/dev/null
	expect 1 goal list
	grep -qi 'newer' "$dir/last.err" || fail "a newer database is not called so"
	sqlite3 "$db" "PRAGMA user_version = $was" >/dev/null
	ok goal list --json
	say "a newer database is left alone"
fi
# A disk that takes no more: files may not grow beyond what they are.
before=$(calls_now)
(
	trap '' XFSZ
	ulimit -f 1
	timeout 60 "$claviger" --home "$home" goal add "one more" >"$dir/last.out" 2>"$dir/last.err" </dev/null
)
got=$?
[ "$got" -eq 1 ] || fail "status $got on a full disk"
one_line "goal add"
ok goal list --json
[ "$(calls_now)" -eq "$before" ] || fail "the ledger changed"
ok journal verify
say "a full disk"
