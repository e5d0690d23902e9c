#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many calls to three vendors at once, with cut streams, refusals and faults of many kinds;
then the practice vendor's books and ours must agree call by call and bucket by bucket.

  mixed.py --claviger P --practice P --dir D [--calls N] [--seed S]

Every complete call of theirs is settled here at the same cost, to the last digit. What was
cut is booked here at no less than they billed; once a person settles it at that, both sums
are equal."""
import argparse, collections, json, os, subprocess, sys, time
from decimal import Decimal
from crash import Home, Wrong

# The agents read on and on; every reply is a call.
SCRIPT = {"format": 1, "rules": [
    {"name": "enough", "when": {"turn": {"min": 17}}, "reply": {"text": "I have read enough."}},
    {"name": "read on", "when": {"tools": ["@__search"]}, "reply": {"text": "I look for {{turn}}.", "calls": [{"tool": "@__search", "input": {"text": "part {{turn}}"}}]}},
    {"name": "say it", "reply": {"text": "There is nothing to read."}}]}
FAULTS = ["cut:0.03", "split:0.1", "garbage:0.01", "refusal:0.005", "400-limit:0.005"]
WAITS = ["500:0.002", "529:0.002", "503:0.002", "504:0.002", "429-retry:0.002", "429:0.002", "error-event:0.002"]	# what the office waits after: for the long form
# vendor, agent, key, options of key add
OFFICE = [("anthropic", "Kai", "sk-ant-api03-practice0000AAAA", []), ("openai", "Ada", "sk-proj-practicepracticepracticepracticeAAAA", []),
          ("bedrock", "Sam", "ABSKcHJhY3RpY2VwcmFjdGljZXByYWN0aWNlcHJhY3RpY2U=", ["--region", "us-east-1"])]
BUCKETS = ["input_tokens", "cache_read_tokens", "cache_write", "output_tokens"]


def make(o):
    h = Home(o, "mixed")
    os.makedirs(h.home, 0o700)
    os.makedirs(h.repo, 0o700)
    with open(os.open(os.path.join(o.dir, "pass"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write("a passphrase for tests\n")
    for i in range(40):
        with open(os.path.join(h.repo, f"part{i}.md"), "w") as f:
            f.write(f"# Part {i}\n\nThis is part {i} of a text about part {i * 3}.\n")
    subprocess.run(["git", "init", "-q", "-b", "main", h.repo], check=True)
    h.git("add", "-A")
    h.git("-c", "user.name=Maker", "-c", "user.email=maker@example.com", "commit", "-q", "-m", "parts")
    with open(os.path.join(o.dir, "script.json"), "w") as f:
        json.dump(SCRIPT, f)
    more = [x for fault in FAULTS + (WAITS if o.calls > 1000 else []) for x in ("--fault", fault)]
    h.start_practice(0, "--script", os.path.join(o.dir, "script.json"), "--seed", str(o.seed), *more)
    h.verb("init")
    h.verb("cap", "set", "--scope", "workspace", "--window", "day", "--usd", "100000")
    for vendor, agent, key, options in OFFICE:
        h.verb("key", "add", "--vendor", vendor, "--label", vendor, "--base-url", h.url, "--stdin", *options, feed=key + "\n", may=(0, 7))
        h.verb("agent", "set", agent, "--vendor", vendor)
    h.verb("connector", "add", "repo", "--type", "codebase", "--root", h.repo)
    return h


def mend(h):
    """A person looks at what stopped: keys that a fault took out are tested, tasks go on."""
    for (label,) in h.rows("SELECT label FROM key WHERE state IN ('failing', 'untested')"):
        h.verb("key", "test", label, may=(0, 7))
    for (stop,) in h.rows("SELECT id FROM incident WHERE kind = 'cap' AND resolved_us = 0"):	# an agent's own limit: cut calls count at their bound
        h.verb("incident", "resolve", str(stop), "--as", "raise", "--usd", "100000")
    for (task,) in h.rows("SELECT id FROM task WHERE state = 'paused'"):
        h.verb("task", "retry", str(task), may=(0, 5))


def work(h, o):
    made, until = 0, time.monotonic() + max(120, o.calls)
    while made < o.calls:
        if time.monotonic() > until:
            raise Wrong(f"only {made} calls in time: {h.rows('SELECT state, why, count(*) FROM task GROUP BY 1, 2')}")
        live = h.rows("SELECT count(*) FROM task WHERE state IN ('ready', 'running', 'paused', 'waiting')")[0][0]
        for i in range(max(0, min(12, (o.calls - made) // 15 + 1) - live)):
            h.verb("goal", "add", f"Read about part {made + i}", "--no-plan", "--agent", OFFICE[i % len(OFFICE)][1], "--json")
        h.verb("run", "--until-idle", "--json")
        mend(h)
        made = h.rows("SELECT count(*) FROM call WHERE state NOT IN ('held', 'sent', 'released')")[0][0]


def compare(h, told):
    calls, books = h.json("call", "list"), h.books()
    theirs = {c["request_id"]: c for c in books["calls"]}
    ours = {c["request_id"]: c for c in calls if c["request_id"]}
    bad = []
    for rid, c in theirs.items():
        mine = ours.get(rid)
        if mine is None:
            if c["complete"]:
                bad.append(f"{rid} is missing from ours")
        elif c["complete"] and mine["state"] == "settled":
            bad += [f"{rid} {b}: ours {mine[b]}, theirs {c[b]}" for b in BUCKETS if mine[b] != c[b]]
            if Decimal(mine["cost_usd"]) != Decimal(c["cost_usd"]):
                bad.append(f"{rid}: ours {mine['cost_usd']}, theirs {c['cost_usd']}")
        elif mine["state"] != "cut" or Decimal(mine["cost_usd"]) < Decimal(c["cost_usd"]):
            bad.append(f"{rid}: billed {c['cost_usd']}, here {mine['state']} at {mine['cost_usd']}")
    bad += [f"{r} is settled here and unknown there" for r, c in ours.items() if c["state"] == "settled" and r not in theirs]
    bad += [f"C{c['id']} was billed as {c['service_tier']}, {c['region_class']}" for c in calls if c["state"] == "settled" and (c["service_tier"], c["region_class"]) != ("standard", "global")]
    told.update(c["state"] for c in calls)
    for c in calls:
        told["calls of " + c["vendor"]] += 1
        if c["state"] == "cut":
            h.verb("call", "settle", str(c["id"]), "--usd", theirs.get(c["request_id"], {"cost_usd": "0"})["cost_usd"])
    orphans = sum((Decimal(c["cost_usd"]) for r, c in theirs.items() if r not in ours), Decimal(0))
    total = h.json("spend")["total"]
    if Decimal(total["cost_usd"]) + orphans != Decimal(books["total_usd"]) or Decimal(total["estimated_usd"]) != 0:
        bad.append(f"in all: ours {total['cost_usd']} and {total['estimated_usd']} estimated, theirs {books['total_usd']}, of it {orphans} in streams cut before their id came")
    by = {r["vendor"]: r["cost_usd"] for r in h.json("spend", "--by", "vendor")["rows"]}
    told["dollars"] = books["total_usd"]
    doctor = json.loads(h.verb("doctor", "--json", may=(0, 1)))
    bad += [f"doctor: {c['check']}: {c['text']}" for c in doctor["checks"] if c["state"] == "bad" and c["check"] in ("sums", "journal", "database", "ledger")]
    h.verb("journal", "verify")
    return bad, by


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--claviger", required=True)
    p.add_argument("--practice", required=True)
    p.add_argument("--dir", required=True)
    p.add_argument("--calls", type=int, default=200)
    p.add_argument("--seed", type=int, default=7)
    o = p.parse_args()
    os.makedirs(o.dir, 0o700, exist_ok=True)
    told = collections.Counter()
    h = make(o)
    try:
        work(h, o)
        bad, by = compare(h, told)
    finally:
        h.stop_practice()
    print("\n".join(bad[:20]) or "the books agree", dict(told), by)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
