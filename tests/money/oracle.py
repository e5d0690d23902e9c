# SPDX-License-Identifier: GPL-3.0-or-later
"""oracle.py PROGRAM BOOK NODE_SCRIPT: 200 usage records by our program and by a calculator that
others wrote from their own data. Where both know a price they agree, or reason() proves why not."""
import json
import random
import subprocess
import sys
from decimal import Decimal

from decimals import BUCKETS, Book, ask, micros

PROGRAM, PATH, SCRIPT = sys.argv[1:4]
DAY = "2026-11-23"
PROVIDERS = {"anthropic": "anthropic", "openai": "openai", "bedrock": "aws"}
CLOSE = Decimal("1e-9")  # theirs are doubles


def reason(book, vendor, model, name, n, usd):
    """Why ours differs from theirs, each with its proof: ours under their reading gives their figure."""
    same = lambda at, counts: abs(Decimal(book.price(vendor, name, "standard", "global", micros(at), 0, counts)[0]) / 10**12 - usd) <= CLOSE
    one_write = n[:2] + [n[2] + n[4], 0, 0, 0] + n[6:]
    if vendor == "bedrock" and n[4] and same(DAY, one_write):
        return "on Bedrock their data has one price for cache writes; those of an hour cost twice the input"
    if vendor == "openai" and model == "gpt-5.6-sol" and same("2026-11-21", n):
        return "they go on with the promotion that was promised until 2026-11-21; what holds since is not confirmed, ours is the list price"
    if vendor == "bedrock" and model == "openai.gpt-5.6-sol":
        ratio = Decimal("1.1")  # the regional tenth on the promotion's price
        promoted = Decimal(book.price("openai", "gpt-5.6-sol", "standard", "global", micros("2026-11-21"), 0, n)[0]) / 10**12 * ratio
        if abs(promoted - usd) <= CLOSE:
            return "they carry OpenAI's promotion over to Bedrock; no source of ours says so"
    return None


def record(rnd, book, vendor, model):
    rates = book.in_force(vendor, model, "standard", "global", micros(DAY), 0)[0]
    fill = lambda b, most: rnd.randrange(most) if b in rates and rnd.random() < 0.6 else 0
    n = [0] * len(BUCKETS)
    n[0], n[6] = rnd.randrange(1, 60000), rnd.randrange(1, 8000)
    n[1], n[2], n[4] = fill("cache_read", 90000), fill("cache_write_5m", 20000), fill("cache_write_1h", 9000)
    if rnd.random() < 0.1 and vendor != "bedrock":
        n[0] += 280000  # past the steps
    return n


def usage(vendor, n):
    u = {"input_tokens": sum(n[:6]), "output_tokens": n[6]}
    if n[1]:
        u["cache_read_tokens"] = n[1]
    if n[2] + n[4]:
        u["cache_write_tokens"] = n[2] + n[4]
    if n[4]:
        u["cache_write_1h_tokens"] = n[4]
    return u


def main():
    book, rnd = Book([PATH]), random.Random(5)
    known = sorted((v, m) for v, m in book.known if v in PROVIDERS and book.in_force(v, m, "standard", "global", micros(DAY), 0))
    picked = [known[i % len(known)] for i in range(len(known))]
    while len(picked) < 200:
        picked.append(rnd.choice(known))
    records = [(v, m, record(rnd, book, v, m)) for v, m in picked[:200]]
    name = lambda v, m: "us." + m if v == "bedrock" and m.startswith("anthropic.") else m
    ours = list(ask(PROGRAM, [PATH], [(v, name(v, m), "standard", "global", micros(DAY), 0, n) for v, m, n in records]))
    asked = "".join(json.dumps({"provider": PROVIDERS[v], "model": name(v, m), "usage": usage(v, n), "at": DAY + "T12:00:00Z"}) + "\n" for v, m, n in records)
    theirs = [json.loads(x) for x in subprocess.run(["node", SCRIPT], input=asked, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()]
    agree, unknown, explained, bad = 0, set(), {}, []
    for (v, m, n), our, their in zip(records, ours, theirs):
        if "usd" not in their or our[1]:
            unknown.add((v, m))
        elif abs(Decimal(our[0]) / 10**12 - Decimal(repr(their["usd"]))) <= CLOSE:
            agree += 1
        elif reason(book, v, m, name(v, m), n, Decimal(repr(their["usd"]))):
            explained.setdefault((v, m, reason(book, v, m, name(v, m), n, Decimal(repr(their["usd"])))), []).append((str(Decimal(our[0]) / 10**12), their["usd"]))
        else:
            bad.append((v, m, n, str(Decimal(our[0]) / 10**12), their))
    for (v, m, why), cases in sorted(explained.items()):
        print("%s %s, %d times, such as ours %s, theirs %s: %s" % (v, m, len(cases), cases[0][0], cases[0][1], why))
    for x in bad:
        print("differs:", *x)
    print("200 records: %d agree, %d differ for a known reason, %d differ; %d models are not in theirs (or not all of it in ours): %s" %
          (agree, sum(map(len, explained.values())), len(bad), len(unknown), ", ".join("%s" % m for _, m in sorted(unknown))))
    sys.exit(1 if bad or len(theirs) != 200 or agree < 100 else 0)


main()
