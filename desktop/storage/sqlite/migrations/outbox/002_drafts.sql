CREATE TABLE draft(
    source TEXT NOT NULL,
    collection TEXT NOT NULL,
    target TEXT NOT NULL,
    text TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY(source, collection, target)
) WITHOUT ROWID;
