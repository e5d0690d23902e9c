#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at each system call that changes something, while approved patches are carried
out: by the program, by its connector or by git below it. After a restart nothing was
done twice, nothing is lost, and each is known to be done or not.

syscalls.py --claviger PROGRAM --dir FOLDER [--every N] [--most N] [--calls a,b,c]"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Office

CALLS = "write,pwrite64,fdatasync,fsync,sendto,sendmsg,rename,unlink,ftruncate,execve"
DAY = ("run", "--until-idle", "--json")


class Wrong(Exception):
    pass


class Day:
    def __init__(self, o):
        self.o = o
        self.office = Office(o.claviger, o.dir)
        self.repo = os.path.join(o.dir, "repo")
        os.mkdir(self.repo)
        for name in ("x", "y"):
            open(os.path.join(self.repo, name), "w").write("a\n")
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("-c", "user.name=M", "-c", "user.email=m@example.com", "commit", "-q", "-m", "x")
        self.office.verb("config", "set", "undo_window_s", "0")
        self.office.verb("connector", "add", "repo", "--type", "codebase", "--root", self.repo)
        pinned = self.office.one("SELECT pinned FROM tool WHERE name = 'propose_patch'")
        self.asked = []
        for name in ("x", "y"):
            goal, task = self.office.goal()
            blob = self.git("hash-object", name).strip()
            ident = self.office.ask({"title": f"change {name}", "message": f"Change {name}.", "diff": f"diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+b\n",
                                     "base": [{"path": name, "blob": blob}]}, goal, task, definition=pinned, tool_use_id=f"u{name}", summary=name)
            hashed = json.loads(self.office.verb("approval", "show", str(ident), "--json"))["hash"]
            self.office.verb("approval", "approve", str(ident), "--hash", hashed)
            self.asked.append(ident)
        self.office.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.office.db.close()
        self.saved = o.dir + ".saved"
        shutil.rmtree(self.saved, ignore_errors=True)
        shutil.copytree(o.dir, self.saved, symlinks=True)
        self.told = {}

    def git(self, *words):
        return subprocess.run(["git", "-C", self.repo, *words], check=True, capture_output=True, text=True, env=self.office.env).stdout

    def restore(self):
        shutil.rmtree(self.o.dir)
        shutil.copytree(self.saved, self.o.dir, symlinks=True)

    def day(self, *inject):
        argv = ["strace", "-f", "-qq", "-o", self.o.dir + "/trace", *inject, self.office.claviger] if inject else [self.office.claviger]
        return subprocess.run([*argv, "--home", self.office.home, *DAY], env=dict(self.office.env, ASAN_OPTIONS="detect_leaks=0"), capture_output=True, timeout=self.o.patience).returncode

    def rows(self, sql, *values):
        import sqlite3
        db = sqlite3.connect(os.path.join(self.office.path, "claviger.db"), timeout=20)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def check(self, where):
        for _ in range(3):	# once to take it up, once more for what was asked of the connector
            code = self.day()
            if code not in (0, 6):
                raise Wrong(f"{where}: the restart ends with {code}")
            if not self.rows("SELECT 1 FROM approval WHERE state IN ('approved', 'holding', 'firing', 'unknown')"):
                break
        log = self.git("log", "--format=%B%x01", "--branches=claviger/*", "--not", "main").split("\x01")
        for ident in self.asked:
            state, = self.rows("SELECT state FROM approval WHERE id = ?", ident)[0]
            keys = {k for k, in self.rows("SELECT idempotency_key FROM firing WHERE approval = ?", ident)}
            n = sum(any(k in body for k in keys) for body in log)
            self.told[state] = self.told.get(state, 0) + 1
            if n > 1:
                raise Wrong(f"{where}: A{ident} was done {n} times")
            if (state == "fired") != (n == 1):
                raise Wrong(f"{where}: A{ident} is {state}, and there are {n} commits of it")
            if state in ("approved", "holding", "firing", "unknown"):
                raise Wrong(f"{where}: A{ident} is left {state}")
            if len(self.rows("SELECT 1 FROM decision WHERE approval = ?", ident)) != 1:
                raise Wrong(f"{where}: its decision is lost")
        if self.office.run("journal", "verify").returncode != 0:
            raise Wrong(f"{where}: the journal is broken")

    def strike(self, call, nth):
        """True if the blow fell on somebody."""
        self.restore()
        self.day("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={nth}")
        struck = "killed by SIGKILL" in open(self.o.dir + "/trace", errors="replace").read()
        if struck:
            self.check(f"killed at {call} {nth}")
        return struck


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--claviger", required=True)
    p.add_argument("--dir", required=True)
    p.add_argument("--calls", default=CALLS)
    p.add_argument("--every", type=int, default=1)
    p.add_argument("--most", type=int, default=0)
    p.add_argument("--patience", type=int, default=120, metavar="SECONDS")
    p.add_argument("--first", type=int, default=1)
    o = p.parse_args()
    o.claviger = os.path.abspath(o.claviger)
    begun, blows = time.monotonic(), 0
    day = Day(o)
    day.restore()
    if day.day() != 0:
        raise SystemExit("the day does not end well by itself")
    day.check("unharmed")
    if day.told.get("fired") != 2:
        raise SystemExit(f"unharmed, the day does not carry both out: {day.told}")
    for call in o.calls.split(","):
        nth = o.first
        while not o.most or blows < o.most:
            if not day.strike(call, nth):
                break
            blows += 1
            nth += o.every
        print(f"{call}: {nth - o.first} points", flush=True)
    shutil.rmtree(day.saved, ignore_errors=True)
    print(f"{blows} kills in {time.monotonic() - begun:.0f} s, ends: {day.told}")
    if blows == 0:
        raise SystemExit("no kill struck")


try:
    main()
except Wrong as e:
    raise SystemExit(f"WRONG: {e}")
