-- SPDX-License-Identifier: GPL-3.0-or-later
-- An agent may be given one key. And what each vendor says of a key's account in its
-- answers: its limits, the service it gave, the last trouble with the account.
ALTER TABLE agent ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE TABLE key_limit(
	key INTEGER NOT NULL REFERENCES key(id), kind TEXT NOT NULL, lim INTEGER NOT NULL, remaining INTEGER NOT NULL, at_us INTEGER NOT NULL,
	PRIMARY KEY(key, kind)) STRICT, WITHOUT ROWID;
CREATE TABLE key_report(
	key INTEGER PRIMARY KEY REFERENCES key(id), service TEXT NOT NULL, service_us INTEGER NOT NULL,
	trouble TEXT NOT NULL, trouble_text TEXT NOT NULL, trouble_us INTEGER NOT NULL) STRICT;
