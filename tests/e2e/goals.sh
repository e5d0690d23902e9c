#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The twenty goals of tests/data/goals, put to the teams they belong to, on the practice
# vendor's own script: each becomes a plan that waits for a person, within its bounds and
# for agents of that team. What the CEO is told of its team are tools that are there.
. "$(dirname "$0")/lib.sh"

goals=$TOP_SRCDIR/tests/data/goals/goals.json
start_practice --rate 100000 --latency-ms 0
make_repo "$dir/tally" 12 tally
for team in $(py '" ".join(sorted({g["template"] for g in d["goals"]}))' "$goals"); do
	home=$dir/home-$team
	ok init --template "$team" --json
	ok cap set --scope workspace --window day --usd 50
	add_key main
	add_repo repo "$dir/tally"
	ok connector add crm --type crm --json
	py '"".join(g["goal"] + "\n" for g in d["goals"] if g["template"] == "'"$team"'")' "$goals" >"$dir/texts"
	while read -r text; do ok goal add "$text" --cap 5 --json; done <"$dir/texts"
	ok run --until-idle --json
	ok approval list --json
	is 'len(d) == '"$(grep -c . "$dir/texts")"' and all(a["kind"] == "plan" and a["state"] == "pending" for a in d)'
	ids=$(pending)
	ok agent list --json
	cp "$dir/last.out" "$dir/team"
	for id in $ids; do
		ok approval show "$id" --json
		py 'd["payload"]' >"$dir/plan"
		python3 - "$dir/plan" "$dir/team" <<'P' || fail "the plan of A$id of $team does not hold"
import json, sys
from decimal import Decimal
plan, team = (json.load(open(p)) for p in sys.argv[1:])
tasks, keys = plan["tasks"], [t["key"] for t in plan["tasks"]]
names = {a["name"] for a in team if a["role"] != "ceo"}
assert 1 <= len(tasks) <= 20 and len(set(keys)) == len(keys)
assert all(t["agent"] in names for t in tasks), (names, tasks)
assert all(t["instructions"] and set(t["depends_on"]) < set(keys) for t in tasks)
assert sum(Decimal(t["expected_cost_usd"]) for t in tasks) <= 5
P
		count=$((${count:-0} + 1))
	done
done
[ "$count" = 20 ] || fail "$count goals, not 20"
say "twenty goals of $(py 'len({g["template"] for g in d["goals"]})' "$goals") teams, each with a plan that holds"
