# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced after lib.sh by tests that sit before a console in tmux, and press its keys.
command -v tmux >/dev/null 2>&1 || skip "tmux is not installed"
socket=claviger-e2e-$$
t() { tmux -L "$socket" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; clean_up' EXIT
# sit_down WORDS...: at a terminal of 80 by 24; they are env's words, and go through a shell.
sit_down() { t new-session -d -s office -x 80 -y 24 "LC_ALL=C.UTF-8 TERM=screen-256color env $*"; }
screen() { t capture-pane -p -t office >"$dir/last.screen"; }
shows() { screen && grep -q -- "$1" "$dir/last.screen"; }
shows_not() { screen && ! grep -q -- "$1" "$dir/last.screen"; }
keys() { for k in "$@"; do t send-keys -t office "$k"; sleep 0.1; done; }
has_left() { ! t has-session -t office 2>/dev/null; }
# place_on PATTERN: the cursor of the pane in front goes to the row (of one line or two) that
# shows it. Where it was depends on which of several rows came first, and that on the machine.
place_on() {
	keys g
	rows=0
	until sleep 0.1 && screen && grep -A1 '^│>' "$dir/last.screen" | grep -q -- "$1"; do
		keys j
		rows=$((rows + 1))
		[ "$rows" -lt 20 ] || fail "no row for the cursor: $1"
	done
}
