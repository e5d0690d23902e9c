-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a key may have of its own: a wire (of two), a way out, and two dates.
-- rotated_us: when its present value came in, 0 for the first; expires_us: when a
-- session token ends, 0 for never.
ALTER TABLE key ADD COLUMN api TEXT NOT NULL DEFAULT '';
ALTER TABLE key ADD COLUMN proxy TEXT NOT NULL DEFAULT '';
ALTER TABLE key ADD COLUMN ca_file TEXT NOT NULL DEFAULT '';
ALTER TABLE key ADD COLUMN rotated_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE key ADD COLUMN expires_us INTEGER NOT NULL DEFAULT 0;
