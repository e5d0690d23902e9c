# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault on every wire of a running claviger-practice.

The libraries in sdk.sh judge what is good; here it is what is bad."""
import http.client, json, os, signal, socket, subprocess, sys, time, zlib

http.client._MAXLINE = 200000
PROGRAM, DIR = os.environ["PRACTICE"], os.environ["DIR"]
passed = 0


def ok(what, cond, seen=""):
    global passed
    if not cond:
        print(f"FAILED: {what}: {str(seen)[:2000]}")
        sys.exit(1)
    passed += 1


def said(text):
    return [{"role": "user", "content": text}]


ANTHROPIC = ["x-api-key: sk-ant-api03-practice-AAAA", "anthropic-version: 2023-06-01"]
OPENAI, AWS = ["authorization: Bearer sk-proj-practice-AAAA"], ["authorization: Bearer ABSKpractice"]
MODEL = "global.anthropic.claude-opus-5"
# name: headers, path whole and streamed, body, what a stream must not hold if it is cut, id header, fault -> status
WIRES = {
    "messages": (ANTHROPIC, "/v1/messages", "/v1/messages", lambda t, s: {"model": "claude-opus-5", "max_tokens": 500, "stream": s, "messages": said(t)}, b"message_stop", "request-id",
                 {"401": 401, "402": 402, "403": 403, "404": 404, "413": 413, "429": 429, "500": 500, "503": 503, "504": 504, "529": 529, "400-limit": 400}),
    "responses": (OPENAI, "/v1/responses", "/v1/responses", lambda t, s: {"model": "gpt-6.1-terra", "stream": s, "store": False, "input": t}, b"response.completed", "x-request-id",
                  {"401": 401, "402": 429, "403": 403, "404": 404, "413": 413, "429": 429, "500": 500, "503": 503, "504": 504, "529": 503, "400-limit": 400}),
    "chat": (OPENAI, "/v1/chat/completions", "/v1/chat/completions", lambda t, s: {"model": "gpt-5.4", "stream": s, "messages": said(t)}, b"[DONE]", "x-request-id",
             {"401": 401, "402": 429, "403": 403, "404": 404, "413": 413, "429": 429, "500": 500, "503": 503, "504": 504, "529": 503, "400-limit": 400}),
    "converse": (AWS, f"/model/{MODEL}/converse", f"/model/{MODEL}/converse-stream", lambda t, s: {"messages": [{"role": "user", "content": [{"text": t}]}]}, b"metadata", "x-amzn-requestid",
                 {"401": 403, "402": 403, "403": 403, "404": 404, "413": 400, "429": 429, "500": 500, "503": 503, "504": 408, "529": 503, "400-limit": 400}),
    "claude on bedrock": (AWS, "/anthropic/v1/messages", "/anthropic/v1/messages",
                          lambda t, s: {"model": MODEL, "anthropic_version": "bedrock-2023-05-31", "max_tokens": 500, "stream": s, "messages": said(t)}, b"message_stop", "x-amzn-requestid",
                          {"401": 401, "403": 403, "404": 404, "413": 413, "429": 429, "500": 500, "529": 529}),
}


class Vendor:
    def __init__(self, *options):
        self.p = subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.p.stdout.readline()
        ok("the first line names the address", line.startswith("listening on 127.0.0.1:"), line)
        self.url = "http://" + line.split()[-1]
        open(f"{DIR}/{self.p.pid}.pid", "w").write(str(self.p.pid))

    def stop(self):
        self.p.send_signal(signal.SIGTERM)
        try:
            rc = self.p.wait(10)
        except subprocess.TimeoutExpired:
            self.p.kill()
            rc = "killed"
        ok("it ends cleanly on a signal", rc == 0, rc)
        os.unlink(f"{DIR}/{self.p.pid}.pid")

    def ask(self, wire, text, streams=True, wait=20):
        """(status, headers, bytes) of one request; whether it ended well, was cut or is late in end."""
        headers, whole, streamed, body = WIRES[wire][:4]
        c = http.client.HTTPConnection(self.url[7:], timeout=min(wait, 20))
        got, status, head, deadline = b"", 0, {}, time.monotonic() + wait
        self.end = "late"
        try:
            c.request("POST", streamed if streams else whole, json.dumps(body(text, streams)), {"content-type": "application/json", **dict(h.split(": ", 1) for h in headers)})
            r = c.getresponse()
            status, head = r.status, {k.lower(): v for k, v in r.getheaders()}
            while time.monotonic() < deadline:
                piece = r.read1(65536)
                got += piece
                if not piece:
                    self.end = "well"
                    break
        except (http.client.IncompleteRead, ConnectionResetError, http.client.RemoteDisconnected):
            self.end = "cut"
        except TimeoutError:
            pass
        c.close()
        return status, head, got

    def books(self):
        return self.get("/practice/books")

    def get(self, path):
        c = http.client.HTTPConnection(self.url[7:], timeout=20)
        c.request("GET", path)
        return json.loads(c.getresponse().read())

    def raw(self, text, seconds, most=1 << 20):
        """What comes on a bare socket within that time."""
        body = json.dumps(WIRES["responses"][3](text, True)).encode()
        host, port = self.url[7:].split(":")
        s = socket.create_connection((host, int(port)), 10)
        s.sendall(b"POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sk-proj-practice-AAAA\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        got, end = b"", time.monotonic() + seconds
        s.settimeout(0.2)
        while time.monotonic() < end and len(got) < most:
            try:
                piece = s.recv(65536)
            except TimeoutError:
                continue
            if piece == b"":
                break
            got += piece
        s.close()
        return got


def every_wire(v):
    for wire, (_, _, _, _, last, id_name, statuses) in WIRES.items():
        for kind, status in statuses.items():
            s, head, text = v.ask(wire, f"hello [fault {kind}]")
            ok(f"{wire}: fault {kind} is {status}", s == status and head[id_name] and "retry-after" not in head and json.loads(text), (s, head, text))
        ok(f"{wire}: 429-retry says when", v.ask(wire, "wait [fault 429-retry]")[1]["retry-after"] == "1")
        ok(f"{wire}: and then succeeds", v.ask(wire, "wait [fault 429-retry]")[0] == 200)
        ok(f"{wire}: redirect", v.ask(wire, "x [fault redirect]")[:2][0] == 307)
        s, head, text = v.ask(wire, "x [fault big-header]")
        ok(f"{wire}: big-header", s == 200 and len(head["x-practice-big"]) == 100000 and last in text)
        before = len(v.books()["calls"])
        for kind, end in (("cut", "cut"), ("garbage", "cut"), ("error-event", "well"), ("failed", "well")):
            s, _, text = v.ask(wire, f"hello there [fault {kind}]")
            c = v.books()["calls"][-1]
            ok(f"{wire}: {kind} bills what was sent", s == 200 and v.end == end and last not in text and not c["complete"] and c["output_tokens"] > 0, (v.end, c, text))
        for kind in ("stall", "endless"):
            _, _, text = v.ask(wire, f"hello there [fault {kind}]", wait=0.4)
            ok(f"{wire}: {kind} leaves the client waiting", v.end == "late" and text and last not in text, (v.end, text))
        ok(f"{wire}: hang answers nothing", v.ask(wire, "x [fault hang]", wait=0.3)[2] == b"" and v.end == "late")
        ok(f"{wire}: split adds up", last in v.ask(wire, "x [fault split]")[2] and v.books()["calls"][-1]["complete"])
        ok(f"{wire}: a whole answer can be cut too", v.ask(wire, "x [fault cut]", streams=False)[0] == 200 and v.end == "cut", v.end)
        v.ask(wire, "x [fault overbill]", streams=False)
        books = v.books()
        ok(f"{wire}: overbill", books["calls"][-1]["output_tokens"] > 500 and books["calls"][-1]["complete"], books["calls"][-1])
        ok(f"{wire}: every sale is in the books", len(books["calls"]) == before + 9, (before, len(books["calls"])))


def compatible_servers(v):
    """What servers that speak like OpenAI leave out or add."""
    for wire in ("chat", "responses"):
        for streams in (True, False):
            s, _, text = v.ask(wire, "hello there [fault no-usage]", streams)
            c = v.books()["calls"][-1]
            ok(f"{wire}: no-usage", s == 200 and b"_tokens" not in text.replace(b"max_output_tokens", b"") and c["complete"] and c["output_tokens"] > 0, (text, c))
    s, _, text = v.ask("chat", "hello there [fault no-done]")
    ok("no-done", s == 200 and v.end == "well" and b"[DONE]" not in text and b'"finish_reason":"stop"' in text and v.books()["calls"][-1]["complete"], text)
    s, _, text = v.ask("chat", "hello there [fault comments]")
    ok("comments", s == 200 and text.count(b": PRACTICE PROCESSING") > 3 and b"[DONE]" in text, text)


def no_proper_server(v):
    got = v.raw("x [fault header-bomb]", 10, 2 << 20)
    ok("header-bomb: headers without an end", len(got) >= 2 << 20 and b"\r\n\r\n" not in got and got.count(b"\r\nx-practice-") > 9000, len(got))
    got = v.raw("x [fault flood]", 5, 4 << 20)
    ok("flood: a body of 10 GB", len(got) >= 4 << 20 and b"content-length: 10737418240" in got, len(got))
    head, _, body = v.raw("x [fault bomb]", 10, 1 << 20).partition(b"\r\n\r\n")
    plain = zlib.decompressobj(31).decompress(body, 1 << 25)
    ok("bomb: a small body that grows", b"content-encoding: gzip" in head and len(body) < 2 << 20 and len(plain) == 1 << 25 and plain.strip() == b"", (head, len(body), len(plain)))
    got = v.raw("x [fault smuggle]", 2)
    ok("smuggle: two answers in one", got.count(b"HTTP/1.1 200") == 2 and b"content-length: 4" in got and b"chunked" in got, got)
    head, _, body = v.raw("x [fault drip]", 2.5).partition(b"\r\n\r\n")
    ok("drip: one byte a second", head.startswith(b"HTTP/1.1 200") and 1 <= body.count(b"\r\n1\r\n") + body.startswith(b"1\r\n") <= 4, body)
    ok("nothing of the raw ones is billed, the drip is", not v.books()["calls"][-1]["complete"])
    for kind in ("header-bomb", "flood", "bomb", "smuggle"):
        ok(f"{kind}: the vendor goes on", v.ask("chat", "x")[0] == 200)


def draws(v):
    del v
    for kind in ("flood", "header-bomb", "hang"):
        w = Vendor("--fault", kind)
        ok(f"--fault {kind} befalls a list too", subprocess.run(["curl", "-s", "--noproxy", "*", "--max-time", "0.3", "-o", "/dev/null", w.url + "/v1/models", "-H", OPENAI[0]]).returncode != 0)
        w.stop()


vendor = Vendor()
for part in (every_wire, compatible_servers, no_proper_server, draws):
    begun = time.monotonic()
    part(vendor)
    print(f"ok: {part.__name__} ({time.monotonic() - begun:.1f} s)")
vendor.stop()
print(f"{passed} checks")
