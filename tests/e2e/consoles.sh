#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Two consoles on one workspace, at real terminals: both see the running cost of a
# stream move, one decides, the other shows it; the one that is left takes over.
. "$(dirname "$0")/lib.sh"
command -v tmux >/dev/null 2>&1 || skip "tmux is not installed"

socket=claviger-e2e-$$
t() { tmux -L "$socket" -f /dev/null "$@"; }
trap 't kill-server 2>/dev/null; clean_up' EXIT
screen() { t capture-pane -p -t "$1" >"$dir/last.screen-$1"; }
shows() { screen "$1" && grep -q -- "$2" "$dir/last.screen-$1"; }
shows_not() { screen "$1" && ! grep -q -- "$2" "$dir/last.screen-$1"; }
keys() {
	on=$1
	shift
	for k in "$@"; do t send-keys -t "$on" "$k"; sleep 0.1; done
}
console() { t new-session -d -s "$1" -x 80 -y 24 "env LC_ALL=C.UTF-8 TERM=screen-256color '$claviger' --home '$home'"; }
unlock() {	# it asks by itself
	wait_for 10 shows "$1" 'type or paste'
	keys "$1" 'a passphrase for tests' Enter
	wait_for 20 shows_not "$1" 'assphrase'
}

start_practice --rate 20 --latency-ms 300
make_repo "$dir/repo" 30 tally
office "$dir/repo"
console a
console b
unlock a
wait_for 10 shows a 'resting'
unlock b
ok goal add "Describe tally in the guide" --json
wait_for 20 shows a '≈ of \$5'
wait_for 20 shows b '≈ of \$5'
say "both see the running cost"
ok meter --json
is 'len(d["in_flight"]) == d["total"]["in_flight"]'
is 'all(Decimal(c["at_least_usd"]) <= Decimal(c["at_most_usd"]) for c in d["in_flight"])'
ok watch --once
grep -q 'in flight' "$dir/last.out" || fail "watch: $(cat "$dir/last.out")"
wait_for 30 shows a '\[!1 waiting'
wait_for 30 shows b '\[!1 waiting'
wait_for 20 shows_not a '≈ of'
wait_for 20 shows_not b '≈ of'
say "and the figure that it settles to"
ok meter --period all --json
is 'd["total"]["today_usd"] == d["rows"][0]["today_usd"] == d["total"]["month_usd"] and Decimal(d["total"]["today_usd"]) > 0'
is 'd["in_flight"] == [] and d["total"]["at_most_usd"] == "0" and d["prices_from"] is not None'
is 'len(d["minutes_usd"]) == 60 and sum(map(Decimal, d["minutes_usd"])) == Decimal(d["total"]["cost_usd"])'
is 'Decimal(d["day_projection_usd"]) >= Decimal(d["total"]["today_usd"]) and Decimal(d["month_projection_usd"]) >= Decimal(d["day_projection_usd"])'
a=$(sed -n 's/.*today \([^ ]*\) of.*/\1/p' "$dir/last.screen-a")
b=$(sed -n 's/.*today \([^ ]*\) of.*/\1/p' "$dir/last.screen-b")
[ -n "$a" ] && [ "$a" = "$b" ] || fail "the consoles show $a and $b"

# Typed too early, it decides nothing.
keys b 2 y
ok approval list --json
is 'd[0]["state"] == "pending"'
sleep 1
keys b Enter
wait_for 10 shows b 'exactly this'
for n in 1 2 3 4 5 6; do keys b Space; done
wait_for 10 shows b 'whole'
sleep 0.7
keys b y
wait_for 20 shows a 'T2 .*RUNNING'
wait_for 20 shows b 'T2 .*RUNNING'
say "one decides, the other shows it and works"

# The working one goes (it asks, as calls run); the other takes over.
keys a q
sleep 0.3
shows a 'resting\|working' && keys a y
wait_for 20 sh -c "! tmux -L $socket has-session -t a 2>/dev/null"
wait_for 90 shows b 'A2 '
say "the one that is left takes over"

# Behind the locked screen the office goes on: what it hides is hidden, what was asked gets done.
keys b L
wait_for 10 shows b 'screen is locked'
ok goal add "Say what README.md counts" --no-plan --agent Sam --json
goal=$(py 'd["goal"]')
worked() { ok goal show "$goal" --json; [ "$(py 'd["calls"] >= 2 and Decimal(d["cost_usd"]) > 0')" = True ]; }
wait_for 90 worked
shows b 'screen is locked' || fail "the screen unlocked itself"
shows_not b 'README' || fail "the locked screen shows what is worked on"
keys b y		# asks for the passphrase, and decides nothing
wait_for 10 shows b 'type or paste'
keys b 'not the passphrase' Enter
wait_for 20 shows b 'assphrase'
keys b C-u 'a passphrase for tests' Enter
wait_for 20 shows_not b 'screen is locked'
say "behind the locked screen a run goes on"
ok journal verify
ok doctor --json || true
exit 0
