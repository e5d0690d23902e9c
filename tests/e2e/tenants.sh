#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Several workspaces on one install: which one is meant is said, and no path, id, link,
# ATTACH, variable or connector of one reaches another. Taken out, put aside, put back,
# done away with; and keys that lie about are taken one by one or not at all.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
# The leak checker of a sanitizer cannot run under strace, and would end each such run with a failure.
ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0"
export ASAN_OPTIONS
command -v sqlite3 >/dev/null 2>&1 || skip "sqlite3 is not installed"

start_practice
make_repo "$dir/tally" 8 tally
at=$home/workspaces
in_ws() { # in_ws NAME VERB...: with that workspace's own passphrase
	ws=$1
	shift
	CLAVIGER_PASSPHRASE_FILE=$dir/pass.$ws ok -w "$ws" "$@"
}
no_ws() { # no_ws STATUS NAME VERB...
	wanted_status=$1 ws=$2
	shift 2
	CLAVIGER_PASSPHRASE_FILE=$dir/pass.$ws expect "$wanted_status" -w "$ws" "$@"
}
key_of() { printf '%s-%s\n' "$key" "$1" >"$dir/key.$1" && chmod 600 "$dir/key.$1"; }
for w in a b; do
	printf 'the passphrase of %s\n' "$w" >"$dir/pass.$w"
	in_ws $w init --json
	in_ws $w cap set --scope workspace --window day --usd 5
	key_of $w
	in_ws $w key add --vendor anthropic --label "of-$w" --base-url "$url" --file "$dir/key.$w" --json
done
say "two workspaces"

# --- which one is meant ----------------------------------------------------------------
expect 2 goal list
for n in .. . ../b a/../b "$at/a" -a 'a b' 'a
b' '' "$(printf '%065d' 0)"; do expect 2 --workspace="$n" goal list; done
(CLAVIGER_WORKSPACE=../b && export CLAVIGER_WORKSPACE && expect 2 goal list) || exit 1
in_ws a goal add 'Say in README.md how it is stopped' --json
(CLAVIGER_WORKSPACE=b && export CLAVIGER_WORKSPACE && ok goal list --json && is 'd == []' && ok -w a goal list --json && is 'len(d) == 1') || exit 1
ok config set workspace b
ok goal list --json
is 'd == []'
ok config set workspace ''
ok workspace list --json
is '[w["name"] for w in d] == ["a", "b"]'
say "which one is meant is said, or asked for"

# --- ids --------------------------------------------------------------------------------
in_ws a connector add repo --type codebase --root "$dir/tally"
in_ws a run --until-idle --json
in_ws a approval list --json
id=$(py 'd[0]["id"]') hash=$(py 'd[0]["hash"]')
no_ws 4 b goal show 1
no_ws 4 b approval show "$id"
no_ws 4 b approval approve "$id" --hash "$hash"
no_ws 4 b key test of-a
(CLAVIGER_PASSPHRASE_FILE=$dir/pass.a expect 3 -w b key test of-b) || exit 1
say "an id of one is nothing in the other"

# --- links and transplants ----------------------------------------------------------------
ln -s a "$at/c"
expect 2 -w c goal list
rm "$at/c"
cp -R "$at/b" "$at/d" && cp "$dir/pass.b" "$dir/pass.d"
rm -f "$at/d/claviger.db-wal" "$at/d/claviger.db-shm"
sqlite3 "$at/a/claviger.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
sqlite3 "$at/b/claviger.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
cp "$at/b/claviger.db" "$at/d/claviger.db"
in_ws d key test of-b
mv "$at/d/claviger.db" "$dir/d.db"
ln -s ../a/claviger.db "$at/d/claviger.db"
run -w d goal list
[ $? -ne 0 ] || fail "a database that is a link to another workspace's was opened"
one_line "goal list through a linked database"
rm "$at/d/claviger.db" && cp "$dir/d.db" "$at/d/claviger.db"
cp "$at/a/vault.key" "$at/d/vault.key"
(CLAVIGER_PASSPHRASE_FILE=$dir/pass.a expect 3 -w d key test of-b) || exit 1
grep -q 'another workspace' "$dir/last.err" || fail "the other workspace's vault.key: $(cat "$dir/last.err")"
ln -sf ../a/vault.key "$at/d/vault.key"
(CLAVIGER_PASSPHRASE_FILE=$dir/pass.a expect 3 -w d key test of-b) || exit 1
rm "$at/d/vault.key" && cp "$at/b/vault.key" "$at/d/vault.key"
# the sealed key and the signed limit of a, in the database of d
sqlite3 "$at/d/claviger.db" "ATTACH '$at/a/claviger.db' AS a; PRAGMA recursive_triggers = OFF;
	UPDATE sealed SET bytes = (SELECT s.bytes FROM a.sealed s WHERE s.kind = 'key') WHERE kind = 'key';" || fail sqlite3
run -w d key test of-b
CLAVIGER_PASSPHRASE_FILE=$dir/pass.d run -w d key test of-b
[ $? -ne 0 ] || fail "the sealed key of another workspace was used"
cp "$dir/d.db" "$at/d/claviger.db"
sqlite3 "$at/d/claviger.db" "ATTACH '$at/a/claviger.db' AS a; UPDATE cap SET limit_pd = 9 * limit_pd, mac = (SELECT c.mac FROM a.cap c)" || fail sqlite3
in_ws d goal add 'Say what README.md counts' --no-plan --agent Sam --json
in_ws d run --until-idle --json
is 'd["calls"] == 0'
rm -r "$at/d"
requests=$(fetch /practice/requests "$dir/requests" && py 'json.dumps(d)' "$dir/requests")
case $requests in *"$(printf '%s-a' "$key" | sha256sum | cut -d' ' -f1)"*) ;; *) fail "the control: the key of a was never used" ;; esac
say "a link, another's vault.key, a transplanted key, a transplanted limit"

# --- words that would be SQL, variables that would be paths ---------------------------------
if command -v strace >/dev/null 2>&1; then
	sql="'); ATTACH DATABASE '$at/a/claviger.db' AS x; --"
	n=0
	traced() {
		n=$((n + 1))
		(cd "$dir" && SQLITE_TMPDIR=$at/a CLAVIGER_PASSPHRASE_FILE=$dir/pass.b XDG_RUNTIME_DIR=$at/a TMPDIR=$at/a \
			strace -f -qq -e trace=open,openat,openat2,rename,renameat2,link,linkat,symlink,unlink,mkdir -s 300 -o "$dir/trace.$n" \
			timeout 60 "$claviger" --home "$home" -w b "$@" >"$dir/last.out" 2>"$dir/last.err" </dev/null)
	}
	traced goal add "$sql" --no-plan --json
	traced goal list --json
	traced goal show "1$sql"
	traced agent set "Ada$sql" --tier routine
	traced cap set --scope "agent:$sql" --window day --usd 1
	traced key test "$sql"
	traced spend --by "day$sql"
	traced rule add --agent Ada --tool "repo.x$sql" --when "f=$sql"
	traced journal list --since "$sql"
	traced connector add "$sql" --type codebase --root "$dir/tally"
	traced connector add near --type codebase --root "$at/a"
	traced connector add above --type codebase --root "$dir"
	traced workspace export "$dir/out.b"
	traced doctor --json -w b
	cat "$dir"/trace.* >"$dir/traces"
	grep -q 'workspaces/b/claviger.db' "$dir/traces" || fail "the control: nothing of b was opened"
	if grep -vE 'AT_SYMLINK_NOFOLLOW|/tsan\.rodata\.' "$dir/traces" | grep -E '"[^"]*workspaces/a/' | grep -v ATTACH; then fail "something of a was opened"; fi
	grep -q 'SQLite format' "$dir"/out.b/* && fail "an export with a database in it"
	say "$n verbs of b with SQL and paths of a in their words and variables open nothing of a"
else
	echo "skipped: strace is not installed: what verbs open was not looked at"
fi

# --- a connector asked for it ------------------------------------------------------------------
make_repo "$dir/trap" 4 trap
ln -s "$at/a/claviger.db" "$dir/trap/leak.md"
ln -s "$at/a" "$dir/trap/office"
git -C "$dir/trap" add -A && git -C "$dir/trap" -c user.name=Maker -c user.email=maker@example.com -c commit.gpgsign=false commit -q -m 'a trap'
in_ws b connector add trap --type codebase --root "$dir/trap"
in_ws b goal add 'Say what leak.md is about' --no-plan --agent Ada --json
goal=$(py 'd["goal"]')
in_ws b run --until-idle --json
in_ws b task list --goal "$goal" --json
in_ws b task show "$(py 'd[0]["id"]')" --json
is '"leak.md" in json.dumps(d)'
grep -q 'SQLite format' "$dir/last.out" && fail "the connector read another workspace's database"
# What the kernel says: another program under the very grants of that connector.
if command -v strace >/dev/null 2>&1; then
	CLAVIGER_PASSPHRASE_FILE=$dir/pass.b strace -f -qq -e trace=execve -s 4096 -v -o "$dir/execs" "$claviger" --home "$home" -w b connector test trap >"$dir/last.out" 2>"$dir/last.err" </dev/null ||
		fail "connector test"
	python3 - "$dir/execs" "$at" <<'P' || fail "a connector can read a workspace"
import ast, re, subprocess, sys
lines = [l for l in open(sys.argv[1]) if "claviger-confine" in l and "execve(" in l and "--" in l]
argv = ast.literal_eval(re.search(r'execve\("[^"]*", (\[.*?\]), \[', lines[0]).group(1))
grants = argv[:argv.index("--") + 1]
run = lambda *command: subprocess.run(grants + list(command), capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"})
control = run("/bin/echo", "fine")
if control.returncode != 0 or control.stdout != "fine\n":
    print("the control: nothing runs under the grants:", control)
    sys.exit(1)
bad = 0
for path in ("a/claviger.db", "a/vault.key", "b/claviger.db", "b/vault.key", "b/worker.lock"):
    r = run("/bin/cat", f"{sys.argv[2]}/{path}")
    ok = r.returncode != 0 and ("Permission denied" in r.stderr or "No such file" in r.stderr)
    print(("refused: " if ok else "READ: ") + path + ": " + r.stderr.strip())
    bad += not ok
sys.exit(bad)
P
fi
say "a connector that is asked for a workspace gets a no"

# --- taken out, put aside, put back ------------------------------------------------------------------
secrets_absent() { # secrets_absent FILE...
	for k in "$key-a" "$key-b" 'the passphrase of'; do
		grep -q -a -F -- "$k" "$@" && fail "a secret stands in $*"
	done
	return 0
}
in_ws a workspace export "$dir/out" --json
is 'd["workspace"] == "a" and d["rows"] > 10'
(cd "$dir/out" && sha256sum -c --quiet SHA256SUMS) || fail "the sums of an export"
python3 - "$dir/out" <<'P' || fail "the export does not read"
import csv, json, os, sys
m = json.load(open(sys.argv[1] + "/manifest.json"))
for f in m["files"]:
    path = os.path.join(sys.argv[1], f["name"])
    rows = [json.loads(l) for l in open(path, encoding="utf-8")] if path.endswith("l") else list(csv.reader(open(path, newline="", encoding="utf-8")))[1:]
    if len(rows) != f["rows"] or os.path.getsize(path) != f["bytes"] or os.stat(path).st_mode & 0o77:
        sys.exit(f"{f} is not so: {len(rows)} rows")
names = {f["name"] for f in m["files"]}
sys.exit(not ({"goal.jsonl", "journal.csv", "call.jsonl", "decision.jsonl", "key.jsonl"} <= names) or any("sealed" in n for n in names))
P
secrets_absent "$dir"/out/*
expect 5 -w a workspace export "$dir/out"
in_ws a approval approve "$id" --hash "$hash"
in_ws a workspace backup "$dir/a.backup" --json
expect 5 -w a workspace backup "$dir/a.backup"
[ "$(stat -c %a "$dir/a.backup")" = 600 ] || fail "a backup others may read"
secrets_absent "$dir/a.backup"
expect 5 workspace restore "$dir/a.backup"
expect 5 -w copy workspace restore "$dir/a.backup"
python3 - "$dir" <<'P'
import sys
whole = open(sys.argv[1] + "/a.backup", "rb").read()
for i in range(12):
    at = len(whole) * i // 12 + 40
    open(f"{sys.argv[1]}/bad.{i}", "wb").write(whole[:at] + bytes([whole[at] ^ 0x41]) + whole[at + 1:])
for i, n in enumerate((0, 1, 512, 700, len(whole) // 2, len(whole) - 1100)):
    open(f"{sys.argv[1]}/bad.cut{i}", "wb").write(whole[:n])
P
for f in "$dir"/bad.*; do
	run --home "$dir/other" workspace restore "$f"
	got=$?
	# a byte of padding or of a time is nobody's loss
	[ "$got" -eq 1 ] || [ "$got" -eq 0 ] || fail "status $got from a damaged backup"
	[ "$got" -eq 0 ] && case $f in *cut*) fail "a backup cut short was taken" ;; esac
	[ "$got" -eq 0 ] || [ -z "$(ls -A "$dir/other/workspaces" 2>/dev/null)" ] || fail "a half of a workspace is left: $(ls -A "$dir/other/workspaces")"
	rm -rf "$dir/other"
done
mkdir -p "$dir/other/workspaces/.again.restore-killed" && chmod -R go= "$dir/other" && : >"$dir/other/workspaces/.again.restore-killed/vault.key"
CLAVIGER_PASSPHRASE_FILE=$dir/pass.a ok --home "$dir/other" -w again workspace restore "$dir/a.backup" --json
[ "$(ls -A "$dir/other/workspaces")" = again ] || fail "what a killed restore left is there still"
is 'd["workspace"] == "again" and d["pending_again"] == 1 and d["paused_goals"] == 1'
CLAVIGER_PASSPHRASE_FILE=$dir/pass.a ok --home "$dir/other" key test of-a
ok --home "$dir/other" approval list --json
is '[x["id"] for x in d if x["state"] == "pending"] == ['"$id"']'
ok --home "$dir/other" doctor --json
is 'd["ok"]'
say "exported, backed up, restored: no secret in clear, nothing fires by itself, no damaged one is taken"

# --- done away with -------------------------------------------------------------------------------------
expect 2 workspace destroy a
expect 4 workspace destroy nobody --yes
expect 2 workspace destroy ../a --yes
CLAVIGER_PASSPHRASE_FILE=$dir/pass.a timeout 60 "$claviger" --home "$home" -w a run --for 60 >"$dir/run.out" 2>&1 </dev/null &
worker=$!
held() { ok -w a workspace show --json; [ "$(py 'd.get("worker") is not None')" = True ]; }
wait_for 20 held
expect 5 workspace destroy a --yes
kill $worker && wait $worker
if command -v script >/dev/null 2>&1; then
	printf 'b\n' | script -qec "$claviger --home $home workspace destroy a" "$dir/typed" >/dev/null 2>&1 && fail "destroyed under a wrong name"
	[ -e "$at/a/vault.key" ] || fail "a wrong name destroyed the vault"
fi
cp "$at/a/claviger.db" "$dir/kept.db"
if command -v strace >/dev/null 2>&1; then
	strace -f -qq -e trace=openat,write,fsync,unlink,unlinkat,rename,rmdir -s 80 -o "$dir/destroy" "$claviger" --home "$home" workspace destroy a --yes >"$dir/last.out" 2>"$dir/last.err" || fail "destroy"
	sed -i "/tsan\\.rodata/d" "$dir/destroy"	# a sanitizer's own file
	python3 - "$dir/destroy" <<'P' || fail "the wrapped root is not the first to go"
import re, sys
calls = [l for l in open(sys.argv[1])]
root = next(i for i, l in enumerate(calls) if "unlinkat(" in l and "vault.key" in l)
first = next(i for i, l in enumerate(calls) if re.search(r"\b(rename|rmdir|unlink|unlinkat)\(", l))
wiped = [l for l in calls[:root] if "write(" in l and r"\0\0\0\0\0\0\0\0" in l]
synced = [l for l in calls[:root] if "fsync(" in l]
sys.exit(not (first == root and wiped and synced))
P
else
	ok workspace destroy a --yes
fi
[ ! -e "$at/a" ] || fail "the folder is there still"
[ "$(ls -A "$at")" = b ] || fail "left over: $(ls -A "$at")"
in_ws b key test of-b
CLAVIGER_PASSPHRASE_FILE=$dir/pass.a ok workspace restore "$dir/a.backup"
CLAVIGER_PASSPHRASE_FILE=$dir/pass.a ok -w a key test of-a
say "destroyed, its keys first; a backup brings it back"

# --- keys that lie about ------------------------------------------------------------------------------------
mkdir "$dir/project" "$dir/.aws"
printf '# settings\nexport OPENAI_API_KEY="sk-proj-practiceAAAAAAAAAAAAAAAA"\nOTHER=1\n' >"$dir/project/.env"
printf '[office]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\nregion = us-east-1\n' >"$dir/.aws/credentials"
stray() {
	(cd "$dir/project" && ANTHROPIC_API_KEY=$key-stray GEMINI_API_KEY=nothing CLAVIGER_PASSPHRASE_FILE=$dir/pass.b timeout 60 "$claviger" --home "$home" -w b "$@" >"$dir/last.out" 2>"$dir/last.err" </dev/null)
}
echo "key import" >"$dir/last.command"
stray key import --dry-run --json || fail "key import --dry-run"
is '[(f["name"], f["from"], f["vendor"], f["taken"]) for f in d] == [("ANTHROPIC_API_KEY", "environment", "anthropic", False), ("GEMINI_API_KEY", "environment", None, False), ("OPENAI_API_KEY", ".env", "openai", False), ("office", "~/.aws", "bedrock", False)]'
secrets_absent "$dir/last.out" "$dir/last.err"
stray key import --json
[ $? -eq 2 ] || fail "key import without a terminal and without a name took or hung"
stray key import NO_SUCH_KEY
[ $? -eq 4 ] || fail "a name that is not there"
stray key import ANTHROPIC_API_KEY --base-url "$url" --json || fail "key import: $(cat "$dir/last.err")"
is '[f["name"] for f in d if f["taken"]] == ["ANTHROPIC_API_KEY"]'
in_ws b key list --json
is 'sorted(k["label"] for k in d) == ["anthropic", "of-b"] and all(k["state"] == "active" for k in d)'
stray doctor --json || true
is 'any("ANTHROPIC_API_KEY" in (c["text"] or "") and "ignored" in c["text"] for c in d["checks"])'
say "keys that lie about: named, and taken one by one"

# --- a home that is open to others --------------------------------------------------------------------------
chmod 755 "$home"
expect 2 -w b goal list
grep -q "chmod 700" "$dir/last.err" || fail "no chmod is named: $(cat "$dir/last.err")"
chmod 700 "$home" && chmod 750 "$at/b"
expect 2 -w b goal list
grep -q "chmod 700" "$dir/last.err" || fail "no chmod is named"
chmod 700 "$at/b"
in_ws b goal list
say "a home that others may read is refused, with the chmod"
