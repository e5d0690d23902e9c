#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Changes asked for: the agent's turn, until its new version is put to the person, with what it
# changed. No rule answers for who asked, and nothing is left open when the work ends.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

# state_of ID STATE NEXT
state_of() {
	ok approval show "$1" --json
	is 'd["state"] == "'"$2"'" and d["next"] == '"$3"
}
# sent_back ID WORDS: asked for changes, it stays on the list as its agent's; sets $new to what comes in its place.
sent_back() {
	ok approval ask-changes "A$1" --reason "$2"
	state_of "$1" changes_asked '"agent"'
	is 'd["history"][-1]["verdict"] == "changes asked" and d["history"][-1]["reason"] == "'"$2"'"'
	hash=$(py 'd["hash"]')
	ok approval list --json
	is '[a["state"] for a in d if a["id"] == '"$1"'] == ["changes_asked"]'
	expect 5 approval approve "$1" --hash "$hash"
	expect 5 approval ask-changes "$1" --reason again
	ok run --until-idle --json
	state_of "$1" superseded None
	new=$(pending)
	ok approval show "$new" --json
	is 'd["replaces"] == '"$1"' and d["state"] == "pending" and d["next"] == "person" and d["version"] == 1'
	is 'd["asked_for"] == "'"$2"'" and any(l["role"] == "add" for l in d["changes_asked"]) and "'"$2"'" in d["payload"]'
	ok approval show "$new"
	grep -q 'What the agent changed, as it was asked to:' "$dir/last.out" || fail "what was changed is not shown to people"
}

start_practice --rate 20000
make_repo "$dir/repo" 12 tally
office "$dir/repo"
ok config set undo_window_s 0
ok goal add 'Correct the spelling of "recieve" in docs/guide.md' --json
goal=$(py 'd["goal"]')
ok run --until-idle --json
plan=$(pending)
expect 2 approval ask-changes "$plan"
expect 2 approval ask-changes "$plan" --reason ' '
sent_back "$plan" 'name the file first'
approve "$new"
ok run --until-idle --json
say "a plan goes back and comes again"

patch=$(pending)
ok approval show "$patch" --json
agent=$(py 'd["agent"]')
# made now, it covers the next one like it; but who asked to see changes is shown them
ok rule add --agent "$agent" --tool repo.propose_patch --uses 5
sent_back "$patch" 'say why it matters'
ok rule list --all --json
is 'd[0]["used"] == 0'
ok approval list --all --json
is 'all(a["state"] != "fired" for a in d if a["kind"] == "action")'
approve "$new"
until_done "$goal"
state_of "$new" fired None
ok approval list --all --json
is 'len([a for a in d if a["kind"] == "action" and a["state"] == "fired"]) == 1'
ok journal verify
say "a patch goes back, comes again with what was changed, and is carried out once"

ok goal add 'Describe tally in the guide' --json
goal=$(py 'd["goal"]')
ok run --until-idle --json
plan=$(pending)
ok approval ask-changes "$plan" --reason 'two steps, please'
ok goal cancel "$goal"
state_of "$plan" withdrawn None
ok approval list --json
is 'd == []'
say "what was asked for ends with its work"
