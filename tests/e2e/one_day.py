# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole day in parts, each of which can be begun anew from a copy: a goal is given, planned,
the plan approved, the work read and proposed, the patch approved, carried out and reported,
and one of yesterday's that nobody knew the end of is settled. Whatever a test did to one of
them, the day then goes on to its end: nothing was done twice, nothing is lost, and each call
is in the books."""
import argparse
import collections
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
import urllib.request
from decimal import Decimal

from desk import Office

TICK = 100	# beginnings between two vendors: its books are read whole each time
SENT = "Spell the word receive correctly in guide.md"


def options():
    """What each test of a day is told."""
    p = argparse.ArgumentParser()
    p.add_argument("--claviger", required=True, type=os.path.abspath)
    p.add_argument("--practice", required=True)
    p.add_argument("--dir", required=True)
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--seconds", type=int, default=0, help="nothing further is begun after so long")
    p.add_argument("--patience", type=int, default=120, metavar="SECONDS", help="for one verb")
    return p


class Wrong(Exception):
    pass


class Vendor:
    def __init__(self, program, rate):
        self.program, self.rate, self.port, self.process = program, rate, 0, None
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.program, "--port", str(self.port), "--rate", str(self.rate), "--script", os.path.join(os.path.dirname(os.path.abspath(__file__)), "syscalls.json")],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = "http://" + self.process.stdout.readline().split()[-1]
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def books(self):
        return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + "/practice/books", timeout=20))["calls"]


class Day:
    PARTS = ("goal", "plan", "approve plan", "work", "approve patch", "fire", "settle")

    def __init__(self, o, rate=100000):
        self.o = o
        self.vendor = Vendor(os.path.abspath(o.practice), rate)
        self.office = Office(o.claviger, o.dir)
        self.repo = os.path.join(o.dir, "repo")
        os.mkdir(self.repo)
        open(os.path.join(self.repo, "guide.md"), "w").write("# Guide\n\nYou will recieve a number.\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("-c", "user.name=M", "-c", "user.email=m@example.com", "commit", "-q", "-m", "x")
        v = self.office.verb
        v("config", "set", "undo_window_s", "0")
        v("cap", "set", "--scope", "workspace", "--window", "day", "--usd", "50")
        v("key", "add", "--vendor", "anthropic", "--label", "main", "--base-url", self.vendor.url, "--stdin", stdin=b"sk-ant-api03-practice0000AAAA\n")
        v("connector", "add", "repo", "--type", "codebase", "--root", self.repo)
        self.yesterday()
        self.office.db.close()
        self.told, self.kills, self.saved = collections.Counter(), collections.Counter(), o.dir + ".saved"
        self.wrong = self.begun = 0
        shutil.rmtree(self.saved, ignore_errors=True)
        os.mkdir(self.saved)
        for part in self.PARTS:
            self.save(part)
            if self.do(part) not in (0, 6):
                raise SystemExit(f"by itself, the day does not get through: {part}")
        self.before = (set(), 0)
        self.check("unharmed")
        if +self.told != {"fired": 1, "settled": 1, "calls settled": 4}:
            raise SystemExit(f"unharmed, the day does not go as it should: {dict(self.told)}")
        self.files = self.listing()

    def yesterday(self):
        """As a crash between the first byte and the answer leaves it, once it was swept; nobody can be asked."""
        goal, task = self.office.goal(entries=())
        self.unknown = self.office.ask({"to": "dana@example.com", "subject": "s", "body": "b"}, goal, task, effect="send", connector="outside", tool="send_mail", summary="mail")
        self.office.db.execute("UPDATE approval SET state = 'unknown', decided_by = 'kim (kim@host)' WHERE id = ?", (self.unknown,))
        self.office.db.execute("INSERT INTO firing(approval, version, idempotency_key, epoch, begun_us, ended_us, sent, unsent, receipt) VALUES(?, 1, 'feed', 1, 1, 2, 1, 0, NULL)", (self.unknown,))
        self.office.db.execute("UPDATE task SET state = 'cancelled' WHERE id = ?", (task,))
        self.office.db.execute("UPDATE goal SET state = 'cancelled' WHERE id = ?", (goal,))

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repo, *words], check=True, capture_output=True, text=True, env=self.office.env).stdout

    def rows(self, sql, *values):
        db = sqlite3.connect(os.path.join(self.office.path, "claviger.db"), timeout=20)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def listing(self):
        """What lies about, git's own objects apart; a name made of a hash is any such name."""
        return {re.sub("[0-9a-f]{16,}", "HASH", os.path.relpath(os.path.join(at, f), self.o.dir)) for at, _, files in os.walk(self.o.dir) for f in files if "/.git/objects" not in at}

    # --- the parts of the day

    def save(self, part):
        shutil.copytree(self.o.dir, os.path.join(self.saved, part), symlinks=True)

    def restore(self, part):
        shutil.rmtree(self.o.dir)
        shutil.copytree(os.path.join(self.saved, part), self.o.dir, symlinks=True)

    def begin(self, part):
        """That part, as if it was never tried; what the books hold till here is looked at no more."""
        self.begun += 1
        if self.begun % TICK == 0:
            self.vendor.stop()
            self.vendor.start()
        self.restore(part)
        self.before = ({i for i, in self.rows("SELECT id FROM call")}, len(self.vendor.books()))

    def words(self, part):
        """The verb that makes this part; None if there is nothing to do any more."""
        if part == "goal":
            return None if self.rows("SELECT 1 FROM goal WHERE text = ?", SENT) else ("goal", "add", SENT)
        if part == "settle":
            state = self.rows("SELECT state FROM approval WHERE id = ?", self.unknown)[0][0]
            return ("approval", "settle", str(self.unknown), "--as", "fired") if state == "unknown" else None
        if part.startswith("approve"):
            for ident, hashed in self.rows("SELECT a.id, v.hash FROM approval a JOIN version v ON v.approval = a.id AND v.version = a.version WHERE a.state = 'pending' ORDER BY a.id"):
                return ("approval", "approve", str(ident), "--hash", "sha256:" + hashed.hex())
            return None
        return ("run", "--until-idle", "--json")

    def do(self, part, *inject):
        words = self.words(part)
        if words is None:
            return 0
        argv = ["strace", "-f", "-qq", "-o", self.o.dir + ".trace", *inject, self.office.claviger] if inject else [self.office.claviger]
        with subprocess.Popen([*argv, "--home", self.office.home, *words], env=dict(self.office.env, ASAN_OPTIONS="detect_leaks=0"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              start_new_session=True) as child:
            try:
                said = child.communicate(timeout=self.o.patience)[1]
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                raise Wrong(f"claviger {' '.join(words)} does not end")
        self.said = said.decode(errors="replace").strip()
        return child.returncode

    def to_the_end(self, where):
        for _ in range(12):
            for part in ("goal", "approve", "approve", "run", "settle"):
                code = self.do(part)
                if code not in (0, 6):
                    raise Wrong(f"{where}: {part} ends with {code}: {self.said}")
            for table, verb in (("goal", "resume"), ("task", "retry")):
                for ident, in self.rows(f"SELECT id FROM {table} WHERE state = 'paused'"):	# a lost connector pauses; the person says go on
                    self.told[f"{table} {verb}"] += 1
                    self.office.verb(table, verb, str(ident))
            live = self.rows("SELECT 1 FROM goal WHERE state NOT IN ('done', 'failed', 'cancelled') UNION ALL SELECT 1 FROM approval WHERE state IN ('pending', 'approved', 'holding', 'firing', 'unknown')")
            if not live:
                return
        raise Wrong(f"{where}: the day does not end: {self.rows('SELECT id, state, waits_on, why FROM task')}, {self.rows('SELECT id, state, reason FROM approval')}")

    # --- what must be so

    def check_effects(self, where):
        """Each approval has one decision, here and in the journal, and what it did outside is what its state says."""
        log = self.git("log", "--format=%B%x01", "--branches=claviger/*", "--not", "main").split("\x01")
        known = 0
        for ident, kind, state in self.rows("SELECT id, kind, state FROM approval WHERE id <> ?", self.unknown):
            keys = {k for k, in self.rows("SELECT idempotency_key FROM firing WHERE approval = ?", ident)}
            n = sum(any(k in body for k in keys) for body in log)
            known += n
            if len(self.rows("SELECT 1 FROM firing WHERE approval = ? AND unsent = 0", ident)) > 1 or n > 1:
                raise Wrong(f"{where}: A{ident} was done twice")
            if kind == "action" and (state == "fired") != (n == 1):
                raise Wrong(f"{where}: A{ident} is {state}, and there are {n} commits of it")
            # one, and one more for each time that the worker gave it back as a question: what it needs would not start
            said = collections.Counter(kind for kind, in self.rows("SELECT kind FROM journal WHERE ref LIKE ?", f"A{ident}v%"))
            decisions = len(self.rows("SELECT 1 FROM decision WHERE approval = ?", ident))
            if decisions != said["decision"] or decisions != 1 + said["taken_back"]:
                raise Wrong(f"{where}: A{ident} has {decisions} decisions; the journal says {dict(said)}")
            self.told["given back"] += said["taken_back"]
            if kind == "action":
                self.told[state] += 1
        if known != len([b for b in log if b.strip()]):
            raise Wrong(f"{where}: a commit belongs to no approval")
        if self.rows("SELECT count(*) FROM approval WHERE kind = 'plan'") != [(1,)] or self.rows("SELECT count(*) FROM goal WHERE text = ?", SENT) != [(1,)]:
            raise Wrong(f"{where}: not exactly one goal and one plan")
        if self.rows("SELECT state FROM approval WHERE id = ?", self.unknown) != [("fired",)]:
            raise Wrong(f"{where}: the settled one is lost")
        self.told["settled"] += 1

    def billed(self):
        return self.vendor.books()[self.before[1]:]

    def check_calls(self, where):
        """Each call that the vendor billed is in the ledger: settled at its price, or cut and counted at its bound."""
        ids = self.before[0]
        theirs = {c["request_id"]: Decimal(c["cost_usd"]) for c in self.billed()}
        cut = 0
        for ident, state, request, pd, hold in self.rows("SELECT id, state, request_id, cost_pd, hold_pd FROM call"):
            if ident in ids:
                continue
            self.told[f"calls {state}"] += 1
            if state in ("held", "sent"):
                raise Wrong(f"{where}: call C{ident} is left {state}")
            if state == "settled" and theirs.pop(request, None) != Decimal(pd).scaleb(-12):
                raise Wrong(f"{where}: call C{ident} is not what the vendor billed")
            cut += pd if state == "cut" else 0
        if sum(theirs.values()) > Decimal(cut).scaleb(-12):
            raise Wrong(f"{where}: the vendor billed what is not in the ledger: {theirs}")

    def check(self, where):
        self.check_effects(where)
        self.check_calls(where)
        if self.office.run("journal", "verify").returncode != 0:
            raise Wrong(f"{where}: the journal is broken")
        if self.rows("SELECT 1 FROM request WHERE state IN ('asked', 'taken')"):
            raise Wrong(f"{where}: a request was left")
        doctor = json.loads(self.office.run("doctor", "--json").stdout)
        bad = [c for c in (doctor if isinstance(doctor, list) else doctor["checks"]) if c.get("ok") is False and re.search("sum|roll|ledger|journal|database|lock", json.dumps(c))]
        if bad:
            raise Wrong(f"{where}: doctor: {bad}")

    def mend(self, where):
        if self.office.run("journal", "verify").returncode != 0:
            raise Wrong(f"{where}: the journal is broken")
        self.to_the_end(where)
        self.check(where)
        if self.office.run("connector", "test", "repo").returncode != 0:  # what a killed server had is cleared away by the next
            raise Wrong(f"{where}: the connector does not start any more")
        litter = {f for f in self.listing() - self.files if not re.search(r"-(wal|shm)$|claviger\.log|state/claviger/log\.1|connectors/[^/]*\.log$|\.sock$", f)}
        if litter:
            raise Wrong(f"{where}: left behind: {sorted(litter)}")
