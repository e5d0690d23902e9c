#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Schedules: a due one makes one task, however often it was missed, none while the
# last one is open, and nothing at all while the vault is locked or it is off.
. "$(dirname "$0")/lib.sh"
python3 -c 'import sqlite3' 2>/dev/null || skip "python3 has no sqlite3"
due() { python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=5); d.execute("UPDATE schedule SET next_us = 1000000 WHERE is_on = 1"); d.commit()' "$db" || fail "sqlite3"; }
goals() { ok goal list --json; py 'len(d)'; }

start_practice --rate 5000
ok init --timezone Europe/Berlin --json
add_key main
db=$(echo "$home"/workspaces/*/claviger.db)
ok schedule list --json
is 'all(not s["on"] and s["next"] is None for s in d)'
expect 2 schedule add --agent Sam --every 1d "no time of the day"
expect 4 schedule add --agent Nobody --every 30m "nobody's"
ok schedule add --agent Sam --every 1d --at 07:00 --days mon-fri "sort the new mail" --json
id=$(py 'd["id"]')
ok schedule list --json
is '[s for s in d if s["id"] == '"$id"'][0]["when"] == "every 1d at 07:00 on mon-fri" and [s for s in d if s["on"]][0]["next"] is not None'
ok run --until-idle --json
is 'd["calls"] == 0'
[ "$(goals)" = 0 ] || fail "it ran before its time"

# Long missed: one run, and a later next time.
due
CLAVIGER_PASSPHRASE_FILE=/nonexistent run run --until-idle --json
[ "$(goals)" = 0 ] || fail "it ran with the vault locked"
ok run --until-idle --json
[ "$(goals)" = 1 ] || fail "it did not run once but $(goals) times"
ok schedule list --json
is '[s for s in d if s["on"]][0]["goal"] == 1 and [s for s in d if s["on"]][0]["next"] > [s for s in d if s["on"]][0]["last"]'
ok task list --json
is 'len(d) == 1 and d[0]["agent"] == "Sam" and d[0]["state"] == "done"'
say "a missed schedule runs once, as one task"

# While its last goal is open nothing new begins.
python3 -c 'import sqlite3, sys; d = sqlite3.connect(sys.argv[1], timeout=5); d.execute("UPDATE goal SET state = \"active\""); d.commit()' "$db"
due
ok run --until-idle --json
[ "$(goals)" = 1 ] || fail "a second one began while the first was open"
ok schedule list --json
is '"still worked on" in [s for s in d if s["on"]][0]["why"]'
ok schedule off "$id"
due
ok run --until-idle --json
[ "$(goals)" = 1 ] || fail "it ran although it is off"
ok schedule on "S$id"
ok schedule remove "$id"
expect 4 schedule off "$id"
ok journal verify
say "one that is open, off or removed makes nothing"
