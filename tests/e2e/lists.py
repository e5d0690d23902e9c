#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""lists.py CLAVIGER FOLDER: the list of tasks is longer than the screen, and so is what a filter finds:
each can be gone through to its end."""
import sys

sys.dont_write_bytecode = True
from desk import Console, Office

office = Office(sys.argv[1], sys.argv[2])
office.db.execute("BEGIN")
for i in range(60):
    office.goal(text="x" * 100000, title=f"{'even' if i % 2 == 0 else 'odd'}{i}")
office.db.execute("COMMIT")
office.tick()
c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
c.wait("assphrase")
c.key(office.passphrase + "\r")
c.wait("The vault is open")
c.key(b"\x1b")
c.key(b"1")
c.wait("odd59")
c.wait("1 of 60")
c.forget()
c.key(b"G")
c.wait("even0 - even0")
c.key(b"g")
c.key(b"/")
c.key(b"odd")
c.key(b"\r")
c.forget()
for _ in range(30):
    c.key(b"j")
c.key(b"\x0c")  # painted anew: it writes only what differs
c.wait("odd1 - odd1")
c.close()
print("ok: a long list is gone through to its end, and one that is filtered")
