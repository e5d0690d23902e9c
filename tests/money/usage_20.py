# SPDX-License-Identifier: GPL-3.0-or-later
"""Prices tests/data/money/usage-20.json with Python's decimals, from the same price
book but by other code, and compares with the totals written there by hand."""
import decimal
import json
import re
import sys
from decimal import Decimal

decimal.getcontext().prec = 60
ROUND = decimal.ROUND_HALF_EVEN
BUCKETS = ["input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h", "output", "web_search"]


def load(prices, own):
    return [dict(row, read=book["read"]) for book in (prices, own) for row in book["prices"]]


def names(vendor, model):
    """The id in the price book and what it says of the region."""
    if vendor == "bedrock":
        head, _, rest = model.partition(".")
        if head in ("us", "eu", "jp", "au", "apac", "global"):
            return rest, "global" if head == "global" else "regional"
        return model, "regional"
    return re.sub(r"-\d{8}$", "", model), "global"


def find(rows, vendor, line, at):
    model, region = names(vendor, line["model"])
    region = line.get("region", region)
    best = None
    for r in rows:
        fits = (r["vendor"], r["model"], r.get("tier", "standard")) == (vendor, model, line.get("tier", "standard"))
        if fits and r.get("region", region) == region and r.get("from", "0") <= at:
            if best is None or r.get("from", "0") > best.get("from", "0"):
                best = r
    return best


def price(rows, vendor, line, at):
    row = find(rows, vendor, line, at)
    if row is None:
        return Decimal(0), "", True
    rates, step = row["rates"], row.get("step")
    if step and sum(line.get(b, 0) for b in BUCKETS[:6]) > step["over"]:
        rates = step["rates"]
    pico, unpriced = Decimal(0), False
    for b in BUCKETS:
        if line.get(b, 0) and b not in rates:
            unpriced = True
        elif line.get(b, 0):
            pico += (Decimal(rates[b]) * 1000000).quantize(Decimal(1), ROUND) * line[b]
    return pico, row.get("from", row["read"]), unpriced


def main():
    prices, records = (json.load(open(p)) for p in sys.argv[1:3])
    rows = load(prices, records["book"])
    bad = 0
    for rec in records["records"]:
        parts = [price(rows, rec["vendor"], line, rec["at"][:10]) for line in rec["lines"]]
        total = sum(p[0] for p in parts) / Decimal(10) ** 12
        got = (total, max(p[1] for p in parts), any(p[2] for p in parts))
        want = (Decimal(rec["total"]), rec["price_from"], rec.get("unpriced", False))
        if got != want:
            print(f"{rec['name']}: {got}, not {want}")
            bad += 1
    print(f"{len(records['records'])} records, {bad} differ")
    sys.exit(1 if bad or len(records["records"]) != 20 else 0)


main()
