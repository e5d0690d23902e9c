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
def runs():
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # it ended, and the shell has noticed
        return False


while runs():
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

# Near the cap the vendor counts the prompt first, then the answer is given less room.
ok spend --json
near=$(py 'Decimal(d["total"]["cost_usd"]) + Decimal(d["total"]["estimated_usd"]) + Decimal("0.06")')
ok cap set --scope workspace --window day --usd "$near"
fetch /practice/requests "$dir/before"
ok goal add "Fit in" --json
ok run --until-idle --json
is 'd["calls"] > 0'
fetch /practice/requests "$dir/requests"
python3 - "$dir/before" "$dir/requests" <<'P' || fail "neither counted nor shrunk"
import json, sys
before, after = (json.load(open(p)) for p in sys.argv[1:])
new = after[len(before):]
room = lambda rs: [json.loads(r["body"])["max_tokens"] for r in rs if r["path"] == "/v1/messages" and r["status"] == 200]
counted = [r for r in new if r["path"].endswith("/count_tokens")]
print("usual room", max(room(before)), "near the cap", room(new), "counted", len(counted))
sys.exit(not (counted and 512 <= room(new)[0] < max(room(before))))
P
ok cap list --json
is 'all(Decimal(c["spent_usd"]) + Decimal(c["held_usd"]) <= Decimal(c["limit_usd"]) for c in d)'
ok cap set --scope workspace --window day --usd 5
say "near the cap the prompt is counted, the answer gets less room"

ok goal add "Say much [fault overbill]" --json
ok run --until-idle --json
ok incident list --json
is 'any(i["kind"] == "over_hold" for i in d)'
ok key list --json
is 'd[0]["state"] == "failing"'
say "a vendor that bills more than was held: an incident, and the key pauses"

printf 'ABSK%s\n' "$(printf 'practicepracticepracticepractice' | base64)" >"$dir/key"
chmod 600 "$dir/key"
ok key add --vendor bedrock --label aws --region us-east-1 --base-url "$url" --file "$dir/key" --json
ok agent set Mira --vendor bedrock --model global.anthropic.claude-fable-5-2
ok goal add "Work without a price" --json
ok run --until-idle --json
ok incident list --json
is 'sum(i["kind"] == "unpriced" and "price set" in i["text"] for i in d) == 1'
ok spend --by model --json
is '[r["unpriced_calls"] for r in d["rows"] if "fable" in r["model"]][0] > 0 and all(Decimal(r["cost_usd"]) + Decimal(r["estimated_usd"]) > 0 for r in d["rows"])'
ok price show --unpriced --json
is 'any("fable-5-2" in r["model"] for r in d)'
ok meter --json
is 'd["total"]["unpriced_calls"] > 0'
say "a model without a price is never free: counted at the dearest known rate, an incident, listed until a person sets a price"
ok journal verify
exit 0
