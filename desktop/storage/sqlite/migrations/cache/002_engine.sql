-- Whose rows these are, and whether they were found to differ from the server's sum.
ALTER TABLE source ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN astray INTEGER NOT NULL DEFAULT 0;
-- 256 sums of 8 bytes; NULL until a batch needs them, so that other sources never pay.
ALTER TABLE source ADD COLUMN sums BLOB;

-- The server's dense number of a row, within its epoch.
ALTER TABLE incident ADD COLUMN row_key INTEGER;
ALTER TABLE thing ADD COLUMN row_key INTEGER;
CREATE INDEX incident_by_key ON incident(source, row_key) WHERE row_key IS NOT NULL;
CREATE INDEX thing_by_key ON thing(source, row_key) WHERE row_key IS NOT NULL;

-- Deletions not yet believed.
CREATE TABLE held(
    source INTEGER NOT NULL,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (source, collection, id)
) WITHOUT ROWID;

-- Pieces of a snapshot that has not come whole.
CREATE TABLE staged(
    number INTEGER PRIMARY KEY,
    source INTEGER NOT NULL,
    resource TEXT NOT NULL,
    tag TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX staged_in_order ON staged(source, number);

CREATE TABLE traffic(
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    sent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
) WITHOUT ROWID;
