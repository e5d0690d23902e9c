#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A worker that dies between writing a plan's approval and laying its task to rest
# leaves the task running. The next one sweeps it to ready; an approval given
# before or after that must be carried out, and the worker must come to an end.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
command -v sqlite3 >/dev/null 2>&1 || skip "sqlite3 is not installed"
make_repo "$dir/repo" 8 tally
start_practice
office "$dir/repo"
db=$(ls "$home"/workspaces/*/claviger.db)

half_ask() {	# leaves a pending plan whose task is STATE; sets $goal and $plan
	ok goal add "Say in README.md how it is stopped" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	ok approval list --json
	plan=$(py 'd[0]["id"]')
	sqlite3 "$db" "UPDATE task SET state = '$1', waits_on = '', why = '' WHERE goal = $goal" || fail "sqlite3"
}

for state in running ready; do
	half_ask $state
	ok run --until-idle --json
	is 'd["stopped"] == "idle" and d["pending_approvals"] == 1 and d["calls"] == 0'
	approve "$plan"
	until_done "$goal"
	say "a task found $state beside its pending plan is laid to rest"
	half_ask $state
	approve "$plan"
	until_done "$goal"
	say "a plan approved while its task was $state is carried out"
done
