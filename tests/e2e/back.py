#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Coming back: one screen says what was done, what was not and what nobody knows, and
not before the vault is open. back.py --claviger PROGRAM --dir FOLDER"""
import argparse
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Console, Office, plain

p = argparse.ArgumentParser()
p.add_argument("--claviger", required=True)
p.add_argument("--dir", required=True)
o = p.parse_args()
office = Office(o.claviger, o.dir)


def come_back():
    """What the screen says before and after the vault is opened."""
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""}, cols=150)
    c.wait("assphrase")
    c.read(0.3)
    before = plain(c.said)
    c.forget()
    c.key(office.passphrase + "\r")
    c.wait("the journal ends with")
    c.read(0.3)
    after = plain(c.said)
    for _ in range(3):
        c.key(b"q")
    c.read(1)
    c.close()
    return before, after


goal, task = office.goal()
mail = office.ask({"to": "dana@example.com", "subject": "s", "body": "b"}, goal, task, summary="mail to dana", effect="send", connector="inbox", tool="send_mail")
patch = office.ask({"title": "t"}, goal, task, summary="docs/api.md +1 -0")
office.ask({"title": "t"}, goal, task, summary="one that waits")
# as a crash between the first byte and the answer leaves it, once it was swept
office.db.execute("UPDATE approval SET state = 'unknown', decided_by = 'kim (kim@host)' WHERE id = ?", (mail,))
office.db.execute("INSERT INTO firing(approval, version, idempotency_key, epoch, begun_us, ended_us, sent, unsent, receipt) VALUES(?, 1, 'feedfacecafebeef00', 1, 1, 2, 1, 0, NULL)", (mail,))
office.tick()
before, after = come_back()
assert "UNKNOWN: mail" not in before and "one that waits" not in before, before
for words in ("Since you last looked", f"A{mail} UNKNOWN: mail to dana", "look there for feedfacecafebeef", f"settle A{mail} --as fired|not-fired", "one that waits"):
    assert words in after, (words, after)

# settled, it is told once more as done, with whose word it was; then there is nothing to tell
office.verb("approval", "settle", str(mail), "--as", "fired")
hashed = json.loads(office.verb("approval", "show", str(patch), "--json"))["hash"]
office.verb("approval", "reject", str(patch), "--reason", "no")
before, after = come_back()
assert f"A{mail} done: mail to dana, by the word of kim" in after and "UNKNOWN" not in after, after
assert "1 decision" in after, after
words = json.loads(office.verb("journal", "head", "--json"))["words"]
assert len(words.split("-")) == 4, words
before, after = come_back()
assert "Since you last looked" not in after and words in after, after
said = office.verb("lock", "--keys").decode()
assert words in said, said



def settle_at_the_keyboard():
    """Its page says where to look, the form asks; then it is settled with the note, and its decisions are as they were."""
    ident = office.ask({"to": "dana@example.com", "subject": "s", "body": "b"}, goal, task, summary="one of unknown end", effect="send", connector="inbox", tool="send_mail")
    office.db.execute("UPDATE approval SET state = 'unknown', decided_by = 'kim (kim@host)' WHERE id = ?", (ident,))
    office.db.execute("INSERT INTO firing(approval, version, idempotency_key, epoch, begun_us, ended_us, sent, unsent, receipt) VALUES(?, 1, 'beef', 1, 1, 2, 1, 0, NULL)", (ident,))
    office.tick()
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""}, rows=40, cols=110)
    c.wait("assphrase")
    c.key(office.passphrase + "\r")
    c.wait("the journal ends with")
    for key in (b"\x1b", b"2", b"g"):
        c.key(key)
    c.wait("one of unknown end")
    time.sleep(0.8)
    c.key(b"w")
    c.wait("nobody knows whether this was done")
    time.sleep(0.8)
    c.key(b"w")
    c.wait(f"What became of A{ident}?")
    for key in (b"\x1bOB", b"\x1bOB", b"\r"):
        c.key(key, 0.1)
    for key in b"not in Sent":
        c.key(bytes([key]), 0.02)
    c.key(b"\r", 0.2)
    c.wait(f"A{ident} is settled")
    c.close()
    assert office.one("SELECT state || ': ' || reason FROM approval WHERE id = ?", ident) == "not_fired: not in Sent"
    assert office.one("SELECT count(*) FROM journal WHERE kind = 'settled_not_fired' AND ref = ?", f"A{ident}v1") == 1
    assert office.one("SELECT count(*) FROM decision WHERE approval = ?", ident) == 0


settle_at_the_keyboard()


def edit_and_type_yes():
    """e hands the terminal to the editor; the new version is shown against the old one, and a stranger wants the word typed."""
    editor = os.path.join(o.dir, "editor")
    open(editor, "w").write(f'#!/bin/sh\nstat -c %a "$1" >{o.dir}/mode\nsed -i s/dana@/lee@/ "$1"\n')
    os.chmod(editor, 0o755)
    office.db.execute("UPDATE approval SET state = 'withdrawn' WHERE state = 'pending'")
    ident = office.ask({"to": "dana@example.com", "subject": "s", "body": "b"}, goal, task, summary="mail", effect="send", connector="inbox", tool="send_mail")
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": "", "EDITOR": editor}, rows=50, cols=110)
    c.wait("assphrase")
    c.key(office.passphrase + "\r")
    c.wait("the journal ends with")
    for key in (b"\x1b", b"2", b"g", b"\r"):
        c.key(key)
    c.wait("exactly this")
    c.key(b"e")
    c.wait("has a new version")
    assert open(o.dir + "/mode").read() == "600\n" and not [f for f in os.listdir(office.path) if f.startswith(".claviger-")]
    assert office.one("SELECT version FROM approval WHERE id = ?", ident) == 2
    c.forget()
    c.key(b"\r")
    c.wait("- to: dana@example.com")
    c.wait("+ to: lee@example.com")
    time.sleep(0.8)
    c.key(b"y")
    c.wait("type yes, then Enter")
    for ch in "yes":
        c.key(ch)
    c.key(b"\r")
    deadline = time.monotonic() + 20
    while not office.db.execute("SELECT 1 FROM decision WHERE approval = ?", (ident,)).fetchone():
        assert time.monotonic() < deadline, plain(c.said)[-800:]
        c.read(0.05)
    version, said, shown_ms = office.db.execute("SELECT version, said, shown_ms FROM decision WHERE approval = ?", (ident,)).fetchone()
    assert version == 2 and said == "yes" and shown_ms >= 800, (version, said, shown_ms)
    c.close()


edit_and_type_yes()
print("ok: what happened is told once, in one screen, to whom has opened the vault")
