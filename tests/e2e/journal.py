#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second reader of the journal, made from the format alone: journal.py DATABASE.

Prints the number of entries and the head; exit 1 names the first entry that does not
follow. Signed heads must be heads of the chain."""
import hashlib
import sqlite3
import sys


def field(value):
    data = value if isinstance(value, bytes) else value.to_bytes(8, "big", signed=True) if isinstance(value, int) else value.encode()
    return len(data).to_bytes(8, "big") + data


def main(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    head, last, heads = bytes(32), 0, {}
    for seq, at_us, kind, who, ref, what, prev, hashed in db.execute("SELECT seq, at_us, kind, who, ref, what, prev, hash FROM journal ORDER BY seq"):
        body = b"".join(field(v) for v in ("claviger journal 1", seq, at_us, kind, who, ref, what, prev))
        if seq != last + 1 or prev != head or hashed != hashlib.sha256(body).digest():
            return f"entry {seq} does not follow"
        head, last, heads[seq] = hashed, seq, hashed
    for seq, signed in db.execute("SELECT seq, head FROM seal ORDER BY seq"):
        if heads.get(seq) != signed:
            return f"the head signed at entry {seq} is another"
    print(last, "entries, head", head.hex())
    return 0


sys.exit(main(sys.argv[1]))
