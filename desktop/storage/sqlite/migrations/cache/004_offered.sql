-- The collections the source said it offers, as words between spaces; NULL before it said any.
ALTER TABLE source ADD COLUMN offered TEXT;
