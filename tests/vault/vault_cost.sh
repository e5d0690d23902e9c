#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Only the vault itself may set a cost: no program can make or open a cheap one.
set -u
found=$(grep -rlE 'vault/cost\.h|_at_cost' "$TOP_SRCDIR/src" | grep -v '/src/vault/')
[ -z "$found" ] || { echo "sets the vault's cost: $found"; exit 1; }
grep -q 'log2_n = 17, .r = 8, .p = 1' "$TOP_SRCDIR/src/vault/cost.h" || { echo "the least cost was changed"; exit 1; }
