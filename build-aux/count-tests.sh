#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# count-tests.sh LOG...: one closing line that counts every test case of a `make check`.
# A cmocka program counts by its cases, anything else by its own result (the .trs beside the log).
# Before it, what each test that failed said of it: where only the output is kept, that is all there is.
passed=0 failed=0 skipped=0
for log; do
	trs=${log%.log}.trs
	[ -f "$trs" ] || { failed=$((failed + 1)); continue; }
	ok=$(grep -c '^\[       OK \]' "$log")
	# cmocka names a failed case twice: where it ran and in its list
	bad=$(grep '^\[  FAILED  \] [^0-9]' "$log" | sort -u | wc -l)
	skip=$(grep -c '^\[  SKIPPED \] [^0-9]' "$log")
	if [ $((ok + bad + skip)) -eq 0 ]; then
		case $(sed -n 's/^:global-test-result: *//p' "$trs") in
		PASS) ok=1 ;;
		SKIP) skip=1 ;;
		*) bad=1 ;;
		esac
	elif [ "$bad" -eq 0 ] && ! grep -q '^:global-test-result: *PASS' "$trs"; then
		bad=1 # ended badly between two cases
	fi
	if [ "$bad" -gt 0 ]; then
		echo "---- ${log%.log} failed:"
		grep -n -m 5 -e '^FAILED' -e '^\[  FAILED  \]' -e 'ERROR: ' "$log" | cut -c1-400
		echo "---- its last lines:"
		tail -n 40 "$log" | cut -c1-400
	fi
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
done
echo "$passed passed, $failed failed, $skipped skipped"
