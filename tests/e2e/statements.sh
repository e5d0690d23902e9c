#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The vendor's own report beside our books: equal when nothing is wrong, and a known gap
# shows as what it is, with its causes.
. "$(dirname "$0")/lib.sh"

start_practice
make_repo "$dir/repo" 20 tally
office "$dir/repo"
ok goal add "Fix the typos" --json
ok run --until-idle --json
ok goal add "Break off [fault cut]" --json
ok run --until-idle --json
ok call list --json
is 'sum(c["state"] == "cut" for c in d) == 1 and sum(c["state"] == "settled" for c in d) > 1'
cut=$(py '[c["id"] for c in d if c["state"] == "cut"][0]')

python3 - "$url" "$dir/report" <<'P' || fail "no cost report from the practice vendor"
import datetime, sys, urllib.request
day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT00:00:00Z")
ask = urllib.request.Request(sys.argv[1] + "/v1/organizations/cost_report?starting_at=" + day,
    headers={"x-api-key": "sk-ant-admin01-practiceAAAAAAAAAAAAAAAAAAAAAAAAAA", "anthropic-version": "2023-06-01"})
open(sys.argv[2], "wb").write(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask, timeout=20).read())
P
ok statement compare --vendor anthropic --json
is 'd["days"][-1]["theirs_usd"] is None and d["days"][-1]["reasons"][0]["kind"] == "not_reported"'
ok statement import --vendor anthropic --file "$dir/report"
ok statement compare --vendor anthropic --json
is '{"estimated"} <= {r["kind"] for r in d["days"][-1]["reasons"]} and d["days"][-1]["gap_usd"] != "0"'
# what the vendor billed for the cut call is what its books say of the one that is not complete
fetch /practice/books "$dir/books"
billed=$(py '[c["cost_usd"] for c in d["calls"] if not c["complete"]][0]' "$dir/books")
ok call settle "C$cut" --usd "$billed"
ok statement compare --vendor anthropic --json
is 'd["days"][-1]["gap_usd"] == "0" and d["reported"]["gap_percent"] == "0.0"'
say "the practice vendor's report equals our books, once the cut call is settled"

theirs() {	# theirs OURS-USD AS-PART-OF-THEIRS FILE
	python3 - "$1" "$2" "$3" <<'P'
import datetime, json, sys
from decimal import Decimal
day = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
cents = (Decimal(sys.argv[1]) / Decimal(sys.argv[2]) * 100).quantize(Decimal("1e-10"))
at = lambda d: d.strftime("%Y-%m-%dT%H:%M:%SZ")
json.dump({"data": [{"starting_at": at(day), "ending_at": at(day + datetime.timedelta(days=1)), "results": [{"currency": "USD", "amount": f"{cents:f}"}]}],
    "has_more": False}, open(sys.argv[3], "w"))
P
}
theirs "$(py 'd["days"][-1]["ours_usd"]')" 0.968 "$dir/gap"
ok statement import --vendor anthropic --file "$dir/gap"
ok statement compare --vendor anthropic --json
is 'd["days"][-1]["gap_percent"] == "3.2" and "other_keys" in {r["kind"] for r in d["days"][-1]["reasons"]}'
is 'Decimal(d["days"][-1]["theirs_usd"]) - Decimal(d["days"][-1]["ours_usd"]) == Decimal(d["days"][-1]["gap_usd"])'
run statement compare --vendor anthropic
grep -q '3.2' "$dir/last.out" || fail "no 3.2 in the table"
say "a gap of 3.2% shows as 3.2% and names its cause"

before=$(cat "$dir/last.out")
printf 'date,cost,currency\n2026-11-02,3,EUR\n' >"$dir/euro"
expect 2 statement import --vendor anthropic --file "$dir/euro"
printf 'nothing of the kind' >"$dir/junk"
expect 1 statement import --vendor anthropic --file "$dir/junk"
expect 2 statement import --vendor anthropic
run statement compare --vendor anthropic
[ "$before" = "$(cat "$dir/last.out")" ] || fail "a refused statement changed something"
ok journal verify
exit 0
