-- SPDX-License-Identifier: GPL-3.0-or-later
-- What vendors report to have billed, by UTC day. A later import of a day stands for the earlier one;
-- our own calls are never rewritten by it.
CREATE TABLE statement(
	vendor TEXT NOT NULL, day INTEGER NOT NULL, pd INTEGER NOT NULL, is_estimate INTEGER NOT NULL, imported_us INTEGER NOT NULL,
	PRIMARY KEY(vendor, day)) STRICT, WITHOUT ROWID;
