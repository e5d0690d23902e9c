-- SPDX-License-Identifier: GPL-3.0-or-later
-- Files that a person put to a goal as reading matter; body goes when content is purged.
CREATE TABLE attachment(id INTEGER PRIMARY KEY, goal INTEGER NOT NULL REFERENCES goal(id), name TEXT NOT NULL, body TEXT) STRICT;
CREATE INDEX attachment_goal ON attachment(goal, id);
