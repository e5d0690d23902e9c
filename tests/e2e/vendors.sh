#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same work on every wire: a goal is planned, approved, carried out, and our books
# are the vendor's to the last digit. Then a goal that changes its vendor half-way, and
# keys that may or may not step in for each other.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

aws=AKIAPRACTICE00000001:practice/secret+0123456789abcdefghijklmn
pair='{"access_key_id":"'${aws%%:*}'","secret_access_key":"'${aws#*:}'"}'

put_key() {	# LABEL VENDOR KEY [API]
	printf '%s\n' "$3" >"$dir/key"
	# shellcheck disable=SC2086
	ok key add --vendor "$2" --label "$1" --base-url "$url" --file "$dir/key" ${4:+--api $4} --json
	is '"works" in d["text"]'
	rm -f "$dir/key"
}
team() {
	ok agent list --json
	for name in $(py '" ".join(a["name"] for a in d)'); do ok agent set "$name" "$@"; done
}
plan() {
	ok goal add "$1" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	is 'd["stopped"] == "idle" and d["pending_approvals"] == 1'
	for id in $(pending); do approve "$id"; done
}
# all_on PATTERN: every call since the last time went to that path of the vendor's.
seen=0
all_on() {
	fetch /practice/requests "$dir/requests"
	python3 - "$dir/requests" "$1" "$seen" >"$dir/seen" <<'P' || fail "calls went elsewhere than to $1"
import json, re, sys
asked = [r for r in json.load(open(sys.argv[1])) if r["method"] == "POST" and not r["path"].startswith("/practice")]
new = asked[int(sys.argv[3]):]
print(len(asked))
sys.exit(len(new) < 3 or any(not re.search(sys.argv[2], r["path"]) or r["status"] != 200 for r in new))
P
	seen=$(cat "$dir/seen")
}
# wire LABEL VENDOR KEY API PATH: with $long a goal of its own by that wire alone.
wire() {
	put_key "$1" "$2" "$3" "$4"
	if [ -n "$long" ]; then
		team --key "$1"
		plan "Correct the spelling of \"recieve\" in docs/guide.md, by $1"
		until_done "$goal"
		all_on "$5"
	else
		ok agent set "$(echo "$names" | cut -d' ' -f$n)" --key "$1"
		ok goal add "Correct the spelling of \"recieve\" in docs/guide.md, by $1" --no-plan --agent "$(echo "$names" | cut -d' ' -f$n)" --json
		n=$((n + 1))
	fi
	wires="$wires $1"
}
# The short form: each wire has proposed a patch, which is looked at, approved and fired.
work() {
	[ -z "$long" ] || return 0
	ok run --until-idle --json
	is 'd["stopped"] == "idle" and d["pending_approvals"] >= 1'
	for id in $(pending); do approve "$id"; done
	ok run --until-idle --json
	ok goal list --json
	is 'all(g["state"] == "done" for g in d)'
}
long=
[ "${1:-}" != --long ] || long=yes
make_repo "$dir/tally" 12 tally
start_practice --rate 20000 --aws "$aws"
ok init --json
ok cap set --scope workspace --window day --usd 5
ok config set undo_window_s 0
add_repo repo "$dir/tally"
ok agent list --json
names=$(py '" ".join(a["name"] for a in d)')
n=1
wires=
wire anthropic-messages anthropic "$key" '' '^/v1/messages$'
wire openai-responses openai sk-proj-practice-AAAA '' '^/v1/responses$'
wire openai-chat openai sk-proj-practice-BBBB chat '^/v1/chat/completions$'
wire bedrock-converse-signed bedrock "$pair" '' '^/model/[^/]*/converse-stream$'
wire bedrock-converse-bearer bedrock ABSKpractice converse '^/model/[^/]*/converse-stream$'
work
n=1
wire bedrock-messages bedrock ABSKpracticeB messages '^/anthropic/v1/messages$'
work
books_agree
ok approval list --all --json
is 'sum(a["kind"] == "action" and a["state"] == "fired" for a in d) >= 6'
ok call list --json
for w in $wires; do
	is 'sum(c["key"] == "'"$w"'" for c in d) >= 3 and all(c["vendor"] == "'"${w%%-*}"'" and c["state"] == "settled" and c["request_id"] for c in d if c["key"] == "'"$w"'")'
done
fetch /practice/requests "$dir/requests"
is 'all(any(r["path"].startswith(p) for r in d) for p in ("/v1/messages", "/v1/responses", "/v1/chat/completions", "/anthropic/v1/messages"))' "$dir/requests"
is 'len({"AWS4" in json.dumps(r["headers"]) for r in d if "/converse-stream" in r["path"]}) == 2' "$dir/requests"
say "six wires, one set of books"

# --- from one vendor to another, in the middle of a task -------------------------------
team --key anthropic-messages
plan 'Say in README.md how the program is stopped'
ok run --until-idle --json
is 'd["pending_approvals"] == 1'
ok task list --goal "$goal" --json
is 'any(t["state"] == "waiting" and t["waiting_on"] == "person" and t["turns"] > 0 for t in d)'
team --key bedrock-converse-signed
ok agent list --json
is 'all(a["vendor"] == "bedrock" and a["key"] == "bedrock-converse-signed" for a in d)'
until_done "$goal"
books_agree
ok task list --goal "$goal" --json
tasks=$(py '[t["id"] for t in d]')
ok call list --json
is 'any([c["vendor"] for c in sorted(d, key=lambda c: c["id"]) if c["task"] == t] == sorted(c["vendor"] for c in d if c["task"] == t) and len({c["vendor"] for c in d if c["task"] == t}) == 2 for t in '"$tasks"')'
say "a goal that moved from Anthropic to Bedrock in the middle of a task"

# --- a key that fails is not replaced unless the person said so ------------------------
expect 4 agent set Ada --key nobody
expect 2 agent set Ada --key bedrock-messages --vendor anthropic
team --key any --vendor any
ok goal add 'Describe in docs/guide.md what the count means' --json
goal=$(py 'd["goal"]')
sum=$(printf '%s' "$key" | sha256sum | cut -d' ' -f1)
python3 -c 'import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(urllib.request.Request(sys.argv[1] + "/practice/revoke", data=("{\"key_sha256\":\"" + sys.argv[2] + "\"}").encode(), method="POST"))' "$url" "$sum" || fail "revoke"
ok run --until-idle --json
is 'd["stopped"] == "revoked"'
ok config set failover any
ok task list --goal "$goal" --json
ok task retry "$(py 'd[0]["id"]')"
ok run --until-idle --json
is 'd["calls"] > 0 and d["pending_approvals"] == 1'
ok call list --json
is 'sorted(d, key=lambda c: c["id"])[-1]["key"] == "openai-responses"'
ok incident list --json
is 'len(d) == 1 and d[0]["kind"] == "failover" and "openai-responses" in d[0]["text"] and "does not accept" in d[0]["text"]'
ok journal list --json
is 'sum(j["kind"] == "failover" for j in d) == 1'
say "another key steps in only by setting, and it is written up once"

# --- what is sent where, what is kept here, and what can go ------------------------------
ok data show --json
is 'len(d["vendors"]) == 6 and all(v["retention"] and v["worked_on_in"] and v["metadata"] and v["host"] == "127.0.0.1" for v in d["vendors"])'
is 'all(v["vendor_reports"]["service_tier"] == "standard" for v in d["vendors"] if v["key"] != "openai-chat")'
is 'all({l["of"] for l in v["vendor_reports"]["limits"]} >= {"requests", "tokens"} for v in d["vendors"] if v["vendor"] != "bedrock")'
is '[v["vendor_reports"]["trouble"] for v in d["vendors"] if v["key"] == "anthropic-messages"] == ["bad_key"]'
is 'd["here"]["transcript_entries"] > 20 and d["here"]["payloads"] >= 6'
# what is too long to be shown is shortened by the routine tier of the same vendor: the model is named, a person's choice too
is '{v["key"]: v["shortened_by"] for v in d["vendors"]}["openai-chat"] == "gpt-5.6-luna" and all(v["shortened_by"] + " of " + v["vendor"] + ", tier routine" in v["shortening"] for v in d["vendors"])'
ok tier set anthropic routine claude-sonnet-5-5
ok data show
grep -q 'long reading: .* by this key, to claude-sonnet-5-5 of anthropic, tier routine' "$dir/last.out" || fail "who shortens is not named: $(cat "$dir/last.out")"
ok config set summaries false
ok data show --json
is 'all(v["shortened_by"] is None and v["shortening"] is None for v in d["vendors"])'
ok data show
grep -q 'long reading' "$dir/last.out" && fail "shortening is named where it is off"
ok config set summaries true
ok data show
grep -q 'about keeping it: ' "$dir/last.out" && grep -q 'served us as: standard' "$dir/last.out" && grep -q 'requests left' "$dir/last.out" || fail "data show for people: $(cat "$dir/last.out")"
ok call list --json
cp "$dir/last.out" "$dir/before"
expect 2 workspace purge --older-than 2099-01-01
ok workspace purge --older-than "$(python3 -c 'import datetime; print(datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))')"
ok task list --json
ok task show "$(py 'min(t["id"] for t in d if t["state"] == "done")')"
grep -q purged "$dir/last.out" || fail "a purged task still tells what was said"
ok call list --json
cmp -s "$dir/before" "$dir/last.out" || fail "the books changed with the purge"
if grep -aq 'You will receive a number' "$home"/workspaces/*/claviger.db*; then fail "purged text is still on disk"; fi
ok journal verify
ok journal list --json
is 'sum(j["kind"] == "purge" for j in d) == 1'
ok doctor
say "what is sent where is told, and old content goes while books and journal stay"
