#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The format is what claviger-vault(5) says: another program reads what this one wrote.
set -u
probe=$TOP_BUILDDIR/tests/vault/vault_probe
reader=$TOP_SRCDIR/tests/vault/read_vault.py
command -v python3 >/dev/null 2>&1 || { echo "skipped: python3 is not installed"; exit 77; }
python3 -c 'import cryptography' 2>/dev/null || { echo "skipped: python3-cryptography is not installed"; exit 77; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed() { echo "$1"; exit 1; }

"$probe" create "$dir/v" w-7f3a ana "correct horse" || failed "create"
"$probe" add "$dir/v" "correct horse" bo "battery staple" || failed "add"
for pass in "correct horse" "battery staple"; do
	ours=$("$probe" mac "$dir/v" "$pass" "approve A7") || failed "mac"
	theirs=$(python3 "$reader" "$dir/v" "$pass" mac "approve A7") || failed "the reader cannot unlock with: $pass"
	[ "$ours" = "$theirs" ] || failed "the MACs differ: $ours $theirs"
done
blob=$("$probe" seal "$dir/v" "correct horse" connector 4 2 mail.example.com "a value") || failed "seal"
value=$(python3 "$reader" "$dir/v" "battery staple" open connector 4 2 mail.example.com "$blob") || failed "the reader cannot open the record"
[ "$value" = "a value" ] || failed "the reader found: $value"
python3 "$reader" "$dir/v" "battery staple" open connector 5 2 mail.example.com "$blob"
[ $? -eq 5 ] || failed "a moved record opened"
python3 "$reader" "$dir/v" "wrong" mac x
[ $? -eq 3 ] || failed "a wrong passphrase was not told"
# a slot with a key file, in the middle of two without
head -c 64 /dev/urandom >"$dir/file"
"$probe" add-file "$dir/v" "correct horse" cy "key and word" "$dir/file" || failed "add-file"
"$probe" add "$dir/v" "correct horse" di "last of all" || failed "add after"
[ "$(python3 "$reader" --key-file "$dir/file" "$dir/v" "key and word" person)" = cy ] || failed "the reader cannot unlock with a key file"
[ "$(python3 "$reader" --key-file "$dir/file" "$dir/v" "last of all" person)" = di ] || failed "a key file is in the way of a slot without one"
python3 "$reader" "$dir/v" "key and word" person
[ $? -eq 3 ] || failed "the reader does without the key file"
exit 0
