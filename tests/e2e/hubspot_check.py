#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""claviger-crm by itself, spoken to over MCP, against hubspot_server.py: each tool, and what
HubSpot may answer instead of what was asked.

  hubspot_check.py --server PROGRAM --url URL --token T --dir D"""
import argparse, glob, json, os, re, subprocess, sys, time, urllib.request

p = argparse.ArgumentParser()
for name in ("server", "url", "token", "dir"):
    p.add_argument("--" + name, required=True)
o = p.parse_args()
failures = []
web = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def holds(what, good, seen=""):
    if not good:
        failures.append(what)
        print(f"FAILED: {what}: {str(seen)[:1500]}")


def practice(path, body=None):
    return json.load(web.open(urllib.request.Request(o.url + "/practice/" + path, json.dumps(body).encode() if body is not None else None), timeout=20))


def fault(name, on=".", times=1, **more):
    practice("fault", {"fault": name, "on": on, "times": times, **more})


def sent(method, since):
    return [e for e in practice("state")["log"][since:] if e[0] == method and not e[1].endswith(("/search", "/read"))]


class Server:
    def __init__(self, token=o.token, state="hubspot-state", **more):
        self.state = f"{o.dir}/{state}"
        os.makedirs(self.state, exist_ok=True)
        r, w = os.pipe()
        os.write(w, token.encode())
        os.close(w)
        settings = {"backend": "hubspot", "base_url": o.url, "properties": ["favourite_colour"], **more}
        self.p = subprocess.Popen([o.server, "--state", self.state, "--settings", json.dumps(settings)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  pass_fds=(3,), preexec_fn=lambda: os.dup2(r, 3))
        os.close(r)
        self.n = 0

    def ask(self, tool, meta, args):
        self.n += 1
        m = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", **{"claviger/" + k: v for k, v in dict(meta).items()}}
        self.p.stdin.write((json.dumps({"jsonrpc": "2.0", "id": self.n, "method": "tools/call", "params": {"name": tool, "arguments": args, "_meta": m}}) + "\n").encode())
        self.p.stdin.flush()

    def call(self, tool, meta=(), **args):
        self.ask(tool, meta, args)
        r = json.loads(self.p.stdout.readline())["result"]
        self.kind, self.failed, self.structured = r["resultType"], r["isError"], r.get("structuredContent")
        return r["content"][0]["text"]

    def check(self, tool, **args):
        return self.call(tool, {"check": True}, **args)

    def fire(self, tool, key, **args):
        return self.call(tool, {"idempotency_key": key * 32, "task": 1}, **args)

    def prove(self, tool, key, **args):
        self.call(tool, {"idempotency_key": key * 32, "prove": True}, **args)
        return self.structured["fired"]

    def end(self):
        self.p.stdin.close()
        holds("it ends when its input does", self.p.wait(20) == 0)
        self.p.stdout.close()
        self.p.stderr.close()


s = Server()
# --- what is made is found and read -------------------------------------------------------
holds("a company is made", s.fire("create_record", "a0", kind="company", fields={"name": "Acme & Sons", "domain": "acme.example"}).startswith("Done: ") and not s.failed, s.structured)
company = s.structured["record"]
holds("the receipt is the embedded one's", set(s.structured) == {"record", "revision", "already_done"} and company.startswith("company/"), s.structured)
s.fire("create_record", "a1", kind="contact", fields={"name": "Dana van Example", "email": "Dana@example.com", "phone": "555-1", "company": company, "title": "Buyer"})
dana = s.structured["record"]
s.fire("create_record", "a2", kind="deal", fields={"title": "Big deal", "amount": "1200.50", "contact": dana, "company": company, "close_date": "2027-01-31"})
deal = s.structured["record"]
text = s.call("get_record", record=dana)
holds("a contact", text.startswith(f"record: {dana}\nrevision: 1") and f"\ncompanies: {company}\n" in text and f"\ndeals: {deal}\n" in text and "\nname: Dana van Example\n" in text
      and "\nfirst_name: Dana van\n" in text and "\nemail: dana@example.com\n" in text and "\ntitle: Buyer\n" in text and "createdate" not in text, text)
text = s.call("get_record", record=deal)
holds("a deal", "\nclose_date: 2027-01-31\n" in text and f"\ncontact: {dana}\n" in text and f"\ncompany: {company}\n" in text and "\namount: 1200.50\n" in text, text)
text = s.call("search_records", text="dana")
holds("found by a word", re.search(rf"^{dana}: Dana van Example; (?=.*email dana@example.com)", text) is not None and "more:" not in text, text)
holds("found by a field", s.call("search_records", kind="contact", field="name", value="dana van example").startswith(dana))
holds("found by a day", s.call("search_records", kind="deal", field="close_date", value="2027-01-31").startswith(deal))
holds("nothing", s.call("search_records", kind="deal", text="nothing like it") == "(nothing found)\n")
holds("nothing has changed since", s.call("search_records", changed_since="2999-01-01") == "(nothing found)\n" and dana in s.call("search_records", changed_since="2020-01-01"))
holds("a field that some kinds have", s.call("search_records", field="title", value="big deal").startswith(deal) and not s.failed)
s.call("search_records", field="no_such_thing", value="x")
holds("and one that none has", s.failed)
s.call("search_records", kind="deal", field="contact", value=dana)
holds("what belongs together is no value", s.failed)
for i in range(5):
    s.fire("create_record", f"b{i}", kind="company", fields={"name": f"Company {i}"})
seen, cursor = [], None
for _ in range(10):
    text = s.call("search_records", limit=3, **({"cursor": cursor} if cursor else {}))
    seen += re.findall(r"^(\w+/\d+): ", text, re.M)
    more = re.search(r'\(more: cursor "(.*)"\)', text)
    if not more:
        break
    cursor = more.group(1)
holds("pages go on over all kinds", len(seen) == len(set(seen)) == 8 and [k.split("/")[0] for k in seen] == ["contact"] + ["company"] * 6 + ["deal"], seen)
s.call("search_records", cursor="12; drop")
holds("a made-up cursor", s.failed)

# --- a change -----------------------------------------------------------------------------
def change(new, old, field="phone", record=dana):
    return dict(record=record, fields={field: new}, before={field: old})


s.check("update_record", **change("555-2", "555-1"))
holds("a check shows what is there", not s.failed and s.structured["before"] == {"phone": "555-1"} and s.structured["about"] == {"record": "Dana van Example"} and len(s.structured["target"]) == 64, s.structured)
since = len(practice("state")["log"])
practice("change", {"type": "contacts", "id": dana.split("/")[1], "properties": {"phone": "555-9"}})
text = s.fire("update_record", "c0", **change("555-2", "555-1"))
holds("a record that changed meanwhile is left alone", s.failed and text == "`phone` is not what `before` says: the record changed since it was read: "
      "read it again and propose the change from what it holds now.", text)
holds("nothing was sent", sent("PATCH", since) == [])
s.fire("update_record", "c1", record=dana, fields={"phone": "555-2", "name": "Dana Sample", "favourite_colour": "green", "title": None},
       before={"phone": "555-9", "name": "Dana van Example", "favourite_colour": None, "title": "Buyer"})
text = s.call("get_record", record=dana)
holds("several fields at once", "\nphone: 555-2\n" in text and "\nname: Dana Sample\n" in text and "\nfavourite_colour: green\n" in text and "title" not in text, text)
holds("once for a key", "already" in s.fire("update_record", "c1", record=dana, fields={"phone": "555-2"}, before={"phone": "555-9"}) and len(sent("PATCH", since)) == 1)
holds("and proved", s.prove("update_record", "c1", **change("555-2", "555-9")) is True)
for bad in (change("", None, "companies"), change("company/1", None, "company"), change("x", None, "companies"), change(None, "Dana Sample", "name"), change(" a  b ", "Dana Sample", "name"),
            change("555-2", "555-2"), change("x@y, z", "dana@example.com", "email")):
    s.check("update_record", **bad)
    holds(f"refused: {bad}", s.failed)
holds("no such property", "HubSpot refuses it (400)" in s.fire("update_record", "c2", **change("x", None, "no_such_thing")) and s.failed)
s.check("create_record", kind="deal", fields={"title": "x", "contact": "Dana"})
holds("a link is an id", s.failed)
text = s.check("create_record", kind="contact", fields={"name": "Another", "email": "DANA@example.com"})
holds("who is there already", s.failed and text == f"there is {dana} with that mail address already: read it, and change it if need be.", text)
s.check("create_record", kind="company", fields={"name": "acme & sons"})
holds("of that name", s.failed)
holds("none of that number", s.call("get_record", record="contact/999") == "there is no contact/999." and s.failed)

s.fire("create_record", "c3", kind="contact", fields={"name": "Nobody", "email": "nobody@example.com"})
nobody = s.structured["record"]
practice("change", {"type": "contacts", "id": nobody.split("/")[1], "properties": {"firstname": None, "lastname": None}})
s.check("update_record", **change("1", None, record=nobody))
holds("one without a name can be changed, and is shown by its mail address", not s.failed and s.structured["about"] == {"record": "nobody@example.com"}, s.structured)

# --- notes ----------------------------------------------------------------------------------
note = 'said "yes" & <b>no</b>\nand more: 漢字'
s.fire("add_note", "d0", record=dana, text=note)
holds("a note", not s.failed and s.structured["record"] == dana, s.structured)
text = s.call("get_record", record=dana)
holds("its words are what they were", "note 20" in text and ": " + note.replace("\n", "\\n") + "\n" in text, text)
holds("it is kept as HTML", [r["properties"]["hs_note_body"] for r in practice("state")["records"]["notes"].values()] == [
    "said &quot;yes&quot; &amp; &lt;b&gt;no&lt;/b&gt;<br>and more: 漢字"])

# --- answers that do not come ---------------------------------------------------------------
key = iter("%02x" % i for i in range(0x20, 0x90))
made = dict(kind="contact", fields={"name": "Robin Lost", "email": "robin@example.com"})
deal_of = lambda n: dict(kind="deal", fields={"title": f"Deal {n}", "amount": "5"})
for what in ("lost", "late"):
    for on, tool, args in (("PATCH", "update_record", None), ("POST /crm/v3/objects/notes$", "add_note", dict(record=dana, text=f"note {what}")),
                           ("POST /crm/v3/objects/deals$", "create_record", deal_of(what)), ("POST /crm/v3/objects/contacts$", "create_record", {**made, "fields": {"name": f"Robin {what}", "email": f"{what}@example.com"}})):
        args = args or change(f"after {what}", re.search(r"\nphone: (.*)\n", s.call("get_record", record=dana)).group(1))
        since, k = len(practice("state")["log"]), next(key)
        fault(what, on)
        text = s.fire(tool, k, **args)
        holds(f"{what}: {tool} is found again", s.kind == "complete" and not s.failed, text)
        s.fire(tool, k, **args)
        holds(f"{what}: {tool} is sent once", s.structured["already_done"] is True and len(sent("PATCH", since) + sent("POST", since)) == 1, practice("state")["log"][since:])
for on, tool, args in (("PATCH", "update_record", change("never", "after late")), ("POST /crm/v3/objects/notes$", "add_note", dict(record=dana, text="never")),
                       ("POST /crm/v3/objects/deals$", "create_record", deal_of("never"))):
    since, k = len(practice("state")["log"]), next(key)
    fault("before", on)
    text = s.fire(tool, k, **args)
    holds(f"{tool}: what is not found is unknown", s.kind == "unknown" and not s.failed, text)
    holds(f"{tool}: it stays so", s.prove(tool, k, **args) is None)
    s.fire(tool, k, **args)
    holds(f"{tool}: and is not sent again", s.kind == "unknown" and len(sent("PATCH", since) + sent("POST", since)) == 1)
k = next(key)
holds("what was never begun is proved not to be", s.prove("add_note", k, record=dana, text="x") is False)
s.fire("add_note", k, record=dana, text="x")
holds("and cannot begin any more", s.kind == "unknown")
for what in ("401", "403", "429", "redirect"):
    since, k = len(practice("state")["log"]), next(key)
    fault(what, "PATCH", to=o.url + "/practice/state", policy="DAILY")
    text = s.fire("update_record", k, **change("never", "after late"))
    holds(f"a change that is refused with {what} failed, once", s.failed and s.kind == "complete" and len(sent("PATCH", since)) == 1, text)
    s.fire("update_record", k, **change(f"after {what}", "after late"))
    s.fire("update_record", next(key), **change("after late", f"after {what}"))
    holds("its key is free", not s.failed)
since, k = len(practice("state")["log"]), next(key)
fault("500", "PATCH")
s.fire("update_record", k, **change("never", "after late"))
holds("a server's failure leaves a change unknown", s.kind == "unknown" and len(sent("PATCH", since)) == 1)

# --- limits and nonsense --------------------------------------------------------------------
def timed(**more):
    begun = time.time()
    return s.call("get_record", record=dana), time.time() - begun


fault("429", wait=1, times=2)
text, took = timed()
holds("a read waits as it is told", not s.failed and 1.9 < took < 20, (took, text))
fault("429", policy="TEN_SECONDLY_ROLLING", interval=1500)
text, took = timed()
holds("for the rest of the interval", not s.failed and 1.4 < took < 20, (took, text))
fault("503", wait=1)
holds("when it is short of something", not timed() [0].startswith("HubSpot") and not s.failed)
fault("429", wait=3600)
text, took = timed()
holds("not for an hour", s.failed and took < 20 and "takes no more requests" in text, (took, text))
fault("429", policy="DAILY")
text, took = timed()
holds("nor for a day", s.failed and took < 20 and "limit for the day" in text, (took, text))
begun = time.time()
for i in range(8):
    s.call("search_records", kind="contact")
    holds("searches keep their pace", not s.failed)
holds("four a second", time.time() - begun > 1.7, time.time() - begun)
holds("none was one too many", not [e for e in practice("state")["log"] if e[1].endswith("/search") and e[2] == 429])
for what, words in (("401", "does not take this token"), ("403", "it lacks crm.objects.contacts.read"), ("500", "HubSpot failed (500)"), ("garbage", "is no JSON"), ("nothing", "is no JSON"),
                    ("echo", "shows the token"), ("redirect", "not followed"), ("huge", "too long"), ("endless", "too long")):
    fault(what, to=o.url + "/practice/state")
    text, took = timed()
    holds(f"{what} is told in one line", s.failed and words in text and text.count("\n") == 0 and o.token not in text and took < 20, (took, text))
fault("drip", times=1)
text, took = timed()
holds("a slow drip ends", s.failed and "in time" in text and took < 35, (took, text))
fault("lost", times=0)
holds("and it works again", timed()[0].startswith("record: "))
peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{s.p.pid}/status").read()).group(1))
print(f"figure: at most {peak / 1024:.1f} MiB in memory")
holds("endless answers fill no memory", peak < 64 << 10 or any(mark in open(o.server, "rb").read() for mark in (b"__asan_init", b"__tsan_init")), peak)
environment = open(f"/proc/{s.p.pid}/environ", "rb").read() + open(f"/proc/{s.p.pid}/cmdline", "rb").read()
holds("the token stands neither in environment nor in arguments", o.token.encode() not in environment)
s.end()
holds("nor in its folder", not any(o.token.encode() in open(f, "rb").read() for f in glob.glob(s.state + "/**", recursive=True) if os.path.isfile(f)))

# --- killed around a POST ----------------------------------------------------------------------
for n in range(6):
    s = Server(state=f"killed-{n}")
    k, args = next(key), deal_of(f"killed {n}")
    if n % 2 == 0:    # done, and the server is killed instead of answered
        fault("crash", "POST /crm/v3/objects/deals$")
        s.ask("create_record", {"idempotency_key": k * 32, "task": 1}, args)
    else:             # at some moment of the call
        s.ask("create_record", {"idempotency_key": k * 32, "task": 1}, args)
        time.sleep(0.01 * n)
        s.p.kill()
    s.p.wait(20)
    again = Server(state=f"killed-{n}")
    again.fire("create_record", k, **args)
    end = again.kind, again.prove("create_record", k, **args)
    there = sum(r["properties"].get("dealname") == f"Deal killed {n}" for r in practice("state")["records"]["deals"].values())
    holds(f"killed, never two: {end}, {there} there", there <= 1 and (end[0] == "unknown" or there == 1) and (n % 2 or end == ("complete", True)))
    again.end()

wrong = Server(token="pat-wrong", state="wrong")
holds("a wrong token is said to be one", "does not take this token" in wrong.call("search_records", kind="contact") and wrong.failed)
wrong.end()
none = Server(token="", state="none")
holds("a missing one too", "no token yet" in none.call("get_record", record=dana) and none.failed)
none.end()

# --- the index is behind, and the line is TLS -----------------------------------------------------
pem = f"{o.dir}/own.pem"
has_openssl = subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", pem + ".key", "-out", pem, "-days", "2",
                              "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], capture_output=True).returncode == 0
if has_openssl:
    with open(pem + ".both", "w") as f:
        f.write(open(pem).read() + open(pem + ".key").read())
    other = subprocess.Popen([sys.executable, os.path.dirname(os.path.abspath(__file__)) + "/hubspot_server.py", "--token", o.token, "--lag", "3600", "--cert", pem + ".both"], stdout=subprocess.PIPE, text=True)
    port = other.stdout.readline().strip().rsplit(":", 1)[1]
    stranger = Server(state="stranger", base_url=f"https://localhost:{port}")
    holds("a stranger's certificate ends it", "cannot be trusted" in stranger.fire("create_record", "e0", **deal_of("tls")) and stranger.failed and stranger.kind == "complete")
    stranger.end()
    s = Server(state="tls", base_url=f"https://localhost:{port}", ca_file=pem)
    s.fire("create_record", "e1", kind="contact", fields={"name": "Lee Late", "email": "lee@example.com"})
    lee = (s.structured or {}).get("record")
    holds("what was just made is read, though no search finds it", not s.failed and "name: Lee Late" in s.call("get_record", record=lee) and "nothing found" in s.call("search_records", kind="contact"))
    holds("and is not made again", lee in s.fire("create_record", "e2", kind="contact", fields={"name": "Lee Late", "email": "lee@example.com"}) and s.failed)
    s.end()
    wrong_name = Server(state="wrong-name", base_url=f"https://127.0.0.1:{port}", ca_file=pem)
    holds("nor one for another name", "cannot be trusted" in wrong_name.call("search_records", kind="contact") and wrong_name.failed)
    wrong_name.end()
    other.terminate()
    other.wait(20)
for url in ("http://example.com", "ftp://127.0.0.1", "https://api.hubapi.com/path", "https://user@example.com", "http://127.0.0.1.example.com"):
    bad = Server(state="bad", base_url=url)
    bad.p.stdin.close()
    holds(f"no such address: {url}", bad.p.wait(20) == 2)
sys.exit(bool(failures))
