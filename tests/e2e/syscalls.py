#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at each system call that changes something, over a whole day: a goal is given,
planned, the plan approved, the work read and proposed, the patch approved, carried out and
reported, and one of yesterday's that nobody knew the end of is settled. Whoever makes the
call dies at it: the program, its connector, or git below that. Then the day goes on to its
end, and nothing was done twice, nothing is lost, and each call is in the books.

With --fault nobody is killed: the call fails, once or (a + behind the name) from then on in
everybody who makes it, and whoever meets that ends by itself, with no signal and no hang.

syscalls.py --claviger PROGRAM --practice PROGRAM --dir FOLDER [--sample N] [--calls a,b,c:EVERY] [--parts plan,fire] [--fault ENOSPC+]"""
import collections
import os
import random
import re
import shutil
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from one_day import Day, Wrong, options

# Those that others can see something of: between two of them nothing outside the process changes. The locks
# inside the database (fcntl) are many and much alike: each seventh.
CALLS = "write,pwrite64,fdatasync,fsync,ftruncate,rename,link,unlink,unlinkat,mkdir,utimensat,flock,fcntl:7,connect,sendto,kill,clone3,execve"
# What can fail how. Opening is mostly the loader's and git's looking about: each 13th. Not
# write (to an eventfd it cannot fail so) and fcntl (an unlock cannot): strace takes them all alike.
FAULTS = {
    "ENOSPC": "pwrite64,ftruncate,openat:13,mkdir,link,rename",
    "EIO": "read:7,pread64:3,pwrite64,fdatasync,fsync,ftruncate,getdents64",
    "EINTR": "read:7,write:3,pwrite64,openat:13,poll:3,connect,sendto,recvfrom:3,wait4,flock,fdatasync",
    "EMFILE": "openat:13,socket,pipe2,socketpair,eventfd2,dup2",
    "EAGAIN": "clone3,flock,sendto",
    "ENOMEM": "mmap:29,clone3,execve",
}


class Blows(Day):
    def blow(self, part, call, nth):
        """True if it fell on somebody."""
        fault = self.o.fault.rstrip("+")
        effect, when, sign = (f"error={fault}", f"{nth}{self.o.fault[len(fault):]}", "(INJECTED)") if fault else ("signal=KILL", nth, "killed by SIGKILL")
        code = self.do(part, "-e", f"trace={call}", "-e", f"inject={call}:{effect}:when={when}")
        trace = open(self.o.dir + ".trace", errors="replace").read()
        if sign not in trace:
            return False
        self.kills[part, call] += 1
        if fault and (code < 0 or re.search(r"killed by SIG(?!KILL|TERM|PIPE)", trace)):
            raise Wrong(f"ends by a signal: {code}, {re.findall('killed by.*', trace)}")
        return True

    def strike(self, part, call, nth):
        """One blow and what came of it. True if it fell on somebody."""
        self.begin(part)
        where = f"{self.o.fault or 'killed'} at {call} {nth} of {part}"
        try:
            if not self.blow(part, call, nth):
                return False
        except Wrong as e:
            self.wrong += 1
            print(f"WRONG: {where}: {e}", flush=True)
        try:
            self.mend(where)
        except Wrong as e:
            self.wrong += 1
            print(f"WRONG: {e}", flush=True)
        return True

    def points(self, part, call):
        """How many of that call anybody makes in that part: the longest count of one thread."""
        self.begin(part)
        self.do(part, "-e", f"trace={call}")
        by = collections.Counter(line.split()[0] for line in open(self.o.dir + ".trace", errors="replace") if f" {call}(" in line)
        return max(by.values(), default=0)


def main():
    p = options()
    p.add_argument("--calls")
    p.add_argument("--fault", default="", metavar="ERRNO[+]", help="one of " + ", ".join(FAULTS))
    p.add_argument("--parts", default=",".join(Day.PARTS))
    p.add_argument("--sample", type=int, default=0, metavar="N", help="only so many, at random")
    o = p.parse_args()
    begun = time.monotonic()
    o.calls = o.calls or FAULTS.get(o.fault.rstrip("+"), CALLS)
    every = {call: int(n or 1) for call, _, n in (c.partition(":") for c in o.calls.split(","))}
    random.seed(o.seed)
    day = Blows(o)
    try:
        day.told.clear()
        if o.sample:
            print(f"seed {o.seed}", flush=True)
            todo = [(part, call) for part in o.parts.split(",") for call in every]
            random.shuffle(todo)
            for part, call in todo:
                n = day.points(part, call) if sum(day.kills.values()) < o.sample and not (o.seconds and time.monotonic() - begun > o.seconds) else 0
                if n > 0:
                    day.strike(part, call, random.randint(1, n))
        else:
            for part in o.parts.split(","):
                for call, step in every.items():
                    nth = random.randint(1, step)
                    while day.strike(part, call, nth):
                        nth += step
                    print(f"{part}: {call}: {day.kills[part, call]}", flush=True)
    finally:
        day.vendor.stop()
    shutil.rmtree(day.saved, ignore_errors=True)
    by = {call: sum(n for (_, c), n in day.kills.items() if c == call) for call in every}
    print(f"{sum(by.values())} {o.fault or 'kills'} in {time.monotonic() - begun:.0f} s: {', '.join(f'{c} {n}' for c, n in by.items())}; ends: {dict(day.told)}")
    if day.wrong:
        raise SystemExit(f"{day.wrong} of them left what is not right")
    if sum(by.values()) == 0 or (not o.sample and not o.fault and 0 in by.values()):
        raise SystemExit("a call at which nobody was hit proves nothing")


main()
