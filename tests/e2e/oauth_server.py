#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token server, and an MCP server that wants its tokens: oauth_server.py --dir DIR [--key FILE].

Prints `listening on PORT`. /token gives access tokens for the refresh token in DIR/refresh,
and another refresh token each time; who uses an old one has lost them all. With --key the
access tokens are JWTs for the user `oauth`, signed with the key in FILE (base64). DIR/mode steers:
ok, busy (503), ended (invalid_grant), away (a redirect), odd (a token of another type), mute (no refresh
token in the answer); for /mcp: closed (takes no token), once (does not take it for one tool call), copy (copies the
folder that DIR/home names to DIR/copy before it first answers).
DIR/lives is expires_in. DIR/log has a line for each thing that was asked for."""
import argparse, base64, hashlib, hmac, json, os, secrets, shutil, sys, threading, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

p = argparse.ArgumentParser()
p.add_argument("--dir", required=True)
p.add_argument("--key")
o = p.parse_args()
CLIENT, SECRET = "claviger tests", "cs-practice/5150+A="
TOOLS = [{"name": "echo", "description": "says it", "inputSchema": {"type": "object", "properties": {"x": {"type": "string"}, "message": {"type": "string"}}}}]
lock = threading.Lock()
good, used, over = {}, set(), [False]


def read(name, otherwise):
    try:
        return open(os.path.join(o.dir, name)).read().strip()
    except FileNotFoundError:
        return otherwise


def log(*words):
    with open(os.path.join(o.dir, "log"), "a") as f:
        f.write(" ".join(words) + "\n")


def keep(name, text):
    with open(os.path.join(o.dir, name + ".new"), "w") as f:
        f.write(text)
    os.rename(os.path.join(o.dir, name + ".new"), os.path.join(o.dir, name))


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def make_token(lives):
    if o.key is None:
        return "at-practice-" + secrets.token_urlsafe(24)
    now = int(time.time())
    text = b64(b'{"alg":"HS256","typ":"JWT"}') + b"." + b64(json.dumps({"sub": "oauth", "iat": now - 60, "exp": now + lives, "jti": secrets.token_hex(8)}).encode())
    return (text + b"." + b64(hmac.new(base64.b64decode(open(o.key).read()), text, hashlib.sha256).digest())).decode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, value=None, **headers):
        body = b"" if value is None else json.dumps(value).replace("/", "\\/").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with lock:
            {"/o/token": self.token, "/mcp": self.mcp}.get(self.path, self.elsewhere)(body)

    def elsewhere(self, body):
        log("elsewhere")
        self.answer(404)

    def is_client(self, form):
        basic = base64.b64encode(f"{urllib.parse.quote(CLIENT, safe='')}:{urllib.parse.quote(SECRET, safe='')}".encode()).decode()
        return self.headers["Authorization"] == "Basic " + basic or (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)

    def token(self, body):
        form, mode = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True)), read("mode", "ok")
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded" and form["grant_type"] == "refresh_token"
        given = form["refresh_token"]
        if mode == "busy":
            log("busy")
            return self.answer(503)
        if mode == "away":
            log("away")
            return self.answer(307, Location="/there")
        if not self.is_client(form):
            log("client")
            return self.answer(401, {"error": "invalid_client", "error_description": "who is " + given})
        if given in used and given != read("refresh", ""):
            log("reuse")
            over[0] = True
        if over[0] or mode == "ended" or given != read("refresh", ""):
            log("ended")
            return self.answer(400, {"error": "invalid_grant", "error_description": "it was " + given})
        lives = int(read("lives", "3600"))
        access, fresh = make_token(lives), given
        if mode != "mute":
            used.add(given)
            fresh = "rt-practice/" + secrets.token_urlsafe(24)
            keep("refresh", fresh)
        good[access] = time.time() + lives
        with open(os.path.join(o.dir, "given"), "a") as f:
            f.write(access + "\n")
        log("token")
        reply = {"access_token": access, "token_type": "mac" if mode == "odd" else "Bearer", "expires_in": lives, "scope": "mail"}
        self.answer(200, reply if mode == "mute" else dict(reply, refresh_token=fresh))

    def mcp(self, body):
        m, mode = json.loads(body), read("mode", "ok")
        method, bearer = m.get("method"), (self.headers["Authorization"] or "").removeprefix("Bearer ")
        state = good.get(bearer)
        if mode == "copy":
            shutil.copytree(read("home", ""), os.path.join(o.dir, "copy"))
            keep("mode", "ok")
        once = mode == "once" and method == "tools/call"
        if once:
            good.pop(bearer, None)
            keep("mode", "ok")
        if state is None or state < time.time() or mode == "closed" or once:
            log("refused", method)
            return self.answer(401)
        log("taken", method)
        if method == "server/discover":
            result = {"resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": {}}
        elif method == "tools/list":
            result = {"tools": TOOLS}
        else:
            result = {"content": [{"type": "text", "text": m["params"]["arguments"].get("x", "").upper()}]}
        self.answer(200, {"jsonrpc": "2.0", "id": m.get("id"), "result": result})


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("listening on %d" % server.server_address[1], flush=True)
server.serve_forever()
