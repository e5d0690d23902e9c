#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""I5: whatever the program is asked, nothing it gives out holds a key or a passphrase.

Secrets of every kind are planted, each by another way in, and a working day goes by: every verb
with and without --json, a console at a terminal, errors, cancels, an export, a backup, a report, a
crash, all at the loudest level of the log. What came out is then searched for any 12 bytes in a
row of a secret, raw, in base64 (at any alignment, both alphabets) and in hex:

    out      what verbs printed             tty     every byte the console sent to its terminal
    writes   what our processes wrote,      screen  the terminal's scrollback
             by strace, but for the line    files   home, settings, diary: database, WAL and all
             to the vendor                  export, backup, report
    execs    what our processes started     proc    cmdline and environ of all of them
    crash    what a killed one left

Each channel has a control, a word that is no secret and has to be found in it, or the channel
proves nothing. And the vendor must have been asked with each key.

canary.py --build B --source S --dir D [--full]; needs tmux; strace and root for all channels.
"""
import argparse, base64, hashlib, http.server, json, os, random, re, shutil, signal, string, subprocess, sys, threading, time, urllib.request

WINDOW = 12
LETTERS = string.ascii_letters + string.digits
draw = random.SystemRandom()


def word(n):
    return ''.join(draw.choice(LETTERS) for _ in range(n))


def spellings(window):
    yield window
    yield window.hex().encode()
    yield window.hex().upper().encode()
    for before in range(3):
        text = base64.b64encode(bytes(before) + window)[(before * 4 + 2) // 3:(before + WINDOW) * 4 // 3].rstrip(b'=')
        yield text
        yield text.replace(b'+', b'-').replace(b'/', b'_')


class Echo(http.server.BaseHTTPRequestHandler):
    """Refuses every key, and repeats what it was sent."""

    def do_GET(self):
        said = ' '.join(v for k, v in self.headers.items() if k.lower() in ('authorization', 'x-api-key'))
        body = json.dumps({'error': {'type': 'authentication_error', 'message': 'Incorrect key: ' + said}}).encode()
        self.send_response(401)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(body)))
        self.send_header('request-id', said.split()[-1] if said else 'none')
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *a):
        pass


class Day:
    def __init__(self, args):
        self.args, self.dir, self.n = args, args.dir, 0
        self.claviger = os.path.join(args.build, 'bin/claviger')
        self.seen = os.path.join(self.dir, 'seen')
        for c in ('out', 'writes', 'execs', 'proc', 'tty', 'screen', 'crash', 'report'):
            os.makedirs(os.path.join(self.seen, c))
        self.secrets, self.control, self.procs = {}, 'control' + word(24), []
        self.has_strace = shutil.which('strace') is not None
        self.home = os.path.join(self.dir, 'home')
        self.env = {'PATH': os.environ['PATH'], 'HOME': self.dir, 'LANG': 'C.UTF-8', 'CLAVIGER_HOME': self.home, 'XDG_CONFIG_HOME': self.dir + '/config', 'XDG_STATE_HOME': self.dir + '/state',
                    'GIT_CONFIG_GLOBAL': '/dev/null', 'GIT_CONFIG_NOSYSTEM': '1', 'CONTROL': self.control, 'TERM': 'tmux-256color'}
        self.tmux = ['tmux', '-L', f'claviger-canary-{os.getpid()}', '-f', '/dev/null']
        self.stop, self.sampled = threading.Event(), set()

    # --- secrets -----------------------------------------------------------------------

    def plant(self, name, start='', n=64, letters=LETTERS):
        secret = ''.join(draw.choice(letters) for _ in range(n))
        self.secrets[name] = secret
        return start + secret

    def put(self, name, text):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as f:
            f.write(text)
        return path

    # --- running -----------------------------------------------------------------------

    def wrap(self, words):
        """The command under strace, and where that writes."""
        self.n += 1
        trace = os.path.join(self.dir, f'trace.{self.n}')
        if not self.has_strace:
            return words, None
        return ['strace', '-f', '-qq', '--seccomp-bpf', '-yy', '-v', '-xx', '-s', '1048576', '-e', 'signal=none', '-e', 'trace=execve,write,writev,pwrite64,pwritev,sendto,sendmsg,sendmmsg', '-o', trace] + words, trace

    def take_trace(self, trace):
        """What ours wrote, and what ours started, out of one trace. The first exec is the test's own."""
        if trace is None or not os.path.exists(trace):
            return
        image, first = {}, True
        ours = tuple(os.path.join(self.args.build, p) for p in ('bin/', 'libexec/claviger/'))
        plain = lambda text: b'\n'.join(bytes.fromhex(s.replace('\\x', '')) for s in re.findall(r'"((?:\\x[0-9a-f]{2})*)"', text))
        with open(trace, encoding='latin-1') as f, open(f'{self.seen}/writes/{self.n}', 'wb') as writes, open(f'{self.seen}/execs/{self.n}', 'wb') as execs:
            for line in f:
                pid, _, rest = line.partition(' ')
                rest = rest.lstrip()
                if rest.startswith('execve('):
                    path = plain(rest.split(',', 1)[0])
                    if not first and image.get(pid, ours[0]).startswith(ours):
                        execs.write(plain(rest) + b'\n')
                    image[pid], first = path.decode(errors='replace'), False
                    continue
                if not image.get(pid, ours[0]).startswith(ours):
                    continue
                to = re.search(r'^\w+\(\d+<(?:TCP[^>]*->[^>]*:(\d+)\])', rest)
                if to and int(to[1]) in self.vendor_ports:
                    continue
                writes.write(plain(rest) + b'\n')
        os.unlink(trace)

    def verb(self, *words, stdin=None, wanted=None, env=None, cwd=None, fds=(), timeout=120, limit_signal=None):
        command, trace = self.wrap([self.claviger, *words])
        e = dict(self.env, CLAVIGER_PASSPHRASE_FILE=self.dir + '/pass')
        e.update(env or {})
        with open(f'{self.seen}/out/{self.n}.out', 'wb') as out, open(f'{self.seen}/out/{self.n}.err', 'wb') as err:
            p = subprocess.Popen(command, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL, stdout=out, stderr=err, env={k: v for k, v in e.items() if v is not None}, cwd=cwd or self.dir, pass_fds=fds)
            if stdin is not None:
                p.stdin.write(stdin.encode())
                p.stdin.close()
            p.wait(timeout=timeout)
        self.take_trace(trace)
        self.last = open(f'{self.seen}/out/{self.n}.out', errors='replace').read()
        if wanted is not None and p.returncode != wanted:
            sys.exit(f'FAILED: status {p.returncode}, not {wanted}, from claviger {" ".join(words)}: {open(f"{self.seen}/out/{self.n}.err").read()}')
        return p.returncode

    def ok(self, *words, **more):
        self.verb(*words, wanted=0, **more)
        return self.last

    def sample(self):
        """cmdline and environ of every process of ours, as long as the day lasts."""
        build = os.path.realpath(self.args.build)
        with open(f'{self.seen}/proc/all', 'wb') as out:
            while not self.stop.wait(0.02):
                for pid in filter(str.isdigit, os.listdir('/proc')):
                    try:
                        if not os.readlink(f'/proc/{pid}/exe').startswith(build) or 'practice' in os.readlink(f'/proc/{pid}/exe'):
                            continue
                        for name in ('cmdline', 'environ'):
                            text = open(f'/proc/{pid}/{name}', 'rb').read()
                            if text not in self.sampled:
                                self.sampled.add(text)
                                out.write(text + b'\n')
                    except OSError:
                        pass

    # --- the vendor ------------------------------------------------------------------------

    def practice(self, *options):
        p = subprocess.Popen([os.path.join(self.args.build, 'bin/claviger-practice'), '--port', '0', *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={'PATH': os.environ['PATH']})
        self.procs.append(p)
        return 'http://' + p.stdout.readline().split()[-1]

    def start_vendors(self):
        self.pair_id = 'AKIA' + word(16).upper()
        self.url = self.practice('--aws', self.pair_id + ':' + self.plant('pair', n=40))
        self.hang = self.practice('--fault', 'hang')
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Echo)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.echo = f'http://127.0.0.1:{server.server_address[1]}'
        self.vendor_ports = {int(u.rsplit(':', 1)[1]) for u in (self.url, self.hang, self.echo)}

    # --- the console, in tmux -----------------------------------------------------------------

    def t(self, *words, stdin=None):
        return subprocess.run(self.tmux + list(words), input=stdin, capture_output=True, env={'PATH': os.environ['PATH'], 'LANG': 'C.UTF-8', 'TERM': 'tmux-256color'}).stdout.decode(errors='replace')

    def keys(self, *keys):
        for k in keys:
            self.t('send-keys', '-t', 'c', k)
            time.sleep(0.06)

    def shows(self, what, seconds=30, gone=False):
        until = time.monotonic() + seconds
        while (what in self.t('capture-pane', '-p', '-t', 'c')) == gone:
            if time.monotonic() > until:
                sys.exit(f'FAILED: the console {"still" if gone else "never"} shows {what!r}:\n' + self.t('capture-pane', '-p', '-t', 'c'))
            time.sleep(0.05)

    def paste(self, text):
        self.t('load-buffer', '-b', 'p', '-', stdin=text.encode())
        self.t('paste-buffer', '-d', '-p', '-b', 'p', '-t', 'c')

    def console(self):
        command, trace = self.wrap([self.claviger])
        self.put('console.sh', '#!/bin/sh\nexec env -i ' + ' '.join(f"'{k}={v}'" for k, v in self.env.items()) + ' ' + ' '.join(f"'{w}'" for w in command) + '\n')
        self.t('new-session', '-d', '-s', 'c', '-x', '100', '-y', '30', 'sleep 600')
        self.t('set-option', '-t', 'c', 'history-limit', '20000')
        self.t('set-option', '-g', 'remain-on-exit', 'on')
        self.t('new-window', '-t', 'c', '-n', 'work', f'sh {self.dir}/console.sh')
        self.t('pipe-pane', '-t', 'c', '-O', f'cat >>{self.seen}/tty/all')
        self.shows('type or paste')
        self.keys('wrong', 'Enter')
        self.shows('assphrase')
        self.shows('type or paste')
        self.paste(self.secret_passphrase)
        self.keys('Enter')
        self.shows('assphrase', gone=True)
        self.keys(':')
        for c in ('goal list', 'key list', 'doctor', 'journal list'):
            self.keys(':', c, 'Enter', 'Escape')
        self.keys('4', 'a')
        self.shows('Key')
        # a key that is pasted with a line broken off inside is refused with words, then the whole one is taken
        key = self.plant('pasted', 'sk-ant-api03-', 95)
        self.paste(key[:40] + ' ' + key[40:])
        self.keys('Tab', 'Tab', 'Tab', 'Tab', 'Enter')
        self.keys('Escape')
        time.sleep(0.3)
        self.keys('4', 'a')
        self.paste('  ' + key + '\n')
        self.shows('hidden')
        self.keys('Escape')
        time.sleep(0.3)
        self.keys('1', '2', '3', '5', '?', 'Escape', '+', '+', 'C-l', 'L')
        time.sleep(0.3)
        with open(f'{self.seen}/screen/all', 'w') as f:
            f.write(self.t('capture-pane', '-p', '-S', '-', '-t', 'c'))
        self.keys('q', 'C-c')
        self.t('kill-server')
        time.sleep(0.3)
        self.take_trace(trace)

    # --- the day --------------------------------------------------------------------------------

    def add_keys(self):
        add = lambda vendor, label, *more, **kw: self.verb('key', 'add', '--vendor', vendor, '--label', label, '--base-url', kw.pop('url', self.url), *more, **kw)
        key = self.plant('file', 'sk-ant-api03-', 95)
        assert add('anthropic', 'file', '--file', self.put('key', key + '\n')) == 0, 'key add --file'
        self.used = {'file': key}
        key = self.plant('stdin', 'sk-proj-', 120)
        assert add('openai', 'stdin', '--stdin', '--json', stdin=key) == 0, 'key add --stdin'
        self.used['stdin'] = key
        key = self.plant('command', 'sk-proj-', 60)
        assert add('openai', 'command', '--api', 'chat', '--command', f'cat {self.put("key2", key)}') == 0, 'key add --command'
        key = self.plant('environment', 'ABSK', 96)
        self.from_env = key
        assert add('bedrock', 'environment', '--region', 'us-east-1', '--from-env', 'CANARY', env={'CANARY': key}) == 0, 'key add --from-env'
        self.put('.aws/credentials', f'[office]\naws_access_key_id = {self.pair_id}\naws_secret_access_key = {self.secrets["pair"]}\nregion = us-east-1\n')
        assert add('bedrock', 'profile', '--aws-profile', 'office') == 0, 'key add --aws-profile'
        add('anthropic', 'admin', '--admin', '--stdin', stdin=self.plant('admin', 'sk-ant-admin01-', 80))
        # refused, each in its way
        add('anthropic', 'echo', '--stdin', url=self.echo, stdin=self.plant('echoed', 'sk-ant-api03-', 95), wanted=7)
        add('openai', 'echo2', '--stdin', '--json', url=self.echo, stdin=self.plant('echoed2', '', 95), wanted=7)
        add('anthropic', 'blank', '--stdin', stdin=self.plant('blank', 'sk-ant-api03-', 40) + ' inside', wanted=2)
        if not self.args.full:
            self.verb('key', 'rotate', 'file', '--file', self.put('key', self.plant('rotated', 'sk-ant-api03-', 95)), wanted=0)
            self.verb('key', 'import', '--dry-run', env={'OPENAI_API_KEY': self.plant('stray', 'sk-proj-', 60)})
            return
        add('anthropic', 'clear', '--stdin', url='http://vendor.example', stdin=self.plant('clear', 'sk-ant-api03-', 95), wanted=2)
        add('nobody', 'none', '--stdin', stdin=self.plant('nobody', 'sk-', 95), wanted=2)
        add('bedrock', 'json', '--stdin', stdin='{"access_key_id":"AKIA", "secret_access_key":"' + self.plant('broken', n=40) + '"', wanted=2)
        add('anthropic', 'long', '--stdin', stdin=self.plant('long', 'sk-ant-', 9000)[:9000])
        self.secrets['long'] = self.secrets['long'][:120]
        self.verb('key', 'rotate', 'file', '--file', self.put('key', self.plant('rotated', 'sk-ant-api03-', 95)), wanted=0)
        self.verb('key', 'import', '--dry-run', env={'OPENAI_API_KEY': self.plant('stray', 'sk-proj-', 60)})

    def cancel(self):
        """Ended in the middle of a request that is never answered: its environment is wiped by then."""
        key = self.plant('hung', 'sk-ant-api03-', 95)
        e = dict(self.env, CLAVIGER_PASSPHRASE_FILE=self.dir + '/pass', HUNG=key)
        p = subprocess.Popen([self.claviger, 'key', 'add', '--vendor', 'anthropic', '--label', 'hung', '--base-url', self.hang, '--from-env', 'HUNG'], env=e, stdout=open(f'{self.seen}/out/cancel.out', 'wb'), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not any(k['label'] == 'hung' for k in json.loads(self.ok('key', 'list', '--json'))):
            if time.monotonic() > until or p.poll() is not None:
                sys.exit('FAILED: the call that is never answered')
        for name in ('environ', 'cmdline'):
            with open(f'{self.seen}/proc/hung.{name}', 'wb') as f:
                f.write(open(f'/proc/{p.pid}/{name}', 'rb').read())
        p.send_signal(signal.SIGINT)
        p.wait(timeout=60)

    def crash(self):
        for sig in (signal.SIGSEGV, signal.SIGABRT) if self.args.full else (signal.SIGSEGV,):
            with open(f'{self.seen}/crash/{sig}', 'wb') as out:
                out.write(self.control.encode())
                p = subprocess.Popen(['sh', '-c', 'ulimit -c unlimited; exec "$0" "$@"', self.claviger, 'run', '--for', '60', '--events'], cwd=f'{self.seen}/crash', stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=dict(self.env, CLAVIGER_PASSPHRASE_FILE=self.dir + '/pass'))
                until = time.monotonic() + 20
                while json.loads(self.plain('workspace', 'show', '--json'))['worker'] is None and time.monotonic() < until:
                    time.sleep(0.05)
                p.send_signal(sig)
                p.wait(timeout=20)

    def plain(self, *words):
        return subprocess.run([self.claviger, *words], env=dict(self.env, CLAVIGER_PASSPHRASE_FILE=self.dir + '/pass'), capture_output=True, text=True, timeout=60).stdout

    def work(self):
        agents = [a['name'] for a in json.loads(self.ok('agent', 'list', '--json'))]
        for vendor, agent in zip(('openai', 'bedrock'), agents[1:]):
            self.ok('agent', 'set', agent, '--vendor', vendor)
            self.ok('goal', 'add', f'Say what README.md is about, {self.control}', '--no-plan', '--agent', agent)
        self.ok('goal', 'add', f'Say in README.md how it is stopped {self.control}', *([] if self.args.full else ['--no-plan', '--agent', agents[-1]]))
        self.ok('goal', 'add', f'Say what docs/guide.md is about [fault cut] {self.control}', '--no-plan', '--agent', agents[0])
        self.ok('run', '--until-idle', '--events', '--json')
        for _ in range(3 if self.args.full else 1):
            for a in json.loads(self.ok('approval', 'list', '--json')):
                if a['state'] == 'pending':
                    self.ok('approval', 'show', str(a['id']), '--json')
                    self.ok('approval', 'approve', str(a['id']), '--hash', a['hash'])
            self.ok('run', '--until-idle', '--events')

    def all_verbs(self):
        """Every verb of the help, with words that suit some of them and not others."""
        listed = re.findall(r'^  ([a-z]+(?: [a-z]+)?)(?: [\[A-Z].*?)?(?:  |$)', self.ok('--help'), re.M)
        kept = ('init', 'attach', 'demo', 'run', 'watch', 'workspace export', 'workspace backup', 'workspace restore', 'workspace passphrase', 'workspace rekey', 'key add', 'key rotate', 'lock', 'panic')
        self.verbs = [v for v in listed if v not in kept]
        if len(self.verbs) < 50:
            sys.exit(f'FAILED: only {len(self.verbs)} verbs were found in the help')
        forms = ([], ['--json'], ['1'], ['1', '--json'], ['file', '--json']) if self.args.full else ([], ['1', '--json'])
        for i, v in enumerate(self.verbs):
            for more in forms if self.args.full else forms[i % 2:i % 2 + 1]:
                self.verb(*v.split(), *more, env=None if self.args.full else {'CLAVIGER_PASSPHRASE_FILE': None})
        some = ['watch --once', 'key models stdin --json', 'key test echo', 'key retire command']
        if self.args.full:
            some += ['key test file', 'key remove nobody', 'connector test repo --json', 'cap set --scope key:file --window day --usd 3 --json']
        for v in some:
            self.verb(*v.split())

    def doors(self):
        r, w = os.pipe()
        os.write(w, self.secret_passphrase.encode())
        os.close(w)
        self.verb('cap', 'set', '--scope', 'vendor:openai', '--window', 'day', '--usd', '2', '--passphrase-fd', str(r), env={'CLAVIGER_PASSPHRASE_FILE': None}, fds=(r,), wanted=0)
        self.verb('key', 'test', 'file', env={'CLAVIGER_PASSPHRASE_FILE': self.put('pass.wrong', self.plant('wrong', n=40))}, wanted=3)
        self.verb('person', 'add', 'bo', '--new-passphrase-file', self.put('pass.bo', self.plant('second', n=40)), '--key-file', self.put('bo.file', self.plant('keyfile', n=64)), wanted=0)
        self.verb('workspace', 'passphrase', '--new-passphrase-file', self.put('pass.new', self.plant('changed', n=40)), wanted=0)
        os.rename(self.dir + '/pass.new', self.dir + '/pass')
        self.verb('workspace', 'rekey', wanted=0)
        self.verb('lock', '--json')
        self.verb('panic')
        self.verb('workspace', 'export', f'{self.seen}/export', '--json', wanted=0)
        self.verb('workspace', 'backup', f'{self.dir}/backup.tar', wanted=0)
        os.makedirs(f'{self.seen}/backup')
        subprocess.run(['tar', '-xf', f'{self.dir}/backup.tar', '-C', f'{self.seen}/backup'], check=True)
        with open(f'{self.seen}/report/text', 'w') as f:
            f.write(self.ok('doctor', '--report') + self.ok('doctor', '--report', '--json'))

    def run(self):
        threading.Thread(target=self.sample, daemon=True).start()
        self.start_vendors()
        self.secret_passphrase = self.plant('passphrase', n=40)
        self.put('pass', self.secret_passphrase)
        self.put('config/claviger/config', 'log = debug\n')
        self.ok('init', '--person', self.control)
        self.ok('cap', 'set', '--scope', 'workspace', '--window', 'day', '--usd', '20')
        repo = os.path.join(self.dir, 'repo-' + self.control)
        os.makedirs(repo + '/docs')
        for name in ('README.md', 'docs/guide.md'):
            self.put(os.path.join(repo, name), f'# {name}\n\nIt counts things.\n')
        git = lambda *w: subprocess.run(['git', '-C', repo, '-c', 'user.name=M', '-c', 'user.email=m@example.com', *w], check=True, env=self.env, capture_output=True)
        git('init', '-q', '-b', 'main'), git('add', '-A'), git('commit', '-q', '-m', 'first')
        self.ok('connector', 'add', 'repo', '--type', 'codebase', '--root', repo)
        for step in (self.add_keys, self.work, self.cancel, self.console, self.crash, self.all_verbs, self.doors):
            begun = time.monotonic()
            step()
            print(f'ok: {step.__name__.replace("_", " ")} ({time.monotonic() - begun:.0f} s)', flush=True)
        self.stop.set()
        shutil.copytree(self.home, f'{self.seen}/files/home', symlinks=True)
        for d in ('config', 'state'):
            shutil.copytree(f'{self.dir}/{d}', f'{self.seen}/files/{d}')

    # --- what came of it ------------------------------------------------------------------------

    def grep(self, where, patterns):
        path = os.path.join(self.dir, 'patterns')
        with open(path, 'wb') as f:
            f.write(b'\n'.join(patterns) + b'\n')
        return subprocess.run(['grep', '-raohF' if where == 'count' else '-raoF', '-f', path, where], stdout=subprocess.PIPE, env={'LC_ALL': 'C', 'PATH': os.environ['PATH']}).stdout.split(b'\n')[:-1]

    def judge(self):
        bad = 0
        back = {}
        for name, secret in self.secrets.items():
            for i in range(len(secret) - WINDOW + 1):
                for t in spellings(secret[i:i + WINDOW].encode()):
                    back[t] = name
        found = {}
        for line in self.grep(self.seen, back):
            path, _, text = line.partition(b':')
            channel = os.path.relpath(path.decode(), self.seen)
            # the kernel shows a variable from exec on, until the program has wiped it: judged by itself in cancel()
            if channel == 'proc/all' and back.get(text) in ('environment', 'hung', 'stray'):
                continue
            found.setdefault((back.get(text, '?'), channel), 0)
            found[back.get(text, '?'), channel] += 1
        for (name, channel), n in sorted(found.items()):
            print(f'FOUND: {name} in {channel}, {n} windows')
            bad += 1
        windows = sum(max(0, len(s) - WINDOW + 1) for s in self.secrets.values())
        size = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(self.seen) for f in fs if not os.path.islink(os.path.join(d, f)))
        print(f'{len(self.secrets)} secrets, {windows} windows in {len(back)} spellings, {self.n} programs, {size >> 10} KiB looked through: {len(found)} found')
        bad += self.controls()
        for t in spellings(self.control[-WINDOW:].encode()):	# would a hit in that spelling be seen?
            with open(f'{self.dir}/self', 'wb') as f:
                f.write(b'x' * 7 + t + b'y')
            if not self.grep(f'{self.dir}/self', list(spellings(self.control[-WINDOW:].encode()))):
                print('FAILED: the search is blind to', t)
                bad += 1
        return bad

    def controls(self):
        bad = 0
        wanted = ['out', 'tty', 'screen', 'files', 'export', 'backup', 'crash', 'proc'] + (['writes', 'execs'] if self.has_strace else [])
        for channel in wanted:
            if not self.grep(os.path.join(self.seen, channel), [self.control[7:7 + WINDOW].encode()]):
                print(f'FAILED: the control is not found in {channel}: it shows nothing')
                bad += 1
        diary = open(f'{self.seen}/files/state/claviger/log').read()
        if ' D call ' not in diary or ' D request ' not in diary or ' N the vault is open' not in diary:
            print('FAILED: the diary is not at its loudest')
            bad += 1
        if 'kernel' not in open(f'{self.seen}/report/text').read() or self.grep(f'{self.seen}/report', [self.control.encode(), self.dir.encode(), b'/home/']):
            print('FAILED: the report is empty, or names the person or places')
            bad += 1
        if any(f.startswith('core') for f in os.listdir(f'{self.seen}/crash')):
            print('FAILED: a crash left a core file')
            bad += 1
        asked = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.url + '/practice/requests', timeout=20).read().decode()
        for name, key in self.used.items():
            if hashlib.sha256(key.encode()).hexdigest() not in asked:
                print(f'FAILED: the vendor was never asked with the key {name}')
                bad += 1
        if 'AWS4-HMAC' not in asked and 'converse' not in asked:
            print('FAILED: Bedrock was never asked')
            bad += 1
        return bad

    def end(self):
        self.t('kill-server')
        for p in self.procs:
            p.kill()


def main():
    a = argparse.ArgumentParser()
    a.add_argument('--build', required=True)
    a.add_argument('--dir', required=True)
    a.add_argument('--full', action='store_true')
    args = a.parse_args()
    day = Day(args)
    try:
        day.run()
        bad = day.judge()
    finally:
        day.end()
    sys.exit(bad > 0)


if __name__ == '__main__':
    main()
