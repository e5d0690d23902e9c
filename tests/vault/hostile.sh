#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# R14: a hundred malformed vaults are refused before any work is done for them; what a person is asked
# to mend is said with the command; without locked memory there is no start.
. "$(dirname "$0")/../e2e/lib.sh"
probe=$TOP_BUILDDIR/tests/vault/vault_probe
bad=$dir/bad
mkdir "$bad"
ok init --person ana
w=$home/workspaces/main

# 1. By the program itself, at the programs' own least cost.
python3 "$TOP_SRCDIR/tests/vault/hostile.py" "$w/vault.key" "$bad" || fail "no malformed vaults"
"$probe" judge "$bad"/m?? >"$dir/judged" || { cat "$dir/judged"; fail "not every malformed vault is refused at once"; }
say "$(tail -1 "$dir/judged")"
cp "$w/vault.key" "$dir/good"
for f in "$bad"/m??; do
	cp "$f" "$w/vault.key"
	run cap set --scope workspace --window day --usd 1
	got=$?
	[ $got -ne 0 ] && [ $got -lt 126 ] || fail "status $got with ${f##*/}"
	one_line "${f##*/}"
	LC_ALL=C grep -q '[^ -~]' "$dir/last.err" && fail "bytes of the file on the terminal with ${f##*/}"
done
cp "$dir/good" "$w/vault.key"
ok cap set --scope workspace --window day --usd 1
say "the program refuses all of them in one line, and opens the good one"

# 2. What others may read or write, with the chmod to run.
chmod 644 "$dir/pass"
expect 2 cap set --scope workspace --window day --usd 1
grep -q "chmod 600 $dir/pass" "$dir/last.err" || fail "no chmod for the passphrase file"
chmod 600 "$dir/pass"
for mode in 755 750 777; do
	chmod $mode "$w"
	expect 2 cap list
	grep -q "chmod 700 $w" "$dir/last.err" || fail "no chmod for a workspace of mode $mode"
done
chmod 700 "$w"
ok cap list
say "a folder or passphrase file that others may read is refused with the chmod to run"

# 3. No locked memory: never silence. As root the limit binds nobody.
lock_limit() { (ulimit -l 0 && HOME=$dir "$@"); }
if [ "$(id -u)" -eq 0 ]; then
	command -v setpriv >/dev/null 2>&1 || skip "setpriv is not installed"
	open=$(mktemp -d /tmp/claviger-open.XXXXXX) || fail "no folder"
	chmod 755 "$open"
	cp "$claviger" "$open/claviger"
	lock_limit setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$open/claviger" --home /nonexistent key list >"$dir/last.out" 2>"$dir/last.err" </dev/null
	got=$?
	rm -rf "$open"
else
	lock_limit "$claviger" --home "$home" key list >"$dir/last.out" 2>"$dir/last.err" </dev/null
	got=$?
fi
[ $got -ne 0 ] || fail "it starts without locked memory and says nothing"
one_line "ulimit -l 0"
grep -q 'ulimit -l' "$dir/last.err" || fail "it does not name the limit to raise"
say "without locked memory: $(cat "$dir/last.err")"
