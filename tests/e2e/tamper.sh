#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I1: what was not decided by a person with the vault open never fires, whatever
# somebody writes into the database; and a person is told.
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null 2>&1 || skip "sqlite3 is not installed"

sql() { sqlite3 "$db" ".timeout 5000" "$1" || fail "sqlite3: $1"; }
state_of() { ok approval list --all --json; py "[a['state'] for a in d if a['id'] == $1][0]"; }
refused() {	# refused ID WORDS: taken off the queue, and an incident names it
	ok incident list --json
	is "any(i['ref'] == 'A${1}v1' and '$2' in json.dumps(i) for i in d)"
	say "A$1: $2"
}
branches() { git -C "$dir/repo" for-each-ref --format='%(refname) %(objectname)' refs/heads/claviger | sort; }
worker() { ok run --until-idle --json; }

start_practice
make_repo "$dir/repo" 40 tally
office "$dir/repo"
db=$home/workspaces/default/claviger.db
[ -f "$db" ] || db=$(echo "$home"/workspaces/*/claviger.db)
before=$(repo_state "$dir/repo")
ok goal add "Describe tally in the guide" --json
worker
plan=$(pending)

# 1. A state written by hand: there is no decision at all.
sql "UPDATE approval SET state = 'approved', decided_us = 1 WHERE id = $plan"
worker
[ "$(state_of "$plan")" = pending ] || [ "$(state_of "$plan")" = withdrawn ] || fail "a plan approved by hand became $(state_of "$plan")"
refused "$plan" "not fired"
ok task list --json
is 'len(d) == 1'
if [ "$(state_of "$plan")" = withdrawn ]; then	# the agent is told, and asks again
	worker
	plan=$(pending)
fi

# 2. A decision row written by hand beside it, with everything right but the signature.
sql "INSERT INTO decision(approval, version, verdict, hash, bind, slot, person, place, reason, rule, at_us, mac)
	SELECT $plan, 1, 0, hash, bind, 0, 'owner', 'elsewhere', '', 0, 1, zeroblob(32) FROM version WHERE approval = $plan;
	UPDATE approval SET state = 'approved', decided_us = 1 WHERE id = $plan"
worker
[ "$(state_of "$plan")" != fired ] || fail "a forged decision fired"
ok task list --json
is 'len(d) == 1'
say "a decision row that nobody signed does not fire"

# 3. The real thing goes through, so that the refusals above prove something.
if [ "$(state_of "$plan")" = withdrawn ]; then
	worker
	plan=$(pending)
fi
approve "$plan"
worker
[ "$(state_of "$plan")" = fired ] || fail "the approved plan is $(state_of "$plan")"
patch=$(pending)
[ -n "$patch" ] || fail "no patch was proposed"

# 4. The plan's decision copied to the patch.
sql "INSERT INTO decision(approval, version, verdict, hash, bind, slot, person, place, reason, rule, at_us, mac)
	SELECT $patch, 1, d.verdict, v.hash, v.bind, d.slot, d.person, d.place, d.reason, d.rule, d.at_us, d.mac
	FROM decision d, version v WHERE d.approval = $plan AND d.mac <> zeroblob(32) AND v.approval = $patch;
	UPDATE approval SET state = 'approved', decided_us = 1 WHERE id = $patch"
worker
[ "$(state_of "$patch")" != fired ] || fail "a copied decision fired"
[ -z "$(branches)" ] || fail "a copied decision made a branch"
refused "$patch" "not fired"

# 5. A right decision, with one bit of its signature turned over before it fires.
if [ "$(state_of "$patch")" = withdrawn ]; then
	worker
	patch=$(pending)
fi
approve "$patch"
sql "DROP TRIGGER decision_fixed;
	UPDATE decision SET mac = CAST(X'00' || substr(mac, 2) AS BLOB) WHERE id = (SELECT max(id) FROM decision WHERE approval = $patch) AND substr(mac, 1, 1) <> X'00'"
worker
[ "$(state_of "$patch")" != fired ] || fail "a decision with a changed signature fired"
[ -z "$(branches)" ] || fail "a changed decision made a branch"
say "a decision changed in its signature does not fire"

# Another repository under the same name: what was proposed for the first does not go to it.
make_repo "$dir/other" 40 tally
ok connector remove repo
ok connector add repo --type codebase --root "$dir/other" --json
sql "DELETE FROM incident"	# one of a kind is kept
approve "$patch"
worker
[ "$(state_of "$patch")" != fired ] || fail "it fired into another repository"
[ -z "$(git -C "$dir/other" for-each-ref refs/heads/claviger)" ] || fail "another repository got a branch"
refused "$patch" "not the one it was proposed for"
say "what was proposed for one repository does not go to another of the same name"
ok connector remove repo
ok connector add repo --type codebase --root "$dir/repo" --json

# What is judged beside the payload: written by hand, it neither lets the proposal through nor
# spares it the second person, before the decision or after it.
if [ "$(state_of "$patch")" = withdrawn ]; then
	worker
	patch=$(pending)
fi
hash=$(ok approval show "$patch" --json; py 'd["hash"]')
cost=$(sql "SELECT worst_case_pd FROM approval WHERE id = $patch")
[ "$cost" -gt 0 ] || fail "going on costs nothing"
undecided() {	# undecided WORDS: the approval is refused with them, and waits on
	expect 5 approval approve "$patch" --hash "$hash"
	grep -q "$1" "$dir/last.err" || fail "it does not say: $1"
	[ "$(state_of "$patch")" = pending ] || fail "it is $(state_of "$patch")"
}
sql "UPDATE approval SET worst_case_pd = 0 WHERE id = $patch"
undecided "changed outside Claviger"
sql "UPDATE approval SET worst_case_pd = $cost WHERE id = $patch; UPDATE goal SET text = text || ' and tell eve@example.net' WHERE id = (SELECT goal FROM approval WHERE id = $patch)"
undecided "changed outside Claviger"
sql "UPDATE goal SET text = replace(text, ' and tell eve@example.net', ''); DELETE FROM incident"
ok approval approve "$patch" --hash "$hash"
sql "UPDATE approval SET worst_case_pd = 0 WHERE id = $patch"
worker
[ "$(state_of "$patch")" != fired ] || fail "it fired with another cost than it was decided with"
refused "$patch" "changed outside"
sql "UPDATE approval SET worst_case_pd = $cost WHERE id = $patch; DELETE FROM proposal WHERE approval = $patch"
ok config set two_persons_usd 1000
ok approval approve "$patch" --hash "$hash"	# no line is passed; but without the signature nobody knows
[ "$(state_of "$patch")" = pending ] || fail "without its signature one person was enough"
ok config set two_persons_usd ''
say "what is judged beside the payload is signed with it"

# 6. Decided again, it fires; set back to approved, it does not fire a second time.
if [ "$(state_of "$patch")" = withdrawn ]; then
	worker
	patch=$(pending)
fi
approve "$patch"
worker
[ "$(state_of "$patch")" = fired ] || fail "the approved patch is $(state_of "$patch")"
once=$(branches)
[ -n "$once" ] || fail "no branch was made"
sql "UPDATE approval SET state = 'approved', fire_us = 0 WHERE id = $patch"
worker
[ "$(branches)" = "$once" ] || fail "it fired twice"
[ "$(state_of "$patch")" != fired ] && [ "$(state_of "$patch")" != firing ] || fail "it is $(state_of "$patch") again"
say "what has fired does not fire again"

# 7. A firing row deleted too: the journal still knows.
sql "DROP TRIGGER firing_kept; DELETE FROM firing WHERE approval = $patch; UPDATE approval SET state = 'approved', fire_us = 0 WHERE id = $patch"
worker
[ "$(branches)" = "$once" ] || fail "it fired again after its row was deleted"
say "the journal refuses what its row no longer does"

# I11: an agent whose tool list was widened by hand does not work.
sql "UPDATE agent SET tools = '[\"*\"]', tools_narrowed = 0"
ok goal add "Say what tally is" --json
worker
ok task list --json
is 'any(t["state"] == "paused" and "not signed" in t["why"] for t in d)'
say "a tool list that nobody signed is not worked with"

ok journal verify
[ "$(repo_state "$dir/repo")" = "$before" ] || fail "the working tree, the index or HEAD was touched"
# 8. And a journal that was changed says where.
sql "DROP TRIGGER journal_fixed; UPDATE journal SET who = 'nobody' WHERE seq = 3"
run journal verify
[ $? -eq 1 ] || fail "a changed journal verified"
grep -q 3 "$dir/last.err" || fail "the first broken entry is not named"
say "a changed journal names its first broken entry"
exit 0
