-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a standing rule decided, so that its uses are counted from decisions that nobody can take away.
CREATE INDEX decision_rule ON decision(rule, id) WHERE rule > 0;
