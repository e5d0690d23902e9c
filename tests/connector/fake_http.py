#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""MCP servers over HTTP: fake_http.py [TOKEN]. Prints `listening on PORT`. Paths:
/modern (2026-07-28, JSON, wants the token), /older (2025-06-18, event streams, a
session), /wrong (an answer to another request), /down (500), /away (redirects)."""
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = sys.argv[1] if len(sys.argv) > 1 else None
TOOLS = [{"name": "echo", "description": "says it", "inputSchema": {"type": "object", "properties": {"x": {"type": "string"}}}}]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        m = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert "application/json" in self.headers["Accept"] and "text/event-stream" in self.headers["Accept"]
        getattr(self, self.path.strip("/"), self.nothing)(m, m.get("id"), m.get("method"))

    def nothing(self, m, i, method):
        self.answer(404)

    def down(self, m, i, method):
        self.answer(500)

    def away(self, m, i, method):
        self.answer(307, Location="/modern")

    def result(self, m, method):
        if method == "tools/list":
            return {"tools": TOOLS}
        if method == "tools/call":
            return {"content": [{"type": "text", "text": m["params"]["arguments"].get("x", "").upper()}]}

    def modern(self, m, i, method):
        if TOKEN is not None and self.headers["Authorization"] != "Bearer " + TOKEN:
            return self.answer(401)
        assert self.headers["MCP-Protocol-Version"] == "2026-07-28" and self.headers["Mcp-Method"] == method
        assert self.headers["Mcp-Session-Id"] is None
        if method == "tools/call":
            assert self.headers["Mcp-Name"] == m["params"]["name"]
        r = {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {}} if method == "server/discover" else self.result(m, method)
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": i, "result": r}).encode())

    def older(self, m, i, method):
        if method == "initialize":
            r = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "older", "version": "1"}}
            return self.answer(200, json.dumps({"jsonrpc": "2.0", "id": i, "result": r}).encode(), Mcp_Session_Id="s-1")
        if self.headers["Mcp-Session-Id"] != "s-1":
            return self.answer(400, b"no session")
        assert self.headers["MCP-Protocol-Version"] == "2025-06-18"
        if i is None:
            return self.answer(202)
        note = "event: message\ndata: " + json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": {}}) + "\n\n"
        text = json.dumps({"jsonrpc": "2.0", "id": i, "result": self.result(m, method)}, indent=1).replace("\n", "\ndata: ")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write((note + "id: 7\ndata: " + text + "\n\n").encode())
        self.wfile.flush()
        if method == "tools/call":
            self.rfile.read(1)	# it keeps the stream open: the client is to leave

    def wrong(self, m, i, method):
        self.answer(200, json.dumps({"jsonrpc": "2.0", "id": i + 1, "result": {"tools": TOOLS}}).encode())


s = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
s.daemon_threads = True
print("listening on %d" % s.server_address[1], flush=True)
s.serve_forever()
