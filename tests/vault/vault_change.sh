#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# R13: a change of passphrase that is killed at any system call leaves a vault that exactly one of the two opens.
set -u
probe=$TOP_BUILDDIR/tests/vault/vault_probe
command -v strace >/dev/null 2>&1 || { echo "skipped: strace is not installed"; exit 77; }
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which does not go with ptrace"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
strace -o /dev/null true 2>/dev/null || { echo "skipped: no ptrace here"; exit 77; }

"$probe" create "$dir/vault.key" w ana old || exit 1
cp "$dir/vault.key" "$dir/first"
kills=0
for call in flock openat read write fchmod fsync rename close munmap; do
	n=1
	while [ $n -le 40 ]; do
		cp "$dir/first" "$dir/vault.key"
		strace -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" "$probe" change "$dir/vault.key" old new >/dev/null 2>&1
		status=$?
		"$probe" open "$dir/vault.key" old 2>/dev/null; old=$?
		"$probe" open "$dir/vault.key" new 2>/dev/null; new=$?
		case $old$new in
		03 | 30) ;;
		*) echo "killed at $call $n: old gives $old, new gives $new"; exit 1 ;;
		esac
		if [ $status -eq 0 ]; then
			[ "$new" -eq 0 ] || { echo "$call $n: the change said it was done, but was not"; exit 1; }
			break
		fi
		kills=$((kills + 1))
		n=$((n + 1))
	done
done
"$probe" add "$dir/vault.key" "$([ "$new" -eq 0 ] && echo new || echo old)" bo third || { echo "the vault cannot be changed any more"; exit 1; }
left=$(ls "$dir")
[ "$left" = "first
vault.key" ] || { echo "the killed left files behind: $left"; exit 1; }
[ $kills -gt 20 ] || { echo "only $kills kills struck: nothing was tested"; exit 1; }
echo "$kills kills, one passphrase each time"
