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
	start_practice --rate 5000 --script "$here/e2e/mcp.json"
	ok config set undo_window_s 0
	ok init --json
	add_key main
}
