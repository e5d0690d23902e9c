#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""I5, R1: what gcore finds of keys, passphrase and root in a console that has worked and is locked.

A console is unlocked and works against claviger-practice: keys are rotated under it, each tested
by a request of its own, calls are answered, refused and cancelled. Then it locks its keys and gdb
dumps everything it has, excluded mappings too. Any 12 bytes in a row of a planted secret count,
raw, in base64 (at any alignment) and in hex.

Controls, without which a clean dump proves nothing: before locking, the root must be found in a
locked mapping and the key of a call under way somewhere; and the same program without its wiping
free() must leave something behind.

memory.py --claviger C --unwiped U --practice P --dir D [--keys N]; needs root, gdb, GNU grep.
"""
import argparse, base64, json, os, re, secrets, string, struct, subprocess, sys, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import read_vault

WINDOW = 12
LETTERS = string.ascii_letters + string.digits
PREFIX = 'sk-ant-api03-'


def windows(secret):
    return [secret[i:i + WINDOW] for i in range(len(secret) - WINDOW + 1)]


def spellings(window):
    """The window as it would look raw, in hex and inside base64 at each of three alignments."""
    yield window
    yield window.hex().encode()
    yield window.hex().upper().encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + window)
        yield text[(before * 4 + 2) // 3:(before + WINDOW) * 4 // 3 - (0 if (before + WINDOW) % 3 == 0 else 0)].rstrip(b'=')


class Core:
    """A core file: where in memory its bytes were, and which windows are in it."""

    def __init__(self, path):
        self.path, self.loads = path, []
        with open(path, 'rb') as f:
            head = f.read(64)
            offset, = struct.unpack('<Q', head[32:40])
            size, count = struct.unpack('<HH', head[54:58])
            f.seek(offset)
            for _ in range(count):
                kind, _flags, at, address, _phys, filled = struct.unpack('<IIQQQQ', f.read(size)[:40])
                if kind == 1 and filled:
                    self.loads.append((at, address, filled))

    def bytes(self):
        return sum(n for _, _, n in self.loads)

    def grep(self, secrets_):
        """How many of all windows of the texts are found, in any spelling."""
        back = {}
        for s in secrets_:
            for w in windows(s):
                for t in spellings(w):
                    back.setdefault(t, set()).add(w)
        patterns = self.path + '.patterns'
        with open(patterns, 'wb') as f:
            f.write(b'\n'.join(back) + b'\n')
        out = subprocess.run(['grep', '-aobF', '-f', patterns, self.path], stdout=subprocess.PIPE, env={'LC_ALL': 'C', 'PATH': os.environ['PATH']}).stdout
        os.unlink(patterns)
        found, where = set(), []
        for line in out.split(b'\n'):
            at, _, text = line.partition(b':')
            if text in back:
                found |= back[text]
                where.append(int(at))
        return found, where

    def find(self, secret):
        """File offsets of any window of binary bytes."""
        data, at = open(self.path, 'rb').read(), []
        for w in windows(secret):
            i = data.find(w)
            if i >= 0:
                at.append(i)
        return at

    def address(self, offset):
        for at, address, n in self.loads:
            if at <= offset < at + n:
                return address + offset - at
        return None


def locked_ranges(pid):
    ranges, current = [], None
    for line in open(f'/proc/{pid}/smaps'):
        m = re.match(r'([0-9a-f]+)-([0-9a-f]+) ', line)
        if m:
            current = (int(m[1], 16), int(m[2], 16))
        elif line.startswith('VmFlags:') and ' lo' in line:
            ranges.append(current)
    return ranges


class Scene:
    def __init__(self, args, console, name):
        self.args, self.console = args, console
        self.dir = os.path.join(args.dir, name)
        os.makedirs(self.dir, mode=0o700)
        self.passphrase = ''.join(secrets.choice(LETTERS) for _ in range(40))
        self.keys, self.procs = [], []
        self.put('pass', self.passphrase)
        self.env = {'PATH': os.environ['PATH'], 'HOME': self.dir, 'LANG': 'C.UTF-8', 'CLAVIGER_HOME': self.dir + '/home', 'CLAVIGER_PASSPHRASE_FILE': self.dir + '/pass'}
        self.good = self.practice('--latency-ms', '40')
        self.hang = self.practice('--fault', 'hang')
        self.bad = self.practice('--fault', '500:0.3', '--fault', '429-retry:0.2', '--fault', 'cut:0.3', '--fault', 'garbage:0.1', '--fault', '401:0.2')

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
            f.write(text)
        return path

    def practice(self, *options):
        p = subprocess.Popen([self.args.practice, '--port', '0', *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.env)
        self.procs.append(p)
        return 'http://' + p.stdout.readline().split()[-1]

    def verb(self, *words, may_fail=False):
        r = subprocess.run([self.args.claviger, *words], env=self.env, capture_output=True, text=True, timeout=120)
        if r.returncode != 0 and not may_fail:
            sys.exit(f'failed: claviger {" ".join(words)}: {r.stderr}')
        return r.stdout

    def plant(self):
        """A new key, in a file of its own for the verb to read."""
        key = PREFIX + ''.join(secrets.choice(LETTERS) for _ in range(95))
        self.keys.append(key)
        return self.put('key', key)

    def start(self):
        self.verb('init', '--person', 'ana')
        self.verb('cap', 'set', '--scope', 'workspace', '--window', 'day', '--usd', '50')
        self.verb('key', 'add', '--vendor', 'anthropic', '--label', 'bad', '--base-url', self.bad, '--file', self.plant(), may_fail=True)
        self.agent_name = json.loads(self.verb('agent', 'list', '--json'))[-1]['name']
        self.verb('key', 'add', '--vendor', 'anthropic', '--label', 'good', '--base-url', self.good, '--file', self.plant())
        env = dict(self.env)
        del env['CLAVIGER_PASSPHRASE_FILE']
        self.p = subprocess.Popen([self.console, 'attach', '--plain'], stdin=subprocess.PIPE, stdout=open(self.dir + '/out', 'w'), stderr=subprocess.STDOUT, env=env)
        self.procs.append(self.p)
        self.p.stdin.write(f'u\n{self.passphrase}\n'.encode())
        self.p.stdin.flush()
        self.wait(lambda: json.loads(self.verb('workspace', 'show', '--json'))['worker'] is not None, 'the console to work')

    def wait(self, done, what, seconds=60):
        until = time.monotonic() + seconds
        while not done():
            if time.monotonic() > until or self.p.poll() is not None:
                sys.exit(f'failed: waited in vain for {what}: {open(self.dir + "/out").read()[-800:]}')
            time.sleep(0.1)

    def work(self):
        """Calls, errors and cancels, each key of them used by the console."""
        for i in range(max(1, self.args.keys - 3)):
            self.verb('key', 'rotate', 'good', '--file', self.plant())
            self.verb('key', 'test', 'bad', may_fail=True)
            self.verb('goal', 'add', '--no-plan', '--agent', self.agent_name, f'Say something about matter {i}')
        self.wait(lambda: 'settled' in self.verb('call', 'list', '--json'), 'a call to be settled')

    def begin_call(self):
        """A request of the console that is never answered: its key is in memory now."""
        words = ['key', 'add', '--vendor', 'anthropic', '--label', 'hang', '--base-url', self.hang, '--file', self.plant()]
        self.procs.append(subprocess.Popen([self.args.claviger, *words], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        self.wait(lambda: self.connections() > 0, 'the call under way')

    def connections(self):
        """Established ones of the console to the vendor that hangs."""
        port = '%04X' % int(self.hang.rsplit(':', 1)[1])
        ours = set()
        for fd in os.listdir(f'/proc/{self.p.pid}/fd'):
            try:
                ours.add(os.readlink(f'/proc/{self.p.pid}/fd/{fd}'))
            except OSError:
                pass
        rows = [line.split() for line in open('/proc/net/tcp')][1:]
        return sum(r[2].endswith(':' + port) and r[3] == '01' and f'socket:[{r[9]}]' in ours for r in rows)

    def dump(self, name):
        path = os.path.join(self.dir, name)
        r = subprocess.run(['gdb', '-q', '-n', '-batch', '-p', str(self.p.pid), '-ex', 'set use-coredump-filter off', '-ex', 'set dump-excluded-mappings on', '-ex', f'gcore {path}'],
                           capture_output=True, text=True, env={'PATH': os.environ['PATH'], 'HOME': self.dir, 'DEBUGINFOD_URLS': ''})
        if not os.path.exists(path):
            sys.exit('failed: gdb made no core: ' + r.stderr[-400:])
        return Core(path)

    def planted(self):
        return [k[len(PREFIX):].encode() for k in self.keys] + [self.passphrase.encode()]

    def end(self):
        for p in self.procs:
            p.kill()
            p.wait()


def root_of(scene):
    data = open(scene.dir + '/home/workspaces/main/vault.key', 'rb').read()
    return read_vault.unlock(data, scene.passphrase.encode(), None)[0]


def play(args, console, name):
    """The whole scene: what was found before locking, and what is left after."""
    scene = Scene(args, console, name)
    try:
        scene.start()
        scene.work()
        scene.begin_call()
        root, ranges = root_of(scene), locked_ranges(scene.p.pid)
        core = scene.dump('open.core')
        before = {'root': [core.address(a) for a in core.find(root)], 'key': core.grep([scene.keys[-1][len(PREFIX):].encode()])[0]}
        before['locked'] = [a for a in before['root'] if any(lo <= a < hi for lo, hi in ranges)]
        os.unlink(core.path)
        scene.verb('lock', '--keys')
        scene.wait(lambda: scene.connections() == 0, 'the call to be cut')
        core = scene.dump('locked.core')
        found, where = core.grep(scene.planted())
        left = {'windows': sum(len(windows(s)) for s in scene.planted()) + len(windows(root)), 'found': found, 'root': core.find(root), 'bytes': core.bytes(),
                'where': [hex(core.address(w) or 0) for w in where[:8]]}
        if left['found'] and os.environ.get('KEEP_CORE'):
            os.rename(core.path, os.environ['KEEP_CORE'])
        else:
            os.unlink(core.path)
        calls = json.loads(scene.verb('call', 'list', '--json'))
        left['calls'] = {state: sum(c['state'] == state for c in calls) for state in sorted({c['state'] for c in calls})}
        return before, left
    finally:
        scene.end()


def main():
    p = argparse.ArgumentParser()
    for name in ('claviger', 'unwiped', 'practice', 'dir'):
        p.add_argument('--' + name, required=True)
    p.add_argument('--keys', type=int, default=4)
    args = p.parse_args()
    bad = []
    before, left = play(args, args.claviger, 'wiped')
    print(f"open: the root at {len(before['root'])} windows, {len(before['locked'])} of them in locked mappings; the key of the call under way: {len(before['key'])} windows")
    print(f"locked: {len(left['found']) + len(left['root'])} of {left['windows']} planted windows in {left['bytes'] >> 20} MiB (calls: {left['calls']})")
    if not before['locked']:
        bad.append('control: the root is not found in a locked mapping before locking')
    if not before['key']:
        bad.append('control: the key of a call under way is not found')
    if left['found'] or left['root']:
        bad.append(f"after locking: {sorted(left['found'])[:4]} at {left['where']}, root at {left['root'][:4]}")
    _, left = play(args, args.unwiped, 'unwiped')
    print(f"without the wiping free(): {len(left['found'])} of {left['windows']} windows")
    if not left['found']:
        bad.append('control: a program that does not wipe leaves nothing either')
    for b in bad:
        print('failed: ' + b)
    return 1 if bad else 0


sys.exit(main())
