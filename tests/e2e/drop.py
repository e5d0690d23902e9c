#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line drops (a closed laptop, a lost SSH connection) at a random moment of a day in the
console, while replies stream and questions wait: by a hang-up, or with none, so that the
terminal only fails. Within 5 seconds the program has ended by itself; nothing was decided
by it, no call is left open, and the day then goes on to its end (one_day.py).

drop.py --claviger PROGRAM --practice PROGRAM --dir FOLDER --rounds N [--seed SEED]"""
import fcntl
import os
import pty
import random
import shutil
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Console, plain
from one_day import Day, Wrong, options

RATE = 12		# tokens a second: most of a round is streaming
PARTS = ("plan", "approve plan", "work", "approve patch", "fire")
PATIENCE = 5		# seconds


class BareConsole(Console):
    """On a terminal that is not its own: when that goes, nobody is told."""

    def __init__(self, office, env=None):
        self.said = b""
        self.fd, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen([office.claviger, "--home", office.home], env=dict(office.env, **(env or {})), stdin=theirs, stdout=theirs, stderr=theirs)
        self.pid = self.process.pid
        os.close(theirs)
        os.set_blocking(self.fd, False)


class Drops(Day):
    def __init__(self, o):
        super().__init__(o, RATE)
        self.ways = {"hang-up": 0, "silent": 0}
        self.cut = self.streaming = 0

    def open_calls(self):
        return [i for i, in self.rows("SELECT id FROM call WHERE state IN ('held', 'sent')")]

    def drop(self, part, streams):
        """streams: not before a reply does."""
        self.begin(part)
        way = random.choice(list(self.ways))
        decided = self.rows("SELECT id, state FROM approval WHERE state <> 'pending'")
        console = (Console if way == "hang-up" else BareConsole)(self.office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
        console.wait("assphrase")
        console.key(self.office.passphrase + "\r")
        begun, until = time.monotonic(), random.uniform(0, 2.5)
        while time.monotonic() - begun < until or (streams and not self.open_calls() and time.monotonic() - begun < 20):
            console.read(0.02)
            if random.random() < 0.05:
                console.type(random.choice(["1", "2", "j", "k", "\t", " "]))
        streaming = self.open_calls()
        os.close(console.fd)
        where = f"{part}, {way}, showing {plain(console.said)[-300:]!r}"
        self.ended(console.pid, where)
        self.ways[way] += 1
        self.streaming += bool(streaming)
        if self.open_calls():
            raise Wrong(f"{where}: a call is left open")
        self.cut += sum(self.rows("SELECT state FROM call WHERE id = ?", i) == [("cut",)] for i in streaming)
        moved = [row for row in self.rows("SELECT a.id, a.state FROM approval a JOIN decision d ON d.approval = a.id WHERE a.state <> 'pending'") if row[0] not in {i for i, _ in decided}]
        if moved:
            raise Wrong(f"{where}: decided by nobody: {moved}")
        self.mend(where)

    def ended(self, pid, where):
        deadline = time.monotonic() + PATIENCE
        while os.waitpid(pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > deadline:
                os.kill(pid, 9)
                os.waitpid(pid, 0)
                raise Wrong(f"{where}: it does not end")
            time.sleep(0.01)


def main():
    p = options()
    p.add_argument("--rounds", type=int, required=True)
    o = p.parse_args()
    begun = time.monotonic()
    random.seed(o.seed)
    print(f"seed {o.seed}", flush=True)
    day = Drops(o)
    try:
        day.told.clear()
        for i in range(o.rounds):
            if o.seconds and time.monotonic() - begun > o.seconds:
                break
            try:
                part = PARTS[i % len(PARTS)]
                day.drop(part, streams=part in ("plan", "work") and random.random() < 0.7)
            except Wrong as e:
                day.wrong += 1
                print(f"WRONG: {e}", flush=True)
    finally:
        day.vendor.stop()
    shutil.rmtree(day.saved, ignore_errors=True)
    print(f"dropped in {time.monotonic() - begun:.0f} s: {day.ways}; with a reply streaming {day.streaming}, cut {day.cut}; ends: {dict(day.told)}")
    if day.wrong:
        raise SystemExit(f"{day.wrong} of them left what is not right")
    if o.rounds >= 50 and (0 in day.ways.values() or day.streaming == 0):
        raise SystemExit("a line that did not drop while a reply streamed proves nothing")


main()
