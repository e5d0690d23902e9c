#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I5, R1: after a call, with the vault closed, neither key nor passphrase is anywhere in memory.
set -u
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which brings its own free()"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
for n in 1 2 3; do
	out=$("$TOP_BUILDDIR/tests/vault/leak_probe" "$dir") || { echo "$out"; exit 1; }
	[ -z "$out" ] || { echo "$out"; exit 1; }
	rm -f "$dir/vault.key"
done
