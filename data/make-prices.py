#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes data/prices.json from a table of price facts.

    data/make-prices.py FACTS.csv > data/prices.json

FACTS.csv has the columns vendor, model_id, field, usd_per_million, source: one
figure a line, as it was read, with where it was read. The price book puts the
figures of one model, tier and region together, gives each row the date from which
it holds where that is known, and names its sources. Figures stay decimal text from
end to end; the few that are computed are computed in exact decimals.

The schema of the result (schema 1):
  read      the day the facts were collected; shown as the date of rows without `from`
  sources   short name -> where figures were read
  ids       vendor -> how its names for models come to the ids used here:
            region (of a bare id), prefixes (text -> region), drop (suffixes; # is a
            digit), aliases (name -> id)
  prices    rows: vendor, model, [tier], [region], [from], source, rates, [step]
            tier    batch, flex, priority, fast; absent: standard
            region  global or regional; absent: wherever it runs
            from    first UTC day on which the row holds; absent: as long as is known
            rates   bucket -> decimal dollars for a million (tokens, or searches)
            step    {over, rates}: a prompt of more than `over` tokens is priced by
                    these rates as a whole, output too
A bucket without a rate is not free: what it counts is unpriced.

Documents that lie over it (`price set`, `price import`, data/prices.json of a home)
have the same schema and may say more: `kind` (home, import, own) says how they lie
over others; a row's or a discount's `over_usd` makes it a volume tier; a start may be a
second ("2026-11-15T12:00:00Z"); `discounts` are rows of vendor, [model], percent, from,
[over_usd]. money/book.h says which of them wins.
"""
import csv
import json
import re
import sys
from decimal import Decimal

READ = "2026-11-23"

# First day of a price, where the facts say one. Release days count: there was no price before.
FROM = {
    "claude-fable-5-2": "2026-11-09",
    "claude-mythos-5-2": "2026-11-09",
    "claude-opus-5-5": "2026-09-22",
    "claude-sonnet-5-5": "2026-09-28",
    "claude-haiku-5-5": "2026-10-07",
    "claude-opus-5": "2026-07-24",
    "gpt-6-astra": "2026-09-03",
    "gpt-6.1-sol": "2026-09-29",
    "gpt-6.1-terra": "2026-10-26",
    "gpt-6-sol": "2026-09-22",
    "gpt-6-luna": "2026-09-22",
    "gpt-5.6-terra": "2026-07-30",
    "gpt-5.6-luna": "2026-07-30",
    "gpt-5.6-sol": "2026-08-21",
}
PROMOTION_MODEL, PROMOTION_OVER = "gpt-5.6-sol", "2026-11-22"
PROMOTION_NOTE = "list price; the promotion was promised until 2026-11-21 only, what holds since is not confirmed: "
FAST_ENDS = {"claude-opus-4-8": "2026-11-30"}

# Anthropic models that run at inference_geo us, at the ratio the facts give for every token.
GEO_MODELS = re.compile(r"claude-(opus-(4-[678]|5.*)|sonnet-(4-6|5.*)|haiku-5-5|fable-.*|mythos-.*)$")
WEB_SEARCH = ("10000", "web search: $10 per 1,000 searches (pydantic/genai-prices prices/providers/anthropic.yml)")
# OpenAI bills cache writes from gpt-5.6 on; before that they are free.
FREE_WRITES = re.compile(r"(gpt-4|gpt-5(\.[1-5])?(-|$)|o1|o3|o4)")
# What a long prompt costs at OpenAI, where a figure is not written out beside the others.
LONG_CACHE = (2, "long prompts: cache at twice the price (rules on OpenAI model pages: over 272K tokens 2x input and cache for the whole request)")
# AWS's global profiles carry the first-party price; the facts give it for short prompts only.
GLOBAL_NOTE = "long prompts: the first-party figures, as for short ones (global. profiles carry first-party price)"
FREE_WRITES_NOTE = "cache writes are free before gpt-5.6 (developers.openai.com guides/prompt-caching)"

FIELD = re.compile(r"(list_)?(regional_)?(?:(batch|flex|priority|fast)_)?(input|output|cache_read|cache_write_(?:5m|30m|1h|12h))(?:_above_(\d+)k)?$")
BUCKETS = ["input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h", "output", "web_search"]
TIERS = ["standard", "batch", "flex", "priority", "fast"]

IDS = {
    "anthropic": {
        "region": "global",
        "drop": ["-########", "-latest"],
        "aliases": {"claude-haiku-3-5": "claude-3-5-haiku"},
    },
    "openai": {
        "region": "global",
        "drop": ["-####-##-##", "-latest"],
        # an older snapshot with prices of its own, which are not among the facts
        "aliases": {"gpt-4o-2024-05-13": "gpt-4o-2024-05-13"},
    },
    "bedrock": {
        "region": "regional",
        "prefixes": {p: "global" if p == "global." else "regional" for p in
                     ["global.", "us-gov.", "us.", "eu.", "au.", "jp.", "apac.", "in."]},
        "drop": [":#", "-v#", "-########"],
    },
}


def plain(d):
    """Decimal text without exponent or trailing zeros."""
    s = format(d, "f")
    return s.rstrip("0").rstrip(".") if "." in s else s


class Row:
    def __init__(self, vendor, model, tier, region, since=None):
        self.vendor, self.model, self.tier, self.region, self.since = vendor, model, tier, region, since
        self.rates, self.steps, self.over, self.sources = {}, {}, None, []

    def put(self, bucket, usd, over, source):
        d = Decimal(usd)
        if over is not None:
            if self.over not in (None, over):
                sys.exit(f"{self.model}: two steps, {self.over} and {over}")
            self.over = over
        into = self.steps if over is not None else self.rates
        if bucket in into and Decimal(into[bucket]) != d:
            sys.exit(f"{self.model}: {bucket} is both {into[bucket]} and {usd}")
        into[bucket] = plain(d)
        if source not in self.sources:
            self.sources.append(source)

    def scaled(self, ratio, region, note):
        r = Row(self.vendor, self.model, self.tier, region, self.since)
        for bucket, usd in self.rates.items():
            r.rates[bucket] = usd if bucket == "web_search" else plain(Decimal(usd) * ratio)
        for bucket, usd in self.steps.items():
            r.steps[bucket] = usd if bucket == "web_search" else plain(Decimal(usd) * ratio)
        r.over, r.sources = self.over, self.sources + ([] if note in self.sources else [note])
        return r


def read_facts(path):
    """(rows by key, geo ratio, early reads) of the table."""
    rows, ratio, early = {}, None, []
    with open(path, newline="") as f:
        for fact in csv.DictReader(f):
            vendor, model, field, usd, source = (fact[k].strip() for k in ("vendor", "model_id", "field", "usd_per_million", "source"))
            if field == "multiplier_inference_geo_us":
                ratio = (Decimal(usd), source)
                continue
            before = re.match(r"(\w+)_before_(\d{4})_(\d\d)_(\d\d)$", field)
            if before:
                early.append((vendor, model, before.group(1), usd, "-".join(before.groups()[1:]), source))
                continue
            m = FIELD.match(field)
            if not m:
                sys.exit(f"{model}: no idea what {field} is")
            listed, regional, tier, bucket, above = m.groups()
            region = "regional" if regional else None
            if vendor == "bedrock":
                if model.startswith("global."):
                    model, region = model[len("global."):], "global"
                elif model.startswith("regional:"):
                    model, region = model[len("regional:"):], "regional"
            key = (vendor, model, tier or "standard", region, bool(listed))
            if key not in rows:
                rows[key] = Row(vendor, model, tier or "standard", region, FROM.get(model))
            rows[key].put(bucket, usd, int(above) * 1000 if above else None, source)
    return rows, ratio, early


def finish_regions(rows):
    """A model with a regional price has a global one, not one for everywhere."""
    local = {(k[0], k[1]) for k in rows if k[3] == "regional"} | {(k[0], k[1]) for k in rows if k[0] == "openai"}
    for (vendor, model, _, region, _), row in rows.items():
        if region is None and vendor != "bedrock" and (vendor, model) in local:
            row.region = "global"


def finish_steps(rows):
    """A tier without long-prompt figures of a model that has them: not known, rather than the short price."""
    over = {(r.vendor, r.model): r.over for r in rows.values() if r.over}
    for r in rows.values():
        if r.over is None:
            r.over = over.get((r.vendor, r.model))


def with_history(rows, early):
    """Rows that hold before and after others."""
    out = list(rows.values())
    for vendor, model, bucket, usd, day, source in early:
        for row in [r for r in out if (r.vendor, r.model, r.tier) == (vendor, model, "standard")]:
            old = row.scaled(Decimal(1), row.region, source)
            old.rates[bucket], old.since, row.since = plain(Decimal(usd)), row.since, day
            out.append(old)
    for (vendor, model, tier, region, listed), row in rows.items():
        if model != PROMOTION_MODEL or vendor != "openai":
            continue
        if listed:
            row.since = None
            after = row.scaled(Decimal(1), row.region, row.sources[0])
            after.since, after.sources = PROMOTION_OVER, [PROMOTION_NOTE + row.sources[0]]
            out.append(after)
        elif (tier, region) != ("standard", None):
            gone = Row(vendor, model, tier, row.region, PROMOTION_OVER)
            gone.over, gone.sources = row.over, ["not known since the promotion's promised end"]
            out.append(gone)
    for row in list(out):
        if row.tier == "fast" and row.model in FAST_ENDS:
            gone = Row(row.vendor, row.model, row.tier, row.region, FAST_ENDS[row.model])
            gone.sources = ["fast mode is removed on this day (code.claude.com fast-mode)"]
            out.append(gone)
    return out


def add_rules(rows, ratio):
    """Figures that the facts give as rules."""
    first = {r.model: r.steps for r in rows if (r.vendor, r.tier) == ("anthropic", "standard") and r.region != "regional" and r.steps}
    for r in rows:
        if (r.vendor, r.tier, r.region) == ("bedrock", "standard", "global") and r.over and not r.steps:
            for bucket, usd in first.get(r.model.removeprefix("anthropic."), {}).items():
                if bucket in r.rates:
                    r.put(bucket, usd, r.over, GLOBAL_NOTE)
        if r.vendor == "anthropic" and r.rates:
            r.put("web_search", WEB_SEARCH[0], None, WEB_SEARCH[1])
            if r.over:
                r.steps["web_search"] = WEB_SEARCH[0]
        if r.vendor == "openai" and FREE_WRITES.match(r.model) and r.rates:
            r.put("cache_write_30m", "0", None, FREE_WRITES_NOTE)
            if r.over:
                r.steps["cache_write_30m"] = "0"
        for bucket in [b for b in r.rates if r.vendor == "openai" and "input" in r.steps and b.startswith("cache") and b not in r.steps]:
            r.put(bucket, str(Decimal(r.rates[bucket]) * LONG_CACHE[0]), r.over, LONG_CACHE[1])
    for r in list(rows):
        if r.vendor == "anthropic" and GEO_MODELS.match(r.model):
            rows.append(r.scaled(ratio[0], "regional", "x %s: %s" % (plain(ratio[0]), ratio[1])))
            r.region = "global"
    return rows


def card(rates):
    return "{" + ", ".join('"%s": "%s"' % (b, rates[b]) for b in BUCKETS if b in rates) + "}"


def write(rows, out):
    names = {}
    for r in rows:
        names.setdefault("; ".join(r.sources), "s%d" % (len(names) + 1))
    out.write('{\n"schema": 1,\n')
    out.write('"about": %s,\n' % json.dumps("USD for a million tokens (or searches), from published prices. Made by data/make-prices.py, which explains the schema. "
                                            "Own rates go into a file of the same schema in the home folder."))
    out.write('"read": "%s",\n"sources": {\n' % READ)
    out.write(",\n".join('  "%s": %s' % (n, json.dumps(text)) for text, n in names.items()))
    out.write('\n},\n"ids": {\n')
    out.write(",\n".join("  %s: %s" % (json.dumps(v), json.dumps(rules)) for v, rules in IDS.items()))
    out.write('\n},\n"prices": [\n')
    lines = []
    for r in rows:
        s = '  {"vendor": "%s", "model": "%s"' % (r.vendor, r.model)
        if r.tier != "standard":
            s += ', "tier": "%s"' % r.tier
        if r.region:
            s += ', "region": "%s"' % r.region
        if r.since:
            s += ', "from": "%s"' % r.since
        s += ', "source": "%s",\n   "rates": %s' % (names["; ".join(r.sources)], card(r.rates))
        if r.over:
            s += ',\n   "step": {"over": %d, "rates": %s}' % (r.over, card(r.steps))
        lines.append(s + "}")
    out.write(",\n".join(lines))
    out.write("\n]\n}\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make-prices.py FACTS.csv > prices.json")
    rows, ratio, early = read_facts(sys.argv[1])
    finish_regions(rows)
    finish_steps(rows)
    rows = add_rules(with_history(rows, early), ratio)
    rows.sort(key=lambda r: (r.vendor, r.model, TIERS.index(r.tier), r.region or "", r.since or ""))
    write(rows, sys.stdout)


main()
