#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The plain face over the real program: lines in, labelled lines out; the end of
# input and a half-typed yes decide nothing.
set -eu
claviger="${TOP_BUILDDIR:-$PWD}/bin/claviger"
[ -x "$claviger" ] || { echo "skipped: bin/claviger is not built"; exit 77; }
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export CLAVIGER_HOME="$home/h"
mkdir -m 700 "$home/h"
printf 'a long passphrase of words\n' > "$home/pass"
chmod 600 "$home/pass"
fail() { echo "$1" >&2; exit 1; }

CLAVIGER_PASSPHRASE_FILE="$home/pass" "$claviger" init --workspace office > "$home/log" 2>&1 || { cat "$home/log"; fail "init failed"; }

printf '\n1\n4\nkey list\nq\n' | "$claviger" --plain > "$home/out" || fail "plain: status $?"
grep -q '^Workspace: office$' "$home/out" || fail "no workspace line"
grep -q 'vault: locked' "$home/out" || fail "it does not say that the vault is locked"
grep -q 'Tasks: 0' "$home/out" || fail "no task list"
grep -q 'Locked: u unlocks' "$home/out" || fail "a verb answered before unlocking"

# an approval that is not there, and the end of input in the middle of a line
printf 'y A1' | "$claviger" --plain > "$home/out" || fail "end of input: status $?"
grep -q 'approved' "$home/out" && fail "the end of input decided"

printf 'a do something\nq\n' | "$claviger" --plain --read-only > "$home/out" || fail "read-only: status $?"
grep -q 'only looks' "$home/out" || fail "read-only took a goal"

# no control byte but the newline leaves
LC_ALL=C tr -d '\n -~\200-\377' < "$home/out" | grep -q . && fail "a control byte in the output"
exit 0
