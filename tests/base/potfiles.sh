#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file with words for a person is one that translators see.
cd "${TOP_SRCDIR:-..}" || exit 99
missing=$(grep -lE '(\b_|ngettext|N_)\("' src/*/*.c | while read -r f; do grep -qx "$f" po/POTFILES.in || echo "$f"; done)
gone=$(grep -v '^#' po/POTFILES.in | while read -r f; do [ -e "$f" ] || echo "$f"; done)
[ -z "$missing$gone" ] || { echo "FAILED: not in po/POTFILES.in: $missing; there no more: $gone"; exit 1; }
echo "ok: $(grep -vc '^#' po/POTFILES.in) files"
