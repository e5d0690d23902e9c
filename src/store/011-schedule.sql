-- SPDX-License-Identifier: GPL-3.0-or-later
-- Work that comes round. days: bit 0 is Monday; at_minute: of the day in the workspace's zone, -1: not given.
CREATE TABLE schedule(
	id INTEGER PRIMARY KEY AUTOINCREMENT, agent TEXT NOT NULL, text TEXT NOT NULL, every_us INTEGER NOT NULL, at_minute INTEGER NOT NULL,
	days INTEGER NOT NULL, is_on INTEGER NOT NULL, created_us INTEGER NOT NULL, next_us INTEGER NOT NULL, last_us INTEGER NOT NULL,
	goal INTEGER NOT NULL, why TEXT NOT NULL) STRICT;
CREATE INDEX schedule_due ON schedule(next_us) WHERE is_on = 1;
