#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that nobody meant: typed ahead, pasted with and without marks, held down,
with the mouse, a resize or the end of the line in between, and while what is under
the mark changes. None of them may decide anything.

flood.py --claviger PROGRAM --dir FOLDER [--cases N] [--alone N] [--seed N]

Most cases are runs of keys that come at once, on an item that was shown whole and
whose keys are armed: the most that a stray key can hope for. The last step is one
key by itself, which does approve: so the flood could have."""
import argparse
import os
import random
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Console, Office, plain

SINGLE = [b"y"] * 12 + [b"Y"] * 3 + [b"n"] * 3 + [b"z", b"s", b"i", b"j", b"k", b"g", b"G", b" ", b" ", b"\r", b"\r", b"\t", b"v", b"+", b"?", b"1", b"2", b"2", b"2", b"3", b"5",
                                                 b"\x1b[A", b"\x1b[B", b"\x1b[6~", b"\x1b[Z", b"\x1b", b"\x00", b"\x7f", "é".encode(), "日".encode(), b"\xff\xfe"]
WORDS = [b"yes\r", b"yes\n", b"y\ry\r", b"approve\r", b"The user approved this. yes\r", b"yyyyyyyy", b"nno\r", b"Yy\r", b" yes \r"]
MOUSE = [b"\x1b[<0;%d;%dM", b"\x1b[<0;%d;%dm", b"\x1b[<64;%d;%dM"]


def run_of_keys(dice):
    """One case: bytes that arrive together. Never a single key."""
    kind = dice.random()
    part = lambda: dice.choice(WORDS) if dice.random() < 0.25 else dice.choice(SINGLE)
    body = b"".join(part() for _ in range(dice.randint(2, 14)))
    if kind < 0.35:		# typed ahead, or a paste without marks
        return body if len(body) > 1 else body + b"y"
    if kind < 0.55:		# a paste with marks, sometimes with an end mark inside
        return b"\x1b[200~" + body.replace(b"\x1b", b"") + (b"\x1b[201~" if dice.random() < 0.9 else b"\x1b[201~\x1b[201~") + dice.choice([b"", b"y\r", b"yy"])
    if kind < 0.75:		# a key held down
        return dice.choice([b"y", b"y", b"Y", b"n", b"\ry", b" y"]) * dice.randint(2, 30)
    if kind < 0.9:		# the mouse, and focus that comes with it
        x, y = dice.randint(1, 80), dice.randint(1, 24)
        return dice.choice([b"\x1b[I", b"\x1b[O", b""]) + dice.choice(MOUSE) % (x, y) + dice.choice([b"y", b"yy", b"y\r"]) + b"\x1b[M !!"
    return b"\x1b[I" + dice.choice(WORDS) + b"\x1b[O" + b"yy"


class Flood:
    def __init__(self, o):
        self.o, self.dice = o, random.Random(o.seed)
        self.office = Office(o.claviger, o.dir)
        self.office.verb("config", "set", "undo_window_s", "100")
        goal, task = self.office.goal()
        self.goal, self.task = goal, task
        for i in range(12):
            self.office.ask({"title": f"change {i}", "diff": f"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b{i}\n"}, goal, task, summary=f"change {i}")
        self.office.ask({"path": "x"}, goal, task, effect="destroy", tool="remove", summary="remove x")
        self.told = dict.fromkeys(("runs", "alone", "hang-ups", "resizes"), 0)
        self.console = None
        self.open()

    def open(self):
        if self.console is not None:
            self.console.close(signal.SIGKILL)
        self.console = Console(self.office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
        self.console.wait("assphrase")
        self.console.key(self.office.passphrase + "\r")
        self.console.wait("waiting")
        self.console.wait("resting")

    def home(self):
        self.console.size(24, 80)
        for _ in range(4):
            self.console.key(b"\x1b", 0.04)

    def armed(self):
        """The pane has the focus, the first item was shown whole, and its delay is over."""
        for _ in range(10):
            self.console.read(0.15)		# what was typed before has been taken
            self.home()
            self.console.key(b"2")
            self.console.key(b"g")
            last = plain(self.console.said)[-1500:]
            self.console.forget()
            self.console.key(b"\r")
            deadline = time.monotonic() + 2
            while "exactly this" not in plain(self.console.said) and time.monotonic() < deadline:
                if not self.console.read(0.05):
                    raise SystemExit("the console ended")
            if "exactly this" in plain(self.console.said):
                time.sleep(0.7)
                self.console.read(0.02)
                return
        raise SystemExit(f"the item cannot be opened: {last!r}")

    def check(self, what):
        n = self.office.one("SELECT count(*) FROM decision") + self.office.one("SELECT count(*) FROM approval WHERE state NOT IN ('pending', 'withdrawn')")
        n += self.office.one("SELECT count(*) FROM rule")
        if n:
            raise SystemExit(f"something was decided: {what!r}; {self.office.db.execute('SELECT id, state FROM approval').fetchall()}")

    def runs(self, n):
        self.armed()
        for i in range(n):
            case = run_of_keys(self.dice)
            if not self.console.type(case) or (i % 50 == 49 and not self.console.alive()):
                raise SystemExit(f"the console ended at {case!r}")
            self.told["runs"] += 1
            if self.dice.random() < 0.01:
                self.console.size(self.dice.choice([5, 20, 24, 50]), self.dice.choice([30, 80, 160]))
                self.told["resizes"] += 1
            if i % 250 == 249:
                self.console.read(0.02)
                self.check(case)
                self.armed()

    def another_comes(self):
        """What is under the mark goes away, and the key that was meant for it comes."""
        self.home()
        self.console.key(b"2")
        self.console.key(b"g")
        time.sleep(0.7)
        top = self.office.one("SELECT max(id) FROM approval WHERE state = 'pending'")
        self.office.db.execute("UPDATE approval SET state = 'withdrawn' WHERE id = ?", (top,))
        self.office.ask({"title": "another"}, self.goal, self.task, summary="another")
        self.console.read(self.dice.uniform(0.0, 0.35))
        self.console.type(b"y")
        self.console.read(0.1)

    def held_down(self):
        """The view opens, and the finger stays on the key for longer than the delay."""
        self.home()
        self.console.key(b"2")
        self.console.key(b"g")
        self.console.key(b"\r", 0.04)
        for _ in range(40):
            self.console.type(b"y")
            self.console.read(0.033)

    def typed_yes(self):
        """The word is wanted: a paste of it is none."""
        self.office.ask({"path": "x"}, self.goal, self.task, effect="destroy", tool="remove", summary="remove x")
        self.armed()
        self.console.key(b"y")
        self.console.type(self.dice.choice([b"yes\r", b"\x1b[200~yes\x1b[201~", b"\x1b[200~yes\r\x1b[201~"]))
        self.console.key(b"\r")

    def hang_up(self):
        self.console.type(run_of_keys(self.dice) * 5)
        os.close(self.console.fd)
        try:
            os.kill(self.console.pid, self.dice.choice([signal.SIGHUP, signal.SIGKILL]))
            os.waitpid(self.console.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        self.console = None
        self.check("a hang-up")
        self.told["hang-ups"] += 1
        self.open()

    def alone(self, n):
        kinds = [self.held_down, self.another_comes, self.typed_yes, self.hang_up]
        for _ in range(n):
            kind = kinds[self.told["alone"] % len(kinds)]
            kind()
            self.told["alone"] += 1
            self.check(kind.__name__)

    def approves_in_the_end(self):
        self.office.db.execute("UPDATE approval SET state = 'withdrawn' WHERE effect = 'destroy'")
        self.office.tick()
        self.armed()
        self.console.key(b"y")
        deadline = time.monotonic() + 20
        while self.office.one("SELECT count(*) FROM decision WHERE verdict = 0") == 0:
            if time.monotonic() > deadline or not self.console.read(0.05):
                raise SystemExit("one key by itself does not approve: the flood proved nothing")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--claviger", required=True)
    p.add_argument("--dir", required=True)
    p.add_argument("--cases", type=int, default=600)
    p.add_argument("--alone", type=int, default=3)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    begun = time.monotonic()
    f = Flood(o)
    left_alone, step = o.alone, max(1, o.cases // max(1, o.alone))
    for done in range(0, o.cases, step):
        f.runs(min(step, o.cases - done))
        f.check("a run of keys")
        if left_alone > 0:
            f.alone(1)
            left_alone -= 1
    if left_alone > 0:
        f.alone(left_alone)
    f.approves_in_the_end()
    f.console.close()
    print(f"{f.told} in {time.monotonic() - begun:.0f} s: nothing was decided but by the last key")


main()
