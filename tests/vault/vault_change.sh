#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# R13: a change of passphrase that is killed at any system call, or whose disk fails, leaves a vault that
# exactly one of the two opens; and where it said how it ended, that one. VAULT_FULL=1: every system call of
# the process, from its first to its last; else those that the change itself makes.
set -u
probe=$TOP_BUILDDIR/tests/vault/vault_probe
command -v strace >/dev/null 2>&1 || { echo "skipped: strace is not installed"; exit 77; }
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which does not go with ptrace"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
strace -o /dev/null true 2>/dev/null || { echo "skipped: no ptrace here"; exit 77; }

"$probe" create "$dir/vault.key" w ana old || exit 1
cp "$dir/vault.key" "$dir/first"
strace -o "$dir/trace" "$probe" change "$dir/vault.key" old new || exit 1
all=$(sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$dir/trace" | sort -u)
rm "$dir/trace"
own="flock openat read write fchmod fsync link linkat rename unlink unlinkat close fstat newfstatat stat getdents64"
[ -n "${VAULT_FULL:-}" ] && own=$all

# after CALL N STATUS: exactly one opens, and if the change said how it ended, the one it said.
after() {
	"$probe" open "$dir/vault.key" old 2>/dev/null; old=$?
	"$probe" open "$dir/vault.key" new 2>/dev/null; new=$?
	case $old$new in
	03 | 30) ;;
	*) echo "$1 $2: old gives $old, new gives $new"; exit 1 ;;
	esac
	if [ "$3" -eq 0 ] && [ $new -ne 0 ]; then echo "$1 $2: the change said it was done, but was not"; exit 1; fi
	if [ "$3" -gt 0 ] && [ "$3" -lt 128 ] && [ $old -ne 0 ]; then echo "$1 $2: the change said it failed, but was done"; exit 1; fi
}

kills=0
for call in $own; do
	echo "$all" | grep -qx "$call" || continue
	n=1
	while :; do
		cp "$dir/first" "$dir/vault.key"
		# in a shell of its own, which does not tell of the kill
		(strace -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" "$probe" change "$dir/vault.key" old new; exit $?) >/dev/null 2>&1
		status=$?
		after "killed at $call" $n $status
		[ $status -lt 128 ] && break
		kills=$((kills + 1))
		n=$((n + 1))
		[ $n -le 400 ] || { echo "$call: no end"; exit 1; }
	done
done
[ $kills -gt 30 ] || { echo "only $kills kills struck: nothing was tested"; exit 1; }

faults=0
for fault in fsync:error=EIO write:error=ENOSPC rename:error=EIO link:error=EPERM linkat:error=EPERM fchmod:error=EPERM unlink:error=EACCES unlinkat:error=EACCES flock:error=ENOLCK; do
	call=${fault%%:*}
	echo "$all" | grep -qx "$call" || continue
	for n in 1 2 3 4; do
		cp "$dir/first" "$dir/vault.key"
		strace -o "$dir/trace" -e trace="$call" -e inject="$fault:when=$n" "$probe" change "$dir/vault.key" old new >/dev/null 2>&1
		status=$?
		grep -q INJECTED "$dir/trace" && faults=$((faults + 1))
		after "$fault" $n $status
	done
	# and a disk that fails for good
	cp "$dir/first" "$dir/vault.key"
	strace -o /dev/null -e trace="$call" -e inject="$fault" "$probe" change "$dir/vault.key" old new >/dev/null 2>&1
	after "$fault" always $?
done
rm -f "$dir/trace"
[ $faults -gt 6 ] || { echo "only $faults faults struck: nothing was tested"; exit 1; }

"$probe" add "$dir/vault.key" "$([ "$new" -eq 0 ] && echo new || echo old)" bo third || { echo "the vault cannot be changed any more"; exit 1; }
left=$(ls "$dir")
[ "$left" = "first
vault.key" ] || { echo "the killed left files behind: $left"; exit 1; }
echo "$kills kills and $faults faults, one passphrase each time"
