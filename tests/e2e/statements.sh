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
expect 2 statement import --vendor anthropic --fetch --file "$dir/junk"
expect 4 statement import --vendor anthropic --fetch
run statement compare --vendor anthropic
[ "$before" = "$(cat "$dir/last.out")" ] || fail "a refused statement changed something"

# Asked for, page by page: three vendors, each with its own units, and a gap that is known.
add_admin() {
	printf '%s' "$3" >"$dir/key"
	ok key add --admin --vendor "$1" --label "$2" --base-url "$url" --file "$dir/key" --json
	rm -f "$dir/key"
}
stop_practice
start_practice --gap 3.2 --aws AKIDEXAMPLE000000001:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY
python3 - "$url" <<'P' || fail "no sales"
import datetime, json, sys, urllib.request
now = datetime.datetime.now(datetime.timezone.utc)
models = {"anthropic": "claude-sonnet-5-5", "openai": "gpt-6.1-terra", "bedrock": "global.anthropic.claude-sonnet-5-5"}
sales = [{"vendor": v, "model": m, "request_id": f"{v}{i}", "at": (now - datetime.timedelta(days=i)).strftime("%Y-%m-%dT%H:%M:%SZ"), "key": "x",
    "input_tokens": 100000 + i, "output_tokens": 5000} for v, m in models.items() for i in range(1, 41)]
ask = urllib.request.Request(sys.argv[1] + "/practice/sales", data=json.dumps(sales).encode(), headers={"content-type": "application/json"})
assert json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask, timeout=20))["added"] == 120
P
fetch /practice/books "$dir/books"
umask 077
add_admin anthropic books-a sk-ant-admin01-practiceAAAAAAAAAAAAAAAAAAAAAAAAAA
add_admin openai books-o sk-admin-practiceAAAAAAAAAAAAAAAAAAAAAAAAAAAA
printf '{"access_key_id":"AKIDEXAMPLE000000001","secret_access_key":"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"}' >"$dir/key"
ok key add --admin --vendor bedrock --label books-b --region us-east-1 --base-url "$url" --file "$dir/key" --json
rm -f "$dir/key"
ok key list --json
is 'sorted(k["kind"] for k in d if k["label"].startswith("books")) == ["admin"] * 3'
is 'all(k["state"] == "active" for k in d if k["label"] in ("books-a", "books-o"))'
from=$(python3 -c 'import datetime; print((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=40)).date())')
to=$(python3 -c 'import datetime; print((datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).date())')
for v in anthropic openai bedrock; do
	ok statement import --vendor $v --fetch --from "$from" --to "$to" --json
	ok statement compare --vendor $v --from "$from" --to "$to" --json
	python3 - "$dir/books" "$dir/last.out" $v <<'P' || fail "$v: another sum than the vendor's books and 3.2%"
import json, sys
from decimal import Decimal
books, said = json.load(open(sys.argv[1])), json.load(open(sys.argv[2]))
billed = sum(Decimal(c["cost_usd"]) for c in books["calls"] if c["vendor"] == sys.argv[3])
theirs = Decimal(said["reported"]["theirs_usd"])
print(sys.argv[3], "billed", billed, "reported", theirs, "over", len(said["days"]), "days")
sys.exit(not (len(said["days"]) == 40 and abs(theirs / billed - Decimal("1.032")) < Decimal("0.0000001") and all({"other_keys"} <= {r["kind"] for r in x["reasons"]} for x in said["days"])))
P
	say "$(py 'd["vendor"]'): 40 days fetched, a known gap of 3.2% is what it shows"
done
fetch /practice/requests "$dir/requests"
is 'sum("cost_report" in r["path"] for r in d) >= 2 and all("sk-ant-admin" not in json.dumps(r) for r in d)' "$dir/requests"
# a key that may not read bills
ok key retire books-o
expect 4 statement import --vendor openai --fetch
ok journal verify
exit 0
