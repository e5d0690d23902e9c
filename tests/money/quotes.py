# SPDX-License-Identifier: GPL-3.0-or-later
"""quotes.py PROGRAM N BOOK...: N random quotes by our program and by Python's decimals,
with the day, the month's volume and the size of the prompt at and around every edge."""
import random
import sys

from decimals import BUCKETS, Book, ask

PROGRAM, N, PATHS = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
BATCH = 50000
DAY = 86400 * 1000000


def places(book):
    days = sorted({r["at"] for r in book.rows} | {d["at"] for d in book.discounts} | {1})
    edges = sorted({d for day in days for d in (day - 1, day, day + DAY // 3) if d > 0})
    overs = sorted({int(r["over"]) for r in book.rows} | {int(d["over"]) for d in book.discounts})
    months = sorted({m for o in overs for m in (o - 1, o, o + 1) if m >= 0})
    names = sorted(book.known) + [("anthropic", "claude-nobody-1"), ("nobody", "x"), ("anthropic", "claude-haiku-4-5-20251001"),
                                  ("bedrock", "us.anthropic.claude-opus-5-5"), ("bedrock", "global.anthropic.claude-opus-5-5"), ("openai", "gpt-5.5-2026-04-23")]
    return names, edges, months


def counts(rnd, found):
    n = [rnd.choice((0, 0, rnd.randrange(200000), rnd.randrange(1 << 20))) for _ in BUCKETS]
    n[7] = rnd.choice((0, 0, 0, rnd.randrange(50)))
    size = found[1] if found else None
    if found and rnd.random() < 0.8:  # mostly what has a price
        n = [c if b in found[0] and (not size or b in found[2]) else 0 for b, c in zip(BUCKETS, n)]
    if size and rnd.random() < 0.4:  # exactly at the step, one over it, one under it
        n[:6] = [0] * 6
        n[rnd.randrange(6)] = size + rnd.choice((-1, 0, 1))
    if rnd.random() < 0.001:
        n[6] = rnd.choice((1 << 40, (1 << 40) - 1))
    return n


def main():
    book, rnd = Book(PATHS), random.Random(20261126)
    names, days, months = places(book)
    tiers = {}
    for r in book.rows:
        tiers.setdefault((r["vendor"], r["model"]), []).append(r["tier"])
    bad = done = unpriced = 0
    while done < N:
        lines = []
        for _ in range(min(BATCH, N - done)):
            vendor, name = rnd.choice(names)
            tier = rnd.choice(tiers.get((vendor, name), ["standard"]) + ["standard", "fast"])
            at, month, region = rnd.choice(days), rnd.choice(months), rnd.choice(("global", "regional"))
            found = book.in_force(vendor, name, tier, region, at, month)
            lines.append((vendor, name, tier, region, at, month, counts(rnd, found)))
        got = list(ask(PROGRAM, PATHS, lines))
        if len(got) != len(lines):
            sys.exit("%d answers to %d lines" % (len(got), len(lines)))
        for line, ours in zip(lines, got):
            theirs = book.price(*line)
            unpriced += theirs[1]
            same = ours == theirs if not theirs[2] else ours[2] and ours[1] == theirs[1]
            if not same:
                bad += 1
                if bad <= 5:
                    print("differs:", line, "ours", ours, "decimal", theirs)
        done += len(lines)
    print("%d quotes, %d of them unpriced, %d differ" % (done, unpriced, bad))
    sys.exit(1 if bad else 0)


main()
