#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill the worker with SIGKILL, at random moments and at named points, start it
again, and look at what is left: nothing fired twice, no call missing from the
ledger, every gap `unknown` or `cut`, all sums equal to their rows.

  crash.py --claviger P --practice P --dir D [--random N] [--points]

A round is a home copied from a template, its own repository and vendor, two
goals at once, and some kills; then the worker runs to the end undisturbed."""
import argparse, collections, json, os, random, re, shutil, signal, sqlite3, subprocess, sys, time, urllib.request

POINTS = """call.hold.before call.hold.written call.held call.sent.before call.sent call.settling call.settle.before call.settle.row
call.settle.rollup call.settled approval.added approval.pending firing.before firing.begun firing.intent firing.sent
firing.answered firing.receipt firing.ended journal.added task.moved lease.taken sweep.firing proof.answered proof.row""".split()
LIVE = {"call": ["held", "sent"], "approval": ["pending", "approved", "holding", "firing", "unknown"]}


class Wrong(Exception):
    pass


class Home:
    def __init__(self, o, name, port=None):
        self.o, self.dir = o, os.path.join(o.dir, name)
        self.home, self.repo = os.path.join(self.dir, "home"), os.path.join(o.dir, "repo")
        self.practice = self.url = None

    def env(self, point=None):
        e = {k: v for k, v in os.environ.items() if not k.startswith("CLAVIGER_") and not k.endswith("_API_KEY")}
        e.update(CLAVIGER_PASSPHRASE_FILE=os.path.join(self.o.dir, "pass"), GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", XDG_CONFIG_HOME=os.path.join(self.home, "config"))
        if point:
            e["CLAVIGER_CRASH_AT"] = point
        return e

    def argv(self, *words):
        return [self.o.claviger, "--home", self.home, *words]

    def verb(self, *words, feed=None, may=(0,)):
        r = subprocess.run(self.argv(*words), input=feed, capture_output=True, text=True, timeout=120, env=self.env())
        if r.returncode not in may:
            raise Wrong(f"status {r.returncode} from claviger {' '.join(words)}: {r.stderr.strip()} {r.stdout.strip()[:600]}")
        return r.stdout

    def json(self, *words):
        return json.loads(self.verb(*words, "--json"))

    def start_practice(self, port, *more):
        self.practice = subprocess.Popen([self.o.practice, "--port", str(port), *more], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.practice.stdout.readline()
        if not line.startswith("listening on "):
            raise Wrong("the practice vendor did not start")
        self.url = "http://" + line.split()[-1]
        return int(line.strip().rsplit(":", 1)[1])

    def stop_practice(self):
        if self.practice:
            self.practice.kill()
            self.practice.wait()
            self.practice.stdout.close()

    def books(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return json.load(opener.open(self.url + "/practice/books", timeout=20))

    def rows(self, sql):
        path = os.path.join(self.home, "workspaces")
        for name in os.listdir(path):
            file = os.path.join(path, name, "claviger.db")
            if os.path.exists(file):
                db = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)
                try:
                    return db.execute(sql).fetchall()
                finally:
                    db.close()
        return []

    def change(self, sql, *values):
        """Behind the program's back."""
        for name in os.listdir(os.path.join(self.home, "workspaces")):
            with sqlite3.connect(os.path.join(self.home, "workspaces", name, "claviger.db"), timeout=20) as db:
                db.execute(sql, values)
            db.close()

    def setting(self, name, value):
        self.verb("config", "set", name, str(value))

    def states(self, table):
        return collections.Counter(dict(self.rows(f"SELECT state, count(*) FROM {table} GROUP BY state")))

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repo, *words], capture_output=True, text=True, check=True, env=self.env()).stdout

    def untouched(self):
        index = open(os.path.join(self.repo, ".git/index"), "rb").read()
        head = open(os.path.join(self.repo, ".git/HEAD"), "rb").read()
        files = subprocess.run("find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 cksum", shell=True, cwd=self.repo, capture_output=True).stdout
        return index, head, files, self.git("rev-parse", "HEAD", "main")


def make_template(o):
    t = Home(o, "template")
    os.makedirs(t.home, 0o700)
    with open(os.open(os.path.join(o.dir, "pass"), os.O_WRONLY | os.O_CREAT, 0o600), "w") as f:
        f.write("a passphrase for tests\n")
    for i in range(24):
        path = os.path.join(t.repo, f"docs/part{i % 4}", f"page{i}.md")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(f"# Page {i}\n\nIt counts to {i * 7}.\n")
    with open(os.path.join(t.repo, "README.md"), "w") as f:
        f.write("# tally\n\nA small program that counts.\n")
    subprocess.run(["git", "init", "-q", "-b", "main", t.repo], check=True)
    t.git("add", "-A")
    t.git("-c", "user.name=Maker", "-c", "user.email=maker@example.com", "commit", "-q", "-m", "first things")
    with open(os.path.join(t.repo, "README.md"), "a") as f:
        f.write("not committed\n")
    o.port = t.start_practice(0)
    t.verb("init")
    t.verb("cap", "set", "--scope", "workspace", "--window", "day", "--usd", "50")
    t.verb("key", "add", "--vendor", "anthropic", "--label", "main", "--base-url", t.url, "--stdin", feed="sk-ant-api03-practice0000AAAA\n")
    t.verb("connector", "add", "repo", "--type", "codebase", "--root", t.repo)
    t.stop_practice()
    shutil.copytree(os.path.join(t.repo, ".git"), os.path.join(o.dir, "git"))
    return t


class Round:
    def __init__(self, o, number, hits, told):
        self.o, self.h, self.hits, self.told = o, Home(o, f"round{number}"), hits, told
        shutil.copytree(os.path.join(o.dir, "template", "home"), self.h.home)
        shutil.rmtree(os.path.join(self.h.repo, ".git"))
        shutil.copytree(os.path.join(o.dir, "git"), os.path.join(self.h.repo, ".git"))
        self.h.start_practice(o.port, "--rate", "150", "--latency-ms", str(number % 4 * 15))
        self.h.setting("undo_window_s", 1 if number % 3 == 0 else 0)
        self.before = self.h.untouched()
        self.vendor_side = collections.Counter()
        for text in ("Say in README.md how the program is stopped", "Describe in README.md what the count means"):
            self.h.verb("goal", "add", text, "--json")

    # --- kills
    def struck(self, where):
        """What the kill hit: every live state there is now, and the ends just reached."""
        now = {"call": self.h.states("call"), "approval": self.h.states("approval")}
        for table, states in LIVE.items():
            for s in states:
                if now[table][s]:
                    self.hits[f"{table} {s}"] += 1
        for table, end in (("call", "settled"), ("approval", "fired"), ("approval", "not_fired")):
            if now[table][end] > getattr(self, "last", {}).get(table, {}).get(end, 0):
                self.hits[f"{table} {end}"] += 1
        self.last = now
        self.hits["kill " + where] += 1

    def run_and_kill(self, delay=None, point=None, aim=None):
        p = subprocess.Popen(self.h.argv("run", "--until-idle", "--json"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=self.h.env(point))
        end = time.monotonic() + 30
        if delay is not None or aim is not None:
            due = time.monotonic() + (delay or 0)
            while p.poll() is None:
                if aim and (time.monotonic() > due + 3 or self.h.rows(aim)):
                    break
                if not aim and time.monotonic() >= due:
                    break
                time.sleep(0.001 if aim else min(0.02, max(0.0005, due - time.monotonic())))
            if p.poll() is None:
                p.send_signal(signal.SIGKILL)
        try:
            code = p.wait(max(1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            raise Wrong(f"run did not end (point {point})")
        words = p.stderr.read().decode()
        p.stderr.close()
        if code == -signal.SIGKILL:
            self.struck(point or "at a random moment" if not aim else "aimed")
            return True
        if code != 0:
            raise Wrong(f"run ended with {code}: {words.strip()}")
        return False

    def approve_all(self):
        asked = [a for a in self.h.json("approval", "list") if a["state"] == "pending"]
        for a in asked:
            self.h.verb("approval", "approve", str(a["id"]), "--hash", a["hash"])
        return len(asked)

    # --- the end
    def settle_by_hand(self):
        n = 0
        for a in self.h.json("approval", "list", "--all"):
            if a["state"] == "unknown":
                n += 1
                done = any(f"T{a['task']}" in b for b in self.h.git("for-each-ref", "--format=%(refname)", "refs/heads/claviger").split())
                self.h.verb("approval", "settle", str(a["id"]), "--as", "fired" if done else "not-fired")
        self.told["unknown settled by hand"] += n
        return n

    def to_the_end(self):
        for _ in range(20):
            self.h.verb("run", "--until-idle", "--json")
            moved = self.approve_all() + self.settle_by_hand()
            moved += self.resume()
            if not moved and not self.h.rows("SELECT 1 FROM goal WHERE state NOT IN ('done', 'failed', 'cancelled')"):
                return
        raise Wrong(f"it does not end: {self.h.rows('SELECT id, state, waits_on, why FROM task')}")

    def resume(self):
        """A call whose stream was lost may have paused its task: the person says go on."""
        paused = self.h.rows("SELECT id FROM goal WHERE state = 'paused'")
        for (g,) in paused:
            self.h.verb("goal", "resume", str(g))
        tasks = self.h.rows("SELECT id FROM task WHERE state = 'paused'")
        for (task,) in tasks:
            self.h.verb("task", "retry", str(task))
        return len(paused) + len(tasks)

    def check(self):
        h, bad = self.h, []
        doc = h.verb("doctor", "--json", may=(0, 1))
        for c in json.loads(doc if doc.strip() else "[]") if isinstance(json.loads(doc or "[]"), list) else json.loads(doc).get("checks", []):
            if c.get("ok") is False and re.search(r"sum|roll|ledger|journal|database", json.dumps(c)):
                bad.append(f"doctor: {json.dumps(c)}")
        h.verb("journal", "verify")
        calls, books = h.json("call", "list"), h.books()["calls"]
        ours = {c["request_id"]: c for c in calls if c.get("request_id")}
        cuts = sum(c["state"] == "cut" for c in calls)
        missing = [c["request_id"] for c in books if c["request_id"] not in ours]
        blank_cuts = sum(c["state"] == "cut" and not c.get("request_id") for c in calls)
        if len(missing) > blank_cuts:
            bad.append(f"{len(missing)} billed calls are not in the ledger, which has {blank_cuts} cut calls without an id")
        for c in books:
            mine = ours.get(c["request_id"])
            if mine and mine["state"] == "settled" and mine["cost_usd"] != c["cost_usd"] and float(mine["cost_usd"]) != float(c["cost_usd"]):
                bad.append(f"{c['request_id']}: ours {mine['cost_usd']}, theirs {c['cost_usd']}")
            if mine and mine["state"] not in ("settled", "cut"):
                bad.append(f"{c['request_id']} was billed and is {mine['state']}")
        theirs = {c["request_id"] for c in books}
        bad += [f"{r} is settled here and unknown to the vendor" for r, c in ours.items() if c["state"] == "settled" and r not in theirs]
        bad += [f"call C{c['id']} was left {c['state']}" for c in calls if c["state"] in ("held", "sent")]
        self.told["billed calls"] += len(books)
        self.told["calls cut"] += cuts
        self.told["billed calls known only as cut"] += len(missing)
        if h.rows("SELECT (SELECT sum(cost_pd) FROM call) <> (SELECT cost_pd + estimated_pd FROM rollup WHERE dim = 0 AND day = -1)") == [(1,)]:
            bad.append("the roll-up is not the sum of its rows")
        # the outside world: each fired patch is exactly one commit, nothing else is there
        fired = h.rows("SELECT a.id, f.idempotency_key, f.receipt FROM approval a JOIN firing f ON f.approval = a.id AND f.version = a.version AND f.unsent = 0"
                       " WHERE a.kind = 'action' AND a.state = 'fired'")
        log = h.git("log", "--format=%H%x00%B%x01", "--branches=claviger/*", "--not", "main")
        commits = [c.strip("\n").split("\0", 1) for c in log.split("\x01") if "\0" in c]
        keys = h.rows("SELECT DISTINCT approval, idempotency_key FROM firing WHERE receipt IS NULL OR receipt NOT LIKE '{\"planned%'")
        for approval, key in keys:
            n = sum(key in body for _, body in commits)
            state = h.rows(f"SELECT state FROM approval WHERE id = {approval}")[0][0]
            kind = h.rows(f"SELECT kind FROM approval WHERE id = {approval}")[0][0]
            if kind != "action":
                continue
            if n > 1:
                bad.append(f"A{approval} was fired {n} times")
            if (state == "fired") != (n == 1):
                bad.append(f"A{approval} is {state}, and there are {n} commits of it")
        for approval, _, receipt in fired:
            if not receipt and not self.told["unknown settled by hand"]:
                bad.append(f"A{approval} was fired and has no receipt")
        bad += [f"commit {c[:10]} belongs to no approval" for c, body in commits if not any(k in body for _, k in keys)]
        bad += [f"approval A{a} was left {s}" for a, s in h.rows("SELECT id, state FROM approval WHERE state IN ('approved', 'holding', 'firing', 'unknown')")]
        if h.untouched() != self.before:
            bad.append("working tree, index, HEAD or main of the repository changed")
        proved = h.rows("SELECT kind, count(*) FROM journal WHERE kind LIKE 'proved%' GROUP BY kind")
        for kind, n in proved:
            self.told[kind] += n
        self.told["patches fired"] += len(fired)
        if bad:
            raise Wrong("\n  ".join(bad))

    def close(self):
        self.h.stop_practice()
        if not self.o.keep:
            shutil.rmtree(self.h.dir, ignore_errors=True)


def one_round(o, number, hits, told, kills):
    """kills: a list of (delay, point, aim, again); again: also if that point was struck before."""
    r = Round(o, number, hits, told)
    try:
        for delay, point, aim, again in kills:
            for _ in range(6):	# the moment may not come: give it more to do, and again
                if point and hits["kill " + point] and not again:
                    break
                if aim == PENDING:	# something has to go on while a question waits
                    r.h.verb("goal", "add", f"Say in README.md what else number {number} is", "--json")
                if point == UNSENT:
                    r.h.change("UPDATE key SET host = 'elsewhere.example'")
                struck = r.run_and_kill(delay, point, aim)
                if point == UNSENT:
                    r.h.change("UPDATE key SET host = '127.0.0.1'")
                if struck:
                    if random.random() < 0.5:
                        r.approve_all()
                    break
                if not r.approve_all() and not r.h.rows("SELECT 1 FROM goal WHERE state NOT IN ('done', 'failed', 'cancelled')"):
                    r.h.verb("goal", "add", f"Say in README.md what number {number} is", "--json")
        r.to_the_end()
        r.check()
    except Wrong as e:
        o.keep = True
        raise Wrong(f"round {number}, kept in {r.h.dir} ({kills}): {e}")
    finally:
        r.close()


UNSENT = "call.unsent"	# a hold by itself is seen only where its call could not go: with a key whose row was changed, say
PENDING = "SELECT 1 FROM approval WHERE state = 'pending'"
AIMS = [PENDING, "SELECT 1 FROM call WHERE state = 'held'", "SELECT 1 FROM call WHERE state = 'sent'", "SELECT 1 FROM approval WHERE state = 'firing'",
        "SELECT 1 FROM approval WHERE state = 'holding'", "SELECT 1 FROM firing WHERE sent = 1 AND ended_us = 0",
        "SELECT 1 FROM call WHERE state = 'sent' AND request_id <> ''"]


def main():
    p = argparse.ArgumentParser()
    for name in ("claviger", "practice", "dir"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--random", type=int, default=15, metavar="N")
    p.add_argument("--per-round", type=int, default=5)
    p.add_argument("--points", action="store_true")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--keep", action="store_true")
    p.add_argument("--first", type=int, default=0)
    o = p.parse_args()
    random.seed(o.seed)
    os.makedirs(o.dir, 0o700, exist_ok=True)
    begun = time.monotonic()
    make_template(o)
    hits, told, number, faults = collections.Counter(), collections.Counter(), o.first, []

    def go(kills):
        nonlocal number
        number += 1
        try:
            one_round(o, number, hits, told, kills)
        except (Wrong, subprocess.TimeoutExpired) as e:
            faults.append(str(e))
            print(f"WRONG: {e}", flush=True)

    if o.points:
        for i in range(0, len(POINTS), 3):	# three named points a round
            go([(None, point, None, False) for point in POINTS[i:i + 3]])
        for point in ("sweep.firing", "proof.answered", "proof.row"):	# these come after an intent that was cut off
            go([(None, "firing.sent", None, True), (None, point, None, True)])
        go([(None, UNSENT, None, True)])
    done = 0
    while done < o.random:
        n = min(o.per_round, o.random - done)
        go([(0.35, None, AIMS[(done + i) // 2 % len(AIMS)], True) if i % 2 else (random.uniform(0.2, 1.0), None, None, True) for i in range(n)])
        done += n
    print(f"{number - o.first} rounds in {time.monotonic() - begun:.0f} s")
    for name, n in sorted(hits.items()) + sorted(told.items()):
        print(f"  {n:6} {name}")
    wanted = [f"{t} {s}" for t, states in LIVE.items() for s in states] + ["call settled", "approval fired"]
    if o.points:
        never = [w for w in wanted if not hits[w]] + [x for x in POINTS if not hits["kill " + x]]
        if never:
            faults.append("never struck: " + ", ".join(never))
            print("WRONG: " + faults[-1])
    elif not sum(n for name, n in hits.items() if name.startswith("kill")):
        faults.append("no kill struck")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
