#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# consoles.sh: how long it takes until a second console on the same workspace shows the figure
# that the first one shows, while replies stream. Looks at both terminals by turns; prints;
# decides nothing. Wants tmux; TOP_BUILDDIR and TOP_SRCDIR as the end-to-end tests have them.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
command -v tmux >/dev/null 2>&1 || skip "tmux is not installed"

socket=claviger-bench-$$
t() { tmux -L "$socket" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; clean_up' EXIT
screen() { t capture-pane -p -t "$1" >"$dir/last.screen-$1"; }
shows() { screen "$1" && grep -q -- "$2" "$dir/last.screen-$1"; }
shows_not() { screen "$1" && ! grep -q -- "$2" "$dir/last.screen-$1"; }
start_practice --rate 25 --latency-ms 300
make_repo "$dir/repo" 30 tally
office "$dir/repo"
for c in a b; do
	t new-session -d -s $c -x 100 -y 30 "env LC_ALL=C.UTF-8 TERM=screen-256color '$claviger' --home '$home'"
	wait_for 20 shows $c assphrase
	t send-keys -t $c 'a passphrase for tests' Enter
	wait_for 30 shows_not $c locked
done
ok goal add "Describe tally in the guide" --json
ok goal add "Count what there is" --json
python3 - "$socket" "${SECONDS_LONG:-25}" <<'P'
import re, statistics, subprocess, sys, time
socket, length = sys.argv[1], float(sys.argv[2])
seen, looks = {"a": {}, "b": {}}, 0

def figures(console):
    text = subprocess.run(["tmux", "-L", socket, "capture-pane", "-p", "-t", console], capture_output=True, text=True).stdout
    today, runs = re.search(r"today (\S+)", text), re.search(r"(\d+ calls? .*?\$[\d.]+ to \$[\d.]+)", text)
    return today and today.group(1), runs and runs.group(1)

end = time.monotonic() + length
while time.monotonic() < end:
    for console in "ab":
        shown = figures(console)
        seen[console].setdefault(shown, time.monotonic())
        looks += 1
apart = sorted(abs(at - seen["b"][f]) * 1000 for f, at in seen["a"].items() if f in seen["b"])
print(f"two consoles: {len(apart)} figures seen on both, looked at every {length * 2000 / looks:.0f} ms")
if len(apart) > 1:
    print(f"  apart by: median {statistics.median(apart):.0f} ms, p95 {apart[int(len(apart) * .95)]:.0f} ms, most {apart[-1]:.0f} ms (goal: 300)")
P
