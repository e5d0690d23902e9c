-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a request needs beside the record that it is about.
ALTER TABLE request ADD COLUMN args TEXT NOT NULL DEFAULT '';
