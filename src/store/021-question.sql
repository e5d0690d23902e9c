-- SPDX-License-Identifier: GPL-3.0-or-later
-- What connectors' servers ask the person while they have a call of ours. The answer is kept until the server has it.
CREATE TABLE question(id INTEGER PRIMARY KEY, connector TEXT NOT NULL, tool TEXT NOT NULL, task INTEGER NOT NULL, message TEXT, schema TEXT,
	state TEXT NOT NULL CHECK(state IN ('open', 'accepted', 'declined', 'cancelled', 'expired')), answer TEXT, who TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '',
	asked_us INTEGER NOT NULL, until_us INTEGER NOT NULL, ended_us INTEGER NOT NULL DEFAULT 0, epoch INTEGER NOT NULL, mac BLOB NOT NULL CHECK(length(mac) = 32)) STRICT;
CREATE INDEX question_open ON question(id) WHERE state = 'open';
CREATE INDEX question_answer ON question(id) WHERE answer IS NOT NULL;
