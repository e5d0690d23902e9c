#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# embed.sh TABLE STRIP FILE...: C source with each file's bytes and one table of them, on standard output.
# The entry's name is the path less the prefix STRIP. Read through base/builtin.h.
set -eu
table=$1 strip=$2
shift 2
echo '#include "base/builtin.h"'
n=0
for f in "$@"; do
	printf 'static const unsigned char bytes_%d[] = {' "$n"
	od -An -v -tu1 "$f" | sed 's/  */ /g; s/^ //; s/ /,/g; s/$/,/'
	echo '0};'
	n=$((n + 1))
done
echo "const struct builtin $table[] = {"
n=0
for f in "$@"; do
	printf '\t{"%s", (const char *)bytes_%d, sizeof bytes_%d - 1},\n' "${f#"$strip"}" "$n" "$n"
	n=$((n + 1))
done
echo '	{0, 0, 0}};'
