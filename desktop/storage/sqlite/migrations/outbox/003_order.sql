ALTER TABLE command ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN retired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE command ADD COLUMN replaces TEXT NOT NULL DEFAULT '';
-- Rows with their collection: what the officer saw, and what the server had at a conflict.
ALTER TABLE command ADD COLUMN basis BLOB;
ALTER TABLE command ADD COLUMN theirs BLOB;
-- The answer that stood before the command was offered again to a restored server.
ALTER TABLE command ADD COLUMN before BLOB;

-- Versions before this one sent first and wrote it down afterwards: any may have left.
UPDATE command SET offered = 1;

CREATE INDEX command_unseen ON command(changed_at) WHERE NOT seen;
CREATE INDEX command_to_retire ON command(source, seq)
    WHERE NOT retired AND receipt IN ('accepted', 'rejected');
