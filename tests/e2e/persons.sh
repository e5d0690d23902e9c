#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Slots for several persons, key files, another passphrase and a new root, by the
# real verbs; and another program reads what they wrote.
. "$(dirname "$0")/lib.sh"
reader=$TOP_SRCDIR/tests/vault/read_vault.py
w=$home/workspaces/main
printf 'the passphrase of bo\n' >"$dir/bo"
printf 'another for ana\n' >"$dir/ana2"
head -c 32 /dev/urandom >"$dir/stick"
as() { CLAVIGER_PASSPHRASE_FILE=$dir/$1; }
key_works() { ok key test practice; }
works() {	# the vault opens, what it signed holds, what it sealed opens
	ok cap set --scope workspace --window month --usd "$1"
	key_works
	say "$2"
}

start_practice
ok init --person ana
ok cap set --scope workspace --window day --usd 5
printf '%s' "$key" >"$dir/key"
ok key add --vendor anthropic --label practice --base-url "$url" --file "$dir/key"

# 1. Another person, with a key file.
ok person add bo --new-passphrase-file "$dir/bo" --key-file "$dir/stick"
ok person list --json
is '[(p["name"], p["key_file"]) for p in d] == [("ana", False), ("bo", True)]'
expect 5 person add bo --new-passphrase-file "$dir/bo"
as bo
expect 3 key test practice
grep -q 'CLAVIGER_KEY_FILE' "$dir/last.err" || fail "the missing key file is not named"
CLAVIGER_KEY_FILE=$dir/stick
export CLAVIGER_KEY_FILE
works 50 "bo opens it with passphrase and key file"
unset CLAVIGER_KEY_FILE
ok config set key_file "$dir/stick"
works 51 "and finds the key file by the setting"
expect 6 person remove bo
chmod 644 "$dir/stick"
expect 2 key test practice
grep -q "chmod 600 $dir/stick" "$dir/last.err" || fail "no chmod is named for the key file"
chmod 600 "$dir/stick"

# 2. Another program reads what this one wrote.
if python3 -c 'import cryptography' 2>/dev/null && command -v sqlite3 >/dev/null 2>&1; then
	row=$(sqlite3 -separator '|' "$w/claviger.db" "SELECT owner, s.version, host, hex(bytes), vendor, api, base_url, region, proxy, ca_file, '' FROM sealed s JOIN key k ON k.id = owner WHERE s.kind = 'key'")
	IFS='|'
	# shellcheck disable=SC2086
	set -- $row
	unset IFS
	[ "$(python3 "$reader" --key-file "$dir/stick" "$w/vault.key" "the passphrase of bo" open key "$@")" = "$key" ] || fail "the reader does not find the key by bo's slot"
	[ "$(python3 "$reader" "$w/vault.key" "a passphrase for tests" open key "$@")" = "$key" ] || fail "the reader does not find the key by ana's slot"
	say "the Python reader opens the vault by both slots, and the sealed key"
fi

# 3. Another passphrase: the old one ends.
as pass
ok workspace passphrase --new-passphrase-file "$dir/ana2"
expect 3 key test practice
as ana2
works 52 "the new passphrase opens, the old one does not"
expect 3 workspace passphrase
grep -q 'new-passphrase-fd' "$dir/last.err" || fail "it does not say how a new passphrase is given"
[ "$(ls "$w" | grep -c '^vault\.key')" -eq 1 ] || fail "left beside the vault: $(ls "$w")"

# 4. A new root. Only ana's slot stays; key, caps and the team's tool lists are as good as before.
cp "$w/vault.key" "$dir/kept"
ok key list --json
before=$(py 'd[0]["fingerprint"]')
ok workspace rekey --json
is '"2 other" not in d["text"] and "1 other slot is gone" in d["text"]'
ok key list --json
[ "$before" != "$(py 'd[0]["fingerprint"]')" ] || fail "the fingerprint is still made with the old root"
works 53 "a new root: key, caps and tool lists go on"
ok journal verify
as bo
expect 3 key test practice
as ana2
cp "$w/vault.key" "$dir/now"
cp "$dir/kept" "$w/vault.key"
expect 5 key test practice
grep -q 'same backup' "$dir/last.err" || fail "an old vault.key beside a newer database is not told"
cp "$dir/now" "$w/vault.key"
say "a vault.key of before is told from the one that belongs"

# 5. Killed in the middle of a rekey, on both sides of the commit: one root, and everything opens.
if command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null; then
	# The leak checker cannot run under strace, and would end an unharmed run with a failure.
	ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
	export ASAN_OPTIONS
	n=1
	while [ $n -le 8 ]; do
		(strace -f -o /dev/null -e trace=rename -e "inject=rename:signal=KILL:when=$n" "$claviger" --home "$home" workspace rekey >"$dir/last.out" 2>"$dir/last.err" </dev/null; exit $?) 2>/dev/null && break
		works $((60 + n)) "killed at rename $n"
		[ "$(ls "$w" | grep -c '^vault\.key')" -eq 1 ] || fail "left beside the vault: $(ls "$w")"
		n=$((n + 1))
	done
	[ $n -ge 3 ] && [ $n -le 8 ] || fail "only $n renames: the kills did not strike"
	works 90 "and a rekey that ends"
fi

# 6. Refused while something is approved and has not gone out; after that the office goes on
# under the new root: the connector's command, its pins and the agents' tool lists are signed again.
make_repo "$dir/repo" 12 tally
add_repo repo "$dir/repo"
ok goal add "Describe tally in the guide" --json
ok run --until-idle --json
approve "$(pending)"
expect 6 workspace rekey
say "refused while a decision has not been carried out"
ok run --until-idle --json
ok workspace rekey
until_done 1
say "the office works on under the new root"

# From an effect on two persons are asked; one says yes, and once more, and nothing happens.
ok person add bo --new-passphrase-file "$dir/bo"
ok config set two_persons write
ok goal add "Say in README.md what is counted" --json
goal=$(py 'd["goal"]')
ok run --until-idle --json
approve "$(pending)"
ok run --until-idle --json
id=$(pending)
id=${id%% *}
ok approval show "$id" --json
hash=$(py 'd["hash"]')
ok approval approve "$id" --hash "$hash" --json
is '"another person" in d["text"]'
expect 5 approval approve "$id" --hash "$hash"
grep -q "another person is asked too" "$dir/last.err" || fail "it is not said that another person is asked"
# written as approved by hand, the worker counts the persons again
sql() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=5); d.executescript(sys.argv[2]); d.commit()' "$(echo "$home"/workspaces/*/claviger.db)" "$1" || fail "sqlite3: $1"; }
sql "UPDATE approval SET state = 'approved' WHERE id = $id"
ok run --until-idle --json
ok incident list --json
is 'any("two persons" in i["text"] for i in d)'
ok approval show "$id" --json
is 'd["state"] == "pending"'
as bo
ok approval approve "$id" --hash "$hash"
ok run --until-idle --json
ok approval show "$id" --json
is 'd["state"] == "pending"'	# what ana said was taken back with the refusal
as ana2
ok approval approve "$id" --hash "$hash"
ok run --until-idle --json
ok approval show "$id" --json
is 'd["state"] == "fired" and d["decided_by"].startswith("bo and ana") and len(d["history"]) == 3'
ok config set two_persons never
say "two persons, two slots"

as bo
ok person remove ana
as ana2
expect 3 key test practice
say "a removed person opens nothing"
