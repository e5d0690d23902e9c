#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Only the vault itself may set a cost: no program can make or open a cheap one.
set -u
found=$(grep -rlE 'vault/cost\.h|_at_cost' "$TOP_SRCDIR/src" | grep -v '/src/vault/')
[ -z "$found" ] || { echo "sets the vault's cost: $found"; exit 1; }
grep -q 'log2_n = 17, .r = 8, .p = 1' "$TOP_SRCDIR/src/vault/cost.h" || { echo "the least cost was changed"; exit 1; }

# The program that the end-to-end tests run makes cheap vaults: the real one refuses them.
dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-cost.XXXXXX") || exit 99
trap 'rm -rf "$dir"' EXIT
umask 077
printf 'a passphrase for tests\n' >"$dir/pass"
CLAVIGER_PASSPHRASE_FILE=$dir/pass HOME=$dir XDG_CONFIG_HOME=$dir/config
export CLAVIGER_PASSPHRASE_FILE HOME XDG_CONFIG_HOME
open_with() {	# PROGRAM HOME: a verb that needs the vault
	"$1" --home "$2" cap set --scope workspace --window day --usd 5 >"$dir/out" 2>&1
}
cheap=$TOP_BUILDDIR/tests/claviger-cheap real=$TOP_BUILDDIR/bin/claviger
"$cheap" --home "$dir/cheap" init >/dev/null || exit 1
"$real" --home "$dir/real" init >/dev/null || exit 1
open_with "$cheap" "$dir/cheap" || { cat "$dir/out"; echo "the cheap program does not open its own vault"; exit 1; }
open_with "$real" "$dir/real" || { cat "$dir/out"; echo "the real program does not open its own vault"; exit 1; }
open_with "$real" "$dir/cheap" && { echo "bin/claviger opens a vault that asks for less than its least cost"; exit 1; }
grep -q '^claviger: ' "$dir/out" || { cat "$dir/out"; echo "and does not say why"; exit 1; }
