#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# I3: whatever runs in parallel, booked and held together never pass the cap; what is
# only held comes back; a cap that is too small pauses, a raised one goes on.
. "$(dirname "$0")/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"

start_practice --rate 80
make_repo "$dir/repo" 20 tally
office "$dir/repo"
ok cap set --scope workspace --window day --usd 0.9
for n in 1 2 3 4 5 6; do ok goal add "Do thing $n in README.md" --json; done
timeout 90 "$claviger" --home "$home" run --until-idle --json >"$dir/run.out" 2>"$dir/last.err" </dev/null &
runner=$!
python3 - "$home"/workspaces/*/claviger.db "$runner" <<'P' >"$dir/last.samples" || fail "booked and held passed the cap"
import os, sqlite3, sys, time
db, pid = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True, timeout=5), int(sys.argv[2])
cap, most, together, n = 900_000_000_000, 0, 0, 0
while os.path.exists("/proc/%d" % pid) and open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()[0] != "Z":
    used, flying = db.execute("SELECT coalesce(sum(iif(state IN ('held', 'sent'), hold_pd, cost_pd)), 0), count(*) FILTER (WHERE state IN ('held', 'sent')) FROM call").fetchone()
    most, together, n = max(most, used), max(together, flying), n + 1
    time.sleep(0.002)
print(n, "samples, at most", most, "with", together, "calls together")
sys.exit(not (0 < most <= cap and n > 50 and together > 1))
P
wait "$runner" || fail "run ended with $?"
ok task list --json
is 'len(d) == 6 and all(t["state"] == "waiting" and t["waiting_on"] == "person" for t in d)'
say "$(cat "$dir/last.samples")"

ok cap set --scope workspace --window day --usd 0.0001
ok goal add "One more thing" --json
ok run --until-idle --json
is 'd["stopped"] == "cap" and d["calls"] == 0'
ok task list --json
is 'd[-1]["state"] == "paused" and d[-1]["waiting_on"] == "cap" and "0.00" in d[-1]["why"]'
ok cap set --scope workspace --window day --usd 5
ok run --until-idle --json
ok task list --json
is 'd[-1]["state"] == "waiting"'
say "too small a cap pauses with its reason, a raised one goes on"

ok goal add "Say much [fault overbill]" --json
ok run --until-idle --json
ok incident list --json
is 'any(i["kind"] == "over_hold" for i in d)'
ok key list --json
is 'd[0]["state"] == "failing"'
say "a vendor that bills more than was held: an incident, and the key pauses"
ok journal verify
exit 0
