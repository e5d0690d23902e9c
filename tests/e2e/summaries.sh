#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reading matter that is too long to be shown: a call of the routine tier, with a hold and a
# cause of its own, shortens it once; where none is to be had the task goes on without.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

start_practice --rate 100000
make_repo "$dir/t" 12 tally
office "$dir/t"

# long FILE WORDS: as reading matter beside it, the words are in the part that is not shown.
python3 -c 'import sys
for n in 1, 2:
    open(sys.argv[1] + str(n), "w").write("The count of things in the house was written down again this morning.\n" * 1800)' "$dir/long"
long() {
	python3 -c 'import sys
line = "The count of things in the garden was written down again last night.\n"
open(sys.argv[1], "w").write(line * 600 + sys.argv[2] + "\n" + line * 10)' "$1" "$2"
}
# put GOAL FILE: to the engineer, without a plan; runs until it rests.
put() {
	ok goal add "$1" --no-plan --agent engineer --attach "$dir/long1" --attach "$dir/long2" --attach "$2" --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --for 60 --json
	ok task list --goal "$goal" --json
	task=$(py 'd[0]["id"]')
	ok call list --task "$task" --json
	py 'json.dumps(sorted(d, key=lambda c: c["id"]))' >"$dir/last.calls"
	ok task show "$task" --json
	cp "$dir/last.out" "$dir/last.task"
}
in_calls() { is "$1" "$dir/last.calls"; }
in_task() { is "$1" "$dir/last.task"; }

long "$dir/log.txt" "The needle lies in drawer 41."
put "Say in README.md where the needle lies" "$dir/log.txt"
in_calls '[c["cause"] for c in d][:2] == ["summary", "task"] and [c["cause"] for c in d].count("summary") == 1'
in_calls 'd[0]["tier"] == "routine" and d[1]["tier"] == "standard" and d[0]["model"] != d[1]["model"] and d[0]["state"] == "settled" and Decimal(d[0]["cost_usd"]) > 0'
in_task '[e["kind"] for e in d["transcript"]].count("summary") == 1'
in_task '[e for e in d["transcript"] if e["kind"] == "summary"][0]["untrusted"] and "attachment log.txt: begins" in [e for e in d["transcript"] if e["kind"] == "summary"][0]["text"]'
books_agree
fetch /practice/requests "$dir/requests"
python3 - "$dir/requests" <<'P' || fail "what was sent is not what it should be"
import json, sys
sent = [json.loads(r["body"]) if isinstance(r["body"], str) else r["body"] for r in json.load(open(sys.argv[1])) if r["path"] == "/v1/messages"]
text = [json.dumps(r["messages"]) for r in sent]
assert "needle lies in drawer" in text[0] and "tools" not in sent[0], text[0][-300:]
assert all("needle lies in drawer" not in t and "attachment log.txt: begins" in t for t in text[1:]) and len(text) > 2
P
say "what is not shown is summarised once, by the routine tier, and booked"

# other <LABEL> <VENDOR> <KEY> [API]: the same by another vendor's models.
other() {
	printf '%s\n' "$3" >"$dir/key"
	# shellcheck disable=SC2086
	ok key add --vendor "$2" --label "$1" --base-url "$url" --file "$dir/key" ${4:+--api $4} --json
	ok agent set Ada --key "$1"
	put "Say in README.md where the needle lies, by $1" "$dir/log.txt"
	in_calls '[c["cause"] for c in d].count("summary") == 1 and all(c["vendor"] == "'"$2"'" and c["state"] == "settled" for c in d) and d[0]["tier"] == "routine" and d[0]["model"] != d[1]["model"]'
	in_task '["attachment log.txt: begins" in e["text"] for e in d["transcript"] if e["kind"] == "summary"] == [True]'
}
other responses openai sk-proj-practiceAAAAAAAAAAAAAAAAAAAA responses
other chat openai sk-proj-practiceBBBBBBBBBBBBBBBBBBBB chat
other aws bedrock ABSKcHJhY3RpY2U6QUFBQQ==
ok agent set Ada --key main
books_agree
say "on the other wires too"

long "$dir/refused.txt" "[fault 413]"
put "Say in README.md where the needle lies, a second time" "$dir/refused.txt"
in_calls '[c["state"] for c in d if c["cause"] == "summary"] == ["refused"] and any(c["cause"] == "task" and c["state"] == "settled" for c in d)'
in_task '[e["text"] for e in d["transcript"] if e["kind"] == "summary"] == [""]'
say "a summary that is refused is not asked for again, and the task goes on"

long "$dir/cut.txt" "[fault cut]"
put "Say in README.md where the needle lies, a third time" "$dir/cut.txt"
in_calls '[c["state"] for c in d if c["cause"] == "summary"] == ["cut"] and any(c["cause"] == "task" and c["state"] == "settled" for c in d)'
say "one that is cut counts in full and is not sent again"

ok config set summaries false
put "Say in README.md where the needle lies, a fourth time" "$dir/log.txt"
in_calls 'd and all(c["cause"] == "task" for c in d)'
say "with summaries off there is none"
