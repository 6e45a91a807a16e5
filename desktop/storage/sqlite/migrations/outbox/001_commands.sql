-- AUTOINCREMENT: a number once given is never given again, whatever is deleted.
CREATE TABLE command(
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    collection TEXT NOT NULL,
    target TEXT NOT NULL,
    body BLOB NOT NULL,
    receipt TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    reason BLOB NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX command_by_target ON command(source, collection, target);
CREATE INDEX command_by_receipt ON command(receipt);
CREATE TABLE installation(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
