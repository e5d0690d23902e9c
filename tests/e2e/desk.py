# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests at a real terminal: a console on a pseudo-terminal, and questions put
into a workspace's database as a worker would put them, with the right hash and bind."""
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import termios
import time

KINDS = {"action": 0, "plan": 1}
EFFECTS = {"read": 0, "write": 1, "send": 2, "destroy": 3}


def field(value):
    data = value if isinstance(value, bytes) else value.to_bytes(8, "big", signed=True) if isinstance(value, int) else value.encode()
    return len(data).to_bytes(8, "big") + data


class Office:
    """A workspace made by the program itself, under folder."""

    def __init__(self, claviger, folder, passphrase="a passphrase for tests"):
        self.claviger, self.folder, self.passphrase = claviger, folder, passphrase
        self.home = os.path.join(folder, "home")
        os.makedirs(folder, 0o700, exist_ok=True)
        self.passfile = os.path.join(folder, "pass")
        with open(os.open(self.passfile, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
            f.write(passphrase + "\n")
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")}
        self.env = dict(keep, HOME=folder, XDG_CONFIG_HOME=folder + "/config", XDG_DATA_HOME=folder + "/data", XDG_STATE_HOME=folder + "/state",
                        LC_ALL="C.UTF-8", TERM="xterm-256color", EDITOR="true", PAGER="true", CLAVIGER_PASSPHRASE_FILE=self.passfile)
        self.verb("init")
        self.path = os.path.join(self.home, "workspaces", os.listdir(os.path.join(self.home, "workspaces"))[0])
        self.db = sqlite3.connect(os.path.join(self.path, "claviger.db"), timeout=20, isolation_level=None)
        self.id = self.db.execute("SELECT value FROM setting WHERE name = 'workspace'").fetchone()[0]

    def run(self, *words, stdin=b"", env=None):
        return subprocess.run([self.claviger, "--home", self.home, *words], env=dict(self.env, **(env or {})), input=stdin, capture_output=True, timeout=120)

    def verb(self, *words, **more):
        done = self.run(*words, **more)
        if done.returncode != 0:
            raise SystemExit(f"status {done.returncode} from claviger {' '.join(words)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def tick(self):
        os.utime(os.path.join(self.path, "tick"))

    def goal(self, text="Answer the mail", title="Answer it", entries=()):
        now = int(time.time() * 1e6)
        goal = self.db.execute("INSERT INTO goal(state, before_pause, text, agent, cap_pd, created_us, ended_us, report, why)"
                               " VALUES('active', 'active', ?, 'Ada', 0, ?, 0, NULL, '')", (text, now)).lastrowid
        task = self.db.execute("INSERT INTO task(goal, kind, state, waits_on, agent, title, instructions, tier, turns, cost_pd, cap_pd, result, why, created_us,"
                               " started_us, ended_us, retry_us, read_untrusted) VALUES(?, 1, 'waiting', 'person', 'Ada', ?, ?, 'standard', 1, 0, 0, NULL, ?, ?, 0, 0, 0, 0)",
                               (goal, title, text, title, now)).lastrowid
        for seq, (kind, body, source) in enumerate(entries, 1):
            self.db.execute("INSERT INTO entry(task, seq, kind, call, tool_use_id, is_error, untrusted, source, body, created_us) VALUES(?, ?, ?, 0, '', 0, 1, ?, CAST(? AS TEXT), ?)",
                            (task, seq, kind, source, body, now))
        return goal, task

    def ask(self, payload, goal=0, task=0, kind="action", effect="write", connector="repo", tool="propose_patch", summary="a change", flags=None, provenance=None, target="",
            context=None, agent="Ada", tool_use_id="", definition=bytes(32)):
        """payload: bytes, or what json.dumps takes. Returns the approval's id."""
        data = payload if isinstance(payload, bytes) else json.dumps(payload, ensure_ascii=False).encode()
        now, nonce = int(time.time() * 1e6), os.urandom(16)
        dumps = lambda v: None if v is None else json.dumps(v, ensure_ascii=False)
        self.db.execute("BEGIN IMMEDIATE")
        ident = self.db.execute("INSERT INTO approval(version, kind, state, goal, task, agent, tool_use_id, connector, tool, effect, credential, provenance, worst_case_pd, created_us,"
                                " expires_us, decided_us, fire_us, decided_by, reason) VALUES(1, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, ?, 0, 0, 0, '', '')",
                                (kind, goal, task, agent, tool_use_id, connector, tool, effect, dumps(provenance), now)).lastrowid
        hashed = hashlib.sha256(data).digest()
        bind = hashlib.sha256(b"".join(field(v) for v in ("claviger bind 1", self.id, ident, 1, KINDS[kind], nonce, connector, tool, definition, EFFECTS[effect], 0, target,
                                                          hashed))).digest()
        self.db.execute("INSERT INTO version(approval, version, definition, target, summary, flags, payload, nonce, hash, bind, created_us, context) VALUES(?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (ident, definition, target, summary, dumps(flags), data, nonce, hashed, bind, now, dumps(context)))
        self.db.execute("COMMIT")
        self.tick()
        return ident

    def one(self, sql, *values):
        return self.db.execute(sql, values).fetchone()[0]


class Console:
    """The program on a pseudo-terminal; what it wrote is kept in .said."""

    def __init__(self, office, *words, rows=24, cols=80, env=None):
        self.said = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(office.claviger, [office.claviger, "--home", office.home, *words], dict(office.env, **(env or {})))
        self.size(rows, cols)
        os.set_blocking(self.fd, False)

    def size(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds=0.0):
        """Take in what it writes until it is silent for that long; True while it lives."""
        while True:
            try:
                if not select.select([self.fd], [], [], seconds)[0]:
                    return True
                got = os.read(self.fd, 1 << 16)
            except OSError:
                return False
            if not got:
                return False
            self.said += got

    def type(self, data):
        """Write all of it at once, reading meanwhile, so that nobody waits for the other."""
        data = data if isinstance(data, bytes) else data.encode()
        deadline = time.monotonic() + 60
        while data:
            can_read, can_write, _ = select.select([self.fd], [self.fd], [], 1)
            try:
                if can_read:
                    self.said += os.read(self.fd, 1 << 16)
                if can_write:
                    data = data[os.write(self.fd, data):]
            except BlockingIOError:
                pass
            except OSError:
                return False
            if time.monotonic() > deadline:
                raise SystemExit("the console takes no keys")
        return True

    def key(self, data, pause=0.04):
        """One key by itself: nothing close before it or behind it."""
        time.sleep(pause)
        self.type(data)
        return self.read(pause)

    def wait(self, words, seconds=20):
        """Until words were written since the last forget(); escapes between them are passed over."""
        deadline = time.monotonic() + seconds
        while words not in plain(self.said):
            if time.monotonic() > deadline or not self.read(0.05):
                raise SystemExit(f"waited in vain for {words!r}; the last is {plain(self.said)[-1500:]!r}")

    def forget(self):
        self.said = b""

    def alive(self):
        return os.waitpid(self.pid, os.WNOHANG)[0] == 0

    def close(self, how=signal.SIGKILL):
        os.close(self.fd)
        try:
            os.kill(self.pid, how)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass


ESCAPES = re.compile(rb"\x1b(\[[0-9;?>=]*[ -/]*[@-~]|[()][A-Z0-9]|\][^\x07\x1b]*(\x07|\x1b\\)|[=>78MDEHc])")


def plain(said):
    return ESCAPES.sub(b"", said).decode(errors="replace")
