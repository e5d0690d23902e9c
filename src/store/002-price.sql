-- SPDX-License-Identifier: GPL-3.0-or-later
-- Prices that lie over the published ones: documents in the schema of data/prices.json. Never
-- changed; one that holds no longer is marked, so that the record shows what held when.
CREATE TABLE price(
	id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, title TEXT NOT NULL, who TEXT NOT NULL, added_us INTEGER NOT NULL,
	removed_us INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX price_live ON price(id) WHERE removed_us = 0;
CREATE TRIGGER price_kept BEFORE DELETE ON price BEGIN SELECT RAISE(ABORT, 'prices are kept'); END;
CREATE TRIGGER price_fixed BEFORE UPDATE ON price
	WHEN old.removed_us <> 0 OR new.kind <> old.kind OR new.title <> old.title OR new.body <> old.body OR new.who <> old.who OR new.added_us <> old.added_us
	BEGIN SELECT RAISE(ABORT, 'a price does not change'); END;
