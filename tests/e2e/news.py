#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""news.py CLAVIGER FOLDER: what ends while a console is open is told there, and what ended since to who
comes back, however many goals came after it."""
import sys
import time

sys.dont_write_bytecode = True
from desk import Console, Office


def end(goal, state="done", report=None):
    office.db.execute("BEGIN IMMEDIATE")
    office.db.execute("UPDATE task SET state = 'done', ended_us = ? WHERE goal = ?", (int(time.time() * 1e6), goal))
    office.db.execute("UPDATE goal SET state = ?, ended_us = ?, report = ? WHERE id = ?", (state, int(time.time() * 1e6), report, goal))
    office.db.execute("COMMIT")
    office.tick()


def console(**more):
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""}, **more)
    c.wait("assphrase")
    c.key(office.passphrase + "\r")
    return c


office = Office(sys.argv[1], sys.argv[2])
goals = [office.goal(text=f"Answer the three newest leads, number {i}")[0] for i in range(1, 21)]
for rows, cols, goal, line in ((24, 80, 1, "G1 done ($0.00): Answer the three newest leads, number 1  R: report"), (14, 46, 2, "G2 done ($0.00): Answer the thre…  R: report")):
    c = console(rows=rows, cols=cols)
    c.wait("The vault is open")
    c.key(b"1", pause=0.3)  # the line is empty: it is written whole
    c.forget()
    end(goal, report="Three leads are answered.")
    c.wait(line)
    c.read(1.2)
    c.forget()
    c.key(b"R")
    c.wait(f"What came of G{goal}")
    c.wait("leads are answered.")
    for _ in range(3):
        c.key(b"q")
    c.read(1)
    c.close()

# nobody looks: it is among what happened since, though it is the oldest of many
end(3, "failed")
c = console()
c.wait("Since you last looked")
c.wait("G3 failed ($0.00): Answer the three newest leads, number 3")
c.key(b"q", pause=0.3)
# one that cannot go on by itself
office.db.execute("UPDATE task SET state = 'paused', waits_on = 'key', why = 'the key is failing' WHERE goal = 4")
office.tick()
c.wait("G4 stuck ($0.00): Answer the three newest leads, number 4")
c.close()
print("ok: what ends is told while a console is open, and to who comes back")
