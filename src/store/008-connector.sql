-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a person granted a connector beside its command (a JSON object; '' is nothing), and of each tool
-- the whole definition as it is said now and as it was when a person trusted it: the difference can be shown.
ALTER TABLE connector ADD COLUMN settings TEXT NOT NULL DEFAULT '';
ALTER TABLE tool ADD COLUMN said TEXT;
ALTER TABLE tool ADD COLUMN trusted TEXT;
