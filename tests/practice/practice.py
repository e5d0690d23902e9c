# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a running claviger-practice through curl and judges the answers.

Prices are read here from the vendor's own published figures, once more and by
hand: neither the program's table nor the office's price book is used."""
import hashlib, json, os, signal, socket, subprocess, sys, time
from decimal import Decimal

PROGRAM, DIR = os.environ["PRACTICE"], os.environ["DIR"]
KEY = "sk-ant-api03-practice-AAAA"
USD = {"claude-opus-5": ("5", "25", "0.5", "6.25", "10"), "claude-haiku-5-5": ("0.1", "0.5", "0.01", "0.125", "0.2")}
passed = 0


def ok(what, cond, seen=""):
    global passed
    if not cond:
        print(f"FAILED: {what}: {str(seen)[:2000]}")
        sys.exit(1)
    passed += 1


class Vendor:
    def __init__(self, *options):
        self.p = subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.p.stdout.readline()
        ok("the first line names the address", line.startswith("listening on 127.0.0.1:"), line)
        self.url = "http://" + line.split()[-1]
        open(f"{DIR}/{self.p.pid}.pid", "w").write(str(self.p.pid))

    def stop(self, how=signal.SIGTERM):
        self.p.send_signal(how)
        try:
            rc = self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
            rc = "killed"
        ok("it ends cleanly on a signal", rc == 0, rc)
        os.unlink(f"{DIR}/{self.p.pid}.pid")

    def curl(self, path, body=None, key=KEY, version="2023-06-01", more=()):
        """(status, headers, text) of one request."""
        args = ["curl", "-sN", "--noproxy", "*", "-D", f"{DIR}/head", "-o", f"{DIR}/body", "-w", "%{http_code}", "--max-time", "20", self.url + path]
        if key:
            args += ["-H", "x-api-key: " + key]
        if version:
            args += ["-H", "anthropic-version: " + version]
        if body is not None:
            open(f"{DIR}/sent", "wb").write(body if isinstance(body, bytes) else json.dumps(body).encode())
            args += ["-H", "content-type: application/json", "--data-binary", f"@{DIR}/sent"]
        for f in ("head", "body"):
            open(f"{DIR}/{f}", "w").close()
        r = subprocess.run(args + list(more), capture_output=True, text=True)
        head = {}
        for line in open(f"{DIR}/head", errors="replace"):
            name, colon, value = line.partition(":")
            if colon:
                head[name.lower()] = value.strip()
        self.rc = r.returncode
        return int(r.stdout or 0), head, open(f"{DIR}/body", "rb").read().decode("utf-8", "replace")

    def say(self, text, **fields):
        return self.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "messages": [{"role": "user", "content": text}], **fields})

    def books(self):
        return json.loads(self.curl("/practice/books", key=None)[2])

    def last(self):
        return self.books()["calls"][-1]


def events(text):
    out = []
    for block in text.split("\n\n"):
        name = data = None
        for line in block.split("\n"):
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = json.loads(line[6:])
        if data is not None:
            ok("the event's name is in its data", name == data["type"], block)
            out.append(data)
    return out


def message(evs):
    """The message the stream adds up to; every rule of the order is checked."""
    ok("message_start comes first", evs[0]["type"] == "message_start" and evs[0]["message"]["content"] == [])
    ok("message_stop comes last", evs[-1]["type"] == "message_stop", evs[-1])
    m, part, open_block = evs[0]["message"], "", None
    for e in evs[1:-1]:
        if e["type"] == "content_block_start":
            ok("blocks start in order, one at a time", open_block is None and e["index"] == len(m["content"]), e)
            open_block, part = e["content_block"], ""
            m["content"].append(open_block)
        elif e["type"] == "content_block_delta":
            ok("a delta belongs to the open block", e["index"] == len(m["content"]) - 1 and open_block is not None, e)
            d = e["delta"]
            if d["type"] == "text_delta":
                open_block["text"] += d["text"]
            elif d["type"] == "thinking_delta":
                open_block["thinking"] += d["thinking"]
            elif d["type"] == "signature_delta":
                open_block["signature"] += d["signature"]
            else:
                ok("only known deltas", d["type"] == "input_json_delta", d)
                part += d["partial_json"]
        elif e["type"] == "content_block_stop":
            if open_block["type"] == "tool_use" and not part == "":
                open_block["input"] = json.loads(part)
            open_block = None
        elif e["type"] == "message_delta":
            m.update(e["delta"])
            m["usage"] = {**m["usage"], **e["usage"]}
            ok("the split of cache writes is only in message_start", "cache_creation" not in e["usage"])
        else:
            ok("only known events", e["type"] == "ping", e)
    ok("every block is closed", open_block is None)
    return m


def price(model, c):
    i, o, r, w5, w1 = map(Decimal, USD[model])
    return (i * c["input_tokens"] + o * c["output_tokens"] + r * c["cache_read_tokens"] + w5 * c["cache_write"]["5m"] + w1 * c["cache_write"]["1h"]) / 1000000


TOOLS = [
    {"name": "repo__list_files", "description": "List.", "input_schema": {"type": "object", "properties": {}}},
    {"name": "repo__read_file", "description": "Read.", "input_schema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}},
    {"name": "repo__propose_patch", "description": "Patch.", "input_schema": {"type": "object", "properties": {"diff": {"type": "string"}}}},
]


def stream_and_books():
    v = Vendor("--port", "0")
    status, head, text = v.say("Good day", stream=True)
    ok("a stream is 200 and an event stream", status == 200 and head["content-type"].startswith("text/event-stream"), head)
    ok("the answer has its id and limits", head["request-id"].startswith("req_") and "anthropic-ratelimit-requests-remaining" in head, head)
    evs = events(text)
    kinds = {e["type"] for e in evs}
    ok("there is a ping", "ping" in kinds, kinds)
    m = message(evs)
    ok("it thinks, then speaks", [b["type"] for b in m["content"]] == ["thinking", "text"] and m["content"][0]["signature"] and m["stop_reason"] == "end_turn", m)
    u = m["usage"]
    size = sum(len(b.get("text", b.get("thinking", "")).encode()) for b in m["content"])
    ok("output tokens are bytes / 4 rounded up", u["output_tokens"] == -(-size // 4), (u, size))
    ok("thinking is part of them", 0 < u["output_tokens_details"]["thinking_tokens"] < u["output_tokens"], u)
    ok("input tokens too", u["input_tokens"] == 2, u)
    c = v.last()
    ok("the books have it", c["request_id"] == head["request-id"] and c["complete"] and c["output_tokens"] == u["output_tokens"] and c["input_tokens"] == 2, c)
    ok("at the published price", Decimal(c["cost_usd"]) == price("claude-opus-5", c), c)

    status, _, text = v.say("Good day")
    whole = json.loads(text)
    ok("without a stream it says the same", [{**b, "signature": ""} for b in whole["content"]] == [{**b, "signature": ""} for b in m["content"]] and whole["usage"]["output_tokens"] == u["output_tokens"], whole)

    # a tool call, its input in pieces; then its answer and the thinking sent back
    talk = [{"role": "user", "content": "Say hello in README.md"}]
    m = message(events(v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "stream": True, "tools": TOOLS, "messages": talk})[2]))
    call = m["content"][-1]
    ok("it calls a tool", m["stop_reason"] == "tool_use" and call["name"] == "repo__list_files" and call["id"].startswith("toolu_") and call["input"] == {"limit": 2000}, m)
    talk += [{"role": "assistant", "content": m["content"]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call["id"], "content": "a.c\nREADME.md\n"}]}]
    m = message(events(v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "stream": True, "tools": TOOLS, "messages": talk})[2]))
    ok("it reads what the goal names", m["content"][-1]["input"] == {"path": "README.md"}, m)
    talk[1]["content"][0] = {**talk[1]["content"][0], "thinking": "forged"}
    status, _, text = v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "tools": TOOLS, "messages": talk})
    ok("thinking that was touched is refused", status == 400 and "signature" in text, text)

    b = v.books()
    ok("the total is the sum", Decimal(b["total_usd"]) == sum(Decimal(c["cost_usd"]) for c in b["calls"]) == Decimal(b["by_vendor"]["anthropic"]["cost_usd"]), b)
    ok("and every call has the published price", all(Decimal(c["cost_usd"]) == price(c["model"], c) for c in b["calls"]))
    ok("every call is counted", b["by_vendor"]["anthropic"]["calls"] == len(b["calls"]) == 4, b)

    r = json.loads(v.curl("/practice/requests", key=None)[2])
    ok("requests are kept, the key as its hash", len(r) == 5 and r[0]["headers"]["x-api-key"] == "sha256:" + hashlib.sha256(KEY.encode()).hexdigest() and KEY not in json.dumps(r), r[0])
    ok("with their bodies", json.loads(r[0]["body"])["stream"] is True and r[0]["status"] == 200 and r[4]["status"] == 400 and r[0]["path"] == "/v1/messages")
    v.stop(signal.SIGINT)


def caching():
    v = Vendor()
    long, tail = "word " * 1000, {"type": "text", "text": "x" * 400}
    body = {"system": [{"type": "text", "text": long, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}
    first = json.loads(v.say([{**tail, "cache_control": {"type": "ephemeral"}}], **body)[2])["usage"]
    ok("both lives are written", first["cache_creation"] == {"ephemeral_1h_input_tokens": 1250, "ephemeral_5m_input_tokens": 100} and first["input_tokens"] == 0, first)
    again = json.loads(v.say([{**tail, "cache_control": {"type": "ephemeral"}}], **body)[2])["usage"]
    ok("and read again", again["cache_read_input_tokens"] == 1350 and again["cache_creation_input_tokens"] == 0, again)
    auto = json.loads(v.say("other words", cache_control={"type": "ephemeral"}, **body)[2])["usage"]
    ok("an automatic breakpoint takes the rest", auto["cache_read_input_tokens"] == 1250 and auto["cache_creation_input_tokens"] == 3 and auto["input_tokens"] == 0, auto)
    count = json.loads(v.curl("/v1/messages/count_tokens", {"model": "claude-opus-5", "messages": [{"role": "user", "content": "other words"}], **body})[2])
    ok("count_tokens counts them all", count == {"input_tokens": 1253}, count)
    ok("a fifth breakpoint is refused", v.say([{"type": "text", "text": str(i), "cache_control": {"type": "ephemeral"}} for i in range(5)])[0] == 400)
    ok("a long life after a short one is refused", v.say([{"type": "text", "text": str(i), "cache_control": {"type": "ephemeral", "ttl": t}} for i, t in enumerate(("5m", "1h"))])[0] == 400)
    small = json.loads(v.say([{**tail, "cache_control": {"type": "ephemeral"}}])[2])["usage"]
    ok("a short prefix is not remembered", small["cache_creation_input_tokens"] == 0 and small["input_tokens"] == 100, small)
    ok("the books agree", all(Decimal(c["cost_usd"]) == price(c["model"], c) for c in v.books()["calls"]))
    v.stop()


def limits_and_errors():
    v = Vendor("--accept", KEY, "--accept", KEY + "-revoked", "--accept", KEY + "-nocredit")
    for key, status, kind in ((None, 401, "authentication_error"), ("sk-other", 401, "authentication_error"), (KEY + "B", 401, "authentication_error"),
                              (KEY + "-revoked", 401, "authentication_error"), (KEY + "-nocredit", 402, "billing_error")):
        s, _, text = v.curl("/v1/models", key=key)
        ok(f"key {key}", s == status and json.loads(text)["error"]["type"] == kind, (s, text))
    good = {"model": "claude-opus-5", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
    sonnet, fable = {**good, "model": "claude-sonnet-5"}, {**good, "model": "claude-fable-5-2"}
    bad = [({**good, "model": "claude-none"}, 404), ({**good, "model": None}, 400), ({**good, "max_tokens": -1}, 400), ({**good, "max_tokens": 10**7}, 400), ({**good, "messages": []}, 400),
           ({**good, "extra": 1}, 400), ({**good, "messages": [{"role": "assistant", "content": "x"}]}, 400), ({**good, "messages": [{"role": "user", "content": ""}]}, 400),
           ({**good, "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": "x"}]}]}, 400), (b"{", 400), (b'{"a":1,"a":2}', 400),
           ({**sonnet, "thinking": {"type": "enabled", "budget_tokens": 2000}}, 400), ({**sonnet, "temperature": 0.5}, 400), ({**sonnet, "temperature": 1}, 200),
           ({**good, "model": "claude-opus-4-8", "thinking": {"type": "enabled", "budget_tokens": 2000}, "max_tokens": 4000}, 400),
           ({**good, "model": "claude-haiku-4-5", "thinking": {"type": "enabled", "budget_tokens": 2000}, "max_tokens": 4000}, 200),
           ({**good, "thinking": {"type": "disabled"}}, 200), ({**good, "thinking": {"type": "disabled"}, "output_config": {"effort": "max"}}, 400),
           ({**fable, "thinking": {"type": "disabled"}}, 400), ({**fable, "thinking": {"type": "enabled", "budget_tokens": 1024}}, 400), ({**fable, "thinking": {"type": "adaptive"}}, 200),
           ({**fable, "tools": TOOLS, "tool_choice": {"type": "any"}}, 400), ({**fable, "tools": TOOLS, "tool_choice": {"type": "auto"}}, 200),
           ({**good, "tools": TOOLS, "tool_choice": {"type": "tool", "name": "nope"}}, 400), ({**good, "tools": TOOLS + TOOLS[:1]}, 400),
           ({**good, "model": "claude-sonnet-5-5", "thinking": {"type": "disabled"}}, 400), ({**good, "model": "claude-sonnet-5-5", "thinking": {"type": "between_tools"}}, 200)]
    for body, status in bad:
        s, head, text = v.curl("/v1/messages", body)
        ok(f"{body} is {status}", s == status and head["request-id"] and (s == 200 or json.loads(text)["type"] == "error"), (s, text))
    ok("a version is needed", v.curl("/v1/messages", good, version=None)[0] == 400 and v.curl("/v1/messages", good, version="2026-10-21")[0] == 200)
    ok("the new version knows no temperature", v.curl("/v1/messages", {**good, "temperature": 1}, version="2026-10-21")[0] == 400)
    m = json.loads(v.curl("/v1/messages", {**good, "tools": TOOLS, "tool_choice": {"type": "tool", "name": "repo__read_file"}, "max_tokens": 100})[2])
    ok("a forced tool is called", m["content"][-1]["name"] == "repo__read_file" and m["content"][-1]["input"] == {"path": "practice"}, m)
    m = json.loads(v.curl("/v1/messages", {**good, "max_tokens": 3, "thinking": {"type": "disabled"}})[2])
    ok("max_tokens cuts the reply", m["stop_reason"] == "max_tokens" and m["usage"]["output_tokens"] == 3 and len(m["content"][0]["text"]) == 12, m)
    m = json.loads(v.curl("/v1/messages", {**good, "max_tokens": 100, "stop_sequences": ["part"]})[2])
    ok("a stop sequence ends it", m["stop_reason"] == "stop_sequence" and m["stop_sequence"] == "part" and m["content"][-1]["text"] == "My ", m)
    ok("too large a body is 413", v.curl("/v1/messages", b" " * ((32 << 20) + 1))[0] == 413)
    ok("an unknown path is 404 as JSON", json.loads(v.curl("/v1/none-such", {})[2])["error"]["type"] == "not_found_error")
    seen, after = [], ""
    while True:
        page = json.loads(v.curl("/v1/models?limit=5" + (after and "&after_id=" + after))[2])
        seen += [m["id"] for m in page["data"]]
        after = page["last_id"]
        if not page["has_more"]:
            break
    ok("models come by pages", len(seen) == len(set(seen)) > 10 and seen == [m["id"] for m in json.loads(v.curl("/v1/models?limit=1000")[2])["data"]], seen)
    ok("one model is found by id", json.loads(v.curl("/v1/models/" + seen[3])[2])["id"] == seen[3] and v.curl("/v1/models/none")[0] == 404)
    v.curl("/practice/revoke", {"key_sha256": hashlib.sha256(KEY.encode()).hexdigest()}, key=None)
    ok("a key revoked while it runs is 401", v.curl("/v1/models")[0] == 401)
    v.stop()


def faults():
    v = Vendor()
    for kind, status in (("400-limit", 400), ("401", 401), ("402", 402), ("403", 403), ("404", 404), ("413", 413), ("429", 429), ("500", 500), ("504", 504), ("529", 529), ("redirect", 307)):
        s, head, _ = v.say(f"hello [fault {kind}]", stream=True)
        ok(f"fault {kind}", s == status and "retry-after" not in head, (s, head))
    ok("nothing of that is billed", v.books()["calls"] == [])
    s, head, _ = v.say("wait [fault 429-retry]")
    ok("429-retry says when", s == 429 and head["retry-after"] == "1", head)
    ok("and then succeeds", v.say("wait [fault 429-retry]")[0] == 200)
    s, head, _ = v.say("hello [fault big-header]")
    ok("big-header", s == 200 and len(head["x-practice-big"]) == 100000)
    whole = json.loads(v.say("hello there [fault none-such]")[2])["usage"]["output_tokens"]
    for kind in ("cut", "garbage", "error-event"):
        s, _, text = v.say(f"hello there [fault {kind}]", stream=True)
        c = v.last()
        ok(f"fault {kind} bills what was sent", s == 200 and "message_stop" not in text and not c["complete"] and 0 < c["output_tokens"] <= whole + 9, c)
        ok(f"fault {kind} shows", kind != "error-event" or "overloaded_error" in text, text)
    ok("cut closes the connection", v.say("hello [fault cut]", stream=True)[0] == 200 and v.rc == 18, v.rc)
    s, _, text = v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "stream": True, "messages": [{"role": "user", "content": "hello [fault stall]"}]}, more=["--max-time", "0.7"])
    ok("stall leaves the client waiting", v.rc == 28 and "message_start" in text and "message_stop" not in text, (v.rc, text))
    s, _, text = v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "stream": True, "messages": [{"role": "user", "content": "hello [fault hang]"}]}, more=["--max-time", "0.5"])
    ok("hang answers nothing", v.rc == 28 and text == "", (v.rc, text))
    s, _, text = v.curl("/v1/messages", {"model": "claude-opus-5", "max_tokens": 500, "stream": True, "messages": [{"role": "user", "content": "hello [fault endless]"}]}, more=["--max-time", "0.7"])
    ok("endless goes on", v.rc == 28 and text.count("text_delta") > 20 and "message_stop" not in text, (v.rc, len(text)))
    m = message(events(v.say("hello [fault overbill]", stream=True, max_tokens=100)[2]))
    ok("overbill bills more than was allowed", m["usage"]["output_tokens"] == 250 and v.last()["output_tokens"] == 250 and v.last()["complete"], m)
    m = message(events(v.say("hello [fault refusal]", stream=True)[2]))
    ok("refusal", m["stop_reason"] == "refusal" and m["stop_details"]["type"] == "refusal" and m["content"] == [], m)
    m = message(events(v.say("hello [fault split]", stream=True)[2]))
    ok("split adds up all the same", m["content"][-1]["type"] == "text" and v.last()["complete"], m)
    m = json.loads(v.say("hello [fault max-tokens]")[2])
    ok("max-tokens", m["stop_reason"] == "max_tokens" and m["usage"]["output_tokens"] == 8, m)
    ok("unknown-event", "practice_unknown_event" in v.say("hello [fault unknown-event]", stream=True)[2])
    v.stop()
    v = Vendor("--fault", "529:0.5", "--seed", "7")
    one = [v.say("x")[0] for _ in range(30)]
    v.stop()
    v = Vendor("--fault", "529:0.5", "--seed", "7")
    two = [v.say("x")[0] for _ in range(30)]
    v.stop()
    ok("draws depend on the seed alone", one == two and set(one) == {200, 529}, (one, two))


def pace_and_leaving():
    v = Vendor("--rate", "20")
    body = json.dumps({"model": "claude-opus-5", "max_tokens": 500, "stream": True, "messages": [{"role": "user", "content": "tell me something long enough " * 4}]}).encode()
    host, port = v.url[7:].split(":")
    for leave_after in (None, 8):
        s = socket.create_connection((host, int(port)), 10)
        s.sendall(b"POST /v1/messages HTTP/1.1\r\nhost: x\r\nx-api-key: %s\r\nanthropic-version: 2023-06-01\r\ncontent-length: %d\r\n\r\n" % (KEY.encode(), len(body)) + body)
        times, got = [], b""
        while b"message_stop" not in got and (leave_after is None or got.count(b"event: ") < leave_after):
            piece = s.recv(65536)
            ok("the stream goes on", piece != b"")
            times += [time.monotonic()] * piece.count(b"event: ")
            got += piece
        gaps = [b - a for a, b in zip(times, times[1:])]
        ok("events come apart, about 50 ms each", sum(g > 0.03 for g in gaps) > 0.8 * len(gaps) and 0.04 < sum(gaps) / len(gaps) < 0.08, gaps)
        s.close()
        deadline = time.monotonic() + 5
        if leave_after is None:
            full = v.last()
            ok("the whole is complete", full["complete"], full)
    time.sleep(0.3)
    c = v.last()
    ok("a client that left is billed for what was sent", not c["complete"] and 0 < c["output_tokens"] < full["output_tokens"] and c["input_tokens"] == full["input_tokens"], (c, full))
    ok("and no more later", c == v.last() and deadline > 0)
    v.stop()


def scripts_and_options():
    def fails(words, *args):
        r = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=10)
        ok(f"{args}", r.returncode == words[0] and words[1] in r.stderr and (words[0] == 2 or r.stderr.count("\n") == 1), (r.returncode, r.stderr))
    open(f"{DIR}/bad.json", "w").write('{"format":1,"rules":[{"when":{"user":"("},"reply":{}}]}')
    open(f"{DIR}/none.json", "w").write('{"format":1,')
    fails((1, "bad.json: rules[0]: when.user: "), "--script", f"{DIR}/bad.json")
    fails((1, "none.json: "), "--script", f"{DIR}/none.json")
    fails((1, ""), "--script", f"{DIR}/absent.json")
    fails((2, "fault"), "--fault", "nonsense")
    fails((2, "probability"), "--fault", "cut:2")
    fails((2, "port"), "--port", "x")
    fails((2, ""), "--none-such")
    fails((2, ""), "word")
    help = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True).stdout
    ok("--help lists the faults", all(f in help for f in ("401", "429-retry", "endless", "overbill", "big-header", "error-event")), help)
    open(f"{DIR}/own.json", "w").write(json.dumps({"format": 1, "rules": [{"when": {"user": "(?i)name: (?<who>\\w+)"}, "reply": {"text": "Hello {{who}}", "stop": "pause_turn"}}]}))
    v = Vendor("--script", f"{DIR}/own.json", "--latency-ms", "300")
    start = time.monotonic()
    m = json.loads(v.say("name: Ada")[2])
    ok("an own script answers", m["content"][0]["text"] == "Hello Ada" and m["stop_reason"] == "pause_turn", m)
    ok("after its latency", time.monotonic() - start >= 0.3)
    port = v.url.split(":")[-1]
    fails((1, "127.0.0.1:" + port), "--port", port)
    v.stop()


for part in (stream_and_books, caching, limits_and_errors, faults, pace_and_leaving, scripts_and_options):
    begun = time.monotonic()
    part()
    print(f"ok: {part.__name__} ({time.monotonic() - begun:.1f} s)")
print(f"{passed} checks")
