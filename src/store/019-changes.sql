-- SPDX-License-Identifier: GPL-3.0-or-later
-- Changes that a person asked for: the agent's turn, until the approval that replaces this one comes.
ALTER TABLE approval ADD COLUMN replaces INTEGER NOT NULL DEFAULT 0;
DROP INDEX approval_open;
CREATE INDEX approval_open ON approval(id) WHERE state IN ('pending', 'approved', 'holding', 'firing', 'unknown', 'changes_asked');
