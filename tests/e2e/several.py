#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""several.py CLAVIGER FOLDER: several marked approvals are decided with one key, several marked tasks stopped,
and one line says what came of all of them; one of which that cannot be done holds up none of the others."""
import sys

sys.dont_write_bytecode = True
from desk import Console, Office

office = Office(sys.argv[1], sys.argv[2])
goal, task = office.goal()
for i in range(1, 9):
    office.ask({"title": f"change {i}", "diff": "d", "files": [], "base": "b"}, goal, task, summary=f"change {i}")
c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
c.wait("assphrase")
c.key(office.passphrase + "\r")
c.wait("The vault is open")
c.key(b"\x1b")
c.key(b"2")
c.wait("change 8")


def look_and_mark(n):
    for _ in range(n):
        c.key(b"\r", pause=0.2)
        c.key(b"q", pause=0.2)
        c.key(b" ", pause=0.2)
    c.read(0.8)


def states():
    return [r[0] for r in office.db.execute("SELECT state FROM approval ORDER BY id")]


# five rejected with one reason: more than the pane shows at once
c.read(0.8)
for _ in range(5):
    c.key(b" ")
c.forget()
c.key(b"n")
c.wait("Reject 5: A8 A7 A6 A5 A4. Why?")
c.type("they are not wanted\r")
c.wait("Rejected 5: A8 A7 A6 A5 A4")
assert states() == ["pending"] * 3 + ["rejected"] * 5, states()
reasons = {r[0] for r in office.db.execute("SELECT reason FROM approval WHERE state = 'rejected'")}
assert reasons == {"they are not wanted"}, reasons

# of three approved one was withdrawn behind the console's back: it says which and why
c.read(0.8)
look_and_mark(3)
office.db.execute("UPDATE approval SET state = 'withdrawn' WHERE id = 2")
c.forget()
c.key(b"y")
c.wait("Approved 2: A3 A1. Not A2: it ")

# of four marked tasks one is done: three are stopped, after one question for all
more = [office.goal(title=f"work {i}")[1] for i in range(1, 5)]
office.db.execute("UPDATE task SET state = 'done' WHERE id = ?", (more[1],))
office.tick()
c.forget()
c.key(b"1")
c.wait("work 4")
c.read(0.8)
c.key(b"g")
c.key(b" ")
c.key(b"j")
c.key(b"v")  # from the newest down to here
c.key(b"j")
c.key(b" ")
c.read(0.3)
c.forget()
c.key(b"x")
c.wait("y stops these 4 for good: T5 T4 T3 T2")
c.key(b"y", pause=0.2)
c.wait("Stopped 3: T5 T4 T2. Not T3: it is done")
work = [r[0] for r in office.db.execute("SELECT state FROM task ORDER BY id")]
assert work == ["waiting", "cancelled", "done", "cancelled", "cancelled"], work
c.close()
print("ok: several are decided, or stopped, with one key and named in one line")
