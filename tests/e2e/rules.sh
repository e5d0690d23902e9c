#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Standing rules: made by a person with the vault open, narrow, counted, signed; what
# they decide says so; one rejection ends them; nothing written by hand becomes one.
. "$(dirname "$0")/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"

sql() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=5); d.executescript(sys.argv[2]); d.commit()' "$db" "$1" || fail "sqlite3: $1"; }
# A goal is planned, its plan approved, and worked on until somebody is asked or it is done.
work_on() {
	ok goal add "$1" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	approve "$(pending)"
	ok run --until-idle --json
}
actions() { ok approval list --all --json; cp "$dir/last.out" "$dir/all"; }
rules() { ok rule list --all --json; }

start_practice --rate 5000
make_repo "$dir/repo" 40 tally
office "$dir/repo"
db=$(echo "$home"/workspaces/*/claviger.db)
ok connector tools repo --json
tool=repo.$(py '[t["name"] for t in d if t["effect"] == "write"][0]')
reads=repo.$(py '[t["name"] for t in d if t["effect"] == "read"][0]')
ok rule list --json
is 'd == []'
ok rule list

# Words that make no rule, each with its own status.
expect 2 rule add --agent nobody --tool "$tool" --when path
expect 2 rule add --agent nobody --tool write
expect 4 rule add --agent nobody --tool "$tool"
expect 4 rule revoke R9

work_on "Describe tally in the guide"
actions
is 'any(a["kind"] == "action" and a["state"] == "pending" for a in d)' "$dir/all"
agent=$(py '[a["agent"] for a in d if a["kind"] == "action"][0]' "$dir/all")
expect 2 rule add --agent "$agent" --tool "$tool" --uses 0
expect 2 rule add --agent "$agent" --tool "$tool" --until 2020-01-01
expect 2 rule add --agent "$agent" --tool "$tool" --when 'a=1' --when 'a=2'
expect 4 rule add --agent "$agent" --tool repo.nothing
expect 6 rule add --agent "$agent" --tool "$reads"
CLAVIGER_PASSPHRASE_FILE=/nonexistent run rule add --agent "$agent" --tool "$tool"
[ $? -ne 0 ] || fail "a rule was made without the vault"
rules
is 'd == []'
for id in $(pending); do ok approval reject "$id" --reason "not now"; done
ok goal cancel "$goal"
say "nothing but a person's right words makes a rule"

# A rule that names another text covers nothing; one that fits decides, once.
ok rule add --agent "$agent" --tool "$tool" --when 'diff=nothing like it' --uses 5 --json
is 'd["id"] == 1'
ok rule add --agent "$agent" --tool "$tool" --when 'diff=*README.md*' --uses 1 --json
ok rule list
grep -q R2 "$dir/last.out" || fail "the rule is not listed for people"
ok workspace rekey		# signed again under the new root: it decides as before
work_on "Say in README.md how the program is stopped"
actions
is 'len([a for a in d if a["decided_by"] == "rule R2"]) == 1' "$dir/all"
is 'not [a for a in d if a["decided_by"] == "rule R1"]' "$dir/all"
by_rule=$(py '[a["id"] for a in d if a["decided_by"] == "rule R2"][0]' "$dir/all")
is '[a["state"] for a in d if a["id"] == '"$by_rule"'] == ["fired"]' "$dir/all"
rules
is '[(r["id"], r["state"], r["used"], r["decided"]) for r in d] == [(2, "used up", 1, ['"$by_rule"']), (1, "live", 0, [])]'
say "a rule decided A$by_rule and was used up"

# The counter set back, rules taken back from their end, widened, copied, or written
# and signed by nobody: none decides anything, and the person is asked.
sql "UPDATE rule SET used = 0 WHERE id = 2"
ok rule add --agent "$agent" --tool "$tool" --uses 9 --json
ok rule revoke R3
sql "UPDATE rule SET revoked_us = 0 WHERE id = 3"
sql "UPDATE rule SET patterns = NULL WHERE id = 1"
sql "INSERT INTO rule(agent, tool, definition, effect, patterns, uses, used, max_pd, until_us, slot, person, created_us, revoked_us, mac)
	SELECT agent, tool, definition, effect, NULL, 0, 0, 0, 0, slot, person, created_us, 0, zeroblob(32) FROM rule WHERE id = 2"
sql "INSERT INTO rule(agent, tool, definition, effect, patterns, uses, used, max_pd, until_us, slot, person, created_us, revoked_us, mac)
	SELECT agent, tool, definition, effect, patterns, uses, 0, max_pd, until_us, slot, person, created_us, 0, mac FROM rule WHERE id = 3"
work_on "Say in README.md what is counted"
actions
is 'len([a for a in d if (a["decided_by"] or "").startswith("rule")]) == 1' "$dir/all"
asked=$(pending)
[ -n "$asked" ] || fail "nobody was asked"
say "rules written, widened, copied or taken back by hand decide nothing"

# One rejection ends the rules for that.
for id in $asked; do ok approval reject "$id" --reason "not now"; done
rules
is 'len(d) == 5 and all(r["state"] != "live" for r in d)'
ok journal list --json
is 'len([j for j in d if j["kind"] == "rule_revoked" and j["ref"] == "R1"]) == 1'
say "one rejection ended the rules"

# What sends is never decided by a rule once its agent has read outside text, and whom
# nobody named is written out beside the hash.
name=${tool#*.}
ok goal cancel "$goal"
ok connector effect repo "$name" send
ok rule add --agent "$agent" --tool "$tool" --when 'diff=*' --uses 9 --json
work_on "Say in README.md how tally is started"
id=$(pending)
[ -n "$id" ] || fail "a rule decided what sends"
id=${id%% *}
ok approval show "$id" --json
is 'd["effect"] == "send" and d["yes_to"] == []'
py 'd["payload"].replace("One note in", "Hello eve@example.net, one note in")' >"$dir/edited"
expect 2 approval edit "$id" --payload-file "$dir/edited" --stdin
"$claviger" --home "$home" approval edit "$id" --stdin <"$dir/edited" >"$dir/last.out" 2>"$dir/last.err" || fail "an edit by standard input"
ok approval show "$id" --json
cp "$dir/last.out" "$dir/shown.edited"
is 'd["effect"] == "send" and d["yes_to"] == ["eve@example.net"] and d["version"] == 2 and d["hash"].startswith("sha256:")'
hash=$(py 'd["hash"]')
to=$(py 'd["yes_to"][0]')
ok approval show "$id"
grep -q -- "--yes-to '$to'" "$dir/last.out" || fail "people are not told how to approve it"
expect 6 approval approve "$id" --hash "$hash"
grep -qF "$to" "$dir/last.err" || fail "the stranger is not named"
expect 6 approval approve "$id" --hash "$hash" --yes-to "x$to"
ok approval list --json
is '[a["state"] for a in d if a["id"] == '"$id"'] == ["pending"]'
ok approval approve "$id" --hash "$hash" --yes-to "$to"
ok run --until-idle --json
ok approval list --all --json
is '[a["state"] for a in d if a["id"] == '"$id"'] == ["fired"]'
ok approval show "$id" --json
is '[(h["verdict"], h["version"], h["said"]) for h in d["history"]] == [("approved", 2, "eve@example.net")] and len(d["changes"]) == 2'
ok approval show "$id"
grep -q "typed: eve@example.net" "$dir/last.out" || fail "people are not shown what was typed"
ok task show "$(py 'd["task"]' "$dir/shown.edited")"
grep -q "your original is withdrawn" "$dir/last.out" || fail "the agent is not told that its original is withdrawn"
say "what sends asks for a person, and for the recipient's name"

ok journal verify
python3 "$TOP_SRCDIR/tests/e2e/journal.py" "$db" >"$dir/second" || fail "the second reader of the journal says: $(cat "$dir/second")"
ok journal head --json
is 'd["hash"].endswith("'"$(sed 's/.*head //' "$dir/second")"'")'
cp "$db" "$dir/changed.db"
[ -f "$db-wal" ] && cp "$db-wal" "$dir/changed.db-wal"
db=$dir/changed.db
sql "DROP TRIGGER journal_fixed; UPDATE journal SET who = 'nobody' WHERE seq = 5"
python3 "$TOP_SRCDIR/tests/e2e/journal.py" "$db" 2>"$dir/second" && fail "the second reader of the journal does not see a change"
grep -q 'entry 5' "$dir/second" || fail "it does not name the entry: $(cat "$dir/second")"
say "a second reader, in another language, agrees on the journal"
