#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The day of day.sh by keys alone, in a console of 80 by 24: the goal is typed, its plan, a
# patch, three mails and two changes of records are looked at and approved there, and
# the page at the end is read there. Verbs only prepare and look on.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"
. "$(dirname "$0")/day_lib.sh"
trap 't kill-server 2>/dev/null; clean_up_mail' EXIT
# look_through ROW WORDS...: the question at ROW (a pattern) is opened and paged to its end
# (before that `y` does nothing); each of the WORDS (patterns) has to stand on a page.
look_through() {
	keys 2
	place_on "$1"
	shift
	sleep 0.7
	keys Enter
	wait_for 10 shows 'exactly this'
	: >"$dir/last.pages"
	pages=0
	while :; do
		screen
		cat "$dir/last.screen" >>"$dir/last.pages"
		shows 'whole' && break
		keys Space
		pages=$((pages + 1))
		[ "$pages" -lt 40 ] || fail "the end of it is never reached"
	done
	for words in "$@"; do grep -q -- "$words" "$dir/last.pages" || fail "the question does not show: $words"; done
}
approve_shown() {
	look_through "$@"
	sleep 0.7
	keys y
}

day_office
[ "$sends" -gt 0 ] || skip "there is no mailbox: dovecot, aiosmtpd or the inbox server is not there"
before=$(repo_state "$dir/tally")
sit_down "'$claviger' --home '$home'"
wait_for 10 shows 'type or paste'
keys 'a passphrase for tests' Enter
wait_for 20 shows_not 'assphrase'
shows 'No goals yet' || fail "it does not begin with an empty desk"
! grep -q '…' "$dir/last.screen" || fail "a text of the empty desk does not fit"

keys 1 a
wait_for 10 shows 'What do you want done'
keys 'answer the three newest leads and fix the typo they mention in the docs' Enter Enter
wait_for 10 shows 'The office has its goal G1: at most \$5.00 more today'
wait_for 30 shows '\[!1 waiting'
shows '2 tasks, expected \$0.04 ' || fail "the plan's row does not say what it comes to"
approve_shown 'A1 ' 'Ada mends the typo, Sam answers' 'task: fix  Mend the typo' 'agent: Ada' 'after: fix' 'left of the agent Mira day cap after it'
say "the plan"

wait_for 30 shows 'A2 .*repo.propose_p'
approve_shown 'A2 ' 'docs/guide.md +1 -1' 'base: path docs/guide.md' '^│ -You will recieve a number' '^│ +You will receive a number' 'passed in'
say "the patch"

wait_for 30 shows '\[!3 waiting'
wait_for 10 shows 'to dana@example.com: Re: a'
approve_shown 'to dana' 'to: dana@example.com' 'subject: Re: a typo says dana' 'Thank you, it is mended' 'comes from post__search, not from your goal'
wait_for 20 shows '\[!2 waiting'
# The other two are looked at, marked, and approved together.
for who in kim robin; do
	look_through "to $who" "to: $who@example.com" 'Thank you, it is mended'
	keys q Space
done
wait_for 10 shows '2 marked'
sleep 0.7
keys y
say "the mails"

wait_for 30 shows 'A7 .*crm.update_re'
approve_shown 'A6 ' 'contact/1' 'told that it is mended'
wait_for 20 shows '\[!1 waiting'
approve_shown 'A7 ' 'record: contact/2' 'status: lead -> answered'
wait_for 30 shows 'T3 *done *Sam'
wait_for 10 shows 'nothing waits'
wait_for 10 shows '^ G1 done (\$0\.[0-9]*): answer the three newest leads .*  R: report'
keys R
wait_for 10 shows 'What came of G1'
shows 'Approved and carried out:' || keys Space
wait_for 10 shows 'Approved and carried out:'
keys q 1
place_on '^│>T1'
keys Enter
wait_for 10 shows 'Cost: .*Mira.*Ada.*Sam'
screen
keys Up Up Up Up Up Up Up Up
wait_for 10 shows 'Approved and carried out:'
keys q q
wait_for 10 has_left
say "and the page at the end"

[ "$before" = "$(repo_state "$dir/tally")" ] || fail "working tree, index or HEAD changed"
[ "$(git -C "$dir/tally" show "claviger/T2:docs/guide.md" | grep -c receive)" = 1 ] || fail "the typo is not mended on its branch"
ok crm export crm "$dir/after.csv"
grep -q '^contact/2,kim@example.com,Kim,answered$' "$dir/after.csv" || fail "the record does not say so: $(cat "$dir/after.csv")"
for who in dana kim robin; do
	[ "$(mails_of $who)" = 1 ] || fail "$who has $(mails_of $who) mails"
	cat "$mail/mail/$who/new"/* "$mail/mail/$who/cur"/* 2>/dev/null >"$dir/last.mail"
	grep -q "^Subject: Re: a typo says $who" "$dir/last.mail" && grep -q '^Thank you, it is mended\.' "$dir/last.mail" || fail "not what was approved"
done
ok approval list --all --json
is 'all(a["state"] == "fired" for a in d) and len(d) == 7'
ok call list --json
is '{(c["agent"], c["vendor"]) for c in d if c["agent"] in ("Ada", "Sam")} == {("Ada", "openai"), ("Sam", "anthropic")}'
books_agree
