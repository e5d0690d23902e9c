#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I5, R1: a console that has worked and is locked holds no byte of a key, by gcore. VAULT_KEYS: how many
# keys are planted (each is 84 windows of 12 bytes).
set -u
grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which brings its own free()"; exit 77; }
[ "$(id -u)" -eq 0 ] || { echo "skipped: only root may look into the process"; exit 77; }
for p in gdb python3; do command -v $p >/dev/null 2>&1 || { echo "skipped: $p is not installed"; exit 77; }; done
python3 -c 'import cryptography' 2>/dev/null || { echo "skipped: python3-cryptography is not installed"; exit 77; }
gdb -q -n -batch -ex 'set dump-excluded-mappings on' >/dev/null 2>&1 || { echo "skipped: this gdb cannot dump excluded mappings"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
python3 -B "$TOP_SRCDIR/tests/vault/memory.py" --claviger "$TOP_BUILDDIR/bin/claviger" --unwiped "$TOP_BUILDDIR/tests/vault/claviger_unwiped" \
	--practice "$TOP_BUILDDIR/bin/claviger-practice" --dir "$dir" --keys "${VAULT_KEYS:-3}"
