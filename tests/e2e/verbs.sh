#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What scripts may rely on: one JSON document from each verb that asks, workspaces
# by setting, a no that goes back to the agent, an edited payload, a broken pipe.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

start_practice
make_repo "$dir/tally" 12 tally
office "$dir/tally"

for verb in 'workspace list' 'workspace show' 'person list' 'template list' 'template show solo-founder' 'agent list' 'agent show Ada' 'tier list' 'key list' 'goal list' \
	'task list' 'connector list' 'connector tools repo' 'approval list' 'approval list --all' spend 'spend --by day' 'call list' 'price show' 'cap list' \
	'incident list' 'watch --once' 'journal list' 'journal verify' 'journal head'; do
	# shellcheck disable=SC2086
	ok $verb --json
	is 'd is not None'
	[ ! -s "$dir/last.err" ] || fail "stderr is not empty: $verb"
	# shellcheck disable=SC2086
	ok $verb --no-color
	if grep -q "$(printf '\033')" "$dir/last.out"; then fail "an escape in the plain output of $verb"; fi
done
ok template list --json
is 'len(d) >= 8 and all(t["agents"] >= 4 and 0 < Decimal(t["month_usd_from"]) <= Decimal(t["month_usd_to"]) for t in d)'
ok template show clinic --json
is 'all(Decimal(v["month_usd"]) == Decimal(v["routine"]) + Decimal(v["standard"]) + Decimal(v["top"]) > 0 for v in d["expected_month"]) and len(d["expected_month"]) == 3'
ok agent add Robin --role finance --tool 'repo.read_file' --cap-usd 1.50
ok agent show Robin --json
is 'd["role"] == "finance" and d["tools"] == ["repo.read_file"] and d["only_these_tools"] and d["cap_usd"] == "1.5" and len(d["prompt"]) > 500'
expect 5 agent add robin --role finance
expect 5 agent add Chief --role ceo
expect 2 agent add 'Ro bin' --role finance
expect 5 agent remove Mira
# A role does for a name where one of them has it; where several do, they are named and nothing is done.
ok agent add Lin --role courier
ok agent set courier --tier top
ok agent show courier --json
is 'd["name"] == "Lin" and d["tier"] == "top"'
ok agent add Iris --role courier
for words in 'agent set courier --pause' 'agent show courier' 'agent remove courier' 'goal add --no-plan --agent courier carry_it' 'schedule add --agent courier --every 1d --at 09:00 carry_it' \
	'rule add --agent courier --tool repo.propose_patch --uses 1'; do
	# shellcheck disable=SC2086
	expect 2 $words
	grep -q '2 agents are courier: Lin and Iris: name one of them' "$dir/last.err" || fail "not said who is meant, by $words: $(cat "$dir/last.err")"
done
ok agent remove Iris
ok agent remove courier
expect 4 agent set courier --pause
ok agent remove Robin
expect 4 agent show Robin
ok tier set anthropic routine claude-sonnet-5-5
ok tier list --json
is '[t for t in d if t["vendor"] == "anthropic" and t["tier"] == "routine"][0]["set_by"] == "person" and len(d) >= 3'
ok price quote --vendor anthropic --model claude-sonnet-5-5 --input 1000000 --output 10 --json
is 'Decimal(d["cost_usd"]) == sum(Decimal(l["cost_usd"]) for l in d["lines"]) and d["price_from"]'
ok cap list --json
is 'd[0]["scope"] == "workspace" and d[0]["limit_usd"] == "5" and d[0]["left_usd"] == "5"'
say "each verb answers"

# Two workspaces: one has to be named, by option, variable or setting.
ok -w second init --template bookkeeping
expect 2 goal list
ok -w main goal list
(CLAVIGER_WORKSPACE=second && export CLAVIGER_WORKSPACE && ok workspace show --json && is 'd["name"] == "second"') || exit 1
ok config set workspace main
ok workspace show --json
is 'd["name"] == "main"'
ok config get workspace
[ "$(cat "$dir/last.out")" = main ] || fail "config get"
expect 2 config set workspace '${HOME}'
say "workspaces by setting"

# A no with its reason: the plan is made anew and heeds it. An edit: a new version, a new hash.
ok goal add 'Correct the spelling of "recieve" in docs/guide.md' --json
goal=$(py 'd["goal"]')
ok run --until-idle --json
first=$(pending)
ok approval reject "$first" --reason 'mind the commas'
expect 5 approval reject "$first" --reason again
ok run --until-idle --json
second=$(pending)
[ "$second" != "$first" ] || fail "the plan did not come again"
ok approval show "$second" --json
is '"mind the commas" in d["payload"]'
hash=$(py 'd["hash"]')
py 'd["payload"].replace("mind the commas", "mind the full stops")' >"$dir/payload"
ok approval edit "$second" --payload-file "$dir/payload" --json
ok approval show "$second" --json
is 'd["version"] == 2 and "mind the full stops" in d["payload"] and d["hash"] != "'"$hash"'"'
expect 5 approval approve "$second" --hash "$hash"
approve "$second"
until_done "$goal"
books_agree
say "rejected, edited, done"

# Standard output that goes away is an error in words, not a signal.
{ "$claviger" --home "$home" journal list --json 2>"$dir/last.err"; echo $? >"$dir/status"; } | :
case $(cat "$dir/status") in
0) ;;	# it all went into the pipe before the reader left
1) one_line "a broken pipe" ;;
*) fail "a broken pipe ends with $(cat "$dir/status")" ;;
esac
"$claviger" --home "$home" journal list --json >/dev/full 2>"$dir/last.err"
[ $? -eq 1 ] || fail "a full device is not noticed"
one_line "a full device"
say "output that cannot be written"

# watch says something again when something has changed.
"$claviger" --home "$home" watch >"$dir/watched" 2>&1 </dev/null &
watcher=$!
wait_for 10 test -s "$dir/watched"
ok cap set --scope workspace --window day --usd 7
wait_for 10 grep -q 'of \$7' "$dir/watched"
kill "$watcher"
say "watch"

ok doctor --json
is 'd["ok"] and {"database", "sums", "journal", "confinement", "locked memory"} <= {c["check"] for c in d["checks"]}'
say "doctor"
