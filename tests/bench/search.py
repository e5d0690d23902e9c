#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first answer of a search over a large repository, beside `git grep` on the same one.

  search.py BUILD [FILES...]      (default: 80000 100000)

CPU (user and system, children too) is what is compared: it stays the same on a busy machine. The
server is started for each search; the floor is the bare command."""
import json, os, random, resource, shutil, subprocess, sys, tempfile, time

build, counts = sys.argv[1], [int(n) for n in sys.argv[2:]] or [80000, 100000]
program = build + "/libexec/claviger/claviger-codebase"
words = "count total part thing number house claim vendor ledger price token agent goal task plan rule hold call sent read write file line open close".split()
env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def make(folder, files):
    random.seed(7)
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True, env=env)
    p = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE, env=env)
    p.stdin.write(b"commit refs/heads/main\ncommitter Maker <maker@example.com> 1700000000 +0000\ndata 5\nfirst\n")
    for i in range(files):
        body = "".join(" ".join(random.choices(words, k=9)) + f" {i}\n" for _ in range(25))
        body = (body + ("a needle at the end\n" if i == files - 10 else "")).encode()
        p.stdin.write(f"M 100644 inline src/room{i % 97:02d}/part{i // 97 % 83:02d}/file{i}.txt\ndata {len(body)}\n".encode() + body)
    p.stdin.close()
    assert p.wait() == 0


def cost(command, text=None):
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    out = subprocess.run(command, input=text, stdout=subprocess.PIPE, env=env).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - began, out


def search(folder, wanted):
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "search", "arguments": {"text": wanted}, "_meta": {"claviger/task": 1}}}
    return cost([program, "--root", folder, "--state", folder + ".state"], json.dumps(call).encode() + b"\n")


for files in counts:
    here = tempfile.mkdtemp(prefix="claviger-search.")
    folder = here + "/repo"
    os.mkdir(folder + ".state")
    make(folder, files)
    for what, wanted in (("one hit, at the end", "needle at the end"), ("no hit", "not there at all"), ("a hit in every file", "ledger")):
        floor, ours = [], []
        for _ in range(5):	# in turns: the machine's mood is the same for both
            floor.append(cost(["git", "-C", folder, "grep", "-n", "-z", "-I", "-F", "-e", wanted, "HEAD"])[:2])
            ours.append(search(folder, wanted)[:2])
        print(f"search {files} files, {what}: {min(c for c, _ in ours):.2f} s of CPU, {min(c for c, _ in ours) / min(c for c, _ in floor):.2f} times git grep's; "
              f"answered in {min(w for _, w in ours):.2f} to {max(w for _, w in ours):.2f} s, git grep in {min(w for _, w in floor):.2f} to {max(w for _, w in floor):.2f} s")
    shutil.rmtree(here)
