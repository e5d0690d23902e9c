#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A real mailbox: dovecot and an SMTP server on loopback. A mail is read, its answer
# proposed, approved, sent and received as it was approved; the worker is killed
# between the server's taking it over and our receipt; the server is fed what no
# honest sender would send (inbox_server.py).
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"

server=$TOP_BUILDDIR/libexec/claviger/claviger-inbox
[ -x "$server" ] || skip "$server is not built"
dovecot=$(PATH=$PATH:/usr/sbin:/sbin command -v dovecot) || skip "dovecot is not installed"
case $("$dovecot" --version) in 2.3.*) ;; *) skip "the test writes the configuration of dovecot 2.3, and this is another" ;; esac
for python in python3 /usr/bin/python3 none; do
	[ "$python" = none ] && skip "no python3 here has aiosmtpd and cryptography"
	"$python" -c 'import aiosmtpd, cryptography' 2>/dev/null && break
done
# Dovecot's users must get through to their mail.
mail=$(mktemp -d "${TMPDIR:-/tmp}/claviger-mail.XXXXXX") || exit 99
mail_pid=
clean_up_mail() {
	[ -n "$mail_pid" ] && kill "$mail_pid" 2>/dev/null && wait "$mail_pid" 2>/dev/null
	[ -n "${KEEP:-}" ] && echo "kept: $mail" || rm -rf "$mail"
	clean_up
}
trap clean_up_mail EXIT
mkfifo "$mail/end"
"$python" "$TOP_SRCDIR/tests/e2e/mail_server.py" --dir "$mail" --dovecot "$dovecot" --user ada:open-sesame-7391 --user dana:pw-of-dana <"$mail/end" >"$mail/out" 2>"$mail/err" &
mail_pid=$!
exec 9>"$mail/end"
mail_is_up() { grep -q '^ready' "$mail/out" || ! kill -0 "$mail_pid" 2>/dev/null; }
wait_for 30 mail_is_up
grep -q '^ready' "$mail/out" || { cat "$mail/err"; fail "the mail servers did not start"; }
port() { py "d['$1']" "$mail/ports"; }

# from_dana SUBJECT [USER]: she writes to ada, or to that user, over SMTP.
from_dana() {
	"$python" - "$mail" "$1" "${2:-ada}" <<'P' || fail "dana's mail was not taken"
import json, smtplib, ssl, sys
d, subject, user = sys.argv[1:]
ports = json.load(open(d + "/ports"))
s = smtplib.SMTP_SSL("localhost", ports["smtps"], context=ssl.create_default_context(cafile=d + "/ca.pem"))
s.login("dana", "pw-of-dana")
s.sendmail("dana@example.com", [f"{user}@example.com"], f"From: Dana Customer <dana@example.com>\r\nTo: {user}@example.com\r\nSubject: {subject}\r\n"
           f"Message-ID: <{subject.replace(' ', '.')}@example.com>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nHello,\r\n\r\nhow do I export my data?\r\n\r\nDana\r\n")
s.quit()
P
}
# got SUBJECT SHOWN: dana has exactly one mail of that subject, and it says what was approved.
got() {
	"$python" - "$mail/mail/dana" "$1" "$2" <<'P' || fail "what dana got is not what was approved"
import email, email.policy, glob, json, sys
folder, subject, shown = sys.argv[1:]
mails = [email.message_from_binary_file(open(f, "rb"), policy=email.policy.default) for f in glob.glob(folder + "/new/*") + glob.glob(folder + "/cur/*")]
mine = [m for m in mails if m["Subject"] == subject]
payload = json.loads(json.load(open(shown))["payload"])
assert len(mine) == 1, f"{len(mine)} mails"
m = mine[0]
assert m.get_payload(decode=True).replace(b"\r\n", b"\n") == payload["body"].encode(), m.get_payload(decode=True)
assert m["Subject"] == payload["subject"] and [a.addr_spec for a in m["To"].addresses] == payload["to"] and m["In-Reply-To"] == payload["in_reply_to"]
assert m["From"].addresses[0].addr_spec == "ada@example.com" and m["Bcc"] is None and len(m["Message-ID"]) > 60
P
}

cat >"$dir/script.json" <<'P'
{"format": 1, "rules": [
 {"name": "look", "when": {"role": ["support"], "tools": ["@__search", "@__read", "@__send_mail"], "not_called": ["@__search"], "opening": "about (?<about>[a-z ]+)\\."},
  "reply": {"text": "I look for it.", "calls": [{"tool": "{{connector}}__search", "input": {"subject": "{{about}}", "limit": 5}}]}},
 {"name": "read", "when": {"tools": ["@__search", "@__read", "@__send_mail"], "result_of": ["@__search"], "result_error": false, "result": "(?<id>INBOX/[0-9@]+) \\|"},
  "reply": {"calls": [{"tool": "{{connector}}__read", "input": {"id": "{{id}}"}}]}},
 {"name": "answer", "when": {"tools": ["@__search", "@__read", "@__send_mail"], "result_of": ["@__read"], "result_error": false,
   "result": "(?s)from: [^<\\n]*<(?<who>[^>\\n]+)>.*\\nsubject: (?<subject>[^\\n]*)\\nmessage-id: (?<id>[^\\n]+)"},
  "reply": {"calls": [{"tool": "{{connector}}__send_mail", "input": {"to": ["{{who}}"], "subject": "Re: {{subject}} – Grüße",
   "body": "Hello Dana,\n\n.export is in the menu = \"Settings\"; trailing blank: \n\tüber „alles“ 漢字\nFrom us, without a line's end", "in_reply_to": "{{id}}"}}]}},
 {"name": "done", "when": {"tools": ["@__send_mail"], "result_of": ["@__send_mail"]}, "reply": {"text": "It was dealt with."}},
 {"name": "else", "reply": {"text": "There was nothing to do."}}]}
P
start_practice --rate 5000 --script "$dir/script.json"
ok init --json
ok config set undo_window_s 0
ok cap set --scope workspace --window day --usd 5
add_key main
expect 2 connector add post --type inbox --imap "http://localhost" --smtp "smtp://localhost" --user ada --from ada@example.com
ok connector add post --type inbox --imap "imaps://localhost:$(port imaps)" --smtp "smtp://localhost:$(port smtp)" --user ada --from "Ada Owner <ada@example.com>" \
	--authserv mx.example.com --ca-file "$mail/ca.pem" --json
is '{t["name"]: t["effect"] for t in d} == {"folders": "read", "search": "read", "threads": "read", "read": "read", "send_mail": "send", "draft": "write", "move": "write", "flag": "write"}'
expect 7 connector test post
grep -q 'no password' "$dir/last.err" || fail "a missing password is not named"
printf 'open-sesame-7391\n' >"$dir/secret"
chmod 600 "$dir/secret"
ok connector secret post password --file "$dir/secret"
printf '{}' >"$dir/grant"
expect 2 connector secret post grant --file "$dir/grant"
grep -q 'oauth' "$dir/last.err" || fail "a mailbox with a password takes a grant"
rm "$dir/secret" "$dir/grant"
ok workspace rekey		# its secret is sealed again with the rest
ok connector test post --json
say "an inbox is added, with its secret"

# ask SUBJECT [USER]: sets $approval, pending.
ask() {
	from_dana "$1" "${2:-ada}"
	ok goal add --no-plan --agent Sam "Answer the mail about $1." --json
	goal=$(py 'd["goal"]')
	ok run --until-idle --json
	ok approval list --json
	is 'len(d) == 1 and d[0]["effect"] == "send" and d[0]["tool"] == "send_mail" and d[0]["connector"] == "post"'
	approval=$(py 'd[0]["id"]')
}
ask "exporting data"
[ "$(find "$mail/mail/dana" -name '*.test*' | wc -l)" -eq 0 ] || fail "something was sent before it was approved"
approve "$approval"		# without --yes-to: dana is the verified sender that is answered
ok run --until-idle --json
ok goal show "$goal" --json
is 'd["state"] == "done"'
got "Re: exporting data – Grüße" "$dir/shown.$approval"
ok approval show "$approval" --json
is 'd["state"] == "fired"'
[ "$(find "$mail/mail/ada/.Sent/cur" "$mail/mail/ada/.Sent/new" -type f | wc -l)" -eq 1 ] || fail "there is not one copy among the sent mails"
say "a mail is read, answered, approved, sent and received as approved"

# The worker is killed when the server has taken the mail over.
ask "losing receipts"
approve "$approval"
MAIL_CRASH="$mail/crash" sh -c 'echo $$ >"$MAIL_CRASH"; unset MAIL_CRASH; exec "$@"' sh "$claviger" --home "$home" run --until-idle >"$dir/last.out" 2>&1 </dev/null
[ -e "$mail/crash" ] && fail "the worker was not killed"
ok run --until-idle --json
ok approval show "$approval" --json
is 'd["state"] == "unknown"'
got "Re: losing receipts – Grüße" "$dir/shown.$approval"
# Some servers put a copy among the sent mails by themselves: that proves it.
"$python" - "$mail/mail" <<'P' || fail "no copy was made"
import glob, os, sys
at = sys.argv[1]
[source] = [f for f in glob.glob(at + "/dana/new/*") if b"losing receipts" in open(f, "rb").read().replace(b"_", b" ")]
copy, s = at + "/ada/.Sent/new/9.copy", os.stat(at + "/ada/.Sent")
with open(copy, "wb") as f:
    f.write(open(source, "rb").read())
os.chown(copy, s.st_uid, s.st_gid)
P
ok run --until-idle --json
ok approval show "$approval" --json
is 'd["state"] == "fired"'
got "Re: losing receipts – Grüße" "$dir/shown.$approval"
say "a crash between acceptance and receipt: one mail, unknown, and fired once its copy is found"

# The long form (make prove): kills while a mail goes out.
kills=0 seen=
while [ "$kills" -lt "${INBOX_KILLS:-0}" ]; do
	kills=$((kills + 1))
	subject="round $(printf %s "$kills" | tr 0-9 a-j)"
	ask "$subject"
	approve "$approval"
	"$python" - "$claviger" "$home" <<'P'
import glob, random, subprocess, sys, time
begun = lambda: set(glob.glob(sys.argv[2] + "/workspaces/*/connectors/post/receipts/*.begun"))
before = begun()
p = subprocess.Popen([sys.argv[1], "--home", sys.argv[2], "run", "--until-idle"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while begun() == before and p.poll() is None:	# aimed: from the server's note that it begins, to its receipt and the copy
    time.sleep(0.0005)
time.sleep(random.uniform(0, 0.05))
p.kill()
p.wait()
P
	ok run --until-idle --json
	ok approval show "$approval" --json
	state=$(py 'd["state"]')
	sent=$("$python" - "$mail/mail/dana" "Re: $subject – Grüße" <<'P'
import email, email.policy, glob, sys
files = glob.glob(sys.argv[1] + "/new/*") + glob.glob(sys.argv[1] + "/cur/*")
print(sum(email.message_from_binary_file(open(f, "rb"), policy=email.policy.default)["Subject"] == sys.argv[2] for f in files))
P
	)
	case $state.$sent in
	fired.1 | unknown.1 | unknown.0) ;;
	*) fail "kill $kills: $state, and dana has $sent mails" ;;
	esac
	[ "$state" != unknown ] || ok approval settle "$approval" --as "$([ "$sent" -eq 1 ] && echo fired || echo not-fired)"
	seen="$seen $state.$sent"
done
[ -z "$seen" ] || say "after $kills kills (state, mails): $(printf '%s\n' $seen | sort | uniq -c | tr -s ' \n' ' ')"

# The same mailbox service for who signs in with a token that ends soon: the secret is the grant for it.
at=$mail/oauth
mkdir "$at"
printf 'rt-practice/mail' >"$at/refresh"
echo 8 >"$at/lives"
"$python" "$TOP_SRCDIR/tests/e2e/oauth_server.py" --dir "$at" --key "$mail/keys/default/HS256/default" >"$at/out" 2>"$at/err" </dev/null 9>&- &
oauth_pid=$!
trap 'kill "$oauth_pid" 2>/dev/null; clean_up_mail' EXIT
wait_for 10 grep -q '^listening on ' "$at/out"
ok connector remove post
ok connector add post --type inbox --imap "imaps://localhost:$(port imaps)" --smtp "smtp://localhost:$(port smtp)" --user oauth --oauth --from "Ada Owner <ada@example.com>" \
	--authserv mx.example.com --ca-file "$mail/ca.pem" --json
printf '{"token_endpoint":"http://127.0.0.1:%s/o/token","client_id":"claviger tests","client_secret":"cs-practice/5150+A=","refresh_token":"rt-practice/mail"}' \
	"$(sed -n 's/^listening on //p' "$at/out")" >"$dir/grant"
ok connector secret post grant --file "$dir/grant"
rm "$dir/grant"
ok connector test post
ask "renewing tokens" oauth
sleep 8		# what it was read with is no longer good
approve "$approval"
ok run --until-idle --json
ok approval show "$approval" --json
is 'd["state"] == "fired"'
got "Re: renewing tokens – Grüße" "$dir/shown.$approval"
[ "$(grep -c '^token' "$at/log")" -eq "$(wc -l <"$at/log")" ] && [ "$(wc -l <"$at/log")" -ge 3 ] || fail "the token server was asked for something else"
for secret in $(cat "$at/given" "$at/refresh") rt-practice cs-practice; do
	! grep -rqaF "$secret" "$home" "$dir"/last.* || fail "it stands in a file: $secret"
done
kill "$oauth_pid"
say "a mail is read and answered with tokens that end after seconds"
ok journal verify
if grep -rqaF "open-sesame-7391" "$home" "$dir"/last.* 2>/dev/null; then fail "the mailbox's password is on disk in the clear"; fi
books_agree cut

"$python" "$TOP_SRCDIR/tests/e2e/inbox_server.py" --server "$server" --mail "$mail" --dir "$dir" || fail "the server by itself"
