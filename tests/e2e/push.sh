#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A branch that an approved patch made is pushed, once a person approves that too: to a
# folder, and over HTTP with TLS and a token to git's own server; what is approved is what
# arrives, the token is seen by nobody else, and a lost answer is settled by the remote.
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

server_pid= other_pid=
clean_up_server() {
	for p in $server_pid $other_pid; do kill "$p" 2>/dev/null && wait "$p" 2>/dev/null; done
	clean_up
}
trap clean_up_server EXIT
token=tok-en-7391-of-the-remote
# serve: the bare repositories in $dir/far over HTTPS; sets $remote.
serve() {
	mkdir -p "$dir/web"
	command -v openssl >/dev/null 2>&1 || skip "openssl is not installed"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
		-keyout "$dir/web/key.pem" -out "$dir/web/cert.pem" 2>/dev/null || fail "no certificate"
	mkfifo "$dir/web/end"
	python3 "$TOP_SRCDIR/tests/e2e/git_server.py" --root "$dir/far" --dir "$dir/web" --user ann --token "$token" --cert "$dir/web/cert.pem" --key "$dir/web/key.pem" \
		<"$dir/web/end" >"$dir/web/out" 2>&1 &
	server_pid=$!
	exec 8>"$dir/web/end"
	wait_for 20 test -s "$dir/web/port"
	remote=https://ann@localhost:$(cat "$dir/web/port")/acme.git
}
at_remote() { git -C "$dir/far/acme.git" rev-parse -q --verify "refs/heads/claviger/T$1" 2>/dev/null; }
# goal: up to the question whether to push; sets $goal, $push and $task.
ask_to_push() {
	ok goal add "Mend the slip in the guide and push it to $*" --no-plan --agent Ada --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	for id in $(pending); do approve "$id"; done
	ok run --until-idle --json
	push=$(pending)
	ok approval show "$push" --json
	is 'd["tool"] == "push_branch" and d["effect"] == "send"'
	task=$(py 'd["task"]')
}
# yes [VALUE]: to the push that is asked for; an address that is not in the goal is written out.
yes() {
	ok approval show "$push" --json
	cp "$dir/last.out" "$dir/shown.$push"
	ok approval approve "A$push" --hash "$(py 'd["hash"]')" ${1:+--yes-to "$1" --yes-to localhost}
	ok run --until-idle --json
	ok approval show "$push" --json
}
make_repo "$dir/acme" 12 acme
mkdir "$dir/far"
git clone -q --bare "$dir/acme" "$dir/far/acme.git"
before=$(repo_state "$dir/acme")
serve
printf '%s\n' "$token" >"$dir/token"
ok init --json
ok config set undo_window_s 0
ok cap set --scope workspace --window day --usd 5

sed "s|@FOLDER@|$dir/far/acme.git|g;s|@REMOTE@|$remote|g" "$TOP_SRCDIR/tests/e2e/push.json" >"$dir/push.json"
start_practice --rate 20000 --script "$dir/push.json"
add_key main

# What cannot be granted, and what is not granted.
expect 2 connector add repo --type codebase --root "$dir/acme" --push git@example.com:acme.git
grep -q 'ssh needs your keys' "$dir/last.err" || fail "ssh is not explained"
expect 2 connector add repo --type codebase --root "$dir/acme" --push "https://ann:$token@example.com/acme.git"
grep -q "$token" "$dir/last.err" && fail "the password of an address is repeated"
expect 2 connector add repo --type codebase --root "$dir/acme" --push http://example.com/acme.git
expect 2 connector add repo --type codebase --root "$dir/acme" --push "$dir/acme/docs"
run connector add repo --type codebase --root "$dir/acme" --push "$home" && fail "the home is pushed to"
ok connector add bare --type codebase --root "$dir/acme" --json
is '"push_branch" not in [t["name"] for t in d]'
ok connector remove bare
say "no push unless a person grants it"

# To a folder.
ok connector add repo --type codebase --root "$dir/acme" --push "$dir/far/acme.git" --json
is '[t["effect"] for t in d if t["name"] == "push_branch"] == ["send"]'
ask_to_push the folder
ok approval show "$push"
for words in "$dir/far/acme.git" 'commits, says the connector: 1 new there' 'Spell receive correctly' 'changes, says the connector: 1 file, +1 -1' 'docs/guide.md +1 -1'; do
	grep -qF "$words" "$dir/last.out" || fail "the question does not show: $words"
done
at_remote "$task" && fail "it was pushed before anybody approved"
yes
ok goal show "$goal" --json
is 'd["state"] == "done"'
[ "$(at_remote "$task")" = "$(git -C "$dir/acme" rev-parse "claviger/T$task")" ] || fail "the branch is not there"
[ "$(git -C "$dir/far/acme.git" for-each-ref --format='%(refname)' | wc -l)" = 2 ] || fail "more than the branch was pushed"
[ "$before" = "$(repo_state "$dir/acme")" ] || fail "working tree, index or HEAD changed"
ok connector remove repo
say "pushed to a folder"

# Over HTTPS, with a token.
ok connector add repo --type codebase --root "$dir/acme" --push "$remote" --ca-file "$dir/web/cert.pem" --json
ok connector secret repo token --file "$dir/token"
ask_to_push there
ok approval show "$push"
grep -qF "$remote" "$dir/last.out" || fail "the question does not show where it goes"
at_remote "$task" && fail "it was pushed before anybody approved"
# The answer is lost: the remote proves it.
echo lose >"$dir/web/mode"
yes "$remote"
is 'd["state"] == "fired"'
[ "$(at_remote "$task")" = "$(git -C "$dir/acme" rev-parse "claviger/T$task")" ] || fail "the branch is not there"
[ "$(grep -c 'POST /acme.git/git-receive-pack Basic' "$dir/web/log")" -le 2 ] || fail "it was sent twice"
say "pushed over HTTPS, and a lost answer settled by the remote"

# The line is cut before it is taken: nobody knows, and nothing is tried again.
echo drop >"$dir/web/mode"
ask_to_push there
yes "$remote"
is 'd["state"] == "unknown"'
at_remote "$task" && fail "it arrived after all"
echo ok >"$dir/web/mode"
ok run --until-idle --json
at_remote "$task" && fail "it was tried again"
ok approval settle "$push" --as not-fired
say "what nobody knows is left to the person"

# The server by itself: what the other end says is words, and never the token.
python3 - "$TOP_BUILDDIR/libexec/claviger/claviger-codebase" "$dir" "$remote" "$token" "$task" <<'P' || fail "the remote is believed too much"
import json, os, subprocess, sys
program, d, remote, token, task = sys.argv[1:]
commit = subprocess.run(["git", "-C", d + "/acme", "rev-parse", "claviger/T" + task], capture_output=True, text=True).stdout.strip()
bad = []
def push(mode, secret, key=None):
    open(d + "/web/mode", "w").write(mode)
    os.makedirs(d + "/state", exist_ok=True)
    r, w = os.pipe()
    os.write(w, secret.encode())
    os.close(w)
    p = subprocess.Popen([program, "--root", d + "/acme", "--state", d + "/state", "--push", remote, "--push-ca", d + "/web/cert.pem"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, pass_fds=(3,), preexec_fn=lambda: os.dup2(r, 3))
    os.close(r)
    meta = {"claviger/task": int(task), **({"claviger/idempotency_key": key} if key else {"claviger/check": True})}
    out, err = p.communicate(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "push_branch", "_meta": meta,
                             "arguments": {"remote": remote, "branch": "claviger/T" + task, "commit": commit}}}).encode() + b"\n")
    if token.encode() in out + err:
        bad.append(f"{mode}: the token is repeated: {out + err}")
    r = json.loads(out)["result"]
    return r["resultType"], r["isError"], r["content"][0]["text"]
def holds(what, got, kind, failed, words):
    if got[0] != kind or got[1] != failed or words not in got[2]:
        bad.append(f"{what}: {got}")
holds("a check", push("ok", token), "complete", False, "It can be pushed.")
holds("a wrong token", push("ok", "tok-wrong"), "complete", True, "cannot be looked at")
holds("no token", push("ok", ""), "complete", True, "cannot be looked at")
holds("two lines", push("ok", token + "\nhost=example.com"), "complete", True, "more than one line")
holds("elsewhere", push("redirect", token), "complete", True, "cannot be looked at")
holds("only to read", push("readonly", token, "aa00"), "complete", True, "The requested URL returned error: 403")
holds("denied", push("deny", token, "aa01"), "unknown", False, "neither confirmed nor shows it")
holds("echoed", push("echo", token, "aa02"), "unknown", False, "neither confirmed nor shows it")
holds("not again", push("ok", token, "aa02"), "unknown", False, "not sent again")
print("\n".join(bad))
sys.exit(bool(bad))
P

# The token: with the login it was asked for, and nowhere else.
wrong=$(printf 'ann:tok-wrong' | base64 -w0)
grep -v "Basic $(printf 'ann:%s' "$token" | base64 -w0)$" "$dir/web/log" | grep -v "Basic $wrong$" | grep -qv ' -$' && fail "another login was sent"
rm "$dir/token"
ok journal verify
if grep -rlF "$token" "$home" "$dir/acme" "$dir/far" "$dir"/practice.* "$dir"/last.* "$dir"/shown.* 2>/dev/null; then fail "the token stands in a file"; fi
b64=$(printf 'ann:%s' "$token" | base64 -w0)
if grep -rlF "$b64" "$home" "$dir/acme" "$dir/far" 2>/dev/null; then fail "the token stands in a file, encoded"; fi
[ "$before" = "$(repo_state "$dir/acme")" ] || fail "working tree, index or HEAD changed"
say "the token is nobody else's"
