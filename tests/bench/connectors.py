#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""connectors.py BUILD_DIR [RUNS]: what connectors cost. A console's first frame with none, one and twenty of
them in its workspace; from a connector's start to its first answer; and twenty that run and are left alone.
Nothing here passes or fails: read the figures."""
import datetime
import json
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1])
RUNS = int(sys.argv[2]) if len(sys.argv) > 2 else 9
MANY, FEW, LONG = 20, 5, 20
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from desk import Console, Office, plain

NODE_SERVER = r"""
const lines = require('readline').createInterface({input: process.stdin});
const answer = (id, result) => process.stdout.write(JSON.stringify({jsonrpc: '2.0', id, result}) + '\n');
lines.on('line', line => {
	const m = JSON.parse(line);
	if (m.method === 'initialize')
		answer(m.id, {protocolVersion: '2025-11-25', capabilities: {tools: {}}, serverInfo: {name: 'bench', version: '1'}});
	else if (m.method === 'tools/list')
		answer(m.id, {tools: [{name: 'echo', description: 'says it back', inputSchema: {type: 'object', properties: {}}}]});
	else if (m.method === 'tools/call')
		answer(m.id, {content: [{type: 'text', text: 'here'}]});
	else if (m.id !== undefined)
		process.stdout.write(JSON.stringify({jsonrpc: '2.0', id: m.id, error: {code: -32601, message: 'no such method'}}) + '\n');
});
"""


def make_repo(folder):
    env = {"PATH": os.environ["PATH"], "HOME": folder, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    os.mkdir(folder)
    with open(folder + "/README.md", "w") as f:
        f.write("# tally\n\nIt counts.\n")
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.name=Maker", "-c", "user.email=maker@example.com", "commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", folder, *words], check=True, env=env)


def make_office(folder, repo, count, node=None):
    """node: the path of a server for the last few of them."""
    office = Office(os.path.join(BUILD, "bin", "claviger"), folder)
    of_node = FEW if node else 0
    for i in range(count - of_node):
        office.verb("connector", "add", f"repo{i:02d}", "--type", "codebase", "--root", repo)
    for i in range(of_node):
        office.verb("connector", "add", f"node{i:02d}", "--type", "mcp", "--read", os.path.dirname(node), "--", "node", node)
        office.verb("connector", "effect", f"node{i:02d}", "echo", "read")
    return office


def first_frame(office):
    """ms from the start to the fortieth printable character."""
    began = time.monotonic()
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
    while len("".join(plain(c.said).split())) < 40:
        if not select.select([c.fd], [], [], 10)[0]:
            raise SystemExit("no first frame")
        c.read()
    took = (time.monotonic() - began) * 1000
    c.close()
    return took


def starts(folder, repo):
    offices = {n: make_office(f"{folder}/start{n}", repo, n) for n in (0, 1, MANY)}
    times = {n: [] for n in offices}
    for _ in range(RUNS):
        for n, office in offices.items():
            times[n].append(first_frame(office))
    base = statistics.median(times[0])
    print(f"exec to first frame by connectors in the workspace, median of {RUNS} (goal: one adds less than 30 ms)")
    for n, t in times.items():
        print(f"  {n:2d}  {statistics.median(t):7.2f} ms  {statistics.median(t) - base:+.2f} ms")


def script(path):
    """A model that calls a tool of the connectors that the goal names, then says that it did."""
    rules = [{"name": "told", "when": {"result_of": ["*__*"]}, "reply": {"text": "It was looked at."}}]
    for kind, tool in (("repo", "list_files"), ("node", "echo")):
        rules.append({"name": kind, "when": {"opening": f"look at (?<name>{kind}[0-9]+)"}, "reply": {"text": "I look.", "calls": [{"tool": "{{name}}__" + tool, "input": {}}]}})
    with open(path, "w") as f:
        json.dump({"format": 1, "rules": rules + [{"name": "else", "when": {}, "reply": {"text": "Nothing to do."}}]}, f)


def practice(folder, path):
    log = open(folder + "/practice.out", "w+")
    p = subprocess.Popen([os.path.join(BUILD, "bin", "claviger-practice"), "--port", "0", "--rate", "5000", "--script", path], stdout=log, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for line in open(folder + "/practice.out"):
            if line.startswith("listening on ") and line.endswith("\n"):
                return p, "http://" + line.split()[-1]
        time.sleep(0.02)
    raise SystemExit("the practice vendor did not start")


def spent(pid):
    """Ticks of CPU and voluntary context switches of all threads."""
    ticks = woke = 0
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as f:
            woke += next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))
    return ticks, woke


def name_of(pid):
    with open(f"/proc/{pid}/comm") as f:
        return f.read().strip()


def below(pid):
    """All processes under pid."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as f:
                    parents.setdefault(int(f.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
            except OSError:
                pass
    found = []
    todo = [pid]
    while todo:
        for child in parents.get(todo.pop(), []):
            found.append(child)
            todo.append(child)
    return found


def console(office, url):
    """One whose worker works; with the agent that has all tools."""
    office.verb("key", "add", "--vendor", "anthropic", "--label", "main", "--base-url", url, "--stdin", stdin=b"sk-ant-api03-bench-AAAA\n")
    agent = json.loads(office.verb("agent", "list", "--json"))[0]["name"]
    office.verb("agent", "set", agent, "--tool", "*")
    c = Console(office, env={"CLAVIGER_PASSPHRASE_FILE": ""})
    c.wait("assphrase")
    c.key(office.passphrase + "\r")
    c.wait("The vault is open")
    return c, agent


def microseconds(when):
    return datetime.datetime.fromisoformat(when.replace("Z", "+00:00")).timestamp() * 1e6


def look(c, office, agent, name):
    """ms of a task that calls that connector once."""
    goal = json.loads(office.verb("goal", "add", "look at " + name, "--no-plan", "--agent", agent, "--json"))["goal"]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        c.read(0.05)
        task = json.loads(office.verb("task", "list", "--goal", str(goal), "--json"))[0]
        if task["state"] == "done" and task["result"] == "It was looked at.":
            return (microseconds(task["ended"]) - microseconds(task["started"])) / 1000
        if task["state"] in ("failed", "cancelled", "paused", "done"):
            break
    raise SystemExit(f"{name} was not called: {task}")


def first_answers(c, office, agent, names):
    """All are started by a call; what the first one costs beyond a second one of the same."""
    print("from the call to a connector that does not run to its answer, beyond a call to one that runs; median")
    for kind in ("repo", "node"):
        more = []
        for name in [n for n in names if n.startswith(kind)]:
            first = look(c, office, agent, name)
            more.append(first - look(c, office, agent, name) if len(more) < FEW else 0)
        if more:
            print(f"  {'the codebase server' if kind == 'repo' else 'a node MCP server'}: {statistics.median(more[:FEW]):.1f} ms")


def left_alone(c, office, names):
    up = [one["name"] for one in json.loads(office.verb("connector", "list", "--json")) if one["state"] == "running"]
    if sorted(up) != sorted(names):
        raise SystemExit(f"only these run: {up}")
    c.read(5)
    pids = [c.pid, *below(c.pid)]
    before = {pid: spent(pid) for pid in pids}
    c.forget()
    end = time.monotonic() + LONG
    while time.monotonic() < end:
        c.read(max(0, end - time.monotonic()))
    more = {pid: tuple(b - a for a, b in zip(before[pid], spent(pid))) for pid in pids}
    own = more.pop(c.pid)
    print(f"{len(names)} connectors ({len(more)} processes) run and are left alone for {LONG} s (goal: no CPU)")
    print(f"  the console and its worker: {own[0]} ticks of CPU, {own[1]} wake-ups, {len(c.said)} bytes written")
    for kind in ("node", "claviger"):
        of_kind = [m for pid, m in more.items() if (name_of(pid) == "node") == (kind == "node")]
        if of_kind:
            print(f"  {len(of_kind)} of {kind}: {sum(t for t, _ in of_kind)} ticks of CPU, {sum(w for _, w in of_kind)} wake-ups")


def at_rest(folder, repo):
    node = None
    if shutil.which("node"):
        node = folder + "/server/index.js"
        os.mkdir(folder + "/server")
        with open(node, "w") as f:
            f.write(NODE_SERVER)
    office = make_office(folder + "/rest", repo, MANY, node)
    names = [one["name"] for one in json.loads(office.verb("connector", "list", "--json"))]
    script(folder + "/script.json")
    vendor, url = practice(folder, folder + "/script.json")
    try:
        c, agent = console(office, url)
        first_answers(c, office, agent, names)
        vendor.kill()
        left_alone(c, office, names)
        c.close()
    finally:
        vendor.kill()
        vendor.wait()


def main():
    folder = tempfile.mkdtemp(prefix="claviger-connectors-")
    try:
        make_repo(folder + "/repo")
        starts(folder, folder + "/repo")
        at_rest(folder, folder + "/repo")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()
