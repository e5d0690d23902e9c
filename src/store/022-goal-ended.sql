-- SPDX-License-Identifier: GPL-3.0-or-later
-- What ended last is asked for with each change that a console shows, and when somebody comes back.
CREATE INDEX goal_ended ON goal(ended_us) WHERE ended_us > 0;
