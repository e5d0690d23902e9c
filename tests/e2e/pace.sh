#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Limits are kept before a vendor has to refuse, its clock is believed where ours is
# off, and what may have been billed is tried again only by setting. Each trouble has
# its own state and sentence.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

aws=AKIAPRACTICE00000001:practice/secret+0123456789abcdefghijklmn
pair='{"access_key_id":"'${aws%%:*}'","secret_access_key":"'${aws#*:}'"}'
statuses() { fetch /practice/requests "$dir/requests"; py '" ".join(str(r["status"]) for r in d if r["method"] == "POST" and not r["path"].startswith("/practice"))' "$dir/requests"; }

all() { for name in $names; do ok agent set "$name" "$@"; done; }

# --- limits ----------------------------------------------------------------------------
ok init --json
ok agent list --json
names=$(py '" ".join(a["name"] for a in d)')
# No cap of the workspace: the agents' own are one together, unless one of them has none.
ok goal add "Nothing yet" --json
is 'Decimal(d["exposure_today_usd"]) == 16 and "the agents" in d["exposure"] and d["exposure_total_usd"] is None'
ok goal cancel "$(py 'd["goal"]')"
ok agent add Free --role helper --json
ok goal add "Nothing yet" --json
is 'd["exposure_today_usd"] is None and "nothing bounds" in d["exposure"]'
ok goal cancel "$(py 'd["goal"]')"
ok agent remove Free
ok tier set openai routine gpt-5-mini
ok tier list --json
is '[t["ends"] for t in d if t["model"] == "gpt-5-mini"] == ["2026-12-11"]'
for vendor in anthropic openai; do
	start_practice --rate 20000 --limit 8:2
	[ $vendor = anthropic ] || key=sk-proj-practice-AAAA
	ok key add --vendor $vendor --label $vendor --base-url "$url" --command "echo $key"
	all --key $vendor
	for i in 1 2 3; do
		for name in $names; do ok goal add "Say something, $name, $i" --no-plan --agent "$name" --json; done
	done
	ok run --until-idle --json
	is 'd["calls"] >= 15'
	for s in $(statuses); do [ "$s" = 200 ] || fail "a call ended with $s: $(statuses)"; done
	stop_practice
done
ok incident list --json
is 'len(d) == 1 and d[0]["kind"] == "model_ends" and d[0]["ref"] == "gpt-5-mini" and "2026-12-11" in d[0]["text"]'
say "thirty calls keep to the pace of their vendors"

# --- the clock -------------------------------------------------------------------------
start_practice --clock-off 3600 --aws "$aws"
printf '%s\n' "$pair" >"$dir/key"
ok key add --vendor bedrock --label cloud --base-url "$url" --file "$dir/key" --json
ok incident list --json
is 'len(d) == 2 and any(i["kind"] == "clock" and "behind" in i["text"] for i in d)'
all --key cloud
ok goal add 'Say hello' --no-plan --agent "${names%% *}" --json
ok run --until-idle --json
ok call list --json
is '[c["state"] for c in d if c["key"] == "cloud"].count("settled") == 1 and [c["state"] for c in d if c["key"] == "cloud"].count("refused") <= 1'
stop_practice
say "signed by the vendor's clock where ours is an hour behind"

# --- each trouble: the state of key and task, and the words ------------------------------
key=sk-ant-api03-practice-for-troubles-AAAA
start_practice
cat >"$dir/troubles" <<'T'
401 revoked paused key does not accept this key
403 failing paused key may not use that model
402 failing paused key no credit left
400-limit failing paused key spending limit set at the vendor
404 active paused error does not know this model
413 active paused error too long
429 active paused error does not say until when
500 active waiting vendor service failed
504 active waiting vendor service failed
529 active waiting vendor is overloaded
redirect active paused error redirect
error-event active paused error overloaded
cut active paused error cut
garbage active paused error could not be read
T
ok key add --vendor anthropic --label active --base-url "$url" --command "echo ${key}"
all --key active
# shellcheck disable=SC2086
set -- $names
[ $# -ge 5 ] || fail "a team of five is wanted"
last=
while read -r fault keystate state on words; do
	who=$1
	if [ "$keystate" != active ]; then
		shift
		ok key add --vendor anthropic --label "$fault" --base-url "$url" --command "echo ${key}$fault"
		ok agent set "$who" --key "$fault"
	fi
	ok goal add "Say something [fault $fault]" --no-plan --agent "$who" --json
	last=$who
done <"$dir/troubles"
ok run --for 2 --json
ok task list --json
cp "$dir/last.out" "$dir/tasks"
ok key list --json
python3 - "$dir/troubles" "$dir/tasks" "$dir/last.out" <<'P' || fail "a trouble has not its state or not its words"
import json, sys
tasks, keys = ({k[n]: k for k in json.load(open(f))} for f, n in ((sys.argv[2], "title"), (sys.argv[3], "label")))
bad = 0
for line in open(sys.argv[1]):
    fault, keystate, state, on, words = line.strip().split(" ", 4)
    t = tasks[f"Say something [fault {fault}]"]
    k = keys[fault if fault in keys else "active"]
    if (k["state"], t["state"], t["waiting_on"]) != (keystate, state, on) or words not in t["why"]:
        print(fault, k["state"], t["state"], t["waiting_on"], t["why"])
        bad = 1
sys.exit(bad)
P
ok call list --json
python3 -c 'import json, sys
d = [c for c in json.load(open(sys.argv[1])) if c["key"] not in ("anthropic", "openai", "cloud")]
json.dump(d, open(sys.argv[1], "w"))' "$dir/last.out"
is 'len(d) >= 14 and all(c["state"] in ("refused", "cut") and c["request_id"] for c in d) and all(c["cost_usd"] == "0" for c in d if c["state"] == "refused")'
is 'all(c["estimated_usd"] and float(c["estimated_usd"]) > 0 for c in d if c["state"] == "cut")'
say "14 troubles, each with its state and its words"

# --- at risk only by setting ---------------------------------------------------------------
ok goal list --json
for g in $(py '" ".join(str(g["id"]) for g in d if g["state"] not in ("done", "failed", "cancelled"))'); do ok goal cancel "$g"; done
ok config set retry_at_risk true
ok goal add 'Say something [fault cut]' --no-plan --agent "$last" --json
goal=$(py 'd["goal"]')
ok run --for 2 --json
ok task list --goal "$goal" --json
task=$(py 'd[0]["id"]')
ok call list --task "$task" --json
is 'len(d) >= 2 and all(c["state"] == "cut" for c in d) and len({c["id"] for c in d}) == len(d)'
say "tried again by setting, each time with a row of its own"
