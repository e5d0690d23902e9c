-- SPDX-License-Identifier: GPL-3.0-or-later
-- What going on after an approval may cost, kept free under the limits until the task's next call is held or the task ends.
CREATE TABLE promise(task INTEGER PRIMARY KEY, approval INTEGER NOT NULL, goal INTEGER NOT NULL, agent TEXT NOT NULL, vendor TEXT NOT NULL,
	key_label TEXT NOT NULL, pd INTEGER NOT NULL CHECK(pd >= 0), since_us INTEGER NOT NULL) STRICT;
CREATE INDEX promise_approval ON promise(approval);
CREATE TRIGGER promise_task AFTER UPDATE OF state ON task WHEN new.state IN ('done', 'failed', 'cancelled')
	BEGIN DELETE FROM promise WHERE task = new.id; END;
CREATE TRIGGER promise_undone AFTER UPDATE OF state ON approval WHEN new.state IN ('pending', 'rejected', 'expired', 'superseded', 'withdrawn')
	BEGIN DELETE FROM promise WHERE approval = new.id; END;
