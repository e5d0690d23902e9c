# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the end-to-end tests: a home of its own, a practice vendor, a made
# repository, and words to ask with. Everything is under $dir and ends with the test.
set -u
umask 077
: "${TOP_BUILDDIR:=$PWD}" "${TOP_SRCDIR:=$PWD/..}"
# A test that is about the vault's cost, or the one whole proof, sets full_cost=1 before it
# sources this; the others run the same program with cheap vaults (tests/e2e/cheap_vault.c).
claviger=$TOP_BUILDDIR/tests/claviger-cheap
[ -z "${full_cost:-}" ] || claviger=$TOP_BUILDDIR/bin/claviger
practice=$TOP_BUILDDIR/bin/claviger-practice

skip() { echo "skipped: $*"; exit 77; }
fail() {
	echo "FAILED: $*"
	for f in "$dir"/last.*; do [ -s "$f" ] && { echo "--- ${f##*/}"; head -c 4000 "$f"; echo; }; done
	exit 1
}
say() { echo "ok: $*"; }

for p in "$claviger" "$practice"; do [ -x "$p" ] || skip "$p is not built"; done
for p in python3 git; do command -v "$p" >/dev/null 2>&1 || skip "$p is not installed"; done

dir=$(mktemp -d "${TMPDIR:-/tmp}/claviger-e2e.XXXXXX") || exit 99
practice_pid=
clean_up() {
	[ -n "$practice_pid" ] && kill "$practice_pid" 2>/dev/null && wait "$practice_pid" 2>/dev/null
	[ -n "${KEEP:-}" ] && echo "kept: $dir" || rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# Nothing of the caller's may steer a test.
unset CLAVIGER_HOME CLAVIGER_WORKSPACE CREDENTIALS_DIRECTORY NO_COLOR ANTHROPIC_API_KEY OPENAI_API_KEY 2>/dev/null || true
HOME=$dir XDG_CONFIG_HOME=$dir/config XDG_DATA_HOME=$dir/data XDG_STATE_HOME=$dir/state
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
home=$dir/home
printf 'a passphrase for tests\n' >"$dir/pass"
CLAVIGER_PASSPHRASE_FILE=$dir/pass
export CLAVIGER_PASSPHRASE_FILE
# Looks like a vendor's key and is none.
key="sk-ant-api03-practice$(printf '%s' "$dir" | cksum | tr -d ' ')AAAA"

# Every verb goes through here: what it printed stays in $dir/last.*
run() {
	echo "claviger $*" >"$dir/last.command"
	timeout 120 "$claviger" --home "$home" "$@" >"$dir/last.out" 2>"$dir/last.err" </dev/null
}
ok() { run "$@" || fail "status $? from: claviger $*"; }
# expect STATUS VERB...: that exit status, and one line of ours on stderr.
expect() {
	wanted=$1
	shift
	run "$@"
	got=$?
	[ "$got" -eq "$wanted" ] || fail "status $got, not $wanted, from: claviger $*"
	one_line "$*"
}
one_line() {
	[ "$(wc -l <"$dir/last.err")" -eq 1 ] || fail "not exactly one line on stderr from: claviger $1"
	grep -q '^claviger: ' "$dir/last.err" || fail "stderr does not begin with 'claviger: ' from: claviger $1"
}
# The last answer, or FILE, as `d` in a Python expression; True and False are printed as such.
py() {
	python3 -c 'import sys, json, hashlib
from decimal import Decimal
d = json.load(open(sys.argv[1]))
v = eval(sys.argv[2])
sys.stdout.write(v if isinstance(v, str) else str(v))' "${2:-$dir/last.out}" "$1"
}
is() { [ "$(py "bool($1)" "${2:-$dir/last.out}")" = True ] || fail "not so: $1 in $(head -c 2000 "${2:-$dir/last.out}")"; }

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	tries=$(($1 * 20))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || fail "waited in vain for: $*"
		sleep 0.05
	done
}

# start_practice [OPTION...]: sets $url.
start_practice() {
	: >"$dir/practice.out"
	"$practice" --port 0 "$@" >"$dir/practice.out" 2>"$dir/practice.err" </dev/null &
	practice_pid=$!
	wait_for 10 grep -q '^listening on ' "$dir/practice.out"
	url=http://$(sed -n 's/^listening on //p' "$dir/practice.out" | head -1)
}
stop_practice() {
	kill "$practice_pid" 2>/dev/null
	wait "$practice_pid" 2>/dev/null
	practice_pid=
}
# fetch PATH FILE
fetch() {
	python3 -c 'import sys, urllib.request
open(sys.argv[2], "wb").write(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=20).read())' "$url$1" "$2" ||
		fail "no answer from the practice vendor for $1"
}

# make_repo FOLDER FILES NAME: a git repository with prose and code in it.
make_repo() {
	python3 - "$1" "$2" "$3" <<'P'
import os, sys
folder, count, name = sys.argv[1], int(sys.argv[2]), sys.argv[3]
def put(path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text)
put("README.md", f"# {name}\n\nA small program that counts things.\n\n## Use\n\nRun `{name}` and read what it says.\n")
put("docs/guide.md", f"# Guide to {name}\n\nYou will recieve a number.\nIt is the count.\n")
for i in range(count - 2):
    room = f"src/part{i % 23:02d}"
    if i % 3 == 0:
        put(f"{room}/notes{i}.md", f"# Notes {i}\n\nPart {i} of {name} counts to {i * 7}.\n")
    else:
        put(f"{room}/count{i}.py", f"# Part {i}\n\ndef count_{i}(things):\n    total = {i}\n    for thing in things:\n        total += 1\n    return total\n")
P
	git -C "$1" init -q -b main
	git -C "$1" add -A
	git -C "$1" -c user.name=Maker -c user.email=maker@example.com -c commit.gpgsign=false commit -q -m 'first things'
	# An edit that is not committed: it has to be there still afterwards.
	echo 'not committed' >>"$1/README.md"
	echo 'not tracked' >"$1/scratch.txt"
}
# What must not change in a repository: its files, index, HEAD and current branch.
repo_state() {
	(
		cd "$1" || exit 1
		find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum
		sha256sum .git/index .git/HEAD
		git rev-parse HEAD refs/heads/main
		git status --porcelain --untracked-files=all
	)
}
# A workspace with a cap, a key and one repository: office REPO [NAME]
office() {
	ok init --json
	ok cap set --scope workspace --window day --usd 5
	add_key main
	add_repo "${2:-repo}" "$1"
}
add_key() {
	printf '%s\n' "$key" >"$dir/key"
	ok key add --vendor anthropic --label "$1" --base-url "$url" --file "$dir/key" --json
	rm -f "$dir/key"
}
add_repo() { ok connector add "$1" --type codebase --root "$2" --json; }
pending() { ok approval list --json; py '" ".join(str(a["id"]) for a in d if a["state"] == "pending")'; }
# approve ID: looks at the whole first, as a person would; keeps what was shown in $dir/shown.ID
approve() {
	ok approval show "$1" --json
	cp "$dir/last.out" "$dir/shown.$1"
	is '"sha256:" + hashlib.sha256(d["payload"].encode()).hexdigest() == d["hash"]'
	ok approval approve "A$1" --hash "$(py 'd["hash"]')"
}
# The office works until GOAL has ended; every question is answered with yes.
until_done() {
	rounds=0
	while :; do
		ok run --until-idle --json
		is 'd["stopped"] == "idle"'
		ok goal show "$1" --json
		case $(py 'd["state"]') in
		done) return 0 ;;
		failed | cancelled | paused) fail "goal $1 ended as: $(py 'd["state"]')" ;;
		esac
		for id in $(pending); do approve "$id"; done
		rounds=$((rounds + 1))
		[ "$rounds" -lt 12 ] || fail "goal $1 is not done after $rounds rounds"
	done
}
# Ours against the vendor's, call by call, to the last digit. After a `kill -9` say `cut`: a call
# that was on its way then is known to ours as cut, at its bound.
books_agree() {
	fetch /practice/books "$dir/books"
	ok spend --json
	cp "$dir/last.out" "$dir/spend"
	ok call list --json
	cp "$dir/last.out" "$dir/calls"
	python3 - "$dir" "${1:-}" <<'P' || fail "the books differ"
import json, sys
from decimal import Decimal
at = lambda name: json.load(open(sys.argv[1] + "/" + name))
books, spend, calls = at("books"), at("spend"), at("calls")
cut = [c for c in calls if c["state"] == "cut"] if sys.argv[2] == "cut" else []
unknown = len(cut)
theirs = {c["request_id"]: c for c in books["calls"]}
ours = {c["request_id"]: c for c in calls if c["state"] == "settled"}
bad = []
for rid, c in theirs.items():
    if not c["complete"]:
        continue
    mine = ours.pop(rid, None)
    if mine is None and unknown > 0:
        unknown -= 1
    elif mine is None:
        bad.append(f"{rid} is missing from ours")
    elif Decimal(mine["cost_usd"]) != Decimal(c["cost_usd"]):
        bad.append(f"{rid}: ours {mine['cost_usd']}, theirs {c['cost_usd']}")
bad += [f"{rid} is only in ours" for rid in ours if rid not in theirs]
if not cut and all(c["complete"] for c in books["calls"]) and Decimal(spend["total"]["cost_usd"]) != Decimal(books["total_usd"]):
    bad.append(f"total: ours {spend['total']['cost_usd']}, theirs {books['total_usd']}")
if cut and sum(Decimal(c["cost_usd"] or c["estimated_usd"] or 0) for c in calls) < Decimal(books["total_usd"]):
    bad.append("with what was cut our total is below theirs")
if sum((Decimal(c["cost_usd"] or 0) for c in calls if c not in cut), Decimal(0)) != Decimal(spend["total"]["cost_usd"]):
    bad.append("our calls do not add up to our total")
if not books["calls"]:
    bad.append("the vendor has billed nothing")
print("\n".join(bad) or f"books agree: {books['total_usd']} over {len(books['calls'])} calls")
sys.exit(bool(bad))
P
}
