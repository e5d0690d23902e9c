-- SPDX-License-Identifier: GPL-3.0-or-later
-- What a call was billed as, where that changes its price: the service tier and the region class
-- that the vendor's answer or its address said. '' in rows of before: the usual.
ALTER TABLE call ADD COLUMN service_tier TEXT NOT NULL DEFAULT '';
ALTER TABLE call ADD COLUMN region_class TEXT NOT NULL DEFAULT '';
