-- SPDX-License-Identifier: GPL-3.0-or-later
-- The minutes of the last hours by vendor, so that the meter has a pace for each. What was there is
-- two hours of a curve: it begins anew.
DROP TABLE minute;
CREATE TABLE minute(minute INTEGER NOT NULL, vendor TEXT NOT NULL, pd INTEGER NOT NULL, PRIMARY KEY(minute, vendor)) STRICT, WITHOUT ROWID;
