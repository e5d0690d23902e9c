#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py BUILD_DIR [RUNS]: the console's start, idle and memory as ratios to floors of the same run.

Console and floors take turns; medians are printed. Nothing here decides pass or fail: read the ratios.
"""
import os, pty, re, select, statistics, subprocess, sys, tempfile, time, fcntl, struct, termios, signal

BUILD, RUNS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 9
ESCAPES = re.compile(rb'\x1b(\[[0-9;?]*[a-zA-Z]|[()][A-Z0-9]|\][^\x07]*\x07|[=>78M])')


def start(argv, env):
    began = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(env)
        os.execv(argv[0], argv)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    return pid, fd, began


def read_for(fd, seconds):
    got, end = b'', time.monotonic() + seconds
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([fd], [], [], left)[0]:
            return got
        try:
            got += os.read(fd, 65536)
        except OSError:
            return got


def stop(pid, fd):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(fd)


def first_frame(argv, env):
    """ms from exec to the fortieth printable character."""
    pid, fd, began = start(argv, env)
    got = b''
    while len(re.sub(rb'[\s\x00-\x1f]', b'', ESCAPES.sub(b'', got))) < 40:
        if not select.select([fd], [], [], 10)[0]:
            raise SystemExit('no first frame from %s: %r' % (argv[0], got[:200]))
        got += os.read(fd, 65536)
    ms = (time.monotonic() - began) * 1000
    stop(pid, fd)
    return ms


def field(pid, file, name):
    for line in open('/proc/%d/%s' % (pid, file)):
        if line.startswith(name):
            return int(line.split()[1])
    return 0


def at_rest(argv, env, seconds):
    """Bytes written, wake-ups and PSS in kB of a program that is left alone."""
    pid, fd, _ = start(argv, env)
    read_for(fd, 2)
    before = field(pid, 'status', 'voluntary_ctxt_switches')
    said = read_for(fd, seconds)
    woke = field(pid, 'status', 'voluntary_ctxt_switches') - before
    try:
        pss = field(pid, 'smaps_rollup', 'Pss:')
    except OSError:
        pss = 0
    stop(pid, fd)
    return len(said), woke, pss


def main():
    home = tempfile.mkdtemp(prefix='claviger-bench-')
    os.chmod(home, 0o700)
    claviger, floor, fill = (os.path.join(BUILD, p) for p in ('bin/claviger', 'tests/bench/floor', 'tests/bench/fill'))
    env = {'TERM': 'xterm-256color', 'LANG': 'C.UTF-8', 'XDG_CONFIG_HOME': home, 'XDG_STATE_HOME': home}
    homes = {}
    for calls in (0, 1000, 100000):
        homes[calls] = os.path.join(home, str(calls))
        os.mkdir(homes[calls], 0o700)
        subprocess.run([fill, str(calls), homes[calls]], check=True, stdout=subprocess.DEVNULL)
    rows = {'floor': ([floor], env)}
    for calls, path in homes.items():
        rows['%d calls' % calls] = ([claviger], dict(env, CLAVIGER_HOME=path))
    times = {name: [] for name in rows}
    for _ in range(RUNS):
        for name, (argv, e) in rows.items():
            times[name].append(first_frame(argv, e))
    base = statistics.median(times['floor'])
    print('exec to first frame, median of %d (goal: at most 1.5 of a bare program with the same libraries)' % RUNS)
    for name in rows:
        m = statistics.median(times[name])
        print('  %-14s %7.2f ms  %.2f' % (name, m, m / base))
    print('the meter\'s questions and a bare read of the same rows (goal: at most 2, and the same at any size), and the proof of all sums')
    for calls, path in homes.items():
        if calls > 0:
            print('  %d calls' % calls)
            subprocess.run([os.path.join(BUILD, 'tests/bench/meter'), path], check=True)
    sys.stdout.flush()
    floor_rest = at_rest([floor, 'init'], env, 1)
    print('left alone for 10 s (goal: 0 bytes, at most 1 wake-up, memory at most 1.6 of the floor initialised)')
    for name in list(rows)[1:]:
        said, woke, pss = at_rest(*rows[name], 10)
        print('  %-14s %d bytes, %d wake-ups, PSS %d kB %s' % (name, said, woke, pss, '%.2f' % (pss / floor_rest[2]) if floor_rest[2] else ''))
    subprocess.run(['rm', '-rf', home])


main()
