-- When bytes of a command may first have left: from then on the server may have done it, and
-- forgets its key some day. NULL where nothing has left, or an earlier version did not say.
ALTER TABLE command ADD COLUMN left_at INTEGER;
