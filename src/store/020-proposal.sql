-- SPDX-License-Identifier: GPL-3.0-or-later
-- The worker's signature on a version of a proposal: over what is judged beside the payload (its cost, what is known of
-- its recipients, the goal's words). What waits from before has none, and is asked about as strictly as can be.
CREATE TABLE proposal(approval INTEGER NOT NULL, version INTEGER NOT NULL, mac BLOB NOT NULL, PRIMARY KEY(approval, version)) STRICT, WITHOUT ROWID;
