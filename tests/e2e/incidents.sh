#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What limits make of themselves: incidents that are answered with raise or keep, warnings,
# limits that other programs take away, calls cut as a limit is lowered under them.
. "$(dirname "$0")/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"

start_practice --rate 80
make_repo "$dir/repo" 20 tally
office "$dir/repo"
ok cap set --scope workspace --window day --usd 0.0001
ok goal add "One thing" --json
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ok incident list --json
is '[i["kind"] for i in d if i["kind"] == "cap"] == ["cap"] and d[-1]["state"] == "open"'
stop=$(py '[i["id"] for i in d if i["kind"] == "cap"][0]')
expect 2 incident resolve "$stop" --as perhaps
# the office asks as well; answered as an incident, the question is withdrawn
ok approval list --json
is '[(a["kind"], a["state"], a["agent"], a["task"]) for a in d] == [("cap", "pending", "Mira", None)] and "raise the cap of $0.0001 (workspace, day) to $" in d[0]["summary"]'
ok incident resolve "$stop" --as keep
expect 5 incident resolve "$stop" --as raise
ok approval list --all --json
is '[(a["kind"], a["state"]) for a in d] == [("cap", "withdrawn")]'
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ok task list --json
ok task retry "$(py 'd[-1]["id"]')"
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ask=$(pending)
ok approval show "$ask" --json
is 'json.loads(d["payload"])["scope"] == "workspace" and Decimal(json.loads(d["payload"])["needed_usd"]) <= Decimal(json.loads(d["payload"])["raise_to_usd"])'
py 'json.dumps({**json.loads(d["payload"]), "raise_to_usd": "5"})' >"$dir/payload"
expect 5 approval approve "$ask" --hash "sha256:$(printf %064d 0)"
ok approval edit "$ask" --payload-file "$dir/payload"
approve "$ask"
ok cap list --json
is 'd[0]["limit_usd"] == "5" and Decimal(d[0]["exposure_usd"]) <= 5'
ok incident list --all --json
is 'sum(i["kind"] == "cap" and i["state"] == "resolved" and "by " in i["resolution"] for i in d) == 2'
ok run --until-idle --json
ok task list --json
is 'd[-1]["state"] == "waiting"'
ok approval list --all --json
is '[a["state"] for a in d if a["kind"] == "cap"] == ["withdrawn", "fired"]'
expect 5 approval undo "$ask"
say "too small a cap pauses, and asks: kept it stays, with a yes it is raised and the work goes on"

ok goal add "Small" --cap 0.0002 --json
is 'd["exposure_total_usd"] == d["exposure_today_usd"] == "0.0002" and "goal" in d["exposure"]'
ok run --until-idle --json
ask=$(pending | tr ' ' '\n' | tail -1)
ok approval show "$ask" --json
is 'd["kind"] == "cap" and json.loads(d["payload"])["scope"].startswith("goal:")'
py 'json.dumps({**json.loads(d["payload"]), "scope": "workspace"})' >"$dir/payload"
ok approval edit "$ask" --payload-file "$dir/payload"
ok approval show "$ask" --json
expect 2 approval approve "$ask" --hash "$(py 'd["hash"]')"
ok approval reject "$ask" --reason "not worth more"
ok incident list --all --json
is 'any(i["ref"].startswith("goal") and "kept as it is" in (i["resolution"] or "") for i in d)'
say "what a goal may cost is said before it begins; a no keeps its limit, and a yes is about that limit alone"

ok cap set --scope vendor:anthropic --window month --usd 0.3 --warn 1
ok goal add "Be warned" --json
ok run --until-idle --json
ok incident list --json
is 'sum(i["kind"] == "cap_warn" and "vendor anthropic, month" in i["text"] for i in d) == 1'
say "a warning once for each window"

python3 - "$home"/workspaces/*/claviger.db <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=5)
db.execute("DELETE FROM cap WHERE scope = 'vendor'")
db.commit()
P
ok goal add "Without its cap" --json
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ok incident list --json
is 'any(i["kind"] == "cap_changed" and "vendor anthropic month" in i["text"] for i in d)'
ok cap set --scope vendor:anthropic --window month --usd 3
ok run --until-idle --json
is 'd["calls"] > 0'
ok incident list --json
is 'not any(i["kind"] == "cap_changed" for i in d)'
say "a cap that another program deleted stops the work until a person sets it"

ok goal add "Capped" --cap 0.0001 --json
goal=$(py 'd["goal"]')
ok run --until-idle --json
is 'd["stopped"] == "cap"'
python3 - "$home"/workspaces/*/claviger.db "$goal" <<'P'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=5)
db.execute("UPDATE goal SET cap_pd = 0 WHERE id = ?", (sys.argv[2],))
db.commit()
P
ok task list --goal "$goal" --json
ok task retry "$(py 'd[0]["id"]')"
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ok incident list --json
ok incident resolve "$(py '[i["id"] for i in d if i["kind"] == "cap_changed"][0]')" --as raise --usd 1
ok run --until-idle --json
is 'd["calls"] > 0'
say "a goal's own limit is the one that was given"

ok goal add "Stream long [fault endless]" --json
goal=$(py 'd["goal"]')
"$claviger" --home "$home" run --until-idle --json >"$dir/run.out" 2>"$dir/last.err" </dev/null &
runner=$!
in_flight() { ok call list --json; [ "$(py 'any(c["state"] == "sent" for c in d)')" = True ]; }
wait_for 20 in_flight
ok cap set --scope "goal:$goal" --window total --usd 0.000001
wait "$runner"
ok call list --json
is 'd[-1]["state"] == "cut" and d[-1]["goal"] == '"$goal"
cut=$(py 'd[-1]["id"]')
ok spend --json
before=$(py 'd["total"]["estimated_usd"]')
ok call settle "C$cut" --usd 0.0123
ok call list --json
is 'd[-1]["state"] == "settled" and d[-1]["cost_usd"] == "0.0123"'
ok spend --json
is 'Decimal(d["total"]["estimated_usd"]) < Decimal("'"$before"'")'
expect 5 call settle "C$cut" --usd 0.5
ok cap list --json
ok cap remove "$(py '[c["id"] for c in d if c["scope"].startswith("goal")][0]')"
say "a lowered cap cuts what streams under it; a person settles what it cost"
ok journal verify
exit 0
