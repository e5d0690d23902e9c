#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# R8, I5, I6: a hostile environment steers nothing, and a vendor's key in it is not to be seen afterwards.
set -u
probe=$TOP_BUILDDIR/tests/base/env_probe
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
failed() { echo "$1"; cat "$dir/out"; exit 1; }

grep -q '^#define WIPE_FREED 1' "$TOP_BUILDDIR/config.h" || { echo "skipped: built with a sanitizer, which does not go with ptrace"; exit 77; }
# A proxy that refuses: had it been asked, the connection would not be "refused" at the address itself.
set -- env OPENSSL_CONF="$dir/openssl.cnf" SSLKEYLOGFILE="$dir/keys" https_proxy=http://proxy.invalid:1 ALL_PROXY=http://proxy.invalid:1 \
	SSL_CERT_FILE="$dir/ca" CURL_CA_BUNDLE="$dir/ca2" CURL_HOME="$dir" NETRC="$dir/netrc" OPENSSL_MODULES="$dir" OPENSSL_ENGINES="$dir" \
	ANTHROPIC_API_KEY=sk-marker-ANTHROPIC AWS_SECRET_ACCESS_KEY=marker-AWS OTHER_SETTING=other "$probe"
echo 'openssl_conf = nonsense' >"$dir/openssl.cnf"
if command -v strace >/dev/null 2>&1 && strace -o /dev/null true 2>/dev/null; then
	strace -f -s 256 -o "$dir/trace" "$@" >"$dir/out" 2>&1 || failed "the probe failed"
	# the first line is the probe's own exec
	sed 1,2d "$dir/trace" | grep -v execve | grep -E "$dir|proxy\.invalid" && failed "a library obeyed the environment"
else
	"$@" >"$dir/out" 2>&1 || failed "the probe failed"
fi
[ ! -e "$dir/keys" ] || failed "TLS secrets were written"
grep -q '^connect:refused' "$dir/out" || failed "a proxy was asked"
grep -q marker "$dir/out" && failed "a key is still to be seen"
grep -q '^kernel:.*OTHER_SETTING=other' "$dir/out" || failed "more was removed than should be"
grep -q '^child:OTHER_SETTING' "$dir/out" && failed "a child gets more than it should"
grep -q '^stray:ANTHROPIC_API_KEY' "$dir/out" || failed "the stray key is not listed"
grep -q '^stray:AWS_SECRET_ACCESS_KEY' "$dir/out" || failed "the stray key is not listed"
exit 0
