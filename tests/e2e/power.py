#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power fails at any moment of a day (one_day.py). Each write, sync and cut of the database
and its log is taken down by strace; then, for a moment in between, the two files are made as
a disk could have kept them: all that was synced, and of what was not nothing, all, some, or
some with a torn one. Of each such state:
- the database opens, is whole, and the journal's chain and signatures hold;
- a call whose first byte had left is on record as sent, or as what came after;
- an action whose branch was there is on record as begun;
- what a verb had said to be done is there, to the last row, once the verb has ended;
- and some of them go on: the day comes to its end, nothing twice, nothing lost (Day.mend).

power.py --claviger PROGRAM --practice PROGRAM --dir FOLDER --states N [--seed SEED]"""
import os
import random
import re
import shutil
import sqlite3
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from one_day import Day, Wrong, options

TRACED = "pwrite64,fdatasync,fsync,ftruncate,unlink,rename,link,sendto"
SECTOR = 512
MEND_EACH = 25
KINDS = ("nothing", "all", "some", "torn")
RECORDS = ("call", "approval", "version", "decision", "firing", "goal", "task", "entry", "journal", "request")
BEGUN = ("firing", "fired", "failed", "unknown", "not_fired")
LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$")


def unhex(text):
    return bytes.fromhex(text.replace("\\x", ""))


class Tape:
    """What one verb did to the database's files, and what it let out, in order."""

    def __init__(self, trace, folder):
        self.folder, self.events, self.begun = os.path.realpath(folder), [], {}
        for line in open(trace, errors="replace"):
            self.take(line)

    def take(self, line):
        m = LINE.match(line)
        if m is None:
            return
        pid, resumed, call, rest = m.groups()
        if resumed:
            # a write may have got to the disk from its begin on, a sync has done so at its end only
            call, rest = self.begun.pop(pid, (resumed, ""))
            if call in ("fdatasync", "fsync"):
                self.add(call, rest)
            return
        if "<unfinished ...>" in rest:
            self.begun[pid] = (call, rest)
            if call in ("fdatasync", "fsync"):
                return
        elif " = -1 " in rest:
            return
        self.add(call, rest)

    def add(self, call, rest):
        texts = [unhex(t) for t in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', rest)]
        if call == "sendto":
            if texts and texts[0].startswith(b"POST /v1/messages HTTP"):
                self.events.append(("post",))
            return
        if call in ("rename", "link"):
            if texts and b"/refs/heads/claviger/" in texts[-1]:
                self.events.append(("branch",))
            return
        on = re.match(r"\d+<((?:\\x[0-9a-f]{2})*)>", rest)
        name = unhex(on.group(1)) if on else texts[0] if texts else b""
        path = os.path.realpath(os.fsdecode(name).removesuffix(" (deleted)"))
        if os.path.dirname(path) != self.folder or os.path.basename(path) not in ("claviger.db", "claviger.db-wal"):
            return
        file, numbers = os.path.basename(path), re.findall(r", (\d+)", rest)
        if call == "pwrite64":
            self.events.append(("write", file, int(numbers[-1]), texts[0]))
        elif call == "ftruncate":
            self.events.append(("cut", file, int(numbers[-1])))
        elif call == "unlink":
            self.events.append(("cut", file, 0))
        else:
            self.events.append(("sync", file))


def play(data, events):
    for e in events:
        if e[0] == "cut":
            del data[e[2]:]
            data.extend(bytes(e[2] - len(data)))
        else:
            data.extend(bytes(max(0, e[2] - len(data))))
            data[e[2]:e[2] + len(e[3])] = e[3]
    return data


def kept(waiting, kind):
    """Which of what was never synced the disk has, and how much of it."""
    if kind == "nothing":
        return []
    if kind == "all":
        return waiting
    some = [e for e in waiting if random.random() < 0.5]
    if kind == "torn" and some:
        i = random.randrange(len(some))
        if some[i][0] == "write" and len(some[i][3]) > SECTOR:
            e = some[i]
            some[i] = (e[0], e[1], e[2], e[3][:random.randrange(1, len(e[3]) // SECTOR + 1) * SECTOR])
    return some


class Power(Day):
    posts = struck = 0	# calls that had left when the power failed; what the vendor had booked by the time we tried

    def record(self, part):
        """Do the part once, and keep what it wrote and how it ended."""
        self.begin(part)
        self.sent_before = self.sent()
        self.base = {f: self.bytes_of(f) for f in ("claviger.db", "claviger.db-wal")}
        if self.do(part, "-y", "-xx", "-s", "999999", "-e", f"trace={TRACED}") not in (0, 6):
            raise SystemExit(f"{part} does not go as it should: {self.said}")
        self.tape = Tape(self.o.dir + ".trace", self.office.path)
        self.end = self.dump()
        shutil.rmtree(self.saved + "/after", ignore_errors=True)
        shutil.copytree(self.repo, self.saved + "/after", symlinks=True)

    def billed(self):
        """What was sent after the power failed was never sent."""
        books = self.vendor.books()
        return books[self.before[1]:][:self.posts] + books[self.struck:]

    def bytes_of(self, file):
        path = os.path.join(self.office.path, file)
        return open(path, "rb").read() if os.path.exists(path) else b""

    def sent(self):
        return self.rows("SELECT count(*) FROM call WHERE state IN ('sent', 'settled', 'cut', 'refused')")[0][0]

    def dump(self):
        return {t: self.rows(f"SELECT * FROM {t} ORDER BY 1, 2") for t in RECORDS}

    def cut_power(self, at, kind):
        """The files as a disk could have them after the first `at` events."""
        events = self.tape.events[:at]
        for file, base in self.base.items():
            mine = [e for e in events if len(e) > 1 and e[1] == file]
            synced = max((i + 1 for i, e in enumerate(mine) if e[0] == "sync"), default=0)
            data = play(bytearray(base), [e for e in mine[:synced] if e[0] != "sync"])
            play(data, kept(mine[synced:], kind))
            with open(os.path.join(self.office.path, file), "wb") as f:
                f.write(data)
        shm = os.path.join(self.office.path, "claviger.db-shm")
        if os.path.exists(shm):
            os.unlink(shm)
        return events

    def check_state(self, where, events):
        try:
            if self.rows("PRAGMA integrity_check") != [("ok",)] or self.rows("PRAGMA foreign_key_check"):
                raise Wrong(f"{where}: the database is not whole")
            sent = self.sent() - self.sent_before
            if sent < self.posts:
                raise Wrong(f"{where}: {self.posts} calls had left, {sent} are on record")
            if any(e[0] == "branch" for e in events) and not any(s in BEGUN for s, in self.rows("SELECT state FROM approval WHERE kind = 'action' AND id <> ?", self.unknown)):
                raise Wrong(f"{where}: the branch is there, and its action is on record as not begun")
        except sqlite3.DatabaseError as e:
            raise Wrong(f"{where}: {e}")
        if self.office.run("journal", "verify").returncode != 0:
            raise Wrong(f"{where}: the journal is broken")

    def strike(self, part, at, kind, mends):
        where = f"{part}, {at} of {len(self.tape.events)}, {kind} of what was not synced"
        if mends:
            self.restore(part)
        events = self.cut_power(at, kind)
        self.struck = len(self.vendor.books())
        self.posts = sum(e[0] == "post" for e in events)
        if mends and any(e[0] == "branch" for e in events):
            shutil.rmtree(self.repo)
            shutil.copytree(self.saved + "/after", self.repo, symlinks=True)
        self.check_state(where, events)
        if at == len(self.tape.events):
            now = self.dump()
            lost = [t for t in RECORDS if now[t] != self.end[t]]
            if lost:
                raise Wrong(f"{where}: the verb has ended, and the disk lacks something in {lost}")
        if mends:
            self.mend(where)


def main():
    p = options()
    p.add_argument("--states", type=int, required=True)
    o = p.parse_args()
    begun = time.monotonic()
    random.seed(o.seed)
    print(f"seed {o.seed}", flush=True)
    day = Power(o)
    told = dict.fromkeys(KINDS, 0)
    mended = events = 0
    try:
        day.told.clear()
        for part in day.PARTS:
            day.record(part)
            events += len(day.tape.events)
            for i in range(max(2, o.states // len(day.PARTS))):
                if o.seconds and time.monotonic() - begun > o.seconds:
                    break
                kind = "nothing" if i == 0 else random.choice(KINDS)
                at = len(day.tape.events) if i == 0 else random.randint(0, len(day.tape.events))
                mends = i % MEND_EACH == 1
                try:
                    day.strike(part, at, kind, mends)
                except Wrong as e:
                    day.wrong += 1
                    print(f"WRONG: {e}", flush=True)
                told[kind] += 1
                mended += mends
    finally:
        day.vendor.stop()
    shutil.rmtree(day.saved, ignore_errors=True)
    print(f"{sum(told.values())} states of {events} events in {time.monotonic() - begun:.0f} s: {told}, {mended} went on; ends: {dict(day.told)}")
    if day.wrong:
        raise SystemExit(f"{day.wrong} of them are not right")
    if mended == 0:
        raise SystemExit("a day that never went on proves little")


main()
