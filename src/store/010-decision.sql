-- SPDX-License-Identifier: GPL-3.0-or-later
-- How long it was on the screen (ms; 0: a command line, or a rule) and what was typed beside the key. And what expires.
ALTER TABLE decision ADD COLUMN shown_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN said TEXT NOT NULL DEFAULT '';
CREATE INDEX approval_expires ON approval(expires_us) WHERE expires_us > 0 AND state = 'pending';
