#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The whole loop by verbs alone: a goal becomes an approved patch on a branch of
# its own, and our books are the vendor's. Twice, with different goals and
# repositories, and a third time on the home of the second.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

# patches_are_on_branches REPO: each task's branch holds exactly what was shown and approved.
patches_are_on_branches() {
	ok approval list --all --json
	cp "$dir/last.out" "$dir/all"
	[ "$(py 'len([a for a in d if a["kind"] == "action" and a["state"] == "fired" and a["connector"] == "'"$2"'"]) > 0')" = True ] || fail "no patch was fired"
	for task in $(py '" ".join(sorted({str(a["task"]) for a in d if a["kind"] == "action" and a["state"] == "fired" and a["connector"] == "'"$2"'"}))' "$dir/all"); do
		branch=claviger/T$task
		git -C "$1" rev-parse -q --verify "refs/heads/$branch" >/dev/null || fail "there is no branch $branch"
		rm -f "$dir/index"
		GIT_INDEX_FILE=$dir/index git -C "$1" read-tree main || fail "read-tree"
		for id in $(py '" ".join(str(a["id"]) for a in sorted(d, key=lambda a: a["id"]) if a["task"] == '"$task"' and a["kind"] == "action" and a["state"] == "fired")' "$dir/all"); do
			py 'json.loads(d["payload"])["diff"]' "$dir/shown.$id" >"$dir/diff"
			GIT_INDEX_FILE=$dir/index git -C "$1" apply --cached -p1 "$dir/diff" || fail "A$id is not what git apply takes"
		done
		wanted=$(GIT_INDEX_FILE=$dir/index git -C "$1" write-tree)
		[ "$wanted" = "$(git -C "$1" rev-parse "$branch^{tree}")" ] || fail "$branch is not the approved diff"
		[ "$wanted" != "$(git -C "$1" rev-parse 'main^{tree}')" ] || fail "$branch changes nothing"
		say "$branch holds exactly the approved diff"
	done
}

one_goal() {	# REPO CONNECTOR TEXT
	before=$(repo_state "$1")
	ok goal add "$3" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	is 'd["stopped"] == "idle" and d["pending_approvals"] == 1 and d["calls"] >= 1 and Decimal(d["cost_usd"]) > 0'
	ok goal show "$goal" --json
	is 'd["state"] == "plan_pending"'
	# The plan is a question, and nothing in the world has changed.
	ok approval list --json
	is 'len(d) == 1 and d[0]["kind"] == "plan" and d[0]["state"] == "pending" and d[0]["hash"].startswith("sha256:")'
	plan=$(py 'd[0]["id"]')
	wrong=sha256:$(printf '%064d' 0)
	expect 5 approval approve "$plan" --hash "$wrong"
	ok approval list --json
	is 'len(d) == 1 and d[0]["state"] == "pending"'
	approve "$plan"
	expect 5 approval approve "$plan" --hash "$(py 'd["hash"]' "$dir/shown.$plan")"
	ok run --until-idle --json
	ok approval list --json
	is 'len(d) >= 1 and all(a["kind"] == "action" and a["effect"] == "write" and a["connector"] == "'"$2"'" for a in d)'
	[ "$before" = "$(repo_state "$1")" ] || fail "the repository changed before anything was approved"
	[ -z "$(git -C "$1" for-each-ref refs/heads/claviger)" ] || [ -n "${again:-}" ] || fail "a branch was made before it was approved"
	# For people: the whole diff is on the page.
	ok approval show "$(py 'd[0]["id"]')"
	grep -q '^+' "$dir/last.out" || fail "the preview shows no added line"
	until_done "$goal"
	[ "$before" = "$(repo_state "$1")" ] || fail "working tree, index or HEAD changed"
	patches_are_on_branches "$1" "$2"
	ok goal report "$goal"
	grep -q '  Cost: ' "$dir/last.out" && grep -q 'Approved and carried out' "$dir/last.out" || fail "the report does not say what was done and what it cost"
	ok task list --goal "$goal" --json
	is 'len(d) >= 1 and all(t["state"] == "done" and t["goal"] == '"$goal"' for t in d)'
	ok task show "$(py 'd[-1]["id"]')"
	books_agree
	ok journal verify
	ok journal list --json
	is '[j["seq"] for j in d] == list(range(1, len(d) + 1)) and len(d) > 5'
	ok incident list --json
	is 'd == []'
}

# Nothing of the key or the passphrase is on disk in the clear, nor printed.
no_secret_on_disk() {
	if grep -rqaF "$key" "$home" "$dir"/last.* "$dir"/shown.* 2>/dev/null; then fail "the key is on disk in the clear"; fi
	if grep -rqaF "$(cat "$dir/pass")" "$home" 2>/dev/null; then fail "the passphrase is on disk in the clear"; fi
}

start_practice --rate 5000
make_repo "$dir/tally" 500 tally
office "$dir/tally"
ok key list --json
is 'len(d) == 1 and d[0]["label"] == "main" and d[0]["state"] == "active" and d[0]["vendor"] == "anthropic"'
ok connector tools repo --json
is '{"name", "effect", "state", "hash"} <= set(d[0]) and any(t["effect"] == "write" for t in d) and all(t["state"] == "known" for t in d)'
one_goal "$dir/tally" repo 'Correct the spelling of "recieve" in docs/guide.md'
no_secret_on_disk
say "first goal, first repository"
stop_practice

home=$dir/home2
start_practice --rate 5000
make_repo "$dir/ledger" 40 ledger
office "$dir/ledger" books
one_goal "$dir/ledger" books 'Say in README.md how the program is stopped'
no_secret_on_disk
say "another goal, another repository"

# The same home again: everything is still there, and it still works.
again=yes
one_goal "$dir/ledger" books 'Describe in docs/guide.md what the count means'
ok goal list --json
is 'len(d) == 2 and all(g["state"] == "done" for g in d)'
say "a second goal in the same home"
