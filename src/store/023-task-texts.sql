-- SPDX-License-Identifier: GPL-3.0-or-later
-- A task's long texts stand last: what is read of a task without them is read past none of their pages.
ALTER TABLE task RENAME COLUMN instructions TO old_instructions;
ALTER TABLE task RENAME COLUMN result TO old_result;
ALTER TABLE task ADD COLUMN instructions TEXT;
ALTER TABLE task ADD COLUMN result TEXT;
UPDATE task SET instructions = old_instructions, result = old_result;
ALTER TABLE task DROP COLUMN old_instructions;
ALTER TABLE task DROP COLUMN old_result;
