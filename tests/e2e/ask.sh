#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A connector's server asks the person while it has a call: the question waits where
# any process of theirs can answer it, says who asks, and what they said is checked,
# signed, handed on once and forgotten. Both eras; a server from npm is in mcp_npm.sh.
script=ask.json
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
. "$TOP_SRCDIR/tests/e2e/mcp_lib.sh"
server=$here/connector/asking_server.py
begin
for era in older modern; do
	add $era --read "$here/connector" -- python3 "$server" $era
	ok connector effect $era ask secret thousand read
done
ok connector questions --json
is 'd == []'

asks older book
ok connector questions
grep -q 'Where to?' "$dir/last.out" || fail "the list does not show the question"
ok connector question "$q" --json
is 'd["connector"] == "older" and d["tool"] == "ask" and d["message"] == "Where to?" and d["state"] == "open" and d["task"] == '"$task"
is '[(f["name"], f["type"], f["required"], f["default"]) for f in d["fields"]] == [("city", "text", True, None), ("days", "integer", False, "3"), ("window", "boolean", False, None), ("seat", "one", False, None)]'
ok connector question "$q"
grep -q '^The server of connector older asks:' "$dir/last.out" || fail "it does not say who asks"
for bad in 'city=R' 'days=12 city=Rome' 'town=Rome' 'city=Rome seat=roof'; do
	# shellcheck disable=SC2086
	expect 2 connector answer "$q" $bad
done
expect 2 connector answer "$q"
expect 2 connector answer "$q" city=Rome --decline
CLAVIGER_PASSPHRASE_FILE= expect 3 connector answer "$q" city=Rome
ok connector answer "$q" 'city=Rome' window=yes seat=aisle
ended
is '"It answered: " in d["result"] and "\"city\": \"Rome\", \"days\": 3, \"window\": true, \"seat\": \"aisle\"" in d["result"]'
expect 5 connector answer "$q" --decline
ok journal list --json
is '[(e["kind"], e["who"].split(" ")[0] != "worker") for e in d if e["ref"] == "Q%s" % "'"$q"'"] == [("question", True), ("answer", True)]'
ok journal verify
if grep -aqF '"window":true' "$home"/workspaces/*/claviger.db; then fail "the answer is still in the database"; fi
say "a question waits, says who asks, and its answer is checked, signed and handed on"

asks modern book
ok connector answer "$q" --decline
ended
is '"decline" in d["result"] and "accept" not in d["result"]'
asks modern book
ok connector answer "$q" city=Oslo
ended
is '"Oslo" in d["result"]'
say "in the newer era too, where the call goes out again with the answer"

asks older 'sign in'
ok connector question "$q"
grep -q 'looks like a secret' "$dir/last.out" || fail "no word on secrets"
if LC_ALL=C grep -q "$(printf '\033')" "$dir/last.out"; then fail "control bytes of the server reached the terminal"; fi
ok connector answer "$q" --cancel
ended
is '"cancel" in d["result"]'
say "fields that look like secrets are warned of"

# An answer that no vault of ours signed goes nowhere.
asks older book
python3 - "$(echo "$home"/workspaces/*/claviger.db)" "$q" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("UPDATE question SET state = 'accepted', answer = '{\"city\":\"Evil\"}', who = 'Ada' WHERE id = ?", (sys.argv[2],))
db.commit()
P
ok task list --json
ok connector effect older echo read
ended
is '"cancel" in d["result"] and "Evil" not in d["result"]'
ok incident list --json
is '[i["kind"] for i in d] == ["refused_answer"]'
ok incident resolve "$(py 'd[0]["id"]')" --as keep
say "a forged answer is a cancel and an incident"

# A worker that goes: the question is over, the call ends, and nothing hangs.
asks older book
kill "$run_pid"
wait "$run_pid"
ok connector questions --all --json
is 'd[0]["state"] == "cancelled" and "worker stopped" in d[0]["why"]'
ok task cancel "$task"
asks older book
kill -9 "$run_pid"
wait "$run_pid" 2>/dev/null
last=$q
asks older
ok connector question "$last" --json
is 'd["state"] == "cancelled" and "worker ended" in d["why"]'
ok connector answer "$q" city=Bern
ended
is '"Bern" in d["result"]'
say "a call that waits across a worker's end is over cleanly, and a read is made again"

quietly() {
	ok goal add "$1" --no-plan --agent "$agent" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	ok connector questions --all --json
}
ok config set question_within_s 1
quietly book
is 'd[0]["state"] == "expired" and d[0]["why"] == "nobody answered in time"'
last=$(py 'd[0]["id"]')
ok config set question_within_s 0
ok agent set "$agent" --tool 'older.*'
quietly pester
is 'd[0]["id"] == '"$last"
say "nobody there: it is over in time, and with 0 nobody is asked, be it a thousand times"
