# SPDX-License-Identifier: GPL-3.0-or-later
"""facts.py PROGRAM BOOK FACTS.csv: every published figure against what our program makes of
it, one by one. Reads the facts by other code than data/make-prices.py."""
import csv
import json
import re
import sys
from decimal import Decimal

from decimals import BUCKETS, Book, ask, micros

PROGRAM, PATH, FACTS = sys.argv[1:4]
WORD = re.compile(r"(?P<list>list_)?(?P<regional>regional_)?(?P<tier>batch_|flex_|priority_|fast_)?(?P<bucket>[a-z]+(?:_[a-z]+)*?(?:_(?:5m|30m|1h|12h))?)(?:_above_(?P<k>\d+)k)?(?:_before_(?P<day>[\d_]+))?$")


def case(row, local):
    """One fact as a line to price, the bucket to look at, and how much it should come to."""
    vendor, model, field, usd = row["vendor"], row["model_id"], row["field"], Decimal(row["usd_per_million"])
    m = WORD.match(field)
    bucket, tier = m["bucket"], (m["tier"] or "standard_")[:-1]
    if bucket not in BUCKETS:
        sys.exit("what is %s?" % field)
    day = "2026-11-23"
    if model == "gpt-5.6-sol" and vendor == "openai" and not m["list"]:
        day = "2026-11-20"		# the promotion's last days
    if m["day"]:
        year, month, last = m["day"].split("_")
        day = "%s-%s-%02d" % (year, month, int(last) - 1)
    region = "regional" if m["regional"] or model.startswith("regional:") else "global"
    if model.startswith("regional:"):
        model = "us." + model[len("regional:"):]
    elif (vendor, model) in local:  # where the facts have both, the bare name's figure is the global one
        model = "global." + model
    counts = [0] * len(BUCKETS)
    counts[BUCKETS.index(bucket)] = n = 1000
    if m["k"]:  # a long prompt, of fresh input
        counts[0] += int(m["k"]) * 1000 + 1
        n = counts[BUCKETS.index(bucket)]
    return (vendor, model, tier, region, micros(day), 0, counts), BUCKETS.index(bucket), usd * 1000000 * n


def main():
    rows = list(csv.DictReader(open(FACTS, newline="")))
    facts = [r for r in rows if r["field"] != "multiplier_inference_geo_us"]
    local = {(r["vendor"], r["model_id"][len("regional:"):]) for r in facts if r["model_id"].startswith("regional:")}
    cases = [case(r, local) for r in facts]
    bad = 0
    for fact, (line, at, want), got in zip(facts, cases, ask(PROGRAM, [PATH], [c[0] for c in cases])):
        if Decimal(got[3][at]) != want:
            bad += 1
            print("%(vendor)s %(model_id)s %(field)s %(usd_per_million)s" % fact, "gives", got[3][at], "not", want)
    geo = [Decimal(r["usd_per_million"]) for r in rows if r["field"] == "multiplier_inference_geo_us"]
    for ratio in geo:	# one model of which the facts give no regional figure
        local, world = ask(PROGRAM, [PATH], [("anthropic", "claude-opus-5-5", "standard", region, micros("2026-11-23"), 0, [1000, 1000, 1000, 0, 1000, 0, 1000, 0]) for region in ("regional", "global")])
        if Decimal(local[0]) != world[0] * ratio or local[1]:
            bad += 1
            print("inference_geo us:", local, world)
    models = {(r["vendor"], re.sub(r"^(global\.|regional:)", "", r["model_id"])) for r in facts}
    missing = models - {(v, Book([PATH]).resolve(v, m)[0]) for v, m in models}
    undated = [r for r in json.load(open(PATH))["prices"] if not r.get("source")]
    print("%d figures of %d models, %d differ; %d models missing, %d rows without a source" % (len(cases), len(models), bad, len(missing), len(undated)))
    sys.exit(1 if bad or missing or undated or not geo else 0)


main()
