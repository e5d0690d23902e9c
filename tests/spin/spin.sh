#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The model of approvals, every state of it; and that the judge sees each guard that is taken away.
: "${TOP_SRCDIR:=..}"
for p in spin cc; do command -v "$p" >/dev/null 2>&1 || { echo "skipped: $p is not installed"; exit 77; }; done
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-spin.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
cp "$TOP_SRCDIR/tests/spin/approvals.pml" "$dir" && cd "$dir" || exit 99
# check NAME OPTION...: errors found, states stored
check() {
	name=$1
	shift
	spin "$@" -a approvals.pml >"$name.log" 2>&1 || { cat "$name.log"; exit 1; }
	cc -O2 -w -DSAFETY -DMEMLIM=3000 -DVECTORSZ=512 -DCOLLAPSE -o "$name" pan.c || exit 1
	"./$name" -m1000000 >"$name.log" 2>&1
	errors=$(sed -n 's/.*errors: \([0-9]*\).*/\1/p' "$name.log")
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' "$name.log")
	[ -n "$errors" ] && ! grep -q 'search depth too small\|out of memory\|max search depth' "$name.log" || { cat "$name.log"; echo "FAILED: $name was not searched whole"; exit 1; }
}
# In full with three deaths of a worker (make prove), with one else.
[ -n "${FULL:-}" ] || set -- -DCRASHES=1
check whole "$@"
[ "$errors" = 0 ] || { cat whole.log; echo "FAILED: the model breaks its promises"; exit 1; }
echo "ok: $states states, none breaks a promise"
for guard in ${FULL:+LATE BOTH LOST} RETRY BLIND KEPT; do
	check "$guard" "-D$guard" "$@"
	[ "$errors" -gt 0 ] || { echo "FAILED: with $guard nothing is found: the model proves nothing"; exit 1; }
	echo "ok: without a guard ($guard) it is found"
done
