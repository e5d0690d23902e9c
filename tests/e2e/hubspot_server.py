#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A practice HubSpot on loopback: contacts, companies, deals and notes of one account, as
src/servers/crm/hubspot/encode.h, decode.h and fault.h name the facts and their sources.

  hubspot_server.py --token T [--lag SECONDS] [--cert PEM]

Says `listening on HOST:PORT`; ends on SIGTERM. Records made are not in the search's index for
--lag seconds; with --cert (certificate and key) it speaks TLS. Beside the API, without a token:
  GET  /practice/state            {"records":{...},"log":[[method, path, status, time]]}
  POST /practice/change           {"type","id","properties"}: somebody else changes a record
  POST /practice/fault            {"fault", "on": regex of "METHOD /path", "times", ...}: the next such requests
       429 (wait, policy) 401 403 500 503 echo redirect garbage nothing drip endless huge
       lost (done, and no answer) late (done, and 502) crash (done, no answer, and the process whose id is in
       `file`, or else who asked, is killed) before (no answer, and nothing done)"""
import argparse, datetime, glob, json, os, re, signal, socket, ssl, sys, threading, time, urllib.parse, uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

p = argparse.ArgumentParser()
p.add_argument("--token", required=True)
p.add_argument("--lag", type=float, default=0)
p.add_argument("--cert")
o = p.parse_args()
lock = threading.RLock()
TYPES = {"contacts": "contact", "companies": "company", "deals": "deal", "notes": "note"}
CHANGED = {"contacts": "lastmodifieddate", "companies": "hs_lastmodifieddate", "deals": "hs_lastmodifieddate", "notes": "hs_lastmodifieddate"}
KNOWN = {
    "contacts": "firstname lastname email phone company jobtitle hs_lead_status lifecyclestage address city zip state country website favourite_colour",
    "companies": "name domain phone industry hs_lead_status lifecyclestage address city zip state country website description",
    "deals": "dealname dealstage pipeline amount deal_currency_code closedate description",
    "notes": "hs_timestamp hs_note_body hubspot_owner_id",
}
KNOWN = {t: set(v.split()) for t, v in KNOWN.items()}
DEFAULT = {"contacts": ["firstname", "lastname", "email"], "companies": ["name", "domain"], "deals": ["dealname", "amount", "closedate", "pipeline", "dealstage"],
           "notes": ["hs_timestamp"]}
TEXT = {"contacts": ["firstname", "lastname", "email", "phone", "company"], "companies": ["name", "domain", "phone", "website"], "deals": ["dealname", "pipeline", "dealstage", "description"],
        "notes": ["hs_note_body"]}
LABELS = {279: ("contacts", "companies"), 280: ("companies", "contacts"), 3: ("deals", "contacts"), 4: ("contacts", "deals"), 341: ("deals", "companies"), 342: ("companies", "deals"),
          202: ("notes", "contacts"), 190: ("notes", "companies"), 214: ("notes", "deals")}
records = {t: {} for t in TYPES}    # id: {"properties", "createdAt", "updatedAt", "made"}
links = set()                       # ((type, id), (type, id)), both ways
faults, log, searches = [], [], []
next_id = 101


class Refused(Exception):
    def __init__(self, status, category, message, **more):
        self.status, self.body = status, {"status": "error", "message": message, "correlationId": str(uuid.uuid4()), "category": category, **more}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (t.microsecond // 1000)


def ms(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def check(kind, properties):
    bad = [{"isValid": False, "message": f'Property "{k}" does not exist', "error": "PROPERTY_DOESNT_EXIST", "name": k} for k in properties if k not in KNOWN[kind]]
    if bad:
        raise Refused(400, "VALIDATION_ERROR", "Property values were not valid: " + json.dumps(bad))
    if kind == "notes" and "hs_timestamp" not in properties:
        raise Refused(400, "VALIDATION_ERROR", "hs_timestamp is required")


def unique_email(kind, properties, own):
    email = properties.get("email", "").lower() if kind == "contacts" else ""
    for i, r in records["contacts"].items():
        if email and i != own and r["properties"].get("email") == email:
            raise Refused(409, "CONFLICT", f"Contact already exists. Existing ID: {i}")
    return {**properties, **({"email": email} if "email" in properties else {})}


def shown(kind, i, wanted, associations=()):
    r = records[kind][i]
    properties = {k: r["properties"].get(k) for k in (wanted or DEFAULT[kind]) if k in KNOWN[kind]}
    properties.update({"createdate" if kind != "notes" else "hs_createdate": r["createdAt"], CHANGED[kind]: r["updatedAt"], "hs_object_id": i})
    out = {"id": i, "properties": properties, "createdAt": r["createdAt"], "updatedAt": r["updatedAt"], "archived": False}
    for to in associations:
        results = [{"id": b[1], "type": f"{TYPES[kind]}_to_{TYPES[to]}{more}"} for a, b in sorted(links) if a == (kind, i) and b[0] == to for more in ("", "_unlabeled")]
        if results:
            out.setdefault("associations", {})[to] = {"results": results}
    return out


def find(kind, i):
    if i not in records[kind]:
        raise Refused(404, "OBJECT_NOT_FOUND", "resource not found")
    return i


def create(kind, body):
    global next_id
    properties = unique_email(kind, body.get("properties") or {}, None)
    check(kind, properties)
    if not properties:
        raise Refused(400, "VALIDATION_ERROR", "No properties found to create object")
    ends = []
    for a in body.get("associations") or []:
        for t in a["types"]:
            ends_of = LABELS.get(t["associationTypeId"])
            if t["associationCategory"] != "HUBSPOT_DEFINED" or ends_of is None or ends_of[0] != kind:
                raise Refused(400, "VALIDATION_ERROR", "association type is not valid")
            ends.append((ends_of[1], find(ends_of[1], str(a["to"]["id"]))))
    i, next_id = str(next_id), next_id + 1
    at = iso(now())
    records[kind][i] = {"properties": {k: str(v) for k, v in properties.items() if v not in (None, "")}, "createdAt": at, "updatedAt": at, "made": time.time()}
    for end in ends:
        links.update({((kind, i), end), (end, (kind, i))})
    return shown(kind, i, list(properties))


def update(kind, i, body):
    properties = unique_email(kind, body.get("properties") or {}, find(kind, i))
    check(kind, {"hs_timestamp": 0, **properties} if kind == "notes" else properties)
    r = records[kind][i]
    for k, v in properties.items():
        r["properties"].pop(k, None)
        if v not in (None, ""):
            r["properties"][k] = str(v)
    at = iso(now())
    r["updatedAt"] = at if at > r["updatedAt"] else iso(datetime.datetime.fromisoformat(r["updatedAt"].replace("Z", "+00:00")) + datetime.timedelta(milliseconds=1))
    return shown(kind, i, list(properties))


def holds(kind, i, f):
    r, name, op = records[kind][i], f["propertyName"], f["operator"]
    is_ = {"hs_object_id": i, CHANGED[kind]: str(ms(r["updatedAt"])), "createdate": str(ms(r["createdAt"]))}.get(name, r["properties"].get(name))
    if name not in KNOWN[kind] | {"hs_object_id", CHANGED[kind], "createdate"}:
        raise Refused(400, "VALIDATION_ERROR", "There was a problem with the request.", errors=[{"message": f"{name} does not exist"}])
    if op == "NOT_HAS_PROPERTY":
        return is_ is None
    if is_ is None:
        return False
    if op == "EQ":
        return is_.lower() == f["value"].lower()
    a, b = (int(is_), int(f["value"])) if is_.isdigit() else (is_, f["value"])
    return {"GT": a > b, "GTE": a >= b, "LT": a < b, "LTE": a <= b}[op]


def search(kind, body):
    limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
    if limit > 200 or after + limit > 10000:
        raise Refused(400, "VALIDATION_ERROR", "Paging through results may not exceed 10000")
    words = (body.get("query") or "").lower().split()
    found = []
    for i, r in records[kind].items():
        text = " ".join(r["properties"].get(k, "") for k in TEXT[kind]).lower()
        groups = body.get("filterGroups") or []
        if time.time() - r["made"] >= o.lag and all(w in text for w in words) and (not groups or any(all(holds(kind, i, f) for f in g["filters"]) for g in groups)):
            found.append(i)
    for s in reversed(body.get("sorts") or []):
        name, down = (s["propertyName"], s.get("direction") == "DESCENDING") if isinstance(s, dict) else (s.lstrip("-"), s[0] == "-")
        found.sort(key=lambda i: int(i) if name == "hs_object_id" else records[kind][i]["properties"].get(name, ""), reverse=down)
    page = found[after:after + limit]
    out = {"total": len(found), "results": [shown(kind, i, body.get("properties")) for i in page]}
    if after + limit < len(found):
        out["paging"] = {"next": {"after": str(after + limit)}}
    return out


def batch(kind, body):
    if len(body["inputs"]) > 100:
        raise Refused(400, "VALIDATION_ERROR", "at most 100 inputs")
    there = [i["id"] for i in body["inputs"] if i["id"] in records[kind]]
    gone = [i["id"] for i in body["inputs"] if i["id"] not in records[kind]]
    out = {"status": "COMPLETE", "results": [shown(kind, i, body.get("properties")) for i in there], "startedAt": iso(now()), "completedAt": iso(now())}
    if gone:
        out.update(numErrors=1, errors=[{"status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects", "context": {"ids": gone}}])
    return (207 if gone else 200), out


def answer(method, path, query, body):
    many = lambda name: [w for v in query.get(name, []) for w in v.split(",") if w]
    m = re.fullmatch(r"/crm/v3/objects/(\w+)(?:/([^/]+))?(/read)?", path)
    if m and m.group(1) in TYPES:
        kind, i = m.group(1), m.group(2)
        if method == "POST" and i == "search":
            recent = [t for t in searches if time.time() - t < 1]
            searches[:] = recent + [time.time()]
            if len(recent) >= 5:
                raise Refused(429, "RATE_LIMITS", "You have reached your secondly limit.", errorType="RATE_LIMIT", policyName="SECONDLY")
            return 200, search(kind, body)
        if method == "POST" and i == "batch" and m.group(3):
            return batch(kind, body)
        if method == "POST" and i is None:
            return 201, create(kind, body)
        if i is not None:
            i = urllib.parse.unquote(i)
        if i is not None and query.get("idProperty") == ["email"]:
            i = next((k for k, r in records["contacts"].items() if r["properties"].get("email") == i.lower()), "0")
        if method == "GET" and i is not None:
            return 200, shown(kind, find(kind, i), many("properties"), many("associations"))
        if method == "PATCH" and i is not None:
            return 200, update(kind, i, body)
    m = re.fullmatch(r"/crm/v4/objects/(\w+)/(\d+)/associations/(\w+)", path)
    if m and method == "GET":
        number = next(k for k, v in {**LABELS, 201: ("contacts", "notes")}.items() if v == (m.group(1), m.group(3)))
        return 200, {"results": [{"toObjectId": int(b[1]), "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": number, "label": None}]}
                                 for a, b in sorted(links) if a == (m.group(1), m.group(2)) and b[0] == m.group(3)]}
    raise Refused(404, "OBJECT_NOT_FOUND", "no such place")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *a):
        pass

    def give(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status = status
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def fault_of(self):
        for f in faults:
            if f["times"] > 0 and re.search(f.get("on", "."), f"{self.command} {self.path}"):
                f["times"] -= 1
                return f
        return None

    # The process at the other end of the line.
    def who_asks(self):
        ours, theirs = (":%04X" % p for p in (self.server.server_port, self.client_address[1]))
        rows = [line.split() for line in open("/proc/net/tcp")][1:]
        inode = next(r[9] for r in rows if r[1].endswith(theirs) and r[2].endswith(ours))
        for fd in glob.glob("/proc/[0-9]*/fd/*"):
            try:
                if os.readlink(fd) == f"socket:[{inode}]":
                    return int(fd.split("/")[2])
            except OSError:
                pass

    # What takes the answer's place; True: nothing else is to be said.
    def misbehave(self, f, run):
        what = f["fault"]
        if what in ("lost", "late", "crash"):
            run()
        if what == "crash":
            os.kill(int(open(f["file"]).read()) if "file" in f else self.who_asks(), signal.SIGKILL)
        if what in ("lost", "crash", "before"):
            return self.hang_up()
        if what == "late":
            return self.give(502, b"<html>bad gateway</html>")
        if what == "429":
            policy = f.get("policy", "SECONDLY")
            headers = [("Retry-After", str(f["wait"]))] if "wait" in f else []
            headers += [("X-HubSpot-RateLimit-Interval-Milliseconds", str(f["interval"]))] if "interval" in f else []
            return self.give(429, {"status": "error", "message": f"You have reached your {policy.lower()} limit.", "errorType": "RATE_LIMIT", "correlationId": "c", "policyName": policy}, headers)
        if what == "401":
            return self.give(401, {"status": "error", "message": "Authentication credentials not found.", "correlationId": "c", "category": "INVALID_AUTHENTICATION"})
        if what == "403":
            return self.give(403, {"status": "error", "message": "This app hasn't been granted all required scopes to make this call.", "correlationId": "c", "category": "MISSING_SCOPES",
                                   "errors": [{"message": "One or more of the following scopes are required.", "context": {"requiredGranularScopes": ["crm.objects.contacts.read"]}}]})
        if what in ("500", "503"):
            return self.give(int(what), {"status": "error", "message": "Internal error", "correlationId": "c"}, [("Retry-After", str(f["wait"]))] if "wait" in f else [])
        if what == "echo":
            return self.give(200, {"id": "101", "updatedAt": iso(now()), "properties": {"email": self.headers["Authorization"]}})
        if what == "redirect":
            return self.give(302, b"", [("Location", f["to"])])
        if what == "garbage":
            return self.give(200, b'{"id":"101","properties":{"email":"\xff\xfe", "email":1}} trailing')
        if what == "nothing":
            return self.give(200, b"")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if what == "huge":
            self.send_header("Content-Length", str(64 << 20))
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for _ in range(1000000):
                self.wfile.write(b"[" if what == "drip" else b'{"a":"' + b"x" * 65536)
                self.wfile.flush()
                if what == "drip":
                    time.sleep(0.2)
        except OSError:
            pass

    def practice(self, body):
        if self.path == "/practice/state":
            return self.give(200, {"records": records, "log": log, "links": sorted(map(list, links))})
        if self.path == "/practice/change":
            return self.give(200, update(body["type"], body["id"], body))
        if self.path == "/practice/fault":
            faults[:] = [{"times": 1, **body}] if body else []
            return self.give(200, {})
        return self.give(404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(body) if body else {}
        at, f = time.time(), None
        self.status = 0
        if self.path.startswith("/practice/"):
            with lock:
                return self.practice(body)
        path, _, query = self.path.partition("?")

        def run():
            with lock:
                return answer(self.command, path, urllib.parse.parse_qs(query), body)
        try:
            if self.headers["Authorization"] != "Bearer " + o.token:
                raise Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found.")
            f = self.fault_of()
            if f:
                self.misbehave(f, run)
            else:
                status, out = run()
                search = path.endswith("/search")
                self.give(status, out, [] if search else [("X-HubSpot-RateLimit-Daily", "250000"), ("X-HubSpot-RateLimit-Daily-Remaining", "249000"),
                                                          ("X-HubSpot-RateLimit-Interval-Milliseconds", "10000"), ("X-HubSpot-RateLimit-Max", "100"), ("X-HubSpot-RateLimit-Remaining", "99")])
        except Refused as e:
            if not (f and f["fault"] in ("lost", "late", "crash")):
                self.give(e.status, e.body)
        finally:
            log.append([self.command, path, self.status, at])

    do_GET = do_PATCH = do_PUT = do_DELETE = do_POST


signal.signal(signal.SIGTERM, lambda *a: os._exit(0))
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
if o.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(o.cert)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
