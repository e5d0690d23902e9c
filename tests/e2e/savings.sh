#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Levers against the same calls without them, and exports that add up to the books: each
# report is worked out a second time here, from the call list and the published prices.
. "$(dirname "$0")/lib.sh"

start_practice --rate 400
make_repo "$dir/repo" 6 tally
office "$dir/repo"
ok goal add "Correct the spelling in the documentation" --json
until_done 1
ok call list --json
model=$(py 'd[-1]["model"]')
ok price set --vendor anthropic --percent 12.5
ok goal add "Correct the spelling once more" --json
until_done 2

ok call list --json
cp "$dir/last.out" "$dir/calls"
ok price list --json
id=$(py 'd[0]["id"]')
ok savings --json
cp "$dir/last.out" "$dir/savings"
ok spend --json
cp "$dir/last.out" "$dir/spend"
ok spend --focus
cp "$dir/last.out" "$dir/focus"
ok call list --jsonl
cp "$dir/last.out" "$dir/jsonl"
ok price remove "P$id"
ok price show --vendor anthropic --json
cp "$dir/last.out" "$dir/prices"
ok tier list --json
cp "$dir/last.out" "$dir/tiers"
python3 - "$dir" <<'P' || fail "a report does not add up"
import csv, json, sys
from decimal import Decimal as D
at = lambda n: json.load(open(sys.argv[1] + "/" + n))
calls, saved, spend = at("calls"), at("savings"), at("spend")
price = {p["model"]: p for p in at("prices") if p["service_tier"] == "standard" and p["region_class"] == "global"}
tiers = {t["tier"]: t["model"] for t in at("tiers") if t["vendor"] == "anthropic"}
def cost(c, model):
    p = price[model]
    n = {"input": c["input_tokens"], "cache_read": c["cache_read_tokens"], "output": c["output_tokens"], "cache_write_5m": c["cache_write"]["5m"]}
    if "long_prompts" in p and sum(n.values()) - n["output"] > p["long_prompts"]["over_tokens"]:
        p = p["long_prompts"]
    return sum(k * D(p[b]) for b, k in n.items() if k) / 1000000
lever = {l["lever"]: D(l["saved_usd"]) for l in saved["levers"]}
marked = [c for c in calls if c["price_from"].endswith("(discount)")]
assert marked and len(marked) < len(calls)
assert lever["discount"] == sum(cost(c, c["model"]) - D(c["cost_usd"]) for c in marked) > 0, lever
assert lever["caching"] == sum(D(c["saved_usd"]) for c in calls), lever
routine = [c for c in calls if c["tier"] == "routine" and c["model"] != tiers["standard"]]
assert lever["cheaper_tier"] == sum((cost(c, tiers["standard"]) - cost(c, c["model"]) for c in routine), D(0)), (lever, len(routine))
assert lever["own_rates"] == lever["volume_tier"] == lever["imported_prices"] == 0
assert D(saved["booked_usd"]) == sum(D(c["cost_usd"]) for c in calls) == D(spend["total"]["cost_usd"])
rows = list(csv.DictReader(open(sys.argv[1] + "/focus", newline="")))
total = sum(D(r["BilledCost"]) for r in rows)
assert total == D(spend["total"]["cost_usd"]), (total, spend["total"])
assert sum(D(r["ListCost"]) for r in rows) == total + lever["discount"]
assert sum(int(r["x_RequestCount"]) for r in rows) == len(calls)
assert sum(int(r["ConsumedQuantity"]) for r in rows if r["SkuMeter"] == "output") == sum(c["output_tokens"] for c in calls)
assert all(r["BillingCurrency"] == "USD" and r["ChargeDescription"].startswith("Estimate") and r["ChargePeriodStart"] < r["ChargePeriodEnd"] for r in rows)
lines = [json.loads(l) for l in open(sys.argv[1] + "/jsonl")]
assert len(lines) == len(calls)
for l, c in zip(lines, calls):
    assert l["claviger.call.id"] == c["id"] and l["gen_ai.provider.name"] == "anthropic" and l["gen_ai.request.model"] == c["model"]
    assert l["gen_ai.usage.input_tokens"] == c["input_tokens"] + c["cache_read_tokens"] + sum(c["cache_write"].values())
    assert D(l["claviger.cost.amount"]) == D(c["cost_usd"])
print("%d calls: caching %s, cheaper tier %s, discount %s, lost to misses %s; %d FOCUS rows" %
      (len(calls), lever["caching"], lever["cheaper_tier"], lever["discount"], saved["cache_misses"]["lost_usd"], len(rows)))
P
say "levers, FOCUS rows and exported calls add up to the books"

# Half the price of one model: a report, and nothing changes.
cat >"$dir/half.json" <<J
{"schema": 1, "kind": "own", "read": "2026-01-01", "prices": [], "discounts": [{"vendor": "anthropic", "percent": "50", "from": "2026-01-01"}]}
J
before=$(sha256sum <"$dir/calls")
ok savings --what-if "$dir/half.json" --json
is 'Decimal(d["what_if"]["would_cost_usd"]) * 2 == sum(Decimal(m["would_cost_usd"]) * 2 for m in d["what_if"]["by_model"]) and Decimal(d["what_if"]["booked_usd"]) == Decimal(d["booked_usd"])'
python3 - "$dir" <<'P' || fail "the what-if is not half the list price"
import csv, json, sys
from decimal import Decimal as D
d = json.load(open(sys.argv[1] + "/last.out"))
rows = csv.DictReader(open(sys.argv[1] + "/focus", newline=""))
assert D(d["what_if"]["would_cost_usd"]) * 2 == sum(D(r["ListCost"]) for r in rows), d["what_if"]
P
ok call list --json
[ "$before" = "$(sha256sum <"$dir/last.out")" ] || fail "the what-if changed the books"
ok price list --json
is 'd == []'
echo '{"schema": 2}' >"$dir/half.json"
expect 2 savings --what-if "$dir/half.json"
expect 4 savings --what-if "$dir/none.json"
expect 2 savings --since whenever
say "a what-if prices history again and touches nothing"
exit 0
