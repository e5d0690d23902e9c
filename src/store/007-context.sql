-- SPDX-License-Identifier: GPL-3.0-or-later
-- What stood beside a version when it was made: where its values come from, and what the connector's check said of its
-- target. Content, so it goes when content is purged.
ALTER TABLE version ADD COLUMN context TEXT;
CREATE TRIGGER version_context BEFORE UPDATE ON version WHEN new.context IS NOT NULL AND new.context IS NOT old.context
	BEGIN SELECT RAISE(ABORT, 'what was shown does not change'); END;
