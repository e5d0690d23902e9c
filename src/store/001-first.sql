-- SPDX-License-Identifier: GPL-3.0-or-later
-- The first schema. Runs in one transaction. Money is pico-dollars, times are microseconds UTC (0: never),
-- states are the words of the model's tables.
CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE lease(one INTEGER PRIMARY KEY CHECK(one = 1), epoch INTEGER NOT NULL, holder TEXT NOT NULL, since_us INTEGER NOT NULL) STRICT;
INSERT INTO lease VALUES(1, 0, '', 0);

CREATE TABLE goal(
	id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, before_pause TEXT NOT NULL, text TEXT NOT NULL, agent TEXT NOT NULL,
	cap_pd INTEGER NOT NULL CHECK(cap_pd >= 0), created_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, report TEXT, why TEXT NOT NULL) STRICT;
CREATE INDEX goal_open ON goal(id) WHERE state IN ('planning', 'plan_pending', 'active', 'paused');

CREATE TABLE task(
	id INTEGER PRIMARY KEY AUTOINCREMENT, goal INTEGER NOT NULL REFERENCES goal(id), kind INTEGER NOT NULL, state TEXT NOT NULL, waits_on TEXT NOT NULL,
	agent TEXT NOT NULL, title TEXT NOT NULL, instructions TEXT, tier TEXT NOT NULL, turns INTEGER NOT NULL, cost_pd INTEGER NOT NULL,
	cap_pd INTEGER NOT NULL CHECK(cap_pd >= 0), result TEXT, why TEXT NOT NULL, created_us INTEGER NOT NULL, started_us INTEGER NOT NULL,
	ended_us INTEGER NOT NULL, retry_us INTEGER NOT NULL, read_untrusted INTEGER NOT NULL) STRICT;
CREATE INDEX task_goal ON task(goal, id);
CREATE INDEX task_open ON task(id) WHERE state IN ('blocked', 'ready', 'running', 'waiting', 'paused');
CREATE INDEX task_ready ON task(id) WHERE state = 'ready';
CREATE INDEX task_due ON task(retry_us) WHERE retry_us > 0;
CREATE TABLE depends(task INTEGER NOT NULL REFERENCES task(id), needs INTEGER NOT NULL REFERENCES task(id), PRIMARY KEY(task, needs)) STRICT, WITHOUT ROWID;
CREATE TABLE entry(
	id INTEGER PRIMARY KEY, task INTEGER NOT NULL REFERENCES task(id), seq INTEGER NOT NULL, kind INTEGER NOT NULL, call INTEGER NOT NULL,
	tool_use_id TEXT NOT NULL, is_error INTEGER NOT NULL, untrusted INTEGER NOT NULL, source TEXT NOT NULL, body TEXT, created_us INTEGER NOT NULL,
	UNIQUE(task, seq)) STRICT;

-- The ledger. day is the workspace's day in which the call was held: the window it belongs to.
CREATE TABLE call(
	id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, cause TEXT NOT NULL, goal INTEGER NOT NULL, task INTEGER NOT NULL, agent TEXT NOT NULL,
	vendor TEXT NOT NULL, key INTEGER NOT NULL, key_version INTEGER NOT NULL, key_label TEXT NOT NULL, model TEXT NOT NULL, tier TEXT NOT NULL,
	epoch INTEGER NOT NULL, request_id TEXT NOT NULL, input INTEGER NOT NULL, cache_read INTEGER NOT NULL, write_5m INTEGER NOT NULL,
	write_30m INTEGER NOT NULL, write_1h INTEGER NOT NULL, write_12h INTEGER NOT NULL, output INTEGER NOT NULL, tool_uses INTEGER NOT NULL,
	hold_pd INTEGER NOT NULL CHECK(hold_pd >= 0), cost_pd INTEGER NOT NULL CHECK(cost_pd >= 0), estimate_pd INTEGER NOT NULL, saved_pd INTEGER NOT NULL,
	unpriced INTEGER NOT NULL, estimated INTEGER NOT NULL, price_from TEXT NOT NULL, stop_reason TEXT NOT NULL, http_status INTEGER NOT NULL,
	error TEXT NOT NULL, held_us INTEGER NOT NULL, sent_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, first_byte_us INTEGER NOT NULL,
	day INTEGER NOT NULL) STRICT;
CREATE INDEX call_task ON call(task, id) WHERE task > 0;
CREATE INDEX call_open ON call(id) WHERE state IN ('held', 'sent');
CREATE INDEX call_cut ON call(id) WHERE state = 'cut';
CREATE TRIGGER call_kept BEFORE DELETE ON call BEGIN SELECT RAISE(ABORT, 'the ledger keeps its calls'); END;
CREATE TRIGGER call_settled BEFORE UPDATE ON call WHEN old.state IN ('settled', 'refused', 'released')
	BEGIN SELECT RAISE(ABORT, 'a booked call does not change'); END;
CREATE TRIGGER call_cut_settles BEFORE UPDATE ON call WHEN old.state = 'cut' AND new.state <> 'settled'
	BEGIN SELECT RAISE(ABORT, 'a cut call can only be settled'); END;

-- Sums by dimension (store/spend.h) and day; day -1 is all time. For hours, day is hours since 1970.
CREATE TABLE rollup(
	dim INTEGER NOT NULL, day INTEGER NOT NULL, name TEXT NOT NULL, calls INTEGER NOT NULL, input INTEGER NOT NULL, cache_read INTEGER NOT NULL,
	write_5m INTEGER NOT NULL, write_30m INTEGER NOT NULL, write_1h INTEGER NOT NULL, write_12h INTEGER NOT NULL, output INTEGER NOT NULL,
	tool_uses INTEGER NOT NULL, cost_pd INTEGER NOT NULL, estimated_pd INTEGER NOT NULL, unpriced INTEGER NOT NULL, saved_pd INTEGER NOT NULL,
	PRIMARY KEY(dim, day, name)) STRICT, WITHOUT ROWID;
CREATE TABLE minute(minute INTEGER PRIMARY KEY, pd INTEGER NOT NULL) STRICT;

CREATE TABLE cap(
	id INTEGER PRIMARY KEY AUTOINCREMENT, scope TEXT NOT NULL, ref TEXT NOT NULL, win TEXT NOT NULL, limit_pd INTEGER NOT NULL CHECK(limit_pd >= 0),
	warn_percent INTEGER NOT NULL, created_us INTEGER NOT NULL, mac BLOB NOT NULL, UNIQUE(scope, ref, win)) STRICT;
CREATE TABLE incident(
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, ref TEXT NOT NULL, text TEXT NOT NULL, at_us INTEGER NOT NULL, resolved_us INTEGER NOT NULL,
	resolution TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX incident_open ON incident(kind, ref) WHERE resolved_us = 0;

-- What does not change with a version is in approval; each version keeps what was shown.
CREATE TABLE approval(
	id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, goal INTEGER NOT NULL, task INTEGER NOT NULL,
	agent TEXT NOT NULL, tool_use_id TEXT NOT NULL, connector TEXT NOT NULL, tool TEXT NOT NULL, effect TEXT NOT NULL, credential INTEGER NOT NULL,
	provenance TEXT, worst_case_pd INTEGER NOT NULL, created_us INTEGER NOT NULL, expires_us INTEGER NOT NULL, decided_us INTEGER NOT NULL,
	fire_us INTEGER NOT NULL, decided_by TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
CREATE INDEX approval_pending ON approval(id) WHERE state = 'pending';
CREATE INDEX approval_queue ON approval(id) WHERE state IN ('approved', 'holding');
CREATE INDEX approval_open ON approval(id) WHERE state IN ('pending', 'approved', 'holding', 'firing', 'unknown');
CREATE INDEX approval_task ON approval(task, id) WHERE task > 0;
CREATE INDEX approval_like ON approval(connector, tool, decided_us) WHERE decided_us > 0;
CREATE TABLE version(
	approval INTEGER NOT NULL REFERENCES approval(id), version INTEGER NOT NULL, definition BLOB NOT NULL, target TEXT NOT NULL, summary TEXT NOT NULL,
	flags TEXT, payload BLOB, nonce BLOB NOT NULL, hash BLOB NOT NULL, bind BLOB NOT NULL, created_us INTEGER NOT NULL,
	PRIMARY KEY(approval, version)) STRICT, WITHOUT ROWID;
CREATE TRIGGER version_kept BEFORE DELETE ON version BEGIN SELECT RAISE(ABORT, 'versions are kept'); END;
CREATE TRIGGER version_fixed BEFORE UPDATE ON version
	WHEN new.payload IS NOT NULL OR new.hash IS NOT old.hash OR new.bind IS NOT old.bind OR new.nonce IS NOT old.nonce
	BEGIN SELECT RAISE(ABORT, 'what was shown does not change'); END;
CREATE TABLE decision(
	id INTEGER PRIMARY KEY AUTOINCREMENT, approval INTEGER NOT NULL REFERENCES approval(id), version INTEGER NOT NULL, verdict INTEGER NOT NULL,
	hash BLOB NOT NULL, bind BLOB NOT NULL, slot INTEGER NOT NULL, person TEXT NOT NULL, place TEXT NOT NULL, reason TEXT NOT NULL,
	rule INTEGER NOT NULL, at_us INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
CREATE INDEX decision_approval ON decision(approval, version, id);
CREATE TRIGGER decision_kept BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decisions are kept'); END;
CREATE TRIGGER decision_fixed BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'a decision does not change'); END;
-- unsent: the intent was withdrawn by a sweep before a byte left; only then may the version fire again.
CREATE TABLE firing(
	id INTEGER PRIMARY KEY AUTOINCREMENT, approval INTEGER NOT NULL REFERENCES approval(id), version INTEGER NOT NULL, idempotency_key TEXT NOT NULL,
	epoch INTEGER NOT NULL, begun_us INTEGER NOT NULL, ended_us INTEGER NOT NULL, sent INTEGER NOT NULL, unsent INTEGER NOT NULL, receipt TEXT) STRICT;
CREATE UNIQUE INDEX firing_once ON firing(approval, version) WHERE unsent = 0;
CREATE INDEX firing_open ON firing(id) WHERE ended_us = 0;
CREATE INDEX firing_approval ON firing(approval, version, id);
CREATE TRIGGER firing_kept BEFORE DELETE ON firing BEGIN SELECT RAISE(ABORT, 'firings are kept'); END;
CREATE TRIGGER firing_fixed BEFORE UPDATE ON firing
	WHEN new.approval <> old.approval OR new.version <> old.version OR new.idempotency_key <> old.idempotency_key OR new.epoch <> old.epoch
		OR new.begun_us <> old.begun_us OR new.sent < old.sent OR new.unsent < old.unsent OR (new.unsent = 1 AND old.sent = 1)
		OR (old.ended_us <> 0 AND (new.ended_us <> old.ended_us OR new.sent <> old.sent OR new.unsent <> old.unsent))
	BEGIN SELECT RAISE(ABORT, 'an intent does not change'); END;
CREATE TABLE rule(
	id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, tool TEXT NOT NULL, definition BLOB NOT NULL, effect TEXT NOT NULL, patterns TEXT,
	uses INTEGER NOT NULL, used INTEGER NOT NULL, max_pd INTEGER NOT NULL, until_us INTEGER NOT NULL, slot INTEGER NOT NULL, person TEXT NOT NULL,
	created_us INTEGER NOT NULL, revoked_us INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
CREATE INDEX rule_live ON rule(agent, tool) WHERE revoked_us = 0;

CREATE TABLE key(
	id INTEGER PRIMARY KEY AUTOINCREMENT, version INTEGER NOT NULL, label TEXT NOT NULL, vendor TEXT NOT NULL, kind TEXT NOT NULL, fingerprint TEXT NOT NULL,
	base_url TEXT NOT NULL, host TEXT NOT NULL, region TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, created_us INTEGER NOT NULL,
	last_used_us INTEGER NOT NULL, last_check_us INTEGER NOT NULL, calls INTEGER NOT NULL, cost_pd INTEGER NOT NULL, removed_us INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX key_label ON key(label) WHERE removed_us = 0;
CREATE TABLE sealed(
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, owner INTEGER NOT NULL, version INTEGER NOT NULL, field TEXT NOT NULL, bytes BLOB NOT NULL,
	UNIQUE(kind, owner, version, field)) STRICT;

CREATE TABLE agent(
	id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL, title TEXT NOT NULL, prompt TEXT, tier TEXT NOT NULL,
	vendor TEXT NOT NULL, model TEXT NOT NULL, tools TEXT NOT NULL, tools_narrowed INTEGER NOT NULL, paused INTEGER NOT NULL, max_turns INTEGER NOT NULL,
	cap_pd INTEGER NOT NULL CHECK(cap_pd >= 0), mac BLOB NOT NULL) STRICT;
CREATE TABLE tier(vendor TEXT NOT NULL, tier TEXT NOT NULL, model TEXT NOT NULL, PRIMARY KEY(vendor, tier)) STRICT, WITHOUT ROWID;
CREATE TABLE connector(
	id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, root TEXT, command TEXT,
	unconfined_ok INTEGER NOT NULL, created_us INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
CREATE TABLE tool(
	id INTEGER PRIMARY KEY AUTOINCREMENT, connector INTEGER NOT NULL REFERENCES connector(id), name TEXT NOT NULL, effect TEXT NOT NULL, state TEXT NOT NULL,
	description TEXT, schema TEXT, definition BLOB NOT NULL, pinned BLOB NOT NULL, mac BLOB NOT NULL, UNIQUE(connector, name)) STRICT;
CREATE TABLE request(
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, state TEXT NOT NULL, ref INTEGER NOT NULL, asked_us INTEGER NOT NULL, ended_us INTEGER NOT NULL,
	epoch INTEGER NOT NULL, code INTEGER NOT NULL, answer TEXT NOT NULL) STRICT;
CREATE INDEX request_asked ON request(id) WHERE state = 'asked';
CREATE INDEX request_taken ON request(id) WHERE state = 'taken';

-- The hash-chained record. Look-ups by what an entry is about leave out the calls, which are most of it.
CREATE TABLE journal(
	seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL, ref TEXT NOT NULL, what BLOB NOT NULL, prev BLOB NOT NULL,
	hash BLOB NOT NULL) STRICT;
CREATE INDEX journal_ref ON journal(ref, seq) WHERE kind <> 'call';
CREATE TRIGGER journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal keeps its entries'); END;
CREATE TRIGGER journal_fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'a journal entry does not change'); END;
CREATE TABLE seal(id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, head BLOB NOT NULL, mac BLOB NOT NULL, at_us INTEGER NOT NULL) STRICT;
