-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where the calls of a span of time lie: a clock that was set back or forth leaves ids that do not
-- rise with it.
CREATE INDEX call_held ON call(held_us);
