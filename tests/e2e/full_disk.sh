#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A disk that is full while a reply streams, in a console that stays open: it says so, does not
# turn in circles, and goes on by itself when there is room again. On a small disk of its own.
if [ "${1:-}" != inside ]; then
	unshare -rm true 2>/dev/null || { echo "skipped: no mount namespace is to be had here"; exit 77; }
	exec unshare -rm sh "$0" inside
fi
. "${TOP_SRCDIR:-..}/tests/e2e/lib.sh"
. "$(dirname "$0")/console_lib.sh"
mkdir "$dir/disk"
mount -t tmpfs -o size=6m none "$dir/disk" || skip "no small disk can be made here"
home=$dir/disk/home
trap 't kill-server 2>/dev/null; umount -l "$dir/disk"; clean_up' EXIT
fill() { cat /dev/zero >"$dir/disk/fill" 2>/dev/null; [ "$(df --output=avail "$dir/disk" | tail -1)" -eq 0 ]; }
lines_of_log() { cat "$XDG_STATE_HOME"/claviger/log* | wc -l; }

start_practice --rate 15
make_repo "$dir/tally" 12 tally
office "$dir/tally"
ok goal add 'correct the spelling of the word recieve in the docs' --json
sit_down "'$claviger' --home '$home'"
wait_for 10 shows 'type or paste'
keys 'a passphrase for tests' Enter
wait_for 20 shows ' working'

fill || fail "the disk is not full"
wait_for 60 shows 'Nothing is done: disk full'
expect 1 goal add 'one more'
grep -q 'disk full' "$dir/last.err" || fail "the verb does not say why"
ok goal list --json
is 'len(d) == 1'
before=$(lines_of_log)
sleep 4
[ $(($(lines_of_log) - before)) -lt 8 ] || fail "it turns in circles: $(lines_of_log) lines in the log, $before before"
say "a full disk is said, and waited out"

rm "$dir/disk/fill"
wait_for 60 shows '\[!1 waiting'
shows_not 'Nothing is done' || fail "it still says so"
keys q
wait_for 20 has_left
until_done 1
books_agree cut
ok call list --json
is '[c["state"] for c in d].count("cut") <= 1 and all(c["state"] in ("cut", "settled") for c in d)'
ok journal verify
say "it goes on by itself, and the books are whole"

# Opened on a full disk: that stays on the screen, whatever key is pressed.
ok goal add 'correct the spelling of the word recieve in the notes' --json
fill || fail "the disk is not full"
sit_down "'$claviger' --home '$home'"
wait_for 10 shows 'type or paste'
keys 'a passphrase for tests' Enter
wait_for 20 shows 'disk full'
keys j k 2 1
wait_for 20 shows 'Nothing is done: disk full'
rm "$dir/disk/fill"
wait_for 60 shows '\[!1 waiting'
keys q
wait_for 20 has_left
until_done 2
books_agree cut
say "an office that is opened on a full disk goes on, too"

# Until idle: it ends, with why.
ok goal add 'correct the spelling of the word recieve in the guide' --json
fill || fail "the disk is not full"
expect 1 run --until-idle
grep -q 'disk full' "$dir/last.err" || fail "a run does not say why it ends"
rm "$dir/disk/fill"
until_done 3
books_agree cut
say "a run ends with it"
