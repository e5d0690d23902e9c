#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that hides, turns, covers or imitates, through every pane, the plain face and
the verbs: what comes out at the terminal holds no byte that a terminal would obey or
not show, and what was taken out is counted in words. And payloads that two readers
read differently never reach a preview.

hidden.py --claviger PROGRAM --dir FOLDER --corpus FILE"""
import argparse
import json
import os
import re
import subprocess
import sys
import time
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desk import Console, Office, plain

OURS = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|\[!p|\[>[0-9;]*[a-z]|[()][0B]|\]2;claviger [ -~]*\x07|[=>78M])")
HIDDEN = [(0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164),
          (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xAD, 0xAD), (0x34F, 0x34F), (0xE0000, 0xE0FFF)]


class Wrong(SystemExit):
    pass


def check_text(text, where, allowed=""):
    marks = 0
    for i, ch in enumerate(text):
        cp = ord(ch)
        if ch in allowed:
            marks = 0
            continue
        if cp < 0x20 or 0x7F <= cp < 0xA0 or unicodedata.category(ch) == "Cf" or any(a <= cp <= b for a, b in HIDDEN):
            raise Wrong(f"U+{cp:04X} left the program in {where}: {text[max(0, i - 40):i + 40]!r}")
        marks = marks + 1 if unicodedata.category(ch) in ("Mn", "Me") else 0
        if marks > 2:
            raise Wrong(f"three marks on one character in {where}: {text[max(0, i - 20):i + 5]!r}")


def check_stream(said, where, attacks):
    for name, attack in attacks:
        if any(c in attack for c in b"\x1b\x07\x08\x0d\x09\x0b\x0c\x7f") and attack in said:
            raise Wrong(f"the attack '{name}' left the program as it is in {where}")
    for bad in (b"\x1b[7;77;777m", b"\x1b[6n", b"\x1b[?47h", b"\x1b]0;", b"\x1b]52", b"\x1b]8;", b"\x1bP", b"\x1b_", b"\x1b^", b"\x1bX", b"\x1b#8"):
        if bad in said:
            raise Wrong(f"{bad!r} left the program in {where}")
    try:
        text = OURS.sub(b"", said).decode()
    except UnicodeDecodeError as e:
        raise Wrong(f"broken UTF-8 in {where}: {e}")
    check_text(text, where)


def terminal_without_motion(folder):
    """An xterm that has no carriage return, backspace, tab or line feed of its own: each in the stream is the attack's."""
    made = subprocess.run("infocmp -1 xterm-256color | grep -vE '^\\s(cr|cub1|ht|ind|cud1|nel|bel|tbc|hts|cbt)=' | sed 's/^xterm-256color/still/' | tic -x -o " + folder + " -",
                          shell=True, capture_output=True)
    return made.returncode == 0


class Hidden:
    def __init__(self, o):
        self.office = Office(o.claviger, o.dir)
        self.attacks = [(c["name"], c["text"].encode("utf-8") if "text" in c else bytes.fromhex(c["bytes"])) for c in json.load(open(o.corpus), strict=False)]
        self.env = {}
        if terminal_without_motion(o.dir + "/terminfo"):
            self.env = {"TERM": "still", "TERMINFO": o.dir + "/terminfo"}
        self.office.verb("config", "set", "title", "false")
        self.office.verb("config", "set", "bell", "false")
        self.shown, self.bad = [], []
        self.fill()

    def fill(self):
        office, db = self.office, self.office.db
        texts = [(n, a) for n, a in self.attacks if self.is_text(a)]
        everything = "\n".join(f"{n}: {a.decode()}" for n, a in texts)
        raw = b"\n".join(n.encode() + b": " + a for n, a in self.attacks)
        reply = json.dumps([{"kind": "text", "text": everything}])
        for i, (name, attack) in enumerate(texts):
            if i % 4:
                continue
            goal, task = office.goal(f"{name} {attack.decode()}", f"{name} {attack.decode()}", [(1, reply, ""), (2, raw, f"mail {attack.decode()}"), (3, everything, "")])
            db.execute("UPDATE task SET agent = ?, why = ?, state = 'paused' WHERE id = ?", (attack.decode()[:20], everything[:200], task))
            db.execute("UPDATE goal SET why = ?, report = ? WHERE id = ?", (attack.decode(), everything, goal))
        for name, attack in texts:
            t = attack.decode()
            more = dict(summary=f"{name} {t}", flags=[t], provenance=[t], agent=t[:20], connector="mail", tool="send_mail", effect="send",
                        context={"values": [{"value": t, "source": t, "in_goal": False}], "about": {t: t}, "before": {"f": t}, "words": {"to": t}})
            self.shown.append(office.ask({"to": t, "subject": t, "body": t + "\n" + t, "attachments": [{"name": t}], t: t}, goal, task, **more))
        for payload, tool in (({"title": everything, "diff": "--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n" + "".join(f"+{line}\n" for line in everything.split("\n"))}, "propose_patch"),
                              ({"fields": {n: a.decode() for n, a in texts}}, "update_record"), ({"x": [a.decode() for _, a in texts]}, "any")):
            self.shown.append(office.ask(payload, goal, task, tool=tool, summary=everything[:100]))
        for body in (b'{"to":"NEVERSHOWN","to":"b"}', b'{"to":"NEVERSHOWN\\u0000"}', b'{"to":"NEVERSHOWN\\ud800"}', b'{"to":"NEVERSHOWN\xff"}', b'["NEVERSHOWN"]'):
            self.bad.append(office.ask(body, goal, task, summary="unreadable payload"))
        now = int(time.time() * 1e6)
        db.execute("INSERT INTO incident(kind, ref, text, at_us, resolved_us, resolution) VALUES('cap', 'x', ?, ?, 0, '')", (everything[:250], now))
        office.tick()

    @staticmethod
    def is_text(attack):
        try:
            attack.decode()
            return True
        except UnicodeDecodeError:
            return False

    def panes(self, rows, cols):
        console = Console(self.office, "--read-only", rows=rows, cols=cols, env=self.env)
        console.wait("waiting")
        console.size(rows, cols)
        console.read(0.2)
        for pane in b"1345":
            console.type(bytes([pane]))
            console.read(0.05)
            for key in (b"\r", b" ", b" ", b"\x1b", b"G", b"\r", b" "):
                console.type(key)
                console.read(0.05)
            console.type(b"\x1b")
            console.read(0.06)
            check_stream(console.said, f"pane {chr(pane)} at {cols}x{rows}", self.attacks)
        console.type(b"2")
        console.read(0.05)
        console.type(b"g")
        counted = False
        for _ in range(len(self.bad) + len(self.shown)):
            console.forget()
            console.type(b"\r")
            console.read(0.04)
            if b"NEVERSHOWN" in console.said:
                raise Wrong("a payload that is read in two ways reached a preview")
            console.type(b"  i ")
            console.read(0.03)
            counted = counted or "hidden character" in plain(console.said)
            console.type(b"\x1b")
            console.read(0.05)
            console.type(b"j")
            check_stream(console.said, f"an approval at {cols}x{rows}", self.attacks)
        if not counted:
            raise Wrong("what was taken out is not counted")
        for line in (b":goal list\r", b":incident list\r", b":approval list\r"):
            console.type(line)
            console.read(0.08)
            console.type(b"\x1b")
            console.read(0.05)
        check_stream(console.said, f"answers at {cols}x{rows}", self.attacks)
        console.close()

    def verbs(self):
        lines = "".join(f"A{i}\n" for i in self.shown[::3] + self.bad) + "1\n2\n3\n4\n5\nT1\ntask show T1\ngoal list\nq\n"
        runs = [(("--plain", "--read-only"), lines.encode())] + [(words, b"") for words in (
            ("approval", "list"), ("task", "list"), ("task", "show", "1"), ("goal", "list"), ("goal", "show", "1"), ("goal", "report", "1"), ("incident", "list"), ("journal", "list"))]
        runs += [(("approval", "show", str(i)), b"") for i in self.shown[::2] + self.bad]
        for words, stdin in runs:
            done = self.office.run(*words, stdin=stdin)
            for out in (done.stdout, done.stderr):
                check_text(out.decode(), " ".join(words), allowed="\n")
                if words[0] == "approval" and b"NEVERSHOWN" in out:
                    raise Wrong("a payload that is read in two ways reached a preview")

    def refused(self):
        for i in self.bad:
            hashed = json.loads(self.office.verb("approval", "show", str(i), "--json"))["hash"]
            if self.office.run("approval", "approve", str(i), "--hash", hashed).returncode == 0:
                raise Wrong(f"A{i} cannot be read in one way, and was approved")

    def flagged(self):
        """What look-alikes there are is said, and what they stand for stands beside."""
        want = {"mixed address": "it reads as dana@example.com", "whole script host": "reads as https://apple.com/login", "punycode": "stands for http://ex",
                "mixed file": "it reads as docs/plan.md"}
        names = [n for n, a in self.attacks if self.is_text(a)]
        for name, words in want.items():
            said = self.office.verb("approval", "show", str(self.shown[names.index(name)])).decode()
            if words not in said:
                raise Wrong(f"'{name}' is not said to be what it is: {said}")


def main():
    p = argparse.ArgumentParser()
    for name in ("claviger", "dir", "corpus"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--sizes", default="80x24,160x50,45x14")
    o = p.parse_args()
    h = Hidden(o)
    h.verbs()
    h.flagged()
    h.refused()
    for size in o.sizes.split(","):
        cols, rows = (int(n) for n in size.split("x"))
        h.panes(rows, cols)
    print(f"{len(h.attacks)} attacks, {len(h.shown)} approvals of them, {len(h.bad)} payloads of two readings: nothing left the program that a terminal obeys or hides")


main()
