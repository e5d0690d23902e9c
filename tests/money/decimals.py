# SPDX-License-Identifier: GPL-3.0-or-later
"""The price book read a second time, with Python's decimals and other code: which price is
in force, and what so much use costs. Shared by the tests that hold the two against each other."""
import decimal
import functools
import json
import re
import subprocess
from datetime import datetime, timezone
from decimal import Decimal

decimal.getcontext().prec = 80
EVEN = decimal.ROUND_HALF_EVEN
BUCKETS = ["input", "cache_read", "cache_write_5m", "cache_write_30m", "cache_write_1h", "cache_write_12h", "output", "web_search"]
KINDS = ["published", "home", "import", "own"]
PICO = Decimal(10) ** 12
FITS = Decimal(2) ** 63


def micros(text):
    """A day or a second of UTC in microseconds."""
    form = "%Y-%m-%d" if len(text) == 10 else "%Y-%m-%dT%H:%M:%SZ"
    return int(datetime.strptime(text, form).replace(tzinfo=timezone.utc).timestamp()) * 1000000


def rate(text):
    """Dollars a million to whole pico-dollars a unit."""
    return (Decimal(text) * 1000000).quantize(Decimal(1), EVEN)


class Book:
    def __init__(self, paths):
        self.rows, self.discounts, self.ids = [], [], {}
        for layer, path in enumerate(paths):
            doc = json.load(open(path))
            kind = doc.get("kind", "published" if layer == 0 else "home")
            for row in doc["prices"]:
                self.rows.append(self.row(row, KINDS.index(kind), layer))
            self.discounts += [dict(d, at=micros(d["from"]), over=Decimal(d.get("over_usd", "0")) * PICO, n=n) for n, d in enumerate(doc.get("discounts", []))]
            self.ids.update(doc.get("ids", {}))
        self.known = {(r["vendor"], r["model"]) for r in self.rows}

    @staticmethod
    def row(row, kind, layer):
        card = lambda rates: {b: rate(v) for b, v in rates.items()}
        step = row.get("step", {})
        return dict(vendor=row["vendor"], model=row["model"], tier=row.get("tier", "standard"), region=row.get("region"), kind=kind, layer=layer,
                    at=micros(row["from"]) if "from" in row else 0, over=Decimal(row.get("over_usd", "0")) * PICO, base=card(row["rates"]),
                    size=step.get("over"), step=card(step.get("rates", {})))

    def stem(self, vendor, name):
        for drop in self.ids.get(vendor, {}).get("drop", []):
            name = re.sub("(?<=.)" + re.escape(drop).replace(r"\#", "[0-9]").replace("#", "[0-9]") + "$", "", name)
        return name

    def resolve(self, vendor, name):
        rules = self.ids.get(vendor, {})
        region = rules.get("region", "global")
        for prefix, where in rules.get("prefixes", {}).items():
            if name.startswith(prefix):
                name, region = name[len(prefix):], where
                break
        alias = rules.get("aliases", {}).get(name)
        if alias is not None:
            return (alias if (vendor, alias) in self.known else None), region
        if (vendor, name) in self.known:
            return name, region
        for r in self.rows:
            if r["vendor"] == vendor and self.stem(vendor, r["model"]) == self.stem(vendor, name):
                return r["model"], region
        return None, region

    @functools.lru_cache(maxsize=None)
    def in_force(self, vendor, name, tier, region, at, month):
        """(base rates, size of a long prompt, long rates), or None."""
        model, said = self.resolve(vendor, name)
        if said == "regional":
            region = said
        fits = [r for r in self.rows if (r["vendor"], r["model"], r["tier"]) == (vendor, model, tier) and r["region"] in (None, region) and r["at"] <= at and r["over"] <= month]
        if not fits:
            return None
        best = {}
        for r in fits:
            rank = lambda x: (x["at"], x["over"], x["layer"], x["region"] is not None)
            if r["kind"] not in best or rank(r) > rank(best[r["kind"]]):
                best[r["kind"]] = r
        top_down = [best[k] for k in sorted(best, reverse=True)]
        size = next((r["size"] for r in top_down if r["size"]), None)
        off = self.discount(vendor, model, at, month)
        less = lambda r, v: v if r["kind"] == 3 else (v * (100 - off) / 100).quantize(Decimal(1), EVEN)
        base, long = {}, {}
        for b in BUCKETS:
            for r in top_down:
                if b in r["base"]:
                    base[b] = less(r, r["base"][b])
                    break
            for r in top_down:
                if r["size"] == size and b in r["step"]:
                    long[b] = less(r, r["step"][b])
                if b in r["base"] or (r["size"] == size and b in r["step"]):
                    break
        return base, size, long

    def discount(self, vendor, model, at, month):
        fits = [d for d in self.discounts if d["vendor"] == vendor and d.get("model", model) == model and d["at"] <= at and d["over"] <= month]
        if not fits:
            return Decimal(0)
        return Decimal(max(fits, key=lambda d: ("model" in d, d["at"], d["over"], d["n"]))["percent"])

    def price(self, vendor, name, tier, region, at, month, counts):
        """(total in pico-dollars, is unpriced, does not fit, each bucket's amount)."""
        found = self.in_force(vendor, name, tier, region, at, month)
        if found is None:
            return 0, True, False, [0] * len(BUCKETS)
        base, size, long = found
        rates = long if size and sum(counts[:6]) > size else base
        unpriced, total, amounts = False, Decimal(0), []
        for b, n in zip(BUCKETS, counts):
            amount = Decimal(0)
            if n and b not in rates:
                unpriced = True
            elif n:
                amount = rates[b] * n
            total += amount
            amounts.append(int(amount))
        return int(total), unpriced, total >= FITS, amounts


def ask(program, books, lines):
    """What our program makes of the lines, one tuple each."""
    text = "".join("%s %s %s %s %d %d %s\n" % (v, m, t, r, at, month, " ".join(map(str, counts))) for v, m, t, r, at, month, counts in lines)
    done = subprocess.run([program] + books, input=text, stdout=subprocess.PIPE, text=True, check=True)
    for line in done.stdout.splitlines():
        w = [int(x) for x in line.split()]
        yield w[0], bool(w[1]), bool(w[2]), w[3:]
