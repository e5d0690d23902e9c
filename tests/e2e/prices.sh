#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Prices of one's own: they reach holds and bookings, in a worker that runs already too;
# what is booked stays as it was; a mark says which price it was.
. "$(dirname "$0")/lib.sh"

start_practice --rate 200
make_repo "$dir/repo" 6 tally
office "$dir/repo"
calls() { ok call list --json; cp "$dir/last.out" "$dir/$1"; }
# Every call of FILE from the Nth on costs its tokens at INPUT, READ, WRITE, OUTPUT dollars a million, and says FROM.
costs() {
	python3 - "$@" <<'P' || fail "a call is not priced as it should be"
import json, sys
from decimal import Decimal as D
calls = json.load(open(sys.argv[1]))[int(sys.argv[2]):]
i, r, w, o = (D(x) for x in sys.argv[3:7])
assert calls, "no calls"
for c in calls:
    want = (c["input_tokens"] * i + c["cache_read_tokens"] * r + c["cache_write"]["5m"] * w + c["output_tokens"] * o) / 1000000
    assert c["state"] == "settled" and D(c["cost_usd"]) == want and c["price_from"] == sys.argv[7], (c, want)
P
}
plan() {
	ok goal add "$1" --json
	ok run --until-idle --json
	is 'd["stopped"] == "idle" and d["calls"] > 0'
}
plan "Count the files"
calls first
before=$(py 'len(d)')
model=$(py 'd[0]["model"]')
ok price show "$model" --json
is 'all(p["mark"] is None and p["kind"] == "published" for p in d)'
published=$(py 'next(p["from"] for p in d if p["service_tier"] == "standard" and p["region_class"] == "global")')
is "d[0]['price_from'] == '$published'" "$dir/first"

today=$(date -u +%Y-%m-%d)
ok price set "$model" --vendor anthropic --input 1.25 --output 6 --cache-read 0.07 --cache-write-5m 1.5 --json
plan "Count the lines"
calls second
costs "$dir/second" "$before" 1.25 0.07 1.5 6 "$today (own)"
[ "$(py 'd' "$dir/first")" = "$(py "d[:$before]" "$dir/second")" ] || fail "a booked call was priced again"
say "own rates reach the next call, booked ones stay"

before=$(py 'len(d)' "$dir/second")
timeout 60 "$claviger" --home "$home" run --for 20 >/dev/null 2>"$dir/last.run" </dev/null &
runner=$!
sleep 1
ok price remove P1
ok price set --vendor anthropic --percent 50 --over 0.000001
ok goal add "Count the words" --json
booked() { ok call list --json; is_so "len(d) > $before and d[-1]['state'] == 'settled'"; }
is_so() { [ "$(py "bool($1)")" = True ]; }
wait_for 30 booked
kill -TERM "$runner"
wait "$runner"
calls third
ok price quote --vendor anthropic --model "$model" --json --input "$(py 'd[-1]["input_tokens"]' "$dir/third")" --output "$(py 'd[-1]["output_tokens"]' "$dir/third")" \
	--cache-read "$(py 'd[-1]["cache_read_tokens"]' "$dir/third")" --cache-write-5m "$(py 'd[-1]["cache_write"]["5m"]' "$dir/third")"
cp "$dir/last.out" "$dir/half"
is 'd["price_from"] == "'"$today"' (volume)"'
[ "$(py 'd["cost_usd"]')" = "$(py 'd[-1]["cost_usd"]' "$dir/third")" ] || fail "the worker that ran did not take the discount"
is "d[-1]['price_from'] == '$today (volume)'" "$dir/third"
ok price quote --vendor anthropic --model "$model" --json --input 1000 --month-spent 0
full=$(py 'd["cost_usd"]')
ok price quote --vendor anthropic --model "$model" --json --input 1000
is "Decimal(d['cost_usd']) * 2 == Decimal('$full')"
say "a volume tier of another process reaches the worker that runs"

ok price list --json
is 'len(d) == 1 and d[0]["kind"] == "own" and d[0]["title"].startswith("50% off anthropic over $0.000001 a month")'
cat >"$dir/map.json" <<'J'
{"sample_spec": {"input_cost_per_token": 0}, "claude-new-9": {"litellm_provider": "anthropic", "mode": "chat", "input_cost_per_token": 1.5e-06, "output_cost_per_token": 7.5e-06, "input_cost_per_token_above_noon": 1}}
J
ok price import "$dir/map.json" --format litellm --json
is 'd["new_prices"] == 1 and any("above_noon" in n for n in d["notes"])'
ok price quote --vendor anthropic --model claude-new-9 --input 1000000 --month-spent 0 --json
is 'd["cost_usd"] == "1.5" and d["price_from"].endswith(" (import)")'
ok price import "$dir/map.json" --format litellm --json
is 'd["new_prices"] == 0 and d["same_prices"] == 1'
expect 4 price quote --vendor anthropic --model claude-new-9 --cache-read 1 --month-spent 0
echo '{"claude-x": {"litellm_provider": "anthropic", "input_cost_per_token": -1e-06}}' >"$dir/map.json"
expect 2 price import "$dir/map.json" --format litellm
head -c 52428800 /dev/zero | tr '\0' ' ' >"$dir/map.json"
expect 1 price import "$dir/map.json" --format models.dev
expect 2 price import "$dir/map.json" --format spreadsheet
expect 2 price set claude-x --vendor anthropic
expect 2 price set claude-x --vendor anthropic --input -1
expect 2 price set claude-x --vendor anthropic --input 1 --percent 5
expect 2 price set --vendor anthropic --percent 101
expect 4 price remove P77
ok journal verify
ok journal list --json
is 'sum(e["kind"] == "price" for e in d) == 3 and sum(e["kind"] == "price_removed" for e in d) == 1'
ok doctor --json
say "imports, refusals, and a record of each"
exit 0
