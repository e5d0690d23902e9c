#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""git http-backend behind basic authentication on loopback, and ways to lose an answer.

  git_server.py --root DIR --dir D --user U --token T [--cert PEM --key PEM]

Serves the bare repositories in DIR. Writes D/port when it listens, D/log (method, path, the
login that came with it). D/mode says what becomes of a pack that is sent: ok; lose (it is taken and the
line cut before the answer); drop (cut before it is taken); deny (403); echo (500, and
the token in the words). D/mode readonly is 403 to who only asks about pushing, redirect sends every request elsewhere. Ends with its standard input."""
import argparse, base64, http.server, os, ssl, subprocess, sys, threading

p = argparse.ArgumentParser()
for name in ("root", "dir", "user", "token"):
    p.add_argument("--" + name, required=True)
p.add_argument("--cert")
p.add_argument("--key")
o = p.parse_args()


def mode():
    try:
        return open(o.dir + "/mode").read().strip()
    except FileNotFoundError:
        return "ok"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def plain(self, status, text="", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def body(self):
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            parts = []
            while n := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(n))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def serve(self):
        body = self.body()
        login = self.headers.get("Authorization", "-")
        with open(o.dir + "/log", "a") as f:
            f.write(f"{self.command} {self.path} {login}\n")
        if mode() == "redirect":
            return self.plain(302, Location=f"http://localhost:{int(open(o.dir + '/port').read()) + 1}{self.path}")
        if login != "Basic " + base64.b64encode(f"{o.user}:{o.token}".encode()).decode():
            return self.plain(401, "who are you?", WWW_Authenticate='Basic realm="git"')
        path, _, query = self.path.partition("?")
        is_pack = path.endswith("/git-receive-pack") and self.command == "POST" and len(body) > 4
        if query == "service=git-receive-pack" and mode() == "readonly":
            return self.plain(403, "you may read")
        if is_pack and mode() == "deny":
            return self.plain(403, "not you")
        if is_pack and mode() == "echo":
            return self.plain(500, f"your token is {o.token}")
        if is_pack and mode() == "drop":
            self.close_connection = True
            return self.connection.close()
        env = {"PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": o.root, "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query,
               "REMOTE_USER": o.user, "REMOTE_ADDR": "127.0.0.1", "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
               "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
               "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
        out = subprocess.run(["git", "-c", "safe.directory=*", "http-backend"], input=body, capture_output=True, env=env).stdout
        if is_pack and mode() == "lose":
            self.close_connection = True
            return self.connection.close()
        head, _, rest = out.partition(b"\r\n\r\n")
        status, lines = 200, [line.split(": ", 1) for line in head.decode().split("\r\n") if line]
        for name, value in lines:
            if name == "Status":
                status = int(value.split()[0])
        self.send_response(status)
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest)

    do_GET = do_POST = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
if o.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(o.cert, o.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
open(o.dir + "/port.new", "w").write(str(server.server_address[1]))
os.rename(o.dir + "/port.new", o.dir + "/port")
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
