-- SPDX-License-Identifier: GPL-3.0-or-later
-- Which limit an incident is about, and how high it would have to be. The journal's entries on caps
-- are looked up at each hold, so that a limit taken away by another program is missed.
ALTER TABLE incident ADD COLUMN cap_scope TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN cap_ref TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN cap_win TEXT NOT NULL DEFAULT '';
ALTER TABLE incident ADD COLUMN need_pd INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incident_ref ON incident(kind, ref);
CREATE INDEX journal_cap ON journal(ref, seq) WHERE kind IN ('cap', 'cap_removed', 'own_cap');
