#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The CRM kept at HubSpot, on a practice account: an agent reads, proposes, and what was
# approved is changed there once; what changed meanwhile is left alone; limits are kept;
# killed around a POST nothing is made twice. Then the server by itself (hubspot_check.py).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

server=$TOP_BUILDDIR/libexec/claviger/claviger-crm
[ -x "$server" ] || skip "$server is not built"
token=pat-practice-7391-0246-8135
hubspot_pid=
clean_up_hubspot() {
	[ -n "$hubspot_pid" ] && kill "$hubspot_pid" 2>/dev/null && wait "$hubspot_pid" 2>/dev/null
	clean_up
}
trap clean_up_hubspot EXIT
start_hubspot() {
	[ -n "$hubspot_pid" ] && kill "$hubspot_pid" 2>/dev/null && wait "$hubspot_pid" 2>/dev/null
	: >"$dir/hubspot.out"
	python3 "$TOP_SRCDIR/tests/e2e/hubspot_server.py" --token "$token" >"$dir/hubspot.out" 2>"$dir/hubspot.err" </dev/null &
	hubspot_pid=$!
	wait_for 30 grep -q '^listening on ' "$dir/hubspot.out"
	hubspot=http://$(sed -n 's/^listening on //p' "$dir/hubspot.out")
}
start_hubspot
# at_hubspot PATH [JSON]: beside the API; the answer is in $dir/practice.json
at_hubspot() {
	python3 - "$hubspot/practice/$1" "$dir/practice.json" "${2:-}" <<'P' || fail "the practice account does not answer"
import sys, urllib.request
url, out, body = sys.argv[1:]
web = urllib.request.build_opener(urllib.request.ProxyHandler({}))
open(out, "wb").write(web.open(urllib.request.Request(url, body.encode() if body else None), timeout=20).read())
P
}
account() { at_hubspot state && py "$1" "$dir/practice.json"; }
work() { ok run --until-idle --json; }
goal() { ok goal add "$1" --no-plan --agent Sam --json && work; }
state_of() { ok approval show "$1" --json; py 'd["state"]'; }
posts="sum(e[0] == 'POST' and e[1] == '/crm/v3/objects/deals' for e in d['log'])"
deals() { account "sum(r['properties']['dealname'] == '$1' for r in d['records']['deals'].values())"; }

start_practice --rate 5000 --script "$TOP_SRCDIR/tests/e2e/hubspot.json"
ok init --json
ok config set undo_window_s 0
add_key main
expect 2 connector add crm --type crm --backend elsewhere
expect 2 connector add crm --type crm --base-url "$hubspot"
expect 2 connector add crm --type crm --backend hubspot --base-url http://example.com
expect 2 connector add crm --type inbox --backend hubspot
ok connector add crm --type crm --backend hubspot --base-url "$hubspot" --property favourite_colour --json
is 'sorted((t["name"], t["effect"]) for t in d) == [("add_note", "write"), ("create_record", "write"), ("get_record", "read"), ("search_records", "read"), ("update_record", "write")]'
expect 7 connector test crm
grep -q 'no token' "$dir/last.err" || fail "a missing token is not named"
printf 'pat-of-somebody-else\n' >"$dir/token"
chmod 600 "$dir/token"
ok connector secret crm token --file "$dir/token"
expect 7 connector test crm
grep -q 'does not take this token' "$dir/last.err" || fail "a wrong token is not named"
printf '%s\n' "$token" >"$dir/token"
ok connector secret crm token --file "$dir/token"
rm "$dir/token"
ok connector test crm --json
expect 2 crm export crm "$dir/out.csv"
grep -q 'at HubSpot' "$dir/last.err" || fail "it is not said why nothing is exported"
say "an account is added, with its token"

python3 - "$hubspot" "$token" <<'P' || fail "the account could not be filled"
import json, sys, urllib.request
for kind, properties in (("contacts", {"firstname": "Dana", "lastname": "Example", "email": "dana@example.com", "phone": "555-1"}),):
    r = urllib.request.Request(sys.argv[1] + "/crm/v3/objects/" + kind, json.dumps({"properties": properties}).encode(), {"Authorization": "Bearer " + sys.argv[2]})
    assert json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(r))["id"] == "101"
P
phone="d['records']['contacts']['101']['properties']['phone']"

# Read, proposed, shown with the old value and the new, approved, changed.
goal "set phone of contact/101 to 555-2"
approval=$(pending)
ok approval show "$approval"
grep -q '^phone: 555-1 -> 555-2$' "$dir/last.out" && grep -q 'Dana Example' "$dir/last.out" || fail "old, new and whose are not all shown"
[ "$(account "$phone")" = 555-1 ] || fail "it was changed before anybody said yes"
approve "$approval"
work
[ "$(state_of "$approval")" = fired ] && [ "$(account "$phone")" = 555-2 ] || fail "the approved change was not made"
say "a change is read, proposed, shown, approved and made"

# Somebody else changes it between the approval and the firing.
goal "set phone of contact/101 to 555-3"
approval=$(pending)
approve "$approval"
at_hubspot change '{"type": "contacts", "id": "101", "properties": {"phone": "555-9"}}'
work
[ "$(state_of "$approval")" = failed ] || fail "a stale change was not refused: $(state_of "$approval")"
[ "$(account "$phone")" = 555-9 ] || fail "a stale change was made"
[ "$(account "sum(e[0] == 'PATCH' for e in d['log'])")" = 1 ] || fail "a stale change was sent"
ok approval show "$approval" --json
is '"changed since it was read" in json.dumps(d)'
for id in $(pending); do ok approval reject "$id" --reason "not yet"; done
work
say "a change is refused because the record changed meanwhile"

# A limit is kept: the read waits as it is told, and the change comes about.
at_hubspot fault '{"fault": "429", "on": "GET", "times": 2, "wait": 1}'
goal "set phone of contact/101 to 555-4"
approve "$(pending)"
work
[ "$(account "$phone")" = 555-4 ] || fail "a rate limit ended the work"
say "a rate limit is waited for"

goal "note on contact/101: called back, wants a quote"
approve "$(pending)"
work
[ "$(account "[r['properties']['hs_note_body'] for r in d['records']['notes'].values()]")" = "['called back, wants a quote']" ] || fail "the note is not there"

# The answer to a POST is lost: read back, and fired.
at_hubspot fault '{"fault": "lost", "on": "POST /crm/v3/objects/deals$", "times": 1}'
goal "add the deal Lost"
approval=$(pending)
approve "$approval"
work
[ "$(state_of "$approval")" = fired ] && [ "$(deals Lost)" = 1 ] || fail "a lost answer: $(state_of "$approval"), $(deals Lost) deals"

# The server is killed when HubSpot has taken the POST; then the worker.
goal "add the deal Cut"
approval=$(pending)
approve "$approval"
at_hubspot fault "{\"fault\": \"crash\", \"on\": \"POST /crm/v3/objects/deals\$\", \"times\": 1, \"file\": \"$dir/pid\"}"
sh -c 'echo $$ >"$1"; shift; exec "$@"' sh "$dir/pid" "$claviger" --home "$home" run --until-idle >"$dir/last.out" 2>&1 </dev/null
work
case $(state_of "$approval") in
fired | unknown) ;;
*) fail "a worker that was killed: $(state_of "$approval")" ;;
esac
[ "$(deals Cut)" = 1 ] || fail "$(deals Cut) deals after the worker was killed"
before=$(account "$posts")
goal "add the deal Slain"
approval=$(pending)
approve "$approval"
at_hubspot fault '{"fault": "crash", "on": "POST /crm/v3/objects/deals$", "times": 1}'
work
work
case $(state_of "$approval") in
fired | unknown) ;;
*) fail "a server that was killed: $(state_of "$approval")" ;;
esac
[ "$(deals Slain)" = 1 ] && [ "$(account "$posts")" = $((before + 1)) ] || fail "$(deals Slain) deals after the server was killed"
say "killed around the POST, nothing is made twice"

ok journal verify
if grep -rqaF "$token" "$home" "$dir"/last.* 2>/dev/null; then fail "the token is on disk in the clear"; fi
books_agree

start_hubspot
python3 "$TOP_SRCDIR/tests/e2e/hubspot_check.py" --server "$server" --url "$hubspot" --token "$token" --dir "$dir" || fail "the server by itself"
say "the server by itself, whatever is answered"
