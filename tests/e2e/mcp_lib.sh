# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced behind lib.sh by the tests of servers of others.
here=$TOP_SRCDIR/tests
agent=Ada

add() { name=$1; shift; ok connector add "$name" --type mcp --json "$@"; }
# A goal for one agent, worked on until it is done or somebody is asked: sets $goal and $task.
ask() {
	ok goal add "$@" --no-plan --agent "$agent" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	ok task list --goal "$goal" --json
	task=$(py 'd[0]["id"]')
}
result() { ok task show "$task" --json; }

begin() {
	start_practice --rate 5000 --script "$here/e2e/${script:-mcp.json}"
	ok config set undo_window_s 0
	ok init --json
	add_key main
}

# asks CONNECTOR [WORDS]: a worker works on that goal (none: on what there is) until a
# server asks: sets $q, $task and $run_pid.
q=0
a_question() { run connector questions --json && [ "$(py 'len(d) == 1 and d[0]["id"] > '"$q")" = True ]; }
asks() {
	if [ $# -gt 1 ]; then
		ok agent set "$agent" --tool "$1.*"
		ok goal add "$2" --no-plan --agent "$agent" --json
		goal=$(py 'd["goal"]')
	fi
	"$claviger" --home "$home" run --until-idle --json >"$dir/run.out" 2>"$dir/run.err" </dev/null &
	run_pid=$!
	wait_for 20 a_question
	q=$(py 'd[0]["id"]')
	ok task list --goal "$goal" --json
	task=$(py 'd[0]["id"]')
}
ended() {
	wait "$run_pid" || fail "the worker ended with status $?"
	result
	is 'd["state"] == "done"'
}
