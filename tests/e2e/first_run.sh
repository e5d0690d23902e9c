#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The first run in a console of 80 by 24: a team, a passphrase, a cap, a key that lay in the
# environment taken when it is chosen and not before, and the practice goal.
full_cost=1	# the practice vendor lies beside the program itself
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/console_lib.sh"

# Nothing leaves this machine: the way out is a port where nobody listens.
ok config set proxy http://127.0.0.1:1
sit_down "-u CLAVIGER_PASSPHRASE_FILE ANTHROPIC_API_KEY=$key '$claviger' --home '$home'"
wait_for 10 shows 'Welcome to Claviger'
keys Enter Enter 'a passphrase for tests' Enter 'a passphrase for tests' Enter Enter
wait_for 30 shows 'Your office is ready'
! grep -q '…' "$dir/last.screen" || fail "a text does not fit"
grep -q 'What first' "$dir/last.screen" && grep -q 'claviger doctor' "$dir/last.screen" || fail "it does not say where things are"
shows 'ANTHROPIC_API_KEY  *take it from your environment, and test it ' || fail "the key is not offered"
! grep -q "sk-ant" "$dir/last.screen" || fail "the key is on the screen"
ok key list --json
is 'd == []'
keys Enter
wait_for 60 shows 'its test did not go through'
! shows 'from your environment' || fail "the key is offered again"
shows 'paste another key' || fail "another can't be added"
ok key list --json
is 'len(d) == 1 and d[0]["vendor"] == "anthropic" and d[0]["state"] != "active"'
[ "$(grep -c "$key" "$dir/last.out")" = 0 ] || fail "the key is in a list"
say "a key of the environment is taken when it is chosen"

shows '> test  *test it once more' || fail "a test that did not go through cannot be made again"
keys Down Down Enter
wait_for 60 shows '\[!1 waiting'
say "and the practice goal raises its approval"
keys q
sleep 0.3
shows 'claviger' && keys y
wait_for 60 has_left
! grep -rq "$key" "$home" || fail "the key lies open in the home"

# With a workspace there, nothing is offered, and what lies about is only named.
t new-session -d -s office -x 80 -y 24 "env -u CLAVIGER_PASSPHRASE_FILE OPENAI_API_KEY=$key LC_ALL=C.UTF-8 TERM=screen-256color '$claviger' --home '$home'"
wait_for 10 shows 'type or paste'
keys 'a passphrase for tests' Enter
wait_for 20 shows 'ignored: OPENAI_API_KEY'
say "and otherwise named as ignored"
keys q q
wait_for 20 has_left

# A key that is pasted, and whose vendor answers: then the first goal, and no practice.
XDG_CONFIG_HOME=$dir/config2
start_practice --rate 100000 --latency-ms 0
home=$dir/second
t new-session -d -s office -x 80 -y 24 "env -u CLAVIGER_PASSPHRASE_FILE LC_ALL=C.UTF-8 TERM=screen-256color '$claviger' --home '$home'"
wait_for 10 shows 'Welcome to Claviger'
keys Enter Enter 'a passphrase for tests' Enter 'a passphrase for tests' Enter Enter
wait_for 30 shows 'What first'
keys Enter
wait_for 10 shows 'Add a vendor key'
keys Escape
wait_for 10 shows 'What first'
keys Enter
wait_for 10 shows 'type or paste'
keys "$key" Enter Enter Enter "$url"
wait_for 10 shows "> $url"
! grep -q "sk-ant" "$dir/last.screen" || fail "the pasted key is on the screen"
keys Enter Enter
wait_for 30 shows 'and it works'
shows '> goal  *give the office its first goal' || fail "the first goal is not what comes next"
! grep -qi 'practice' "$dir/last.screen" || fail "practice is offered to who has a key"
keys Enter
wait_for 10 shows 'What do you want done'
keys 'mend the typo in the guide' Enter Enter
wait_for 10 shows 'The office has its goal G1'
wait_for 60 shows '\[!1 waiting'
ok key list --json
is 'len(d) == 1 and d[0]["state"] == "active"'
ok goal list --json
is '[g["text"] for g in d] == ["mend the typo in the guide"]'
say "a pasted key is tested, and the first goal is the next step"
