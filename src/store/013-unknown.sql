-- SPDX-License-Identifier: GPL-3.0-or-later
-- What nobody knows the end of is asked for at each frame, however much waits beside it.
CREATE INDEX approval_unknown ON approval(id) WHERE state = 'unknown';
