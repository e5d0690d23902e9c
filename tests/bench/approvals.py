#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""approvals.py BUILD_DIR [ENTRIES [RUNS]]: how quick a decision is, from the key to the disk and from
there to the outside; a long queue; a long journal. Nothing here passes or fails: read the figures."""
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1])
ENTRIES = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
RUNS = int(sys.argv[3]) if len(sys.argv) > 3 else 20
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from desk import Console, Office, field, plain

CLAVIGER = os.path.join(BUILD, "bin", "claviger")
PATCH = {"title": "t", "message": "m", "diff": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", "base": []}


def ms(values):
    values = sorted(values)
    return f"median {statistics.median(values):.2f} ms, 95% under {values[int(len(values) * 0.95)]:.2f} ms, worst {values[-1]:.2f} ms, of {len(values)}"


def console(office, **more):
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""}, **more)
    c.wait("assphrase")
    c.key(office.passphrase + "\r")
    c.wait("The vault is open")
    c.wait("resting")
    c.read(0.2)
    c.key(b"\x1b")
    c.key(b"2")
    return c


def office_with_repo(folder):
    office = Office(CLAVIGER, folder)
    office.verb("config", "set", "undo_window_s", "0")
    repo = os.path.join(folder, "repo")
    os.mkdir(repo)
    open(os.path.join(repo, "x"), "w").write("a\n")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.name=M", "-c", "user.email=m@example.com", "commit", "-q", "-m", "x"]):
        subprocess.run(["git", "-C", repo, *words], check=True, env=office.env)
    office.verb("connector", "add", "repo", "--type", "codebase", "--root", repo)
    office.pinned = office.one("SELECT pinned FROM tool WHERE name = 'propose_patch'")
    return office


def by_key(office, n):
    """Key to decision, and decision to the first byte out, in the process of the console itself."""
    keys, out = [], []
    c = console(office, rows=50, cols=100)
    for i in range(n):
        goal, task = office.goal()
        ident = office.ask(PATCH, goal, task, definition=office.pinned, tool_use_id=f"k{i}")
        c.read(0.2)
        c.key(b"g")
        c.key(b"\r")
        time.sleep(0.75)
        c.read(0.05)
        began = time.monotonic()
        c.type(b"y")
        while office.db.execute("SELECT 1 FROM decision WHERE approval = ?", (ident,)).fetchone() is None:
            if time.monotonic() - began > 10:
                raise SystemExit("y decided nothing: " + plain(c.said)[-800:])
            time.sleep(0.0002)  # spinning would hold one of two processors
        keys.append((time.monotonic() - began) * 1000)
        out.append(first_byte(office, ident))
        c.read(0.3)
        c.key(b"\x1b")
    c.close()
    print(f"key to durable decision (goal: under 10 ms): {ms(keys)}")
    print(f"decision to the firing's first byte, same process (goal: under 50 ms): {ms(out[1:])}; the first, with the connector's start: {out[0]:.1f} ms")


def first_byte(office, ident):
    """Milliseconds from the decision to `sent` being durable: the byte leaves right behind it."""
    deadline = time.monotonic() + 20
    while office.db.execute("SELECT 1 FROM firing WHERE approval = ? AND sent = 1", (ident,)).fetchone() is None:
        if time.monotonic() > deadline:
            raise SystemExit("it did not fire")
        time.sleep(0.0002)
    seen = time.time() * 1e6
    return (seen - office.one("SELECT at_us FROM decision WHERE approval = ?", ident)) / 1000


def from_another(office, n):
    out = []
    worker = subprocess.Popen([CLAVIGER, "--home", office.home, "run", "--for", "120"], env=office.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)
    for i in range(n):
        goal, task = office.goal()
        ident = office.ask(PATCH, goal, task, definition=office.pinned, tool_use_id=f"a{i}")
        hashed = "sha256:" + office.one("SELECT hash FROM version WHERE approval = ?", ident).hex()
        office.verb("approval", "approve", str(ident), "--hash", hashed)
        out.append(first_byte(office, ident))
    worker.terminate()
    worker.wait()
    print(f"decision to the firing's first byte, from another process (goal: under 200 ms): {ms(out[1:])}")


def long_queue(office, n):
    goal, task = office.goal()
    office.db.execute("PRAGMA synchronous = OFF")
    for i in range(n):
        office.ask(PATCH, goal, task, summary=f"change {i}")
    office.db.execute("PRAGMA synchronous = FULL")
    c = console(office, rows=24, cols=80)
    c.read(0.3)
    took = []
    for key in [b"j"] * 200 + [b"\x1b[6~"] * 50 + [b"G", b"g"] * 10 + [b"G"] + [b"k"] * 30:
        began = time.monotonic()
        c.forget()
        c.type(key)
        while not c.said and time.monotonic() - began < 1:
            c.read(0.001)
        c.read(0.004)
        took.append((time.monotonic() - began) * 1000 - 4)
    c.close()
    print(f"a key in a queue of {n}, to the last byte of its frame (goal: no frame over 16 ms): {ms(took)}")


def long_journal(office, n):
    seq, head = office.db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    what = bytes(32)
    fixed = field("claviger journal 1")
    tail = b"".join(field(v) for v in ("call", "worker", "C1", what))

    def rows():
        nonlocal seq, head
        for _ in range(n):
            seq += 1
            body = fixed + field(seq) + field(1795425600000000 + seq) + tail + field(head)
            prev, head = head, hashlib.sha256(body).digest()
            yield seq, 1795425600000000 + seq, "call", "worker", "C1", what, prev, head

    office.db.execute("BEGIN")
    office.db.executemany("INSERT INTO journal VALUES(?, ?, ?, ?, ?, ?, ?, ?)", rows())
    office.db.execute("COMMIT")
    began = time.monotonic()
    office.verb("journal", "verify")
    print(f"journal verify of {seq} entries (goal: under 5 s for a million): {time.monotonic() - began:.2f} s")


def main():
    folder = tempfile.mkdtemp(prefix="claviger-bench-")
    try:
        office = office_with_repo(os.path.join(folder, "a"))
        by_key(office, RUNS)
        from_another(office, RUNS)
        long_queue(Office(CLAVIGER, os.path.join(folder, "b")), 10000)
        long_journal(Office(CLAVIGER, os.path.join(folder, "c")), ENTRIES)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
